"""How many have been exchanged, by direction and category, and how many remain?

The one rule: only what is within the agreement counts, and what is unknown stays a range.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from rpds import HashTrieMap

from reciprocity.domain import (
    TRANSITIONS,
    Count,
    Direction,
    Event,
    Malformed,
    Recorded,
    Share,
    Status,
    Tally,
    Terms,
    Transfer,
    share,
)
from reciprocity.domain.agreement import UNSIGNED_TERMS
from reciprocity.domain.tally import Counting
from reciprocity.domain.values import in_total, remaining
from reciprocity.store.counts import counted
from reciprocity.store.log import unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from reciprocity.domain.tally import Row
    from reciprocity.store import Log


@attrs.frozen
class Totals:
    """What is counted for one agreement: its terms, where it stands, and how many were exchanged."""

    terms: Terms = UNSIGNED_TERMS
    status: Status = Status.UNSIGNED
    exchanged: Tally = Tally()

    def after(self, event: Event) -> Totals:
        """The totals after one more event. A correction says what it takes out: no phase need be kept."""
        running = _Running(self)
        running.add(*counted(event))
        return running.totals()

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


class _Running:
    """Totals in the making: changed in place from event to event."""

    __slots__ = ("_counting", "_leads_to", "_status", "_terms")

    def __init__(self, totals: Totals, *, check: Callable[[Row], object] | None = None) -> None:
        self._terms = totals.terms
        self._status = totals.status
        self._leads_to = TRANSITIONS[totals.status]
        self._counting = Counting(totals.exchanged, check=check)

    def add(
        self, kind: type[Event], taken_out: Sequence[Row], put_in: Sequence[Row], terms: Terms | None
    ) -> None:
        if (status := self._leads_to.get(kind)) is not None:
            self._status, self._leads_to = status, TRANSITIONS[status]
        if taken_out:
            self._counting.add(taken_out, sign=-1)
        if put_in:
            self._counting.add(put_in)
        if terms is not None:
            self._terms = terms

    def totals(self) -> Totals:
        return Totals(self._terms, self._status, self._counting.tally())


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

    def fold_counts(self, state: HashTrieMap[str, Totals], log: Log) -> HashTrieMap[str, Totals]:
        """The totals after a whole log, of which only what is counted is read.

        Raises:
            Unreadable: an event cannot be read, or one is missing.
        """
        running: dict[str, _Running] = {}
        for row, (kind, taken_out, put_in, terms) in log.counts():
            agreement_id = row[1]
            if (totals := running.get(agreement_id)) is None:
                totals = running[agreement_id] = _Running(
                    state.get(agreement_id) or Totals(), check=_is_a_transfer
                )
            try:
                totals.add(kind, taken_out, put_in, terms)
            except Malformed as error:
                raise unreadable(row, error) from error
        return state.update({agreement_id: totals.totals() for agreement_id, totals in running.items()})

    def rows(self, state: HashTrieMap[str, Totals]) -> Iterator[CumulativeRow]:
        """By agreement, direction and category, in alphabetical order of agreements."""
        for agreement in sorted(state):
            totals = state[agreement]
            for direction in totals.directions():
                yield from _rows(agreement, direction, totals)


def _is_a_transfer(row: Row) -> None:
    Transfer(*row)


def _rows(agreement: str, direction: Direction, totals: Totals) -> Iterator[CumulativeRow]:
    owed = {
        tuple(sorted(obligation.categories)): obligation.total
        for obligation in totals.terms.owed(direction)
        if obligation.categories
    }
    counted = totals.terms.by_category(totals.exchanged, direction)
    yield _row(agreement, direction, (), counted, totals.terms.agreed(direction))
    for categories in sorted({(category,) for category in counted} | owed.keys()):
        yield _row(agreement, direction, categories, counted, owed.get(categories))


def _row(
    agreement: str,
    direction: Direction,
    categories: tuple[str, ...],
    counted: dict[str, Count],
    agreed: Count | None,
) -> CumulativeRow:
    exchanged = in_total(counted[one] for one in categories or counted if one in counted)
    left = None if agreed is None else remaining(agreed, exchanged)
    percentage = None if agreed is None else share(exchanged, agreed)
    return CumulativeRow(agreement, *direction, categories, exchanged, agreed, left, percentage)
