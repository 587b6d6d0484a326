"""Who says what, and does it agree with the record? The one rule: silence is never zero."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

import attrs
from rpds import HashTrieMap

from reciprocity.domain import Agreement, ClaimRecorded, Count, Direction, Recorded, evolve
from reciprocity.domain.agreement import claim_key
from reciprocity.domain.tally import Tally
from reciprocity.domain.values import Claimed, equal, in_total

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
    event: ClaimRecorded
    exchanged: Tally
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
        claim = _Claim(event, agreement.exchanged, recorded.version, recorded.position)
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
                for figure in claim.event.claimed:
                    yield _row(said.agreement, claim, figure)


def _row(agreement: Agreement, claim: _Claim, figure: Claimed) -> ClaimRow:
    event = claim.event
    recorded = _on_record(agreement, claim, figure)
    return ClaimRow(
        agreement.id,
        event.phase,
        event.claimant,
        event.office,
        figure.releasing,
        figure.receiving,
        figure.category,
        figure.count,
        recorded,
        _compared(figure.count, recorded),
        claim.version,
        claim.position,
    )


def _on_record(agreement: Agreement, claim: _Claim, figure: Claimed) -> Count:
    """What is on record: of a phase all that was released, to date all within the agreement."""
    categories = (figure.category,) if figure.category else ()
    if claim.event.phase is None:
        return claim.exchanged.over(Direction(figure.releasing, figure.receiving), categories)
    return in_total(
        transfer.count
        for transfer in agreement.phase(claim.event.phase).released
        if transfer.direction == figure.direction and (not categories or transfer.category in categories)
    )


def _compared(claimed: Count | None, recorded: Count) -> Agrees:
    if claimed is None:
        return Agrees.SILENT
    same = equal(claimed, recorded)
    return Agrees.UNDECIDABLE if same is None else Agrees.SAME if same else Agrees.DIFFERENT
