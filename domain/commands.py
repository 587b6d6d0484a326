"""Commands: what may be asked of an agreement. The one rule: a command returns events, or raises.

Each command builds the event that it asks for and hands it to `decide`. Asked again for what is already
on record, a command returns no events; its docstring says what counts as the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypedDict, Unpack

import attrs

from reciprocity.domain.agreement import Agreement, Status, claim_key, evolve, fold
from reciprocity.domain.events import (
    AgreementFulfilled,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    ClaimRecorded,
    Event,
    Manner,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    TermsAmended,
    happened_on,
)
from reciprocity.domain.rules import Refused, judge, violations
from reciprocity.domain.values import Source

if TYPE_CHECKING:
    import datetime as dt

    from reciprocity.domain.terms import Terms
    from reciprocity.domain.values import Claimed, Transfer


class Cited(TypedDict, total=False):
    """What every command takes besides: the sources of the fact, and notes on it."""

    sources: Sequence[Source]
    notes: Sequence[str]


def decide(agreement: Agreement, event: Event) -> tuple[Event, ...]:
    """The events to record so that *event* is on record: none, if it is; else it, and what follows from it.

    ``reverses``, where it was left open, is filled in from the record. `AgreementFulfilled` follows where
    the last obligation has been met.

    Raises:
        Refused: with every rule that the event would violate. Nothing is recorded.
    """
    return outcome(agreement, event)[0]


def outcome(agreement: Agreement, event: Event) -> tuple[tuple[Event, ...], Agreement]:
    """What `decide` returns, and the agreement after it; for those who go on deciding.

    Raises:
        Refused: see `decide`.
    """
    if is_on_record(agreement, event):
        return (), agreement
    event = with_reversal(agreement, event)
    after = evolve(agreement, event)
    if broken := violations(judge(agreement, event, after)):
        raise Refused(agreement.id, agreement.version, broken)
    following = follows_from(after, event)
    return (event, *following), fold(after, following) if following else after


def consequences(agreement: Agreement, event: Event) -> tuple[Event, ...]:
    """*event*, and what follows from it, whatever the rules say: for histories that are only imagined."""
    event = with_reversal(agreement, event)
    return (event, *follows_from(evolve(agreement, event), event))


def with_reversal(agreement: Agreement, event: Event) -> Event:
    """The same event; if it takes out what is on record without saying what that is, it now says so."""
    if isinstance(event, PhaseCorrected | PhaseVoided) and event.reverses is None:
        return attrs.evolve(event, reverses=agreement.phase(event.phase).handover)
    return event


def is_on_record(agreement: Agreement, event: Event) -> bool:  # noqa: PLR0911  # one line for each event
    """Whether *event* says again what the record already holds, as the last word of its kind."""
    match event:
        case AgreementSigned():
            return event == agreement.signed
        case TermsAmended():
            return event == agreement.amended
        case PhaseAnnounced() | PhasePostponed():
            return event == agreement.phase(event.phase).planned
        case PhaseCompleted():
            return event == agreement.phase(event.phase).on_record
        case PhaseCorrected():
            corrected = agreement.phase(event.phase).on_record
            return isinstance(corrected, PhaseCorrected) and event == attrs.evolve(
                corrected, reverses=event.reverses
            )
        case PhaseVoided():
            voided = agreement.phase(event.phase).voided
            return voided is not None and event == attrs.evolve(voided, reverses=event.reverses)
        case ClaimRecorded():
            return event == agreement.claims.get(claim_key(event))
        case AgreementFulfilled() if event == AgreementFulfilled():
            return agreement.status is Status.FULFILLED
        case _:
            return event == agreement.turn


def follows_from(agreement: Agreement, event: Event) -> tuple[Event, ...]:
    """`AgreementFulfilled`, where after *event* nothing more can be done and no rule objects.

    Its day is that of the latest phase, or of *event* if that was later; unknown if any of these is.
    """
    if agreement.status is not Status.IN_FORCE or not agreement.terms.are_exhausted_by(agreement.exchanged):
        return ()
    fulfilled = AgreementFulfilled(fulfilled_on=_later(agreement.last_completed_on(), happened_on(event)))
    broken = violations(judge(agreement, fulfilled, evolve(agreement, fulfilled)))
    return () if broken else (fulfilled,)


def _later(a: dt.date | None, b: dt.date | None) -> dt.date | None:
    return None if a is None or b is None else max(a, b)


def sign(agreement: Agreement, terms: Terms, **cited: Unpack[Cited]) -> tuple[Event, ...]:
    """Sign an agreement. The same: the same terms, sources and notes as those first signed."""
    return decide(agreement, AgreementSigned(terms=terms, **cited))


def amend(
    agreement: Agreement,
    terms: Terms,
    *,
    reason: str,
    amended_on: dt.date | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Put new terms in the place of the old. The same: it is the last amendment, word for word."""
    return decide(
        agreement,
        TermsAmended(terms=terms, reason=reason, amended_on=amended_on, **cited),
    )


