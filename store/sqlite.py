"""SQLite: where a register keeps its log in one file. The one rule: only a store of ours is ever opened.

The recorder is the one of `eventsourcing`; replaced are only the tables (positions that are never used
twice, command ids) and how a connection is opened (never creating a file by a typo, never switching the
mode of a database that is not ours).
"""

from __future__ import annotations

import os
import sqlite3
import time
import uuid
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import IntegrityError, PersistenceError, StoredEvent
from eventsourcing.sqlite import (
    SQLiteApplicationRecorder,
    SQLiteConnection,
    SQLiteConnectionPool,
    SQLiteCursor,
    SQLiteDatastore,
    SQLiteFactory,
)
from eventsourcing.utils import Environment

from reciprocity.store import command_ids
from reciprocity.store.commits import Commits
from reciprocity.store.errors import Busy, NoSuchStore, NotAStore, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reciprocity.store.log import Between, Row

APPLICATION_ID = 0x52435052
"""``RCPR``, in the header of every store (https://www.sqlite.org/pragma.html#pragma_application_id)."""

STORE_FORMAT = 2
"""The tables below; kept in the header as ``user_version``."""

# The position is called rowid because the library's recorder selects it by that name.
_TABLES = (
    """CREATE TABLE stored_events (
        rowid INTEGER PRIMARY KEY AUTOINCREMENT,
        originator_id TEXT NOT NULL,
        originator_version INTEGER NOT NULL,
        topic TEXT NOT NULL,
        state BLOB NOT NULL,
        UNIQUE (originator_id, originator_version)
    )""",
    """CREATE TABLE commands (
        command_id TEXT PRIMARY KEY NOT NULL,
        originator_id TEXT NOT NULL,
        first_version INTEGER NOT NULL
    ) WITHOUT ROWID""",
)
_LARGEST_INTEGER = 2**63 - 1
_LOCK_TIMEOUT = 30  # seconds to wait for another process
_COLUMNS = "originator_id, originator_version, topic, state"


