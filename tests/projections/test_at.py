"""The two clocks: what had happened by a day, and what was known at an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import attrs
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import (
    AgreementFulfilled,
    AgreementSigned,
    ClaimRecorded,
    Count,
    Direction,
    Obligation,
    Party,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Terms,
    TermsAmended,
)
from reciprocity.projections import Cumulative, Timeline, TimelineRow, Totals, ask, at, fold_log
from reciprocity.testing.plain import pair
from reciprocity.testing.recorded import A_MOMENT, days_around, instants_around, logs, recordings
from tests.examples import back, may, out, phase
from tests.projections.recorded_histories import (
    FAR_OFF,
    MORE,
    SOME,
    broken,
    corrected,
    counted_over,
    final_phases,
    is_of_phase,
    last_terms,
    left,
    orderly_recordings,
    own_day,
    told_in_may,
    whole,
)

END_OF_TIME = dt.datetime(9999, 12, 30, tzinfo=dt.UTC)


def _a_day(data: st.DataObject, log: Iterable[Recorded]) -> dt.date:
    return data.draw(st.sampled_from(days_around(log)), "as of")


def _an_instant(data: st.DataObject, log: Iterable[Recorded]) -> dt.datetime:
    return data.draw(st.sampled_from(instants_around(log)), "known at")


# One clock


@SOME
@given(logs())
def test_known_at_an_instant_is_what_was_recorded_by_then_and_nothing_else(log: tuple[Recorded, ...]) -> None:
    for instant in instants_around(log):
        known = [*at(log, known_at=instant)]
        assert whole(known) == whole(log[: len(known)])
        assert all(one.recorded_at <= instant for one in known)
        assert all(one.recorded_at > instant for one in log[len(known) :])


@SOME
@given(logs())
def test_in_the_far_future_all_has_happened_and_all_is_known(log: tuple[Recorded, ...]) -> None:
    assert whole(at(log)) == whole(log)
    assert whole(at(log, known_at=END_OF_TIME)) == whole(log)
    for day in (days_around(log)[-1], FAR_OFF, dt.date.max):
        assert whole(at(log, as_of=day)) == whole(log)
        assert whole(at(log, as_of=day, known_at=END_OF_TIME)) == whole(log)


@SOME
@given(logs())
def test_before_everything_nothing_has_happened_and_nothing_is_known(log: tuple[Recorded, ...]) -> None:
    assert [*at(log, as_of=days_around(log)[0])] == []
    assert [*at(log, known_at=instants_around(log)[0])] == []


@SOME
@given(logs())
def test_a_phase_that_counts_as_of_a_day_counts_from_then_on(log: tuple[Recorded, ...]) -> None:
    before: set[tuple[str, int]] = set()
    for day in [*days_around(log), FAR_OFF]:
        now = {(row.agreement, row.phase) for row in ask(Timeline(), at(log, as_of=day))}
        assert before <= now
        before = now
    assert before == {(row.agreement, row.phase) for row in ask(Timeline(), log)}


@SOME
@given(recordings())
def test_as_of_a_day_there_is_what_had_happened_and_nothing_that_had_not(log: tuple[Recorded, ...]) -> None:
    days = {number: final for number, _, _, final in final_phases(log)}
    voided = {one.event.phase for one in log if isinstance(one.event, PhaseVoided)}
    for day in days_around(log):
        view = [*at(log, as_of=day)]
        there = {one.version for one in view}
        for one in log:
            event = one.event
            if isinstance(event, PhaseCompleted | PhaseCorrected) and event.phase in days:
                assert (one.version in there) == (days[event.phase] <= day)
            elif isinstance(event, ClaimRecorded) and event.phase is not None:
                known = any(is_of_phase(other, event.phase) for other in view if other.version < one.version)
                assert (one.version in there) == (own_day(one) <= day and known)
            elif getattr(event, "phase", None) not in voided and not isinstance(event, AgreementFulfilled):
                assert (one.version in there) == (own_day(one) <= day)
        for one in view:  # a correction may take out something else than it did; nothing else is reworded
            if not isinstance(one.event, PhaseCorrected | PhaseVoided | AgreementFulfilled):
                assert one == log[one.version - 1]
        places = [(one.version, isinstance(one.event, AgreementFulfilled)) for one in view]
        assert places == sorted(places), "in the order of the record, what follows after its cause"


# As of a day, by hindsight


@MORE
@given(recordings(), st.data())
def test_as_of_a_day_the_figures_are_those_of_final_values_summed(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    day = _a_day(data, log)
    view = [*at(log, as_of=day)]
    terms = last_terms(one for one in log if own_day(one) <= day)
    done = [(number, record) for number, _, record, on in final_phases(log) if on <= day]
    rows = ask(Cumulative(), view)
    for row in rows:
        way = Direction(row.releasing, row.receiving)
        assert pair(row.exchanged) == counted_over(terms, [record for _, record in done], way, row.categories)
        if row.agreed is not None:
            assert row.remaining is not None
            assert pair(row.remaining) == left(row.agreed, pair(row.exchanged))
    lanes = {(row.releasing, row.receiving, *row.categories) for row in rows}
    for _, record in done:
        for transfer in record.rows:
            if transfer.within_agreement is not False:
                assert {lane := (*transfer.direction, transfer.category), lane[:2]} <= lanes
    timeline = ask(Timeline(), view)
    assert [row.phase for row in timeline] == [number for number, _ in done]
    for nth, step in enumerate(timeline):
        record = done[nth][1]
        assert (step.completed_on, step.place, step.transfers) == (record.day, record.place, record.rows)
        for direction, figures in step.cumulative.items():
            for category, figure in figures.items():
                so_far = [one for _, one in done[: nth + 1]]
                categories = () if category == "total" else (category,)
                assert pair(figure) == counted_over(step.after.terms, so_far, direction, categories)


@MORE
@given(recordings(), st.data())
def test_as_of_a_day_it_is_as_if_the_last_word_had_been_recorded_at_first(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    _check_last_words(log, _a_day(data, log))


def _check_last_words(log: Sequence[Recorded], day: dt.date) -> None:
    view, at_first = [*at(log, as_of=day)], _last_words_at_first(log, day)
    totals = fold_log(Cumulative(), at_first).get(log[0].agreement_id, Totals())
    _check_counts(_counts(view), _counts(at_first), totals)
    assert _agreed(view) == _agreed(at_first)
    assert _course(view) == _course(at_first)
    for row, first in zip(ask(Timeline(), view), ask(Timeline(), at_first), strict=True):
        _check_counts(_counts_then(row), _counts_then(first), first.after)


def _last_words_at_first(log: Sequence[Recorded], day: dt.date) -> list[Recorded]:
    """The terms and the phases of by that day, each completed at once as the last word has it."""
    right = {
        first.version: attrs.evolve(
            first,
            event=PhaseCompleted(
                phase=number, completed_on=record.day, place=record.place, released=record.rows
            ),
            recorded_at=END_OF_TIME,
        )
        for number, first, record, on in final_phases(log)
        if on <= day
    }
    of_terms = {
        one.version: one
        for one in log
        if isinstance(one.event, AgreementSigned | TermsAmended) and own_day(one) <= day
    }
    return [one for _, one in sorted((right | of_terms).items())]


Counts: TypeAlias = dict[tuple[Direction, tuple[str, ...]], Count]
"""How many, by direction and the categories together, or none for all."""


def _check_counts(found: Counts, expected: Counts, totals: Totals) -> None:
    """What was taken out again may leave its direction and category named; what is said of them is right."""
    assert [one for one in found.items() if one[0] in expected] == [*expected.items()]
    assert found == {name: totals.over(*name) for name in found}


def _counts(log: Iterable[Recorded]) -> Counts:
    return {
        (Direction(row.releasing, row.receiving), row.categories): row.exchanged
        for row in ask(Cumulative(), log)
    }


def _counts_then(row: TimelineRow) -> Counts:
    return {
        (way, () if what == "total" else (what,)): count
        for way, counts in row.cumulative.items()
        for what, count in counts.items()
    }


def _agreed(log: Iterable[Recorded]) -> list[tuple[object, ...]]:
    return [
        (row.releasing, row.receiving, row.categories, row.agreed, row.remaining)
        for row in ask(Cumulative(), log)
        if row.agreed is not None
    ]


def _course(log: Iterable[Recorded]) -> list[tuple[object, ...]]:
    return [
        (row.phase, row.completed_on, row.place, row.transfers, row.remaining) for row in ask(Timeline(), log)
    ]


# Both clocks


@SOME
@given(recordings(), st.data())
def test_what_was_known_before_an_entry_is_untouched_by_it(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    day = _a_day(data, log)
    for place, one in enumerate(log):
        if place == 0 or log[place - 1].recorded_at < one.recorded_at:
            just_before = one.recorded_at - A_MOMENT
            known = at(log, as_of=day, known_at=just_before)
            assert whole(known) == whole(at(log[:place], as_of=day))


@SOME
@given(logs(), st.data())
def test_both_clocks_are_first_what_was_known_then_what_of_it_had_happened(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    day, instant = _a_day(data, log), _an_instant(data, log)
    both = whole(at(log, as_of=day, known_at=instant))
    assert both == whole(at(at(log, known_at=instant), as_of=day))
    of_each = [
        whole(at([one for one in log if one.agreement_id == name], as_of=day, known_at=instant))
        for name in ("a", "b")
    ]
    assert sorted(both, key=lambda one: one[0].agreement_id) == [one for each in of_each for one in each]


@SOME
@given(logs(), st.data())
def test_asking_again_as_of_the_same_day_changes_nothing(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    day = _a_day(data, log)
    once = [*at(log, as_of=day)]
    again = [*at(once, as_of=day)]
    assert ask(Cumulative(), again) == ask(Cumulative(), once)
    assert _course(again) == _course(once)
    assert [row.cumulative for row in ask(Timeline(), again)] == [
        row.cumulative for row in ask(Timeline(), once)
    ]


# Whether what is left could have been recorded


@SOME
@given(orderly_recordings())
def test_where_days_go_with_the_record_what_had_happened_is_lawful(log: tuple[Recorded, ...]) -> None:
    assert broken(log) == set()
    for day in sorted({one.recorded_at.date() for one in log}):
        assert broken(at(log, as_of=day)) == set()


@SOME
@given(recordings(), st.data())
def test_wherever_days_go_corrections_take_out_what_was_there_and_nobody_is_fulfilled_too_early(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    view = [*at(log, as_of=_a_day(data, log))]
    assert broken(view).isdisjoint(
        {"reverses_what_is_on_record", "is_fulfilled_when_every_obligation_is_met"}
    )
    for end in range(len(view) + 1):
        totals = fold_log(Cumulative(), view[:end]).get("told")
        assert totals is None or all(total.at_least >= 0 for total in totals.exchanged.sums.values())


def test_a_group_of_which_something_was_taken_out_stays_named_with_what_its_member_released() -> None:
    pact = Terms(
        title="1 for 1",
        parties=(Party("UKR", "Ukraine", (Party("GUR", "GUR"),)), Party("RUS", "RUS")),
        obligations=(Obligation("GUR", "RUS", 1), Obligation("RUS", "UKR", 1)),
    )
    of_the_member = attrs.evolve(out(1), releasing="GUR")
    log = told_in_may(
        (17, AgreementSigned(terms=pact)),
        (23, phase(1, of_the_member, back(1), out(0, within=None), day=23)),
        (24, corrected(1, of_the_member, back(1), day=23)),
    )
    _check_last_words(log, may(23))
    of_the_group = (Direction("UKR", "RUS"), ())
    assert _counts(at(log, as_of=may(23)))[of_the_group] == 1
    assert of_the_group not in _counts(_last_words_at_first(log, may(23)))
