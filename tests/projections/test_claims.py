"""Claims: labels restated in plain integers, and what could explain a gap."""

from __future__ import annotations

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import (
    AgreementSigned,
    Claimed,
    ClaimRecorded,
    Event,
    PhaseCompleted,
    Range,
    Terms,
    Transfer,
)
from reciprocity.projections import Claims, Gap, Label, ask, balance_assertions
from tests.envelopes import enveloped
from tests.free_steps import History, histories

TERMS = Terms.symmetric("UKR", "RUS", total=1000)
SIGNED = AgreementSigned(terms=TERMS)
figures = st.one_of(st.none(), st.integers(0, 5))


def phase(number: int, count: int, *, within: bool = True) -> PhaseCompleted:
    out = Transfer("UKR", "RUS", "civilian", count, within)
    return PhaseCompleted(phase=number, released=(out,))


def claim(claimant: str, count: int | None, *, of: int | None = 1) -> ClaimRecorded:
    return ClaimRecorded(
        claimant=claimant,
        phase=of,
        stated_on=dt.date(2025, 5, 25),
        claimed=(Claimed("UKR", "RUS", "civilian", count),),
    )


@given(figures, figures, figures, st.integers(0, 5))
def test_a_label_is_what_plain_integers_say(
    by_ukr: int | None, by_rus: int | None, by_press: int | None, recorded: int
) -> None:
    log = enveloped(
        [SIGNED, phase(1, recorded), claim("UKR", by_ukr), claim("RUS", by_rus), claim("Press", by_press)]
    )
    [cell] = ask(Claims(), log)
    given_figures = [figure for figure in (by_ukr, by_rus, by_press) if figure is not None]
    if len(set(given_figures)) > 1:
        assert (cell.label, cell.apart) == (Label.DISPUTED, max(given_figures) - min(given_figures))
    elif by_ukr is not None and by_ukr == by_rus:
        assert (cell.label, cell.apart) == (Label.CONFIRMED, 0)
    elif given_figures:
        assert (cell.label, cell.apart) == (Label.ONE_SIDED, 0)
    else:
        assert (cell.label, cell.apart) == (Label.UNKNOWN, 0)
    assert [one.count for one in cell.said] == [by_ukr, by_rus, by_press]
    assert cell.recorded == recorded


@given(histories())
def test_every_statement_is_there_once_and_every_recorded_figure_has_its_cell(history: History) -> None:
    events = history.recorded()
    cells = ask(Claims(), enveloped(events))
    latest: dict[object, Event] = {}
    for event in events:
        if isinstance(event, ClaimRecorded):
            day = event.stated_on if event.phase is None else None
            latest[event.claimant, event.office, event.phase, day] = event
    said = sum(len(event.claimed) for event in latest.values() if isinstance(event, ClaimRecorded))
    assert sum(len(cell.said) for cell in cells) == said
    keys = [(cell.phase, cell.after, cell.direction, cell.category) for cell in cells]
    assert len(set(keys)) == len(keys)


def test_extra_releases_that_are_as_large_as_a_gap_are_offered_as_its_cause() -> None:
    log = enveloped([SIGNED, phase(1, 7), phase(2, 3, within=False), claim("RUS", 10, of=None)])
    [assertion] = balance_assertions(log)
    assert (assertion.gap.exact, assertion.holds) == (3, False)
    [candidate] = assertion.candidates
    assert (candidate.what, candidate.phase, candidate.size) == ("extra releases", 2, 3)


def test_a_phase_that_a_claimant_does_not_count_is_offered_as_the_cause() -> None:
    log = enveloped([SIGNED, phase(1, 7), phase(2, 3), claim("RUS", 7, of=None)])
    [assertion] = balance_assertions(log)
    assert assertion.gap.exact == -3
    assert [(one.what, one.phase) for one in assertion.candidates] == [("a phase", 2)]


def test_another_agreement_that_is_as_large_as_a_gap_is_offered_as_its_cause() -> None:
    log = [
        *enveloped([SIGNED, phase(1, 4), phase(2, 5)], "other"),
        *enveloped([SIGNED, phase(1, 7), claim("RUS", 16, of=None)], "told"),
    ]
    [assertion] = balance_assertions(log)
    assert [(one.what, one.agreement) for one in assertion.candidates] == [("another agreement", "other")]


def test_a_mixed_category_leaves_open_how_many_were_of_each() -> None:
    mixed = Transfer("UKR", "RUS", "prisoner_of_war_or_civilian", 84)
    log = enveloped([SIGNED, PhaseCompleted(phase=1, released=(mixed,)), claim("UKR", 51)])
    civilians = next(cell for cell in ask(Claims(), log) if cell.category == "civilian")
    assert str(civilians.recorded) == "at most 84"


def test_a_gap_to_a_record_that_is_a_range_lies_within_bounds() -> None:
    unknown = Transfer("UKR", "RUS", "civilian", Range(2))
    log = enveloped([SIGNED, PhaseCompleted(phase=1, released=(unknown,)), claim("RUS", 7, of=None)])
    [assertion] = balance_assertions(log)
    assert (assertion.gap, assertion.holds, assertion.candidates) == (Gap(None, 5), None, ())
