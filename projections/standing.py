"""Where does each agreement stand, and which exchange was the largest?

The one rule: persons are counted, never remains; a series is no agreement.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs
from rpds import HashTrieMap

from reciprocity.domain import (
    MORTAL_REMAINS,
    OPEN,
    Count,
    Handover,
    Manifest,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Share,
    share,
)
from reciprocity.domain.values import count, highest, in_total, lowest
from reciprocity.projections.cumulative import Totals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@attrs.frozen
class PhaseFigure:
    """One phase: its day and how many persons were released in it, by all sides, within the agreement."""

    completed_on: dt.date | None
    persons: Count


@attrs.frozen
class Reached:
    """What is known of where one agreement stands."""

    totals: Totals = Totals()
    phases: HashTrieMap[int, PhaseFigure] = HashTrieMap()
    events: int = 0
    last_recorded_at: dt.datetime | None = None

    def after(self, recorded: Recorded) -> Reached:
        """Where it stands after one more event."""
        event = recorded.event
        phases = self.phases
        if isinstance(event, PhaseCompleted | PhaseCorrected):
            phases = phases.insert(event.phase, _figure(event.handover))
        elif isinstance(event, PhaseVoided) and event.phase in phases:
            phases = phases.remove(event.phase)
        return Reached(self.totals.after(event), phases, self.events + 1, recorded.recorded_at)


@attrs.frozen
class StandingRow:
    """Where one agreement stands: status, phases, persons released within it, and progress.

    *progress* is how much of what is due at the least, in all directions together, has been exchanged;
    ``None`` where an obligation is open.
    """

    agreement: str
    title: str
    status: str
    series: bool
    totals: Totals
    phases: int
    persons: Count
    progress: Share | None
    last_completed_on: dt.date | None
    events: int
    last_recorded_at: dt.datetime | None


@attrs.frozen
class Largest:
    """The largest exchange: persons released in one phase (*phase* names it) or in one agreement."""

    agreement: str
    phase: int | None
    completed_on: dt.date | None
    persons: Count


class Standing:
    """Where every agreement stands."""

    def initial(self) -> HashTrieMap[str, Reached]:
        """No agreement is known."""
        return HashTrieMap()

    def apply(self, state: HashTrieMap[str, Reached], recorded: Recorded) -> HashTrieMap[str, Reached]:
        """Where the event's agreement stands after it."""
        before = state.get(recorded.agreement_id) or Reached()
        return state.insert(recorded.agreement_id, before.after(recorded))

    def rows(self, state: HashTrieMap[str, Reached]) -> Iterator[StandingRow]:
        """One row an agreement, in alphabetical order."""
        for agreement in sorted(state):
            place = state[agreement]
            days = [figure.completed_on for figure in place.phases.values() if figure.completed_on]
            yield StandingRow(
                agreement,
                place.totals.terms.title,
                place.totals.status.value,
                place.totals.terms.series,
                place.totals,
                len(place.phases),
                in_total(figure.persons for figure in place.phases.values()),
                _progress(place.totals),
                max(days, default=None),
                place.events,
                place.last_recorded_at,
            )


def largest_phase(state: HashTrieMap[str, Reached]) -> Largest | None:
    """The phase in which the most persons are known to have been released."""
    return largest_of(
        Largest(agreement, phase, figure.completed_on, figure.persons)
        for agreement in sorted(state)
        for phase, figure in sorted(state[agreement].phases.items())
    )


def largest_agreement(state: HashTrieMap[str, Reached]) -> Largest | None:
    """The agreement under which the most persons are known to have been released; no series."""
    return largest_of(
        Largest(row.agreement, None, row.last_completed_on, row.persons)
        for row in Standing().rows(state)
        if not row.series
    )


def persons(manifest: Manifest) -> Count:
    """How many persons were released within the agreement; the dead are not counted with the living."""
    return in_total(transfer.counted for transfer in manifest if transfer.category != MORTAL_REMAINS)


def _figure(handover: Handover) -> PhaseFigure:
    return PhaseFigure(handover.completed_on, persons(handover.released))


def largest_of(candidates: Iterable[Largest]) -> Largest | None:
    """The one with the most persons, as far as is known; of several, the first."""
    known = (candidate for candidate in candidates if lowest(candidate.persons))
    return max(known, key=lambda candidate: lowest(candidate.persons), default=None)


def _progress(totals: Totals) -> Share | None:
    obligations = totals.terms.obligations
    if any(obligation.total == OPEN for obligation in obligations):
        return None
    due, done = 0, list[Count]()
    for direction in totals.terms.directions():
        agreed = lowest(totals.terms.agreed(direction) or 0)
        due += agreed
        done.append(_up_to(agreed, totals.over(direction)))
    return share(in_total(done), due)


def _up_to(due: int, exchanged: Count) -> Count:
    """So much of what was exchanged as was due: more one way does not make up for less another way."""
    most = highest(exchanged)
    return count(min(due, lowest(exchanged)), due if most is None else min(due, most))
