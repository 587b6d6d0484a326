"""Verifying a store to which something rare befell: each is called what it is, and nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reciprocity.replay import proving, verify_alone
from reciprocity.replay.findings import Found
from reciprocity.replay.sealing import NothingToSeal, recorder_of, sealed
from reciprocity.replay.verifying import check_proof, verify
from reciprocity.store import Busy, ConnectionLost, Register, StoreError, Unreadable
from reciprocity.store.inspection import Hole, rows_and_holes
from tests.store.sealed import Keeper, checkpoint_of, list_of, recorded_and_sealed, told
from tests.store.tampering import KINDS, Victim, victim_of

POISON = "CAST(x'ff41' AS TEXT)"  # a text that is none: the database gives no row that has it


@pytest.fixture
def register() -> Iterator[Register]:
    """Ten events."""
    with Register.open("memory:") as register:
        register.take_over(told())
        yield register


@pytest.fixture
def touch(register: Register) -> Victim:
    return victim_of(register)


def found(register: Register, keeper: Keeper | None = None) -> list[tuple[str, int | None]]:
    """What is found, and where."""
    keeper = keeper or Keeper({})
    return [(one.kind, one.position) for one in verify(register, keeper.checkpoints, keeper.lists).found]


# What a row says


def test_a_version_below_one_is_none(register: Register, touch: Victim) -> None:
    touch("UPDATE stored_events SET originator_version=-2 WHERE POSITION=10")
    [unreadable, missing, *others] = verify(register, {}).found
    assert (unreadable.kind, unreadable.position, unreadable.reason) == (
        "unreadable",
        10,
        "version -2 is none",
    )
    assert (missing.kind, missing.position) == ("missing", 10)
    assert {one.kind for one in others} <= {"command"}
    with pytest.raises(Unreadable, match=r"position 10.*not of its kind"):
        sealed(register)


def test_an_instant_that_runs_backwards_is_out_of_order(register: Register, touch: Victim) -> None:
    state = touch.row(5)[3].replace(b'"recorded_at":"2025-05-16', b'"recorded_at":"2025-05-15')
    touch("UPDATE stored_events SET state=? WHERE POSITION=5", state)
    assert found(register) == [("order", 5)]


def test_the_count_of_positions_may_be_too_low(register: Register, touch: Victim) -> None:
    touch("UPDATE sqlite_sequence SET seq=7 WHERE name='stored_events'")
    [said] = verify(register, {}).found
    assert (said.kind, said.position) == ("cut-off", 11)
    assert said.reason == "the store's own count of positions is 7, but there are events up to 10"


def test_a_command_that_begins_nowhere_is_a_finding(register: Register, touch: Victim) -> None:
    touch("INSERT INTO commands VALUES ('c-x', 'swap', 'two')")
    [said] = verify(register, {}).found
    assert (said.kind, said.agreement, said.version) == ("command", "swap", "two")
    assert said.reason == "no event is recorded by c-x"


def test_what_is_recorded_while_it_is_verified_is_no_finding(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = recorder_of(register).positions()
    register.suspend("swap", reason="broken off")
    monkeypatch.setattr(type(recorder_of(register)), "positions", lambda _: asked)
    assert found(register) == []


# What the database cannot give


@pytest.mark.parametrize("holes", [{1}, {10}, {4, 5}, {1, 2, 3}, set(range(1, 11)), {1, 5, 10}])
def test_every_row_is_given_or_is_a_hole(holes: set[int], register: Register, touch: Victim) -> None:
    for position in holes:
        touch(f"UPDATE stored_events SET topic={POISON} WHERE POSITION=?", position)  # noqa: S608  # a constant
    parts = list(rows_and_holes(recorder_of(register), up_to=10))
    given = [row[0] for part in parts if not isinstance(part, Hole) for row in part]
    assert given == sorted(set(range(1, 11)) - holes)
    assert [(part.first, part.last) for part in parts if isinstance(part, Hole)] == [
        (hole, hole) for hole in sorted(holes)
    ]


def test_a_log_may_end_before_it_was_said_to(register: Register) -> None:
    [rows] = rows_and_holes(recorder_of(register), up_to=99)
    assert len(rows) == 10  # type: ignore[arg-type]  # it is no hole


def test_what_moved_to_where_it_cannot_be_read_is_reported_once(register: Register, touch: Victim) -> None:
    keeper = Keeper.of(register)
    touch(f"UPDATE stored_events SET POSITION=11, topic={POISON} WHERE POSITION=5")  # noqa: S608  # a constant
    touch.count()
    said = found(register, keeper)
    assert ("missing", 5) in said
    assert ("unreadable", 11) in said
    assert not {("deleted", 5), ("moved", 5)} & set(said)


class Lost:
    """A recorder's method that fails at one call of it, and is as before at the others."""

    def __init__(self, method: Any, error: StoreError, at: int) -> None:
        self.method, self.error, self.at, self.calls = method, error, at, 0

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        self.calls += 1
        if self.calls == self.at:
            raise self.error
        return self.method(*arguments, **named)


