"""Which transfers took place? The one rule: one row a transfer, as now known, naming the event it rests on.

The flat relation, for spreadsheets and bulk engines. A corrected phase has the rows of its last
correction; a voided one has none.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs
from rpds import HashTrieMap, List

from reciprocity.domain import Count, PhaseCompleted, PhaseCorrected, PhaseVoided, Recorded
from reciprocity.domain.values import count, highest, lowest

if TYPE_CHECKING:
    from collections.abc import Iterator


@attrs.frozen
class FactRow:
    """One transfer, and the event on which it rests.

    ``at_most`` is ``None`` where no bound is known, ``within_agreement`` where it is unclear whether the
    transfer counts. ``sources`` are the keys of the event's sources, ``urls`` their addresses, in the
    same order; ``None`` stands for one without.
    """

    agreement: str
    phase: int
    completed_on: dt.date | None
    place: str | None
    releasing: str
    receiving: str
    category: str
    at_least: int
    at_most: int | None
    within_agreement: bool | None
    version: int
    position: int
    recorded_at: dt.datetime
    sources: tuple[str, ...]
    urls: tuple[str | None, ...]

    @property
    def count(self) -> Count:
        """How many: a number, or the range it is known to lie in."""
        return count(self.at_least, self.at_most)


@attrs.frozen
class _Resting:
    """A phase that took place, and the envelope of the event that last said how."""

    event: PhaseCompleted | PhaseCorrected
    version: int
    position: int
    recorded_at: dt.datetime


@attrs.frozen
class Handovers:
    """What took place under one agreement: its phases by number; *order* has the last one first."""

    order: List[int] = List()
    phases: HashTrieMap[int, _Resting] = HashTrieMap()

    def after(self, recorded: Recorded) -> Handovers:
        """What took place, as known after one more event."""
        event = recorded.event
        if isinstance(event, PhaseVoided):
            known = event.phase in self.phases
            return Handovers(self.order, self.phases.remove(event.phase)) if known else self
        if not isinstance(event, PhaseCompleted | PhaseCorrected):
            return self
        order = self.order.push_front(event.phase) if isinstance(event, PhaseCompleted) else self.order
        resting = _Resting(event, recorded.version, recorded.position, recorded.recorded_at)
        return Handovers(order, self.phases.insert(event.phase, resting))


class Facts:
    """Every transfer of every completed phase of every agreement."""

    def initial(self) -> HashTrieMap[str, Handovers]:
        """No agreement is known."""
        return HashTrieMap()

    def apply(self, state: HashTrieMap[str, Handovers], recorded: Recorded) -> HashTrieMap[str, Handovers]:
        """What took place under the event's agreement, after it."""
        before = state.get(recorded.agreement_id) or Handovers()
        after = before.after(recorded)
        return state if after is before else state.insert(recorded.agreement_id, after)

    def rows(self, state: HashTrieMap[str, Handovers]) -> Iterator[FactRow]:
        """By agreement, in alphabetical order, then in the order in which phases were completed."""
        for agreement in sorted(state):
            handovers = state[agreement]
            for phase in dict.fromkeys(reversed(list(handovers.order))):
                if (resting := handovers.phases.get(phase)) is not None:
                    yield from _rows(agreement, resting)


def _rows(agreement: str, resting: _Resting) -> Iterator[FactRow]:
    event = resting.event
    for transfer in event.released:
        yield FactRow(
            agreement,
            event.phase,
            event.completed_on,
            event.place,
            transfer.releasing,
            transfer.receiving,
            transfer.category,
            lowest(transfer.count),
            highest(transfer.count),
            transfer.within_agreement,
            resting.version,
            resting.position,
            resting.recorded_at,
            tuple(source.key for source in event.sources),
            tuple(source.url for source in event.sources),
        )