def announce_phase(
    agreement: Agreement,
    phase: int,
    planned: Sequence[Transfer] = (),
    *,
    expected_on: dt.date | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Announce a phase, or announce it anew. The same: it is what was last announced of this phase."""
    return decide(
        agreement,
        PhaseAnnounced(phase=phase, planned=planned, expected_on=expected_on, **cited),
    )


def postpone_phase(
    agreement: Agreement,
    phase: int,
    *,
    expected_on: dt.date | None = None,
    reason: str | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Put off an announced phase. The same: it is what was last said of this phase's day."""
    return decide(
        agreement,
        PhasePostponed(phase=phase, expected_on=expected_on, reason=reason, **cited),
    )


def complete_phase(
    agreement: Agreement,
    phase: int,
    released: Sequence[Transfer],
    *,
    completed_on: dt.date | None = None,
    place: str | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Record that a phase took place. The same: it is how this phase stands in the record, word for word.

    A phase that was recorded otherwise, corrected since or voided is not overwritten: correct it.

    >>> from reciprocity.domain import Agreement, Terms, Transfer
    >>> agreement = evolve(
    ...     Agreement("swap"), AgreementSigned(terms=Terms.symmetric("UKR", "RUS", total=1))
    ... )
    >>> one_each = [
    ...     Transfer("UKR", "RUS", "prisoner_of_war", 1),
    ...     Transfer("RUS", "UKR", "prisoner_of_war", 1),
    ... ]
    >>> [type(event).__name__ for event in complete_phase(agreement, 1, one_each)]
    ['PhaseCompleted', 'AgreementFulfilled']
    """
    return decide(
        agreement,
        PhaseCompleted(phase=phase, released=released, completed_on=completed_on, place=place, **cited),
    )


def correct_phase(
    agreement: Agreement,
    phase: int,
    released: Sequence[Transfer],
    *,
    reason: str,
    completed_on: dt.date | None = None,
    place: str | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Replace the record of a completed phase: manifest, day and place, whole. What it said stays readable.

    The same: it is the last correction of this phase, which still stands, whatever that reversed.
    """
    return decide(
        agreement,
        PhaseCorrected(
            phase=phase, released=released, completed_on=completed_on, place=place, reason=reason, **cited
        ),
    )


def void_phase(
    agreement: Agreement,
    phase: int,
    *,
    reason: str,
    voided_on: dt.date | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Record that a phase did not take place, announced or even recorded though it was.

    Its number is not used again. The same: it was voided in these words.
    """
    return decide(
        agreement,
        PhaseVoided(phase=phase, reason=reason, voided_on=voided_on, **cited),
    )


def record_claim(
    agreement: Agreement,
    claimant: str,
    claimed: Sequence[Claimed],
    *,
    office: str | None = None,
    phase: int | None = None,
    stated_on: dt.date | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Record what somebody states: for a phase, or to date. Silence (``count=None``) is recorded as silence.

    The same: it is the last thing that this office of this claimant is on record as saying of this.
    """
    return decide(
        agreement,
        ClaimRecorded(
            claimant=claimant, claimed=claimed, office=office, phase=phase, stated_on=stated_on, **cited
        ),
    )


def suspend(
    agreement: Agreement,
    *,
    reason: str,
    suspended_on: dt.date | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Record that carrying out has stopped for now. The same: it is the last turn that was recorded."""
    return decide(
        agreement,
        AgreementSuspended(reason=reason, suspended_on=suspended_on, **cited),
    )


def resume(
    agreement: Agreement,
    *,
    reason: str | None = None,
    resumed_on: dt.date | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Record that carrying out goes on. The same: it is the last turn that was recorded."""
    return decide(
        agreement,
        AgreementResumed(reason=reason, resumed_on=resumed_on, **cited),
    )


def fulfil(
    agreement: Agreement,
    *,
    fulfilled_on: dt.date | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """Declare an agreement fulfilled: "all for all" is done, or of "at least 1,200" no more will come.

    Where counting alone shows it, the event comes by itself. The same: it is fulfilled, and no day, source
    or note is given; or it is how fulfilment was last recorded, word for word.
    """
    return decide(
        agreement,
        AgreementFulfilled(fulfilled_on=fulfilled_on, **cited),
    )


def terminate(
    agreement: Agreement,
    *,
    manner: Manner,
    reason: str,
    terminated_on: dt.date | None = None,
    **cited: Unpack[Cited],
) -> tuple[Event, ...]:
    """End an agreement short of its total. The same: it ended in this manner, in these words."""
    return decide(
        agreement,
        AgreementTerminated(manner=manner, reason=reason, terminated_on=terminated_on, **cited),
    )
