"""Proofs as texts: of what is sealed and of nothing else, and why there is none."""

from __future__ import annotations

import pytest

from reciprocity.replay import proving, verify_alone
from reciprocity.replay.sealing import NothingToSeal
from reciprocity.store import Key, Register, Unreadable
from tests.store.sealed import checkpoint_of, told
from tests.store.tampering import victim_of


@pytest.mark.parametrize("position", [-1, 0, 5, 6])
def test_a_position_that_was_not_sealed_has_no_proof(position: int) -> None:
    with Register.open("memory:") as register:
        register.take_over(told()[:4])
        sealed = checkpoint_of(register)
        register.take_over(told())
        with pytest.raises(NothingToSeal, match=f"^position {position} was not in the log yet when 4 were"):
            proving.inclusion_text(register, position, sealed)


def test_a_proof_is_of_the_log_as_it_was_sealed() -> None:
    with Register.open("memory:") as register:
        register.take_over(told()[:4])
        sealed = checkpoint_of(register)
        register.take_over(told())
        proof = verify_alone.proof(proving.inclusion_text(register, 3, sealed))
    assert isinstance(proof, verify_alone.Inclusion)
    assert proof.holds(sealed)


def test_a_fact_that_is_encrypted_is_proved_without_being_read() -> None:
    pytest.importorskip("cryptography", reason='pip install "reciprocity[encryption]"')
    with Register.open("memory:", key=Key(bytes(range(32)))) as register:
        register.take_over(told())
        sealed = checkpoint_of(register)
        for position in range(1, 11):
            text = proving.inclusion_text(register, position, sealed)
            assert text.splitlines()[6].startswith("encrypted ")
            proof = verify_alone.proof(text)
            assert isinstance(proof, verify_alone.Inclusion)
            assert proof.holds(sealed)


def test_a_log_that_was_cut_is_said_to_be_shorter() -> None:
    with Register.open("memory:") as register:
        register.take_over(told())
        sealed = checkpoint_of(register)
    with Register.open("memory:") as register:
        register.take_over(told()[:4])
        with pytest.raises(NothingToSeal, match=r"\(10 events were sealed, 4 of them are here\)$"):
            proving.inclusion_text(register, 1, sealed)


@pytest.mark.parametrize("column", ["originator_id", "topic", "state"])
def test_what_would_be_two_lines_of_a_proof_has_none(column: str) -> None:
    with Register.open("memory:") as register:
        register.take_over(told())
        sealed = checkpoint_of(register)
        victim = victim_of(register)
        added = "CAST(state || char(10) AS BLOB)" if column == "state" else f"{column} || char(10)"
        victim(f"UPDATE stored_events SET {column}={added} WHERE POSITION=3")  # noqa: S608  # constants
        with pytest.raises((Unreadable, NothingToSeal), match="a line break in what is one line"):
            proving.inclusion_text(register, 3, sealed)


def test_a_proof_holds_between_two_seals_in_either_order() -> None:
    with Register.open("memory:") as register:
        register.take_over(told()[:4])
        old = checkpoint_of(register)
        register.take_over(told())
        new = checkpoint_of(register)
        text = proving.consistency_text(register, old, new)
        assert proving.consistency_text(register, new, old) == text
    proof = verify_alone.proof(text)
    assert isinstance(proof, verify_alone.Consistency)
    assert (proof.old, proof.new) == (4, 10)
    assert proof.holds(old, new)
    assert not proof.holds(new, old)
