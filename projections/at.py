"""What had happened by then, and what was known then? The one rule: the two clocks are never mixed.

*as of* a date asks for what had happened in the world by the end of that day, as now known. *known at* an
instant asks for what the record had learned by then. Together: what the record, at that instant, held to
have happened by that day. The answer is a history again, so every projection answers both without change.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from reciprocity.domain import Event, PhaseCompleted, PhaseCorrected, PhaseVoided, Recorded, happened_on
from reciprocity.projections.retelling import Retelling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def at(
    history: Iterable[Recorded], *, as_of: dt.date | None = None, known_at: dt.datetime | None = None
) -> Iterable[Recorded]:
    """The history as it stood: of what had happened by *as_of*, as far as it was recorded by *known_at*.

    A phase counts from the day on which, by its last correction, it took place; one whose day is unknown
    from the day on which it was first recorded, since it had happened by then. It brings its corrections
    with it, and its voiding. Where leaving out what came later changes when the last obligation was met,
    `AgreementFulfilled` follows from what is left, under the position of the event that it follows from.

    As of the last day of all, the history is whole. Before that, what is left keeps the rules as long as
    days follow one another as the record does; a phase moved to a later day than the next leaves a gap.

    >>> from reciprocity.domain import AgreementSigned, Terms
    >>> signed = Recorded(
    ...     "swap",
    ...     1,
    ...     dt.datetime(2025, 5, 20, tzinfo=dt.UTC),
    ...     "c-1",
    ...     AgreementSigned(terms=Terms.symmetric("UKR", "RUS", total=1, signed_on=dt.date(2025, 5, 16))),
    ... )
    >>> len(list(at([signed], as_of=dt.date(2025, 5, 17))))
    1
    >>> len(list(at([signed], known_at=dt.datetime(2025, 5, 17, tzinfo=dt.UTC))))
    0
    """
    known = history if known_at is None else (one for one in history if one.recorded_at <= known_at)
    return known if as_of is None else _happened_by(as_of, list(known))


def day_of(recorded: Recorded) -> dt.date:
    """The day by which a fact had come about: its own, or where it has none that of its recording."""
    return happened_on(recorded.event) or recorded.recorded_at.date()


def days_told_from(known: list[Recorded], retelling: Retelling) -> list[dt.date]:
    """The day from which each request of a retelling of *known* is told."""
    final = final_days(known)
    return [
        final.get((request.agreement_id, _phase_on_record(request.event)), day_of(request))
        for request in retelling.requests
    ]


def _happened_by(day: dt.date, known: list[Recorded]) -> Iterator[Recorded]:
    retelling = Retelling.of(known)
    days = days_told_from(known, retelling)
    told = zip(retelling.requests, days, strict=True)
    return retelling.told(request for request, its_day in told if its_day <= day)


def final_days(known: list[Recorded]) -> dict[tuple[str, int | None], dt.date]:
    """For each phase that was completed, the day from which it counts, voided though it may have been."""
    final: dict[tuple[str, int | None], dt.date] = {}
    first_recorded: dict[tuple[str, int | None], dt.date] = {}
    for recorded in known:
        event = recorded.event
        key = (recorded.agreement_id, _phase_on_record(event))
        if isinstance(event, PhaseCompleted):
            first_recorded[key] = recorded.recorded_at.date()
            final[key] = day_of(recorded)
        elif isinstance(event, PhaseCorrected) and key in final:
            final[key] = event.completed_on or first_recorded[key]
    return final


def _phase_on_record(event: Event) -> int | None:
    """The phase whose having taken place an event speaks of."""
    return event.phase if isinstance(event, PhaseCompleted | PhaseCorrected | PhaseVoided) else None
