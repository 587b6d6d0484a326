"""A store from a stranger: whatever its schema holds that ours does not is refused by name, and never run."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reciprocity.projections.views import VIEWS
from reciprocity.store import NotAStore, Register, StoreError, Unreadable
from reciprocity.store.sqlite_tables import APPLICATION_ID, STORE_FORMAT, TABLES
from reciprocity.store.view_sqlite import SQLiteViews
from reciprocity.store.view_tables import BUILDS
from tests.store_files import make, untouched, url

BUILDS_TABLE = SQLiteViews(None).definition(BUILDS)  # type: ignore[arg-type]  # no store is asked for it

HOSTILE = {
    "CREATE TRIGGER quietly AFTER INSERT ON stored_events BEGIN DELETE FROM commands; END": "trigger quietly",
    "CREATE VIEW shown AS SELECT load_extension('evil')": "view shown",
    "CREATE TABLE more (line)": "table more",
    "CREATE TABLE made (a INTEGER, b AS (abs(a)) STORED)": "table made",
    "CREATE VIRTUAL TABLE searched USING fts5(line)": "table searched",
    "CREATE INDEX sooner ON stored_events (topic)": "index sooner",
    "CREATE UNIQUE INDEX never ON stored_events (abs(originator_version))": "index never",
    "CREATE TABLE view_x (\n    a TEXT DEFAULT (1),\n    PRIMARY KEY (a)\n) WITHOUT ROWID": "table view_x",
    "CREATE TABLE view_y AS SELECT 1 AS a": "table view_y",
    'CREATE TABLE "view_\x1b[2J" (a)': r"table view_\\x1b\[2J",
    "ANALYZE": "table sqlite_stat1",
    "ALTER TABLE stored_events ADD COLUMN note": "table stored_events is not as this release makes it",
    "ALTER TABLE commands RENAME TO orders": "table orders",
    "DROP TABLE commands": "has no table commands",
}


@pytest.mark.parametrize("statement", HOSTILE)
@pytest.mark.parametrize("reading", [True, False])
def test_what_is_not_ours_is_refused_by_name(statement: str, reading: bool, tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "swap")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(statement)
    before = untouched(path)
    with pytest.raises(NotAStore, match=HOSTILE[statement]) as refused:
        Register.open(url(path), reading=reading)
    assert str(refused.value).isprintable()
    assert str(path) in str(refused.value)
    assert untouched(path) == before


def test_the_tables_of_views_are_ours(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "swap")
    with closing(sqlite3.connect(path)) as file, file:
        views = SQLiteViews(None)  # type: ignore[arg-type]
        for one in VIEWS.values():
            for table in one.view.tables():
                file.execute(views.definition(table))
        file.execute(BUILDS_TABLE)
        file.execute("ALTER TABLE view_builds RENAME TO view_other")
    for reading in (True, False):
        with Register.open(url(path), reading=reading) as register:
            assert register.agreement_ids() == ["swap"]


@pytest.mark.parametrize(
    "text", ["CREATE TABLE more (line", "CREATE nothing", "ATTACH 'x' AS y", "SELECT load_extension('evil')"]
)
@pytest.mark.parametrize("reading", [True, False])
def test_a_schema_that_is_none_is_refused(text: str, reading: bool, tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "swap")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA writable_schema=ON")
        file.execute("INSERT INTO sqlite_schema VALUES ('table', 'more', 'more', 2, ?)", [text])
    before = untouched(path)
    with pytest.raises(StoreError):
        Register.open(url(path), reading=reading)
    assert untouched(path) == before


def test_a_store_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA encoding='UTF-16le'")
        for statement in TABLES.values():
            file.execute(statement)
        file.execute(f"PRAGMA application_id={APPLICATION_ID}")
        file.execute(f"PRAGMA user_version={STORE_FORMAT}")
    for reading in (True, False):
        with pytest.raises(NotAStore, match="encoded in UTF-16le"):
            Register.open(url(path), reading=reading)


def test_a_store_in_another_mode_is_read_and_not_written_to(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "swap")
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=DELETE")
    with Register.open(url(path), reading=True) as register:
        assert register.agreement_ids() == ["swap"]
    with pytest.raises(NotAStore, match="kept in journal mode delete"):
        Register.open(url(path))


@pytest.mark.parametrize("reading", [True, False])
def test_what_is_not_ours_is_found_in_the_log_of_writes_too(reading: bool, tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "swap")
    with closing(sqlite3.connect(path)) as file:
        file.execute(next(iter(HOSTILE)))
        assert path.with_name("swaps.db-wal").stat().st_size
        with pytest.raises(NotAStore, match="trigger quietly"):
            Register.open(url(path), reading=reading)


def test_a_trigger_that_comes_later_is_refused_before_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "swap")
    with Register.open(url(path), reading=True) as register:
        assert register.agreement_ids() == ["swap"]
        with closing(sqlite3.connect(path)) as file, file:
            file.execute(next(iter(HOSTILE)))
        with pytest.raises(NotAStore, match="trigger quietly"):
            register.agreement_ids()


@pytest.mark.parametrize("position", [0, -1, -(2**63)])
def test_a_position_before_the_first_is_refused(position: int, tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "swap")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO stored_events VALUES (?, 'swap', 2, 'x/1', x'00')", [position])
    for reading in (True, False):
        with (
            pytest.raises(Unreadable, match=f"position {position}"),
            Register.open(url(path), reading=reading) as register,
        ):
            register.agreement_ids()
