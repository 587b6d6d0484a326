"""SQLite tables: what a store in a file consists of. The one rule: what is not ours is refused, by its name.

A file may come from a stranger. Its header is read before its schema, and its schema before its rows; a
schema is only ever compared with ours, as text. So nothing that stands in a file is run: no trigger, no
view, no default, no generated column, no module of a virtual table. See docs/opening.md.
"""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

from reciprocity.store.errors import NotAStore, Unreadable, shown
from reciprocity.store.view_sqlite import PREFIX, SQLiteViews

if TYPE_CHECKING:
    from collections.abc import Iterable

APPLICATION_ID = 0x52435052
"""``RCPR``, in the header of every store (https://www.sqlite.org/pragma.html#pragma_application_id)."""

STORE_FORMAT = 2
"""The tables below; kept in the header as ``user_version``."""

# The position is called rowid because the library's recorder selects it by that name.
TABLES = {
    "stored_events": """CREATE TABLE stored_events (
        rowid INTEGER PRIMARY KEY AUTOINCREMENT,
        originator_id TEXT NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        UNIQUE (originator_id, originator_version)
    )""",
    "commands": """CREATE TABLE commands (
        command_id TEXT PRIMARY KEY NOT NULL,
        originator_id TEXT NOT NULL,
        first_version INTEGER NOT NULL
    ) WITHOUT ROWID""",
}
"""The tables of a store, by name, as they are made and as the file then says they were."""

# Made by SQLite itself, for AUTOINCREMENT and for UNIQUE.
_MADE_WITH_THEM = {
    ("table", "sqlite_sequence", "sqlite_sequence", "CREATE TABLE sqlite_sequence(name,seq)"),
    ("index", "sqlite_autoindex_stored_events_1", "stored_events", None),
}
_OURS = {("table", name, name, text) for name, text in TABLES.items()} | _MADE_WITH_THEM
# Once a table has been given another name, its own stands in quotes.
_VIEW_TABLE = re.compile(
    rf'CREATE TABLE "?(?P<name>{PREFIX}[a-z0-9_]+)"? \('
    rf"(?:\n    [a-z][a-z0-9_]* (?:{'|'.join(sorted(set(SQLiteViews.types.values())))})(?: NOT NULL)?,)+"
    r"\n    PRIMARY KEY \([a-z0-9_]+(?:, [a-z0-9_]+)*\)\n\) WITHOUT ROWID"
)
_MOST = 1_000  # things in a schema; a store with all of its views has some twenty


def make(connection: sqlite3.Connection | sqlite3.Cursor) -> None:
    """Make the tables of a store."""
    for statement in TABLES.values():
        connection.execute(statement)


def stamp(connection: sqlite3.Connection) -> None:
    """Say in the header that this is a store."""
    connection.execute(f"PRAGMA user_version={STORE_FORMAT}")
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")


def check_header(connection: sqlite3.Connection, place: object) -> None:
    """Refuse what does not say in its header that it is a store of this format. No schema is read.

    Raises:
        NotAStore: saying what it is.
    """
    try:
        application_id, store_format = (
            connection.execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        )
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise NotAStore(f"{place}: not a SQLite database") from error
        raise
    if application_id != APPLICATION_ID:
        raise NotAStore(f"{place}: a SQLite database of another application")
    if store_format != STORE_FORMAT:
        raise NotAStore(f"{place}: a store of format {store_format}; this release reads {STORE_FORMAT}")


def check_schema(connection: sqlite3.Connection, place: object) -> None:
    """Refuse a schema that is not, text for text, the one that this release makes.

    Raises:
        NotAStore: naming what there is besides, what is missing, or what is otherwise.
        Unreadable: it is damaged; or a position that none can have.
    """
    asked = "SELECT type, name, tbl_name, sql FROM sqlite_schema LIMIT ?"
    try:
        found = connection.execute(asked, [_MOST + 1]).fetchall()
    except UnicodeDecodeError as error:  # the message of SQLite's own error quotes damage
        said = shown(error.object.decode(errors="replace"))
        raise Unreadable(f"{place}: the schema is damaged: {said}") from error
    for kind, name, of, text in map(tuple, found):
        if (kind, name, of, text) not in _OURS and not _is_of_a_view(kind, name, of, text):
            known = kind == "table" and name in TABLES
            what = f"{shown(kind)} {shown(name)}"
            raise NotAStore(
                f"{place}: {what} is not as this release makes it"
                if known
                else f"{place}: holds what no store does: {what}"
            )
    if len(found) > _MOST:  # what comes after them was not looked at
        raise NotAStore(f"{place}: holds more than {_MOST} tables and indexes, which no store does")
    missing = {(kind, name) for kind, name, _, _ in _OURS} - {(kind, name) for kind, name, _, _ in found}
    if missing:
        raise NotAStore(f"{place}: has no {' '.join(min(missing))}")
    [encoding] = connection.execute("PRAGMA encoding").fetchone()
    if encoding != "UTF-8":
        raise NotAStore(f"{place}: encoded in {encoding}; a store is in UTF-8")
    [first] = connection.execute("SELECT min(rowid) FROM stored_events").fetchone()
    if first is not None and first < 1:
        raise Unreadable(f"{place}: position {first}: positions begin at 1")


def check_mode(connection: sqlite3.Connection, place: object) -> None:
    """Refuse to write to a file that is kept in another mode than a store is.

    Raises:
        NotAStore: naming the mode.
    """
    [mode] = connection.execute("PRAGMA journal_mode").fetchone()
    if mode != "wal":
        raise NotAStore(f"{place}: kept in journal mode {mode}; a store is written to in mode wal")


def _is_of_a_view(kind: object, name: object, of: object, text: object) -> bool:
    like = _VIEW_TABLE.fullmatch(text) if isinstance(text, str) else None
    return like is not None and kind == "table" and name == of == like["name"]


def rows_said(found: Iterable[tuple[object, ...]]) -> list[str]:
    """What SQLite says is broken, each in a line of its own; it says "ok" if nothing is."""
    return [shown(said) for (said,) in found if said != "ok"]
