"""What is left of a log of which rows are missing, or cannot be read."""

from __future__ import annotations

from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.store import Busy, ConnectionLost, Register, StoreError, Unreadable, inspection, seals
from reciprocity.store.inspection import Hole, rows_and_holes
from tests.examples import swap
from tests.store.sealed import told
from tests.store.tampering import victim_of


class _Damaged:
    """So many rows, of which some cannot be read."""

    def __init__(self, last: int, damaged: set[int]) -> None:
        self._last, self._damaged = last, damaged

    def select_rows(self, *, after: int, up_to: int, limit: int) -> list[tuple[int]]:
        positions = range(after + 1, min(up_to, self._last) + 1)[:limit]
        if found := self._damaged.intersection(positions):
            raise Unreadable("read") from OSError(f"sector of {min(found)}")
        return [(one,) for one in positions]


@given(st.integers(0, 40), st.sets(st.integers(1, 40)), st.integers(1, 50))
def test_all_that_can_be_read_is_and_the_rest_is_a_hole(last: int, damaged: set[int], at_once: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(inspection, "_AT_ONCE", at_once)
        found = list(rows_and_holes(cast("Any", _Damaged(last, damaged)), up_to=last))
    holes = [one for one in found if isinstance(one, Hole)]
    rows = [row[0] for one in found if not isinstance(one, Hole) for row in one]
    expected = [one for one in range(1, last + 1) if one in damaged]
    assert holes == [Hole(one, one, f"sector of {one}") for one in expected]
    assert rows == [one for one in range(1, last + 1) if one not in damaged]
    assert found == sorted(found, key=lambda one: one.first if isinstance(one, Hole) else one[0][0])


@pytest.mark.parametrize("error", [Busy("locked"), ConnectionLost("the server is gone")])
@pytest.mark.parametrize("asked", range(1, 7))
def test_what_passes_is_no_hole_but_ends_it(error: StoreError, asked: int) -> None:
    """Whenever it comes: the rows are asked for, halved three times, read up to the hole, and after it."""

    class Passing(_Damaged):
        left = asked

        def select_rows(self, **bounds: int) -> list[tuple[int]]:
            self.left -= 1
            if self.left == 0:
                raise error
            return super().select_rows(**bounds)

    with pytest.raises(type(error), match=str(error)):
        list(rows_and_holes(cast("Any", Passing(8, {6})), up_to=8))


def test_without_a_cause_a_hole_says_what_the_error_does() -> None:
    class Refusing(_Damaged):
        def select_rows(self, *, after: int, up_to: int, limit: int) -> list[tuple[int]]:
            try:
                return super().select_rows(after=after, up_to=up_to, limit=limit)
            except Unreadable as error:
                raise Unreadable("as it is") from (None if self._last == 2 else error)

    holes = [list(rows_and_holes(cast("Any", Refusing(last, {2})), up_to=2))[-1] for last in (2, 3)]
    assert holes == [Hole(2, 2, "as it is"), Hole(2, 2, "read")]


def test_holes_in_a_store_are_found_where_they_are() -> None:
    with Register.open("memory:") as register:
        register.take_over(told())
        damage = victim_of(register)
        for position in (3, 4, 10):
            damage("UPDATE stored_events SET state=NULLIF(1, 2) WHERE POSITION=?", position)
        found = list(rows_and_holes(cast("Any", register.recorder), up_to=10))
    places = [one.first if isinstance(one, Hole) else [row[0] for row in one] for one in found]
    assert places == [[1, 2], 3, 4, [5, 6, 7, 8, 9], 10]


@pytest.mark.parametrize("position", [1, 5, 9])
def test_a_log_with_a_gap_is_not_sealed(position: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seals, "_AT_ONCE", 4)
    with Register.open("memory:") as register:
        register.take_over(told())
        victim_of(register)("DELETE FROM stored_events WHERE POSITION=?", position)
        with pytest.raises(Unreadable, match=f"^position {position} is missing: the log has a gap$"):
            seals.seal(cast("Any", register.recorder), up_to=10)


def test_a_seal_is_of_so_many_events_and_no_more() -> None:
    with Register.open("memory:") as register:
        register.take_over(told()[:4])
        four = seals.seal(cast("Any", register.recorder), up_to=4)
        register.take_over(told())
        assert seals.seal(cast("Any", register.recorder), up_to=4) == four
        assert four.size == 4


@pytest.mark.parametrize(("position", "version"), [(1, 1), (3, 2), (5, 3)])
def test_a_version_that_is_missing_is_named(position: int, version: int) -> None:
    with Register.open("memory:") as register:
        register.take_over(told())
        victim_of(register)("DELETE FROM stored_events WHERE POSITION=?", position)
        said = f"^swap: version {version} is missing; version {version + 1} comes next$"
        for read in (register.log(), register.history("swap"), register.log().rows()):
            with pytest.raises(Unreadable, match=said):
                list(read)


def test_an_agreement_whose_id_begins_with_a_digit_is_in_the_log(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        register.sign("1000-for-1000", swap())
        assert [one.agreement_id for one in register.log()] == ["1000-for-1000"]
