"""How did it stand at every pair of the two clocks? The one rule: what `at` answers, each history once.

Between two events neither clock changes anything, so a record has only so many days and instants at which
an answer can change. Most pairs of them show the same history; it is told once.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import ReciprocityError
from reciprocity.projections.at import day_of, days_told_from
from reciprocity.projections.retelling import Retelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reciprocity.domain import Recorded


class TooMuchToTell(ReciprocityError):
    """So many days and instants show so many histories that they are not told."""


@attrs.frozen
class Grid:
    """The histories of a record at every pair of its days and instants, both in order.

    *places* says which of the *histories* it is: by instant, then by day.
    """

    days: tuple[dt.date, ...]
    instants: tuple[dt.datetime, ...]
    histories: tuple[tuple[Recorded, ...], ...]
    places: tuple[tuple[int, ...], ...]


def turning_days(history: Iterable[Recorded]) -> list[dt.date]:
    """The days from which anything is told, by whatever is known: no answer changes between two of them."""
    return sorted({day for one in history for day in (day_of(one), one.recorded_at.date())})


def turning_instants(history: Iterable[Recorded]) -> list[dt.datetime]:
    """The instants at which anything was recorded: no answer changes between two of them."""
    return sorted({one.recorded_at for one in history})


def grid(
    history: Sequence[Recorded],
    days: Iterable[dt.date],
    instants: Iterable[dt.datetime],
    *,
    most_told: int | None = None,
) -> Grid:
    """A record as of each of these days, as known at each of these instants.

    Takes time and memory for each pair only where it shows what no other does.

    Raises:
        TooMuchToTell: the histories hold more than *most_told* events together.

    >>> grid([], [dt.date(2025, 5, 24)], []).places
    ()
    """
    in_days, in_instants = tuple(sorted(set(days))), tuple(sorted(set(instants)))
    numbers: dict[tuple[object, ...], int] = {}
    histories: list[tuple[Recorded, ...]] = []
    places: list[tuple[int, ...]] = []
    events = 0
    for instant in in_instants:
        known = [one for one in history if one.recorded_at <= instant]
        retelling = Retelling.of(known)
        from_days = days_told_from(known, retelling)
        row: list[int] = []
        for day in in_days:
            told = [r for r, its_day in zip(retelling.requests, from_days, strict=True) if its_day <= day]
            # What follows from requests stands under envelopes that may not have been known yet.
            key = (len(retelling.followed), *((one.agreement_id, one.version) for one in told))
            if key not in numbers:
                numbers[key] = len(histories)
                histories.append(tuple(retelling.told(told)))
                events += len(histories[-1])
                if most_told is not None and events > most_told:
                    raise TooMuchToTell(f"more than {most_told:,} events would be told")
            row.append(numbers[key])
        places.append(tuple(row))
    return Grid(in_days, in_instants, tuple(histories), tuple(places))
