"""``reciprocity rebuild``: what it says and how it exits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reciprocity.projections.views import VIEWS
from reciprocity.replay.cli import main
from reciprocity.store import Register
from tests import stores
from tests.projections.view_stores import expected, many, stored

AGREEMENTS = 3


def run(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, ["rebuild", *arguments], env={"COLUMNS": "100", **environment})


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def url(kept_url: str) -> str:
    with Register.open(kept_url, create=True) as register:
        register.take_over(many(agreements=AGREEMENTS, phases=3))
    return kept_url


def test_it_builds_all_views_and_then_brings_them_up(url: str) -> None:
    built = lines(run(url, "--json"))
    assert [one["view"] for one in built] == list(VIEWS)
    assert {(one["done"], one["since"], one["position"]) for one in built} == {("built", 0, 12)}
    assert [one["rows"] for one in built] == [15, 18, 3, 27, 27]
    assert lines(run(url, "--json")) == [{**one, "done": "up to date", "since": 12} for one in built]
    with Register.open(url) as register:
        register.complete_phase("swap-001", 4, [])
        again = lines(run(url, "--json"))
        assert {(one["done"], one["since"], one["position"]) for one in again} == {("caught up", 12, 13)}
        for view in VIEWS:
            assert stored(register, view) == expected(view, register.log())


def test_it_builds_one_view_anew(url: str) -> None:
    first = run(url, "facts")
    assert first.output.startswith("facts: built, as of position 12: 27 rows, sha256 ")
    assert run(url, "facts").output == first.output.replace("built", "up to date")
    assert run(url, "facts", "--from-scratch", "--batch", "4").output == first.output
    with Register.open(url) as register:
        assert stored(register, "cumulative") is None
        register.complete_phase("swap-001", 4, [])
    assert run(url, "facts").output.startswith("facts: caught up with 1 event, as of position 13: 27 rows")


def test_several_processes_say_the_same(url: str) -> None:
    alone = run(url, "cumulative").output
    assert run(url, "cumulative", "--from-scratch", "--processes", "2", "--batch", "4").output == alone


def test_a_check_finds_what_was_changed_and_writes_nothing(url: str) -> None:
    missing = run(url, "cumulative", "--check")
    assert (missing.exit_code, missing.stderr[:48]) == (2, "Error: cumulative: has not been built yet, or by")
    run(url)
    fine = run(url, "--check")
    assert (fine.exit_code, fine.output) == (
        0,
        "".join(f"{view}: says what the log does\n" for view in VIEWS),
    )
    table = "view_facts" if url.startswith("sqlite") else "reciprocity_views.facts"
    stores.execute(url, f"UPDATE {table} SET at_least = 7 WHERE agreement = 'swap-001' AND nth = 1")  # noqa: S608
    for _ in range(2):
        wrong = run(url, "facts", "--check")
        assert (wrong.exit_code, wrong.output) == (
            1,
            "facts: does not say what the log does of:\n  swap-001\n",
        )
        told = run(url, "facts", "--check", "--json")
        assert (told.exit_code, lines(told)) == (1, [{"view": "facts", "differing": ["swap-001"]}])


def test_an_unreadable_event_stops_it_or_is_named(url: str) -> None:
    third = "originator_id = 'swap-001' AND originator_version = 3"
    stores.execute(url, f"UPDATE stored_events SET topic = 'phase-held/1' WHERE {third}")  # noqa: S608
    stopped = run(url, "cumulative")
    reason = "position 8, swap-001 version 3, phase-held/1: no event of that name is known"
    assert (stopped.exit_code, stopped.stderr) == (3, f"Error: {reason}\n")
    skipped = run(url, "cumulative", "--skip-unreadable")
    assert skipped.exit_code == 1
    assert skipped.output.splitlines()[1:] == [f"  nothing is told of swap-001: {reason}"]
    told = run(url, "--skip-unreadable", "--json")
    assert (told.exit_code, [one["unreadable"] for one in lines(told)]) == (
        1,
        [{"swap-001": reason}] * len(VIEWS),
    )


@pytest.mark.parametrize(
    "arguments", [("{url}", "verdicts"), ("{url}", "--batch", "0"), ("no-such.db",), ("journal.toml",)]
)
def test_what_is_not_there_is_a_mistake_in_usage(url: str, arguments: tuple[str, ...]) -> None:
    assert run(*(argument.format(url=url) for argument in arguments)).exit_code == 2


def test_a_terminal_is_shown_how_far_it_is(url: str) -> None:
    assert run(url, "cumulative").stderr == ""
    shown = run(url, "cumulative", "--from-scratch", "--batch", "5", FORCE_COLOR="1", NO_COLOR="1")
    assert "12 of 12 events" in shown.stderr


def test_a_store_of_another_process_is_not_changed_by_a_check(tmp_path: Path) -> None:
    path = tmp_path / "exchange.db"
    Register.open(f"sqlite:///{path}", create=True).close()
    before = path.read_bytes()
    assert run(str(path), "--check").exit_code == 2
    assert path.read_bytes() == before
