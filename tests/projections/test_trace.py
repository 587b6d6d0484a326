"""Every figure traces to the events that made it, and they add up to it."""

from __future__ import annotations

import attrs
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import (
    AgreementSigned,
    Direction,
    Kept,
    Obligation,
    Party,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Source,
    Symmetry,
    Terms,
    TermsAmended,
    Transfer,
)
from reciprocity.projections import Cumulative, Timeline, added_up, ask, at, contributions
from reciprocity.testing.recorded import days_around, logs
from tests.examples import back, out, phase, swap
from tests.projections.recorded_histories import SOME, corrected, told_in_may

FROM_UKR, FROM_RUS = Direction("UKR", "RUS"), Direction("RUS", "UKR")


@SOME
@given(logs())
def test_contributions_add_up_to_every_figure_at_every_prefix(log: tuple[Recorded, ...]) -> None:
    for end in range(len(log) + 1):
        known = log[:end]
        for row in ask(Cumulative(), known):
            way = Direction(row.releasing, row.receiving)
            parts = contributions(known, row.agreement, way, row.categories)
            assert added_up(parts) == row.exchanged


@SOME
@given(logs(), st.data())
def test_contributions_add_up_to_every_figure_as_of_a_day(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    day = data.draw(st.sampled_from(days_around(log)))
    view = [*at(log, as_of=day)]
    for row in ask(Cumulative(), view):
        way = Direction(row.releasing, row.receiving)
        assert added_up(contributions(view, row.agreement, way, row.categories)) == row.exchanged


@SOME
@given(logs())
def test_the_contributions_of_phases_add_up_to_the_figures_of_the_timeline(log: tuple[Recorded, ...]) -> None:
    done: dict[str, list[int]] = {}
    for row in ask(Timeline(), log):
        done.setdefault(row.agreement, []).append(row.phase)
        if row.after.terms != ask(Timeline(), log)[-1].after.terms:
            continue  # other terms may count other members together
        for way, figures in row.cumulative.items():
            for category, figure in figures.items():
                wanted = () if category == "total" else (category,)
                parts = contributions(log, row.agreement, way, wanted)
                assert added_up(one for one in parts if one.phase in done[row.agreement]) == figure


@SOME
@given(logs())
def test_every_contribution_is_of_an_event_that_names_its_phase(log: tuple[Recorded, ...]) -> None:
    events = {(one.agreement_id, one.version): one for one in log}
    ways = {(row.agreement, Direction(row.releasing, row.receiving)) for row in ask(Cumulative(), log)}
    for agreement, way in sorted(ways):
        for part in contributions(log, agreement, way):
            recorded = events[agreement, part.version]
            event = recorded.event
            assert isinstance(event, PhaseCompleted | PhaseCorrected | PhaseVoided)
            assert (part.agreement, part.phase, part.position) == (agreement, event.phase, recorded.position)
            assert part.sources == event.sources
            if part.sign == 1:
                assert not isinstance(event, PhaseVoided)
                rows = event.released
            else:
                assert not isinstance(event, PhaseCompleted)
                assert event.reverses is not None
                rows = event.reverses.released
            assert (part.direction, part.category, part.count) in {
                (row.direction, row.category, row.counted)
                for row in rows
                if row.within_agreement is not False
            }


def test_a_correction_takes_out_what_stood_and_adds_what_stands() -> None:
    gur, mod = Source("gur", "GUR"), Source("mod", "Ministry of Defence")
    log = told_in_may(
        (17, AgreementSigned(terms=swap(1000, 1000))),
        (23, attrs.evolve(phase(1, out(390), back(390)), sources=(gur,))),
        (24, phase(2, out(5), out(307, "prisoner_of_war"), back(312))),
        (28, attrs.evolve(corrected(1, out(391), back(391)), sources=(mod,))),
        (29, PhaseVoided(phase=2, reason="it was put off")),
    )
    parts = contributions(log, "swap", FROM_UKR, ["civilian"])
    assert [(one.version, one.position, one.phase, one.sign, one.count) for one in parts] == [
        (2, 2, 1, 1, 390),
        (3, 3, 2, 1, 5),
        (4, 4, 1, -1, 390),
        (4, 4, 1, 1, 391),
        (5, 5, 2, -1, 5),
    ]
    assert [one.sources for one in parts] == [(gur,), (), (mod,), (mod,), ()]
    assert added_up(parts) == 391
    assert added_up(contributions(log, "swap", FROM_UKR)) == 391
    assert contributions(log, "another", FROM_UKR) == []


def test_extra_releases_contribute_nothing_and_doubtful_ones_up_to_all() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=swap(10, 10))),
        (20, phase(1, out(3), back(3), back(4, within=False), back(2, within=None))),
    )
    counts = [str(one.count) for one in contributions(log, "swap", FROM_RUS)]
    assert counts == ["3", "at most 2"]


def test_what_members_release_contributes_to_what_their_group_owes_by_the_terms_of_now() -> None:
    group = Party("UKR", "Ukraine", (Party("GUR", "GUR"),))
    terms = Terms(
        title="with a group",
        parties=(group, Party("RUS", "Russia")),
        obligations=(Obligation("UKR", "RUS", 10), Obligation("RUS", "UKR", 10)),
    )
    apart = attrs.evolve(
        terms,
        parties=(Party("UKR", "Ukraine"), Party("GUR", "GUR"), Party("RUS", "Russia")),
        obligations=(*terms.obligations, Obligation("GUR", "RUS", 10)),
        symmetry=Symmetry(Kept.NOT_REQUIRED),
    )
    log = told_in_may(
        (17, AgreementSigned(terms=terms)),
        (20, phase(1, Transfer("GUR", "RUS", "civilian", 3), back(3))),
        (21, TermsAmended(terms=apart, reason="it acts for itself")),
    )
    [part] = contributions(log[:2], "swap", FROM_UKR)
    assert (part.direction, part.count) == (Direction("GUR", "RUS"), 3)
    assert [row.exchanged for row in ask(Cumulative(), log[:2]) if row.releasing == "UKR"] == [3, 3]
    assert contributions(log, "swap", FROM_UKR) == []
    assert [row.exchanged for row in ask(Cumulative(), log) if row.releasing == "UKR"] == [0]
