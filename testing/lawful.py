"""Lawful histories, step by step. The one rule: nothing is tried out and thrown away, and no rule is asked.

A history is planned first (`plans`), then told in events; what can be told next is read off the plain tables
(`plain`), so that a fault in the rules cannot hide behind the histories.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

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
from reciprocity.testing.plans import Told, handed_over, signatures
from reciprocity.testing.strategies import CATEGORIES, FIRST_DAY, STRANGER, claims, maybe_days, plain_texts

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
_MANNERS = st.sampled_from(Manner)
_OFFICES = st.none() | plain_texts


@dataclass(frozen=True)
class History:
    """Requests which an agreement must accept, one after the other."""

    requests: tuple[Event, ...]

    def recorded(self) -> tuple[Event, ...]:
        """The events on record once all was asked, with those that follow by themselves."""
        agreement, events = Agreement("told"), list[Event]()
        for request in self.requests:
            decided = decide(agreement, request)
            agreement = fold(agreement, decided)
            events += decided
        return tuple(events)


Ending: TypeAlias = type[PhaseCorrected | PhaseVoided | ClaimRecorded]
"""What a history may be made to end with: what can be told of any agreement with a completed phase."""

_ENDINGS: dict[Ending, str] = {PhaseCorrected: "correct", PhaseVoided: "void", ClaimRecorded: "claim"}


@st.composite
def histories(draw: st.DrawFn, *, longest: int = 12, ending: Ending | None = None) -> History:
    """A lawful history, of up to so many steps after the signing.

    With an *ending* its last request is of that class: a phase corrected or voided, or a claim.

    >>> from hypothesis import given
    >>> @given(histories(ending=PhaseCorrected))
    ... def test_corrections_are_accepted(history):
    ...     decide(fold(Agreement("told"), history.recorded()), history.requests[-1])
    >>> test_corrections_are_accepted()
    """
    told = draw(tellings(longest))
    if ending is None:
        return History(tuple(told.requests))
    if ending is not ClaimRecorded and not _phases(told, "completed"):
        told = draw(signatures())
        told.tell(draw(lawful_step(told, "complete")))
    told.tell(draw(lawful_step(told, _ENDINGS[ending])))
    return History(tuple(told.requests))


@st.composite
def tellings(draw: st.DrawFn, longest: int = 12) -> Told:
    """A lawful history with the plan behind it and what it comes to, to go on from by `lawful_step`."""
    told = draw(signatures())
    for _ in range(min(longest, draw(_LENGTHS))):
        told.tell(draw(lawful_step(told)))
    return told


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
    day, reason = draw(days_since(told.plan.signed_on)), draw(plain_texts)
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
def days_since(signed: dt.date | None) -> st.SearchStrategy[dt.date | None]:
    """A day on which something could be done that was signed then, or no day known."""
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
