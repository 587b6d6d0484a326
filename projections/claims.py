"""Who says what, and does it agree with the record? The one rule: silence is never zero.

The answer is laid out in cells: a phase (or a total to date), a direction and a category, with the
recorded count beside what each claimant said of it.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

import attrs
from rpds import HashTrieMap

from reciprocity.domain import (
    Agreement,
    Claimed,
    ClaimRecorded,
    Count,
    Direction,
    Manifest,
    Recorded,
    Source,
    Terms,
    evolve,
)
from reciprocity.domain.agreement import claim_key
from reciprocity.domain.values import count, difference, equal, highest, in_total, may_include

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Label(Enum):
    """What the claims of a cell come to."""

    CONFIRMED = "confirmed"  # two parties or more gave the same figure, and nobody another
    DISPUTED = "disputed"  # two claimants gave figures that cannot both be right
    ONE_SIDED = "one-sided"  # a figure was given, but not the same by two parties
    UNKNOWN = "unknown"  # nobody gave a figure


class Agrees(Enum):
    """How a claimed figure compares with the recorded one."""

    SAME = "same"
    DIFFERENT = "different"
    UNDECIDABLE = "undecidable"
    SILENT = "silent"


@attrs.frozen
class Statement:
    """What one claimant said of a cell; ``count=None`` is silence."""

    claimant: str
    office: str | None
    count: Count | None
    agrees: Agrees
    stated_on: dt.date | None
    sources: tuple[Source, ...]
    version: int
    position: int


@attrs.frozen
class Cell:
    """The recorded count of a cell beside what was said of it.

    *phase* is ``None`` for a total to date, made when *after* phases were on record and compared with the
    record of that moment. *category* is ``None`` for all together. *apart* is how far the figures of a
    disputed cell lie apart, at the least.
    """

    agreement: str
    phase: int | None
    after: int
    direction: Direction
    category: str | None
    recorded: Count
    said: tuple[Statement, ...]
    label: Label
    apart: int


class _Key(NamedTuple):
    phase: int | None
    after: int
    direction: Direction
    category: str | None


@attrs.frozen
class _Claim:
    """A claim, how many phases were on record then, and for each figure what the record had to date."""

    event: ClaimRecorded
    after: int
    to_date: tuple[Count, ...]
    version: int
    position: int


@attrs.frozen
class Said:
    """What was said of one agreement: the latest claims, and the agreement as it stands."""

    agreement: Agreement
    claims: HashTrieMap[tuple[object, ...], _Claim] = HashTrieMap()

    def plus(self, recorded: Recorded) -> Said:
        """What was said after one more event."""
        agreement = evolve(self.agreement, recorded.event)
        event = recorded.event
        if not isinstance(event, ClaimRecorded):
            return Said(agreement, self.claims)
        to_date = () if event.phase else tuple(_to_date(agreement, figure) for figure in event.claimed)
        after = 0 if event.phase else len(agreement.in_order())
        claim = _Claim(event, after, to_date, recorded.version, recorded.position)
        return Said(agreement, self.claims.insert(claim_key(event), claim))


class Claims:
    """Every recorded figure of a phase, and every claimed total, with what was said of it."""

    def initial(self) -> HashTrieMap[str, Said]:
        """Nothing was said."""
        return HashTrieMap()

    def apply(self, state: HashTrieMap[str, Said], recorded: Recorded) -> HashTrieMap[str, Said]:
        """What was said of the event's agreement after it."""
        before = state.get(recorded.agreement_id) or Said(Agreement(recorded.agreement_id))
        return state.insert(recorded.agreement_id, before.plus(recorded))

    def rows(self, state: HashTrieMap[str, Said]) -> Iterator[Cell]:
        """By agreement, then by phase, direction and category; totals to date come last, in their order."""
        for agreement in sorted(state):
            yield from _cells(state[agreement])


def _cells(said: Said) -> Iterator[Cell]:
    recorded, statements = _recorded(said.agreement), dict[_Key, list[Statement]]()
    for claim in sorted(said.claims.values(), key=lambda claim: claim.version):
        for number, figure in enumerate(claim.event.claimed):
            key = _Key(claim.event.phase, claim.after, figure.direction, figure.category)
            if claim.event.phase is None:
                recorded[key] = claim.to_date[number]
            elif key not in recorded:
                recorded[key] = _released(said.agreement.phase(claim.event.phase).released, figure)
            statements.setdefault(key, []).append(_statement(claim, figure.count, recorded[key]))
    for key in sorted(recorded, key=_order):
        heard = tuple(statements.get(key, ()))
        label, apart = _labelled(said.agreement.terms, heard)
        yield Cell(said.agreement.id, *key, recorded[key], heard, label, apart)


def _recorded(agreement: Agreement) -> dict[_Key, Count]:
    """What is on record of each phase, by direction and category, within the agreement or not."""
    found: dict[_Key, Count] = {}
    for phase in agreement.in_order():
        for transfer in phase.released:
            key = _Key(phase.number, 0, transfer.direction, transfer.category)
            found[key] = in_total((found.get(key, 0), transfer.count))
    return found


def _statement(claim: _Claim, count: Count | None, recorded: Count) -> Statement:
    event = claim.event
    return Statement(
        event.claimant,
        event.office,
        count,
        _compared(count, recorded),
        event.stated_on,
        event.sources,
        claim.version,
        claim.position,
    )


def _labelled(terms: Terms, said: Sequence[Statement]) -> tuple[Label, int]:
    given = [(one, one.count) for one in said if one.count is not None]
    apart = max((difference(a, b) for _, a in given for _, b in given), default=0)
    if apart:
        return Label.DISPUTED, apart
    sides = [(party.code, count) for one, count in given if (party := terms.party(one.claimant))]
    if any(a != b and equal(x, y) for a, x in sides for b, y in sides):
        return Label.CONFIRMED, 0
    return (Label.ONE_SIDED if given else Label.UNKNOWN), 0


def _to_date(agreement: Agreement, figure: Claimed) -> Count:
    """What was released to date: within the agreement, or at all where nothing is owed in that direction."""
    if figure.direction in agreement.terms.directions():
        categories = (figure.category,) if figure.category else ()
        return agreement.terms.exchanged(agreement.exchanged, figure.direction, categories)
    return in_total(_released(phase.released, figure) for phase in agreement.phases.values())


def _released(manifest: Manifest, figure: Claimed) -> Count:
    """All that was released, within the agreement or not: a claimant rarely tells them apart.

    Of a mixed category nobody knows how many were of this one.
    """
    return in_total(
        transfer.count if figure.category in (None, transfer.category) else count(0, highest(transfer.count))
        for transfer in manifest
        if transfer.direction == figure.direction
        and (figure.category in (None, transfer.category) or may_include(transfer.category, figure.category))
    )


def _compared(claimed: Count | None, recorded: Count) -> Agrees:
    if claimed is None:
        return Agrees.SILENT
    same = equal(claimed, recorded)
    return Agrees.UNDECIDABLE if same is None else Agrees.SAME if same else Agrees.DIFFERENT


def _order(key: _Key) -> tuple[bool, int, int, Direction, str]:
    return (key.phase is None, key.phase or 0, key.after, key.direction, key.category or "")
