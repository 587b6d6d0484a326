"""Small values for hand-written examples: UKR and RUS, a civilian or two, days in May 2025."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from reciprocity.domain import (
    Agreement,
    AgreementFulfilled,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    ClaimRecorded,
    Count,
    Event,
    Kept,
    Manner,
    Obligation,
    Party,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    Symmetry,
    Terms,
    TermsAmended,
    Transfer,
    Weight,
    fold,
)

SIGNED_ON = dt.date(2025, 5, 16)


def may(day: int) -> dt.date:
    return dt.date(2025, 5, day)


def out(count: Count, category: str = "civilian", *, within: bool | None = True) -> Transfer:
    """Released by UKR to RUS."""
    return Transfer("UKR", "RUS", category, count, within_agreement=within)


def back(count: Count, category: str = "civilian", *, within: bool | None = True) -> Transfer:
    """Released by RUS to UKR."""
    return Transfer("RUS", "UKR", category, count, within_agreement=within)


def swap(
    there: Count = 10,
    here: Count = 10,
    *,
    kept: Kept = Kept.EACH_PHASE,
    weights: Sequence[Weight] = (),
    quotas: Sequence[Obligation] = (),
) -> Terms:
    """So many for so many between UKR and RUS, signed on 16 May."""
    return Terms(
        title="a swap",
        parties=(Party("UKR", "Ukraine"), Party("RUS", "Russia")),
        obligations=(Obligation("UKR", "RUS", there), Obligation("RUS", "UKR", here), *quotas),
        symmetry=Symmetry(kept, tuple(weights)),
        signed_on=SIGNED_ON,
    )


def phase(number: int, *released: Transfer, day: int | None = None) -> PhaseCompleted:
    return PhaseCompleted(phase=number, released=released, completed_on=may(day) if day else None)


EVENTS: tuple[Event, ...] = (
    AgreementSigned(terms=swap()),
    TermsAmended(terms=swap(20, 20), reason="more"),
    PhaseAnnounced(phase=1),
    PhasePostponed(phase=1),
    phase(1, out(1), back(1)),
    PhaseCorrected(phase=1, released=(out(2), back(2)), reason="recounted"),
    PhaseVoided(phase=1, reason="an error"),
    ClaimRecorded(claimant="TASS", phase=1, claimed=()),
    AgreementSuspended(reason="attack"),
    AgreementResumed(),
    AgreementFulfilled(),
    AgreementTerminated(manner=Manner.BROKEN_OFF, reason="attack"),
)
"""One of each kind."""


def agreement(terms: Terms | None = None, *events: Event) -> Agreement:
    """An agreement with these terms, after these events."""
    return fold(Agreement("swap"), (AgreementSigned(terms=terms or swap()), *events))
