"""Charts: what is drawn is what the projections say; what is unknown shows; a text is only a text."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from altair import VConcatChart
from hypothesis import given
from hypothesis import strategies as st

from reciprocity import seeds
from reciprocity.domain import (
    OPEN,
    AgreementSigned,
    Claimed,
    ClaimRecorded,
    Kept,
    PhaseVoided,
    Range,
    Recorded,
    TermsAmended,
)
from reciprocity.domain.values import highest, lowest
from reciprocity.projections import Cumulative, Standing, fold_log, largest_phase
from reciprocity.projections.progress import directions
from reciprocity.replay.charts import FORMS, Drawing, NothingToDraw, balance, progress, years
from reciprocity.replay.charts.axes import ticks
from reciprocity.replay.journal import read_journal
from reciprocity.replay.options import Clocks
from reciprocity.replay.record import record
from reciprocity.store import Register
from reciprocity.testing.recorded import recordings
from tests.examples import back, may, out, phase, swap
from tests.projections.recorded_histories import SOME, corrected, noon, told_in_may
from tests.replay.pictures import KINDS, layers, leaves

NOW_KNOWN, THEN_KNOWN, AGREED = (
    "exchanged by that day, as now known",
    "exchanged, as the record then had it",
    "agreed total",
)
TERMS = swap(kept=Kept.NOT_REQUIRED)


def drawn(kind: str, log: tuple[Recorded, ...] | list[Recorded]) -> Drawing | None:
    try:
        return KINDS[kind](list(log), Clocks())
    except NothingToDraw:
        return None


def rows(part: Any, name: str) -> list[dict[str, Any]]:
    """The rows of a specification that are drawn under a name of the legend."""
    found = [row for layer in layers(part) for row in layer["data"]["values"]]
    return [row for row in found if row.get("what") == name]


def words(part: Any) -> set[str]:
    """What is written in a picture, beside its axes."""
    return {str(row["label"]) for layer in layers(part) for row in layer["data"]["values"] if "label" in row}


def history_of(seed: str) -> list[Recorded]:
    path = seeds.path(seed)
    assert path is not None
    with Register.open("memory:") as register:
        record(register, read_journal(path))
        return list(register.log())


@SOME
@given(recordings())
def test_each_direction_ends_where_the_record_stands(log: tuple[Recorded, ...]) -> None:
    totals = fold_log(Cumulative(), log)["told"]
    picture = drawn("progress", log)
    if picture is None:
        assert not directions(totals)
        return
    for direction, panel in zip(directions(totals), picture.panels, strict=True):
        now, top = totals.over(direction), panel["encoding"]["y"]["scale"]["domain"][1]
        line = max(rows(panel, NOW_KNOWN), key=lambda row: row["x"])
        assert line["y"] == lowest(now) <= top
        bands = rows(panel, "unknown, within these bounds") + rows(panel, "unknown, without an upper bound")
        last = [row for row in bands if row["x"] == line["x"]]
        most = highest(now)
        if isinstance(now, int):
            assert not last
        elif last:
            assert (last[-1]["y"], last[-1]["y2"]) == (lowest(now), top if most is None else most)


@SOME
@given(recordings())
def test_what_the_record_had_is_drawn_once_anything_was_corrected(log: tuple[Recorded, ...]) -> None:
    picture = drawn("progress", log)
    put_right = any(getattr(one.event, "reverses", None) for one in log)  # not what was only announced
    if picture is not None:
        assert bool(rows(picture.specification, THEN_KNOWN)) is put_right


@SOME
@given(recordings())
def test_the_largest_phase_is_marked_and_nothing_else(log: tuple[Recorded, ...]) -> None:
    state = fold_log(Standing(), log)
    picture, largest = drawn("years", log), largest_phase(state)
    if picture is None:
        return
    marked = rows(picture.specification, "the largest")
    if largest is None or largest.completed_on is None:
        assert not marked
    else:
        assert [row["y"] for row in marked] == [lowest(largest.persons)]


@SOME
@given(recordings(), st.sampled_from(sorted(KINDS)))
def test_whatever_is_drawn_lies_in_the_picture_and_is_data(log: tuple[Recorded, ...], kind: str) -> None:
    picture = drawn(kind, log)
    if picture is None:
        return
    for panel in picture.panels:
        scales = {axis: panel["encoding"][axis]["scale"]["domain"] for axis in ("x", "y")}
        for layer in layers(panel):
            for row in layer["data"]["values"]:
                for name in row.keys() & {"x", "x2", "y", "y2"}:
                    low, high = scales[name[0]]
                    assert low <= row[name] <= high, row
    keys = {key for path, _ in leaves(picture.specification) for key in path}
    assert not keys & {"expr", "signal", "transform", "href", "url", "params", "test", "condition"}


def test_ranges_are_bands_and_what_is_unknown_is_said() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=TERMS)),
        (20, phase(1, out(4), back(Range(2, 5)), day=20)),
        (22, phase(2, out(1), back(Range(1)))),
    )
    picture = progress(log, Clocks())
    there, here = picture.panels
    assert not rows(there, "unknown, within these bounds")
    assert [(row["y"], row["y2"]) for row in rows(here, "unknown, within these bounds")] == [(2, 5), (2, 5)]
    assert {row["y"] for row in rows(here, "unknown, without an upper bound")} == {3}
    assert "Unknown, RUS>UKR: the number in 2 of 2 phases; a range is drawn there." in picture.caption
    assert any("the day of 1 of 2 phases" in line for line in picture.caption)
    assert len(rows(here, "phase, day unknown")) == 1
    assert "5 of 10" in words(there)
    assert "≥3 of 10" in words(here)


def test_an_open_total_is_no_line_and_said_to_be_open() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=swap(OPEN, 5, kept=Kept.NOT_REQUIRED))),
        (20, phase(1, out(4), back(1), day=20)),
    )
    picture = progress(log, Clocks())
    assert not rows(picture.panels[0], AGREED)
    assert {row["y"] for row in rows(picture.panels[1], AGREED)} == {5}
    assert "UKR>RUS: no total agreed." in picture.caption


def test_a_correction_is_a_step_on_the_day_of_its_recording_and_not_of_the_phase() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=TERMS)),
        (20, phase(1, out(4), day=20)),
        (23, corrected(1, out(3), day=20)),
        (25, PhaseVoided(phase=1, reason="made up")),
    )
    there = progress(log, Clocks()).panels[0]
    at_noon = [int(noon(day).timestamp() * 1000) for day in (17, 20, 23, 25)]
    then = {(row["x"], row["y"]) for row in rows(there, THEN_KNOWN) if row["part"] == 0}
    assert then >= set(zip(at_noon, (0, 4, 3, 0), strict=True))
    put_right = rows(there, "correction or voiding, when recorded")
    assert [(row["x"], row["y"]) for row in put_right] == list(zip(at_noon[2:], (3, 0), strict=True))
    assert {row["y"] for row in rows(there, NOW_KNOWN)} == {0}
    assert "phase 1 corrected" in words(there)
    known_then = progress(log[:3], Clocks(known_at=noon(23)))
    assert {row["y"] for row in rows(known_then.panels[0], NOW_KNOWN)} == {0, 3}
    assert "Only what was recorded by 2025-05-23 12:00 UTC." in " ".join(known_then.caption)


def test_a_disputed_figure_is_marked_where_it_is() -> None:
    def said(by: str, count: int) -> ClaimRecorded:
        return ClaimRecorded(claimant=by, phase=1, claimed=(Claimed("UKR", "RUS", "civilian", count),))

    log = told_in_may(
        (17, AgreementSigned(terms=TERMS)),
        (20, phase(1, out(4), back(4), day=20)),
        (21, said("UKR", 4)),
        (21, said("RUS", 7)),
    )
    there, here = progress(log, Clocks()).panels
    [mark] = rows(there, "disputed figure")
    assert mark["y"] == 4
    assert "3 apart" in words(there)
    assert not rows(here, "disputed figure")


def test_the_balance_is_a_line_where_it_is_known_and_a_band_where_it_is_not() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=TERMS)),
        (20, phase(1, out(4), back(1), day=20)),
        (22, phase(2, out(Range(0, 2)), back(Range(0, 5)), day=22)),
    )
    released, beyond = balance(log, Clocks()).panels
    assert {row["y"] for row in rows(beyond, "received beyond what was released")} == {0, -3}
    band = rows(beyond, "unknown, within these bounds")
    assert {(row["y"], row["y2"]) for row in band} == {(-5, 2)}
    assert {"UKR 4–6", "RUS 1–6"} <= words(released)


def test_the_years_have_their_sums_and_the_dead_are_not_counted_as_persons() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=TERMS)),
        (20, phase(1, out(4), back(3), day=20)),
        (21, phase(2, out(3, "mortal_remains"), day=21)),
        (22, phase(3, out(1))),
    )
    picture = years(log, Clocks())
    assert [table.rows for table in picture.tables] == [
        (("2025", "1", "7"),),
        (("2025-05-20", "swap", "1", "7"),),
    ]
    assert "Not drawn: 1 phase whose day is unknown." in picture.caption
    assert any("remains are not counted" in line for line in picture.caption)


def test_what_came_after_the_last_phase_and_what_the_record_once_had_lie_in_the_picture() -> None:
    more = TermsAmended(terms=swap(20, 20, kept=Kept.NOT_REQUIRED), reason="more", amended_on=may(30))
    log = told_in_may(
        (17, AgreementSigned(terms=TERMS)),
        (20, phase(1, out(Range(0, 9)), day=20)),
        (21, phase(2, out(Range(1)), day=21)),
        (25, corrected(1, out(0), day=20)),
        (30, more),
    )
    panel = progress(log, Clocks()).panels[0]
    scales = {axis: panel["encoding"][axis]["scale"]["domain"] for axis in ("x", "y")}
    assert max(row["x"] for row in rows(panel, AGREED)) <= scales["x"][1]
    assert {row["y"] for row in rows(panel, AGREED)} == {10, 20}
    assert 9 in {row["y"] for row in rows(panel, THEN_KNOWN)}
    assert all(row["y"] <= scales["y"][1] for row in rows(panel, THEN_KNOWN))


def test_the_largest_is_not_marked_on_a_day_that_is_not_its_own() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=TERMS)),
        (20, phase(1, out(2), back(2), day=20)),
        (21, phase(2, out(4), back(3))),
    )
    picture = years(log, Clocks())
    assert not rows(picture.specification, "the largest")
    assert not any("phase 2" in word for word in words(picture.panels[0]))
    assert "Largest in one phase: 7 persons, phase 2 of swap, day unknown." in picture.caption


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_what_there_is_nothing_of_is_not_drawn(kind: str) -> None:
    with pytest.raises(NothingToDraw):
        KINDS[kind]([], Clocks())


def test_the_same_record_gives_the_same_bytes_whatever_the_surroundings(tmp_path: Path) -> None:
    subprocess.run(
        [Path(sys.executable).parent / "reciprocity", "chart", "ua-ru-2025-07-23", "-o", "there.svg"],
        env={**os.environ, "TZ": "XXX-14", "PYTHONHASHSEED": "7", "LC_ALL": "C"},
        cwd=tmp_path,
        check=True,
    )
    here = FORMS[".svg"](progress(history_of("ua-ru-2025-07-23"), Clocks()))
    assert (tmp_path / "there.svg").read_bytes() == here


@pytest.mark.parametrize(("seed", "kind"), [("il-hamas-2025-01", "progress"), ("ua-ru-exchanges", "balance")])
def test_the_specification_is_in_the_grammar(seed: str, kind: str) -> None:
    specification = KINDS[kind](history_of(seed), Clocks()).specification
    del specification["config"]["legend"]["layout"]  # of the grammar below, to which it is passed on
    VConcatChart.from_dict(specification)


def test_a_picture_is_a_picture() -> None:
    picture = progress(history_of("ua-ru-2025-05-16"), Clocks())
    assert FORMS[".png"](picture).startswith(b"\x89PNG\r\n")
    svg = FORMS[".svg"](picture).decode()
    assert 'role="img" aria-labelledby="title description"' in svg
    assert "697" in svg
    assert "exchanged 1,000, agreed: 1,000" in svg


@given(st.dates(), st.dates())
def test_an_axis_has_few_ticks_and_all_of_them_on_it(one: dt.date, other: dt.date) -> None:
    first, last = sorted((one, other))
    days = ticks(first, last)
    assert len(days) <= 11
    assert days == sorted(set(days))
    assert all(first <= day <= last for day in days)
    assert days or (last - first).days < 366
