"""Recorded histories for tests of projections: orderly ones, one told in May, and what they come to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import attrs
from hypothesis import settings
from hypothesis import strategies as st

from reciprocity.domain import (
    OPEN,
    Agreement,
    AgreementSigned,
    Count,
    Direction,
    Event,
    Obligation,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Terms,
    TermsAmended,
    Transfer,
    Verdict,
    decide,
    fold,
    happened_on,
)
from reciprocity.projections import Verdicts, ask
from reciprocity.testing.plain import DAYS, Pair, Plain, Record, pair
from reciprocity.testing.recorded import FIRST_INSTANT, HOURS, enveloped_at
from tests.examples import may
from tests.free_steps import History, histories

SOME = settings(max_examples=max(1, settings().max_examples * 2 // 5))
"""How often to try a property that looks at many moments of one history."""

MORE = settings(max_examples=max(1, settings().max_examples * 4 // 5))
"""How often to try one that looks at few."""

FAR_OFF = dt.date(9000, 1, 1)
"""Later than anything that is told."""


@st.composite
def orderly_recordings(draw: st.DrawFn) -> tuple[Recorded, ...]:
    """A lawful history in which each fact happened, if its day is known, on the day of its recording.

    A correction leaves a phase on its day.
    """
    history = draw(histories())
    hours = draw(st.lists(st.sampled_from(HOURS), min_size=3, max_size=8))
    instant, requests, of_phase = (
        FIRST_INSTANT + dt.timedelta(days=40),
        list[Event](),
        dict[int, dt.date | None](),
    )
    for nth, event in enumerate(history.requests):
        instant += dt.timedelta(hours=hours[nth % len(hours)])
        request = event
        for name in (*DAYS, "stated_on"):
            if getattr(request, name, None) is not None:
                day: dict[str, Any] = {name: instant.date()}
                request = attrs.evolve(request, **day)
        if isinstance(request, PhaseCompleted):
            of_phase[request.phase] = request.completed_on
        elif isinstance(request, PhaseCorrected):
            request = attrs.evolve(request, reverses=None, completed_on=of_phase[request.phase])
        elif isinstance(request, PhaseVoided):
            request = attrs.evolve(request, reverses=None)
        requests.append(request)
    late = [40 * 24 + hours[0], *(hours[nth % len(hours)] for nth in range(1, len(requests)))]
    return enveloped_at(History(tuple(requests), history.free), late, 0, "told")


def told_in_may(*entries: tuple[int, Event]) -> list[Recorded]:
    """A lawful history of a swap: what was asked for, and the day in May 2025 on which; noon is when."""
    agreement, log = Agreement("swap"), list[Recorded]()
    for nth, (day, request) in enumerate(entries):
        decided = decide(agreement, request)
        agreement = fold(agreement, decided)
        for event in decided:
            version = len(log) + 1
            log.append(Recorded("swap", version, noon(day), f"c-{nth}", event, version))
    return log


def noon(day: int) -> dt.datetime:
    return dt.datetime(2025, 5, day, 12, tzinfo=dt.UTC)


def corrected(number: int, *released: Transfer, day: int | None = None) -> PhaseCorrected:
    return PhaseCorrected(
        phase=number, released=released, completed_on=may(day) if day else None, reason="a misprint"
    )


def names(log: Iterable[Recorded]) -> list[str]:
    return [type(one.event).__name__ for one in log]


def broken(log: Iterable[Recorded]) -> set[str]:
    """The rules that a history breaks."""
    return {row.finding.rule for row in ask(Verdicts(), log) if row.finding.verdict is Verdict.VIOLATED}


def whole(log: Iterable[Recorded]) -> list[tuple[Recorded, int]]:
    """A history with the positions, which do not count when envelopes are compared."""
    return [(one, one.position) for one in log]


def is_of_phase(recorded: Recorded, phase: int) -> bool:
    return getattr(recorded.event, "phase", None) == phase


def own_day(recorded: Recorded) -> dt.date:
    """The day of a fact; of one without a day, that of its recording."""
    return happened_on(recorded.event) or recorded.recorded_at.date()


def final_phases(log: Iterable[Recorded]) -> Iterator[tuple[int, Recorded, Record, dt.date]]:
    """Each phase that was completed and not voided: the envelope of its completion, how it stands by the last
    word on it, and its day; where that is unknown, the day on which it was first recorded."""
    first: dict[int, Recorded] = {}
    stands: dict[int, Record] = {}
    for one in log:
        event = one.event
        if isinstance(event, PhaseCompleted):
            first[event.phase] = one
        if isinstance(event, PhaseCompleted | PhaseCorrected):
            stands[event.phase] = Record(event.completed_on, event.place, event.released)
        if isinstance(event, PhaseVoided):
            stands.pop(event.phase, None)
    for number, one in first.items():
        if number in stands:
            yield number, one, stands[number], stands[number].day or one.recorded_at.date()


def last_terms(log: Iterable[Recorded]) -> Terms | None:
    terms = None
    for one in log:
        if isinstance(one.event, AgreementSigned | TermsAmended):
            terms = one.event.terms
    return terms


def counted_over(
    terms: Terms | None, records: Sequence[Record], direction: Direction, categories: tuple[str, ...] = ()
) -> Pair:
    """How many went in a direction, in plain integers; a group stands for its members."""
    state = Plain(terms=terms, records=dict(enumerate(records)))
    return state.exchanged(Obligation(*direction, OPEN, categories))


def left(agreed: Count, done: Pair) -> Pair:
    """How many of what was agreed remain, in plain integers."""
    (least, most), (done_least, done_most) = pair(agreed), done
    return (
        0 if done_most is None else max(0, least - done_most),
        None if most is None else max(0, most - done_least),
    )
