"""Taking a given-out record in: the same record, all of it or nothing, and never against what is stored."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from click.testing import CliRunner, Result
from eventsourcing.persistence import IntegrityError
from hypothesis import given

from reciprocity import seeds
from reciprocity.domain import Recorded
from reciprocity.replay.cli import main
from reciprocity.replay.taking_in import take_in
from reciprocity.store import Register
from reciprocity.store.sqlite import Recorder
from tests.replay.registers import NOW, given_out, logs, read_back

FOUNDING = "ua-ru-2025-05-16"
EVENT_FORMATS = pytest.mark.parametrize("form", ["jsonl", "cloudevents"])


def run(*arguments: str | Path, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin)


def log_of(path: Path) -> list[tuple[int, Recorded]]:
    with Register.open(f"sqlite:///{path}") as register:
        return [(one.position, one) for one in register.log()]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Two seeds in a store."""
    path = tmp_path / "here.db"
    assert run("record", FOUNDING, "il-hamas-2023-11", "--store", path).exit_code == 0
    return path


def exported(store: Path, form: str, *more: str) -> Path:
    path = store.with_suffix(f".{form}")
    result = run("export", store, "--format", form, "-o", path, *more)
    assert result.exit_code == 0, result.output
    return path


@EVENT_FORMATS
@given(log=logs)
def test_a_record_given_out_and_taken_in_is_the_same_record(form: str, log: list[Recorded]) -> None:
    with Register.open("memory:", clock=lambda: NOW) as register:
        assert take_in(register, read_back(given_out(log, form))) == len(log)
        taken = list(register.log())
        assert given_out(taken, form) == given_out(log, form)
        assert take_in(register, read_back(given_out(log, form))) == 0
    assert [(one.position, one) for one in taken] == [(one.position, one) for one in log]


@EVENT_FORMATS
def test_every_seed_goes_out_and_in_again(form: str, tmp_path: Path) -> None:
    here, there = tmp_path / "here.db", tmp_path / "there.db"
    assert run("record", *seeds.names(), "--store", here).exit_code == 0
    assert run("import", exported(here, form), "--store", there).exit_code == 0
    assert log_of(there) == log_of(here)
    assert {path.suffix for path in tmp_path.iterdir()} == {".db", f".{form}"}


@EVENT_FORMATS
def test_importing_again_adds_nothing_and_says_so(form: str, store: Path, tmp_path: Path) -> None:
    file, there = exported(store, form), tmp_path / "there.db"
    first = run("import", file, "--store", there)
    assert first.stdout == f"{file}: {len(log_of(store))} events imported, 0 stored already\n"
    again = run("import", file, "--store", there, "--format", form)
    assert again.stdout == f"{file}: 0 events imported, {len(log_of(store))} stored already\n"
    assert log_of(there) == log_of(store)


@pytest.mark.parametrize("held", [0, 1, 5, 6, 7, 15])
def test_a_store_that_holds_the_beginning_is_gone_on_with(store: Path, tmp_path: Path, held: int) -> None:
    lines, there = exported(store, "jsonl").read_bytes().splitlines(keepends=True), tmp_path / "there.db"
    first = run("import", "-", "--store", there, stdin=b"".join(lines[:held]))
    assert first.stdout == f"<stdin>: {held} event{'' if held == 1 else 's'} imported, 0 stored already\n"
    run("import", "-", "--store", there, stdin=b"".join(lines))
    assert log_of(there) == log_of(store)


