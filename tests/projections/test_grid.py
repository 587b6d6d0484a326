"""The grid of both clocks: what `at` answers at every pair, each history told once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import attrs
import pytest
from hypothesis import given

from reciprocity.domain import Recorded
from reciprocity.projections import at
from reciprocity.projections.grid import TooMuchToTell, grid, turning_days, turning_instants
from reciprocity.replay.opening import opened
from reciprocity.testing.recorded import days_around, instants_around, logs, recordings
from tests.projections.recorded_histories import SOME, whole


@SOME
@given(recordings())
def test_the_grid_is_what_at_answers_at_every_pair(log: tuple[Recorded, ...]) -> None:
    _is_what_at_answers(log)


def test_what_follows_stands_under_its_envelope_once_that_is_known() -> None:
    with opened("ua-ru-2025-05-16") as register:
        log = [
            attrs.evolve(one, recorded_at=one.recorded_at + dt.timedelta(seconds=one.version))
            for one in register.log()
        ]
    _is_what_at_answers(log)


def _is_what_at_answers(log: Sequence[Recorded]) -> None:
    found = grid(log, days_around(log), instants_around(log))
    for instant, row in zip(found.instants, found.places, strict=True):
        for day, place in zip(found.days, row, strict=True):
            assert whole(found.histories[place]) == whole(at(log, as_of=day, known_at=instant))


@SOME
@given(logs())
def test_nothing_changes_between_two_turning_points(log: tuple[Recorded, ...]) -> None:
    days, instants = turning_days(log), turning_instants(log)
    for day in days_around(log):
        before = max((one for one in days if one <= day), default=days[0] - dt.timedelta(days=1))
        assert whole(at(log, as_of=day)) == whole(at(log, as_of=before))
    for instant in instants_around(log):
        known = [one for one in instants if one <= instant]
        assert whole(at(log, known_at=instant)) == (whole(at(log, known_at=known[-1])) if known else [])


@SOME
@given(recordings())
def test_a_grid_tells_no_more_than_it_may(log: tuple[Recorded, ...]) -> None:
    days, instants = turning_days(log), turning_instants(log)
    told = sum(len(history) for history in grid(log, days, instants).histories)
    assert grid(log, days, instants, most_told=told).places
    with pytest.raises(TooMuchToTell):
        grid(log, days, instants, most_told=told - 1)
