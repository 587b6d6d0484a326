"""The steps of a lawful history: what can be told next, and the free step that may break a rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache

import attrs
from hypothesis import strategies as st

from reciprocity.domain import (
    Agreement,
    AgreementFulfilled,
    AgreementResumed,
    AgreementSuspended,
    AgreementTerminated,
    Claimed,
    ClaimRecorded,
    Event,
    Handover,
    Manner,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    TermsAmended,
    Transfer,
    decide,
    fold,
)
from tests.examples import IMPOSTORS
from tests.histories import Told, handed_over, signatures
from tests.strategies import CATEGORIES, FIRST_DAY, STRANGER, any_event, claims, maybe_days, plain_texts

# How often what is told, where an agreement stands. (What cannot be told there is not in its row.)
_NEXT = {
    "in-force": "complete complete complete complete complete complete announce postpone correct void claim "
    "amend suspend fulfil fulfil terminate",
    "suspended": "resume resume resume postpone correct void claim amend terminate",
    "fulfilled": "correct correct void claim amend",
    "terminated": "correct void claim",
}

# A strategy is made once, and drawn from many times: to make one takes longer than to draw.
_LENGTHS = st.sampled_from([0, 1, 2, 3, 4, 6, 6, 8, 8, 10, 10, 12])
_FREE = st.sampled_from(["made up", "said before", "fulfilled", *["nearly lawful"] * 5])
_MANNERS = st.sampled_from(Manner)
_OFFICES = st.none() | plain_texts


@dataclass(frozen=True)
class History:
    """Requests which an agreement must accept one after the other, and one more which it may not."""

    requests: tuple[Event, ...]
    free: Event

    def recorded(self) -> tuple[Event, ...]:
        """The events on record once all was asked, with those that follow by themselves."""
        agreement, events = Agreement("told"), list[Event]()
        for request in self.requests:
            decided = decide(agreement, request)
            agreement = fold(agreement, decided)
            events += decided
        return tuple(events)


@st.composite
def histories(draw: st.DrawFn, longest: int = 12) -> History:
    """A lawful history, then one free step."""
    told = draw(signatures())
    for _ in range(min(longest, draw(_LENGTHS))):
        told.tell(draw(lawful_step(told)))
    return History(tuple(told.requests), draw(free_step(told)))


def _possible(told: Told, what: str) -> bool:
    """Whether there is anything to tell of the kind."""
    match what:
        case "postpone":
            return bool(_phases(told, "announced", "postponed"))
        case "correct":
            return bool(_phases(told, "completed"))
        case "void":
            return bool(_phases(told, "announced", "postponed", "completed"))
        case "fulfil":
            met, kept = told.state.met(), told.plan.kept.value
            return False not in met and not (kept == "at-fulfilment" and False in told.state.even())
        case _:
            return True


def _phases(told: Told, *statuses: str) -> tuple[int, ...]:
    return tuple(number for number, status in told.state.phases.items() if status in statuses)


@lru_cache(1_000)
def _what(kinds: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(kinds)


@lru_cache(1_000)
def _number(phases: tuple[int, ...]) -> st.SearchStrategy[int]:
    return st.sampled_from(phases)


@st.composite
def lawful_step(draw: st.DrawFn, told: Told, kinds: str = "") -> Event:  # noqa: C901, PLR0911, PLR0912  # a list
    """One more event that is lawful by construction; of these *kinds*, if any of them can be told."""
    possible = [what for what in _NEXT[told.state.status].split() if _possible(told, what)]
    what = draw(_what(tuple([what for what in possible if what in kinds] or possible)))
    day, reason = draw(_days_since(told.plan.signed_on)), draw(plain_texts)
    match what:
        case "complete" | "announce":
            number = draw(_number((told.state.last + 1, *_phases(told, "announced", "postponed"))))
            if what == "announce":
                planned = tuple(
                    Transfer(leg.releasing, leg.receiving, leg.category, leg.each)
                    for leg in told.plan.rounds[0]
                )
                return PhaseAnnounced(phase=number, expected_on=draw(maybe_days), planned=planned)
            rows = draw(handed_over(told.plan, number))
            return PhaseCompleted(phase=number, completed_on=day, place=reason, released=rows)
        case "postpone":
            number = draw(_number(_phases(told, "announced", "postponed")))
            return PhasePostponed(phase=number, expected_on=draw(maybe_days), reason=reason)
        case "correct":
            number = draw(_number(_phases(told, "completed")))
            reverses = _handover(told, number) if draw(st.booleans()) else None
            if any(isinstance(request, TermsAmended) for request in told.requests):
                rows = told.state.records[number].rows  # more might exceed the terms of then
            else:
                rows = draw(handed_over(told.plan, number))
            return PhaseCorrected(
                phase=number, completed_on=day, released=rows, reason=reason, reverses=reverses
            )
        case "void":
            number = draw(_number(_phases(told, "announced", "postponed", "completed")))
            told.plan.done.pop(number, None)
            reverses = _handover(told, number) if draw(st.booleans()) else None
            return PhaseVoided(phase=number, reason=reason, voided_on=day, reverses=reverses)
        case "claim":
            return draw(_claim(told))
        case "amend":
            for nth in range(len(told.plan.units)):
                told.plan.units[nth] += draw(st.integers(0, 2))
            terms = told.plan.terms(f"amended {len(told.requests)}")
            return TermsAmended(terms=terms, reason=reason, amended_on=day)
        case "suspend":
            return AgreementSuspended(reason=reason, suspended_on=day)
        case "resume":
            return AgreementResumed(reason=reason, resumed_on=day)
        case "fulfil":
            return AgreementFulfilled(fulfilled_on=day)
        case _:
            return AgreementTerminated(manner=draw(_MANNERS), reason=reason, terminated_on=day)


@lru_cache
def _days_since(signed: dt.date | None) -> st.SearchStrategy[dt.date | None]:
    start = signed or FIRST_DAY
    return st.none() | st.dates(start, start + dt.timedelta(days=60))


def _handover(told: Told, number: int) -> Handover | None:
    record = told.state.records.get(number)
    return Handover(record.day, record.place, record.rows) if record else None


@st.composite
def _claim(draw: st.DrawFn, told: Told) -> ClaimRecorded:
    """Somebody states figures, right or wrong, or keeps silent; it changes nothing."""
    a, b = told.plan.parties[0].code, told.plan.parties[1].code
    silence = (Claimed(b, a, None, None),)
    beside = (Claimed(a, STRANGER, draw(st.sampled_from(CATEGORIES)), 3),)
    return ClaimRecorded(
        claimant=draw(st.sampled_from([a, b, "TASS"])),
        office=draw(_OFFICES),
        phase=draw(st.sampled_from([None, *told.state.phases])),
        stated_on=draw(maybe_days),
        claimed=draw(st.sampled_from([silence, beside]) | claims((a, b))),
    )


@st.composite
def free_step(draw: st.DrawFn, told: Told) -> Event:
    """Any event at all: made up, said before, or lawful but for one thing."""
    match draw(_FREE):
        case "made up":
            return draw(any_event((*told.plan.codes, STRANGER), phases=told.state.last + 2))
        case "said before":
            return draw(st.sampled_from(told.requests))
        case "fulfilled":
            return AgreementFulfilled(fulfilled_on=draw(_days_since(told.plan.signed_on)))
        case _:
            event = draw(lawful_step(told, "complete correct amend void claim"))
            return draw(_nearly(event, told.plan.signed_on))


@st.composite
def _nearly(draw: st.DrawFn, event: Event, signed: dt.date | None) -> Event:
    """The event with one thing changed."""
    changes: list[Event] = []
    if isinstance(event, PhaseCompleted | PhaseCorrected | PhaseVoided):
        changes.append(attrs.evolve(event, phase=event.phase + draw(st.integers(1, 2))))
    if isinstance(event, PhaseCompleted | PhaseCorrected):
        changes.append(attrs.evolve(event, completed_on=(signed or FIRST_DAY) - dt.timedelta(days=1)))
        if event.released:
            *rest, row = draw(st.permutations(event.released))
            if row.releasing != STRANGER:
                changes.append(attrs.evolve(event, released=(*rest, attrs.evolve(row, receiving=STRANGER))))
            changes += [
                attrs.evolve(event, released=(*rest, other))
                for other in (
                    attrs.evolve(row, count=row.count + 1),
                    attrs.evolve(row, count=row.count + 1_000),
                    attrs.evolve(row, category="hostage"),
                )
            ]
            doubled = tuple(attrs.evolve(row, count=row.count * 1_000) for row in event.released)
            changes.append(attrs.evolve(event, released=doubled))
    if isinstance(event, PhaseCorrected | PhaseVoided):
        changes.append(attrs.evolve(event, reverses=Handover(FIRST_DAY, None, ())))
    if isinstance(event, ClaimRecorded):
        changes += [attrs.evolve(event, claimant=name) for name in IMPOSTORS]
    if isinstance(event, TermsAmended):
        one = tuple(attrs.evolve(owed, total=1) for owed in event.terms.obligations)
        for obligations in (one, event.terms.obligations[1:]):
            terms = attrs.evolve(event.terms, obligations=obligations)
            changes.append(attrs.evolve(event, terms=terms))
    return draw(st.sampled_from(changes or [event]))
