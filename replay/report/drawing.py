"""Drawing: figures as lines and bars. The one rule: what is drawn is what projections answered, to scale.

A range is drawn as a band from its least to its most; where no upper bound is known the band goes on to the
edge. Shapes, dashes and words carry what colour also says.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs

from reciprocity.domain.values import highest, lowest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reciprocity.domain import Count

WIDTH, HEIGHT = 640, 168
LEFT, RIGHT, TOP, BOTTOM = 8, 8, 16, 8

BAR_WIDTH, BAR_HEIGHT = 300, 10


@attrs.frozen
class Frame:
    """The scale of one drawing: it stays the same wherever the sliders stand."""

    first: dt.date
    last: dt.date
    most: int

    def x(self, day: dt.date) -> float:
        """Where a day is."""
        days = (self.last - self.first).days
        part = (day - self.first).days / days if days else 1.0
        return round(LEFT + part * (WIDTH - LEFT - RIGHT), 1)

    def y(self, number: int | None) -> float:
        """Where a number is; no bound is at the edge."""
        part = 1.05 if number is None else min(1.05, number / self.most) if self.most else 0.0
        return round(HEIGHT - BOTTOM - part * (HEIGHT - TOP - BOTTOM), 1)


@attrs.frozen
class Reading:
    """What was answered of a figure as of a day, and whether a phase of that day is disputed."""

    day: dt.date
    exchanged: Count | None
    agreed: Count | None
    disputed: bool


@attrs.frozen
class Step:
    """What is drawn from one stop to the next: lines, bands and a mark; *edge* is where a band ends above."""

    line: str
    band: str
    edge: str
    agreed: str
    mark: tuple[float, float] | None
    disputed: bool


def frame(days: Sequence[dt.date], counts: Iterable[Count | None]) -> Frame:
    """The scale for these days and counts."""
    known = [number for count in counts if count is not None for number in (lowest(count), highest(count))]
    return Frame(days[0], days[-1], max((number for number in known if number is not None), default=0))


def step(on: Frame, before: Reading | None, now: Reading) -> Step:
    """What is drawn for a reading, after that of the stop before it."""
    x, from_x = on.x(now.day), on.x((before or now).day)
    line = band = edge = agreed = ""
    was = before.exchanged if before else None
    if was is not None:
        line = f"M{from_x} {on.y(lowest(was))}H{x}"
        if not isinstance(was, int):
            band = f"M{from_x} {on.y(lowest(was))}H{x}V{on.y(highest(was))}H{from_x}Z"
            edge = "" if highest(was) is None else f"M{from_x} {on.y(highest(was))}H{x}"
    if now.exchanged is not None and was is not None:
        line += f"V{on.y(lowest(now.exchanged))}"
    if before is not None and before.agreed is not None:
        agreed = f"M{from_x} {on.y(_bound(before.agreed))}H{x}"
    moved = now.exchanged is not None and now.exchanged != (0 if was is None else was)
    at = (x, on.y(lowest(now.exchanged))) if moved and now.exchanged is not None else None
    return Step(line, band, edge, agreed, at, now.disputed)


def _bound(agreed: Count) -> int | None:
    """Where an agreed total is drawn: at the number that is due at the least, or that is not exceeded."""
    return lowest(agreed) or highest(agreed)


def bar(exchanged: Count, agreed: Count) -> tuple[float, float] | None:
    """How much of a bar is known to be done, and how much may be; ``None`` where nothing is to be reached."""
    due = lowest(agreed)
    if not due:
        return None
    most = highest(exchanged)
    known = min(1.0, lowest(exchanged) / due)
    possible = 1.0 if most is None else min(1.0, most / due)
    return round(known * BAR_WIDTH, 1), round((possible - known) * BAR_WIDTH, 1)
