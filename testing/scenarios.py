"""Scenarios: what was given, what is asked, what then is on record. The one rule: it is said in events.

After emmett's given, when, then. A command of the domain is asked of an agreement, one of a register of what
it has on record; the sentence is the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from reciprocity.domain import RULES, Agreement, Event, Recorded, Refused, fold
from reciprocity.store import Register

_NAMES = [rule.__name__ for rule in RULES]


@attrs.frozen
class Asked:
    """What a command came to; ask it by `then` or `refused`."""

    _events: tuple[Event, ...]
    _refused: Refused | None = None

    def then(self, *events: Event) -> None:
        """Nothing but *events* was recorded, in this order; of a command asked for what holds already, none.

        Raises:
            AssertionError: it was refused, or recorded something else.
        """
        if self._refused is not None:
            raise AssertionError(f"it was refused: {self._refused}") from self._refused
        if self._events != events:
            raise AssertionError(f"recorded was\n{_listed(self._events)}\nand not\n{_listed(events)}")

    def refused(self, *rules: str) -> None:
        """It was refused for just these rules, in any order, and nothing was recorded.

        Raises:
            ValueError: no rule is named.
            AssertionError: it was not refused, or for other rules.
        """
        if not rules:
            raise ValueError(f"for which rules? Those of the domain are {', '.join(_NAMES)}")
        if self._refused is None:
            raise AssertionError(f"it was not refused; recorded was\n{_listed(self._events)}")
        if set(self._refused.rules) != set(rules):
            raise AssertionError(
                f"it was refused for {', '.join(self._refused.rules)} and not for {', '.join(rules)}: "
                f"{self._refused}"
            ) from self._refused


@attrs.frozen
class Given:
    """An agreement after some events."""

    _agreement: Agreement

    def when(self, command: Callable[..., Iterable[Event]], *arguments: Any, **named: Any) -> Asked:
        """Ask a command of the agreement: *command* with it first, and then these arguments."""
        try:
            return Asked(tuple(command(self._agreement, *arguments, **named)))
        except Refused as refused:
            return Asked((), refused)


def given(*events: Event, agreement_id: str = "given") -> Given:
    """An agreement after *events*, which are taken as they are.

    >>> from reciprocity.domain import AgreementSigned, PhaseCompleted, Terms, Transfer, complete_phase
    >>> signed = AgreementSigned(terms=Terms.symmetric("UKR", "RUS", total=2))
    >>> each = Transfer("UKR", "RUS", "civilian", 1), Transfer("RUS", "UKR", "civilian", 1)
    >>> given(signed).when(complete_phase, 1, each).then(PhaseCompleted(phase=1, released=each))
    >>> given(signed).when(complete_phase, 1, each[:1]).refused("keeps_the_agreed_symmetry")
    """
    return Given(fold(Agreement(agreement_id), events))


@attrs.frozen
class GivenOnRecord:
    """An agreement of a register after some events."""

    _register: Register
    _agreement_id: str

    def when(self, command: Callable[..., Iterable[Recorded]], *arguments: Any, **named: Any) -> Asked:
        """Ask a command of the register: *command* with it and the agreement's id first.

        Besides `Register`'s own it may be any function that takes these two and uses the register.
        """
        before = self._register.last_position()
        try:
            command(self._register, self._agreement_id, *arguments, **named)
        except Refused as refused:
            return Asked(self._recorded_since(before), refused)
        return Asked(self._recorded_since(before))

    def _recorded_since(self, position: int) -> tuple[Event, ...]:
        return tuple(recorded.event for recorded in self._register.log(after=position))


def given_on_record(register: Register, agreement_id: str, *events: Event) -> GivenOnRecord:
    """An agreement of *register* after *events*, which are recorded as they are, after what is there.

    Whatever the command adds to the log is asked for, also under other agreements.

    >>> from reciprocity.domain import AgreementSigned, AgreementTerminated, Manner, Terms
    >>> signed = AgreementSigned(terms=Terms.symmetric("UKR", "RUS", total=2))
    >>> with Register.open("memory:") as register:
    ...     swap = given_on_record(register, "swap", signed)
    ...     swap.when(Register.terminate, manner=Manner.LAPSED, reason="a pause without end").then(
    ...         AgreementTerminated(manner=Manner.LAPSED, reason="a pause without end")
    ...     )
    """
    if events:
        register.command(agreement_id, lambda _: events)
    return GivenOnRecord(register, agreement_id)


def _listed(events: Iterable[Event]) -> str:
    return "\n".join(f"  {event}" for event in events) or "  nothing"
