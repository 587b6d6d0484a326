"""Once: however often a command is asked under its id, it counts once, and its answer stays the same."""

from __future__ import annotations

import pytest

from reciprocity.domain import Refused
from reciprocity.store import CommandTaken, Register
from tests.examples import back, out, swap


def test_asked_again_a_command_returns_what_it_first_recorded(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        register.sign("swap", swap())
        first = register.once("c-1").complete_phase("swap", 1, [out(1), back(1)])
    with Register.open(kept_url) as another:
        later = another.complete_phase("swap", 2, [out(2), back(2)])
        assert another.once("c-1").complete_phase("swap", 1, [out(1), back(1)]) == first
        # Even where the same request would now be refused, or be another one.
        assert another.once("c-1").complete_phase("swap", 2, [out(9), back(9)]) == first
        assert [one.version for one in another.history("swap")] == [1, 2, later[0].version]


def test_under_another_id_it_is_another_command(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        register.once("c-1").sign("swap", swap())
        register.once("c-2").complete_phase("swap", 1, [out(1), back(1)])
        register.once("c-3").complete_phase("swap", 2, [out(1), back(1)])
        assert [one.command_id for one in register.log()] == ["c-1", "c-2", "c-3"]
        assert register.agreement("swap").last_phase == 2


def test_an_id_is_not_used_up_by_a_refusal(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        register.sign("swap", swap())
        with pytest.raises(Refused):
            register.once("c-1").complete_phase("swap", 1, [out(11), back(11)])
        assert len(register.once("c-1").complete_phase("swap", 1, [out(1), back(1)])) == 1


def test_an_id_belongs_to_one_agreement(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        register.once("c-1").sign("swap", swap())
        with pytest.raises(CommandTaken):
            register.once("c-1").sign("other", swap())
        assert register.agreement_ids() == ["swap"]
