"""The header and the schema of a SQLite store: what is ours passes, what is not is named."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from reciprocity.store import NotAStore, Unreadable
from reciprocity.store.sqlite_connections import connect, uri_of
from reciprocity.store.sqlite_tables import (
    _is_of_a_view,
    check_header,
    check_mode,
    check_schema,
    make,
    rows_said,
    stamp,
)

VIEW = "CREATE TABLE {} (\n    a TEXT NOT NULL,\n    b_2 INTEGER,\n    PRIMARY KEY (a, b_2)\n) WITHOUT ROWID"


@pytest.fixture
def store() -> Iterator[sqlite3.Connection]:
    with closing(connect("file::memory:")) as connection:
        make(connection)
        stamp(connection)
        yield connection


def refusal(store: sqlite3.Connection) -> str | None:
    """What is said of it, if it is refused."""
    try:
        check_header(store, "here")
        check_schema(store, "here")
    except (NotAStore, Unreadable) as error:
        return f"{type(error).__name__}: {error}"
    return None


def test_what_this_release_makes_passes(store: sqlite3.Connection) -> None:
    assert refusal(store) is None
    store.execute(VIEW.format("view_x"))
    store.execute("ALTER TABLE view_x RENAME TO view_y2")
    for position in (2**62, 2, 1):
        store.execute("INSERT INTO stored_events VALUES (?, 'a', ?, 'x/1', x'00')", [position, position])
        assert refusal(store) is None


OTHER = "NotAStore: here: holds what no store does: "
REFUSED = {
    "PRAGMA application_id=0": "NotAStore: here: a SQLite database of another application",
    "PRAGMA application_id=1380143187": "NotAStore: here: a SQLite database of another application",
    "PRAGMA user_version=1": "NotAStore: here: a store of format 1; this release reads 2",
    "PRAGMA user_version=3": "NotAStore: here: a store of format 3; this release reads 2",
    "CREATE TABLE more (line)": f"{OTHER}table more",
    "CREATE VIEW view_x AS SELECT 1": f"{OTHER}view view_x",
    "CREATE INDEX sooner ON stored_events (topic)": f"{OTHER}index sooner",
    "ALTER TABLE commands ADD COLUMN note": "NotAStore: here: table commands is not as this release makes it",
    "DROP TABLE commands": "NotAStore: here: has no table commands",
    "DROP TABLE commands; CREATE VIEW commands AS SELECT 1": f"{OTHER}view commands",
    "DROP TABLE commands; CREATE INDEX commands ON stored_events (state)": f"{OTHER}index commands",
    "DROP TABLE stored_events": "NotAStore: here: has no index sqlite_autoindex_stored_events_1",
    "INSERT INTO stored_events VALUES (0, 'a', 1, 'x/1', x'00')": (
        "Unreadable: here: position 0: positions begin at 1"
    ),
    "INSERT INTO stored_events VALUES (-9, 'a', 1, 'x/1', x'00')": (
        "Unreadable: here: position -9: positions begin at 1"
    ),
}


@pytest.mark.parametrize("statements", REFUSED)
def test_what_is_otherwise_is_named_with_its_place(statements: str, store: sqlite3.Connection) -> None:
    store.executescript(statements)
    assert refusal(store) == REFUSED[statements]


def test_a_store_in_another_encoding_is_named_with_its_place() -> None:
    with closing(connect("file::memory:")) as store:
        store.execute("PRAGMA encoding='UTF-16be'")
        make(store)
        stamp(store)
        assert refusal(store) == "NotAStore: here: encoded in UTF-16be; a store is in UTF-8"


def test_what_is_no_database_is_named_and_what_cannot_be_read_is_not_called_so(tmp_path: Path) -> None:
    path = tmp_path / "any.db"
    path.write_bytes(b"phases and releases\n" * 60)
    with closing(connect(uri_of(path, "mode=ro"))) as text:
        assert refusal(text) == "NotAStore: here: not a SQLite database"
    path.unlink()
    path.mkdir()
    with pytest.raises(sqlite3.OperationalError), closing(connect(uri_of(path, "mode=ro"))) as folder:
        check_header(folder, "here")


class _Unreadable:
    def execute(self, *_: object) -> None:
        raise _error(sqlite3.SQLITE_IOERR)


def _error(code: int) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError("disk I/O error")
    error.sqlite_errorcode = code
    return error


def test_a_header_that_cannot_be_read_is_an_error_of_sqlite() -> None:
    with pytest.raises(sqlite3.DatabaseError, match="disk I/O error"):
        check_header(_Unreadable(), "here")  # type: ignore[arg-type]  # as far as it is used


def test_nothing_is_hidden_behind_a_thousand_tables(store: sqlite3.Connection) -> None:
    ours = len(store.execute("SELECT * FROM sqlite_schema").fetchall())
    store.execute("BEGIN")
    for number in range(1_000 - ours):
        store.execute(f"CREATE TABLE view_{number} (\n    a TEXT,\n    PRIMARY KEY (a)\n) WITHOUT ROWID")
    assert refusal(store) is None
    store.execute("CREATE TRIGGER quietly AFTER INSERT ON commands BEGIN DELETE FROM commands; END")
    assert refusal(store) == f"{OTHER}trigger quietly"
    store.execute("DROP TRIGGER quietly")
    store.execute(VIEW.format("view_more"))
    store.execute("CREATE TRIGGER quietly AFTER INSERT ON commands BEGIN DELETE FROM commands; END")
    said = "NotAStore: here: holds more than 1000 tables and indexes, which no store does"
    assert refusal(store) == said


def test_damage_that_is_no_text_is_told_as_far_as_it_is_one(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "any.db")) as file, file:
        make(file)
        file.execute("PRAGMA writable_schema=ON")
        file.execute(
            "INSERT INTO sqlite_schema VALUES ('table', CAST(x'6fff1b' AS TEXT), 'o', 2, 'CREATE x')"
        )
    opened = closing(connect(uri_of(tmp_path / "any.db", "mode=ro&immutable=1")))
    with opened as file, pytest.raises(Unreadable) as refused:
        check_schema(file, "here")
    said = r"here: the schema is damaged: malformed database schema (o\ufffd\x1b)"
    assert str(refused.value).startswith(said)


@pytest.mark.parametrize(
    ("kind", "name", "of", "text", "is_ours"),
    [
        ("table", "view_x", "view_x", VIEW.format("view_x"), True),
        ("table", "view_x", "view_x", VIEW.format('"view_x"'), True),
        ("index", "view_x", "view_x", VIEW.format("view_x"), False),
        ("table", "view_x", "view_y", VIEW.format("view_x"), False),
        ("table", "view_y", "view_y", VIEW.format("view_x"), False),
        ("table", "x", "x", VIEW.format("x"), False),
        ("table", "view_x", "view_x", VIEW.format("view_x") + " ", False),
        ("table", "view_x", "view_x", VIEW.format("view_x").replace("TEXT", "TEXT DEFAULT 1"), False),
        ("table", "view_x", "view_x", VIEW.format("view_x").replace("TEXT", "ANY"), False),
        ("table", "view_x", "view_x", VIEW.format("view_x").encode(), False),
        ("table", "view_x", "view_x", None, False),
    ],
)
def test_a_table_of_a_view_is_known_by_its_text(
    kind: str, name: str, of: str, text: object, is_ours: bool
) -> None:
    assert _is_of_a_view(kind, name, of, text) is is_ours


def test_a_store_in_another_mode_is_named_with_its_place(store: sqlite3.Connection, tmp_path: Path) -> None:
    with pytest.raises(NotAStore) as refused:
        check_mode(store, "here")
    assert str(refused.value) == "here: kept in journal mode memory; a store is written to in mode wal"
    with closing(connect(uri_of(tmp_path / "any.db", "mode=rwc"))) as file:
        file.execute("PRAGMA journal_mode=WAL").fetchall()
        check_mode(file, "here")


def test_what_sqlite_finds_broken_is_shown_line_by_line() -> None:
    assert rows_said([("ok",)]) == []
    assert rows_said([("Page 3: \x1b[2J",), ("row 1 missing",)]) == [r"Page 3: \x1b[2J", "row 1 missing"]
