"""The command line: what it prints, how it exits, and that it changes nothing by reading."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from reciprocity import seeds
from reciprocity.replay.cli import main
from reciprocity.store import Register

FOUNDING = "ua-ru-2025-05-16"
BROKEN = Path(str(seeds.path(FOUNDING))).parent / "broken"


def run(*arguments: str | Path, columns: int = 100) -> Result:
    environment = {"COLUMNS": str(columns), "NO_COLOR": "1"}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


def lines(result: Result) -> list[dict[str, Any]]:
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "exchange.db"
    assert run("record", FOUNDING, "--store", path).exit_code == 0
    return path


def test_replay_gives_the_founding_figures() -> None:
    rows = lines(run("replay", FOUNDING, "--json"))
    each_way = ("RUS>UKR", "UKR>RUS")
    assert [row["phase"] for row in rows] == [1, 2, 3]
    assert [row["completed_on"] for row in rows] == ["2025-05-23", "2025-05-24", "2025-05-25"]
    assert [row["status"] for row in rows] == ["in-force", "in-force", "fulfilled"]
    assert all(row["balanced"] is True for row in rows)
    for direction in each_way:
        assert [row["cumulative"][direction]["total"] for row in rows] == [390, 697, 1000]
        assert [row["remaining"][direction] for row in rows] == [610, 303, 0]
        assert rows[0]["cumulative"][direction] == {"total": 390, "prisoner_of_war": 270, "civilian": 120}
    assert rows[0]["transfers"][0] == {
        "releasing": "RUS",
        "receiving": "UKR",
        "category": "prisoner_of_war",
        "count": 270,
        "within_agreement": True,
    }
    assert list(rows[0]) == [
        "agreement",
        "phase",
        "completed_on",
        "transfers",
        "cumulative",
        "remaining",
        "balanced",
        "status",
        "position",
    ]


def test_replay_writes_unknown_counts_as_bounds() -> None:
    rows = lines(run("replay", "ua-ru-2025-06-02", "--json"))
    unknown = [t["count"] for row in rows for t in row["transfers"] if not isinstance(t["count"], int)]
    assert {"at_least": 0, "at_most": None} in unknown
    assert all(set(count) == {"at_least", "at_most"} for count in unknown)
    assert any(row["balanced"] is None for row in rows)


def test_replay_gives_the_same_from_a_path_a_name_and_a_store(store: Path) -> None:
    by_name = run("replay", FOUNDING, "--json").stdout
    assert run("replay", seeds.path(FOUNDING) or "", "--json").stdout == by_name
    assert run("replay", store, "--json").stdout == by_name
    assert run("replay", f"sqlite:///{store}", FOUNDING, "--json").stdout == by_name


@pytest.mark.parametrize("columns", [30, 60, 100, 200])
def test_nothing_is_lost_on_a_narrow_terminal(columns: int) -> None:
    words = run("replay", FOUNDING, columns=columns).stdout.split()
    assert "\x1b" not in " ".join(words)
    assert "…" not in " ".join(words)
    assert words.count("2025-05-24") >= 1
    assert "697" in words


def test_a_fourth_phase_is_refused_by_name_and_the_store_stays_as_it_was(store: Path, tmp_path: Path) -> None:
    before = store.read_bytes()
    text = (seeds.path(FOUNDING) or Path()).read_text("utf-8")
    entry = """