def test_one_agreement_can_be_taken_into_a_store_of_others(store: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    run("record", "ua-ru-2026-02-geneva", "--store", there)
    result = run("export", store, FOUNDING, "--format", "jsonl")
    assert run("import", "-", "--store", there, stdin=result.stdout_bytes).exit_code == 0
    own = [one for _, one in log_of(store) if one.agreement_id == FOUNDING]
    assert [one for _, one in log_of(there) if one.agreement_id == FOUNDING] == own
    assert run("replay", there, FOUNDING).stdout == run("replay", store, FOUNDING).stdout


@pytest.mark.parametrize(
    ("path", "value", "difference"),
    [
        (("fact", "notes"), ["otherwise"], "(phase-completed): notes differs"),
        (
            ("recorded_at",),
            "2025-05-23T17:00:00Z",
            "recorded_at is 2025-05-23 18:00:00+00:00 there, 2025-05-23 17",
        ),
        (("clock_at",), "2025-05-23T17:00:00Z", "clock_at is None there, 2025-05-23 17:00:00+00:00 here"),
    ],
)
def test_a_contradiction_is_refused_naming_the_first_event_that_differs(
    store: Path, path: tuple[str, ...], value: object, difference: str
) -> None:
    before = log_of(store)
    with sqlite3.connect(store) as connection:
        at = connection.execute(
            "SELECT originator_version, topic FROM stored_events WHERE rowid=2"
        ).fetchone()
    assert at == (2, "phase-completed/1")
    lines = exported(store, "jsonl").read_bytes().splitlines()
    line = json.loads(lines[1])
    (line["fact"] if len(path) == 2 else line)[path[-1]] = value
    content = b"\n".join([lines[0], json.dumps(line).encode(), *lines[2:]])
    result = run("import", "-", "--store", store, stdin=content)
    assert result.exit_code == 1
    place = f"<stdin>:2: contradicts what is stored as version 2 of {FOUNDING} (phase-completed): "
    assert place in result.stderr
    assert difference in result.stderr
    assert log_of(store) == before


def test_another_command_id_is_a_contradiction_too(store: Path) -> None:
    [(_, first), *_] = log_of(store)
    content = exported(store, "jsonl").read_bytes().replace(first.command_id.encode(), b"c-1")
    result = run("import", "-", "--store", store, stdin=content)
    assert result.exit_code == 1
    assert f"<stdin>:1: contradicts what is stored as version 1 of {FOUNDING}" in result.stderr
    assert f"command_id is {first.command_id} there, c-1 here" in result.stderr


def test_a_command_id_of_another_agreement_is_refused(store: Path) -> None:
    [_, first], *_ = log_of(store)
    other = attrs.evolve(first, agreement_id="another")
    result = run("import", "-", "--store", store, stdin=given_out([other], "jsonl"))
    assert result.exit_code == 1
    assert "<stdin>:1: command " in result.stderr


def test_a_write_that_fails_half_way_leaves_nothing(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there = tmp_path / "there.db"
    Register.open(f"sqlite:///{there}", create=True).close()
    insert = Recorder._insert_events

    def fails(
        recorder: Recorder, c: Any, events: list[Any], *, command_ids: list[str], continued: Any
    ) -> None:
        insert(recorder, c, events[:20], command_ids=command_ids[:20], continued=continued)
        raise IntegrityError("full")

    monkeypatch.setattr(Recorder, "_insert_events", fails)
    result = run("import", exported(store, "jsonl"), "--store", there)
    assert result.exit_code == 5
    assert log_of(there) == []
    with sqlite3.connect(there) as connection:
        assert connection.execute("SELECT count(*) FROM commands").fetchone() == (0,)
    connection.close()


def test_a_file_with_errors_makes_no_store_and_exits_with_4(store: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    content = exported(store, "jsonl").read_bytes()
    result = run("import", "-", "--store", there, stdin=content[:-20])
    assert result.exit_code == 4
    assert result.stderr.startswith(f"Error: <stdin>:{len(log_of(store))}: not JSON: ")
    assert not there.exists()


def test_an_error_says_nothing_to_the_terminal_but_text(store: Path) -> None:
    content = exported(store, "jsonl").read_bytes().replace(b'"kept":"each-phase"', b'"kept":"\\u001b[2J"', 1)
    result = run("import", "-", "--store", store, stdin=content)
    assert result.exit_code == 4
    assert "<stdin>:1: fact.terms.symmetry.kept: invalid enum value '\\x1b[2J'" in result.stderr
    assert "\x1b" not in result.stderr


def test_a_file_that_breaks_rules_makes_no_store_and_exits_with_1(store: Path, tmp_path: Path) -> None:
    there = tmp_path / "there.db"
    changed = exported(store, "jsonl").read_bytes().replace(b'"count":270', b'"count":269', 1)
    result = run("import", "-", "--store", there, stdin=changed)
    assert result.exit_code == 1
    assert "<stdin>:2: refused:" in result.stderr
    assert "keeps_the_agreed_symmetry is violated" in result.stderr
    assert not there.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "missing.jsonl", "--store", "x.db"],
        ["import", ".", "--store", "x.db"],
        ["import", "-", "--store", "x.db", "--no-create"],
        ["import", "-", "--store", "x.db", "--format", "csv"],
        ["import", "-"],
    ],
)
def test_usage_errors_exit_with_2(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments, stdin=b"")
    assert result.exit_code == 2
    assert result.stderr
    assert list(tmp_path.iterdir()) == []


def test_export_and_import_go_through_a_pipe(store: Path, tmp_path: Path) -> None:
    tool = str(Path(sys.executable).parent / "reciprocity")
    out = subprocess.run(
        [tool, "export", str(store), "--format", "cloudevents"], check=True, stdout=subprocess.PIPE
    )
    there = tmp_path / "there.db"
    subprocess.run([tool, "import", "-", "--store", str(there)], check=True, input=out.stdout)
    assert log_of(there) == log_of(store)


def test_an_empty_file_holds_no_events() -> None:
    assert read_back(b"").events == ()
    with Register.open("memory:") as register:
        assert take_in(register, read_back(b"")) == 0
