"""Each command is a register's, too, under its name: it records what the command says, given the same."""

from __future__ import annotations

from typing import Any

import pytest

from reciprocity.domain import Agreement, Event, fold
from reciprocity.store import Register
from reciprocity.store.asking import _mirror
from tests.asked import ASKED, CITED


@pytest.mark.parametrize(("command", "told", "given"), ASKED)
def test_a_register_records_what_the_command_says(
    command: Any, told: tuple[Event, ...], given: dict[str, Any]
) -> None:
    said = command(fold(Agreement("swap"), told), **given, **CITED)
    positional = (
        dict(list(given.items())[:1]) if command.__name__.endswith(("phase", "claim", "sign")) else {}
    )
    named = {name: value for name, value in given.items() if name not in positional}
    with Register.open("memory:") as register:
        if told:
            register.command("swap", lambda _: told)
        ask = getattr(register, command.__name__)
        recorded = ask("swap", *positional.values(), **named, **CITED)
        assert tuple(one.event for one in recorded) == said
        assert {one.agreement_id for one in recorded} == {"swap"}
    assert ask.__doc__ == command.__doc__


def test_a_method_hands_on_all_that_it_is_given_and_decides_on_what_it_is_shown() -> None:
    def told(agreement: Any, number: int, *, by: str) -> Any:
        """As the command says."""
        return agreement, number, by

    class Asked:
        def command(self, agreement_id: str, decision: Any, /) -> Any:
            return agreement_id, decision("as it stands")

    method: Any = _mirror(told)
    assert method(Asked(), "swap", 3, by="c-1") == ("swap", ("as it stands", 3, "c-1"))
    assert (method.__name__, method.__doc__) == ("told", "As the command says.")
