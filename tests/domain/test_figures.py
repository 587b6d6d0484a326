"""Figures by hand: what counts and ranges come to, how they are said, and where they leave something open."""

from __future__ import annotations

import pytest

from reciprocity.domain import (
    OPEN,
    UNKNOWN,
    Claimed,
    Count,
    Direction,
    Handover,
    Malformed,
    Party,
    Range,
    Source,
    Transfer,
    Window,
)
from reciprocity.domain.forms import LARGEST_COUNT
from reciprocity.domain.values import (
    count,
    difference,
    equal,
    exceeds,
    in_total,
    may_include,
    remaining,
    share,
)
from tests.examples import back, may, out, phase


@pytest.mark.parametrize(
    ("of", "said"),
    [
        (Range(), "unknown"),
        (Range(1_200), "at least 1,200"),
        (Range(0, 1_200), "at most 1,200"),
        (Range(1, 2), "1 to 2"),
        (Range(1_000, 2_000), "1,000 to 2,000"),
    ],
)
def test_how_a_range_is_said(of: Range, said: str) -> None:
    assert str(of) == said


@pytest.mark.parametrize(
    ("a", "b", "total", "more", "same", "by"),
    [
        (3, 2, 5, True, False, 1),
        (2, 3, 5, False, False, 0),
        (3, 3, 6, False, True, 0),
        (3, Range(3, 4), Range(6, 7), False, None, 0),
        (4, Range(3, 4), Range(7, 8), None, None, 0),
        (5, Range(3, 4), Range(8, 9), True, False, 1),
        (5, Range(3), Range(8), None, None, 0),
        (Range(5, 6), 4, Range(9, 10), True, False, 1),
        (Range(4, 6), 4, Range(8, 10), None, None, 0),
        (Range(2, 4), 4, Range(6, 8), False, None, 0),
        (Range(2, 3), 4, Range(6, 7), False, False, 0),
        (Range(2), 4, Range(6), None, None, 0),
        (Range(5), 4, Range(9), True, False, 1),
        (Range(1, 2), Range(3, 9), Range(4, 11), False, False, 0),
        (UNKNOWN, UNKNOWN, UNKNOWN, None, None, 0),
    ],
)
def test_what_two_figures_come_to(  # noqa: PLR0917  # a line of the table
    a: Count, b: Count, total: Count, more: bool | None, same: bool | None, by: int
) -> None:
    assert a + b == in_total([a, b]) == total
    assert exceeds(a, b) is more
    assert equal(a, b) is equal(b, a) is same
    assert difference(a, b) == by


@pytest.mark.parametrize(
    ("agreed", "exchanged", "left"),
    [
        (10, 4, 6),
        (10, 10, 0),
        (10, 12, 0),
        (10, Range(4), Range(0, 6)),
        (10, Range(4, 6), Range(4, 6)),
        (10, Range(8, 12), Range(0, 2)),
        (Range(10), 4, Range(6)),
        (Range(10, 12), 11, Range(0, 1)),
        (OPEN, 4, OPEN),
        (OPEN, Range(4), OPEN),
    ],
)
def test_what_is_left_to_do(agreed: Count, exchanged: Count, left: Count) -> None:
    assert remaining(agreed, exchanged) == left


def test_a_range_is_weighed_at_both_ends() -> None:
    assert Range(2, 3) * 4 == 4 * Range(2, 3) == Range(8, 12)
    assert Range(2) * 4 == Range(8)
    assert Range(2) * 0 == Range(2, 3) * 0 == 0
    assert Range(2) * 1 == Range(2)


def test_a_count_whose_bounds_meet_is_a_number() -> None:
    assert [count(3, 3), count(3, 4), count(3, None), count(0, 0)] == [3, Range(3, 4), Range(3), 0]
    with pytest.raises(Malformed, match=r"^at_most: 3 is not more than at_least, 4$"):
        Range(4, 3)


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [
        (0, 1_000, "0.0 %"),
        (999, 1_000, "99.9 %"),
        (9_999, 10_000, "99.9 %"),
        (1_000, 1_000, "100.0 %"),
        (1_500, 1_000, "100.0 %"),
        (1, 3, "33.3 %"),
        (2, 3, "66.6 %"),
        (1, 1, "100.0 %"),
        (Range(1, 2), 3, "33.3 to 66.6 %"),
        (Range(1), 3, "33.3 to 100.0 %"),
        (Range(200, 400), Range(1_000), "20.0 to 40.0 %"),
        (1, 0, None),
        (1, UNKNOWN, None),
        (1, Range(0, 5), None),
    ],
)
def test_a_share_is_rounded_down_to_tenths(part: Count, whole: Count, said: str | None) -> None:
    found = share(part, whole)
    assert (str(found) if found else None) == said


