"""The flat relation of transfers: what it holds is what the other projections count."""

from __future__ import annotations

import datetime as dt

import attrs
from hypothesis import given

from reciprocity.domain import (
    Agreement,
    Count,
    Event,
    Lane,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Range,
    Source,
    Transfer,
    fold,
)
from reciprocity.domain.tally import Sum
from reciprocity.projections import Cumulative, FactRow, Facts, ask, fold_log
from tests.envelopes import LATE_ENOUGH, enveloped
from tests.examples import back, out, phase
from tests.free_steps import History, histories


def rows_of(*events: Event) -> list[FactRow]:
    return ask(Facts(), enveloped(events))


def transfer(row: FactRow) -> Transfer:
    return Transfer(row.releasing, row.receiving, row.category, row.count, row.within_agreement)


@given(histories())
def test_the_counted_rows_add_up_to_what_was_exchanged(history: History) -> None:
    log = enveloped(history.recorded())
    totals = fold_log(Cumulative(), log)["told"]
    counted: dict[Lane, Count] = {}
    for row in ask(Facts(), log):
        lane = Lane(row.releasing, row.receiving, row.category)
        counted[lane] = counted.get(lane, 0) + transfer(row).counted
    for lane in {*counted, *totals.exchanged.sums}:
        assert counted.get(lane, 0) == totals.exchanged.sums.get(lane, Sum()).count


@given(histories())
def test_the_rows_are_the_manifests_of_the_phases_that_took_place(history: History) -> None:
    events = history.recorded()
    rows = rows_of(*events)
    known = fold(Agreement("told"), events)
    told = [
        (phase.number, phase.handover.completed_on, phase.handover.place, released)
        for phase in known.in_order()
        if phase.handover
        for released in phase.released
    ]
    assert [(row.phase, row.completed_on, row.place, transfer(row)) for row in rows] == told
    for row in rows:
        resting = events[row.version - 1]
        assert isinstance(resting, PhaseCompleted | PhaseCorrected)
        assert resting.phase == row.phase
        assert transfer(row) in resting.released
        assert row.position == row.version


@given(histories())
def test_a_state_stays_as_it_was_when_more_is_applied_to_it(history: History) -> None:
    log = enveloped(history.recorded())
    states = [Facts().initial()]
    for one in log:
        states.append(Facts().apply(states[-1], one))
    for number, state in enumerate(states):
        assert list(Facts().rows(state)) == ask(Facts(), log[:number])
        assert fold_log(Facts(), log[number:], state) == states[-1]


def test_a_row_says_all_that_is_known_of_a_transfer() -> None:
    cited = (Source("gur.1", "GUR", url="https://example.org/1"), Source("mod.2", "MoD"))
    event = attrs.evolve(
        phase(1, out(Range(3), within=None), day=23), place="Novi Yarylovychi", sources=cited
    )
    [row] = rows_of(event)
    assert row == FactRow(
        agreement="told",
        phase=1,
        completed_on=dt.date(2025, 5, 23),
        place="Novi Yarylovychi",
        releasing="UKR",
        receiving="RUS",
        category="civilian",
        at_least=3,
        at_most=None,
        within_agreement=None,
        version=1,
        position=1,
        recorded_at=LATE_ENOUGH,
        sources=("gur.1", "mod.2"),
        urls=("https://example.org/1", None),
    )


def test_a_corrected_phase_keeps_its_place_and_a_voided_one_is_gone() -> None:
    corrected = PhaseCorrected(phase=1, released=(out(2), back(2)), reason="recounted")
    events: list[Event] = [
        phase(1, out(1), back(1)),
        phase(2, out(5), back(5)),
        phase(3, out(1), back(1)),
        corrected,
    ]
    assert [(row.phase, row.at_least, row.version) for row in rows_of(*events)] == [
        (1, 2, 4),
        (1, 2, 4),
        (2, 5, 2),
        (2, 5, 2),
        (3, 1, 3),
        (3, 1, 3),
    ]
    gone = rows_of(*events, PhaseVoided(phase=2, reason="called off"))
    assert [row.phase for row in gone] == [1, 1, 3, 3]


def test_agreements_come_in_alphabetical_order() -> None:
    log = [*enveloped([phase(1, out(1))], "b"), *enveloped([phase(1, out(1))], "a")]
    assert [row.agreement for row in ask(Facts(), log)] == ["a", "b"]
