"""Lawful histories, and after each one free step: any event at all, which may break a rule."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import attrs
from hypothesis import strategies as st

from reciprocity.domain import (
    AgreementFulfilled,
    ClaimRecorded,
    Event,
    Handover,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    TermsAmended,
)
from reciprocity.testing import lawful
from reciprocity.testing.lawful import days_since, lawful_step, tellings
from reciprocity.testing.plans import Told
from reciprocity.testing.strategies import FIRST_DAY, IMPOSTORS, STRANGER, any_event

_FREE = st.sampled_from(["made up", "said before", "fulfilled", *["nearly lawful"] * 5])


@dataclass(frozen=True)
class History(lawful.History):
    """Requests which an agreement must accept one after the other, and one more which it may not."""

    free: Event


@st.composite
def histories(draw: st.DrawFn, longest: int = 12) -> History:
    """A lawful history, then one free step."""
    told = draw(tellings(longest))
    return History(tuple(told.requests), draw(free_step(told)))


@st.composite
def free_step(draw: st.DrawFn, told: Told) -> Event:
    """Any event at all: made up, said before, or lawful but for one thing."""
    match draw(_FREE):
        case "made up":
            return draw(any_event((*told.plan.codes, STRANGER), phases=told.state.last + 2))
        case "said before":
            return draw(st.sampled_from(told.requests))
        case "fulfilled":
            return AgreementFulfilled(fulfilled_on=draw(days_since(told.plan.signed_on)))
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
