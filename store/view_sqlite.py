"""Views on SQLite. The one rule: a view may be made again, so its transactions are whole but need no sync.

What was recorded is synced to disk when a command returns. A commit of a view need not be: should the
machine fail, the file holds the view as it was some commits earlier, rows and position together
(https://www.sqlite.org/pragma.html#pragma_synchronous), and it is brought up again.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, Any

import msgspec

from reciprocity.store.errors import Unreadable
from reciprocity.store.view_tables import BUILDS, UNREADABLE, Holds, Stage, Table, View, columns_of, replacing

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reciprocity.store.sqlite_datastore import Datastore
    from reciprocity.store.view_tables import Cursor, Line

PREFIX = "view_"
"""What the names of these tables begin with."""


class SQLiteViews:
    """How a store in a file keeps views, or one in memory."""

    types: Mapping[Holds, str] = {
        Holds.TEXT: "TEXT",
        Holds.WHOLE: "INTEGER",
        Holds.NUMBER: "REAL",
        Holds.YES_OR_NO: "INTEGER",
        Holds.DAY: "TEXT",
        Holds.INSTANT: "TEXT",
        Holds.LIST: "TEXT",
        Holds.BYTES: "BLOB",
    }
    any_of = "IN (SELECT value FROM json_each(?))"
    hold = ""

    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore

    def name(self, table: str) -> str:
        """What a table is called."""
        return PREFIX + table

    def definition(self, table: Table) -> str:
        """The statement that makes a table."""
        return f"CREATE TABLE {self.name(table.name)} ({columns_of(table, self.types)}) WITHOUT ROWID"

    def are_there(self, cursor: Cursor) -> bool:
        """Whether there are tables of views at all."""
        asked = "SELECT 1 FROM sqlite_schema WHERE type='table' AND name=?"
        return bool(list(cursor.execute(asked, [self.name(BUILDS.name)])))

    def make_room(self, cursor: Cursor) -> None:
        """Make the tables that every view needs, where they are missing."""
        if not self.are_there(cursor):
            for table in (BUILDS, UNREADABLE):
                cursor.execute(self.definition(table))

    @contextmanager
    def writing(self) -> Iterator[Cursor]:
        """A transaction that writes: whole, but it may be undone if the machine fails."""
        with self._cursor(writes=True) as cursor:
            cursor.execute("PRAGMA synchronous=NORMAL")
            try:
                with _transaction(cursor, "BEGIN IMMEDIATE"):
                    yield cursor
            finally:
                cursor.execute("PRAGMA synchronous=FULL")

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """A transaction that reads: all of it sees the same."""
        with self._cursor(writes=False) as cursor, _transaction(cursor, "BEGIN"):
            yield cursor

    def holding(self) -> AbstractContextManager[Cursor]:
        """A transaction that reads, and may `hold` what it reads: to it, all does."""
        return self.reading()

    def put(self, cursor: Cursor, table: Table, lines: Iterable[Line]) -> None:
        """Insert lines, or put them in the place of those with the same key. What is so already is left."""
        places = ",".join("?" * len(table.columns))
        into = f"INSERT INTO {self.name(table.name)} AS here VALUES ({places}) "  # noqa: S608  # names of ours
        try:
            cursor.executemany(into + replacing(table, "IS NOT"), lines)
        except OverflowError as error:
            raise Unreadable(f"{table.name}: a figure is larger than a table can hold") from error

    def stream(self, cursor: Cursor, statement: str) -> Iterable[Line]:
        """What a statement gives, however much it is; memory does not grow with it."""
        return cursor.execute(statement)

    def listed(self, values: Sequence[str]) -> Any:
        """A parameter that stands for several values."""
        return msgspec.json.encode(values).decode()

    def take_the_place(self, cursor: Cursor, view: View, *, alike: bool) -> None:  # noqa: ARG002  # they are dropped
        """Put the next tables in the place of the current ones, which may be *alike*, or not be there."""
        for before, after in zip(view.tables(Stage.CURRENT), view.tables(Stage.NEXT), strict=True):
            cursor.execute(f"DROP TABLE IF EXISTS {self.name(before.name)}")
            cursor.execute(f"ALTER TABLE {self.name(after.name)} RENAME TO {self.name(before.name)}")

    @contextmanager
    def _cursor(self, *, writes: bool) -> Iterator[sqlite3.Cursor]:
        with self._datastore.translated(), self._datastore.get_connection(commit=writes) as connection:
            cursor = connection.cursor().sqlite_cursor
            cursor.row_factory = None  # plain tuples
            with closing(cursor):
                yield cursor


@contextmanager
def _transaction(cursor: sqlite3.Cursor, begin: str) -> Iterator[None]:
    cursor.execute(begin)
    try:
        yield
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    cursor.execute("COMMIT")
