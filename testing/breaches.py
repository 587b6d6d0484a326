"""Breaches: lawful histories, and one step more that breaks a rule. The one rule: it breaks that rule alone.

For each rule there is a way to break it and nothing else, by construction. Which rule that is, the plain
model (`plain_rules`) says too; no rule of the domain is asked.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import attrs
from hypothesis import strategies as st

from reciprocity.domain import (
    CIVILIAN,
    HOSTAGE,
    AgreementFulfilled,
    AgreementSigned,
    AgreementTerminated,
    Claimed,
    ClaimRecorded,
    Event,
    Handover,
    Kept,
    Manner,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseVoided,
    Transfer,
)
from reciprocity.testing.lawful import History, lawful_step
from reciprocity.testing.plans import Leg, Plan, Told, plans, signed
from reciprocity.testing.strategies import FIRST_DAY, STRANGER, plain_texts

_LENGTHS = st.sampled_from([0, 1, 2, 3, 4, 6, 8])
_NOBODY_KNOWN = "YYY"


@dataclass(frozen=True)
class Unlawful(History):
    """Requests which an agreement must accept, and a *step* that it must refuse: it breaks *rule*, alone."""

    step: Event
    rule: str


def unlawful_histories(*rules: str, longest: int = 8) -> st.SearchStrategy[Unlawful]:
    """A lawful history, then a step that breaks one of these *rules*, of any if none is named, and no other.

    Raises:
        ValueError: at once, if there is no such rule.

    >>> from hypothesis import given
    >>> from reciprocity.domain import Agreement, Refused, decide, fold
    >>> @given(unlawful_histories("stays_within_the_agreed_total"))
    ... def test_nobody_is_counted_twice(history):
    ...     agreement = fold(Agreement("told"), history.recorded())
    ...     try:
    ...         decide(agreement, history.step)
    ...     except Refused as refused:
    ...         assert refused.rules == ("stays_within_the_agreed_total",)
    ...     else:
    ...         raise AssertionError("accepted")
    >>> test_nobody_is_counted_twice()
    """
    if unknown := set(rules) - BREACHES.keys():
        raise ValueError(f"{', '.join(sorted(unknown))}: no rule; those are {', '.join(BREACHES)}")
    return _unlawful(rules or tuple(BREACHES), longest)


@st.composite
def _unlawful(draw: st.DrawFn, rules: tuple[str, ...], longest: int) -> Unlawful:
    rule = draw(st.sampled_from(rules))
    breach = BREACHES[rule]
    told = Told(breach.plan(draw(plans())))
    signature = signed(told.plan, draw(plain_texts))
    if rule == "is_agreed_between_two_or_more_parties":
        return Unlawful((), draw(st.sampled_from(list(_senseless(signature)))), rule)
    told.tell(signature)
    found: list[tuple[int, Event]] = []
    for kinds in (*breach.first, *[""] * min(longest, draw(_LENGTHS)), None):
        found += ((len(told.requests), event) for event in breach.steps(told))
        if kinds is not None:
            told.tell(draw(lawful_step(told, kinds)))
    # Where it can be broken late, the most has gone before.
    last = found[-1][0]
    step = draw(st.sampled_from([event for length, event in found if length == last]))
    return Unlawful(tuple(told.requests[:last]), step, rule)


Steps: TypeAlias = Callable[[Told], Iterable[Event]]


@dataclass(frozen=True)
class Breach:
    """How a rule is broken: under which plans, after which first steps, and by what, where that can be."""

    steps: Steps
    plan: Callable[[Plan], Plan] = lambda plan: plan
    first: tuple[str, ...] = ()


def _signed_again(told: Told) -> Iterator[Event]:
    first = told.requests[0]
    if isinstance(first, AgreementSigned):
        yield attrs.evolve(first, notes=("signed once more",))


def _void_what_is_not_known(told: Told) -> Iterator[Event]:
    yield PhaseVoided(phase=told.state.last + 1, reason="it was never heard of")


def _leave_a_phase_out(told: Told) -> Iterator[Event]:
    if told.state.status == "in-force":
        yield PhaseAnnounced(phase=told.state.last + 2)
        yield PhaseCompleted(phase=told.state.last + 2, released=())


def _senseless(signature: AgreementSigned) -> Iterator[Event]:
    """Terms that oblige nobody to anything."""
    parties = signature.terms.parties
    for some in (parties, parties[:1], ()):
        yield AgreementSigned(terms=attrs.evolve(signature.terms, obligations=(), parties=some))


def _name_strangers(told: Told) -> Iterator[Event]:
    between = (Claimed(STRANGER, _NOBODY_KNOWN, CIVILIAN, 1),)
    yield ClaimRecorded(claimant="an agency", claimed=between, notes=(f"entry {len(told.requests) + 1}",))
    if told.state.status == "in-force":
        row = Transfer(STRANGER, _NOBODY_KNOWN, CIVILIAN, 1, within_agreement=False)
        yield PhaseAnnounced(phase=told.state.last + 1, planned=(row,))


def _release_what_nobody_owes(told: Told) -> Iterator[Event]:
    if told.state.status == "in-force":
        leg = told.plan.rounds[0][0]
        row = Transfer(leg.releasing, leg.receiving, HOSTAGE, 1)
        yield PhaseAnnounced(phase=told.state.last + 1, planned=(row,))


def _exceed(told: Told) -> Iterator[Event]:
    if told.state.status == "in-force":
        yield PhaseCompleted(phase=told.state.last + 1, released=_rows(told.plan, 100_000))


def _be_uneven(told: Told) -> Iterator[Event]:
    """One leg of a round is carried out and the others are not."""
    if told.state.status != "in-force":
        return
    for nth, legs in enumerate(told.plan.rounds):
        for number, leg in enumerate(legs):
            if told.plan.weights[leg.category] and told.plan.left(nth, number):
                row = Transfer(leg.releasing, leg.receiving, leg.category, leg.each)
                yield PhaseCompleted(phase=told.state.last + 1, released=(row,))


def _fulfil_too_early(told: Told) -> Iterator[Event]:
    uneven = told.plan.kept is Kept.AT_FULFILMENT and False in told.state.even()
    if told.state.status == "in-force" and False in told.state.met() and not uneven:
        yield AgreementFulfilled()


def _end_before_the_signature(told: Told) -> Iterator[Event]:
    if told.state.status in ("in-force", "suspended"):
        before = (told.plan.signed_on or FIRST_DAY) - dt.timedelta(days=1)
        yield AgreementTerminated(manner=Manner.LAPSED, reason="so it was said", terminated_on=before)


def _reverse_something_else(told: Told) -> Iterator[Event]:
    for number, status in told.state.phases.items():
        if status != "voided":
            other = Handover(None, "elsewhere", ())
            yield PhaseVoided(phase=number, reason="it was never so", reverses=other)


def _rows(plan: Plan, units: int) -> tuple[Transfer, ...]:
    """So many units of the first round."""
    sums: dict[tuple[str, str, str], int] = {}
    for leg in plan.rounds[0]:
        lane = (leg.releasing, leg.receiving, leg.category)
        sums[lane] = sums.get(lane, 0) + leg.each * units
    return tuple(Transfer(*lane, number) for lane, number in sums.items())


def _bounded(plan: Plan) -> Plan:
    """With a number agreed for everything."""
    plan.styles = dict.fromkeys(plan.styles, ("exactly", 0, 0))
    return plan


def _by_category(plan: Plan) -> Plan:
    """With nothing owed but what is named."""
    lanes = {(leg.releasing, leg.receiving, leg.category) for legs in plan.rounds for leg in legs}
    plan.styles = {(by, to, (category,)): ("exactly", 0, 0) for by, to, category in sorted(lanes)}
    return plan


def _even_in_each_phase(plan: Plan) -> Plan:
    plan.kept = Kept.EACH_PHASE
    if not any(plan.weights[leg.category] for legs in plan.rounds for leg in legs):
        a, b = (party.code for party in plan.parties[:2])
        plan.rounds.append((Leg(a, b, CIVILIAN, 1), Leg(b, a, CIVILIAN, 1)))
        plan.units.append(1)
        plan.styles |= {(a, b, ()): ("exactly", 0, 0), (b, a, ()): ("exactly", 0, 0)}
    return plan


def _signed_on_a_day(plan: Plan) -> Plan:
    plan.signed_on = plan.signed_on or FIRST_DAY
    return plan


BREACHES: Mapping[str, Breach] = {
    "follows_the_life_cycle": Breach(_signed_again),
    "follows_the_life_cycle_of_the_phase": Breach(_void_what_is_not_known),
    "numbers_phases_in_order": Breach(_leave_a_phase_out),
    "is_agreed_between_two_or_more_parties": Breach(lambda _: ()),  # by the signing itself
    "names_parties_to_the_agreement": Breach(_name_strangers),
    "serves_an_agreed_obligation": Breach(_release_what_nobody_owes, _by_category),
    "stays_within_the_agreed_total": Breach(_exceed, _bounded),
    "keeps_the_agreed_symmetry": Breach(_be_uneven, _even_in_each_phase),
    "is_fulfilled_when_every_obligation_is_met": Breach(_fulfil_too_early, _bounded),
    "happens_after_the_signature": Breach(_end_before_the_signature, _signed_on_a_day),
    "reverses_what_is_on_record": Breach(_reverse_something_else, first=("announce",)),
}
"""A way to break each rule of the domain, by its name."""
