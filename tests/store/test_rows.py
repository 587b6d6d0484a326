"""Every store gives the same rows: of part of the log, of some agreements, of one history; byte for byte."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from itertools import product

import pytest

from reciprocity.domain import OPEN, Recorded
from reciprocity.store import Register
from reciprocity.store.log import Row
from reciprocity.store.wire import WIRE
from tests.examples import back, out, swap

# In most languages' order hyphens count for nothing, and digits come before letters; by bytes, they do not.
IDS = ["ab", "a-c", "a", "a1", "b", "a-b", "b-1", "aa"]
BOUNDS = ["", *IDS, "a-", "zz"]
NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


@cache
def told() -> list[Recorded]:
    """Two events of each agreement, in turn."""
    with Register.open("memory:", clock=lambda: NOON) as register:
        for agreement in IDS:
            register.sign(agreement, swap(OPEN, OPEN))
        for agreement in reversed(IDS):
            register.complete_phase(agreement, 1, [out(1), back(1)])
        return list(register.log())


def rows() -> list[Row]:
    return [(one.position, one.agreement_id, one.version, *WIRE.encode(one)) for one in told()]


@pytest.fixture
def register(any_url: str) -> Iterator[Register]:
    with Register.open(any_url, create=True) as opened:
        opened.take_over(told())
        yield opened


def test_the_rows_of_a_part_of_the_log(register: Register) -> None:
    recorder, whole = register._recorder, rows()
    for after, up_to, limit in product((0, 1, 7, 16, 99), (None, 0, 1, 9, 99), (1, 5, 100)):
        expected = [row for row in whole if after < row[0] <= (99 if up_to is None else up_to)][:limit]
        assert recorder.select_rows(after=after, up_to=up_to, limit=limit) == expected


def test_the_rows_of_agreements_between_two_ids(register: Register) -> None:
    recorder, whole = register._recorder, rows()
    for low, high in product(BOUNDS, [*BOUNDS, None]):
        expected = [row for row in whole if low <= row[1] and (high is None or row[1] < high)]
        assert recorder.select_rows(after=0, between=(low, high), limit=100) == expected
        part = [row for row in expected if 3 < row[0] <= 12][:2]
        assert recorder.select_rows(after=3, up_to=12, between=(low, high), limit=2) == part


def test_the_rows_of_one_history(register: Register) -> None:
    recorder, whole = register._recorder, rows()
    for agreement, after, up_to in product([*IDS, "c"], (0, 1, 2), (None, 0, 1, 2)):
        expected = [
            row for row in whole if row[1] == agreement and after < row[2] <= (99 if up_to is None else up_to)
        ]
        assert recorder.select_history(agreement, after=after, up_to=up_to) == expected


def test_a_row_is_made_of_plain_values(register: Register) -> None:
    [row] = register._recorder.select_rows(after=0, limit=1)
    assert [type(value) for value in row] == [int, str, int, str, bytes]
    assert type(row) is tuple


def test_what_else_a_recorder_tells(register: Register) -> None:
    recorder = register._recorder
    assert recorder.agreement_ids() == IDS
    assert recorder.last_position() == len(told()) == 16
    known = told()[8].command_id
    assert recorder.command_starts([known, "nobody's"]) == {known: (IDS[-1], 2)}
    assert recorder.command_starts([]) == {}
    assert recorder.wait(15, timeout=0)
    assert not recorder.wait(16, timeout=0)
