"""Which events made a figure? The one rule: the contributions of a figure add up to it, exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import (
    OPEN,
    AgreementSigned,
    Count,
    Direction,
    Manifest,
    Obligation,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Source,
    TermsAmended,
    Transfer,
)
from reciprocity.domain.agreement import UNSIGNED_TERMS
from reciprocity.domain.tally import Sum

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@attrs.frozen
class Contribution:
    """What one event adds to a figure (*sign* is 1), or takes out of it (-1), and who published it."""

    agreement: str
    phase: int
    direction: Direction
    category: str
    count: Count
    sign: int
    version: int
    position: int
    sources: tuple[Source, ...]


def contributions(
    history: Iterable[Recorded],
    agreement: str,
    direction: Direction,
    categories: Iterable[str] = (),
) -> list[Contribution]:
    """Every event that counted toward a direction: in these categories, or in all if none is named.

    As in every figure, a group stands for its members, by the terms that *history* ends with.
    """
    mine = [recorded for recorded in history if recorded.agreement_id == agreement]
    terms = next(
        (one.event.terms for one in reversed(mine) if isinstance(one.event, AgreementSigned | TermsAmended)),
        UNSIGNED_TERMS,
    )
    wanted = Obligation(*direction, OPEN, tuple(dict.fromkeys(categories)))
    return [
        contribution
        for recorded in mine
        for contribution in of(recorded)
        if terms.serves(contribution.direction, contribution.category, wanted)
    ]


def of(recorded: Recorded) -> Iterator[Contribution]:
    """What one event adds to figures and takes out of them."""
    event = recorded.event
    if isinstance(event, PhaseCorrected | PhaseVoided) and event.reverses is not None:
        yield from _rows(recorded, event.phase, event.reverses.released, -1)
    if isinstance(event, PhaseCompleted | PhaseCorrected):
        yield from _rows(recorded, event.phase, event.released, 1)


def added_up(parts: Iterable[Contribution]) -> Count:
    """What contributions come to.

    >>> added_up([])
    0
    """
    total = Sum()
    for part in parts:
        total = total.plus(part.count, part.sign)
    return total.count


def _rows(recorded: Recorded, phase: int, released: Manifest, sign: int) -> Iterator[Contribution]:
    for transfer in released:
        if transfer.within_agreement is not False:
            yield _row(recorded, phase, transfer, sign)


def _row(recorded: Recorded, phase: int, transfer: Transfer, sign: int) -> Contribution:
    return Contribution(
        recorded.agreement_id,
        phase,
        transfer.direction,
        transfer.category,
        transfer.counted,
        sign,
        recorded.version,
        recorded.position,
        recorded.event.sources,
    )
