"""Many manifests added up in place come to what they come to one by one, in whatever turns."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import Lane, Malformed
from reciprocity.domain import tally as room
from reciprocity.domain.tally import Counting, Row, Sum, Tally, rows_of
from reciprocity.domain.values import Manifest, highest, lowest
from reciprocity.testing.strategies import manifests

Steps = list[tuple[Manifest, int]]


def _in_plain_numbers(steps: Steps) -> dict[Lane, Sum]:
    least, bounded, unbounded = dict[object, int](), dict[object, int](), dict[object, int]()
    lanes = list[Lane]()
    for manifest, sign in steps:
        for t in manifest:
            if t.within_agreement is False:
                continue
            lane, most = Lane(t.releasing, t.receiving, t.category), highest(t.count)
            lanes.append(lane)
            least[lane] = least.get(lane, 0) + (sign * lowest(t.count) if t.within_agreement else 0)
            bounded[lane] = bounded.get(lane, 0) + sign * (most or 0)
            unbounded[lane] = unbounded.get(lane, 0) + sign * (most is None)
    return {lane: Sum(least[lane], bounded[lane], unbounded[lane]) for lane in lanes}


@given(st.lists(st.tuples(manifests(("UKR", "RUS")), st.sampled_from((1, 1, -1))), max_size=8), st.data())
def test_manifests_in_turns_add_up_as_plain_numbers_do(steps: Steps, data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(steps)))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(room, "_PATTERNS", 2)  # so that they are settled while it goes on
        counting = Counting()
        for manifest, sign in steps[:first]:
            counting.add(rows_of(manifest), sign)
        counting = Counting(counting.tally())
        for manifest, sign in steps[first:]:
            counting.add(rows_of(manifest), sign)
    assert counting.tally() == Tally(_in_plain_numbers(steps))


def test_what_comes_again_in_turns_is_added_to_what_there_was() -> None:
    one: list[Row] = [("UKR", "RUS", "civilian", 5, True)]
    other: list[Row] = [("RUS", "UKR", "civilian", 7, None)]
    counting = Counting()
    for rows in (one, other, one, other, one):
        counting.add(rows)
    counting.add(one, -1)
    assert counting.tally().sums == {
        Lane("UKR", "RUS", "civilian"): Sum(10, 10, 0),
        Lane("RUS", "UKR", "civilian"): Sum(0, 14, 0),
    }


@given(manifests(("UKR", "RUS")).filter(bool))
def test_a_row_that_stands_there_twice_is_refused_and_adds_nothing(manifest: Manifest) -> None:
    rows: list[Row] = rows_of(manifest)
    counting = Counting()
    counting.add(rows)
    before = counting.tally()
    with pytest.raises(Malformed, match="stands there twice"):
        counting.add([*rows, rows[0]])
    assert counting.tally() == before
