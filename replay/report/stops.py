"""Stops: where the two sliders of a report may stand. The one rule: at each stop the answers are right.

Every day and instant at which an answer changes is a stop. A long record has more of them than a page can
hold; then some are left out, evenly, never the first nor the last, and the page says so.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

import attrs

from reciprocity.projections.grid import Grid, TooMuchToTell, grid, turning_days, turning_instants

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reciprocity.domain import Recorded

MOST_STOPS = 200
"""On one slider."""

MOST_TOLD = 100_000
"""So many events at most are told for all stops together, each stop's history by itself."""

T = TypeVar("T", dt.date, dt.datetime)


@attrs.frozen
class Stops:
    """The days and instants at which the sliders of a page may stand, and how many there would be in all."""

    days: tuple[dt.date, ...]
    instants: tuple[dt.datetime, ...]
    all_days: int
    all_instants: int

    @property
    def thinned(self) -> bool:
        """Whether some were left out."""
        return (len(self.days), len(self.instants)) != (self.all_days, self.all_instants)


@attrs.frozen
class Replayed:
    """One agreement's histories, and which of its own days and instants each stop of the page shows.

    ``None`` where the stop lies before its first.
    """

    grid: Grid
    days: tuple[int | None, ...]
    instants: tuple[int | None, ...]


def replayed(
    histories: Iterable[Sequence[Recorded]],
    *,
    also_days: Iterable[dt.date] = (),
    also_instants: Iterable[dt.datetime] = (),
) -> tuple[Stops, list[Replayed]]:
    """The stops of a page about these agreements, and their histories at each; more may be asked for."""
    told = list(histories)
    days = sorted({day for history in told for day in turning_days(history)})
    instants = sorted({instant for history in told for instant in turning_instants(history)})
    events = sum(map(len, told))
    most = MOST_STOPS
    while True:
        stops = Stops(
            _with(thinned(days, most), also_days),
            _with(thinned(instants, most), also_instants),
            len({*days, *also_days}),
            len({*instants, *also_instants}),
        )
        try:
            return stops, [_replayed(history, stops, MOST_TOLD * len(history) // events) for history in told]
        except TooMuchToTell:
            most //= 2


def thinned(stops: Sequence[T], most: int) -> list[T]:
    """No more than so many of these, evenly chosen, the first and the last among them.

    >>> thinned([dt.date(2025, 5, day) for day in range(1, 10)], 3)
    [datetime.date(2025, 5, 1), datetime.date(2025, 5, 5), datetime.date(2025, 5, 9)]
    """
    if len(stops) <= most:
        return list(stops)
    last = len(stops) - 1
    return [stops[round(number * last / (most - 1))] for number in range(most)]


def _with(stops: list[T], also: Iterable[T]) -> tuple[T, ...]:
    return tuple(sorted(set(stops).union(also)))


def _replayed(history: Sequence[Recorded], stops: Stops, most_told: int) -> Replayed:
    days, at_days = _own(turning_days(history), stops.days)
    instants, at_instants = _own(turning_instants(history), stops.instants)
    return Replayed(grid(history, days, instants, most_told=most_told), at_days, at_instants)


def _own(turning: list[T], stops: Sequence[T]) -> tuple[list[T], tuple[int | None, ...]]:
    """Those of an agreement's own turning points that the stops show, and which of them each stop shows."""
    last = [bisect_right(turning, stop) - 1 for stop in stops]
    shown = sorted({place for place in last if place >= 0})
    number = {place: number for number, place in enumerate(shown)}
    return [turning[place] for place in shown], tuple(number.get(place) for place in last)
