"""Counts add up as their members would, tallies can be undone, comparisons agree with trying every number."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from reciprocity.domain import (
    OPEN,
    UNKNOWN,
    Count,
    Direction,
    Malformed,
    Manifest,
    Obligation,
    Range,
    Tally,
    Terms,
    Transfer,
    Weight,
)
from reciprocity.domain.forms import LARGEST_COUNT
from reciprocity.domain.tally import Counting, Row, Sum
from reciprocity.domain.values import count, equal, exceeds, highest, in_total, lowest, remaining
from reciprocity.testing.strategies import CATEGORIES, CODES, counts, manifests
from tests.tries import MANY

ENDLESS = 40  # stands for "without an upper bound" where every number is tried
small = counts(4)


def members(of: Count) -> range:
    """Every number that a count may stand for."""
    most = highest(of)
    return range(lowest(of), (ENDLESS if most is None else most) + 1)


@MANY
@given(st.lists(small, max_size=3))
def test_a_sum_holds_every_sum_of_members_and_its_bounds_are_reached(parts: list[Count]) -> None:
    total = in_total(parts)
    assert lowest(total) == sum(lowest(part) for part in parts)
    if all(highest(part) is not None for part in parts):
        assert highest(total) == sum(members(part)[-1] for part in parts)
    else:
        assert highest(total) is None
    sums = {0}
    for part in parts:
        sums = {one + more for one in sums for more in members(part)}
    assert all(one in members(total) or highest(total) is None for one in sums)


@MANY
@given(small, small, small)
def test_sums_do_not_depend_on_order(a: Count, b: Count, c: Count) -> None:
    assert a + b == b + a
    assert (a + b) + c == a + (b + c)
    assert a + 0 == a == 0 + a


@MANY
@given(small, st.integers(0, 4))
def test_a_weighted_count_holds_every_weighted_member(part: Count, weight: int) -> None:
    weighted = part * weight
    assert weighted == weight * part
    assert lowest(weighted) == lowest(part) * weight
    assert weight or weighted == 0
    assert all(n * weight in members(weighted) for n in members(part) if n * weight <= ENDLESS)


@MANY
@given(small, small)
def test_comparisons_agree_with_trying_every_number(a: Count, b: Count) -> None:
    pairs = [(x, y) for x in members(a) for y in members(b)]
    # Without bounds there is always a larger number to come; ENDLESS stands in for it on both sides.
    bounded = highest(a) is not None or highest(b) is not None
    assert exceeds(a, b) is _answer([x > y for x, y in pairs])
    if bounded or lowest(a) != lowest(b):
        assert equal(a, b) is _answer([x == y for x, y in pairs])


def _answer(tried: list[bool]) -> bool | None:
    return True if all(tried) else None if any(tried) else False


@MANY
@given(small, small)
def test_what_remains_agrees_with_trying_every_number(agreed: Count, exchanged: Count) -> None:
    left = {max(0, x - y) for x in members(agreed) for y in members(exchanged)}
    found = remaining(agreed, exchanged)
    assert lowest(found) == min(left) or highest(exchanged) is None
    if highest(exchanged) is None:
        assert lowest(found) == 0
    assert highest(found) == (None if highest(agreed) is None else max(left))


@MANY
@given(counts(6), counts(6))
def test_whether_an_obligation_is_met_agrees_with_trying_every_number(total: Count, done: Count) -> None:
    met = Obligation("UKR", "RUS", total).is_met_by(done)
    assert met is (None if total == OPEN else _answer([n >= lowest(total) for n in members(done)]))


@MANY
@given(st.lists(manifests(CODES[:3]), max_size=4), manifests(CODES[:3]))
def test_what_was_put_into_a_tally_can_be_taken_out_again(others: list[Manifest], one: Manifest) -> None:
    tally = Tally()
    for manifest in others:
        tally = tally.plus(manifest)
    back = tally.plus(one).plus(one, sign=-1)
    assert _without_nothing(back) == _without_nothing(tally)


@MANY
@given(st.lists(small), small)
def test_a_sum_grows_and_shrinks_by_one_count_at_a_time(parts: list[Count], one: Count) -> None:
    total = Sum()
    for part in parts:
        total = total.plus(part)
    assert total.count == in_total(parts)
    assert total.plus(one).plus(one, sign=-1) == total


def test_a_sum_adds_once_unless_it_is_told_to_take_out() -> None:
    assert Sum().plus(3).count == 3
    assert Sum().plus(Range(2)).count == Range(2)
    assert Sum().plus(Range(2)).plus(3).plus(Range(2), sign=-1) == Sum().plus(3)


def _without_nothing(tally: Tally) -> dict[object, Sum]:
    return {lane: total for lane, total in tally.sums.items() if total != Sum()}


@MANY
@given(st.lists(manifests(CODES[:2]), max_size=4))
def test_a_tally_adds_up_whatever_it_is_asked_for(phases: list[Manifest]) -> None:
    tally = Tally()
    for manifest in phases:
        tally = tally.plus(manifest)
    counted = [t for manifest in phases for t in manifest if t.within_agreement is not False]
    assert tally.directions() == sorted({t.direction for t in counted})
    assert {lane.direction for lane in tally.sums} == set(tally.directions())
    for direction in (Direction("UKR", "RUS"), Direction("RUS", "UKR")):
        assert tally.categories(direction) == sorted(
            {t.category for t in counted if t.direction == direction}
        )
        rows = [t for manifest in phases for t in manifest if t.direction == direction]
        assert tally.over(direction) == in_total(t.counted for t in rows)
        for category in CATEGORIES:
            mine = in_total(t.counted for t in rows if t.category == category)
            assert tally.over(direction, (category,)) == mine
        assert tally.over(direction, CATEGORIES) == tally.over(direction)


def test_a_row_of_each_kind_is_looked_at_and_may_be_refused() -> None:
    looked_at: list[Row] = []
    counting = Counting(check=looked_at.append)
    first, more = ("UKR", "RUS", "civilian", 1, True), ("UKR", "RUS", "civilian", 2, True)
    extra = ("UKR", "RUS", "civilian", 3, False)
    for manifest in ([first, extra], [more, extra], [more]):
        counting.add(manifest)
        assert {(*row[:3], row[4]) for row in manifest} <= {(*row[:3], row[4]) for row in looked_at}

    def refuse(row: Row) -> None:
        raise Malformed(f"not {row}")

    refusing = Counting(check=refuse)
    with pytest.raises(Malformed, match="civilian"):
        refusing.add([first])
    assert refusing.tally() == Tally()


@MANY
@given(small)
def test_an_unclear_release_counts_for_anything_up_to_all(number: Count) -> None:
    def counted(*, within: bool | None) -> Count:
        return Transfer("UKR", "RUS", "civilian", number, within_agreement=within).counted

    assert counted(within=True) == number
    assert counted(within=False) == 0
    assert counted(within=None) == count(0, highest(number))


@pytest.mark.parametrize(
    ("obligations", "agreed"),
    [
        ((), None),
        (((10, ()),), 10),
        (((10, ()), (4, ("civilian",))), 10),
        (((4, ("civilian",)), (6, ("hostage",))), 10),
        (((4, ("civilian", "hostage")), (6, ("hostage",))), Range(6, 10)),
        (((Range(4), ("civilian",)), (6, ("hostage",))), Range(10)),
    ],
)
def test_obligations_of_one_direction_add_up(
    obligations: tuple[tuple[Count, tuple[str, ...]], ...], agreed: Count | None
) -> None:
    owed = tuple(Obligation("UKR", "RUS", total, categories) for total, categories in obligations)
    terms = Terms(title="owed", parties=(), obligations=owed)
    assert terms.agreed(Direction("UKR", "RUS")) == agreed
    assert terms.agreed(Direction("RUS", "UKR")) is None


@pytest.mark.parametrize("bad", [True, False, -1, 1.0, 2.5, "3", None, LARGEST_COUNT + 1, 10**4000])
def test_a_count_is_a_whole_number_that_the_earth_can_hold(bad: int) -> None:
    with pytest.raises(Malformed, match="count"):
        Transfer("UKR", "RUS", "civilian", bad)
    with pytest.raises(Malformed):  # a range may be a sum; what was counted in one row may not
        Transfer("UKR", "RUS", "civilian", Range(bad))
    with pytest.raises(Malformed, match="total"):
        Obligation("UKR", "RUS", bad)
    with pytest.raises(Malformed, match="value"):
        Weight("civilian", bad)


def test_the_largest_count_is_one() -> None:
    assert Transfer("UKR", "RUS", "civilian", LARGEST_COUNT).count == LARGEST_COUNT
    assert Transfer("UKR", "RUS", "civilian", 0).count == 0


@pytest.mark.parametrize("make", [lambda n: Transfer("UKR", "RUS", "civilian", n), Range])
def test_a_number_too_large_to_be_shown_is_malformed(make: type[Range]) -> None:
    try:
        make(10**5000)
    except Malformed:
        return


@example(3, 3)
@example(3, 2)
@MANY
@given(st.integers(0, 5), st.integers(0, 5))
def test_a_range_leaves_something_open(low: int, high: int) -> None:
    if low < high:
        assert members(Range(low, high)) == range(low, high + 1)
        assert count(low, high) == Range(low, high)
    else:
        with pytest.raises(Malformed, match="at_most"):
            Range(low, high)
    assert count(low, low) == low
    assert Range() == UNKNOWN
