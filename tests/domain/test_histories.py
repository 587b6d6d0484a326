"""What holds of every lawful history, at every moment of it, and of one free step after it."""

from __future__ import annotations

import attrs
from hypothesis import event as seen
from hypothesis import given
from rpds import HashTrieMap

from reciprocity.domain import (
    Agreement,
    AgreementFulfilled,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Refused,
    Status,
    Terms,
    Verdict,
    decide,
    evolve,
    fold,
    judge,
    sign,
)
from reciprocity.domain.commands import consequences
from reciprocity.testing.plain import Pair, Plain, above, added, pair, plain, same, summed, values
from reciprocity.testing.plain_rules import expected
from tests.free_steps import History, histories
from tests.tries import MANY

EMPTY = Agreement("told")


@given(histories())
def test_a_lawful_history_is_accepted_and_means_what_plain_integers_say(history: History) -> None:
    agreement, state = EMPTY, Plain()
    for request in history.requests:
        decided = decide(agreement, request)
        seen(type(request).__name__)
        assert decided, f"{request} was taken for something already on record"
        assert all(type(extra) is AgreementFulfilled for extra in decided[1:])
        agreement, state = fold(agreement, decided), state.with_one_more(request).settled()
        assert agreement.version == state.version
        assert agreement.status.value == state.status
        assert {n: p.status.value for n, p in agreement.phases.items()} == state.phases
        assert agreement.last_phase == state.last
        assert agreement.terms == state.terms
        claims = {claim for subject, claim in state.said.items() if subject[0] == "claim"}
        assert set(agreement.claims.values()) == claims
    seen(f"ends {agreement.status.value}")


@given(histories())
def test_no_obligation_is_ever_exceeded(history: History) -> None:
    events = history.recorded()
    for end in range(len(events) + 1):
        state = plain(events[:end])
        for owed in state.obligations():
            most = pair(owed.total)[1]
            assert most is None or above(state.exchanged(owed), most) is not True


@given(histories())
def test_the_agreed_symmetry_is_kept(history: History) -> None:
    state = Plain()
    for event in history.recorded():
        state = state.with_one_more(event)
        assert state.terms
        kept = state.terms.symmetry.kept.value
        if kept == "each-phase" and isinstance(event, PhaseCompleted | PhaseCorrected):
            sides = values(state.terms, summed(event.released)).values()
            assert all(same(released, received) is not False for released, received in sides)
            assert all(even is not False for even in state.even())
        if kept == "at-fulfilment" and state.status == "fulfilled":
            assert False not in state.even()


@given(histories())
def test_what_one_party_released_the_others_received(history: History) -> None:
    agreement = EMPTY
    for event in history.recorded():
        agreement = evolve(agreement, event)
        unweighted = attrs.evolve(
            agreement.terms, symmetry=attrs.evolve(agreement.terms.symmetry, weights=())
        )
        balances = unweighted.balance(agreement.exchanged)
        released = added(pair(balance.released) for balance in balances)
        assert released == added(pair(balance.received) for balance in balances)
        assert released == added(pair(t.count) for t in agreement.exchanged.sums.values())


@given(histories())
def test_the_aggregate_counts_what_plain_integers_count(history: History) -> None:
    events = history.recorded()
    agreement = EMPTY
    for end, event in enumerate(events, start=1):
        agreement = evolve(agreement, event)
        state = plain(events[:end])
        counted = {tuple(lane): pair(total.count) for lane, total in agreement.exchanged.sums.items()}
        expected_counts = state.totals()
        assert {lane: total for lane, total in counted.items() if total != (0, 0)} == {
            lane: total for lane, total in expected_counts.items() if total != (0, 0)
        }
        for owed in state.obligations():
            over = agreement.terms.done(agreement.exchanged, owed)
            assert pair(over) == state.exchanged(owed)
            assert owed.is_met_by(over) == state.met()[state.obligations().index(owed)]
        assert state.terms
        assert {b.party: (pair(b.released), pair(b.received)) for b in agreement.balance()} == values(
            state.terms, state.totals()
        )


