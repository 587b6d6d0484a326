"""The invariants once more, in plain integers: a second opinion that shares no code with the first.

Nothing here leans on rules, tallies, the aggregate or the commands. Whatever it says it works out anew, from
the events alone, with pairs ``(low, high)`` of integers, where ``high`` is ``None`` without an upper bound.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from reciprocity.domain.events import (
    AgreementFulfilled,
    AgreementSigned,
    ClaimRecorded,
    Event,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    TermsAmended,
)
from reciprocity.domain.terms import Obligation, Terms
from reciprocity.domain.values import Count, Transfer

Pair = tuple[int, int | None]
Lane = tuple[str, str, str]
Rows = tuple[Transfer, ...]

# Which event (by the name of its class) leads from where to where. What is not here cannot happen.
LIFE = {
    "unsigned": {"AgreementSigned": "in-force"},
    "in-force": {
        "TermsAmended": "in-force",
        "PhaseAnnounced": "in-force",
        "PhasePostponed": "in-force",
        "PhaseCompleted": "in-force",
        "PhaseCorrected": "in-force",
        "PhaseVoided": "in-force",
        "ClaimRecorded": "in-force",
        "AgreementSuspended": "suspended",
        "AgreementFulfilled": "fulfilled",
        "AgreementTerminated": "terminated",
    },
    "suspended": {
        "TermsAmended": "suspended",
        "PhasePostponed": "suspended",
        "PhaseCorrected": "suspended",
        "PhaseVoided": "suspended",
        "ClaimRecorded": "suspended",
        "AgreementResumed": "in-force",
        "AgreementTerminated": "terminated",
    },
    "fulfilled": {
        "TermsAmended": "in-force",
        "PhaseCorrected": "in-force",
        "PhaseVoided": "in-force",
        "ClaimRecorded": "fulfilled",
    },
    "terminated": {
        "PhaseCorrected": "terminated",
        "PhaseVoided": "terminated",
        "ClaimRecorded": "terminated",
    },
}
PHASE_LIFE = {
    "unknown": {"PhaseAnnounced": "announced", "PhaseCompleted": "completed"},
    "announced": {
        "PhaseAnnounced": "announced",
        "PhasePostponed": "postponed",
        "PhaseCompleted": "completed",
        "PhaseVoided": "voided",
        "ClaimRecorded": "announced",
    },
    "postponed": {
        "PhaseAnnounced": "announced",
        "PhasePostponed": "postponed",
        "PhaseCompleted": "completed",
        "PhaseVoided": "voided",
        "ClaimRecorded": "postponed",
    },
    "completed": {"PhaseCorrected": "completed", "PhaseVoided": "voided", "ClaimRecorded": "completed"},
    "voided": {"ClaimRecorded": "voided"},
}
DAYS = (  # a claim may be stated on any day
    "amended_on",
    "completed_on",
    "voided_on",
    "suspended_on",
    "resumed_on",
    "fulfilled_on",
    "terminated_on",
)


@dataclass(frozen=True)
class Record:
    """What a phase is on record for: the day, the place and the rows."""

    day: dt.date | None
    place: str | None
    rows: Rows


@dataclass(frozen=True)
class Plain:
    """What the events of one agreement come to."""

    status: str = "unsigned"
    terms: Terms | None = None
    phases: dict[int, str] = field(default_factory=dict)
    records: dict[int, Record] = field(default_factory=dict)
    said: dict[tuple[object, ...], object] = field(default_factory=dict)
    version: int = 0
    order: tuple[int, ...] = ()
    terms_then: dict[int, Terms] = field(default_factory=dict)
    latest: Event | None = None

    @property
    def last(self) -> int:
        """The highest number of a phase; 0 if there is none."""
        return max(self.phases, default=0)

    def phase(self, number: int) -> str:
        """Where a phase stands."""
        return self.phases.get(number, "unknown")

    def with_one_more(self, event: Event) -> Plain:
        """After an event that was possible: what the plain tables say follows from it."""
        name = type(event).__name__
        phases, records, terms = dict(self.phases), dict(self.records), self.terms
        if isinstance(event, AgreementSigned | TermsAmended):
            terms = event.terms
        if not isinstance(event, ClaimRecorded) and (number := getattr(event, "phase", None)) is not None:
            phases[number] = PHASE_LIFE[self.phase(number)].get(name, self.phase(number))
            records.pop(number, None)
            if isinstance(event, PhaseCompleted | PhaseCorrected):
                records[number] = Record(event.completed_on, event.place, event.released)
        said = {**self.said, subject(event): wording(event)}
        order, then = self.order, dict(self.terms_then)
        if isinstance(event, PhaseCompleted) and self.terms:
            order, then[event.phase] = (*order, event.phase), self.terms
        status = LIFE[self.status][name]
        return Plain(status, terms, phases, records, said, self.version + 1, order, then, event)

    def moments_from(self, phase: int) -> Iterator[Plain]:
        """How things stood, as now known, after that phase and after each later one."""
        done: dict[int, Record] = {}
        for number in self.order:
            if number in self.records:
                done = {**done, number: self.records[number]}
            if number in self.records and phase in done:
                yield Plain(terms=self.terms_then[number], records=done)

    def totals(self) -> dict[Lane, Pair]:
        """How many went each way so far, by category, within the agreement."""
        return summed(row for record in self.records.values() for row in record.rows)

    def exchanged(self, owed: Obligation) -> Pair:
        """How much of what counts toward one obligation was released."""
        return added(
            pair
            for (releasing, receiving, category), pair in self.totals().items()
            if self.serves(owed, releasing, receiving, category)
        )

    def serves(self, owed: Obligation, releasing: str, receiving: str, category: str) -> bool:
        """Whether such a release counts toward an obligation; a group named in it stands for its members."""
        groups = (
            {p.code: {p.code, *(m.code for m in p.members)} for p in self.terms.parties} if self.terms else {}
        )
        from_whom = groups.get(owed.releasing, {owed.releasing})
        to_whom = groups.get(owed.receiving, {owed.receiving})
        return releasing in from_whom and receiving in to_whom and _covers(owed, category)

    def obligations(self) -> tuple[Obligation, ...]:
        """What is owed; nothing, before there are terms."""
        return self.terms.obligations if self.terms else ()

    def met(self) -> list[bool | None]:
        """For each obligation whether it is met; ``None`` where nobody can tell."""
        return [_met(owed, self.exchanged(owed)) for owed in self.obligations()]

    def even(self) -> list[bool | None]:
        """For each party whether it received the value that it released, in all."""
        return [same(*value) for value in values(self.terms, self.totals()).values()] if self.terms else []

    def last_day(self) -> dt.date | None:
        """The day on which all was done; none if the day of anything is not known."""
        event = self.latest
        of_event: dt.date | None = getattr(getattr(event, "terms", None), "signed_on", None)
        for name in (*DAYS, "stated_on"):
            of_event = getattr(event, name, None) or of_event
        if isinstance(event, TermsAmended):
            of_event = event.amended_on
        days = [record.day for record in self.records.values()]
        if not days or None in days or of_event is None:
            return None
        return max(of_event, *(day for day in days if day))

    def is_fulfilled_by_now(self) -> bool:
        """Whether counting shows that everything owed was done, evenly if that was agreed."""
        if self.status != "in-force" or not self.terms or not self.is_all_done():
            return False
        if self.terms.symmetry.kept.value == "at-fulfilment" and False in self.even():
            return False
        signed, day = self.terms.signed_on, self.last_day()
        return not (signed and day and day < signed)

    def is_all_done(self) -> bool:
        """Whether something was owed, and no more of it can be done."""
        done = [(self.exchanged(owed)[0], pair(owed.total)[1]) for owed in self.obligations()]
        return len(done) > 0 and all(most is not None and least >= most for least, most in done)

    def settled(self) -> Plain:
        """With the fulfilment that follows by itself, if one does."""
        if not self.is_fulfilled_by_now():
            return self
        return self.with_one_more(AgreementFulfilled(fulfilled_on=self.last_day()))


def plain(events: Iterable[Event]) -> Plain:
    """What these events come to, with what is recorded as following from them among them."""
    state = Plain()
    for event in events:
        state = state.with_one_more(event)
    return state


def subject(event: Event) -> tuple[object, ...]:
    """What an event speaks of. A later one on the same subject takes its place."""
    match event:
        case PhaseCompleted() | PhaseCorrected():
            return ("what took place", event.phase)
        case AgreementSigned() | TermsAmended() | PhaseVoided():
            return (type(event).__name__, getattr(event, "phase", None))
        case PhaseAnnounced() | PhasePostponed():
            return ("plan", event.phase)
        case ClaimRecorded():
            day = event.stated_on if event.phase is None else None
            return ("claim", event.claimant, event.office, event.phase, day)
        case _:
            return ("turn",)


def wording(event: Event) -> object:
    """What an event says, apart from what it takes out of the record."""
    if isinstance(event, PhaseCorrected):
        day, place = event.completed_on, event.place
        return ("corrected", day, place, event.released, event.reason, event.sources, event.notes)
    if isinstance(event, PhaseVoided):
        return ("voided", event.voided_on, event.reason, event.sources, event.notes)
    return event


def is_said_already(state: Plain, event: Event) -> bool:
    """Whether the record holds just this as the last word on its subject."""
    if isinstance(event, AgreementFulfilled) and event == AgreementFulfilled():
        return state.status == "fulfilled"
    if isinstance(event, PhaseCompleted | PhaseCorrected) and event.phase not in state.records:
        return False
    return state.said.get(subject(event)) == wording(event)


def pair(count: Count) -> Pair:
    """A count as its two bounds."""
    return (count, count) if isinstance(count, int) else (count.at_least, count.at_most)


def counted(row: Transfer) -> Pair:
    """What a row adds to what was agreed: all, nothing, or anything up to all."""
    low, high = pair(row.count)
    if row.within_agreement is None:
        return (0, high)
    return (low, high) if row.within_agreement else (0, 0)


def added(pairs: Iterable[Pair]) -> Pair:
    """The sum of pairs, bound by bound."""
    low, high = 0, 0
    endless = False
    for one_low, one_high in pairs:
        low += one_low
        endless = endless or one_high is None
        high += one_high or 0
    return (low, None if endless else high)


def summed(rows: Iterable[Transfer]) -> dict[Lane, Pair]:
    """What rows add to what was agreed, by lane."""
    lanes: dict[Lane, list[Pair]] = {}
    for row in rows:
        if row.within_agreement is not False:
            lanes.setdefault((row.releasing, row.receiving, row.category), []).append(counted(row))
    return {lane: added(pairs) for lane, pairs in lanes.items()}


def values(terms: Terms, totals: dict[Lane, Pair]) -> dict[str, tuple[Pair, Pair]]:
    """For each party the value of what it released, and of what it received."""
    weights = {weight.category: weight.value for weight in terms.symmetry.weights}

    def worth(codes: set[str], side: int) -> Pair:
        mine = [(lane[2], pair) for lane, pair in totals.items() if lane[side] in codes]
        return added(_times(pair, weights.get(category, 1)) for category, pair in mine)

    members = {party.code: {party.code, *(one.code for one in party.members)} for party in terms.parties}
    return {code: (worth(codes, 0), worth(codes, 1)) for code, codes in members.items()}


def same(a: Pair, b: Pair) -> bool | None:
    """Whether two numbers are equal; ``None`` where they may or may not be."""
    if a[0] == a[1] == b[0] == b[1]:
        return True
    apart = (a[1] is not None and a[1] < b[0]) or (b[1] is not None and b[1] < a[0])
    return False if apart else None


def above(a: Pair, limit: int) -> bool | None:
    """Whether a number is more than a limit; ``None`` where it may or may not be."""
    if a[0] > limit:
        return True
    return False if a[1] is not None and a[1] <= limit else None


def rows_of(state: Plain) -> Iterator[Transfer]:
    """Every row of every phase that took place, as now known."""
    for record in state.records.values():
        yield from record.rows


def _covers(owed: Obligation, category: str) -> bool:
    return len(owed.categories) == 0 or category in owed.categories


def _met(owed: Obligation, done: Pair) -> bool | None:
    due, most_due = pair(owed.total)
    if (due, most_due) == (0, None):
        return None  # all for all: no number meets it
    if done[0] >= due:
        return True
    return False if done[1] is not None and done[1] < due else None


def _times(pair: Pair, weight: int) -> Pair:
    low, high = pair
    return (0, 0) if weight == 0 else (low * weight, None if high is None else high * weight)
