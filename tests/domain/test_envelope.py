"""The envelope of a fact: instants, zones and clocks, and what is no part of what was recorded."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from reciprocity.domain import (
    Malformed,
    Recorded,
    forms,
)
from tests.examples import phase


def test_an_instant_in_any_zone_says_which() -> None:
    @attrs.frozen
    class Said:
        at: object = attrs.field(validator=forms.aware_instant)

    at = dt.datetime(2025, 5, 25, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    assert Said(at).at == at
    for bad in (at.replace(tzinfo=None), at.date(), "2025-05-25T00:00:00Z", None):
        with pytest.raises(Malformed) as malformed:
            Said(bad)
        assert str(malformed.value) == f"at: {bad!r} is not an instant with its time zone"


def test_the_last_instant_is_that_at_which_a_day_still_has_a_name_everywhere() -> None:
    last = dt.datetime.max.replace(tzinfo=dt.UTC) - dt.timedelta(hours=14)
    assert Recorded("swap", 1, last, "c-1", phase(1)).recorded_at == last
    with pytest.raises(Malformed, match=r"recorded_at: 9999-.* is the end of time"):
        Recorded("swap", 1, last + dt.timedelta(microseconds=1), "c-1", phase(1))


def test_an_instant_in_utc_may_be_so_by_another_name() -> None:
    at = dt.datetime(2025, 5, 25, tzinfo=dt.timezone(dt.timedelta(0), "Zulu"))
    assert Recorded("swap", 1, at, "c-1", phase(1)).recorded_at == at.astimezone(dt.UTC)


def test_where_a_fact_stands_in_a_log_is_no_part_of_what_was_recorded() -> None:
    at = dt.datetime(2025, 5, 25, tzinfo=dt.UTC)
    nowhere = Recorded("swap", 1, at, "c-1", phase(1))
    assert (nowhere.position, nowhere.clock_at) == (0, None)
    assert attrs.evolve(nowhere, position=7) == nowhere
    assert attrs.evolve(nowhere, clock_at=at - dt.timedelta(seconds=1)) != nowhere
    with pytest.raises(Malformed, match=r"^clock_at: .* is not an instant in UTC$"):
        attrs.evolve(nowhere, clock_at=at.replace(tzinfo=None))


def test_a_clock_that_ran_behind_says_an_earlier_instant() -> None:
    at = dt.datetime(2025, 5, 25, tzinfo=dt.UTC)
    earlier = at - dt.timedelta(seconds=1)
    assert Recorded("swap", 1, at, "c-1", phase(1), clock_at=earlier).clock_at == earlier
    for not_behind in (at, at + dt.timedelta(seconds=1)):
        with pytest.raises(Malformed, match="clock_at"):
            Recorded("swap", 1, at, "c-1", phase(1), clock_at=not_behind)


def test_a_fact_is_not_recorded_before_it_came_about_anywhere_on_earth() -> None:
    late = dt.datetime(2025, 5, 24, 10, tzinfo=dt.UTC)  # it is the 25th already on Kiritimati
    assert Recorded("swap", 1, late, "c-1", phase(1, day=25)).event == phase(1, day=25)
    with pytest.raises(Malformed, match="after the instant"):
        Recorded("swap", 1, late - dt.timedelta(seconds=1), "c-1", phase(1, day=25))