@given(histories())
def test_totals_only_grow_unless_the_record_is_corrected(history: History) -> None:
    agreement = EMPTY
    for event in history.recorded():
        after = evolve(agreement, event)
        if not isinstance(event, PhaseCorrected | PhaseVoided):
            for lane, total in agreement.exchanged.sums.items():
                before, now = pair(total.count), pair(after.exchanged.sums[lane].count)
                assert now[0] >= before[0]
                assert _as_high(now, before)
        agreement = after


def _as_high(now: Pair, before: Pair) -> bool:
    return now[1] is None or (before[1] is not None and now[1] >= before[1])


@given(histories())
def test_an_agreement_is_fulfilled_exactly_when_all_that_was_owed_is_done(history: History) -> None:
    agreement, state, declared = EMPTY, Plain(), False
    for request in history.requests:
        decided = decide(agreement, request)
        agreement = fold(agreement, decided)
        for event in decided:
            state = state.with_one_more(event)
        declared = agreement.status is Status.FULFILLED and (
            declared or type(request) is AgreementFulfilled  # which is possible where nobody can tell
        )
        if agreement.status is Status.FULFILLED:
            assert False not in state.met() if declared else state.is_all_done()
        if agreement.status is Status.IN_FORCE:
            assert not state.is_all_done() or (_at_fulfilment(state) and False in state.even())


def _at_fulfilment(state: Plain) -> bool:
    return state.terms is not None and state.terms.symmetry.kept.value == "at-fulfilment"


@MANY
@given(histories())
def test_a_free_step_is_refused_just_when_plain_integers_say_so(history: History) -> None:
    events = history.recorded()
    agreement, should = fold(EMPTY, events), expected(plain(events), history.free)
    copy, answer = fold(EMPTY, events), None
    try:
        decided = decide(agreement, history.free)
    except Refused as refused:
        seen(f"refused: {', '.join(refused.rules)}")
        answer = refused
    else:
        seen("already on record" if should.already else "accepted")
        assert not should.broken
        assert should.already == (decided == ())
        if should.after:
            after = fold(agreement, decided)
            assert (after.version, after.status.value) == (should.after.version, should.after.status)
            findings = judge(agreement, decided[0], evolve(agreement, decided[0]))
            assert {finding.rule for finding in findings} == should.doubtful
            assert all(finding.verdict is Verdict.UNDECIDABLE for finding in findings)
    assert bool(answer) == bool(should.broken)
    if answer:
        assert should.agrees_with(answer.rules)
        assert (answer.agreement_id, answer.version) == (agreement.id, agreement.version)
    assert agreement == copy  # what was refused, or asked, changed nothing


@given(histories())
def test_what_would_follow_is_what_follows_where_nothing_is_refused(history: History) -> None:
    agreement = fold(EMPTY, history.recorded())
    imagined = consequences(agreement, history.free)
    try:
        decided = decide(agreement, history.free)
    except Refused:
        assert type(imagined[0]) is type(history.free)  # refused or not, it is imagined
    else:
        assert decided in ((), imagined)


@given(histories())
def test_folding_in_two_parts_is_folding_at_once(history: History) -> None:
    events = history.recorded()
    whole = fold(EMPTY, events)
    for end in range(len(events) + 1):
        assert fold(fold(EMPTY, events[:end]), events[end:]) == whole


@given(histories())
def test_asking_again_for_what_was_just_recorded_adds_nothing(history: History) -> None:
    agreement = EMPTY
    for request in history.requests:
        decided = decide(agreement, request)
        agreement = fold(agreement, decided)
        assert decide(agreement, request) == ()
        for event in decided:
            assert decide(agreement, event) == ()


@given(histories(longest=5), histories(longest=5))
def test_two_agreements_do_not_touch_each_other(one: History, other: History) -> None:
    together = {"one": Agreement("one"), "other": Agreement("other")}
    requests = [("one", request) for request in one.requests]
    for n, request in enumerate(other.requests):
        requests.insert(2 * n, ("other", request))
    for name, request in requests:
        together[name] = fold(together[name], decide(together[name], request))
    for name, history in (("one", one), ("other", other)):
        assert together[name] == fold(Agreement(name), history.recorded())


def test_no_agreement_leaves_anything_in_the_next() -> None:
    terms = Terms.symmetric("UKR", "RUS", total=1)
    fold(Agreement("one"), sign(Agreement("one"), terms))
    assert Agreement("next").phases == HashTrieMap()
    assert Agreement("next").exchanged.sums == {}
