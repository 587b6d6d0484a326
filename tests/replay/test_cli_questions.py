"""Time, claims and what-if on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from reciprocity import seeds
from reciprocity.replay.cli import main

FOUNDING = "ua-ru-2025-05-16"
GAZA = "il-hamas-2025-01"  # its phase 7 was recorded as four remains, and corrected to three two days later


def run(*arguments: str | Path, typed: str | None = None) -> Result:
    environment = {"COLUMNS": "200", "NO_COLOR": "1"}
    return CliRunner().invoke(main, [str(a) for a in arguments], input=typed, env=environment)


def answers(*arguments: str | Path) -> list[dict[str, Any]]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "exchange.db"
    assert run("record", FOUNDING, GAZA, "--store", path).exit_code == 0
    return path


def remains(*clocks: str) -> list[int]:
    rows = answers("replay", GAZA, *clocks)
    return [t["count"] for row in rows for t in row["transfers"] if t["category"] == "mortal_remains"]


def test_a_correction_changes_what_is_now_known_and_not_what_was_known_then() -> None:
    assert remains() == [3, 1, 4]
    assert remains("--as-of", "2025-02-20") == [3]
    assert remains("--as-of", "2025-02-20", "--known-at", "2025-02-21T20:00:00Z") == [4]
    assert remains("--known-at", "2025-02-21") == [4]


def test_as_of_the_second_day_697_had_come_home() -> None:
    last = answers("replay", FOUNDING, "--as-of", "2025-05-24")[-1]
    assert last["cumulative"]["RUS>UKR"]["total"] == last["cumulative"]["UKR>RUS"]["total"] == 697
    assert last["status"] == "in-force"


@pytest.mark.parametrize("command", ["replay", "status", "log", "claims", "check"])
def test_every_command_takes_both_clocks(command: str) -> None:
    assert run(command, FOUNDING, "--as-of", "2025-05-24", "--known-at", "2025-05-24").exit_code == 0
    assert run(command, FOUNDING, "--as-of", "yesterday").exit_code == 2
    assert run(command, FOUNDING, "--known-at", "2025-13-01").exit_code == 2


def test_before_anything_was_known_there_is_nothing_to_show() -> None:
    assert answers("replay", FOUNDING, "--known-at", "2000-01-01") == []
    assert "nothing was known" in run("replay", FOUNDING, "--known-at", "2000-01-01").stdout
    assert answers("status", FOUNDING, "--known-at", "2000-01-01") == []


def test_claims_are_labelled_with_how_far_apart_they_are() -> None:
    cells = [row for row in answers("claims", "ua-ru-2025-07-23") if "label" in row]
    [disputed] = [cell for cell in cells if cell["label"] == "disputed"]
    assert (disputed["phase"], disputed["category"], disputed["apart"]) == (1, "prisoner_of_war", 51)
    assert all(said["sources"] for said in disputed["said"])
    assert "disputed by 51" in run("claims", "ua-ru-2025-07-23").stdout


def test_what_was_released_by_one_who_is_silent_is_one_sided() -> None:
    cells = [row for row in answers("claims", FOUNDING) if row.get("phase") == 1]
    assert {cell["label"] for cell in cells if cell["direction"] == "UKR>RUS"} == {"one-sided"}
    assert {cell["label"] for cell in cells if cell["direction"] == "RUS>UKR"} == {"confirmed"}


def test_a_total_to_date_that_does_not_balance_is_shown_with_its_gap() -> None:
    balances = [row for row in answers("claims", "ua-ru-exchanges") if "balance" in row]
    gaps = {row["said"]["count"]: row["gap"] for row in balances if isinstance(row["said"]["count"], int)}
    assert gaps[247] == -11
    assert gaps[978] == 82
    assert gaps[5757] == {"at_least": None, "at_most": 1151}
    assert "gap -11" in run("claims", "ua-ru-exchanges").stdout


def test_diff_names_events_and_sources(store: Path) -> None:
    changes = answers("diff", store, "2025-05-24", "2025-05-25")
    [change] = [
        c
        for c in changes
        if (c["agreement"], c["phase"], c["direction"], c["category"], c["measure"])
        == (FOUNDING, None, "RUS>UKR", None, "exchanged")
    ]
    assert (change["from"], change["to"]) == (697, 1000)
    assert [event["version"] for event in change["because"]] == [10]
    assert "liga-0525" in [source["key"] for source in change["sources"]]


def test_diff_between_positions_instants_and_records(store: Path, tmp_path: Path) -> None:
    assert answers("diff", store, "6", "6") == []
    assert answers("diff", store, "2025-05-24T18:00:00Z", "2025-05-25T18:00:00Z")
    assert run("diff", store, "soon", "later").exit_code == 2
    other = tmp_path / "other.toml"
    text = (seeds.path(FOUNDING) or Path()).read_text("utf-8")
    other.write_text(text.replace("prisoner_of_war = 303", "prisoner_of_war = 302"), "utf-8")
    changes = answers("diff", FOUNDING, other)
    totals = {(c["direction"], c["from"], c["to"]) for c in changes if c["measure"] == "remaining"}
    assert {("RUS>UKR", 0, 1), ("UKR>RUS", 0, 1)} <= totals
    assert answers("diff", FOUNDING, FOUNDING) == []


def test_what_if_changes_nothing_unless_something_is_changed() -> None:
    assert answers("what-if", FOUNDING) == []
    assert "Nothing is different" in run("what-if", FOUNDING).stdout


def test_what_if_without_a_phase_under_other_terms_and_with_more(store: Path, tmp_path: Path) -> None:
    without = answers("what-if", store, FOUNDING, "--without", "10")
    now = {
        (c["direction"], c["measure"]): c["to"] for c in without if c["phase"] is None and not c["category"]
    }
    assert now["RUS>UKR", "exchanged"] == 697
    assert now[None, "status"] == "in-force"
    text = (seeds.path(FOUNDING) or Path()).read_text("utf-8")
    (tmp_path / "smaller.toml").write_text(text.replace("total = 1000 }", "total = 900 }"), "utf-8")
    under = answers("what-if", store, FOUNDING, "--terms", tmp_path / "smaller.toml")
    assert "stays_within_the_agreed_total" in {row.get("rule") for row in under}
    (tmp_path / "fourth.toml").write_text(
        '[[event]]\nevent = "phase-completed"\nphase = 4\n'
        'released = [{ by = "RUS", to = "UKR", counts = { civilian = 1 } }]\n',
        "utf-8",
    )
    then = answers("what-if", store, FOUNDING, "--then", tmp_path / "fourth.toml")
    assert {"stays_within_the_agreed_total", "follows_the_life_cycle"} <= {row.get("rule") for row in then}


def test_what_if_and_dry_run_write_nothing(store: Path, tmp_path: Path) -> None:
    before = store.read_bytes()
    text = (seeds.path(FOUNDING) or Path()).read_text("utf-8")
    entry = """
