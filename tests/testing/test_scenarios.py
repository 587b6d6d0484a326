"""A scenario holds where it is true, and says what was otherwise where it is not."""

from __future__ import annotations

import pytest

from reciprocity.domain import (
    AgreementFulfilled,
    AgreementSigned,
    PhaseCompleted,
    complete_phase,
    fulfil,
    sign,
)
from reciprocity.store import Register
from reciprocity.testing import given, given_on_record
from tests.examples import back, out, phase, swap

SIGNED = AgreementSigned(terms=swap(2, 2))
ONE_EACH = (out(1), back(1))
DONE = PhaseCompleted(phase=1, released=ONE_EACH)


def test_a_command_of_the_domain_records_what_it_is_said_to() -> None:
    given().when(sign, SIGNED.terms).then(SIGNED)
    given(SIGNED).when(complete_phase, 1, ONE_EACH).then(DONE)
    given(SIGNED, DONE).when(complete_phase, 2, ONE_EACH).then(phase(2, *ONE_EACH), AgreementFulfilled())
    given(SIGNED).when(sign, SIGNED.terms).then()


def test_a_command_of_the_domain_is_refused_as_it_is_said_to_be() -> None:
    given(SIGNED).when(complete_phase, 1, ONE_EACH[:1]).refused("keeps_the_agreed_symmetry")
    given(SIGNED).when(complete_phase, 1, (out(9),)).refused(
        "stays_within_the_agreed_total", "keeps_the_agreed_symmetry"
    )


def test_a_command_of_a_register_too(register_anywhere: Register) -> None:
    given_on_record(register_anywhere, "other", SIGNED)
    swapped = given_on_record(register_anywhere, "swap", SIGNED)
    swapped.when(Register.complete_phase, 1, ONE_EACH).then(DONE)
    swapped.when(Register.complete_phase, 1, ONE_EACH).then()
    swapped.when(Register.fulfil).refused("is_fulfilled_when_every_obligation_is_met")
    swapped.when(
        lambda register, swap: register.once("c-2").complete_phase(swap, 2, ONE_EACH),
    ).then(phase(2, *ONE_EACH), AgreementFulfilled())
    assert register_anywhere.agreement("other").version == 1


def test_what_was_otherwise_is_said() -> None:
    asked = given(SIGNED).when(complete_phase, 1, ONE_EACH)
    with pytest.raises(AssertionError, match=r"(?s)^recorded was\n  PhaseCompleted.*and not\n  nothing$"):
        asked.then()
    with pytest.raises(AssertionError, match=r"^it was not refused; recorded was\n  PhaseCompleted"):
        asked.refused("keeps_the_agreed_symmetry")
    refused = given(SIGNED).when(fulfil)
    with pytest.raises(AssertionError, match=r"^it was refused: "):
        refused.then(AgreementFulfilled())
    with pytest.raises(
        AssertionError, match=r"is_met and not for keeps_the_agreed_symmetry: refused by given"
    ):
        refused.refused("keeps_the_agreed_symmetry")
    with pytest.raises(ValueError, match=r"^for which rules\? Those of the domain are follows_"):
        refused.refused()


def test_what_a_command_recorded_under_another_agreement_is_seen() -> None:
    def wrong(register: Register, _: str) -> object:
        return register.sign("another", SIGNED.terms)

    with Register.open("memory:") as register:
        asked = given_on_record(register, "swap", SIGNED).when(wrong)  # type: ignore[arg-type]
        with pytest.raises(AssertionError, match="recorded was"):
            asked.then()
