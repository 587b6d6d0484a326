"""What docs/views.md shows is true: its tables are those that are made, and its queries give rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reciprocity.projections import Runner
from reciprocity.projections.views import VIEWS
from reciprocity.replay.journal import read_journal
from reciprocity.replay.record import record
from reciprocity.seeds import path as seed
from reciprocity.store import Register
from reciprocity.store.view_sqlite import PREFIX
from tests.documents import fences
from tests.view_tables import BEGIN, DOCUMENT, tables

TEXT = DOCUMENT.read_text("utf-8")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    """A store with every view of an agreement."""
    with Register.open(f"sqlite:///{tmp_path / 'exchange.db'}", create=True) as register:
        journal = seed("ua-ru-2025-05-16")
        assert journal is not None
        record(register, read_journal(journal))
        for view in VIEWS:
            Runner(register, view).run()
    with closing(sqlite3.connect(tmp_path / "exchange.db")) as connection:
        yield connection


def test_the_tables_are_written_down() -> None:
    assert TEXT.partition(BEGIN)[2] == "\n" + tables(), "python -m tests.view_tables writes them anew"


def test_the_tables_of_a_file_are_those_that_are_written_down(file: sqlite3.Connection) -> None:
    names = [name for (name,) in file.execute("SELECT name FROM sqlite_schema WHERE name LIKE 'view_%'")]
    shown = [line[4:] for line in TEXT.splitlines() if line.startswith("### ")]
    assert sorted(names) == sorted(PREFIX + name for name in shown)
    for name in shown:
        columns = file.execute('SELECT name, type, "notnull", pk FROM pragma_table_info(?)', [PREFIX + name])
        for column, kind, not_null, key in columns:
            note = "key" if key else "" if not_null else "may be null"
            section = TEXT.partition(f"### {name}\n")[2].partition("### ")[0]
            [line] = [line for line in section.splitlines() if line.startswith(f"| `{column}` |")]
            assert [cell.strip() for cell in line.split("|")[1:-1:1]][1::2] == [kind, note]


@pytest.mark.parametrize("query", fences(TEXT, "sql"))
def test_its_queries_give_rows(file: sqlite3.Connection, query: str) -> None:
    assert file.execute(query).fetchall()


def test_its_snippet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Register.open("sqlite:///exchange.db", create=True).close()
    [snippet] = fences(TEXT, "python")
    exec(compile(snippet, "views.md", "exec"), {})  # noqa: S102  # the project's own document
