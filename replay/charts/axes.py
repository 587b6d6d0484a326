"""Axes: where days, instants and counts lie in a picture. The one rule: a day begins at midnight UTC."""

from __future__ import annotations

import datetime as dt
from typing import Any

from reciprocity.domain import Count
from reciprocity.domain.values import highest, lowest

_DAY = 24 * 60 * 60 * 1_000
_MOST_TICKS = 9
_MOST_LEVELS = 6
_LARGEST_DRAWN = 2**53  # up to which every whole number has a place of its own


def place(of: dt.date | dt.datetime) -> int:
    """Where a day or an instant lies: milliseconds since 1970, as the grammar counts.

    >>> place(dt.date(1970, 1, 2)), place(dt.datetime(1970, 1, 1, 1, tzinfo=dt.UTC))
    (86400000, 3600000)
    """
    if isinstance(of, dt.datetime):
        return (of - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(milliseconds=1)
    return (of - dt.date(1970, 1, 1)).days * _DAY


def around(days: list[dt.date]) -> tuple[int, int]:
    """From before the first of these days to after the last, with room for what is written there."""
    first, last = place(min(days)), place(max(days))
    room = max(_DAY // 2, (last - first) // 25)
    return first - room, last + max(_DAY, room)


def days_axis(days: list[dt.date], domain: tuple[int, int]) -> dict[str, Any]:
    """The encoding of the horizontal axis, its ticks on whole days, months or years."""
    return {
        "field": "x",
        "type": "temporal",
        "scale": {"type": "utc", "domain": list(domain), "nice": False},
        "axis": {
            "title": None,
            "values": [place(day) for day in ticks(min(days), max(days))],
            "format": "%Y-%m-%d",
            "grid": False,
            "labelOverlap": "greedy",
            "labelFlush": False,
        },
    }


def ticks(first: dt.date, last: dt.date) -> list[dt.date]:
    """At most ten days from *first* to *last*, evenly set.

    >>> [str(day) for day in ticks(dt.date(2025, 5, 23), dt.date(2025, 5, 25))]
    ['2025-05-23', '2025-05-24', '2025-05-25']
    >>> [str(day) for day in ticks(dt.date(2022, 3, 1), dt.date(2027, 5, 15))]
    ['2023-01-01', '2024-01-01', '2025-01-01', '2026-01-01', '2027-01-01']
    """
    span = (last - first).days
    for step in (1, 2, 7, 14):
        if span <= step * _MOST_TICKS:
            return [first + dt.timedelta(days=number) for number in range(0, span + 1, step)]
    start = first.year * 12 + first.month - (first.day == 1)  # the first month that begins, from 0
    end = last.year * 12 + last.month
    months = end - start
    step = next((one for one in (1, 2, 3, 6) if months <= one * _MOST_TICKS), 12)
    if step == 12:
        step *= -(-(months // 12 + 1) // _MOST_TICKS)
    return [
        dt.date(month // 12, month % 12 + 1, 1)
        for month in range(start, min(end, 9999 * 12 + 12))
        if month % step == 0
    ]


def counts_axis(title: str, lowest_shown: int, highest_shown: int) -> dict[str, Any]:
    """The encoding of the vertical axis."""
    return {
        "field": "y",
        "type": "quantitative",
        "scale": {"domain": [drawn(lowest_shown), drawn(highest_shown)], "nice": False},
        "axis": {"title": title, "format": ",d", "values": levels(lowest_shown, highest_shown)},
    }


def levels(low: int, high: int) -> list[float]:
    """Whole numbers from *low* to *high*, evenly set, seven at most; zero is one of them.

    >>> levels(0, 1167), levels(-2, 2), levels(0, 1)
    ([0, 200, 400, 600, 800, 1000], [-2, -1, 0, 1, 2], [0, 1])
    """
    step = next(
        first * 10**power
        for power in range(len(str(high - low)) + 1)
        for first in (1, 2, 5)
        if first * 10**power * _MOST_LEVELS >= high - low
    )
    return [drawn(number * step) for number in range(-(-low // step), high // step + 1)]


def drawn(number: int) -> float:
    """A number as the grammar has it: exactly, as long as there are so many places."""
    return number if abs(number) <= _LARGEST_DRAWN else float(number)


def bounds(count: Count, top: int) -> tuple[int, int]:
    """The least and the most that a count may be; where nothing bounds it, up to the top of the picture."""
    most = highest(count)
    return lowest(count), max(top, lowest(count)) if most is None else most
