"""The seeds tell what is known of eight real records, each figure with its source."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reciprocity import seeds
from reciprocity.domain import AgreementFulfilled, Count, Direction, Range, Recorded
from reciprocity.projections import Claims, Cumulative, Label, Timeline, ask, fold_log
from reciprocity.replay.opening import opened

FIGURES: dict[str, dict[str, Count]] = {
    "il-hamas-2023-11": {"HAMAS>ISR": 80, "ISR>PSE": 240},
    "il-hamas-2025-01": {"HAMAS>ISR": 33, "ISR>PSE": 1778},
    "ua-ru-2025-05-16": {"RUS>UKR": 1000, "UKR>RUS": 1000},
    "ua-ru-2025-07-23": {"RUS>UKR": Range(0, 443), "UKR>RUS": Range(0, 443)},
    "ua-ru-2026-02-geneva": {"RUS>UKR": 500, "UKR>RUS": 500},
    "ua-ru-remains": {"RUS>UKR": Range(8909, 8912), "UKR>RUS": 263},
}
STATUS = {
    "il-hamas-2023-11": "fulfilled",
    "il-hamas-2025-01": "fulfilled",
    "ua-ru-2025-05-16": "fulfilled",
    "ua-ru-2025-06-02": "in-force",
    "ua-ru-2025-07-23": "in-force",
    "ua-ru-2026-02-geneva": "fulfilled",
    "ua-ru-exchanges": "in-force",
    "ua-ru-remains": "in-force",
}


def _log(name: str) -> list[Recorded]:
    with opened(name) as register:
        return list(register.log())


def test_there_are_eight() -> None:
    assert seeds.names() == sorted(STATUS)
    assert seeds.path("no-such-seed") is None


@pytest.mark.parametrize("name", seeds.names())
def test_a_seed_is_named_after_its_agreement_and_stands_where_it_stands(name: str) -> None:
    state = fold_log(Cumulative(), _log(name))
    assert list(state) == [name]
    assert state[name].status.value == STATUS[name]


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_the_totals_are_those_of_the_sources(name: str) -> None:
    totals = fold_log(Cumulative(), _log(name))[name]
    for direction, number in FIGURES[name].items():
        assert totals.exchanged.over(Direction(*direction.split(">"))) == number


@pytest.mark.parametrize("name", seeds.names())
def test_every_event_that_was_told_has_a_source(name: str) -> None:
    for one in _log(name):
        event = one.event
        cited = event.sources or getattr(getattr(event, "terms", None), "sources", ())
        assert cited or isinstance(event, AgreementFulfilled), f"version {one.version}"


def test_the_known_disputes_are_on_record() -> None:
    said = {
        (cell.phase, one.claimant, cell.category, one.count)
        for name in ("ua-ru-2025-06-02", "ua-ru-2025-07-23")
        for cell in ask(Claims(), _log(name))
        for one in cell.said
    }
    assert {(1, "RUS", "prisoner_of_war", 84), (1, "UKR", "prisoner_of_war", 33)} <= said
    assert (1, "UKR", "civilian", 51) in said
    assert {
        claimed for phase, _, category, claimed in said if phase is None and category == "mortal_remains"
    } >= {
        6057,
        6060,
    }
    january = [
        (one.claimant, one.count, cell.recorded)
        for cell in ask(Claims(), _log("ua-ru-exchanges"))
        for one in cell.said
        if one.count in (207, 195) and cell.direction.releasing == "RUS"
    ]
    assert ("UKR", 207, Range(195, 207)) in january
    assert ("RUS", 195, Range(195, 207)) in january


def test_in_the_first_phase_ukraine_is_silent_on_what_it_released() -> None:
    cells = [cell for cell in ask(Claims(), _log("ua-ru-2025-05-16")) if cell.phase == 1]
    silent = {
        (one.claimant, cell.direction.releasing) for cell in cells for one in cell.said if one.count is None
    }
    assert silent == {("UKR", "UKR")}
    labels = {cell.direction.releasing: cell.label for cell in cells}
    assert labels == {"RUS": Label.CONFIRMED, "UKR": Label.ONE_SIDED}


@pytest.mark.parametrize(
    ("name", "direction", "category", "figures", "apart"),
    [
        ("ua-ru-exchanges", "RUS>UKR", "unspecified", {("UKR", 207), ("RUS", 195)}, 12),
        ("ua-ru-2025-07-23", "RUS>UKR", "prisoner_of_war", {("UKR", 33), ("RUS", 84)}, 51),
        ("ua-ru-2025-06-02", "RUS>UKR", "mortal_remains", {("UKR", 6057), ("RUS", 6060)}, 3),
    ],
)
def test_a_known_dispute_is_labelled_with_how_far_apart_it_is_and_its_sources(
    name: str, direction: str, category: str, figures: set[tuple[str, int]], apart: int
) -> None:
    cells = [
        cell
        for cell in ask(Claims(), _log(name))
        if (str(cell.direction), cell.category, cell.label) == (direction, category, Label.DISPUTED)
        and {(one.claimant, one.count) for one in cell.said} == figures
    ]
    [cell] = cells
    assert cell.apart == apart
    assert all(one.sources for one in cell.said)


def test_a_correction_shows_and_what_it_corrected_stays() -> None:
    log = _log("il-hamas-2025-01")
    remains = [
        transfer.count
        for row in ask(Timeline(), log)
        for transfer in row.transfers
        if transfer.category == "mortal_remains"
    ]
    assert remains == [3, 1, 4]
    assert 4 in list(_first_recorded(log, phase=7))


def _first_recorded(log: list[Recorded], phase: int) -> Iterator[Count]:
    for one in log:
        if type(one.event).__name__ == "PhaseCompleted" and getattr(one.event, "phase", 0) == phase:
            yield from (transfer.count for transfer in getattr(one.event, "released", ()))
