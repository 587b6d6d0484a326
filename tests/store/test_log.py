"""A log is every row in order, some at a time; a version that is missing is never passed over."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest

from reciprocity.domain import (
    AgreementSigned,
    Event,
    PhaseCompleted,
    Range,
    Recorded,
    Transfer,
)
from reciprocity.store import WIRE, Log, Register, Unreadable
from reciprocity.store.log import Between, Row, unreadable
from tests.examples import back, out, phase, swap
from tests.store.few_rows import Few
from tests.store.wire_lines import RECORDED_AT

# Two agreements, the events of one between those of the other.
TOLD: list[tuple[str, int, Event]] = [
    ("a", 1, AgreementSigned(terms=swap())),
    ("b", 1, AgreementSigned(terms=swap(3, 4))),
    ("a", 2, phase(1, out(1), back(1))),
    ("b", 2, phase(1, out(Range(1, 2)))),
    ("b", 3, phase(2, back(2, within=None))),
    ("a", 3, phase(2, back(3), out(4, within=False))),
    ("a", 4, phase(3)),
]
RECORDED = [
    Recorded(agreement, version, RECORDED_AT, f"c-{position}", event, position)
    for position, (agreement, version, event) in enumerate(TOLD, 1)
]


def row_of(one: Recorded) -> Row:
    return (one.position, one.agreement_id, one.version, *WIRE.encode(one))


ROWS = [row_of(one) for one in RECORDED]


def places(log: Log) -> list[tuple[int, Recorded]]:
    return [(one.position, one) for one in log]


def test_a_log_is_all_that_is_there_in_batches() -> None:
    source = Few(*ROWS)
    log = Log(source, WIRE)
    assert places(log) == [(one.position, one) for one in RECORDED]
    assert source.asked == [(after, None, None) for after in (0, 3, 6, 7)]
    assert list(log.rows()) == ROWS
    assert len(source.asked) == 8, "each iteration reads anew"
    assert list(Log(Few(), WIRE)) == []
    assert list(Log(Few(), WIRE).counts()) == []


@pytest.mark.parametrize("after", range(9))
@pytest.mark.parametrize("up_to", [None, 0, 3, 7])
@pytest.mark.parametrize("between", [None, ("a", "b"), ("b", None)])
def test_a_part_of_a_log_is_read_from_its_first_row_on(
    after: int, up_to: int | None, between: Between | None
) -> None:
    log = Log(Few(*ROWS), WIRE, after, up_to, between)
    of = "ab" if between is None else between[0]
    part = [one for one in RECORDED if after < one.position <= (up_to or 7 * (up_to is None))]
    part = [one for one in part if one.agreement_id in of]
    assert list(log) == part
    assert list(log.rows()) == [row for row, _ in log.counts()] == [row_of(one) for one in part]


def test_a_register_reads_the_same_parts_of_its_log() -> None:
    with Register.open("memory:", clock=lambda: RECORDED_AT) as register:
        assert register.take_over(RECORDED) == 7
        assert list(register.log()) == RECORDED
        for after, up_to, between in product((0, 2), (None, 3, 6), (None, ("a", "b"), ("b", None))):
            log = register.log(after=after, up_to=up_to, between=between)
            assert list(log) == list(Log(Few(*ROWS), WIRE, after, up_to, between))
        assert list(register.log(between=("b", "c"))) == [one for one in RECORDED if one.agreement_id == "b"]
        assert list(register.follow(timeout=0)) == RECORDED
        assert list(register.follow(after=3, timeout=0)) == RECORDED[3:]
        assert [register.wait(after=after, timeout=0) for after in (0, 6, 7)] == [True, True, False]
        assert register.last_position() == 7
        assert register.agreement_ids() == ["a", "b"]


def plain(transfers: tuple[Transfer, ...]) -> list[tuple[Any, ...]]:
    return [
        (one.releasing, one.receiving, one.category, one.count, one.within_agreement) for one in transfers
    ]


def test_what_is_counted_is_told_beside_each_row() -> None:
    told = list(Log(Few(*ROWS), WIRE).counts())
    assert [row for row, _ in told] == ROWS
    for (_, (kind, taken_out, put_in, terms)), one in zip(told, RECORDED, strict=True):
        assert kind is type(one.event)
        assert list(taken_out) == []
        released = one.event.released if isinstance(one.event, PhaseCompleted) else ()
        assert [tuple(row) for row in put_in] == plain(released)
        assert terms == (one.event.terms if isinstance(one.event, AgreementSigned) else None)


def test_of_an_ordinary_phase_what_is_not_counted_is_not_judged_and_of_any_other_it_is() -> None:
    def spoiled(row: Row) -> Row:
        return (*row[:4], row[4].replace(b'"command_id":"c-', b'"command_id":"\xff'))

    [(_, counted)] = Log(Few(spoiled(ROWS[2])), WIRE, after=2).counts()
    assert [tuple(row) for row in counted[2]] == plain((out(1), back(1)))
    for at in (3, 4):  # a range, an unclear standing
        with pytest.raises(Unreadable, match=rf"^position {at + 1}, b version {at - 1}, phase-completed/1: "):
            list(Log(Few(spoiled(ROWS[at])), WIRE, after=at).counts())
    with pytest.raises(Unreadable, match=r"^position 1, a version 1, agreement-signed/1: "):
        list(Log(Few(spoiled(ROWS[0])), WIRE).counts())
    with pytest.raises(Unreadable, match=r"^position 3, a version 2, phase-completed/1: "):
        list(Log(Few(spoiled(ROWS[2])), WIRE, after=2))


def test_an_event_of_another_name_is_not_counted_as_a_phase_that_was_completed() -> None:
    position, agreement, version, _, state = ROWS[2]
    for topic in ("phase-announced/1", "phase-completed/2", "agreement-fulfilled/1"):
        with pytest.raises(Unreadable, match=f"^position 3, a version 2, {topic}: "):
            list(Log(Few((position, agreement, version, topic, state)), WIRE, after=2).counts())


READ: list[Callable[[Log], object]] = [
    list,
    lambda log: list(log.rows()),
    lambda log: list(log.counts()),
]


@pytest.mark.parametrize("read", READ)
@pytest.mark.parametrize(
    ("without", "after", "reason"),
    [
        ({1}, 0, "a: version 1 is missing; version 2 comes next"),
        ({1, 3}, 0, "a: version 1 is missing; version 3 comes next"),
        ({3}, 0, "a: version 2 is missing; version 3 comes next"),
        ({4}, 1, "b: version 2 is missing; version 3 comes next"),
        ({6}, 1, "a: version 3 is missing; version 4 comes next"),
        ({3, 6}, 0, "a: version 2 is missing; version 4 comes next"),
    ],
)
def test_a_version_that_is_missing_is_told(
    read: Callable[[Log], object], without: set[int], after: int, reason: str
) -> None:
    with pytest.raises(Unreadable) as refused:
        read(Log(Few(*(row for row in ROWS if row[0] not in without)), WIRE, after))
    assert str(refused.value) == reason


@pytest.mark.parametrize("read", READ)
def test_a_version_that_comes_twice_is_told(read: Callable[[Log], object]) -> None:
    again = (8, *ROWS[2][1:])
    with pytest.raises(Unreadable, match=r"^a: version 5 is missing; version 2 comes next$"):
        read(Log(Few(*ROWS, again), WIRE))


def test_what_is_unreadable_is_told_with_its_place() -> None:
    assert str(unreadable(ROWS[3], "so")) == "position 4, b version 2, phase-completed/1: so"
    assert str(unreadable((0, *ROWS[3][1:]), "so")) == "b version 2, phase-completed/1: so"
