"""Which answers are kept as tables? The one rule: a table says what the projection says, row for row.

A row that holds others (a cell with what was said of it) becomes a row for each of them, so that a table can
be read without taking anything apart. What a view says is what `ask` would say of the log up to its position.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, Generic, TypeVar

import attrs
import msgspec
from rpds import HashTrieMap

from reciprocity.domain import Count, Lane, Share, Status, Tally, Terms
from reciprocity.domain.tally import Sum
from reciprocity.projections.claims import Cell, Claims
from reciprocity.projections.columns import columns, line
from reciprocity.projections.cumulative import Cumulative, CumulativeRow, Totals
from reciprocity.projections.facts import FactRow, Facts
from reciprocity.projections.projection import Projection
from reciprocity.projections.standing import Standing, StandingRow
from reciprocity.projections.timeline import Timeline, TimelineRow
from reciprocity.store import shapes
from reciprocity.store.view_tables import Line, View

S = TypeVar("S")


@attrs.frozen
class PhaseLine:
    """How many were released in one direction in a phase, and by then; see `TimelineRow`.

    A phase without any direction has one row, with none. What a group released includes its members'.
    """

    agreement: str
    phase: int
    completed_on: dt.date | None
    place: str | None
    releasing: str | None
    receiving: str | None
    released: Count | None
    cumulative: Count | None
    remaining: Count | None
    balanced: bool | None
    status: str
    version: int
    position: int


@attrs.frozen
class StandingLine:
    """Where one agreement stands; see `StandingRow`. Its totals are in the view of the cumulative rows."""

    agreement: str
    title: str
    status: str
    series: bool
    phases: int
    persons: Count
    progress: Share | None
    last_completed_on: dt.date | None
    events: int
    last_recorded_at: dt.datetime | None


@attrs.frozen
class ClaimLine:
    """What one claimant said of a recorded figure; see `Cell` and `Statement`.

    A figure of which nobody spoke has one row, without a claimant. *claimed* is null where one was silent.
    """

    agreement: str
    phase: int | None
    after_phases: int
    releasing: str
    receiving: str
    category: str | None
    recorded: Count
    label: str
    apart: int
    claimant: str | None
    office: str | None
    claimed: Count | None
    agrees: str | None
    stated_on: dt.date | None
    sources: tuple[str, ...]
    urls: tuple[str | None, ...]
    version: int | None
    position: int | None


@attrs.frozen
class Keeping(Generic[S]):
    """How what a projection knows of one agreement is kept, to go on from when there is more."""

    dump: Callable[[S], bytes]
    load: Callable[[bytes], S]


@attrs.define(slots=False, frozen=True)
class Materialised(Generic[S]):
    """A projection whose answer is kept as a table: the class of the table's rows, and how they are made."""

    name: str
    projection: Projection[HashTrieMap[str, S], Any]
    row: type
    rows: Callable[[Any], Iterable[Any]] = lambda row: (row,)
    keeping: Keeping[S] | None = None
    edition: int = 1

    @cached_property
    def view(self) -> View:
        """Its tables."""
        return View(self.name, columns(self.row), self.keeping is not None, self.edition)

    def lines(self, state: HashTrieMap[str, S]) -> dict[str, list[Line]]:
        """The lines of the table, by agreement."""
        told: dict[str, list[Line]] = {}
        for answer in self.projection.rows(state):
            told.setdefault(answer.agreement, []).extend(map(line, self.rows(answer)))
        return told


def _phase_lines(row: TimelineRow) -> Iterator[PhaseLine]:
    released, remaining, after = Tally().plus(row.transfers), row.remaining, row.after
    alone = PhaseLine(
        row.agreement,
        row.phase,
        row.completed_on,
        row.place,
        None,
        None,
        None,
        None,
        None,
        row.balanced,
        after.status.value,
        row.version,
        row.position,
    )
    for direction in after.directions():
        yield attrs.evolve(
            alone,
            releasing=direction.releasing,
            receiving=direction.receiving,
            released=after.terms.exchanged(released, direction),
            cumulative=after.over(direction),
            remaining=remaining.get(direction),
        )
    if not after.directions():
        yield alone


def _standing_line(row: StandingRow) -> Iterator[StandingLine]:
    yield StandingLine(**{field.name: getattr(row, field.name) for field in attrs.fields(StandingLine)})


def _claim_lines(cell: Cell) -> Iterator[ClaimLine]:
    figure = (
        cell.agreement,
        cell.phase,
        cell.after,
        *cell.direction,
        cell.category,
        cell.recorded,
        cell.label.value,
        cell.apart,
    )
    for said in cell.said:
        yield ClaimLine(
            *figure,
            said.claimant,
            said.office,
            said.count,
            said.agrees.value,
            said.stated_on,
            tuple(source.key for source in said.sources),
            tuple(source.url for source in said.sources),
            said.version,
            said.position,
        )
    if not cell.said:
        yield ClaimLine(*figure, None, None, None, None, None, (), (), None, None)


class _Kept(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """Totals as they are kept. Few terms are in force, so their text is read once and then known."""

    status: str
    sums: list[tuple[str, str, str, int, int, int]]
    terms: msgspec.Raw


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Kept).decode


def _dump(totals: Totals) -> bytes:
    sums = [(*lane, s.at_least, s.bounded, s.unbounded) for lane, s in totals.exchanged.sums.items()]
    terms = msgspec.Raw(_encode(shapes.stored(totals.terms)))
    return _encode(_Kept(totals.status.value, sums, terms))


def _load(state: bytes) -> Totals:
    kept = _decode(state)
    sums = {Lane(by, to, category): Sum(*total) for by, to, category, *total in kept.sums}
    return Totals(_terms(bytes(kept.terms)), Status(kept.status), Tally(sums))


@lru_cache(maxsize=1_000)
def _terms(text: bytes) -> Terms:
    return shapes.restored(msgspec.json.decode(text, type=shapes.shape_of(Terms)), Terms)


VIEWS: Mapping[str, Materialised[Any]] = {
    one.name: one
    for one in (
        Materialised("cumulative", Cumulative(), CumulativeRow, keeping=Keeping(_dump, _load)),
        Materialised("timeline", Timeline(), PhaseLine, _phase_lines),
        Materialised("standing", Standing(), StandingLine, _standing_line),
        Materialised("claims", Claims(), ClaimLine, _claim_lines),
        Materialised("facts", Facts(), FactRow),
    )
}
"""The views, by name."""