[[event]]
event = "phase-corrected"
phase = 2
completed_on = 2025-05-24
reason = "One less each way, by a later count."
released = [
  { by = "RUS", to = "UKR", counts = { prisoner_of_war = 306 } },
  { by = "UKR", to = "RUS", counts = { prisoner_of_war = 306 } },
]
recorded_at = 2025-06-01T18:00:00Z
"""
    corrected = tmp_path / "corrected.toml"
    corrected.write_text(text.replace("[sources.bt-0516]", f"{entry}\n[sources.bt-0516]", 1), "utf-8")
    assert run("what-if", store, FOUNDING, "--without", "6").exit_code == 0
    shown = run("record", corrected, "--store", store, "--dry-run")
    assert shown.exit_code == 0
    assert "Would record 1 event. Nothing was written." in shown.stdout
    assert "after phase 2, RUS>UKR exchanged" in shown.stdout
    assert "after phase 3, RUS>UKR exchanged" in shown.stdout
    assert store.read_bytes() == before


def test_a_dry_run_into_a_store_that_is_not_there_makes_none(tmp_path: Path) -> None:
    shown = run("record", FOUNDING, "--store", tmp_path / "new.db", "--dry-run")
    assert "Would record 14 events" in shown.stdout
    assert not list(tmp_path.iterdir())


def test_a_walk_goes_where_it_is_told_and_explains_a_number() -> None:
    shown = run(
        "replay", FOUNDING, "--step", typed="n\np 3\nw RUS>UKR civilian\nb\nd 2025-05-24\n@ 2\nx\nq\n"
    )
    assert shown.exit_code == 0
    for words in (
        "[1 of 14]",
        "[2 of 14]",
        "[10 of 14]",
        "+ 120 civilian: phase 1, position 2, version 2",
        "= 120",
        "[9 of 14]",
        "[6 of 14]",
        "There is no such event",
    ):
        assert words in shown.stdout
    assert run("replay", FOUNDING, "--step", typed="").exit_code == 0
