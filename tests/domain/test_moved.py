"""What an event moves between the totals, and the branches that histories seldom reach."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from reciprocity.domain import (
    AgreementFulfilled,
    Handover,
    Kept,
    Malformed,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Refused,
    TermsAmended,
    decide,
)
from reciprocity.domain.events import moved
from tests.examples import agreement, back, may, out, phase, swap


def test_what_an_event_takes_out_and_puts_in() -> None:
    one, other = (out(1),), (back(2),)
    before = Handover(None, None, one)
    assert moved(phase(1, *one)) == ((), one)
    assert moved(PhaseCorrected(phase=1, released=other, reason="r", reverses=before)) == (one, other)
    assert moved(PhaseCorrected(phase=1, released=other, reason="r")) == ((), other)
    assert moved(PhaseVoided(phase=1, reason="r", reverses=before)) == (one, ())
    assert moved(PhaseVoided(phase=1, reason="r")) == ((), ())
    assert moved(AgreementFulfilled()) == ((), ())


def test_terms_amended_to_a_later_signature_name_each_phase_before_it() -> None:
    terms = swap(kept=Kept.NOT_REQUIRED)
    done = agreement(terms, phase(1, out(1), day=18), phase(2, out(1), day=21))
    with pytest.raises(Refused) as refused:
        decide(done, TermsAmended(terms=attrs.evolve(terms, signed_on=may(20)), reason="dated anew"))
    assert "phase 1 on 2025-05-18, under the amended terms" in str(refused.value)
    assert "phase 2" not in str(refused.value)


def test_an_instant_at_the_end_of_time_is_malformed() -> None:
    with pytest.raises(Malformed, match="end of time"):
        Recorded("swap", 1, dt.datetime.max.replace(tzinfo=dt.UTC), "c-1", AgreementFulfilled())
