"""The command ``backup``: what it prints, and how it exits."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from reciprocity.replay.cli import main

FOUNDING = "ua-ru-2025-05-16"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_it_copies_a_store_and_says_what(tmp_path: Path) -> None:
    store, copy = tmp_path / "exchange.db", tmp_path / "copy.db"
    run("record", FOUNDING, "--store", store)
    done = run("backup", store, copy, "--json")
    assert done.exit_code == 0
    told = json.loads(done.stdout)
    assert list(told) == ["file", "events", "position", "root"]
    assert (told["file"], told["events"], told["position"]) == (str(copy), 14, 14)
    assert run("log", copy, "--json").stdout == run("log", store, "--json").stdout
    again = run("backup", copy, tmp_path / "again.db")
    assert again.stdout == f"{tmp_path}/again.db: 14 events, up to position 14: root {told['root']}\n"
    assert run("seal", copy).stdout.splitlines()[1:3] == ["14", told["root"]]


def test_it_refuses_what_is_there_and_what_is_not(tmp_path: Path) -> None:
    store, copy = tmp_path / "exchange.db", tmp_path / "copy.db"
    run("record", FOUNDING, "--store", store)
    copy.write_text("kept")
    taken = run("backup", store, copy)
    assert (taken.exit_code, taken.stderr) == (
        1,
        f"Error: {copy}: exists already; a backup overwrites nothing\n",
    )
    assert copy.read_text() == "kept"
    assert run("backup", tmp_path / "nothing.db", tmp_path / "other.db").exit_code == 2
    assert run("backup", FOUNDING, tmp_path / "other.db").exit_code == 2
    assert sorted(file.name for file in tmp_path.iterdir()) == ["copy.db", "exchange.db"]
