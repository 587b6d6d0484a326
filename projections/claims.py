"""Who says what, and does it agree with the record? The one rule: silence is never zero."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import attrs
from rpds import HashTrieMap

from reciprocity.domain import Agreement, Claimed, ClaimRecorded, Count, Manifest, Recorded, evolve
from reciprocity.domain.agreement import claim_key
from reciprocity.domain.values import equal, in_total

if TYPE_CHECKING:
    from collections.abc import Iterator


class Agrees(Enum):
    """How a claimed figure compares with the recorded one."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDABLE = "undecidable"
    SILENT = "silent"


@attrs.frozen
class ClaimRow:
    """One figure of one claim, beside what is on record.

    *phase* is ``None`` for a total to date, which is compared with the record as it stood when the claim
    was recorded. *category* is ``None`` for all together.
    """

    agreement: str
    phase: int | None
    claimant: str
    office: str | None
    releasing: str
    receiving: str
    category: str | None
    claimed: Count | None
    recorded: Count
    agrees: Agrees
    version: int
    position: int


@attrs.frozen
class _Claim:
    """A claim, and for each of its figures what the record had to date when it was recorded."""

    event: ClaimRecorded
    to_date: tuple[Count, ...]
    version: int
    position: int


@attrs.frozen
class Said:
    """What was said of one agreement: the latest claims, in the order in which they were recorded."""

    agreement: Agreement
    claims: HashTrieMap[tuple[object, ...], _Claim] = HashTrieMap()

    def after(self, recorded: Recorded) -> Said:
        """What was said after one more event."""
        agreement = evolve(self.agreement, recorded.event)
        event = recorded.event
        if not isinstance(event, ClaimRecorded):
            return Said(agreement, self.claims)
        to_date = () if event.phase else tuple(_to_date(agreement, figure) for figure in event.claimed)
        claim = _Claim(event, to_date, recorded.version, recorded.position)
        return Said(agreement, self.claims.insert(claim_key(event), claim))


class Claims:
    """Every claimed figure beside the recorded one."""

    def initial(self) -> HashTrieMap[str, Said]:
        """Nothing was said."""
        return HashTrieMap()

    def apply(self, state: HashTrieMap[str, Said], recorded: Recorded) -> HashTrieMap[str, Said]:
        """What was said of the event's agreement after it."""
        before = state.get(recorded.agreement_id) or Said(Agreement(recorded.agreement_id))
        return state.insert(recorded.agreement_id, before.after(recorded))

    def rows(self, state: HashTrieMap[str, Said]) -> Iterator[ClaimRow]:
        """By agreement, in alphabetical order, then in the order in which claims were recorded."""
        for agreement in sorted(state):
            said = state[agreement]
            for claim in sorted(said.claims.values(), key=lambda claim: claim.version):
                for number, figure in enumerate(claim.event.claimed):
                    on_record = (
                        _in_phase(said.agreement, claim.event.phase, figure)
                        if claim.event.phase
                        else claim.to_date[number]
                    )
                    yield _row(said.agreement.id, claim, figure, on_record)


def _row(agreement: str, claim: _Claim, figure: Claimed, on_record: Count) -> ClaimRow:
    return ClaimRow(
        agreement,
        claim.event.phase,
        claim.event.claimant,
        claim.event.office,
        figure.releasing,
        figure.receiving,
        figure.category,
        figure.count,
        on_record,
        _compared(figure.count, on_record),
        claim.version,
        claim.position,
    )


def _in_phase(agreement: Agreement, phase: int, figure: Claimed) -> Count:
    """All that was released in a phase, within the agreement or not: a claimant rarely tells them apart."""
    return _released(agreement.phase(phase).released, figure)


def _to_date(agreement: Agreement, figure: Claimed) -> Count:
    """What was released to date: within the agreement, or at all where nothing is owed in that direction."""
    if figure.direction in agreement.terms.directions():
        return agreement.exchanged.over(figure.direction, (figure.category,) if figure.category else ())
    return in_total(_released(phase.released, figure) for phase in agreement.phases.values())


def _released(manifest: Manifest, figure: Claimed) -> Count:
    return in_total(
        transfer.count
        for transfer in manifest
        if transfer.direction == figure.direction and figure.category in (None, transfer.category)
    )


def _compared(claimed: Count | None, recorded: Count) -> Agrees:
    if claimed is None:
        return Agrees.SILENT
    same = equal(claimed, recorded)
    return Agrees.UNDECIDABLE if same is None else Agrees.SAME if same else Agrees.DIFFERENT
