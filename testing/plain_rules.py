"""What must hold, in plain integers: which sentence an event would break, and which it leaves in doubt.

The sentences go by the names that users see; how they are checked shares nothing with `domain.rules`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import cast

from reciprocity.domain.events import (
    AgreementFulfilled,
    AgreementSigned,
    ClaimRecorded,
    Event,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    TermsAmended,
)
from reciprocity.domain.terms import Terms
from reciprocity.domain.values import Transfer
from reciprocity.testing.plain import (
    DAYS,
    LIFE,
    PHASE_LIFE,
    Plain,
    Record,
    above,
    is_said_already,
    pair,
    rows_of,
    same,
    summed,
    values,
)
from reciprocity.testing.strategies import IMPOSTORS

LIFE_CYCLES = {"follows_the_life_cycle", "follows_the_life_cycle_of_the_phase"}


@dataclass(frozen=True)
class Expected:
    """What asking for an event must come to: nothing new, a refusal, or a state with it (and its doubts)."""

    already: bool = False
    broken: frozenset[str] = frozenset()
    doubtful: frozenset[str] = frozenset()
    after: Plain | None = None

    def agrees_with(self, rules: Iterable[str]) -> bool:
        """Whether a refusal names just the sentences that it should.

        What else is wrong with an event that cannot happen at all is not the plain model's business.
        """
        named = set(rules)
        return named & LIFE_CYCLES == self.broken if self.broken & LIFE_CYCLES else named == self.broken


def expected(before: Plain, event: Event) -> Expected:
    """What asking an agreement in this state for this event must come to."""
    if is_said_already(before, event):
        return Expected(already=True)
    if impossible := frozenset(_impossible(before, event)):
        return Expected(broken=impossible)
    after = before.with_one_more(event)
    seen = list(_seen(before, event, after))
    broken = frozenset(name for name, holds in seen if holds is False)
    doubtful = frozenset(name for name, holds in seen if holds is None)
    return Expected(broken=broken) if broken else Expected(doubtful=doubtful, after=after.settled())


def _impossible(before: Plain, event: Event) -> Iterator[str]:
    name, number = type(event).__name__, getattr(event, "phase", None)
    if name not in LIFE[before.status]:
        yield "follows_the_life_cycle"
    if number is not None and name not in PHASE_LIFE[before.phase(number)]:
        yield "follows_the_life_cycle_of_the_phase"


def _seen(before: Plain, event: Event, after: Plain) -> Iterator[tuple[str, bool | None]]:  # noqa: C901  # a list
    terms = cast("Terms", after.terms)  # nothing but a signature is possible before there are any
    if isinstance(event, PhaseAnnounced | PhaseCompleted):
        yield "numbers_phases_in_order", event.phase <= before.last + 1
    if isinstance(event, AgreementSigned | TermsAmended):
        enough = len(terms.parties) >= 2 and len(terms.obligations) >= 1
        yield "is_agreed_between_two_or_more_parties", enough
    for giver, taker, both in _named(event, after):
        yield "names_parties_to_the_agreement", _are_parties(terms, giver, taker, both=both)
    yield "names_parties_to_the_agreement", not _is_told_by_an_impostor(event, terms)
    for row in _rows(event, after):
        if row.within_agreement is True:
            way = (row.releasing, row.receiving, row.category)
            yield "serves_an_agreed_obligation", any(after.serves(o, *way) for o in terms.obligations)
    if isinstance(event, TermsAmended | PhaseCompleted | PhaseCorrected | PhaseVoided):
        yield from _within_totals(after)
    if isinstance(event, PhaseCorrected):
        for moment in after.moments_from(event.phase):
            yield from _within_totals(moment)
    yield from _symmetry(event, after, terms)
    if isinstance(event, AgreementFulfilled):
        for met in after.met():
            yield "is_fulfilled_when_every_obligation_is_met", met
    yield "happens_after_the_signature", _in_time(terms.signed_on, event)
    if isinstance(event, TermsAmended) and terms.signed_on:
        days = [record.day for record in after.records.values() if record.day]
        yield "happens_after_the_signature", all(terms.signed_on <= day for day in days)
    if isinstance(event, PhaseCorrected | PhaseVoided) and (taken := event.reverses) is not None:
        stood = Record(taken.completed_on, taken.place, taken.released)
        yield "reverses_what_is_on_record", before.records.get(event.phase) == stood


def _within_totals(state: Plain) -> Iterator[tuple[str, bool | None]]:
    for one in state.obligations():
        most = pair(one.total)[1]
        over = False if most is None else above(state.exchanged(one), most)
        yield "stays_within_the_agreed_total", None if over is None else not over


def _symmetry(event: Event, after: Plain, terms: Terms) -> Iterator[tuple[str, bool | None]]:
    kept = terms.symmetry.kept.value
    if kept == "each-phase" and isinstance(event, PhaseCompleted | PhaseCorrected):
        for released, received in values(terms, summed(event.released)).values():
            yield "keeps_the_agreed_symmetry", same(released, received)
    if kept == "at-fulfilment" and isinstance(event, AgreementFulfilled):
        for even in after.even():
            yield "keeps_the_agreed_symmetry", even


def _in_time(signed: dt.date | None, event: Event) -> bool:
    days = [day for name in DAYS if (day := getattr(event, name, None))]
    return signed is None or all(signed <= day for day in days)


def _are_parties(terms: Terms, giver: str, taker: str, *, both: bool) -> bool:
    sides = [
        next((n for n, party in enumerate(terms.parties) if code in _codes(terms, n)), None)
        for code in (giver, taker)
    ]
    if both:
        return None not in sides and sides[0] != sides[1]
    return sides != [None, None] and sides[0] != sides[1]


def _is_told_by_an_impostor(event: Event, terms: Terms) -> bool:
    codes = {code for n in range(len(terms.parties)) for code in _codes(terms, n)}
    return isinstance(event, ClaimRecorded) and IMPOSTORS.get(event.claimant) in codes


def _codes(terms: Terms, n: int) -> set[str]:
    return {terms.parties[n].code, *(member.code for member in terms.parties[n].members)}


def _rows(event: Event, after: Plain) -> Iterator[Transfer]:
    if isinstance(event, PhaseAnnounced):
        yield from event.planned
    if isinstance(event, PhaseCompleted | PhaseCorrected):
        yield from event.released
    if isinstance(event, TermsAmended):  # the new terms must fit what was done under the old
        yield from rows_of(after)


def _named(event: Event, after: Plain) -> Iterator[tuple[str, str, bool]]:
    if isinstance(event, AgreementSigned | TermsAmended):
        yield from ((one.releasing, one.receiving, True) for one in event.terms.obligations)
    if isinstance(event, ClaimRecorded):
        yield from ((one.releasing, one.receiving, False) for one in event.claimed)
    for row in _rows(event, after):
        yield row.releasing, row.receiving, row.within_agreement is True
