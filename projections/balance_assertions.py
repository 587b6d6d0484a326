"""Does a claimed total to date balance with the record, and if not, what could explain the gap?

The one rule: a candidate is offered only where its size is exactly the gap.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import Agreement, Count, Direction, Recorded
from reciprocity.domain.values import highest, in_total, lowest
from reciprocity.projections.claims import Agrees, Cell, Claims, Statement
from reciprocity.projections.projection import fold_log

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@attrs.frozen
class Candidate:
    """Something in the record that is exactly as large as a gap."""

    what: str
    agreement: str
    phase: int | None
    size: int


@attrs.frozen
class Gap:
    """Claimed less recorded, within bounds: more than none where the record lacks whom the claimant counts.

    ``None`` is no bound. Where both figures are known the bounds meet.
    """

    at_least: int | None
    at_most: int | None

    @property
    def exact(self) -> int | None:
        """The gap, where it is known exactly."""
        return self.at_least if self.at_least == self.at_most else None


@attrs.frozen
class BalanceAssertion:
    """A total to date that somebody claimed, and how far the record is from it."""

    cell: Cell
    statement: Statement
    gap: Gap
    candidates: tuple[Candidate, ...]

    @property
    def holds(self) -> bool | None:
        """Whether claim and record agree; ``None`` where that is not known."""
        return None if self.statement.agrees is Agrees.UNDECIDABLE else self.gap.exact == 0


def balance_assertions(log: Iterable[Recorded]) -> list[BalanceAssertion]:
    """Every claimed total to date, checked against the record of its moment.

    >>> balance_assertions([])
    []
    """
    state = fold_log(Claims(), log)
    agreements = [state[name].agreement for name in sorted(state)]
    return [
        BalanceAssertion(cell, statement, gap, tuple(_candidates(agreements, cell, gap.exact)))
        for cell in Claims().rows(state)
        if cell.phase is None
        for statement in cell.said
        if statement.count is not None
        for gap in [_gap(statement.count, cell.recorded)]
    ]


def _gap(claimed: Count, recorded: Count) -> Gap:
    most_claimed, most_recorded = highest(claimed), highest(recorded)
    return Gap(
        None if most_recorded is None else lowest(claimed) - most_recorded,
        None if most_claimed is None else most_claimed - lowest(recorded),
    )


def _candidates(agreements: list[Agreement], cell: Cell, gap: int | None) -> Iterator[Candidate]:
    """Phases that the claimant may not count, or releases that the record does not count in this total."""
    if not gap:
        return
    for agreement in agreements:
        mine = agreement.id == cell.agreement
        for phase in agreement.in_order()[: cell.after if mine else None]:
            counted = (t.counted for t in phase.released if _matches(t.direction, t.category, cell))
            extra = (
                t.count
                for t in phase.released
                if t.within_agreement is not True and _matches(t.direction, t.category, cell)
            )
            if (mine and gap < 0) or (not mine and gap > 0):
                yield from _fitting("a phase", agreement, phase.number, in_total(counted), gap)
            if mine and gap > 0:
                yield from _fitting("extra releases", agreement, phase.number, in_total(extra), gap)
        if not mine and gap > 0:
            categories = (cell.category,) if cell.category else ()
            total = agreement.terms.exchanged(agreement.exchanged, cell.direction, categories)
            yield from _fitting("another agreement", agreement, None, total, gap)


def _matches(direction: Direction, category: str, cell: Cell) -> bool:
    return direction == cell.direction and cell.category in (None, category)


def _fitting(
    what: str, agreement: Agreement, phase: int | None, size: Count, gap: int
) -> Iterator[Candidate]:
    if size == abs(gap):
        yield Candidate(what, agreement.id, phase, abs(gap))
