"""The life of an agreement and of a phase: what follows what, and that folding takes whatever comes."""

from __future__ import annotations

import itertools
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import (
    OPEN,
    PHASE_TRANSITIONS,
    TRANSITIONS,
    Agreement,
    AgreementFulfilled,
    AgreementResumed,
    AgreementSuspended,
    ClaimRecorded,
    Event,
    Handover,
    Kept,
    Phase,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseStatus,
    PhaseVoided,
    Refused,
    Status,
    Terms,
    TermsAmended,
    decide,
    evolve,
    fold,
)
from reciprocity.domain.commands import consequences
from reciprocity.testing.plain import LIFE, PHASE_LIFE
from reciprocity.testing.strategies import any_event
from tests.examples import EVENTS, agreement, back, may, out, phase, swap


def test_the_tables_are_those_written_by_hand() -> None:
    assert {
        status.value: {kind.__name__: to.value for kind, to in row.items()}
        for status, row in TRANSITIONS.items()
    } == LIFE
    assert {
        status.value: {kind.__name__: to.value for kind, to in row.items()}
        for status, row in PHASE_TRANSITIONS.items()
    } == PHASE_LIFE


@pytest.mark.parametrize(("status", "event"), list(itertools.product(Status, EVENTS)))
def test_folding_takes_every_event_in_every_status(status: Status, event: Event) -> None:
    before = attrs.evolve(agreement(), status=status, version=7)
    after = evolve(before, event)
    assert after.version == 8
    assert after.status.value == LIFE[status.value].get(type(event).__name__, status.value)


@pytest.mark.parametrize(("status", "event"), list(itertools.product(PhaseStatus, EVENTS[2:8])))
def test_folding_takes_every_event_in_every_phase_status(status: PhaseStatus, event: Event) -> None:
    held = Phase(1, status, completed=phase(1, out(1), back(1)))
    before = attrs.evolve(agreement(), phases=agreement().phases.insert(1, held), last_phase=1)
    after = evolve(before, event).phase(1)
    assert after.status.value == PHASE_LIFE[status.value].get(type(event).__name__, status.value)
    assert (after.handover is not None) == (after.status is PhaseStatus.COMPLETED)


@given(st.lists(any_event(), max_size=12))
def test_folding_takes_any_history_at_all(events: list[Event]) -> None:
    after = fold(Agreement("swap"), events)
    assert after.version == len(events)
    assert [lane for lane, total in after.exchanged.sums.items() if total.at_least < 0] == []
    assert after.balance() is not None


@pytest.mark.parametrize("events", list(itertools.permutations(EVENTS[2:7], 3)), ids=str)
def test_a_phase_has_the_last_event_of_each_kind(events: tuple[Event, ...]) -> None:
    kinds: dict[str, Any] = {
        "planned": (PhaseAnnounced, PhasePostponed),
        "completed": PhaseCompleted,
        "corrected": PhaseCorrected,
        "voided": PhaseVoided,
    }
    after = agreement(swap(), *events).phase(1)
    last = {name: [one for one in events if isinstance(one, kind)] for name, kind in kinds.items()}
    assert {name: getattr(after, name) for name in kinds} == {
        name: found[-1] if found else None for name, found in last.items()
    }
    assert after.number == 1


def test_what_took_place_is_all_that_was_told_of_it_as_corrected() -> None:
    first = PhaseCompleted(
        phase=1, completed_on=may(23), place="Novi Yarylovychi", released=(out(1), back(1))
    )
    better = PhaseCorrected(
        phase=1, completed_on=may(24), place="the border", released=(out(2), back(2)), reason="recounted"
    )
    assert agreement(swap(), first).phase(1).handover == Handover(
        may(23), "Novi Yarylovychi", (out(1), back(1))
    )
    assert agreement(swap(), first, better).phase(1).handover == Handover(
        may(24), "the border", (out(2), back(2))
    )


