"""How did it go, phase by phase? The one rule: each row says how things stood after that phase, as now known.

A corrected phase shows what is now known of it, and so does every running total after it; a voided one is
not there any more. Phases come in the order in which they were recorded; the last row stands where the
agreement stands now.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs
from rpds import HashTrieMap, List

from reciprocity.domain import (
    Balance,
    Count,
    Direction,
    Handover,
    Manifest,
    Obligation,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Status,
    Tally,
    Terms,
)
from reciprocity.domain.terms import all_even
from reciprocity.projections.cumulative import Totals

if TYPE_CHECKING:
    from collections.abc import Iterator


@attrs.frozen
class TimelineRow:
    """One completed phase, and where the agreement stood after it."""

    agreement: str
    phase: int
    completed_on: dt.date | None
    place: str | None
    transfers: Manifest
    after: Totals
    version: int
    position: int

    @property
    def cumulative(self) -> dict[Direction, dict[str, Count]]:
        """By direction: the total, under ``total``, and the count of each category so far."""
        after = self.after
        return {
            direction: {"total": after.over(direction)}
            | {category: after.over(direction, (category,)) for category in after.categories(direction)}
            for direction in after.directions()
        }

    def by_obligation(self) -> Iterator[tuple[Direction, Obligation | None, Manifest]]:
        """Of each direction what served each of its obligations, then what served none.

        Where nothing went in a direction in which something is owed, that is said once.
        """
        terms = self.after.terms
        for direction in dict.fromkeys([*terms.directions(), *(t.direction for t in self.transfers)]):
            owed = terms.owed(direction)
            served = [
                (o, tuple(t for t in self.transfers if terms.serves(t.direction, t.category, o)))
                for o in owed
            ]
            extra = tuple(
                t
                for t in self.transfers
                if t.direction == direction
                and not any(terms.serves(t.direction, t.category, o) for o in terms.obligations)
            )
            if owed and not extra and not any(released for _, released in served):
                yield direction, None, ()
            yield from ((direction, obligation, released) for obligation, released in served if released)
            if extra:
                yield direction, None, extra

    @property
    def remaining(self) -> dict[Direction, Count]:
        """How many then remained in each direction in which something was owed."""
        return self.after.remaining()

    @property
    def balance(self) -> tuple[Balance, ...]:
        """What each party had released and received by then, in weighted value."""
        return self.after.terms.balance(self.after.exchanged)

    @property
    def balanced(self) -> bool | None:
        """Whether every party had received what it released; ``None`` where that is not known."""
        return all_even(self.balance)


@attrs.frozen
class _Step:
    """A completed phase as now known, with the terms then in force."""

    handover: Handover
    terms: Terms
    version: int
    position: int


@attrs.frozen
class Course:
    """The course of one agreement so far: its totals, and its phases; *order* has the last one first."""

    totals: Totals = Totals()
    order: List[int] = List()
    steps: HashTrieMap[int, _Step] = HashTrieMap()

    def after(self, recorded: Recorded) -> Course:
        """The course after one more event."""
        event, order, steps = recorded.event, self.order, self.steps
        totals = self.totals.after(event)
        if isinstance(event, PhaseCompleted):
            order = order.push_front(event.phase)
        if isinstance(event, PhaseCompleted | PhaseCorrected):
            terms = steps[event.phase].terms if event.phase in steps else totals.terms
            step = _Step(event.handover, terms, recorded.version, recorded.position)
            steps = steps.insert(event.phase, step)
        elif isinstance(event, PhaseVoided) and event.phase in steps:
            steps = steps.remove(event.phase)
        return Course(totals, order, steps)


class Timeline:
    """Every completed phase of every agreement, with the totals after it."""

    def initial(self) -> HashTrieMap[str, Course]:
        """No agreement is known."""
        return HashTrieMap()

    def apply(self, state: HashTrieMap[str, Course], recorded: Recorded) -> HashTrieMap[str, Course]:
        """The course of the event's agreement after it."""
        before = state.get(recorded.agreement_id) or Course()
        return state.insert(recorded.agreement_id, before.after(recorded))

    def rows(self, state: HashTrieMap[str, Course]) -> Iterator[TimelineRow]:
        """By agreement, in alphabetical order, then in the order in which phases were recorded."""
        for agreement in sorted(state):
            yield from _rows(agreement, state[agreement])


def _rows(agreement: str, course: Course) -> Iterator[TimelineRow]:
    exchanged = Tally()
    steps = [(n, course.steps[n]) for n in reversed(list(course.order)) if n in course.steps]
    for place, (phase, step) in enumerate(steps, start=1):
        exchanged = exchanged.plus(step.handover.released)
        # Another phase could follow only because the agreement was in force; after the last one it stands
        # as it stands now.
        now = place == len(steps)
        yield TimelineRow(
            agreement,
            phase,
            step.handover.completed_on,
            step.handover.place,
            step.handover.released,
            course.totals if now else Totals(step.terms, Status.IN_FORCE, exchanged),
            step.version,
            step.position,
        )
