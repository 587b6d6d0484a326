"""How far it was, by both clocks: the courses are those of `at`, moment by moment."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import AgreementSigned, Direction, Kept, Recorded, TermsAmended
from reciprocity.projections import Cumulative, at, fold_log
from reciprocity.projections.progress import agreed, directions, happened, learned, stands_in
from reciprocity.testing.recorded import recordings
from tests.examples import may, out, phase, swap
from tests.projections.recorded_histories import SOME, corrected, told_in_may


@SOME
@given(recordings(), st.data())
def test_by_a_day_the_figures_are_those_as_of_it(log: tuple[Recorded, ...], data: st.DataObject) -> None:
    now, steps = fold_log(Cumulative(), log)["told"], happened(list(log))
    day = data.draw(st.sampled_from([may(1), *(step.on for step in steps)]))
    then = fold_log(Cumulative(), at(log, as_of=day)).get("told")
    by_then = [step for step in steps if step.on <= day]
    for direction in directions(now):
        drawn = now.terms.exchanged(by_then[-1].exchanged, direction) if by_then else 0
        assert drawn == (now.terms.exchanged(then.exchanged, direction) if then else 0)


def test_a_phase_that_was_moved_counts_from_its_new_day() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=swap(kept=Kept.NOT_REQUIRED))),
        (20, phase(1, out(4), day=20)),
        (22, phase(2, out(1), day=22)),
        (25, corrected(1, out(4), day=24)),
    )
    steps = [
        (step.on, step.row.phase, step.exchanged.over(Direction("UKR", "RUS"))) for step in happened(log)
    ]
    assert steps == [(may(22), 2, 1), (may(24), 1, 5)]


@SOME
@given(recordings(), st.data())
def test_at_an_event_the_figures_are_those_that_the_record_then_had(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    version = data.draw(st.integers(1, len(log)))
    then = fold_log(Cumulative(), log[:version])["told"]
    known = [step for step in learned(list(log)) if step.recorded.version <= version]
    assert then.exchanged.counts == (known[-1].after.exchanged.counts if known else {})


@SOME
@given(recordings())
def test_every_figure_stands_in_a_direction_that_is_shown(log: tuple[Recorded, ...]) -> None:
    totals = fold_log(Cumulative(), log)["told"]
    shown = directions(totals)
    assert len(set(shown)) == len(shown)
    assert set(totals.terms.directions()) <= set(shown)
    for direction in totals.exchanged.directions():
        assert any(stands_in(totals.terms, direction, one) for one in shown)
    for added in shown[len(totals.terms.directions()) :]:
        assert not any(stands_in(totals.terms, added, owed) for owed in totals.terms.directions())


@SOME
@given(recordings())
def test_the_last_total_that_was_agreed_is_that_of_the_terms(log: tuple[Recorded, ...]) -> None:
    totals = fold_log(Cumulative(), log)["told"]
    amended = [one for one in log if isinstance(one.event, TermsAmended)]
    for direction in totals.terms.directions():
        told = agreed(list(log), direction)
        assert [day for day, _ in told] == sorted(day for day, _ in told)
        if all(one.event.amended_on for one in amended if isinstance(one.event, TermsAmended)):
            assert totals.terms.agreed(direction) in {total for _, total in told}
    assert agreed(list(log), Direction("NOBODY", "ELSE"))[0][1] is None
