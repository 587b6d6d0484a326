"""The two clocks: what had happened by a day, and what was known at an instant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import (
    OPEN,
    AgreementFulfilled,
    AgreementSigned,
    AgreementTerminated,
    Claimed,
    ClaimRecorded,
    Count,
    Direction,
    Event,
    Manner,
    Obligation,
    Party,
    PhaseAnnounced,
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
from tests.examples import back, may, out, phase, swap
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
    names,
    noon,
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


# By example


def _released(log: Iterable[Recorded]) -> Count:
    """How many UKR released."""
    [row] = [row for row in ask(Cumulative(), log) if (row.releasing, row.categories) == ("UKR", ())]
    return row.exchanged


SIGNED = AgreementSigned(terms=swap(1000, 1000))
CORRECTED_LATER = told_in_may(
    (17, SIGNED),
    (23, phase(1, out(390), back(390), day=23)),
    (24, phase(2, out(307), back(307), day=24)),
    (28, corrected(1, out(391), back(391), day=23)),
)


def test_the_three_questions_and_a_correction_recorded_later() -> None:
    before, after = CORRECTED_LATER[:3], CORRECTED_LATER
    now = [_released(at(log)) for log in (before, after)]
    by_then = [_released(at(log, as_of=may(23))) for log in (before, after)]
    known_then = [_released(at(log, as_of=may(23), known_at=noon(25))) for log in (before, after)]
    assert now == [697, 698]
    assert by_then == [390, 391]
    assert known_then == [390, 390]


def test_the_two_clocks_are_not_the_same_question() -> None:
    late = told_in_may((17, SIGNED), (27, phase(1, out(5), back(5), day=20)))
    assert _released(at(late, as_of=may(20))) == 5
    assert _released(at(late, known_at=noon(20))) == 0
    assert _released(at(late, as_of=may(20), known_at=noon(26))) == 0
    assert _released(at(late, as_of=may(19), known_at=noon(27))) == 0


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


@pytest.mark.parametrize(("as_of", "count"), [(20, 0), (21, 5), (22, 5)])
def test_a_phase_whose_day_is_unknown_had_happened_when_it_was_recorded(as_of: int, count: int) -> None:
    log = told_in_may((17, SIGNED), (21, phase(1, out(5), back(5))))
    assert _released(at(log, as_of=may(as_of))) == count


@pytest.mark.parametrize(("as_of", "count"), [(19, 0), (20, 6), (21, 6)])
def test_a_correction_may_tell_the_day(as_of: int, count: int) -> None:
    log = told_in_may(
        (17, SIGNED), (21, phase(1, out(5), back(5))), (25, corrected(1, out(6), back(6), day=20))
    )
    assert _released(at(log, as_of=may(as_of))) == count


@pytest.mark.parametrize(("as_of", "count"), [(18, 0), (20, 0), (21, 6), (22, 6), (26, 6)])
def test_a_correction_may_withdraw_the_day(as_of: int, count: int) -> None:
    of_the_18th, of_the_22nd = phase(1, out(5), back(5), day=18), corrected(1, out(6), back(6), day=22)
    no_day = corrected(1, out(6), back(6))
    log = told_in_may((17, SIGNED), (21, of_the_18th), (23, of_the_22nd), (26, no_day))
    assert _released(at(log, as_of=may(as_of))) == count


def test_a_correction_may_move_a_phase_to_another_day() -> None:
    log = told_in_may(
        (17, SIGNED),
        (23, phase(1, out(5), back(5), day=20)),
        (26, corrected(1, out(5), back(5), day=24)),
    )
    assert [_released(at(log, as_of=may(day))) for day in (19, 20, 23, 24)] == [0, 0, 0, 5]
    assert [_released(at(log, as_of=may(day), known_at=noon(25))) for day in (19, 20, 23, 24)] == [0, 5, 5, 5]
    earlier = told_in_may(
        (17, SIGNED), (23, phase(1, out(5), back(5), day=22)), (26, corrected(1, out(4), back(4), day=19))
    )
    assert [_released(at(earlier, as_of=may(day))) for day in (18, 19, 22)] == [0, 4, 4]


def test_the_agreement_is_fulfilled_from_the_day_of_the_last_phase() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=swap(10, 10))),
        (20, phase(1, out(4), back(4), day=20)),
        (22, phase(2, out(6), back(6), day=22)),
    )
    assert names(at(log, as_of=may(21))) == ["AgreementSigned", "PhaseCompleted"]
    assert whole(at(log, as_of=may(22))) == whole(log)


def test_what_was_met_by_a_mistake_is_not_fulfilled_by_hindsight() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=swap(10, 10))),
        (20, phase(1, out(10), back(10), day=20)),
        (25, corrected(1, out(9), back(9), day=20)),
        (27, phase(2, out(1), back(1), day=26)),
    )
    status = [fold_log(Cumulative(), at(log, as_of=may(day)))["swap"].status.value for day in (20, 25, 26)]
    assert status == ["in-force", "in-force", "fulfilled"]
    known = fold_log(Cumulative(), at(log, as_of=may(20), known_at=noon(24)))["swap"]
    assert known.status.value == "fulfilled"


def test_fulfilment_follows_from_what_is_left() -> None:
    """By hindsight the last obligation was met by another phase than the record thought at the time."""
    log = told_in_may(
        (17, AgreementSigned(terms=swap(10, 10))),
        (23, phase(1, out(3), back(3), day=18)),
        (24, phase(2, out(7), back(7), day=19)),
        (25, corrected(1, out(3), back(3), day=22)),
    )
    assert names(at(log, as_of=may(21))) == ["AgreementSigned", "PhaseCompleted"]
    assert whole(at(log, as_of=may(22))) == whole(log)


def test_what_follows_anew_stands_where_the_event_stands_from_which_it_follows() -> None:
    """By hindsight phase 1 came after the amendment to 10, so that the correction is what meets the last."""
    more, fewer = swap(12, 12), swap(10, 10)
    log = told_in_may(
        (17, AgreementSigned(terms=more)),
        (20, phase(1, out(10), back(10), day=20)),
        (22, TermsAmended(terms=fewer, reason="ten will do", amended_on=may(22))),
        (26, TermsAmended(terms=more, reason="two more", amended_on=may(26))),
        (27, phase(2, out(2), back(2), day=27)),
        (29, corrected(1, out(10), back(10), day=24)),
    )
    last = [*at(log, as_of=may(24))][-1]
    assert last == Recorded("swap", 8, noon(29), "c-5", AgreementFulfilled(fulfilled_on=may(24)))
    assert last.position == 8


@pytest.mark.parametrize(
    ("as_of", "status"), [(20, "in-force"), (24, "in-force"), (25, "fulfilled"), (28, "fulfilled")]
)
def test_a_declared_fulfilment_of_an_open_obligation_counts_from_its_day(as_of: int, status: str) -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=swap(OPEN, OPEN))),
        (20, phase(1, out(5), back(5), day=20)),
        (27, AgreementFulfilled(fulfilled_on=may(25))),
    )
    view = [*at(log, as_of=may(as_of))]
    assert fold_log(Cumulative(), view)["swap"].status.value == status
    assert broken(view) == set()


def test_a_declaration_that_what_is_left_contradicts_falls_away() -> None:
    """Declared on the 21st, with nine of nine; by hindsight the ninth came on the 22nd."""
    nine_for_all = Terms(
        title="nine for all",
        parties=(Party("UKR", "Ukraine"), Party("RUS", "Russia")),
        obligations=(Obligation("UKR", "RUS", 9, ("civilian",)), Obligation("RUS", "UKR", OPEN)),
    )
    log = told_in_may(
        (17, AgreementSigned(terms=nine_for_all)),
        (20, phase(1, out(8), back(8), day=20)),
        (21, phase(2, out(1), back(1), day=21)),
        (21, AgreementFulfilled(fulfilled_on=may(21))),
        (24, corrected(2, out(1), back(1), day=22)),
    )
    assert names(at(log, as_of=may(21))) == ["AgreementSigned", "PhaseCompleted"]
    assert names(at(log, as_of=may(21), known_at=noon(23))) == names(log[:4])


def test_a_voided_phase_comes_with_its_voiding() -> None:
    """By hindsight it never took place; that it was on record is no reason to lose its number."""
    log = told_in_may(
        (17, SIGNED),
        (20, phase(1, out(5), back(5), day=20)),
        (21, phase(2, out(7), back(7), day=21)),
        (23, PhaseVoided(phase=1, reason="it was put off", voided_on=may(23))),
    )
    for day in (20, 21, 22, 23, 24):
        assert broken(at(log, as_of=may(day))) == set()
    assert [_released(at(log, as_of=may(day))) for day in (20, 21, 23)] == [0, 7, 7]
    known_then = [_released(at(log, as_of=may(day), known_at=noon(22))) for day in (20, 21, 23)]
    assert known_then == [5, 12, 12]


def test_what_is_said_of_a_phase_is_said_on_its_own_day() -> None:
    """An announcement before the phase takes place; a claim made before the announcement falls away."""
    claim = ClaimRecorded(claimant="TASS", phase=1, claimed=(Claimed("UKR", "RUS", None, 5),))
    log = told_in_may(
        (17, SIGNED),
        (18, PhaseAnnounced(phase=1, expected_on=may(20))),
        (19, attrs.evolve(claim, stated_on=may(17))),
        (20, attrs.evolve(claim, stated_on=may(19))),
        (25, phase(1, out(5), back(5), day=21)),
    )
    assert [len([*at(log, as_of=may(day))]) for day in (16, 17, 18, 19, 20, 21)] == [1, 1, 3, 4, 4, 5]


def test_an_announced_phase_is_called_off_on_the_day_of_the_calling_off() -> None:
    log = told_in_may(
        (17, SIGNED),
        (18, PhaseAnnounced(phase=1, expected_on=may(25))),
        (22, PhaseVoided(phase=1, reason="called off", voided_on=may(21))),
    )
    assert names(at(log, as_of=may(20))) == ["AgreementSigned", "PhaseAnnounced"]
    assert names(at(log, as_of=may(21))) == ["AgreementSigned", "PhaseAnnounced", "PhaseVoided"]
    late = told_in_may(
        (17, SIGNED),
        (22, PhaseAnnounced(phase=1, expected_on=may(25))),
        (22, PhaseVoided(phase=1, reason="called off", voided_on=may(21))),
    )
    assert names(at(late, as_of=may(21))) == ["AgreementSigned"], "nobody knew of it that day"
    assert whole(at(late, as_of=may(22))) == whole(late)


@pytest.mark.parametrize(
    ("entries", "as_of", "rule"),
    [
        (
            [
                (20, phase(1, out(1), back(1), day=20)),
                (21, phase(2, out(1), back(1), day=21)),
                (25, corrected(1, out(1), back(1), day=24)),
            ],
            22,
            "numbers_phases_in_order",
        ),
        (
            [
                (20, TermsAmended(terms=swap(2000, 2000), reason="twice as many", amended_on=may(20))),
                (21, phase(1, out(1500), back(1500), day=19)),
            ],
            19,
            "stays_within_the_agreed_total",
        ),
    ],
)
def test_where_days_do_not_go_with_the_record_what_is_left_may_break_rules(
    entries: list[tuple[int, Event]], as_of: int, rule: str
) -> None:
    """The record is lawful; that by hindsight phase 2 came before phase 1 is a fact, and is shown as one."""
    log = told_in_may((17, SIGNED), *entries)
    assert broken(log) == set()
    assert broken(at(log, as_of=may(as_of))) == {rule}


def test_an_agreement_that_was_ended_was_not_before() -> None:
    ended = AgreementTerminated(manner=Manner.BROKEN_OFF, reason="fire", terminated_on=may(22))
    log = told_in_may((17, SIGNED), (25, ended))
    for day, status in ((21, "in-force"), (22, "terminated")):
        assert fold_log(Cumulative(), at(log, as_of=may(day)))["swap"].status.value == status


def test_a_day_begins_fourteen_hours_before_it_does_in_utc() -> None:
    """On the Line Islands the 21st has begun when the record's clock shows the 20th."""
    log = [
        Recorded("swap", 1, noon(17), "c-1", SIGNED),
        Recorded("swap", 2, noon(20) - dt.timedelta(hours=2), "c-2", phase(1, out(5), back(5), day=21)),
    ]
    assert _released(at(log, as_of=may(20))) == 0
    assert _released(at(log, as_of=may(21), known_at=noon(20))) == 5