@pytest.mark.parametrize(
    ("category", "part", "may"),
    [
        ("unspecified", "civilian", True),
        ("unspecified", "unspecified", False),
        ("prisoner_of_war_or_civilian", "civilian", True),
        ("prisoner_of_war_or_civilian", "prisoner_of_war", True),
        ("prisoner_of_war_or_civilian", "war", False),
        ("civilian", "civilian", False),
        ("civilian", "prisoner_of_war_or_civilian", False),
        ("civilian", "unspecified", False),
    ],
)
def test_what_a_mixed_category_may_include(category: str, part: str, may: bool) -> None:
    assert may_include(category, part) is may


def test_the_bounds_of_a_range_and_the_days_of_a_window_are_of_their_kind() -> None:
    for bad in (True, 2.0, "2", -1):
        with pytest.raises(Malformed, match=r"^at_most: "):
            Range(0, bad)  # type: ignore[arg-type]  # that is the point
        with pytest.raises(Malformed, match=r"^(starts|ends)_on: "):
            Window(bad, None)  # type: ignore[arg-type]  # see above
        with pytest.raises(Malformed, match=r"^ends_on: "):
            Window(None, bad)  # type: ignore[arg-type]  # see above
    with pytest.raises(Malformed, match=r"^at_most: 0 is not more than at_least, 0$"):
        Range(0, 0)


def test_who_released_and_who_received() -> None:
    assert str(Direction("RUS", "UKR")) == "RUS>UKR"
    assert out(1).direction == Claimed("UKR", "RUS", None, 1).direction == Direction("UKR", "RUS")
    for make in (lambda: Transfer("UKR", "UKR", "civilian", 1), lambda: Claimed("UKR", "UKR", None, 1)):
        with pytest.raises(Malformed, match=r"^receiving: UKR cannot release to itself$"):
            make()


def test_what_a_release_adds_to_the_totals() -> None:
    assert [out(20, within=within).counted for within in (True, False, None)] == [20, 0, Range(0, 20)]
    assert [out(Range(5), within=within).counted for within in (True, False, None)] == [Range(5), 0, UNKNOWN]
    assert out(0, within=None).counted == 0
    assert Transfer("UKR", "RUS", "civilian", 1).within_agreement is True


def test_a_manifest_has_each_kind_of_row_once() -> None:
    rows = (out(1), out(1, "hostage"), out(1, within=None), out(1, within=False), back(1))
    assert Handover(may(23), None, rows).released == rows
    for at in range(len(rows)):
        row = rows[at]
        with pytest.raises(Malformed) as malformed:
            phase(1, *rows, row)
        assert str(malformed.value) == f"released: {row.direction} {row.category} stands there twice"


def test_a_group_has_members_and_these_have_none() -> None:
    group = Party("A", "a group", (Party("B", "one"), Party("C", "another")))
    assert group.codes == ("A", "B", "C")
    assert Party("B", "one").members == ()
    with pytest.raises(Malformed, match=r"^members: a member of D has members of its own$"):
        Party("D", "a group of groups", (Party("E", "one"), group))


def test_a_range_in_a_row_is_as_small_as_a_number_would_have_to_be() -> None:
    assert out(Range(LARGEST_COUNT)).count == Range(LARGEST_COUNT)
    assert out(Range(1, LARGEST_COUNT)).count == Range(1, LARGEST_COUNT)
    for large in (Range(LARGEST_COUNT + 1), Range(1, LARGEST_COUNT + 1)):
        with pytest.raises(Malformed, match=r"^count: "):
            out(large)


def test_what_is_not_said_of_a_source_is_unknown() -> None:
    bare = Source("gur", "HUR")
    assert (bare.date, bare.url, bare.note) == (None, None, None)
