"""Cumulative and timeline count what plain integers count, at every moment of a history."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import Count, Direction, PhaseCompleted, Recorded
from reciprocity.projections import (
    Claims,
    Cumulative,
    Projection,
    Standing,
    Timeline,
    Verdicts,
    ask,
    fold_log,
)
from reciprocity.testing.plain import Pair, Plain, added, pair, plain, summed
from tests.envelopes import enveloped
from tests.free_steps import History, histories

PROJECTIONS: tuple[Projection[Any, Any], ...] = (Cumulative(), Timeline(), Standing(), Claims(), Verdicts())


def _over(state: Plain, direction: Direction, categories: tuple[str, ...]) -> Pair:
    return added(
        number
        for (releasing, receiving, category), number in state.totals().items()
        if releasing in _codes(state, direction.releasing)
        and receiving in _codes(state, direction.receiving)
        and (not categories or category in categories)
    )


def _codes(state: Plain, code: str) -> set[str]:
    """The codes that a name stands for: a group's own and its members', or itself."""
    parties = state.terms.parties if state.terms else ()
    return {c for p in parties if p.code == code for c in (p.code, *(m.code for m in p.members))} | {code}


def _left(agreed: Count, done: Pair) -> Pair:
    (least, most), (done_least, done_most) = pair(agreed), done
    return (
        0 if done_most is None else max(0, least - done_most),
        None if most is None else max(0, most - done_least),
    )


@given(histories())
def test_cumulative_counts_as_plain_integers_do_at_every_prefix(history: History) -> None:
    log = enveloped(history.recorded())
    for end in range(1, len(log) + 1):
        state = plain(one.event for one in log[:end])
        rows = ask(Cumulative(), log[:end])
        for row in rows:
            direction = Direction(row.releasing, row.receiving)
            done = _over(state, direction, row.categories)
            assert pair(row.exchanged) == done
            if row.agreed is not None:
                assert row.remaining is not None
                assert pair(row.remaining) == _left(row.agreed, done)
        assert {(r.releasing, r.receiving, *r.categories) for r in rows if len(r.categories) == 1} >= {
            lane for lane, number in state.totals().items() if number != (0, 0)
        }


@given(histories())
def test_without_corrections_no_total_ever_falls(history: History) -> None:
    log = enveloped(history.recorded())
    before: dict[Direction, Pair] = {}
    for end in range(1, len(log) + 1):
        totals = fold_log(Cumulative(), log[:end])["told"]
        now = {direction: pair(totals.over(direction)) for direction in totals.directions()}
        if type(log[end - 1].event).__name__ not in ("PhaseCorrected", "PhaseVoided"):
            assert all(now[d][0] >= least for d, (least, _) in before.items() if d in now)
        before = now


@given(histories())
def test_a_timeline_adds_up_phase_by_phase_as_now_known(history: History) -> None:
    events = history.recorded()
    state = plain(events)
    rows = ask(Timeline(), enveloped(events))
    completed = [event.phase for event in events if isinstance(event, PhaseCompleted)]
    assert [row.phase for row in rows] == [number for number in completed if number in state.records]
    done = Plain(terms=state.terms)
    for row in rows:
        record = state.records[row.phase]
        assert (row.completed_on, row.place, row.transfers) == (record.day, record.place, record.rows)
        done.records[row.phase] = record
        for direction, figures in row.cumulative.items():
            assert pair(figures["total"]) == _over(done, direction, ())
            for category in figures.keys() - {"total"}:
                assert pair(figures[category]) == _over(done, direction, (category,))
    if rows and state.status == "fulfilled":
        assert rows[-1].after.status.value == "fulfilled"
    if rows and state.status == "in-force":
        assert rows[-1].after.status.value == "in-force"


@given(histories())
def test_the_last_row_of_a_timeline_is_the_cumulative_total(history: History) -> None:
    log = enveloped(history.recorded())
    rows = ask(Timeline(), log)
    totals = fold_log(Cumulative(), log)["told"]
    if rows:
        for direction, figures in rows[-1].cumulative.items():
            assert figures["total"] == totals.over(direction)


@given(histories())
def test_what_is_released_in_all_is_what_the_phases_say(history: History) -> None:
    events = history.recorded()
    state = plain(events)
    [row] = ask(Standing(), enveloped(events))
    living = summed(
        transfer
        for record in state.records.values()
        for transfer in record.rows
        if transfer.category != "mortal_remains"
    )
    assert pair(row.persons) == added(living.values())
    assert (row.phases, row.status) == (len(state.records), state.status)


@given(histories(), st.data())
def test_a_prefix_and_then_the_rest_is_the_whole(history: History, data: st.DataObject) -> None:
    log = enveloped(history.recorded())
    cut = data.draw(st.integers(0, len(log)))
    for projection in PROJECTIONS:
        first = fold_log(projection, log[:cut])
        seen = list(projection.rows(first))
        assert list(projection.rows(fold_log(projection, log[cut:], first))) == ask(projection, log)
        assert list(projection.rows(first)) == seen, "what was known before must stay as it was"


@given(histories(), histories(), st.randoms())
def test_agreements_do_not_touch_each_other(one: History, other: History, random: object) -> None:
    alone = [enveloped(one.recorded(), "a"), enveloped(other.recorded(), "b")]
    log = _interleaved(alone, random)
    for projection in PROJECTIONS[:-1]:  # verdicts come in the order of the log, not by agreement
        assert ask(projection, log) == [row for each in alone for row in ask(projection, each)]


def _interleaved(logs: list[list[Recorded]], random: object) -> list[Recorded]:
    turns = [number for number, log in enumerate(logs) for _ in log]
    random.shuffle(turns)  # type: ignore[attr-defined]  # a random.Random that hypothesis controls
    left = [iter(log) for log in logs]
    return [next(left[turn]) for turn in turns]
