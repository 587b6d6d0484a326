"""What is told of a log that was changed by hand: each kind of finding, with its place and its reason."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reciprocity.replay import proving, verify_alone
from reciprocity.replay.findings import Found
from reciprocity.replay.sealing import recorder_of
from reciprocity.replay.verifying import check_proof, verify
from reciprocity.store import Register
from tests.examples import back, out, swap
from tests.store.sealed import Keeper, checkpoint_of, told
from tests.store.tampering import Victim, victim_of

Place = tuple[str, int | None, str | None, int | None]


@pytest.fixture
def register() -> Iterator[Register]:
    with Register.open("memory:") as register:
        register.take_over(told())
        yield register


def _command(victim: Victim, at: int) -> bytes:
    return victim.row(at)[3].partition(b'"command_id":"')[2].partition(b'"')[0]


def _replace(victim: Victim, at: int, old: bytes, new: bytes) -> None:
    state = victim.row(at)[3]
    assert old in state
    victim("UPDATE stored_events SET state=? WHERE POSITION=?", state.replace(old, new), at)


def places(register: Register) -> list[Place]:
    found = verify(register, {}).found
    return [(one.kind, one.position, one.agreement, one.version) for one in found]


def test_an_honest_log_in_which_a_command_recorded_two_events_has_no_findings() -> None:
    with Register.open("memory:") as register:
        register.sign("swap", swap(1, 1))
        assert len(register.complete_phase("swap", 1, [out(1), back(1)])) == 2
        assert verify(register, {}).found == ()


def test_what_the_database_says_of_itself_is_told(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ["row 1 missing from index", "wrong # of entries in index"]
    kind: Any = type(recorder_of(register))
    monkeypatch.setattr(kind, "damage", lambda _: lines)
    assert verify(register, {}).found == tuple(Found("file", line) for line in lines)


def test_a_row_that_is_missing_is_told_with_what_follows_it(register: Register) -> None:
    victim_of(register)("DELETE FROM stored_events WHERE POSITION=5")
    assert places(register) == [
        ("missing", 5, None, None),
        ("missing", 7, "swap", 4),
        ("command", None, "swap", 3),
    ]


def test_a_tail_that_is_missing_is_told_from_where(register: Register) -> None:
    victim_of(register)("DELETE FROM stored_events WHERE POSITION>8")
    assert places(register)[0] == ("cut-off", 9, None, None)


def test_an_instant_that_runs_backwards_is_told(register: Register) -> None:
    _replace(victim_of(register), 7, b'"recorded_at":"2025-05-16T20', b'"recorded_at":"2025-05-16T18')
    reason = "recorded at 2025-05-16 18:00:00+00:00, before 2025-05-16 19:20:00+00:00"
    assert verify(register, {}).found == (Found("order", reason, 7, "swap", 4),)


@pytest.mark.parametrize(("of", "at", "agreement", "version"), [(3, 7, "swap", 4), (5, 6, "other", 3)])
def test_a_command_that_goes_on_elsewhere_is_told(
    register: Register, of: int, at: int, agreement: str, version: int
) -> None:
    victim = victim_of(register)
    _replace(victim, at, _command(victim, at), first := _command(victim, of))
    [told_of, unborne] = verify(register, {}).found
    reason = f"{first.decode()} has recorded swap version {victim.row(of)[1]} before"
    assert told_of == Found("command", reason, at, agreement, version)
    assert (unborne.kind, unborne.agreement, unborne.version) == ("command", agreement, version)


def test_two_rows_that_changed_places_are_told_with_both(register: Register) -> None:
    keeper = Keeper.of(register)
    victim = victim_of(register)
    for before, after in ((3, 33), (6, 3), (33, 6)):
        victim("UPDATE stored_events SET POSITION=? WHERE POSITION=?", after, before)
    found = verify(register, keeper.checkpoints, keeper.lists).found
    moved = {(one.position, one.reason.partition(",")[0]) for one in found if one.kind == "moved"}
    assert moved == {
        (3, "sealed at position 6; sealed here was swap version 2"),
        (3, "it is at position 6 now"),
        (6, "sealed at position 3; sealed here was other version 3"),
        (6, "it is at position 3 now"),
    }


def test_seals_of_two_logs_are_told(register: Register) -> None:
    one = checkpoint_of(register)
    report = verify(register, {"a": one, "b": one._replace(origin="another")})
    assert report.found == (Found("seal", "the checkpoints are of different logs: a-log, another"),)


def test_where_a_log_ends_is_told_only_if_it_ends_too_early(register: Register) -> None:
    sealed = {"seal": checkpoint_of(register)}
    victim_of(register)("DELETE FROM stored_events WHERE POSITION=5")
    [said] = [one.reason for one in verify(register, sealed).found if one.kind == "seal"]
    assert "10 events were sealed, 9 of these positions are here. The first difference" in said


def test_a_proof_says_which_checkpoint_it_needs() -> None:
    with Register.open("memory:") as register:
        register.take_over(told()[:4])
        old = checkpoint_of(register)
        register.take_over(told())
        new = checkpoint_of(register)
        included = verify_alone.proof(proving.inclusion_text(register, 3, old))
        continued = verify_alone.proof(proving.consistency_text(register, old, new))
    another = new._replace(root=bytes(32))
    for proof, given, reason in (
        (included, {"new": new}, "any that was given: it needs a checkpoint of 4 events"),
        (included, {"old": old._replace(root=bytes(32))}, "the checkpoints that were given"),
        (continued, {"old": old}, "any that was given: it needs checkpoints of 4 and 10 events"),
        (continued, {"old": old, "other": another}, "the checkpoints that were given"),
    ):
        assert list(check_proof("p", proof, given)) == [Found("proof", f"p does not hold for {reason}")]
    assert list(check_proof("p", included, {"new": new, "old": old})) == []
    assert list(check_proof("p", continued, {"new": new, "old": old})) == []
