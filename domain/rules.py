"""Rules: every invariant, once. The one rule: a rule looks at facts and says what it sees; it never acts.

Each rule is a function ``(before, event, after)`` that yields an observation for each thing that does not
hold, and is named by the sentence that it enforces. Commands refuse what is violated, verifiers report it,
what-if replays show it: all ask `judge`. Where ranges leave the answer open the verdict is *undecidable*:
the fact is recorded, and the doubt is reported with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import TypeAlias

import attrs

from reciprocity.domain.agreement import PHASE_TRANSITIONS, TRANSITIONS, Agreement
from reciprocity.domain.errors import ReciprocityError
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
    happened_on,
)
from reciprocity.domain.tally import Tally
from reciprocity.domain.terms import Balance, Kept, Terms
from reciprocity.domain.values import Claimed, Count, Direction, Handover, Range, Transfer, exceeds, highest


class Verdict(Enum):
    """What a rule says of an event."""

    HOLDS = "holds"
    VIOLATED = "violated"
    UNDECIDABLE = "undecidable"


@attrs.frozen
class Observation:
    """One thing that does not hold, or cannot be known to hold: what was seen against what is allowed."""

    verdict: Verdict
    seen: str
    allowed: str


@attrs.frozen
class Finding:
    """An observation under the name of its rule."""

    rule: str
    verdict: Verdict
    seen: str
    allowed: str

    def __str__(self) -> str:
        return f"{self.rule} is {self.verdict.value}: {self.seen}; allowed: {self.allowed}"


class Refused(ReciprocityError):
    """A command was refused: it would break rules. Nothing was recorded.

    ``violations`` holds every one of them, not just the first; each names its rule and says what was
    seen against what is allowed.
    """

    def __init__(self, agreement_id: str, version: int, violations: Iterable[Finding]) -> None:
        self.agreement_id = agreement_id
        self.version = version
        self.violations = tuple(violations)
        lines = "".join(f"\n  {violation}" for violation in self.violations)
        super().__init__(f"refused by {agreement_id} at version {version}:{lines}")

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the broken rules, in the order in which they are asked."""
        return tuple(dict.fromkeys(violation.rule for violation in self.violations))


Rule: TypeAlias = Callable[[Agreement, Event, Agreement], Iterable[Observation]]
"""What is asked of an event: given the agreement before it and after it, everything that does not hold."""

_OF_A_PHASE = (PhaseAnnounced, PhasePostponed, PhaseCompleted, PhaseCorrected, PhaseVoided, ClaimRecorded)


def follows_the_life_cycle(before: Agreement, event: Event, after: Agreement) -> Iterator[Observation]:
    """What happens to an agreement is possible where it stands: see `agreement.TRANSITIONS`."""
    allowed = TRANSITIONS[before.status]
    if type(event) not in allowed:
        yield _violated(
            f"{type(event).__name__} while the agreement is {before.status.value}",
            ", ".join(kind.__name__ for kind in allowed),
        )


def follows_the_life_cycle_of_the_phase(
    before: Agreement, event: Event, after: Agreement
) -> Iterator[Observation]:
    """What happens to a phase is possible where it stands: see `agreement.PHASE_TRANSITIONS`."""
    if not isinstance(event, _OF_A_PHASE) or event.phase is None:
        return
    status = before.phase(event.phase).status
    if type(event) not in PHASE_TRANSITIONS[status]:
        yield _violated(
            f"{type(event).__name__} while phase {event.phase} is {status.value}",
            ", ".join(kind.__name__ for kind in PHASE_TRANSITIONS[status]) or "nothing more",
        )


def numbers_phases_in_order(before: Agreement, event: Event, after: Agreement) -> Iterator[Observation]:
    """Phases are numbered from 1 without gaps, in the order in which they enter the record."""
    if isinstance(event, PhaseAnnounced | PhaseCompleted) and event.phase > before.last_phase + 1:
        yield _violated(f"phase {event.phase}", f"up to phase {before.last_phase + 1}")


def is_agreed_between_two_or_more_parties(
    before: Agreement, event: Event, after: Agreement
) -> Iterator[Observation]:
    """An agreement has two parties or more, and something to be done."""
    if isinstance(event, AgreementSigned | TermsAmended):
        if len(event.terms.parties) < 2:
            yield _violated(f"{len(event.terms.parties)} named", "2 parties or more")
        if not event.terms.obligations:
            yield _violated("no obligation", "1 obligation or more")


