"""How many have been exchanged, by direction and category, and how many remain?

The one rule: only what is within the agreement counts, and what is unknown stays a range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from rpds import HashTrieMap

from reciprocity.domain import (
    TRANSITIONS,
    AgreementSigned,
    Count,
    Direction,
    Event,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Share,
    Status,
    Tally,
    Terms,
    TermsAmended,
    share,
)
from reciprocity.domain.agreement import UNSIGNED_TERMS
from reciprocity.domain.values import remaining

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


@attrs.frozen
class Totals:
    """What is counted for one agreement: its terms, where it stands, and how many were exchanged."""

    terms: Terms = UNSIGNED_TERMS
    status: Status = Status.UNSIGNED
    exchanged: Tally = Tally()

    def after(self, event: Event) -> Totals:
        """The totals after one more event. A correction says what it takes out: no phase need be kept."""
        status = TRANSITIONS[self.status].get(type(event), self.status)
        match event:
            case PhaseCompleted():
                return Totals(self.terms, status, self.exchanged.plus(event.released))
            case PhaseCorrected() | PhaseVoided():
                before = event.reverses.released if event.reverses else ()
                after = event.released if isinstance(event, PhaseCorrected) else ()
                return Totals(self.terms, status, self.exchanged.replaced(before, after))
            case AgreementSigned() | TermsAmended():
                return Totals(event.terms, status, self.exchanged)
            case _:
                return self if status is self.status else Totals(self.terms, status, self.exchanged)

    def directions(self) -> list[Direction]:
        """The directions in which something is owed or was exchanged; those that are owed come first."""
        return list(dict.fromkeys([*self.terms.directions(), *self.exchanged.directions()]))

    def over(self, direction: Direction, categories: Collection[str] = ()) -> Count:
        """How many went in a direction, a group's members included: in these categories, or in all."""
        return self.terms.exchanged(self.exchanged, direction, categories)

    def categories(self, direction: Direction) -> list[str]:
        """The categories counted in a direction, a group's members included."""
        return self.terms.categories(self.exchanged, direction)

    def remaining(self) -> dict[Direction, Count]:
        """How many remain to be released in each direction in which something is owed."""
        owed = ((direction, self.terms.agreed(direction)) for direction in self.directions())
        return {d: remaining(agreed, self.over(d)) for d, agreed in owed if agreed is not None}


@attrs.frozen
class CumulativeRow:
    """How many went in a direction: in these categories, or in all if none is named.

    *agreed*, *remaining* and *percentage* are ``None`` where nothing was agreed for just these.
    """

    agreement: str
    releasing: str
    receiving: str
    categories: tuple[str, ...]
    exchanged: Count
    agreed: Count | None
    remaining: Count | None
    percentage: Share | None


class Cumulative:
    """How many have been exchanged, and how many remain, in every agreement of the log.

    For each direction: one row over all categories, one for each category that was exchanged, and one for
    each further obligation.
    """

    def initial(self) -> HashTrieMap[str, Totals]:
        """No agreement is known."""
        return HashTrieMap()

    def apply(self, state: HashTrieMap[str, Totals], recorded: Recorded) -> HashTrieMap[str, Totals]:
        """The totals of the event's agreement after it."""
        before = state.get(recorded.agreement_id) or Totals()
        return state.insert(recorded.agreement_id, before.after(recorded.event))

    def rows(self, state: HashTrieMap[str, Totals]) -> Iterator[CumulativeRow]:
        """By agreement, direction and category, in alphabetical order of agreements."""
        for agreement in sorted(state):
            totals = state[agreement]
            for direction in totals.directions():
                yield from _rows(agreement, direction, totals)


def _rows(agreement: str, direction: Direction, totals: Totals) -> Iterator[CumulativeRow]:
    owed = {
        tuple(sorted(obligation.categories)): obligation.total
        for obligation in totals.terms.obligations
        if obligation.direction == direction and obligation.categories
    }
    counted = {(category,) for category in totals.categories(direction)}
    yield _row(agreement, direction, (), totals, totals.terms.agreed(direction))
    for categories in sorted(counted | owed.keys()):
        yield _row(agreement, direction, categories, totals, owed.get(categories))


def _row(
    agreement: str, direction: Direction, categories: tuple[str, ...], totals: Totals, agreed: Count | None
) -> CumulativeRow:
    exchanged = totals.over(direction, categories)
    left = None if agreed is None else remaining(agreed, exchanged)
    percentage = None if agreed is None else share(exchanged, agreed)
    return CumulativeRow(agreement, *direction, categories, exchanged, agreed, left, percentage)
