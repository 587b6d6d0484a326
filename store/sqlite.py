"""SQLite: where a register keeps its log in one file. The one rule: only a store of ours is ever opened.

The recorder is the one of `eventsourcing`; replaced are only the tables (positions that are never used
twice, command ids) and how a connection is opened (never creating a file by a typo, never switching the
mode of a database that is not ours).
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteCursor, SQLiteFactory
from eventsourcing.utils import Environment

from reciprocity.store import command_ids, sqlite_rows
from reciprocity.store.errors import NotAStore, Unreadable
from reciprocity.store.sqlite_connections import uri_of
from reciprocity.store.sqlite_datastore import Datastore
from reciprocity.store.sqlite_reading import Reader, ReadingDatastore, examine
from reciprocity.store.sqlite_tables import make, rows_said, stamp

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from reciprocity.store.inspection import Command
    from reciprocity.store.log import Between, Row

_LARGEST_INTEGER = 2**63 - 1
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
        rows = self._select(
            "rowid>? AND rowid<=? AND originator_id>=? AND (? IS NULL OR originator_id<?) "
            "ORDER BY rowid LIMIT ?",
            (after, _up_to(up_to), low, high, high, limit),
        )
        if rows and rows[-1][0] <= after:  # who goes on after the last one would go on for ever
            raise Unreadable(f"position {rows[-1][0]}: the table is damaged: it comes after {after}")
        return rows

    def select_history(self, agreement_id: str, *, after: int, up_to: int | None = None) -> list[Row]:
        """The events of one agreement in order, those *after* a version."""
        return self._select(
            "originator_id=? AND originator_version>? AND originator_version<=? ORDER BY originator_version",
            (agreement_id, after, _up_to(up_to)),
        )

    def command_starts(self, command_ids: Collection[str]) -> dict[str, tuple[str, int]]:
        """The agreement and the version at which each command's events begin, of those that recorded any."""
        rows = self._query(
            "SELECT * FROM commands WHERE command_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(command_ids)),),
        )
        return {by: (of, first) for by, of, first in map(sqlite_rows.checked_command, rows)}

    def commands(self) -> Iterator[Command]:
        """Each command, with the agreement and the version at which its events begin; as they stand there."""
        # In one go: where a table is damaged, going on after the last one seen may go on for ever.
        yield from self._query("SELECT * FROM commands")

    def agreement_ids(self) -> list[str]:
        """The ids of all agreements, in the order in which they were first recorded."""
        first = "originator_version=1 ORDER BY rowid"
        with sqlite_rows.located(self.datastore.asked, first):
            rows = self._query(f"SELECT rowid, originator_id FROM stored_events WHERE {first}")  # noqa: S608  # a constant
        return sqlite_rows.checked_ids(rows)

    def last_position(self) -> int:
        """The position of the last event; 0 if there is none."""
        [(last,)] = self._query("SELECT coalesce(max(rowid), 0) FROM stored_events")
        return int(last)

    def positions(self) -> tuple[int, int]:
        """The last position that was given, by the store's own count, and the last that is there."""
        [(given, last)] = self._query(
            "SELECT coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name='stored_events'), 0),"
            " coalesce((SELECT max(rowid) FROM stored_events), 0)"
        )
        return given if isinstance(given, int) else 0, int(last)

    def damage(self) -> list[str]:
        """What SQLite finds broken in the file, at most a hundred things; nothing, if all is well."""
        return rows_said(self._query("PRAGMA integrity_check(100)"))

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
        with sqlite_rows.located(self.datastore.asked, condition, parameters):
            rows = self._query(f"SELECT rowid, {_COLUMNS} FROM stored_events WHERE {condition}", parameters)  # noqa: S608  # a constant of this module
            return sqlite_rows.checked(rows)

    def _query(self, statement: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
        return self.datastore.asked(statement, parameters)


def _up_to(bound: int | None) -> int:
    return _LARGEST_INTEGER if bound is None else bound


class Factory(SQLiteFactory):
    """Makes the recorder for one database; reads no environment variable."""

    application_recorder_class = Recorder  # type: ignore[assignment]  # ours asks for our datastore

    def __init__(self, datastore: Datastore) -> None:
        wanted = {"SQLITE_DBNAME": datastore.pool.db_name, "CREATE_TABLE": "n"}
        super().__init__(Environment(env=wanted))
        self.datastore.close()
        self.datastore = datastore


def open_file(path: Path, *, create: bool, reading: bool = False) -> Factory:
    """The factory for the store at *path*.

    Raises:
        NotAStore: if nothing is there and *create* is false, or if something else is there.
        Unreadable: if it is a store that cannot be read.
    """
    if create and not os.path.lexists(path):
        _create(path)
    if reading:
        return Factory(ReadingDatastore(Reader(path)))
    examine(path)
    datastore = Datastore(uri_of(path, "mode=rw"), path)
    try:
        datastore.asked("SELECT 1")  # by a connection that looks at all of the schema
    except BaseException:
        datastore.close()
        raise
    return Factory(datastore)


def open_memory() -> Factory:
    """A factory for a store in memory, gone when it is closed."""
    factory = Factory(Datastore(f"file:reciprocity-{uuid.uuid4().hex}?mode=memory&cache=shared"))
    with factory.datastore.transaction(commit=True) as cursor:
        make(cursor.sqlite_cursor)
    return factory


def _create(path: Path) -> None:
    """Make a store beside *path* and give it its name when it is whole: half a store is never seen."""
    draft = path.with_name(f"{path.name}.{uuid.uuid4().hex}.new")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        _fill(draft)
        with suppress(FileExistsError):  # another process was quicker, and made the same
            os.link(draft, path)
    except (OSError, ValueError, sqlite3.Error) as error:
        raise NotAStore(f"{path}: cannot be created: {getattr(error, 'strerror', error)}") from error
    finally:
        for beside in ("", "-journal", "-wal", "-shm"):
            with suppress(OSError, ValueError):
                draft.with_name(draft.name + beside).unlink(missing_ok=True)


def _fill(path: Path) -> None:
    """Make the tables; WAL comes last, because closing would not say that it could not be emptied."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        make(connection)
        stamp(connection)
        connection.execute("COMMIT")
        [mode] = connection.execute("PRAGMA journal_mode=WAL").fetchone()
        if mode != "wal":  # SQLite does not call that an error
            raise sqlite3.OperationalError(f"its journal mode stays {mode}")
