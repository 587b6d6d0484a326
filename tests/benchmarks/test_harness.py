"""The harness runs from end to end, and its table says what was measured; what that is, no test asks."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner

from benchmarks import table
from benchmarks.__main__ import FAMILIES, main
from benchmarks.rounds import (
    BESIDE,
    MICROSECONDS,
    Costs,
    Family,
    Figure,
    Result,
    Target,
    by_stretches,
    cost,
    cost_near,
    faster,
    mib_more,
    results,
)
from benchmarks.stores import FULL, SHORT, TINY, Sizes, Stores

FIGURES = [figure for family in FAMILIES.values() for figure in family.figures]
WANTED = {
    "replay-counts": "at least 8 times as fast",
    "replay-two": "at least 14 times as fast",
    "replay-whole": "at least 5 times as fast",
    "replay-limit": "at least 1 times as fast",
    "rebuild": "at least 50 times as fast",
    "command": "at most 1.25 times the cost",
    "load": "at least 10 times as fast",
    "load-without-assertions": "at least 4 times as fast",
    "load-linear": "10 ± 1.5 times the cost",
    "record-import": "at least 5 times as fast",
    "record-journals": "at least 5 times as fast",
    "resume": "at least 40 times as fast",
    "as-of": "at most 1.5 times the cost",
    "memory": "at most 16 MiB more",
    "parquet": "at least 15 times as fast",
    "verify-seal": "at most 3 times the cost",
}
"""What speed and scale must reach."""


def of_rounds(target: Target, *pairs: tuple[float, float]) -> Result:
    figure = Figure("figure", "what is compared", "ours", "theirs", target)
    rounds: list[Costs] = [{"ours": ours, "theirs": theirs} for ours, theirs in pairs]
    [result] = results(Family("family", (), (figure,)), rounds, TINY)
    return result


def test_every_figure_that_is_wanted_is_measured() -> None:
    assert {figure.name: figure.target.wanted for figure in FIGURES if figure.target is not BESIDE} == WANTED
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)


def test_everything_runs_from_end_to_end() -> None:
    ran = CliRunner().invoke(main, ["--tiny"], catch_exceptions=False)
    assert ran.exit_code == 0
    for figure in FIGURES:
        assert len(re.findall(rf"\b{figure.name} ", ran.stdout)) >= 1


def test_a_figure_is_the_median_of_the_ratios_of_its_rounds() -> None:
    result = of_rounds(faster(3), (1, 10), (10, 20), (2, 6))
    assert list(result.values) == [10, 2, 3]
    assert result.value == 3  # and not 5, which is the ratio of the medians
    assert (result.ours, result.theirs) == (2, 10)


@pytest.mark.parametrize(
    ("target", "reached", "missed"),
    [
        (faster(8), (1, 8), (1, 7.9)),
        (cost(1.25), (5, 4), (5.1, 4)),
        (cost_near(10, 1.5), (11.5, 1), (11.6, 1)),
        (cost_near(10, 1.5), (8.5, 1), (8.4, 1)),
        (mib_more(16), (56, 40), (56.1, 40)),
    ],
)
def test_a_target_is_reached_up_to_its_bound(
    target: Target, reached: tuple[float, float], missed: tuple[float, float]
) -> None:
    assert of_rounds(target, reached).is_reached
    assert not of_rounds(target, missed).is_reached


def test_a_target_that_is_meant_at_full_size_is_judged_in_a_full_run_only() -> None:
    figure = Figure("figure", "what", "ours", "theirs", faster(15), at_full_size=True)
    rounds: list[Costs] = [{"ours": 1, "theirs": 2}]
    for sizes, is_judged in ((SHORT, False), (FULL, True)):
        [result] = results(Family("family", (), (figure,)), rounds, sizes)
        assert result.figure.target.is_judged is is_judged
        assert result.is_reached is not is_judged
        assert table.cells(result, sizes)[2:4] == (
            "at least 15 times as fast" + ("" if is_judged else ", in a full run"),
            "2.00 times",
        )
        assert table.cells(result, sizes)[-1] == ("no" if is_judged else "")


def test_turns_are_taken_round_by_round_after_a_tiny_one_that_warms_up(tmp_path: Path) -> None:
    taken: list[tuple[str, Sizes]] = []

    def ours(stores: Stores) -> Costs:
        taken.append(("ours", stores.sizes))
        return {"ours": len(taken)}

    def theirs(stores: Stores) -> Costs:
        taken.append(("theirs", stores.sizes))
        return {"theirs": len(taken)}

    sizes = attrs.evolve(SHORT, rounds=2)
    family = Family("family", (ours, theirs), ())
    assert list(family.rounds(Stores(tmp_path, sizes))) == [
        {"ours": 3, "theirs": 4},
        {"ours": 5, "theirs": 6},
    ]
    assert taken == [(name, of) for of in (TINY, sizes, sizes) for name in ("ours", "theirs")]


def test_work_takes_turns_after_every_stretch_of_the_log() -> None:
    taken: list[tuple[Any, ...]] = []
    work = {name: partial(_take, taken, name) for name in ("ours", "theirs")}
    costs = by_stretches(work, {"whole": partial(_take, taken, "whole")}, 10)
    stretches = [one[1:] for one in taken if one[0] == "ours"]
    assert [n for after, up_to in stretches for n in range(after + 1, up_to + 1)] == list(range(1, 11))
    assert taken == [
        one for stretch in stretches for one in (("ours", *stretch), ("theirs", *stretch), ("whole",))
    ]
    assert costs.keys() == {"ours", "theirs", "whole"}


def _take(taken: list[tuple[Any, ...]], *what: Any) -> None:
    taken.append(what)


def test_costs_are_said_with_three_digits() -> None:
    said = [MICROSECONDS.say(seconds) for seconds in (1.234e-6, 12.34e-6, 123.4e-6, 1234e-6)]
    assert said == ["1.23", "12.3", "123", "1,234"]


@pytest.mark.parametrize("sizes", [SHORT, FULL, TINY])
def test_the_table_is_well_formed(sizes: object) -> None:
    assert isinstance(sizes, type(TINY))
    found = [Result(figure.of(sizes), (1.0, 3.0, 2.0), 1.0, 2.0) for figure in FIGURES]
    first, second, *lines = table.markdown(found, sizes).splitlines()
    assert first == f"| {' | '.join(table.HEADINGS)} |"
    assert set(second) == set("| -")
    assert len(lines) == len(FIGURES)
    for line, figure in zip(lines, FIGURES, strict=True):
        cells = line.removeprefix("| ").removesuffix(" |").split(" | ")
        assert len(cells) == len(table.HEADINGS)
        assert cells[0] == figure.name
        assert "{" not in cells[1]
        assert "2.00" in cells[3]
        assert cells[4] == "1.00 to 3.00"
        assert (cells[7] in ("yes", "no")) == figure.of(sizes).target.is_judged


_OF_FULL = "<!-- make bench-full: written by the harness -->\n"


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "performance.md"
    places = [
        f"<!-- {name}: written by the harness -->\nold\n<!-- end of {name} -->\n"
        for name in ("make bench", "make bench-full")
    ]
    path.write_text("# Above\n" + "between\n".join(places) + "below\n", "utf-8")
    return path


def test_a_table_is_written_in_the_place_of_its_last_one(document: Path) -> None:
    result = of_rounds(faster(8), (1, 9))
    for _ in range(2):
        table.write([result], TINY, command="make bench", document=document)
    text = document.read_text("utf-8")
    assert text.count("| figure | what is compared | at least 8 times as fast | 9.00 times |") == 1
    assert re.search(r"`make bench`, \d{4}-\d\d-\d\d: \d+ cores, .*, SQLite [\d.]+, eventsourcing 9", text)
    assert text.startswith("# Above\n")
    assert text.endswith(f"between\n{_OF_FULL}old\n<!-- end of make bench-full -->\nbelow\n")


def test_a_document_without_a_place_is_left_as_it_is(document: Path) -> None:
    before = document.read_text("utf-8")
    with pytest.raises(ValueError, match="no place for make tea"):
        table.write([], TINY, command="make tea", document=document)
    assert document.read_text("utf-8") == before


def test_the_document_has_a_place_for_each_command(tmp_path: Path) -> None:
    copy = tmp_path / "performance.md"
    copy.write_bytes(table.DOCUMENT.read_bytes())
    for command in ("make bench", "make bench-full"):
        table.write([of_rounds(faster(8), (1, 9))], TINY, command=command, document=copy)
    assert copy.read_text("utf-8").count("| 9.00 times |") == 2


def measuring(monkeypatch: pytest.MonkeyPatch, **theirs: float) -> None:
    """Let nothing be measured but figures of these names, which are to be 8."""
    for name in list(FAMILIES):
        monkeypatch.delitem(FAMILIES, name)
    for name, cost_of_theirs in theirs.items():
        costs = {"ours": 1.0, "theirs": cost_of_theirs}
        figure = Figure(name, "what", "ours", "theirs", faster(8))
        monkeypatch.setitem(FAMILIES, name, Family(name, (partial(_same, costs),), (figure,)))


def _same(costs: Costs, _: Stores) -> Costs:
    return costs


def test_a_missed_target_is_named_and_fails_only_a_check(monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(monkeypatch, quick=9, slow=7)
    for options, exit_code in (([], 0), (["--check"], 1)):
        ran = CliRunner().invoke(main, options, catch_exceptions=False)
        assert ran.exit_code == exit_code
        assert ran.stdout.endswith("not reached: slow\n")


def test_a_check_passes_where_all_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    measuring(monkeypatch, quick=9)
    ran = CliRunner().invoke(main, ["--check"], catch_exceptions=False)
    assert ran.exit_code == 0
    assert "not reached" not in ran.stdout


@pytest.mark.parametrize("options", [["--tiny"], ["--only", "replay"]])
def test_only_a_whole_table_is_written(options: list[str]) -> None:
    before = table.DOCUMENT.read_bytes()
    ran = CliRunner().invoke(main, [*options, "--write"])
    assert ran.exit_code == 2
    assert "the whole table" in ran.stderr
    assert table.DOCUMENT.read_bytes() == before