class Recorder(SQLiteApplicationRecorder):
    """The library's recorder, which also keeps each command's id, once, in the same transaction."""

    datastore: Datastore

    def __init__(self, datastore: Datastore, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name)
        self.insert_events_statement = f"INSERT INTO stored_events ({_COLUMNS}) VALUES (?,?,?,?)"  # noqa: S608

    def _insert_events(
        self, c: SQLiteCursor, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """All events and their command ids, or none.

        *command_ids* has one for each event. Those in *continued* are on record for the events just before.
        """
        c.executemany("INSERT INTO commands VALUES (?,?,?)", command_ids.new_rows(stored_events, **kwargs))
        rows = [(s.originator_id, s.originator_version, s.topic, s.state) for s in stored_events]
        c.executemany(self.insert_events_statement, rows)
        c.execute("SELECT last_insert_rowid()")
        [last] = c.fetchone()
        return range(last - len(rows) + 1, last + 1)  # nobody else writes within this transaction

    def select_rows(
        self, *, after: int, up_to: int | None = None, between: Between | None = None, limit: int
    ) -> list[Row]:
        """The events of the log in order, those *after* a position; of the agreements *between* two ids."""
        low, high = between or ("", None)
        return self._select(
            "rowid>? AND rowid<=? AND originator_id>=? AND (? IS NULL OR originator_id<?) "
            "ORDER BY rowid LIMIT ?",
            (after, _up_to(up_to), low, high, high, limit),
        )

    def select_history(self, agreement_id: str, *, after: int, up_to: int | None = None) -> list[Row]:
        """The events of one agreement in order, those *after* a version."""
        return self._select(
            "originator_id=? AND originator_version>? AND originator_version<=? ORDER BY originator_version",
            (agreement_id, after, _up_to(up_to)),
        )

    def command_start(self, command_id: str) -> tuple[str, int] | None:
        """The agreement and the version at which a command's events begin; ``None`` if it recorded none."""
        rows = self._query(
            "SELECT originator_id, first_version FROM commands WHERE command_id=?", (command_id,)
        )
        return rows[0] if rows else None

    def agreement_ids(self) -> list[str]:
        """The ids of all agreements, in the order in which they were first recorded."""
        rows = self._query(
            "SELECT originator_id FROM stored_events WHERE originator_version=1 ORDER BY rowid"
        )
        return [agreement_id for (agreement_id,) in rows]

    def last_position(self) -> int:
        """The position of the last event; 0 if there is none."""
        [(last,)] = self._query("SELECT coalesce(max(rowid), 0) FROM stored_events")
        return int(last)

    def wait(self, after: int, timeout: float) -> bool:
        """Wait until something is recorded *after* a position; false if nothing was within *timeout* seconds.

        Other processes' commits count too; see `commits` for how soon they are seen.
        """
        deadline = time.monotonic() + timeout
        with self.datastore.translated():
            while True:
                # It looks before it asks, so that a commit in between is not missed.
                seen = self.datastore.commits.seen()
                if self.last_position() > after:
                    return True
                if not self.datastore.commits.wait(seen, deadline - time.monotonic()):
                    return False

    def _select(self, condition: str, parameters: tuple[Any, ...]) -> list[Row]:
        return self._query(f"SELECT rowid, {_COLUMNS} FROM stored_events WHERE {condition}", parameters)  # noqa: S608  # a constant of this module

    def _query(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        with self.datastore.transaction(commit=False) as c:
            c.sqlite_cursor.row_factory = None  # plain tuples
            return c.sqlite_cursor.execute(statement, parameters).fetchall()


def _up_to(bound: int | None) -> int:
    return _LARGEST_INTEGER if bound is None else bound


class _Pool(SQLiteConnectionPool):
    """The library's pool, whose connections never switch a database's mode and keep what they prepared."""

    def _create_connection(self) -> SQLiteConnection:
        try:
            connection = _connection(self.db_name)
            connection.execute("PRAGMA synchronous=FULL")
        except (sqlite3.Error, UnicodeDecodeError) as error:
            raise Unreadable(f"the store cannot be opened: {error}") from error
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


def _connection(db_name: str) -> sqlite3.Connection:
    return sqlite3.connect(
        db_name, uri=True, check_same_thread=False, isolation_level=None, timeout=_LOCK_TIMEOUT
    )


class Datastore(SQLiteDatastore):
    """The library's datastore, with durable commits and agreement ids as they are."""

    def __init__(self, db_name: str) -> None:
        super().__init__(db_name, originator_id_type="text")
        self.pool.close()
        self.pool = _Pool(db_name=db_name)
        in_memory = self.pool.is_sqlite_memory_mode
        self.commits = Commits(None if in_memory else partial(_connection, db_name))

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
        except (
            PersistenceError,
            sqlite3.Error,
            UnicodeDecodeError,
        ) as error:  # of a message that quotes damage
            if "locked" in str(error) or "busy" in str(error):
                raise Busy(f"the store is locked by another process: {error}") from error
            raise Unreadable(f"the store cannot be used: {error}") from error

    def close(self) -> None:
        """Close every connection."""
        super().close()
        self.commits.close()


class Factory(SQLiteFactory):
    """Makes the recorder for one database; reads no environment variable."""

    application_recorder_class = Recorder  # type: ignore[assignment]  # ours asks for our datastore

    def __init__(self, db_name: str) -> None:
        super().__init__(Environment(env={"SQLITE_DBNAME": db_name, "CREATE_TABLE": "n"}))
        self.datastore.close()
        self.datastore = Datastore(db_name)


def open_file(path: Path, *, create: bool) -> Factory:
    """The factory for the store at *path*.

    Raises:
        NotAStore: if nothing is there and *create* is false, or if something else is there.
    """
    if create and not os.path.lexists(path):
        _create(path)
    _check(path)
    return Factory(f"{path.absolute().as_uri()}?mode=rw")


def open_memory() -> Factory:
    """A factory for a store in memory, gone when it is closed."""
    factory = Factory(f"file:reciprocity-{uuid.uuid4().hex}?mode=memory&cache=shared")
    with factory.datastore.transaction(commit=True) as cursor:
        for statement in _TABLES:
            cursor.execute(statement)
    return factory


def _create(path: Path) -> None:
    """Make a store beside *path* and give it its name when it is whole: half a store is never seen."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _fill(draft)
        with suppress(FileExistsError):  # another process was quicker, and made the same
            os.link(draft, path)
    except (OSError, sqlite3.Error) as error:
        raise NotAStore(f"{path}: cannot be created: {getattr(error, 'strerror', error)}") from error
    finally:
        for beside in ("", "-journal", "-wal", "-shm"):
            draft.with_name(draft.name + beside).unlink(missing_ok=True)


def _fill(path: Path) -> None:
    """Make the tables; WAL comes last, because closing would not say that it could not be emptied."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version={STORE_FORMAT}")
        for statement in _TABLES:
            connection.execute(statement)
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


def _check(path: Path) -> None:
    """Refuse what is not a store of ours, by what it is, without writing a byte to it."""
    try:
        if not path.exists():
            raise NoSuchStore(f"{path}: no such store (create=True makes one)")
        if not path.is_file():
            raise NotAStore(f"{path}: not a file")
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise NotAStore(f"{path}: cannot be read: {error.strerror}") from error
    if not header:
        raise NotAStore(f"{path}: an empty file, not a store")
    if len(header) < 100 or not header.startswith(b"SQLite format 3\x00"):
        raise NotAStore(f"{path}: not a SQLite database")
    # The header's fields are at fixed places: https://www.sqlite.org/fileformat.html#the_database_header
    application_id = int.from_bytes(header[68:72], "big")
    store_format = int.from_bytes(header[60:64], "big")
    if application_id != APPLICATION_ID:
        raise NotAStore(f"{path}: a SQLite database of another application")
    if store_format != STORE_FORMAT:
        raise NotAStore(f"{path}: a store of format {store_format}; this release reads {STORE_FORMAT}")
