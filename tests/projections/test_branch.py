"""What if: a branch is a value, counted like any history, and judged by the same rules."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import replace

import attrs
import pytest
from hypothesis import assume, given
from hypothesis import event as seen
from hypothesis import strategies as st

from reciprocity.domain import (
    Agreement,
    AgreementFulfilled,
    AgreementSigned,
    Count,
    Event,
    Finding,
    Handover,
    Malformed,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Refused,
    Terms,
    TermsAmended,
    Verdict,
    decide,
    fold,
)
from reciprocity.projections import Branch, Cumulative, Verdicts, ask, figures, fold_log, what_if
from reciprocity.testing.plain import Lane, Pair, Plain, Record, above, added, pair, summed
from reciprocity.testing.recorded import enveloped_at, recordings
from reciprocity.testing.strategies import any_event
from tests.examples import back, may, out, phase, swap
from tests.free_steps import History, histories
from tests.projections.recorded_histories import (
    MORE,
    SOME,
    broken,
    corrected,
    names,
    noon,
    told_in_may,
    whole,
)

Log = tuple[Recorded, ...]


def _lanes(log: Iterable[Recorded]) -> dict[Lane, Pair]:
    """What was exchanged, by direction and category, as the projection has it."""
    totals = fold_log(Cumulative(), log)
    sums = totals["told"].exchanged.sums if totals else {}
    return {
        (lane[0], lane[1], lane[2]): pair(total.count) for lane, total in sums.items() if total.count != 0
    }


def _plain_lanes(records: Iterable[Record]) -> dict[Lane, Pair]:
    lanes = summed(row for record in records for row in record.rows)
    return {lane: number for lane, number in lanes.items() if number != (0, 0)}


def _violated(branch: Branch) -> set[tuple[int, str]]:
    """Where, by position in the history that was, and what."""
    return {
        (branch.history[row.version - 1].position, row.finding.rule)
        for row in branch.verdicts
        if row.finding.verdict is Verdict.VIOLATED
    }


@SOME
@given(recordings())
def test_with_nothing_changed_the_branch_is_the_history(log: Log) -> None:
    for end in range(len(log) + 1):
        if end < len(log) and isinstance(log[end].event, AgreementFulfilled):
            continue  # what follows is recorded with what it follows from, or not at all
        branch = what_if(log[:end])
        assert whole(branch.history) == whole(log[:end])
        assert _violated(branch) == set()
        assert list(branch.verdicts) == ask(Verdicts(), log[:end])


@SOME
@given(recordings())
def test_under_the_same_terms_nothing_changes_where_none_were_amended(log: Log) -> None:
    assert isinstance(log[0].event, AgreementSigned)
    amended = any(isinstance(one.event, TermsAmended) for one in log)
    branch = what_if(log, terms=log[0].event.terms)
    assert (whole(branch.history) == whole(log)) is not amended
    assert not any(isinstance(one.event, TermsAmended) for one in branch.history)


@MORE
@given(recordings(), st.data())
def test_under_lower_totals_what_exceeds_them_is_named_wherever_plain_integers_exceed_them(
    log: Log, data: st.DataObject
) -> None:
    assert isinstance(log[0].event, AgreementSigned)
    terms = log[0].event.terms
    most = [pair(owed.total)[1] or 12 for owed in terms.obligations]
    totals = [data.draw(st.integers(0, limit)) for limit in most]
    lower = _with_totals(terms, totals)
    expected = set()
    for position, state in _moments(log, lower):
        over = [
            above(state.exchanged(one), total) for one, total in zip(lower.obligations, totals, strict=True)
        ]
        if True in over:
            expected.add(position)
    branch = what_if(log, terms=lower)
    named = {where for where, rule in _violated(branch) if rule == "stays_within_the_agreed_total"}
    seen(f"exceeded: {bool(expected)}")
    assert named == expected
    assert _lanes(branch.history) == _lanes(log), "what was released stays released"


def _with_totals(terms: Terms, totals: Iterable[int]) -> Terms:
    owed = zip(terms.obligations, totals, strict=True)
    return attrs.evolve(terms, obligations=tuple(attrs.evolve(one, total=total) for one, total in owed))


def _moments(log: Log, terms: Terms) -> Iterator[tuple[int, Plain]]:
    """What was on record after each event that changed it, and its position."""
    records: dict[int, Record] = {}
    for one in log:
        event = one.event
        if isinstance(event, PhaseCompleted | PhaseCorrected):
            records = {**records, event.phase: Record(event.completed_on, event.place, event.released)}
        elif isinstance(event, PhaseVoided):
            records = {number: record for number, record in records.items() if number != event.phase}
        else:
            continue
        yield one.position, Plain(terms=terms, records=records)


@MORE
@given(recordings(), st.data())
def test_without_a_phase_its_final_figures_are_missing_and_nothing_else(
    log: Log, data: st.DataObject
) -> None:
    completed = [one for one in log if isinstance(one.event, PhaseCompleted)]
    assume(completed)
    gone = data.draw(st.sampled_from(completed)).event
    assert isinstance(gone, PhaseCompleted)
    version = next(one.version for one in completed if one.event == gone)
    branch = what_if(log, without=[version])
    final = _final_records(log, ())
    rest = [record for number, record in final.items() if number != gone.phase]
    missing = [record for number, record in final.items() if number == gone.phase]
    assert _lanes(branch.history) == _plain_lanes(rest)
    together = {
        lane: added([_lanes(branch.history).get(lane, (0, 0)), _plain_lanes(missing).get(lane, (0, 0))])
        for lane in _lanes(log)
    }
    assert together == _lanes(log)
    for one in branch.history:
        if getattr(one.event, "phase", None) == gone.phase:
            assert not isinstance(one.event, PhaseCompleted | PhaseCorrected | PhaseVoided)


@MORE
@given(recordings(), st.data())
def test_without_any_events_the_figures_are_those_of_the_rest(log: Log, data: st.DataObject) -> None:
    later = [one.version for one in log[1:]]
    without = data.draw(st.sets(st.sampled_from(later)) if later else st.just(set[int]()))
    branch = what_if(log, without=without)
    assert _lanes(branch.history) == _plain_lanes(_final_records(log, without).values())
    kept = [one for one in log if one.version not in without]
    positions = {one.position for one in branch.history if not isinstance(one.event, AgreementFulfilled)}
    assert positions <= {one.position for one in kept}
    assert "reverses_what_is_on_record" not in broken(branch.history)


def _final_records(log: Log, without: Iterable[int]) -> dict[int, Record]:
    """How each phase stands by the last word on it, of those that are not left out."""
    records: dict[int, Record] = {}
    for one in log:
        event = one.event
        if one.version in without:
            continue
        if isinstance(event, PhaseCompleted) or (
            isinstance(event, PhaseCorrected) and event.phase in records
        ):
            records[event.phase] = Record(event.completed_on, event.place, event.released)
        elif isinstance(event, PhaseVoided):
            records.pop(event.phase, None)
    return records


@MORE
@given(histories(8), st.data())
def test_what_is_appended_is_what_would_have_been_recorded(history: History, data: st.DataObject) -> None:
    cut = data.draw(st.integers(1, len(history.requests)))
    told, rest = replace(history, requests=history.requests[:cut]), history.requests[cut:]
    log = enveloped_at(told, [1], 0, "told")
    branch = what_if(log, then=rest)
    assert [one.event for one in branch.history] == list(history.recorded())
    assert whole(branch.history[: len(log)]) == whole(log)
    assert _violated(branch) == set()
    assert list(branch.verdicts) == ask(Verdicts(), branch.history)


@MORE
@given(histories(8))
def test_what_would_have_been_refused_is_appended_with_what_it_was_refused_for(history: History) -> None:
    log = enveloped_at(history, [1], 0, "told")
    agreement = fold(Agreement("told"), (one.event for one in log))
    decided, refused = _asked(agreement, history.free)
    seen(f"refused for {len(refused)}")
    branch = what_if(log, then=[history.free])
    new = tuple(one.event for one in branch.history[len(log) :])
    first = {row.finding for row in branch.verdicts if row.version == len(log) + 1}
    assert new == decided or (refused and new[0] == _as_recorded(agreement, history.free))
    assert first >= set(refused)
    assert {rule for _, rule in _violated(branch)} == {finding.rule for finding in refused}


def _asked(agreement: Agreement, event: Event) -> tuple[tuple[Event, ...], tuple[Finding, ...]]:
    """What would be recorded, or what it would be refused for."""
    try:
        return decide(agreement, event), ()
    except Refused as refused:
        return (), refused.violations


def _as_recorded(agreement: Agreement, event: Event) -> Event:
    """With what it takes out of the record, as the record has it."""
    if isinstance(event, PhaseCorrected | PhaseVoided):
        return attrs.evolve(event, reverses=agreement.phase(event.phase).handover)
    return event


@MORE
@given(recordings(), st.data())
def test_no_branch_counts_less_than_nobody_and_the_history_stays_as_it_was(
    log: Log, data: st.DataObject
) -> None:
    given_log = list(log)
    untouched = whole(log)
    branch = what_if(
        given_log,
        terms=data.draw(st.none() | st.just(attrs.evolve(swap(3, 3), signed_on=None))),
        without=data.draw(st.sets(st.integers(1, len(log)), max_size=3)),
        then=data.draw(st.lists(any_event(phases=4), max_size=3)),
    )
    assert len(given_log) == len(log)
    assert all(one is other for one, other in zip(given_log, log, strict=True))
    assert whole(given_log) == untouched
    for end in range(len(branch.history) + 1):
        for totals in fold_log(Cumulative(), branch.history[:end]).values():
            for total in totals.exchanged.sums.values():
                assert min(total.at_least, total.bounded, total.unbounded) >= 0
    assert figures(branch.history) == figures([*branch.history])
    assert [one.version for one in branch.history] == list(range(1, len(branch.history) + 1))
    instants = [one.recorded_at for one in branch.history]
    assert instants == sorted(instants)


# By example

SIGNED = AgreementSigned(terms=swap(1000, 1000))
LOG = told_in_may(
    (17, SIGNED),
    (23, phase(1, out(390), back(390), day=23)),
    (24, phase(2, out(307), back(307), day=24)),
    (25, phase(3, out(303), back(303), day=25)),
)


def _released(log: Iterable[Recorded]) -> Count:
    """How many UKR released."""
    [row] = [row for row in ask(Cumulative(), log) if (row.releasing, row.categories) == ("UKR", ())]
    return row.exchanged


def test_no_history_has_no_branch() -> None:
    assert what_if([]) == Branch((), ())


def test_under_other_terms_the_exchange_goes_on_or_is_done_earlier() -> None:
    assert names(LOG)[-1] == "AgreementFulfilled"
    assert names(what_if(LOG, terms=swap(1200, 1200)).history)[-1] == "PhaseCompleted"
    branch = what_if(LOG, terms=swap(697, 697))
    assert names(branch.history)[-2:] == ["AgreementFulfilled", "PhaseCompleted"]
    assert _violated(branch) == {
        (4, "follows_the_life_cycle"),
        (4, "stays_within_the_agreed_total"),
    }


def test_terms_cannot_have_been_signed_after_they_were_recorded() -> None:
    """Nothing can be said of a history whose first entry was recorded before it was true."""
    with pytest.raises(Malformed, match="2025-06-01 lies after the instant at which it was recorded"):
        what_if(LOG, terms=attrs.evolve(swap(697, 697), signed_on=dt.date(2025, 6, 1)))


def test_without_a_phase_the_agreement_is_not_fulfilled_and_a_number_is_missing() -> None:
    branch = what_if(LOG, without=[3])
    assert (_released(branch.history), names(branch.history)[-1]) == (693, "PhaseCompleted")
    assert _violated(branch) == {(4, "numbers_phases_in_order")}
    assert [(one.version, one.position) for one in branch.history] == [(1, 1), (2, 2), (3, 4)]


def test_a_phase_left_out_takes_its_correction_and_its_voiding_with_it() -> None:
    log = told_in_may(
        (17, SIGNED),
        (18, PhaseAnnounced(phase=1)),
        (20, phase(1, out(5), back(5), day=20)),
        (21, corrected(1, out(6), back(6), day=20)),
        (22, PhaseVoided(phase=1, reason="it was put off")),
    )
    assert names(what_if(log, without=[3]).history) == ["AgreementSigned", "PhaseAnnounced"]
    assert names(what_if(log, without=[4]).history)[-1] == "PhaseVoided"
    assert _released(what_if(log, without=[5]).history) == 6


def test_without_a_correction_the_record_is_what_it_was() -> None:
    log = told_in_may(
        (17, SIGNED),
        (20, phase(1, out(5), back(5), day=20)),
        (21, corrected(1, out(6), back(6), day=20)),
        (22, corrected(1, out(8), back(8), day=20)),
    )
    assert [_released(what_if(log, without=those).history) for those in ([], [4], [3, 4], [3])] == [
        8,
        6,
        5,
        8,
    ]
    [*_, last] = what_if(log, without=[3]).history
    assert isinstance(last.event, PhaseCorrected)
    assert last.event.reverses == phase(1, out(5), back(5), day=20).handover


def test_what_is_imagined_may_lie_in_the_future() -> None:
    branch = what_if(LOG[:3], then=[phase(3, out(1), back(1), day=31), phase(4, out(2), back(2), day=29)])
    assert [one.recorded_at for one in branch.history[3:]] == [noon(31) - dt.timedelta(hours=12)] * 2
    assert {(one.command_id, one.position) for one in branch.history[3:]} == {("what-if", 0)}
    assert _released(branch.history) == 700
    assert _violated(branch) == set()


def test_what_is_on_record_already_adds_nothing() -> None:
    assert what_if(LOG, then=[one.event for one in LOG]).history == tuple(LOG)


def test_too_much_is_imagined_all_the_same_and_judged() -> None:
    branch = what_if(LOG[:3], then=[phase(3, out(304), back(304), day=25)])
    assert _released(branch.history) == 1001
    assert {rule for _, rule in _violated(branch)} == {"stays_within_the_agreed_total"}


def test_a_correction_that_is_wrong_about_the_record_is_told_so_and_takes_out_what_is_there() -> None:
    wrong = Handover(may(23), None, (out(500), back(500)))
    branch = what_if(LOG[:3], then=[attrs.evolve(corrected(1, out(1), back(1), day=23), reverses=wrong)])
    assert {rule for _, rule in _violated(branch)} == {"reverses_what_is_on_record"}
    assert _released(branch.history) == 308