@pytest.mark.parametrize("error", [Busy("locked"), ConnectionLost("gone")])
@pytest.mark.parametrize("method", ["select_rows", "select_history", "asked"])
def test_a_lost_connection_is_never_taken_for_damage(
    method: str, error: StoreError, register: Register, touch: Victim, monkeypatch: pytest.MonkeyPatch
) -> None:
    keeper = Keeper.of(register)
    KINDS["delete"](touch, 3)
    touch(f"UPDATE stored_events SET topic={POISON} WHERE POSITION=7")  # noqa: S608  # a constant
    recorder: Any = recorder_of(register)
    owner = recorder if method != "asked" else recorder.datastore
    whole = verify(register, keeper.checkpoints, keeper.lists)
    for at in range(1, 100):
        failing = Lost(getattr(owner, method), error, at)
        with monkeypatch.context() as patched:
            patched.setattr(owner, method, failing)
            try:
                report = verify(register, keeper.checkpoints, keeper.lists)
            except type(error):
                continue
        assert report == whole
        assert failing.calls < at
        return
    pytest.fail("it never ends")


# Against seals


def test_a_seal_of_another_log_is_contradicted_by_one_of_this(register: Register) -> None:
    this = checkpoint_of(register)
    other = this._replace(root=bytes(32))
    smaller = other._replace(size=4)
    for checkpoints in ({"ours": this, "theirs": other}, {"theirs": other, "ours": this}):
        report = verify(register, {**checkpoints, "smaller": smaller})
        assert [one.partition(":")[0] for one in report.holds] == ["ours"]
        assert sorted(one.reason.partition(" is not of this log: ours is")[0] for one in report.found) == [
            "smaller",
            "theirs",
        ]


def test_checkpoints_of_different_logs_are_said_to_be(register: Register) -> None:
    this = checkpoint_of(register)
    report = verify(register, {"one": this, "two": this._replace(origin="another")})
    assert [one.reason for one in report.found] == ["the checkpoints are of different logs: a-log, another"]


# Proofs


def test_a_later_seal_says_that_it_seals_what_an_earlier_one_does(touch: Victim, register: Register) -> None:
    with Register.open("memory:") as other:
        checkpoints = recorded_and_sealed(other, told())
    touch("UPDATE stored_events SET topic='phase-completed/9' WHERE POSITION=3")
    seals = [one.reason for one in verify(register, checkpoints).found if one.kind == "seal"]
    assert len(seals) == 2
    assert seals[0].endswith("The first difference is within positions 1 to 6")
    assert seals[1].endswith("It seals the positions of the seal before it, too")


def test_where_only_one_position_is_between_two_seals_it_is_named(touch: Victim, register: Register) -> None:
    checkpoints = {}
    with Register.open("memory:") as other:
        for size in (9, 10):
            other.take_over(told()[:size])
            checkpoints[str(size)] = checkpoint_of(other)
    touch("UPDATE stored_events SET topic='phase-completed/9' WHERE POSITION=10")
    [seal] = [one.reason for one in verify(register, checkpoints).found if one.kind == "seal"]
    assert seal.endswith("The first difference is within position 10")


def test_a_finding_may_be_of_an_agreement_as_a_whole() -> None:
    assert Found("rule", "is uneven", agreement="swap").said() == "rule: swap: is uneven"


def sealed_at(size: int) -> verify_alone.Checkpoint:
    with Register.open("memory:") as register:
        register.take_over(told()[:size])
        return checkpoint_of(register)


def test_a_consistency_proof_is_held_against_the_checkpoints(register: Register) -> None:
    old, new = sealed_at(4), checkpoint_of(register)
    proof = verify_alone.proof(proving.consistency_text(register, new, old))
    assert list(check_proof("it", proof, {"new": new, "old": old})) == []
    assert list(check_proof("it", proof, {"new": new})) == [
        Found("proof", "it does not hold for any that was given: it needs checkpoints of 4 and 10 events")
    ]
    assert list(check_proof("it", proof, {"old": old, "new": new._replace(root=bytes(32))})) == [
        Found("proof", "it does not hold for the checkpoints that were given")
    ]


def test_what_is_not_continued_is_not_proved(register: Register, touch: Victim) -> None:
    old, new = sealed_at(4), checkpoint_of(register)
    with pytest.raises(NothingToSeal, match="every log continues it"):
        proving.consistency_text(register, old._replace(size=0), new)
    with pytest.raises(NothingToSeal, match="two logs: another, a-log"):
        proving.consistency_text(register, old._replace(origin="another"), new)
    with pytest.raises(NothingToSeal, match="not what was sealed"):
        proving.consistency_text(register, old._replace(root=bytes(32)), new)
    KINDS["cut the tail"](touch, 9)
    with pytest.raises(NothingToSeal, match="10 events were sealed, 8 of them are here"):
        proving.consistency_text(register, old, new)


def test_a_row_that_is_no_line_is_not_proved(register: Register, touch: Victim) -> None:
    new = checkpoint_of(register)
    KINDS["delete"](touch, 3)
    with pytest.raises(NothingToSeal, match="position 3 is not in the log"):
        proving.inclusion_text(register, 3, new)
    with pytest.raises(Unreadable, match="position 3 is missing"):
        sealed(register)
    for position, column in ((4, "topic"), (5, "originator_id")):
        touch(f"UPDATE stored_events SET {column}=? WHERE POSITION=?", "a\nb", position)  # noqa: S608  # a constant
    touch("UPDATE stored_events SET state=? WHERE POSITION=6", b'{\n"command_id":"c"}')
    for position in (4, 5, 6):
        with pytest.raises(Unreadable, match=f"position {position}: a line break"):
            proving.inclusion_text(register, position, new)


def test_names_that_are_no_words_are_not_listed(register: Register, touch: Victim) -> None:
    touch("UPDATE stored_events SET topic='two words/1' WHERE POSITION=4")
    with pytest.raises(Unreadable, match="position 4: 'other', 'two words/1' cannot stand in a list"):
        list_of(register)
