"""Bars on the terminal: what may be done is not shown as done, and no terminal is too narrow or too plain."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from reciprocity import seeds
from reciprocity.domain import OPEN, AgreementSigned, Obligation, Range, Share, Terms
from reciprocity.domain.values import share
from reciprocity.projections import Cumulative, fold_log
from reciprocity.replay import bars, laying_out
from reciprocity.replay.cli import main
from reciprocity.testing.recorded import recordings
from tests.examples import back, out, phase, swap
from tests.projections.recorded_histories import SOME, told_in_may


def console(encoding: str = "utf-8", width: int = 80) -> Console:
    return Console(file=io.TextIOWrapper(io.BytesIO(), encoding), width=width, markup=False, highlight=False)


@given(st.integers(0, 3_000), st.integers(0, 3_000) | st.none(), st.integers(1, 2_000), st.integers(0, 40))
def test_it_is_as_long_as_asked_and_never_says_too_much(
    least: int, more: int | None, whole: int, cells: int
) -> None:
    part = share(least if more == 0 else Range(least, None if more is None else least + more), whole)
    assert part is not None
    drawn = bars.bar(part, cells, console())
    done, maybe, left = (drawn.count(sign) for sign in "█░·")
    assert drawn == "█" * done + "░" * maybe + "·" * left
    assert len(drawn) == cells
    assert done * whole <= least * cells
    assert (done == cells) is (least >= whole or cells == 0)
    if part.at_least == part.at_most:
        assert not maybe
    elif more is None:
        assert not left
    else:
        assert (done + maybe) * 1000 >= round(part.at_most * 10) * cells


@pytest.mark.parametrize(("encoding", "signs"), [("utf-8", "█░·"), ("ascii", "#?."), ("latin-1", "#?.")])
def test_what_the_encoding_cannot_show_is_ascii(encoding: str, signs: str) -> None:
    assert set(bars.bar(Share(40.0, 60.0), 10, console(encoding))) == set(signs)


def test_where_nothing_is_agreed_there_is_no_bar() -> None:
    terms = Terms(
        title="all for some",
        parties=swap().parties,
        obligations=(Obligation("UKR", "RUS", OPEN), Obligation("RUS", "UKR", 4)),
    )
    log = told_in_may((17, AgreementSigned(terms=terms)), (20, phase(1, out(3), back(3), day=20)))
    totals = fold_log(Cumulative(), log)["swap"]
    assert [str(line) for line in laying_out.progress(totals, console())] == [
        "  RUS>UKR ███████████████····· 75.0 %"
    ]


@SOME
@given(recordings(), st.integers(8, 120), st.sampled_from(["utf-8", "ascii"]))
def test_no_bar_is_wider_than_the_terminal(log: tuple[object, ...], width: int, encoding: str) -> None:
    totals = fold_log(Cumulative(), log)["told"]  # type: ignore[arg-type]
    on = console(encoding, width)
    for line in laying_out.progress(totals, on):
        assert cell_len(str(line)) <= width
        str(line).encode(encoding)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bars") / "all.db"
    assert CliRunner().invoke(main, ["record", *seeds.names(), "--store", str(path)]).exit_code == 0
    return path


@pytest.mark.parametrize("width", [30, 60, 80, 100])
def test_status_keeps_within_the_terminal_and_shows_each_direction(store: Path, width: int) -> None:
    result = CliRunner().invoke(main, ["status", str(store)], env={"COLUMNS": str(width)})
    lines = result.stdout.splitlines()
    assert all(cell_len(line) <= width for line in lines)
    assert sum("RUS>UKR ████████" in line for line in lines) == 3
    assert sum("ISR>PSE   ████████" in line for line in lines) == 2
    assert ("Each way" in result.stdout) is (width == 100)


def test_the_json_of_status_has_no_bar(store: Path) -> None:
    assert "█" not in CliRunner().invoke(main, ["status", str(store), "--json"]).stdout


def test_a_terminal_of_ascii_gets_ascii() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "reciprocity", "replay", "ua-ru-2025-07-23"],
        env={**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "100"},
        stdout=subprocess.PIPE,
        check=True,
    )
    assert b"  RUS>UKR ????????............ 0.0 to 36.9 %" in done.stdout