[[event]]
event = "phase-completed"
phase = 4
completed_on = 2025-05-26
recorded_at = 2025-05-26T18:00:00Z
released = [
  { by = "RUS", to = "UKR", counts = { civilian = 1 } },
  { by = "UKR", to = "RUS", counts = { civilian = 1 } },
]
"""
    longer = tmp_path / "longer.toml"
    longer.write_text(text.replace("[sources.bt-0516]", f"{entry}\n[sources.bt-0516]"), "utf-8")
    result = run("record", longer, "--store", store)
    assert result.exit_code == 1
    assert "stays_within_the_agreed_total" in result.stderr
    assert "follows_the_life_cycle" in result.stderr
    assert "keeps_the_agreed_symmetry" not in result.stderr
    assert store.read_bytes() == before


def test_270_against_269_is_refused_by_name_and_the_store_stays_as_it_was(tmp_path: Path) -> None:
    store = tmp_path / "exchange.db"
    text = (seeds.path(FOUNDING) or Path()).read_text("utf-8")
    first = text[: text.index("[[event]]")] + text[text.index("[sources.bt-0516]") :]
    (tmp_path / "signed.toml").write_text(first, "utf-8")
    assert run("record", tmp_path / "signed.toml", "--store", store).exit_code == 0
    before = store.read_bytes()
    uneven = text.replace(
        '{ by = "UKR", to = "RUS", counts = { prisoner_of_war = 270',
        '{ by = "UKR", to = "RUS", counts = { prisoner_of_war = 269',
        1,
    )
    (tmp_path / "uneven.toml").write_text(uneven, "utf-8")
    result = run("record", tmp_path / "uneven.toml", "--store", store)
    assert result.exit_code == 1
    assert "keeps_the_agreed_symmetry" in result.stderr
    assert store.read_bytes() == before


def test_recording_says_what_is_new_and_again_that_nothing_is(store: Path) -> None:
    assert "0 events recorded, 14 in the store" in run("record", FOUNDING, "--store", store).stdout


def test_recording_creates_no_store_when_told_not_to(tmp_path: Path) -> None:
    result = run("record", FOUNDING, "--store", tmp_path / "typo.db", "--no-create")
    assert result.exit_code == 2
    assert "no such store" in result.stderr
    assert not list(tmp_path.iterdir())


def test_nothing_is_recorded_if_any_journal_is_malformed(tmp_path: Path) -> None:
    bad = tmp_path / "bad.toml"
    bad.write_text("[agreement]\nid = 3\n", "utf-8")
    result = run("record", FOUNDING, bad, "--store", tmp_path / "exchange.db")
    assert result.exit_code == 4
    assert f"{bad}:2: agreement.id" in result.stderr
    assert not (tmp_path / "exchange.db").exists()


def test_nothing_is_recorded_if_any_journal_breaks_a_rule(tmp_path: Path) -> None:
    broken = BROKEN / "stays_within_the_agreed_total.toml"
    result = run("record", FOUNDING, broken, "--store", tmp_path / "exchange.db")
    assert result.exit_code == 1
    assert not (tmp_path / "exchange.db").exists()


def test_reading_changes_no_byte(store: Path) -> None:
    before, names = store.read_bytes(), sorted(store.parent.iterdir())
    for command in ("replay", "status", "log"):
        assert run(command, store).exit_code == 0
    assert store.read_bytes() == before
    assert sorted(store.parent.iterdir()) == names


def test_status_shows_every_agreement_and_the_largest(tmp_path: Path) -> None:
    store = tmp_path / "exchange.db"
    assert run("record", *seeds.names(), "--store", store).exit_code == 0
    answers = lines(run("status", store, "--json"))
    assert sorted(a["agreement"] for a in answers if "largest" not in a) == sorted(seeds.names())
    largest = {a["largest"]: (a["agreement"], a["persons"]) for a in answers if "largest" in a}
    assert largest == {"agreement": (FOUNDING, 2000), "phase": (FOUNDING, 780)}
    shown = run("status", store, columns=160).stdout
    assert "Largest in one phase" in shown
    assert "Largest in one agreement" in shown


def test_log_tells_each_event_with_its_place(store: Path) -> None:
    rows = lines(run("log", store, "--json"))
    assert [row["position"] for row in rows] == list(range(1, 15))
    assert rows[0]["event"] == "agreement-signed"
    assert rows[1]["fact"]["released"][0]["count"] == 270
    assert rows[1]["recorded_at"] == "2025-05-23T18:00:00Z"
    assert "phase-completed" in run("log", store, FOUNDING, columns=140).stdout


def test_check_names_the_broken_rule_and_exits_with_1() -> None:
    path = BROKEN / "keeps_the_agreed_symmetry.toml"
    result = run("check", path)
    assert result.exit_code == 1
    assert "keeps_the_agreed_symmetry is violated" in result.stdout
    found = CliRunner().invoke(main, ["check", str(path), "--json"]).stdout.splitlines()
    assert {json.loads(line)["rule"] for line in found} == {"keeps_the_agreed_symmetry"}


def test_check_of_every_seed_finds_nothing() -> None:
    result = run("check", *seeds.names())
    assert result.exit_code == 0
    assert result.stdout.count(": 0 violations") == len(seeds.names())


def test_check_shows_doubts_only_when_asked() -> None:
    assert "is undecidable" not in run("check", "ua-ru-2025-06-02").stdout
    assert "is undecidable" in run("check", "ua-ru-2025-06-02", "--undecidable").stdout


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["replay", "nothing-of-that-name"], 2),
        (["replay", "missing.toml"], 2),
        (["replay", "missing.db"], 2),
        (["replay", FOUNDING, "another-agreement"], 2),
        (["replay", "postgresq://nowhere/x"], 2),
        (["status", "."], 2),
        (["record", FOUNDING], 2),
        (["record", "--store", "x.db"], 2),
        (["nonsense"], 2),
        (["replay", BROKEN / "numbers_phases_in_order.toml"], 1),
    ],
)
def test_errors_say_what_is_wrong_and_exit_with_their_code(
    arguments: list[str | Path], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == code
    assert result.stderr
    assert "Traceback" not in result.output


def test_a_damaged_event_is_named_by_its_place(store: Path) -> None:
    connection = sqlite3.connect(store)
    connection.execute("UPDATE stored_events SET topic='os/system' WHERE rowid=3")
    connection.commit()
    connection.close()
    for command in ("replay", "status", "log"):
        result = run(command, store)
        assert result.exit_code == 3
        assert "version 3, os/system" in result.stderr


def test_a_contradicting_journal_is_refused(store: Path, tmp_path: Path) -> None:
    text = (seeds.path(FOUNDING) or Path()).read_text("utf-8")
    (tmp_path / "other.toml").write_text(
        text.replace("2025-05-24\nreleased", "2025-05-25\nreleased"), "utf-8"
    )
    result = run("record", tmp_path / "other.toml", "--store", store)
    assert result.exit_code == 1
    assert "version 6" in result.stderr
    assert "completed_on" in result.stderr


@pytest.mark.parametrize("name", sorted(main.commands))
def test_every_command_has_help_with_examples(name: str) -> None:
    shown = run(name, "--help")
    assert shown.exit_code == 0
    assert "Examples:" in shown.stdout
    assert f"  reciprocity {name} " in shown.stdout
    assert isinstance(main.commands[name], click.Command)


def test_a_store_that_the_library_made_is_one_for_the_tool(tmp_path: Path) -> None:
    path = tmp_path / "made.db"
    with Register.open(f"sqlite:///{path}", create=True):
        pass
    assert run("status", path).exit_code == 0
    assert run("replay", path, "--json").stdout == ""


def test_what_members_release_shows_under_the_obligation_of_their_group(tmp_path: Path) -> None:
    journal = tmp_path / "group.toml"
    journal.write_text(
        """
[agreement]
id = "group"
title = "A group"
symmetry = { kept = "not-required" }
parties = { CCC = { name = "C", members = { CC1 = "one", CC2 = "two" } }, DDD = "D" }
obligations = [{ releasing = "CCC", receiving = "DDD", total = 10 }]

[[event]]
event = "phase-completed"
phase = 1
released = [
  { by = "CC1", to = "DDD", counts = { civilian = 2 } },
  { by = "CC2", to = "DDD", counts = { civilian = 3 } },
]
""",
        "utf-8",
    )
    shown = run("replay", journal).stdout
    assert shown.count("5 of 10") == 2  # after the phase, and now
    assert "besides" not in shown
    assert "nobody" not in shown
