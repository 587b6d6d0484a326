"""Recordings: lawful histories under their envelopes, as a register holds them.

The one rule: each fact is recorded on its own day or later, and no instant runs backwards.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

import attrs
from hypothesis import strategies as st

from reciprocity.domain import Agreement, Recorded, decide, fold, happened_on
from reciprocity.testing.lawful import History, histories

FIRST_INSTANT = dt.datetime(2025, 4, 1, 9, 30, tzinfo=dt.UTC)
HOURS = (0, 0, 1, 7, 20, 24, 72, 500)
A_MOMENT = dt.timedelta(microseconds=1)


@st.composite
def recordings(draw: st.DrawFn, agreement_id: str = "told", longest: int = 12) -> tuple[Recorded, ...]:
    """A lawful history as recorded. What follows by itself is recorded with what it follows from."""
    history = draw(histories(longest=longest))
    hours = draw(st.lists(st.sampled_from(HOURS), min_size=3, max_size=8))
    early = draw(st.sampled_from([0, 0, 13]))  # west of the day on which it happened
    return enveloped_at(history, hours, early, agreement_id)


def enveloped_at(
    history: History, hours: Sequence[int], early: int, agreement_id: str
) -> tuple[Recorded, ...]:
    """The history as recorded so many hours after one another, later if a day had not begun.

    *hours* are gone through in turns; a day may begin so many hours *early*.
    """
    instant, agreement, log = FIRST_INSTANT, Agreement(agreement_id), list[Recorded]()
    for nth, request in enumerate(history.requests):
        instant += dt.timedelta(hours=hours[nth % len(hours)])
        instant = max(instant, _begins(happened_on(request)) - dt.timedelta(hours=early))
        decided = decide(agreement, request)
        agreement = fold(agreement, decided)
        for event in decided:
            number = len(log) + 1
            log.append(Recorded(agreement_id, number, instant, f"{agreement_id}-c{nth}", event, number))
    return tuple(log)


@st.composite
def logs(draw: st.DrawFn, longest: int = 6) -> tuple[Recorded, ...]:
    """Two agreements in one log, ``a`` and ``b``, in the order of their recording."""
    both = [*draw(recordings("a", longest)), *draw(recordings("b", longest))]
    return positioned(sorted(both, key=lambda one: one.recorded_at))


def positioned(log: Iterable[Recorded]) -> tuple[Recorded, ...]:
    """The same log with positions counted from 1."""
    return tuple(attrs.evolve(one, position=place) for place, one in enumerate(log, start=1))


def days_around(log: Iterable[Recorded]) -> list[dt.date]:
    """Every day on which something happened or was recorded, and the days beside it."""
    known = {day for one in log for day in (happened_on(one.event), one.recorded_at.date()) if day}
    return sorted({day + dt.timedelta(days=beside) for day in known for beside in (-1, 0, 1)})


def instants_around(log: Iterable[Recorded]) -> list[dt.datetime]:
    """Every instant at which something was recorded, and those beside it."""
    return sorted({one.recorded_at + beside for one in log for beside in (-A_MOMENT, 0 * A_MOMENT, A_MOMENT)})


def _begins(day: dt.date | None) -> dt.datetime:
    return FIRST_INSTANT if day is None else dt.datetime.combine(day, dt.time(), dt.UTC)
