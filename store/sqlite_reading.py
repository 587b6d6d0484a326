"""Reading a SQLite file. The one rule: nothing is changed, neither a byte nor a time nor what lies beside it.

What is committed may still lie in the log of writes (``-wal``), and SQLite reads that with the help of an
index (``-shm``), which it would make if it is not there, and write to if it is. So there are three ways:

- alone: there is no log, so nobody writes. The file is opened as one that cannot change (``immutable``).
  Whether it did is seen by how it looks, before and after each question; then the question is asked again.
- beside: a writer is connected. Its index is read, never written (``readonly_shm``). The writer's locks hold,
  and each question sees all that is committed.
- copied: there is a log without an index: after a crash, in a copy, on a medium that cannot be written to.
  File and log are copied into a private folder, and read there.

To ask again is right because a log is only added to, and is asked by position.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eventsourcing.sqlite import SQLiteConnection, SQLiteCursor

from reciprocity.store.commits import Commits
from reciprocity.store.errors import Busy, NotAllowed, StoreError, Unreadable, shown
from reciprocity.store.sqlite_connections import ATTACHED, TURN, connect, uri_of
from reciprocity.store.sqlite_datastore import Datastore
from reciprocity.store.sqlite_files import TICK, Look, Way, beside, look, settled_look
from reciprocity.store.sqlite_tables import check_header, check_schema

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_OPTIONS = {
    Way.ALONE: "mode=ro&immutable=1",
    Way.BESIDE: "mode=ro&readonly_shm=1",
    Way.COPIED: "mode=ro",
}
_TRIES = 20


class Reader:
    """The one connection by which a store is read, made anew whenever the store has changed under it.

    Raises:
        NotAStore: what is there is no store of ours.
        Unreadable: it is one that SQLite cannot read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._look: Look | None = None
        self._connection: sqlite3.Connection | None = None
        self._uri = ""
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._in_use = 0
        self._opened = 0
        self._closed = False
        with TURN:
            self._current()
        ATTACHED.add(self)

    def ask(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """What one statement gives, as plain tuples; of one state of the store, the newest.

        Raises:
            Busy: it changed each time that it was asked.
        """
        with TURN:
            for _ in range(_TRIES):
                cursor = self._current().cursor()
                cursor.row_factory = None
                try:
                    rows = cursor.execute(statement, parameters).fetchall()
                except sqlite3.Error as error:
                    if self._is_current() and not _passes(error):
                        raise
                else:
                    if self._is_current():
                        return rows
                if self._in_use:
                    break
                self._pause()
        raise self._changing()

    @contextmanager
    def held(self) -> Iterator[sqlite3.Connection]:
        """The connection, for several statements, in a transaction if they are to see the same.

        Raises:
            Busy: at the end, if the store has changed, so that they may have seen what never was.
        """
        with TURN:
            connection = self._current()
            if self._in_use:  # one has one transaction at a time
                connection = _to_read(self._uri)
            self._in_use += 1
            try:
                yield connection
            except Exception as error:
                if not self._is_current():
                    raise self._changing() from error
                raise
            finally:
                self._in_use -= 1
                if connection is not self._connection:
                    connection.close()
            if not self._is_current():
                raise self._changing()

    def state(self) -> tuple[int, int]:
        """What is equal until something is committed."""
        with TURN:
            connection = self._current()
            if self._look is None or self._look.way is not Way.BESIDE:
                return self._opened, 0
            # Fetched to the end, or else its reading transaction would stay open.
            [(version,)] = connection.execute("PRAGMA data_version").fetchall()
            return self._opened, int(version)

    def let_go(self, path: Path) -> None:
        """Close the connection, if it is to this file and not in use: someone here is about to write."""
        if self._look is None or self._look.way is not Way.BESIDE or self._in_use:
            return
        if look(path).is_of_the_same_file(self._look):  # wherever that file is by now
            self._drop()

    def close(self) -> None:
        """Close the connection, and remove what was copied; for good."""
        with TURN:
            self._closed = True
            self._drop()

    def _drop(self) -> None:
        with TURN:
            if self._connection is not None:
                self._connection.close()
            if self._folder is not None:
                self._folder.cleanup()
            self._connection = self._folder = self._look = None

    def _is_current(self) -> bool:
        """Whether the connection sees what is there now."""
        if self._look is None:
            return False
        now = look(self.path)
        if self._look.way is not Way.BESIDE:
            return now == self._look
        return now.is_of_the_same_file(self._look) and now.index == self._look.index

    def _current(self) -> sqlite3.Connection:
        if self._connection is not None and (self._in_use or self._is_current()):
            return self._connection
        if self._closed:
            raise Unreadable(f"{self.path}: the register is closed")
        for _ in range(_TRIES):
            self._drop()
            self._look = settled_look(self.path)
            try:
                self._connection = self._connected(self._look)
                check_header(self._connection, self.path)
                check_schema(self._connection, self.path)
            except (sqlite3.Error, StoreError, OSError) as error:
                if self._is_current() and not _passes(error):
                    self._drop()
                    raise _meaning(self.path, error) from error
                self._pause()
            else:
                self._opened += 1
                return self._connection
        raise self._changing()

    def _connected(self, seen: Look) -> sqlite3.Connection:
        path = self.path
        if seen.way is Way.COPIED:
            self._folder = tempfile.TemporaryDirectory(prefix="reciprocity-copy-", ignore_cleanup_errors=True)
            path = Path(self._folder.name, "copy.db")
            shutil.copyfile(self.path, path)
            shutil.copyfile(beside(self.path.resolve(), "-wal"), beside(path, "-wal"))
        self._uri = uri_of(path, _OPTIONS[seen.way])
        return _to_read(self._uri)

    def _pause(self) -> None:
        """Let others get on, and begin anew."""
        self._drop()
        time.sleep(TICK)

    def _changing(self) -> Busy:
        return Busy(f"{self.path}: it was changed while it was read; asking again may succeed")


class ReadingDatastore(Datastore):
    """The datastore of a store that is only read."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        super().__init__(uri_of(reader.path, "mode=ro"))  # by which nothing is ever opened
        self.commits = Commits(None, reader.state)

    def asked(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """What one statement gives, as plain tuples."""
        with self.translated():
            return self.reader.ask(statement, parameters)

    @contextmanager
    def get_connection(self, *, commit: bool) -> Iterator[SQLiteConnection]:
        """The connection, for several statements.

        Raises:
            NotAllowed: they are to *commit* something.
        """
        if commit:
            raise NotAllowed(f"{self.reader.path}: opened for reading; nothing can be recorded")
        with self.reader.held() as connection:
            yield SQLiteConnection(connection, max_age=None)

    @contextmanager
    def transaction(self, *, commit: bool) -> Iterator[SQLiteCursor]:
        """A transaction that reads."""
        with (
            self.translated(),
            self.get_connection(commit=commit) as connection,
            connection.transaction(commit=False) as cursor,
        ):
            cursor.sqlite_cursor.row_factory = sqlite3.Row  # the library's own methods read by name
            yield cursor

    def close(self) -> None:
        """Close the connection."""
        super().close()
        self.reader.close()


def examine(path: Path) -> None:
    """Refuse what is no store of ours, before anybody connects to write.

    What lies in a log of writes is left to the first connection, which checks again.

    Raises:
        NotAStore, Unreadable: saying what it is.
    """
    with TURN:
        try:
            _examine(path, look(path))
        except (sqlite3.Error, StoreError) as error:
            before = settled_look(path)
            try:
                _examine(path, before)
            except (sqlite3.Error, StoreError) as still:
                if look(path) == before:
                    raise _meaning(path, still) from error


def _examine(path: Path, seen: Look) -> None:
    connection = connect(uri_of(path, _OPTIONS[Way.ALONE]))
    try:
        check_header(connection, path)
        if seen.way is Way.ALONE:
            check_schema(connection, path)
    except sqlite3.DatabaseError as error:
        # Where a checkpoint was cut off, the file is only whole together with its log of writes.
        if seen.way is Way.ALONE or error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_CORRUPT:
            raise
    finally:
        connection.close()


_PASSING = (sqlite3.SQLITE_READONLY_RECOVERY, sqlite3.SQLITE_READONLY_CANTINIT)


def _to_read(uri: str) -> sqlite3.Connection:
    connection = connect(uri)
    connection.execute("PRAGMA query_only=ON").close()
    return connection


def _passes(error: Exception) -> bool:
    """Whether a writer has just crashed beside others, and one of them is to put the index right."""
    return getattr(error, "sqlite_errorcode", None) in _PASSING


def _meaning(path: Path, error: Exception) -> Exception:
    if isinstance(error, StoreError):
        return error
    if isinstance(error, OSError):
        return Unreadable(f"{path}: cannot be copied to be read: {error.strerror}")
    return Unreadable(f"{path}: the store cannot be opened: {shown(error)}")