def names_parties_to_the_agreement(
    before: Agreement, event: Event, after: Agreement
) -> Iterator[Observation]:
    """Who owes, releases and receives within an agreement is a party to it, or a member of one.

    An extra release, outside the agreement, may go to anyone or come from anyone, as long as a party has
    a hand in it. So may a claim speak of it. Whoever claims is not named so that a party seems to.
    """
    terms = after.terms
    if isinstance(event, ClaimRecorded) and (party := terms.mistaken_for(event.claimant)):
        yield _violated(f"the claimant {event.claimant!r}, which looks like {party!r}", _codes(terms))
    for releasing, receiving, within in dict.fromkeys(_named(event, after)):
        known = [code for code in (releasing, receiving) if terms.party(code)]
        if len(known) < (2 if within else 1):
            stranger = receiving if known == [releasing] else releasing
            yield _violated(f"{stranger} in {releasing}>{receiving}", _codes(terms))
        elif len(known) == 2 and terms.party(releasing) == terms.party(receiving):
            yield _violated(f"{releasing}>{receiving} within one party", "releases to another party")


def serves_an_agreed_obligation(before: Agreement, event: Event, after: Agreement) -> Iterator[Observation]:
    """What is released within the agreement is owed under it: some obligation covers it."""
    if isinstance(event, PhaseAnnounced):
        rows: Iterable[tuple[Direction, str]] = _within(event.planned)
    elif isinstance(event, PhaseCompleted | PhaseCorrected):
        rows = _within(event.released)
    elif isinstance(event, TermsAmended):
        rows = _within(t for p in after.phases.values() if p.handover for t in p.handover.released)
    else:
        return
    for direction, category in dict.fromkeys(rows):
        if not any(after.terms.serves(direction, category, o) for o in after.terms.obligations):
            owed = ", ".join(str(obligation) for obligation in after.terms.obligations)
            yield _violated(f"{direction} {category}", owed or "nothing")


def stays_within_the_agreed_total(before: Agreement, event: Event, after: Agreement) -> Iterator[Observation]:
    """No obligation is ever exceeded: not overall, not in the categories of a quota, not by hindsight.

    A correction is also asked of every earlier moment that it changes: what is now known must fit the
    terms that were in force when each later phase was completed.
    """
    if isinstance(event, TermsAmended | PhaseCompleted | PhaseCorrected | PhaseVoided):
        yield from _exceeded(after.terms, after.exchanged, "")
    if isinstance(event, PhaseCorrected):
        yield from _exceeded_earlier(event.phase, after)


def keeps_the_agreed_symmetry(before: Agreement, event: Event, after: Agreement) -> Iterator[Observation]:
    """Each party receives the value that it releases: in each phase, or when all is fulfilled, as agreed."""
    kept = after.terms.symmetry.kept
    if kept is Kept.EACH_PHASE and isinstance(event, PhaseCompleted | PhaseCorrected):
        yield from _uneven(after.terms.balance(Tally().plus(event.released)), f"in phase {event.phase}")
    elif kept is Kept.AT_FULFILMENT and isinstance(event, AgreementFulfilled):
        yield from _uneven(after.balance(), "at fulfilment")


def is_fulfilled_when_every_obligation_is_met(
    before: Agreement, event: Event, after: Agreement
) -> Iterator[Observation]:
    """An agreement is fulfilled when nothing that was owed remains."""
    if not isinstance(event, AgreementFulfilled):
        return
    for obligation in after.terms.obligations:
        exchanged = after.terms.done(after.exchanged, obligation)
        met = obligation.is_met_by(exchanged)
        if met is not True:
            yield _observed(
                met is False, f"{obligation} {_figure(exchanged)} exchanged", _figure(obligation.total)
            )


def happens_after_the_signature(before: Agreement, event: Event, after: Agreement) -> Iterator[Observation]:
    """Nothing is carried out, amended or ended before the day on which the agreement was signed."""
    signed, day = after.terms.signed_on, happened_on(event)
    if signed is None or isinstance(event, ClaimRecorded):
        return
    if day and day < signed:
        yield _violated(f"{type(event).__name__} on {day}", f"from {signed}")
    if isinstance(event, TermsAmended):
        for phase in after.in_order():
            if phase.handover and phase.handover.completed_on and phase.handover.completed_on < signed:
                on = phase.handover.completed_on
                yield _violated(f"phase {phase.number} on {on}, under the amended terms", f"from {signed}")


