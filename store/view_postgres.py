"""Views on PostgreSQL, in a schema of their own. The one rule: a table that readers see stays that table.

So the rights on it, and views that others have made of it, outlive a build: the rows of the next one are put
in the place of its own in one transaction. Only a release that has other columns makes another table.
Whoever keeps views needs to read the schema ``reciprocity``, and to own this one.
"""

# ruff: noqa: S608  # the only names in these statements are those of our own tables

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from psycopg.rows import tuple_row

from reciprocity.store.view_tables import BUILDS, UNREADABLE, Holds, Stage, Table, View, columns_of, replacing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import psycopg

    from reciprocity.store.postgres import Datastore
    from reciprocity.store.view_tables import Cursor, Line

SCHEMA = "reciprocity_views"
"""Where these tables are."""

_AT_ONCE = 10_000  # lines of one statement
_ARRAYS: Mapping[Holds, str] = {
    # A day or an instant is given as a text, which the column's type reads.
    Holds.TEXT: "text[]",
    Holds.WHOLE: "bigint[]",
    Holds.NUMBER: "double precision[]",
    Holds.YES_OR_NO: "boolean[]",
    Holds.DAY: "text[]",
    Holds.INSTANT: "text[]",
    Holds.LIST: "text[]",
    Holds.BYTES: "bytea[]",
}
# Whoever may read the record may read its views; see postgres_roles.sql.
_LET_READERS_IN = f"""DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'reciprocity_reader') THEN
        GRANT USAGE ON SCHEMA {SCHEMA} TO reciprocity_reader;
        GRANT SELECT ON ALL TABLES IN SCHEMA {SCHEMA} TO reciprocity_reader;
    END IF;
END $$"""


class PostgresViews:
    """How a store on a server keeps views."""

    types: Mapping[Holds, str] = {
        Holds.TEXT: 'text COLLATE "C"',
        Holds.WHOLE: "bigint",
        Holds.NUMBER: "double precision",
        Holds.YES_OR_NO: "boolean",
        Holds.DAY: "date",
        Holds.INSTANT: "timestamptz",
        Holds.LIST: "text",
        Holds.BYTES: "bytea",
    }
    any_of = "= ANY (?)"
    hold = "FOR SHARE"

    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore

    def name(self, table: str) -> str:
        """What a table is called."""
        return f"{SCHEMA}.{table}"

    def definition(self, table: Table) -> str:
        """The statement that makes a table."""
        return f"CREATE TABLE {self.name(table.name)} ({columns_of(table, self.types)})"

    def are_there(self, cursor: Cursor) -> bool:
        """Whether there are tables of views at all."""
        # By a query, which sees what was committed while it waited; to_regclass may remember that none were.
        asked = "SELECT 1 FROM pg_catalog.pg_tables WHERE schemaname = ? AND tablename = ?"
        return bool(list(cursor.execute(asked, [SCHEMA, BUILDS.name])))

    def make_room(self, cursor: Cursor) -> None:
        """Make the tables that every view needs, where they are missing."""
        # Of two processes the second waits here, and then finds the tables.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(?))", [SCHEMA])
        if not self.are_there(cursor):
            cursor.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
            for table in (BUILDS, UNREADABLE):
                cursor.execute(self.definition(table))

    @contextmanager
    def writing(self) -> Iterator[Cursor]:
        """A transaction that writes: whole, but it may be undone if the machine fails."""
        with self._transaction("SET LOCAL synchronous_commit = off") as cursor:
            yield cursor

    @contextmanager
    def reading(self) -> Iterator[Cursor]:
        """A transaction that reads: all of it sees the same."""
        with self._transaction("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY") as cursor:
            yield cursor

    @contextmanager
    def holding(self) -> Iterator[Cursor]:
        """A transaction that reads, and may `hold` what it reads."""
        with self._transaction("SET TRANSACTION ISOLATION LEVEL READ COMMITTED") as cursor:
            yield cursor

    def put(self, cursor: Cursor, table: Table, lines: Iterable[Line]) -> None:
        """Insert lines, or put them in the place of those with the same key. What is so already is left."""
        arrays = ", ".join(f"%b::{_ARRAYS[column.holds]}" for column in table.columns)
        names = [f"given.{column.name}::{self.types[column.holds]}" for column in table.columns]
        given = ", ".join(column.name for column in table.columns)
        statement = (
            f"INSERT INTO {self.name(table.name)} AS here SELECT {', '.join(names)}"
            f" FROM unnest({arrays}) AS given ({given}) {replacing(table, 'IS DISTINCT FROM')}"
        )
        remaining = iter(lines)
        while batch := list(islice(remaining, _AT_ONCE)):
            cursor.execute(statement, [list(values) for values in zip(*batch, strict=True)])

    def stream(self, cursor: Cursor, statement: str) -> Iterable[Line]:
        """What a statement gives, however much it is; memory does not grow with it."""
        assert isinstance(cursor, _Cursor)  # noqa: S101  # ours
        return cursor.stream(statement)

    def listed(self, values: Sequence[str]) -> Any:
        """A parameter that stands for several values."""
        return list(values)

    def take_the_place(self, cursor: Cursor, view: View, *, alike: bool) -> None:
        """Put the next tables in the place of the current ones, which may be *alike*, or not be there."""
        for before, after in zip(view.tables(Stage.CURRENT), view.tables(Stage.NEXT), strict=True):
            here, there = self.name(before.name), self.name(after.name)
            if alike:
                cursor.execute(f"DELETE FROM {here}")
                cursor.execute(f"INSERT INTO {here} SELECT * FROM {there}")
                cursor.execute(f"DROP TABLE {there}")
            else:
                cursor.execute(f"DROP TABLE IF EXISTS {here}")
                cursor.execute(f"ALTER TABLE {there} RENAME TO {before.name}")
        cursor.execute(_LET_READERS_IN)

    @contextmanager
    def _transaction(self, first: str) -> Iterator[_Cursor]:
        with self._datastore.get_connection() as connection, connection.transaction():
            connection.execute(first)
            with connection.cursor(row_factory=tuple_row) as cursor:
                yield _Cursor(connection, cursor)


class _Cursor:
    """A cursor that takes question marks for placeholders."""

    def __init__(self, connection: psycopg.Connection[Any], cursor: psycopg.Cursor[Line]) -> None:
        self._connection = connection
        self._cursor = cursor

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Iterable[Line]:
        return self._cursor.execute(_with_percents(statement), parameters or None)

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> None:
        self._cursor.executemany(_with_percents(statement), parameters)

    def stream(self, statement: str) -> Iterator[Line]:
        with self._connection.cursor(name="lines", row_factory=tuple_row) as cursor:
            cursor.itersize = _AT_ONCE
            yield from cursor.execute(_with_percents(statement))


def _with_percents(statement: str) -> Any:  # psycopg would have it a literal
    return statement.replace("?", "%s")
