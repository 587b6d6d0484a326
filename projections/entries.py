"""What does each event enter into the books? The one rule: an entry is never changed, only reversed.

The relations of a data set, for bulk engines: what an event enters depends on that event alone, so the rows
of new events are added to those of old ones, and any stretch of the log can be written by itself. A
correction takes out what it reverses with entries of the opposite sign, as a ledger does. So sums over
the entries answer what sums over the phases do, up to any position and as known at any instant.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, get_args

from reciprocity.domain import (
    AgreementSigned,
    Direction,
    Event,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    TermsAmended,
    happened_on,
)
from reciprocity.domain.values import highest, lowest
from reciprocity.store import name_of

if TYPE_CHECKING:
    from reciprocity.domain import Manifest, Recorded, Terms


class Entry(NamedTuple):
    """One transfer that an event puts into the record (*sign* 1) or takes out of it again (*sign* -1).

    ``at_most`` is ``None`` where no bound is known, ``within_agreement`` where it is unclear whether the
    transfer counts; *nth* is its place among the transfers of its phase, from 1.
    """

    position: int
    agreement: str
    version: int
    recorded_at: dt.datetime
    phase: int
    completed_on: dt.date | None
    place: str | None
    nth: int
    releasing: str
    receiving: str
    category: str
    at_least: int
    at_most: int | None
    within_agreement: bool | None
    sign: int


class EventRow(NamedTuple):
    """One event: its envelope, the day it speaks of, the phase and the place if it is of one, its sources."""

    position: int
    agreement: str
    version: int
    recorded_at: dt.datetime
    command_id: str
    event: str
    phase: int | None
    happened_on: dt.date | None
    place: str | None
    sources: tuple[str, ...]
    urls: tuple[str | None, ...]


class TermsRow(NamedTuple):
    """The terms that a signature or an amendment put in force."""

    position: int
    agreement: str
    version: int
    recorded_at: dt.datetime
    title: str
    series: bool
    parent: str | None
    symmetry: str
    signed_on: dt.date | None
    signed_at: str | None
    starts_on: dt.date | None
    ends_on: dt.date | None


class ObligationRow(NamedTuple):
    """How many are owed in a direction under the terms of a position: of these categories, or of any.

    A direction for which the terms have no total over all categories has one row that is *implied*: what
    its obligations come to together. *nth* is the place among the obligations, from 1.
    """

    position: int
    agreement: str
    nth: int
    releasing: str
    receiving: str
    categories: tuple[str, ...]
    at_least: int
    at_most: int | None
    implied: bool


class PartyRow(NamedTuple):
    """A *code* that stands for a *party* under the terms of a position: its own, or that of a member."""

    position: int
    agreement: str
    party: str
    code: str
    name: str


class WeightRow(NamedTuple):
    """What one person of a category is worth in exchange under the terms of a position, if not 1."""

    position: int
    agreement: str
    category: str
    weight: int


def entries(recorded: Recorded) -> Iterator[Entry]:
    """The entries of an event: first what it takes out, then what it puts in."""
    event = recorded.event
    if isinstance(event, PhaseCorrected | PhaseVoided) and (before := event.reverses) is not None:
        yield from _entries(recorded, event.phase, (before.completed_on, before.place, before.released), -1)
    if isinstance(event, PhaseCompleted | PhaseCorrected):
        yield from _entries(recorded, event.phase, (event.completed_on, event.place, event.released), 1)


def _entries(
    recorded: Recorded, phase: int, what: tuple[dt.date | None, str | None, Manifest], sign: int
) -> Iterator[Entry]:
    position, agreement = recorded.position, recorded.agreement_id
    version, recorded_at = recorded.version, recorded.recorded_at
    completed_on, place, released = what
    for nth, transfer in enumerate(released, start=1):
        yield Entry(
            position,
            agreement,
            version,
            recorded_at,
            phase,
            completed_on,
            place,
            nth,
            transfer.releasing,
            transfer.receiving,
            transfer.category,
            lowest(transfer.count),
            highest(transfer.count),
            transfer.within_agreement,
            sign,
        )


def events(recorded: Recorded) -> Iterator[EventRow]:
    """The row of an event."""
    event = recorded.event
    yield EventRow(
        recorded.position,
        recorded.agreement_id,
        recorded.version,
        recorded.recorded_at,
        recorded.command_id,
        name_of(event),
        getattr(event, "phase", None),
        happened_on(event),
        event.place if isinstance(event, PhaseCompleted | PhaseCorrected) else None,
        tuple(source.key for source in event.sources),
        tuple(source.url for source in event.sources),
    )


def terms(recorded: Recorded) -> Iterator[TermsRow]:
    """The terms that an event puts in force."""
    new = _new_terms(recorded)
    yield TermsRow(
        recorded.position,
        recorded.agreement_id,
        recorded.version,
        recorded.recorded_at,
        new.title,
        new.series,
        new.parent,
        new.symmetry.kept.value,
        new.signed_on,
        new.signed_at,
        new.window.starts_on,
        new.window.ends_on,
    )


def obligations(recorded: Recorded) -> Iterator[ObligationRow]:
    """What is owed under the terms that an event puts in force."""
    new, seen = _new_terms(recorded), set[Direction]()
    stamp = (recorded.position, recorded.agreement_id)
    for nth, owed in enumerate(new.obligations, start=1):
        direction = owed.direction
        if direction not in seen and all(other.categories for other in new.owed(direction)):
            agreed = new.agreed(direction) or 0
            yield ObligationRow(*stamp, nth, *direction, (), lowest(agreed), highest(agreed), implied=True)
        seen.add(direction)
        bounds = lowest(owed.total), highest(owed.total)
        yield ObligationRow(*stamp, nth, *direction, tuple(sorted(owed.categories)), *bounds, implied=False)


def parties(recorded: Recorded) -> Iterator[PartyRow]:
    """Who the parties are under the terms that an event puts in force."""
    for party in _new_terms(recorded).parties:
        for one in (party, *party.members):
            yield PartyRow(recorded.position, recorded.agreement_id, party.code, one.code, one.name)


def weights(recorded: Recorded) -> Iterator[WeightRow]:
    """What each category weighs under the terms that an event puts in force."""
    for weight in _new_terms(recorded).symmetry.weights:
        yield WeightRow(recorded.position, recorded.agreement_id, weight.category, weight.value)


def _new_terms(recorded: Recorded) -> Terms:
    event = recorded.event
    if not isinstance(event, AgreementSigned | TermsAmended):
        raise TypeError(f"{name_of(event)} puts no terms in force")
    return event.terms


class Relation(NamedTuple):
    """A relation of a data set: the class of its rows, and which rows an event of these kinds enters."""

    row: type[tuple[Any, ...]]
    rows: Callable[[Recorded], Iterator[tuple[Any, ...]]]
    kinds: frozenset[type[Event]]

    def entered(self, log: Iterable[Recorded]) -> list[tuple[Any, ...]]:
        """The rows that the events of a log enter."""
        return [row for one in log if type(one.event) in self.kinds for row in self.rows(one)]


_OF_PHASES = frozenset({PhaseCompleted, PhaseCorrected, PhaseVoided})
_OF_TERMS = frozenset({AgreementSigned, TermsAmended})

RELATIONS: Mapping[str, Relation] = {
    "entries": Relation(Entry, entries, _OF_PHASES),
    "events": Relation(EventRow, events, frozenset(get_args(Event))),
    "terms": Relation(TermsRow, terms, _OF_TERMS),
    "obligations": Relation(ObligationRow, obligations, _OF_TERMS),
    "parties": Relation(PartyRow, parties, _OF_TERMS),
    "weights": Relation(WeightRow, weights, _OF_TERMS),
}
"""The relations of a data set, by name."""