def reverses_what_is_on_record(before: Agreement, event: Event, after: Agreement) -> Iterator[Observation]:
    """A correction or a voiding takes out what stood in the record: that, and nothing else."""
    if isinstance(event, PhaseCorrected | PhaseVoided):
        on_record = before.phase(event.phase).handover
        if event.reverses != on_record:
            yield _violated(
                f"phase {event.phase} reversed as {_told(event.reverses)}", f"as {_told(on_record)}"
            )


RULES: tuple[Rule, ...] = (
    follows_the_life_cycle,
    follows_the_life_cycle_of_the_phase,
    numbers_phases_in_order,
    is_agreed_between_two_or_more_parties,
    names_parties_to_the_agreement,
    serves_an_agreed_obligation,
    stays_within_the_agreed_total,
    keeps_the_agreed_symmetry,
    is_fulfilled_when_every_obligation_is_met,
    happens_after_the_signature,
    reverses_what_is_on_record,
)
"""Every rule, in the order in which it is asked and reported."""


def judge(
    before: Agreement, event: Event, after: Agreement, rules: Iterable[Rule] = RULES
) -> tuple[Finding, ...]:
    """All that does not hold, or cannot be known to, when *event* leads from *before* to *after*."""
    return tuple(
        Finding(rule.__name__, seen.verdict, seen.seen, seen.allowed)
        for rule in rules
        for seen in rule(before, event, after)
    )


def violations(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Those findings for which an event is refused."""
    return tuple(finding for finding in findings if finding.verdict is Verdict.VIOLATED)


def _violated(seen: str, allowed: str) -> Observation:
    return Observation(Verdict.VIOLATED, seen, allowed)


def _observed(violated: bool | None, seen: str, allowed: str) -> Observation:
    return Observation(Verdict.VIOLATED if violated else Verdict.UNDECIDABLE, seen, allowed)


def _exceeded(terms: Terms, tally: Tally, when: str) -> Iterator[Observation]:
    for obligation in terms.obligations:
        if (limit := highest(obligation.total)) is None:
            continue
        exchanged = terms.done(tally, obligation)
        over = exceeds(exchanged, limit)
        if over is not False:
            yield _observed(over, f"{obligation} {_figure(exchanged)} exchanged{when}", f"at most {limit:,}")


def _exceeded_earlier(corrected: int, after: Agreement) -> Iterator[Observation]:
    """Where the terms have been amended since: the totals after each phase from the corrected one on."""
    tally, changed = Tally(), False
    for phase in after.in_order():
        tally = tally.plus(phase.released)
        changed = changed or phase.number == corrected
        if changed and phase.terms is not None and phase.terms != after.terms:
            yield from _exceeded(phase.terms, tally, f" after phase {phase.number}, under the terms of then")


def _uneven(balances: Iterable[Balance], where: str) -> Iterator[Observation]:
    for balance in balances:
        even = balance.is_even
        if even is not True:
            seen = f"{balance.party} released {_figure(balance.released)} and received"
            yield _observed(even is False, f"{seen} {_figure(balance.received)} {where}", "equal value")


def _named(event: Event, after: Agreement) -> Iterator[tuple[str, str, bool]]:
    """Each pair of codes that an event names, and whether both must be parties."""
    match event:
        case AgreementSigned() | TermsAmended():
            yield from ((o.releasing, o.receiving, True) for o in event.terms.obligations)
        case PhaseAnnounced():
            yield from map(_codes_of, event.planned)
        case PhaseCompleted() | PhaseCorrected():
            yield from map(_codes_of, event.released)
        case ClaimRecorded():
            yield from map(_codes_of, event.claimed)
        case _:
            return
    if isinstance(event, TermsAmended):
        handovers = (phase.handover for phase in after.phases.values())
        yield from (_codes_of(t) for handover in handovers if handover for t in handover.released)


def _codes_of(row: Transfer | Claimed) -> tuple[str, str, bool]:
    within = isinstance(row, Transfer) and row.within_agreement is True
    return (row.releasing, row.receiving, within)


def _codes(terms: Terms) -> str:
    return ", ".join(terms.codes()) or "no party"


def _within(manifest: Iterable[Transfer]) -> Iterator[tuple[Direction, str]]:
    return ((t.direction, t.category) for t in manifest if t.within_agreement)


def _told(handover: Handover | None) -> str:
    if handover is None:
        return "not on record"
    rows = (f"{t.direction} {t.category} {_figure(t.count)}" for t in handover.released)
    return f"{', '.join(rows) or 'nobody'} on {handover.completed_on or 'an unknown day'}"


def _figure(number: Count) -> str:
    return str(number) if isinstance(number, Range) else f"{number:,}"
