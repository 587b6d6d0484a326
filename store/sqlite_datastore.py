"""The datastore of a SQLite file or of a store in memory. The one rule: every error says what it means.

It is the one of `eventsourcing`, but never switches the mode of a database, keeps what a connection has
prepared, and commits durably.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import ConnectionPoolClosedError, IntegrityError, PersistenceError
from eventsourcing.sqlite import SQLiteConnection, SQLiteConnectionPool, SQLiteCursor, SQLiteDatastore

from reciprocity.store.commits import Commits
from reciprocity.store.errors import Busy, Unreadable, shown
from reciprocity.store.sqlite_connections import ATTACHED, TURN, connect, uri_of
from reciprocity.store.sqlite_tables import check_header, check_mode, check_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


class Datastore(SQLiteDatastore):
    """The library's datastore, with durable commits and agreement ids as they are.

    *path* is that of the file, if there is one.
    """

    def __init__(self, db_name: str, path: Path | None = None) -> None:
        super().__init__(db_name, originator_id_type="text")
        self.pool.close()
        self.pool = _Pool(db_name, path)
        self.commits = Commits(partial(_to_write, path) if path else None)

    def asked(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """What one statement gives, as plain tuples."""
        with self.transaction(commit=False) as c:
            c.sqlite_cursor.row_factory = None
            return c.sqlite_cursor.execute(statement, parameters).fetchall()

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """The library's transaction, whose errors say what they mean for the one who asked."""
        with self.translated():
            with super().transaction(commit=commit) as cursor:
                yield cursor
            if commit:
                self.commits.announce()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Errors of SQLite, as what they mean for the one who asked."""
        try:
            yield
        except (IntegrityError, sqlite3.IntegrityError):
            raise  # another writer came first: the register starts again
        except ConnectionPoolClosedError as error:
            raise Unreadable("the register is closed") from error
        except (PersistenceError, sqlite3.Error, UnicodeDecodeError) as error:  # a message may quote damage
            if "locked" in str(error) or "busy" in str(error):
                raise Busy(f"the store is locked by another process: {error}") from error
            raise Unreadable(f"the store cannot be used: {shown(error)}") from error

    def close(self) -> None:
        """Close every connection."""
        super().close()
        self.commits.close()


class _Pool(SQLiteConnectionPool):
    """The library's pool, with our connections; each to a file checks first that it is a store."""

    def __init__(self, db_name: str, path: Path | None) -> None:
        super().__init__(db_name=db_name)
        self._path = path

    def _create_connection(self) -> SQLiteConnection:
        try:
            connection = _to_write(self._path) if self._path else connect(self.db_name)
            connection.execute("PRAGMA synchronous=FULL")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise Unreadable(f"the store cannot be opened: {shown(error)}") from error
        connection.row_factory = sqlite3.Row  # the library's own methods read by name
        return SQLiteConnection(connection, max_age=self.max_age)

    def put_connection(self, conn: SQLiteConnection) -> None:
        """Take a connection back; one whose transaction could not be ended would keep the store locked."""
        if conn._sqlite_conn.in_transaction:  # noqa: SLF001  # the library gives no other way to ask
            try:
                conn.rollback()
            except (sqlite3.Error, MemoryError):
                conn.close()
        super().put_connection(conn)


def _to_write(path: Path) -> sqlite3.Connection:
    """A connection that may write to the store at *path*, after those here who only read have let go of it.

    Raises:
        NotAStore: it is none, or kept in a mode in which readers and writers hold each other up.
    """
    with TURN:
        for reader in list(ATTACHED):
            reader.let_go(path)
        connection = connect(uri_of(path, "mode=rw"))
        try:
            check_header(connection, path)
            check_schema(connection, path)
            check_mode(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection
