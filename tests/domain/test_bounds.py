"""How long, how large and how many at most; and that what lies on the bound is taken."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from reciprocity.domain import (
    Agreement,
    Handover,
    Malformed,
    Obligation,
    Party,
    Range,
    Recorded,
    Source,
    Weight,
    decide,
    forms,
)
from reciprocity.domain.forms import LARGEST_COUNT, LONGEST_TEXT, MOST_MEMBERS
from reciprocity.domain.terms import MOST_OBLIGATIONS
from tests.examples import EVENTS, agreement, back, out, phase, swap

AT_THE_BOUND: list[tuple[Callable[[str], object], str, int]] = [
    (lambda x: Recorded(x, 1, dt.datetime(2025, 5, 25, tzinfo=dt.UTC), "c-1", phase(1)), "x", 100),
    (lambda x: Party(x, "a name"), "A", 32),
    (lambda x: Weight(x, 1), "a", 64),
    (lambda x: Source(x, "HUR"), "a", 64),
    (lambda x: Source("gur", "HUR", url=f"http://{x}"), "a", 2_000 - len("http://")),
    (lambda x: Party("UKR", x), "x", LONGEST_TEXT),
    (lambda x: Party("UKR", x), "ї", LONGEST_TEXT),
]


@pytest.mark.parametrize(("make", "sign", "longest"), AT_THE_BOUND)
def test_a_text_may_be_as_long_as_said_and_no_longer(
    make: Callable[[str], object], sign: str, longest: int
) -> None:
    assert make(sign * longest)
    with pytest.raises(Malformed):
        make(sign * (longest + 1))


NUMBERS: list[tuple[Callable[[int], object], int, int | None]] = [
    *(
        (lambda n, one=one: attrs.evolve(one, phase=n), 1, 1_000_000)
        for one in EVENTS
        if hasattr(one, "phase")
    ),
    (lambda n: Weight("civilian", n), 0, 1_000_000),
    (lambda n: Range(n, None), 0, None),
    (out, 0, LARGEST_COUNT),
    (lambda n: Recorded("swap", n, dt.datetime(2025, 5, 25, tzinfo=dt.UTC), "c-1", phase(1)), 1, None),
    (
        lambda n: Recorded("swap", 1, dt.datetime(2025, 5, 25, tzinfo=dt.UTC), "c-1", phase(1), position=n),
        0,
        None,
    ),
]


@pytest.mark.parametrize(("make", "lowest", "highest"), NUMBERS)
def test_a_number_lies_within_its_bounds(
    make: Callable[[Any], object], lowest: int, highest: int | None
) -> None:
    assert make(lowest)
    assert make(highest or 2**200)
    bounds = f"from {lowest:,} to {highest:,}" if highest else f"of {lowest:,} or more"
    outside = [lowest - 1, float(lowest), str(lowest), bool(lowest), *([highest + 1] if highest else [])]
    for bad in outside:
        with pytest.raises(Malformed) as malformed:
            make(bad)
        assert str(malformed.value).endswith(f": {bad!r} is not a whole number {bounds}")


def test_a_list_may_have_as_many_members_as_said() -> None:
    assert len(attrs.evolve(swap(), mediators=("UN",) * MOST_MEMBERS).mediators) == MOST_MEMBERS
    rows = tuple(out(1, f"c{n}") for n in range(MOST_MEMBERS))
    assert len(Handover(None, None, rows).released) == MOST_MEMBERS


def test_the_bounds_are_those_of_the_documents() -> None:
    assert (MOST_MEMBERS, MOST_OBLIGATIONS, LONGEST_TEXT) == (1_000, 100, 4_000)
    assert forms.is_text("X і Y")  # no letter is among the signs that are hidden
    many = tuple(Obligation("UKR", "RUS", 1, (f"c{n}",)) for n in range(MOST_OBLIGATIONS + 1))
    assert len(attrs.evolve(swap(), obligations=many[1:]).obligations) == MOST_OBLIGATIONS
    with pytest.raises(Malformed, match="101 in one list, where 100 is the most"):
        attrs.evolve(swap(), obligations=many)


@pytest.mark.parametrize("weight", [1, 1_000_000])
def test_a_sum_may_exceed_the_largest_count(weight: int) -> None:
    many = Range(LARGEST_COUNT - 1, LARGEST_COUNT) if weight == 1 else Range(1, 20_000)
    open_terms = swap(Range(), Range(), weights=[Weight("civilian", weight)])
    before: Agreement = agreement(open_terms, phase(1, out(many), back(many)))
    assert decide(before, phase(2, out(many), back(many)))