def test_of_what_has_not_begun_nothing_is_known() -> None:
    new = Agreement("swap")
    assert (new.version, new.status, new.last_phase) == (0, Status.UNSIGNED, 0)
    assert (new.signed, new.amended, new.turn) == (None, None, None)
    assert new.terms == Terms(title="(not signed)", parties=(), obligations=())
    assert (new.balance(), new.in_order(), new.last_completed_on()) == ((), [], None)
    phase_to_come = Phase(1)
    assert phase_to_come.status is PhaseStatus.UNKNOWN
    assert (phase_to_come.planned, phase_to_come.completed, phase_to_come.terms) == (None, None, None)


def test_a_phase_that_nobody_spoke_of_has_its_number_too() -> None:
    assert agreement().phase(7) == Phase(7)
    assert agreement().phase(7).number == 7


def test_the_last_release_fulfils() -> None:
    events = decide(agreement(swap(2, 2)), phase(1, out(2), back(2), day=24))
    assert [type(event) for event in events] == [PhaseCompleted, AgreementFulfilled]
    assert events[1] == AgreementFulfilled(fulfilled_on=events[0].completed_on)  # type: ignore[union-attr]  # see above


def fulfilled() -> Agreement:
    before = agreement(swap(2, 2))
    return fold(before, decide(before, phase(1, out(2), back(2))))


def test_a_correction_that_leaves_all_met_fulfils_anew() -> None:
    correction = PhaseCorrected(
        phase=1, released=(out(2, "hostage"), back(2)), reason="hostages, not civilians"
    )
    events = decide(fulfilled(), correction)
    assert [type(event) for event in events] == [PhaseCorrected, AgreementFulfilled]
    assert evolve(fulfilled(), events[0]).status is Status.IN_FORCE
    assert fold(fulfilled(), events).status is Status.FULFILLED


def test_a_correction_to_less_puts_it_back_in_force() -> None:
    events = decide(fulfilled(), PhaseCorrected(phase=1, released=(out(1), back(1)), reason="one each"))
    assert len(events) == 1
    after = fold(fulfilled(), events)
    assert after.status is Status.IN_FORCE
    assert fold(after, decide(after, phase(2, out(1), back(1)))).status is Status.FULFILLED


def test_a_correction_says_what_it_takes_out() -> None:
    [corrected, *_] = decide(fulfilled(), PhaseCorrected(phase=1, released=(), reason="nobody came"))
    assert isinstance(corrected, PhaseCorrected)
    assert corrected.reverses == phase(1, out(2), back(2)).handover


def test_a_phase_voided_puts_it_back_in_force_and_keeps_its_number() -> None:
    events = decide(fulfilled(), PhaseVoided(phase=1, reason="never took place"))
    after = fold(fulfilled(), events)
    assert (after.status, after.last_phase, len(events)) == (Status.IN_FORCE, 1, 1)
    assert after.balance()[0].released == 0


def test_higher_totals_put_it_back_in_force() -> None:
    events = decide(fulfilled(), TermsAmended(terms=swap(3, 3), reason="one more each"))
    assert fold(fulfilled(), events).status is Status.IN_FORCE
    assert len(events) == 1


def test_lower_totals_may_fulfil() -> None:
    before = agreement(swap(), phase(1, out(2), back(2)))
    events = decide(before, TermsAmended(terms=swap(2, 2), reason="that was all"))
    assert fold(before, events).status is Status.FULFILLED


def test_it_is_fulfilled_on_the_day_of_what_came_last_be_it_imagined_or_not() -> None:
    before = agreement(swap(), phase(1, out(2), back(2), day=20))
    lowered = TermsAmended(terms=swap(2, 2), reason="that was all", amended_on=may(25))
    wanted = (lowered, AgreementFulfilled(fulfilled_on=may(25)))
    assert decide(before, lowered) == consequences(before, lowered) == wanted
    earlier = attrs.evolve(lowered, amended_on=may(18))
    assert decide(before, earlier)[1] == AgreementFulfilled(fulfilled_on=may(20))


def test_a_refusal_says_of_which_agreement_at_which_version_and_what_is_wrong() -> None:
    with pytest.raises(Refused, match="refused by swap at version 2:\n  numbers_phases_in_order") as refused:
        decide(agreement(swap(), phase(1)), phase(3))
    assert (refused.value.agreement_id, refused.value.version) == ("swap", 2)


