"""Asking: the commands of a register by name. The one rule: each asks what the domain's of that name asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol

import attrs

from reciprocity.domain import Agreement, Event, Recorded, commands

if TYPE_CHECKING:
    from reciprocity.store.register import Decision, Register

P = ParamSpec("P")


class Asked(Protocol):
    """Whoever a decision can be handed to."""

    def command(self, agreement_id: str, decision: Decision, /) -> list[Recorded]:
        """Record what *decision* makes of the agreement as it stands."""


def _mirror(
    command: Callable[Concatenate[Agreement, P], tuple[Event, ...]],
) -> Callable[Concatenate[Asked, str, P], list[Recorded]]:
    """A method that asks the same of the agreement with a given id."""

    @wraps(command)
    def method(self: Asked, agreement_id: str, /, *args: P.args, **kwargs: P.kwargs) -> list[Recorded]:
        return self.command(agreement_id, lambda agreement: command(agreement, *args, **kwargs))

    return method


class Commands:
    """What may be asked of an agreement.

    Each takes the agreement's id, then what the command of the same name in `reciprocity.domain.commands`
    takes, and returns what was recorded: nothing, if it was on record already.
    """

    sign = _mirror(commands.sign)
    amend = _mirror(commands.amend)
    announce_phase = _mirror(commands.announce_phase)
    postpone_phase = _mirror(commands.postpone_phase)
    complete_phase = _mirror(commands.complete_phase)
    correct_phase = _mirror(commands.correct_phase)
    void_phase = _mirror(commands.void_phase)
    record_claim = _mirror(commands.record_claim)
    suspend = _mirror(commands.suspend)
    resume = _mirror(commands.resume)
    fulfil = _mirror(commands.fulfil)
    terminate = _mirror(commands.terminate)


@attrs.frozen
class Once(Commands):
    """A register's commands under an id of the caller's; made by `Register.once`."""

    _register: Register
    _command_id: str

    def command(self, agreement_id: str, decision: Decision, /) -> list[Recorded]:
        """See `Register.command`."""
        return self._register.command(agreement_id, decision, command_id=self._command_id)
