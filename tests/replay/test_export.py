"""The command export: every format, whole files only, and nothing overwritten unasked."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path
from typing import IO

import pytest
from click.testing import CliRunner, Result

from reciprocity.projections import Facts, ask
from reciprocity.replay import facts_csv, facts_parquet
from reciprocity.replay.cli import main
from reciprocity.replay.giving_out import FORMATS, AlreadyThere, write_file
from reciprocity.store import Register
from tests.replay.test_cli import FOUNDING

TEXT_FORMATS = [form for form in FORMATS if form != "parquet"]


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "here.db"
    assert run("record", FOUNDING, "ua-ru-2026-02-geneva", "--store", path).exit_code == 0
    return path


def test_the_founding_agreement_in_rows() -> None:
    result = run("export", FOUNDING, "--format", "csv")
    rows = facts_csv.read(io.BytesIO(result.stdout_bytes), "facts.csv")
    assert [(row.phase, row.releasing, row.category, row.at_least) for row in rows] == [
        (1, "RUS", "prisoner_of_war", 270),
        (1, "RUS", "civilian", 120),
        (1, "UKR", "prisoner_of_war", 270),
        (1, "UKR", "civilian", 120),
        (2, "RUS", "prisoner_of_war", 307),
        (2, "UKR", "prisoner_of_war", 307),
        (3, "RUS", "prisoner_of_war", 303),
        (3, "UKR", "prisoner_of_war", 303),
    ]
    assert all(row.at_least == row.at_most and row.sources for row in rows)


@pytest.mark.parametrize("form", ["csv", "hxl", "parquet"])
def test_the_three_formats_of_facts_hold_the_same_rows(store: Path, tmp_path: Path, form: str) -> None:
    path = tmp_path / "facts"
    assert run("export", store, "--format", form, "-o", path).exit_code == 0
    with path.open("rb") as file:
        rows = facts_parquet.read(file) if form == "parquet" else facts_csv.read(file, form)
    with Register.open(f"sqlite:///{store}") as register:
        assert rows == ask(Facts(), register.log())


@pytest.mark.parametrize("form", TEXT_FORMATS)
def test_what_is_printed_is_what_is_written(store: Path, tmp_path: Path, form: str) -> None:
    path = tmp_path / "out"
    done = run("export", store, "--format", form, "-o", path)
    assert (done.exit_code, done.output) == (0, "")
    assert run("export", store, "--format", form).stdout_bytes == path.read_bytes()
    assert path.read_bytes()


@pytest.mark.parametrize("form", ["jsonl", "cloudevents"])
def test_the_events_of_one_agreement_are_those_of_the_log(store: Path, form: str) -> None:
    whole = run("export", store, "--format", form).stdout.splitlines()
    own = run("export", store, FOUNDING, "--format", form).stdout.splitlines()
    assert own == [
        line for line in whole if FOUNDING in (json.loads(line).get(k) for k in ("agreement", "subject"))
    ]
    assert 0 < len(own) < len(whole)


def test_rows_of_one_agreement_keep_their_positions(store: Path) -> None:
    own = run("export", store, "ua-ru-2026-02-geneva", "--format", "csv").stdout_bytes
    assert {row.position for row in facts_csv.read(io.BytesIO(own), "csv")} == {16, 20}


def test_facts_are_given_out_as_of_a_day(store: Path) -> None:
    printed = run("export", store, FOUNDING, "--format", "csv", "--as-of", "2025-05-24").stdout_bytes
    rows = facts_csv.read(io.BytesIO(printed), "csv")
    assert [(row.phase, row.position) for row in rows] == [(1, 2)] * 4 + [(2, 6)] * 2


def test_the_record_is_given_out_as_it_was_known_at_an_instant(store: Path) -> None:
    whole = run("export", store, FOUNDING, "--format", "jsonl").stdout.splitlines()
    then = run("export", store, FOUNDING, "--format", "jsonl", "--known-at", "2025-05-24T12:00:00Z").stdout
    assert then.splitlines() == [line for line in whole if json.loads(line)["recorded_at"] < "2025-05-24T12"]
    refused = run("export", store, FOUNDING, "--format", "jsonl", "--as-of", "2025-05-24")
    assert refused.exit_code == 2
    assert "--known-at" in refused.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [FOUNDING, "--format", "parquet"],
        [FOUNDING, "--format", "xlsx"],
        [FOUNDING],
        [FOUNDING, "another", "--format", "csv"],
        ["nothing-of-that-name", "--format", "csv"],
        [FOUNDING, "--format", "csv", "-o", "."],
        [FOUNDING, "--format", "csv", "-o", "no/such/folder/x.csv"],
    ],
)
def test_usage_errors_exit_with_2(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("export", *arguments)
    assert result.exit_code == 2
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_exists_is_overwritten_only_when_asked(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("mine", "utf-8")
    refused = run("export", FOUNDING, "--format", "csv", "-o", path)
    assert refused.exit_code == 1
    assert f"{path}: exists already" in refused.stderr
    assert path.read_text("utf-8") == "mine"
    assert run("export", FOUNDING, "--format", "csv", "-o", path, "--force").exit_code == 0
    assert path.read_bytes() == run("export", FOUNDING, "--format", "csv").stdout_bytes
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("force", [True, False])
def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path, force: bool) -> None:
    path = tmp_path / "out"
    if force:
        path.write_bytes(b"before")

    def fails(file: IO[bytes]) -> None:
        file.write(b"half")
        file.flush()
        assert len(list(tmp_path.iterdir())) == 1 + force
        raise LookupError

    with pytest.raises(LookupError):
        write_file(path, fails, force=force)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == ([b"before"] if force else [])


@pytest.mark.parametrize("links", [True, False])
def test_a_file_that_came_to_exist_meanwhile_is_left_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    path = tmp_path / "out"
    if not links:

        def unsupported(*_: object) -> None:
            raise PermissionError

        monkeypatch.setattr(Path, "hardlink_to", unsupported)

    def overtaken(file: IO[bytes]) -> None:
        path.write_text("mine", "utf-8")
        file.write(b"ours")

    with pytest.raises(AlreadyThere):
        write_file(path, overtaken, force=False)
    assert [one.read_text("utf-8") for one in tmp_path.iterdir()] == ["mine"]
    path.unlink()
    write_file(path, lambda file: file.writelines([b"ours"]), force=False)
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"ours"]


def test_a_damaged_store_leaves_no_file(store: Path, tmp_path: Path) -> None:
    with (
        Register.open(f"sqlite:///{store}") as register,
        register._recorder.datastore.transaction(commit=True) as cursor,
    ):
        cursor.execute("UPDATE stored_events SET topic='os/system' WHERE rowid=9")
    result = run("export", store, "--format", "jsonl", "-o", tmp_path / "out")
    assert result.exit_code == 3
    assert not (tmp_path / "out").exists()


def test_without_pyarrow_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    result = run("export", FOUNDING, "--format", "parquet", "-o", tmp_path / "out")
    assert result.exit_code == 2
    assert result.stderr == "Error: Parquet needs pyarrow: pip install 'reciprocity[bulk]'\n"
    assert list(tmp_path.iterdir()) == []