def test_what_is_met_while_suspended_is_fulfilled_on_resumption() -> None:
    before = agreement(swap(2, 2), phase(1, out(1), back(1)), AgreementSuspended(reason="attack"))
    corrected = decide(before, PhaseCorrected(phase=1, released=(out(2), back(2)), reason="recounted"))
    assert [type(event) for event in corrected] == [PhaseCorrected]
    resumed = decide(fold(before, corrected), AgreementResumed())
    assert [type(event) for event in resumed] == [AgreementResumed, AgreementFulfilled]


def test_what_is_done_unevenly_is_not_fulfilled() -> None:
    before = agreement(swap(OPEN, 1, kept=Kept.AT_FULFILMENT))
    terms = swap(1, 1, kept=Kept.AT_FULFILMENT, quotas=())
    loose = attrs.evolve(terms, obligations=(terms.obligations[0],))
    before = agreement(loose)
    [event] = decide(before, phase(1, out(1)))
    assert fold(before, [event]).status is Status.IN_FORCE


def test_all_for_all_is_fulfilled_only_when_somebody_says_so() -> None:
    before = agreement(swap(OPEN, OPEN))
    [completed] = decide(before, phase(1, out(500), back(500)))
    after = evolve(before, completed)
    assert after.status is Status.IN_FORCE
    assert fold(after, decide(after, AgreementFulfilled())).status is Status.FULFILLED


def test_saying_again_that_it_is_fulfilled_adds_nothing() -> None:
    assert decide(fulfilled(), AgreementFulfilled()) == ()
    before = agreement(swap(2, 2))
    on_a_day = fold(before, decide(before, phase(1, out(2), back(2), day=24)))
    assert on_a_day.turn == AgreementFulfilled(fulfilled_on=may(24))
    assert decide(on_a_day, AgreementFulfilled()) == ()
    with pytest.raises(Refused):
        decide(fulfilled(), AgreementFulfilled(notes=("said otherwise",)))


def test_asking_again_for_each_kind_of_event_adds_nothing() -> None:
    after = Agreement("swap")
    for request in (*EVENTS[:10], EVENTS[11]):
        if isinstance(
            request, AgreementSuspended
        ):  # a voided phase stays voided; what follows needs no phase
            assert after.phase(1).status is PhaseStatus.VOIDED
        after = fold(after, decide(after, request))
        assert decide(after, request) == ()


def test_the_same_turn_may_come_again_later() -> None:
    one, other = AgreementSuspended(reason="attack"), AgreementResumed()
    before = agreement(swap(), one, other)
    assert decide(before, other) == ()
    assert decide(before, one) == (one,)


@pytest.mark.parametrize(
    "change",
    [
        {"claimant": "RUS"},
        {"office": "Ministry of Defence"},
        {"phase": 1},
        {"stated_on": may(24)},
    ],
)
def test_claims_on_other_subjects_stand_beside_each_other(change: dict[str, Any]) -> None:
    first = ClaimRecorded(claimant="UKR", stated_on=may(23), claimed=())
    second = attrs.evolve(first, **change)
    before = agreement(swap(), phase(1))
    assert set(fold(before, [first, second]).claims.values()) == {first, second}


def test_a_claim_on_a_phase_is_the_same_whenever_it_is_stated() -> None:
    first = ClaimRecorded(claimant="UKR", phase=1, stated_on=may(23), claimed=())
    second = attrs.evolve(first, stated_on=may(24))
    assert list(agreement(swap(), phase(1), first, second).claims.values()) == [second]


def test_the_latest_claim_on_a_subject_stands() -> None:
    first = ClaimRecorded(claimant="TASS", claimed=(), notes=("at noon",))
    second = attrs.evolve(first, notes=("at night",))
    after = agreement(swap(), first, second)
    assert list(after.claims.values()) == [second]
    assert decide(after, second) == ()
    assert decide(after, first) == (first,)
