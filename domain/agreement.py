"""The aggregate: what is known of one agreement. The one rule: `evolve` gathers and never judges.

It accepts any event at any time, so that a history which breaks rules can still be read and reported.
What may follow what is written down in two tables; `rules` asks them.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

import attrs
from rpds import HashTrieMap, List

from reciprocity.domain.events import (
    AgreementFulfilled,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    ClaimRecorded,
    Event,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    TermsAmended,
)
from reciprocity.domain.tally import Counting, Tally, rows_of
from reciprocity.domain.terms import Terms

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from reciprocity.domain.terms import Balance
    from reciprocity.domain.values import Handover, Manifest


class Status(Enum):
    """Where an agreement stands."""

    UNSIGNED = "unsigned"
    IN_FORCE = "in-force"
    SUSPENDED = "suspended"
    FULFILLED = "fulfilled"
    TERMINATED = "terminated"

    __hash__ = object.__hash__  # there is one of each; an Enum's own hash is a call of Python


class PhaseStatus(Enum):
    """Where a phase stands."""

    UNKNOWN = "unknown"
    ANNOUNCED = "announced"
    POSTPONED = "postponed"
    COMPLETED = "completed"
    VOIDED = "voided"

    __hash__ = object.__hash__


TRANSITIONS: Mapping[Status, Mapping[type[Event], Status]] = {
    Status.UNSIGNED: {AgreementSigned: Status.IN_FORCE},
    Status.IN_FORCE: {
        TermsAmended: Status.IN_FORCE,
        PhaseAnnounced: Status.IN_FORCE,
        PhasePostponed: Status.IN_FORCE,
        PhaseCompleted: Status.IN_FORCE,
        PhaseCorrected: Status.IN_FORCE,
        PhaseVoided: Status.IN_FORCE,
        ClaimRecorded: Status.IN_FORCE,
        AgreementSuspended: Status.SUSPENDED,
        AgreementFulfilled: Status.FULFILLED,
        AgreementTerminated: Status.TERMINATED,
    },
    Status.SUSPENDED: {
        TermsAmended: Status.SUSPENDED,
        PhasePostponed: Status.SUSPENDED,
        PhaseCorrected: Status.SUSPENDED,
        PhaseVoided: Status.SUSPENDED,
        ClaimRecorded: Status.SUSPENDED,
        AgreementResumed: Status.IN_FORCE,
        AgreementTerminated: Status.TERMINATED,
    },
    # What was met may turn out not to have been, or be raised: the agreement is then in force again,
    # and the command that did it adds AgreementFulfilled if every obligation is still met.
    Status.FULFILLED: {
        TermsAmended: Status.IN_FORCE,
        PhaseCorrected: Status.IN_FORCE,
        PhaseVoided: Status.IN_FORCE,
        ClaimRecorded: Status.FULFILLED,
    },
    Status.TERMINATED: {
        PhaseCorrected: Status.TERMINATED,
        PhaseVoided: Status.TERMINATED,
        ClaimRecorded: Status.TERMINATED,
    },
}
"""What may happen to an agreement, and where it stands then. What is not here may not happen."""

PHASE_TRANSITIONS: Mapping[PhaseStatus, Mapping[type[Event], PhaseStatus]] = {
    PhaseStatus.UNKNOWN: {
        PhaseAnnounced: PhaseStatus.ANNOUNCED,
        PhaseCompleted: PhaseStatus.COMPLETED,
    },
    PhaseStatus.ANNOUNCED: {
        PhaseAnnounced: PhaseStatus.ANNOUNCED,
        PhasePostponed: PhaseStatus.POSTPONED,
        PhaseCompleted: PhaseStatus.COMPLETED,
        PhaseVoided: PhaseStatus.VOIDED,
        ClaimRecorded: PhaseStatus.ANNOUNCED,
    },
    PhaseStatus.POSTPONED: {
        PhaseAnnounced: PhaseStatus.ANNOUNCED,
        PhasePostponed: PhaseStatus.POSTPONED,
        PhaseCompleted: PhaseStatus.COMPLETED,
        PhaseVoided: PhaseStatus.VOIDED,
        ClaimRecorded: PhaseStatus.POSTPONED,
    },
    PhaseStatus.COMPLETED: {
        PhaseCorrected: PhaseStatus.COMPLETED,
        PhaseVoided: PhaseStatus.VOIDED,
        ClaimRecorded: PhaseStatus.COMPLETED,
    },
    PhaseStatus.VOIDED: {ClaimRecorded: PhaseStatus.VOIDED},
}
"""What may happen to a phase, and where it stands then."""


@attrs.frozen
class Phase:
    """What is known of one phase: the last event of each kind, and the terms under which it was completed."""

    number: int
    status: PhaseStatus = PhaseStatus.UNKNOWN
    planned: PhaseAnnounced | PhasePostponed | None = None
    completed: PhaseCompleted | None = None
    corrected: PhaseCorrected | None = None
    voided: PhaseVoided | None = None
    terms: Terms | None = None

    @property
    def handover(self) -> Handover | None:
        """What took place, as now known; ``None`` if nothing did."""
        return self.on_record.handover if self.on_record else None

    @property
    def released(self) -> Manifest:
        """The transfers that took place, as now known; none if nothing did."""
        return self.on_record.released if self.on_record else ()

    @property
    def on_record(self) -> PhaseCompleted | PhaseCorrected | None:
        """The event that says what took place, as now known; ``None`` if nothing did."""
        return self.corrected or self.completed if self.status is PhaseStatus.COMPLETED else None


UNSIGNED_TERMS = Terms(title="(not signed)", parties=(), obligations=())


@attrs.frozen
class Agreement:
    """What is known of one agreement after *version* events. Frozen: each event makes a new one.

    ``phases`` are by number, announced ones included; ``completed`` has the numbers of those that were
    completed, the last one first; ``exchanged`` counts only what is within the
    agreement; ``claims`` are the latest by `claim_key`; ``turn`` is what last suspended, resumed,
    fulfilled or terminated it.

    >>> Agreement("ua-ru-2025-05-16").status
    <Status.UNSIGNED: 'unsigned'>
    """

    id: str
    version: int = 0
    status: Status = Status.UNSIGNED
    terms: Terms = UNSIGNED_TERMS
    phases: HashTrieMap[int, Phase] = HashTrieMap()
    last_phase: int = 0
    completed: List[int] = List()
    exchanged: Tally = Tally()
    claims: HashTrieMap[tuple[object, ...], ClaimRecorded] = HashTrieMap()
    signed: AgreementSigned | None = None
    amended: TermsAmended | None = None
    turn: AgreementSuspended | AgreementResumed | AgreementFulfilled | AgreementTerminated | None = None

    def phase(self, number: int) -> Phase:
        """The phase of that number, known or not."""
        return self.phases.get(number) or Phase(number)

    def in_order(self) -> list[Phase]:
        """The phases that took place, in the order in which they were recorded."""
        numbers = reversed(list(self.completed))
        return [self.phase(number) for number in numbers if self.phase(number).handover]

    def last_completed_on(self) -> dt.date | None:
        """The day of the latest phase; ``None`` if there is none, or if the day of any is not known."""
        days = [phase.handover.completed_on for phase in self.phases.values() if phase.handover]
        known = [day for day in days if day]
        return max(known) if known and len(known) == len(days) else None

    def balance(self) -> tuple[Balance, ...]:
        """What each party has released and received so far, in weighted value."""
        return self.terms.balance(self.exchanged)


def claim_key(claim: ClaimRecorded) -> tuple[object, ...]:
    """What a claim is about: a later claim with the same key takes the place of the earlier one."""
    return (claim.claimant, claim.office, claim.phase, claim.stated_on if claim.phase is None else None)


def evolve(agreement: Agreement, event: Event) -> Agreement:
    """The agreement after one more event. Total: it never refuses, whatever comes."""
    return fold(agreement, (event,))


def fold(agreement: Agreement, events: Iterable[Event]) -> Agreement:
    """The agreement after all these events, in order; linear in their number."""
    growing = _Growing(agreement)
    for event in events:
        growing.add(event)
    return growing.agreement()


class _Growing:
    """An agreement in the making: what `Agreement` holds, changed in place from event to event."""

    def __init__(self, agreement: Agreement) -> None:
        self.id = agreement.id
        self.version = agreement.version
        self.status = agreement.status
        self.terms = agreement.terms
        self.phases = agreement.phases
        self.last_phase = agreement.last_phase
        self.completed = agreement.completed
        self.exchanged = agreement.exchanged
        self.counting: Counting | None = None
        self.claims = agreement.claims
        self.signed = agreement.signed
        self.amended = agreement.amended
        self.turn = agreement.turn

    def agreement(self) -> Agreement:
        return Agreement(
            self.id,
            self.version,
            self.status,
            self.terms,
            self.phases,
            self.last_phase,
            self.completed,
            self.counting.tally() if self.counting else self.exchanged,
            self.claims,
            self.signed,
            self.amended,
            self.turn,
        )

    def add(self, event: Event) -> None:
        self.version += 1
        self.status = TRANSITIONS[self.status].get(type(event), self.status)
        match event:
            case PhaseCompleted() | PhaseCorrected() | PhaseVoided() | PhaseAnnounced() | PhasePostponed():
                self.add_to_phase(event)
            case ClaimRecorded():
                self.claims = self.claims.insert(claim_key(event), event)
            case AgreementSigned():
                self.terms, self.signed = event.terms, event
            case TermsAmended():
                self.terms, self.amended = event.terms, event
            case _:
                self.turn = event

    def add_to_phase(self, event: _OfAPhase) -> None:
        before = self.phases.get(event.phase) or Phase(event.phase)
        after = _evolve_phase(before, event, self.terms)
        self.phases = self.phases.insert(event.phase, after)
        self.last_phase = max(self.last_phase, event.phase)
        if isinstance(event, PhaseCompleted):
            self.completed = self.completed.push_front(event.phase)
        taken_out, put_in = before.released, after.released
        if taken_out is not put_in:
            self.counting = self.counting or Counting(self.exchanged)
            self.counting.add(rows_of(taken_out), sign=-1)
            self.counting.add(rows_of(put_in))


_OfAPhase: TypeAlias = PhaseAnnounced | PhasePostponed | PhaseCompleted | PhaseCorrected | PhaseVoided


def _evolve_phase(was: Phase, event: _OfAPhase, terms: Terms) -> Phase:
    status = PHASE_TRANSITIONS[was.status].get(type(event), was.status)
    match event:
        case PhaseCompleted():
            return Phase(was.number, status, was.planned, event, was.corrected, was.voided, terms)
        case PhaseCorrected():
            return attrs.evolve(was, status=status, corrected=event)
        case PhaseVoided():
            return attrs.evolve(was, status=status, voided=event)
    return attrs.evolve(was, status=status, planned=event)
