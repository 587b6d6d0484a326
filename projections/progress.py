"""How far was it, by both clocks? The one rule: what had happened and what was known are two courses.

One goes by the days on which phases took place, as now known. The other goes by the instants at which
the record learned of them, and so has a step wherever something was corrected or voided.
"""

from __future__ import annotations

import datetime as dt

import attrs

from reciprocity.domain import (
    OPEN,
    AgreementSigned,
    Count,
    Direction,
    Obligation,
    Recorded,
    Tally,
    Terms,
    TermsAmended,
)
from reciprocity.domain.events import moved
from reciprocity.projections.at import day_of, final_days
from reciprocity.projections.cumulative import Cumulative, Totals
from reciprocity.projections.projection import ask
from reciprocity.projections.timeline import Timeline, TimelineRow


@attrs.frozen
class Happened:
    """A phase, on the day from which it counts, and what had been exchanged with it.

    Where *day_known* is false, *on* is the day on which the phase was first recorded.
    """

    on: dt.date
    day_known: bool
    row: TimelineRow
    exchanged: Tally


@attrs.frozen
class Learned:
    """An event that moved a figure, and where the agreement stood after it, as the record then had it."""

    recorded: Recorded
    after: Totals


def happened(history: list[Recorded]) -> list[Happened]:
    """The phases of one agreement as now known, by the days from which they count.

    After the last phase of a day the figures are those that `at` gives as of it.
    """
    days, exchanged, steps = final_days(history), Tally(), list[Happened]()
    rows = [(days[row.agreement, row.phase], row) for row in ask(Timeline(), history)]
    for on, row in sorted(rows, key=lambda one: one[0]):
        exchanged = exchanged.plus(row.transfers)
        steps.append(Happened(on, row.completed_on is not None, row, exchanged))
    return steps


def learned(history: list[Recorded]) -> list[Learned]:
    """Every event of one agreement that moved a figure, in the order in which they were recorded."""
    cumulative = Cumulative()
    state, steps = cumulative.initial(), list[Learned]()
    for recorded in history:
        state = cumulative.apply(state, recorded)
        if any(moved(recorded.event)):
            steps.append(Learned(recorded, state[recorded.agreement_id]))
    return steps


def agreed(history: list[Recorded], direction: Direction) -> list[tuple[dt.date, Count | None]]:
    """What was agreed in a direction, from which day on; ``None`` is nothing."""
    totals = list[tuple[dt.date, Count | None]]()
    for recorded in history:
        if isinstance(recorded.event, AgreementSigned | TermsAmended):
            total = recorded.event.terms.agreed(direction)
            if not totals or totals[-1][1] != total:
                totals.append((day_of(recorded), total))
    return sorted(totals, key=lambda one: one[0])


def directions(totals: Totals) -> list[Direction]:
    """The directions that figures are shown for: what a group's member does stands in the group's."""
    owed = totals.terms.directions()
    beside = (one for one in totals.directions() if not any(stands_in(totals.terms, one, o) for o in owed))
    return [*owed, *beside]


def stands_in(terms: Terms, part: Direction, whole: Direction) -> bool:
    """Whether what went in one direction is counted in another: its own, or that of a group."""
    return part == whole or terms.serves(part, "", Obligation(*whole, OPEN))
