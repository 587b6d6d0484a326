"""Connections to a PostgreSQL server, and what becomes of its errors. The one rule: no error is a riddle.

Each says in one line which database it is and what happened. Nothing is tried again here: a commit whose
answer was lost may have been made.
"""

from __future__ import annotations

import select
from contextlib import contextmanager
from typing import TYPE_CHECKING

import attrs
import psycopg
from eventsourcing.persistence import IntegrityError
from psycopg import errors
from psycopg.pq import TransactionStatus
from psycopg.rows import DictRow, dict_row

from reciprocity.store.errors import Busy, ConnectionLost, NotAllowed, StoreError, Unreadable
from reciprocity.store.postgres_opening import Database, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator

_OTHERS_ARE_AT_WORK = (
    errors.LockNotAvailable,
    errors.QueryCanceled,
    errors.DeadlockDetected,
    errors.SerializationFailure,
)
_MAY_NOT = (errors.InsufficientPrivilege, errors.ReadOnlySqlTransaction)


@attrs.define(eq=False)
class Connections:
    """Connections to one database, as many as are in use at once, kept for whoever needs one next.

    *first* is what each is told before anything else.
    """

    database: Database
    first: str
    _idle: list[psycopg.Connection[DictRow]] = attrs.field(factory=list, init=False)
    _closed: bool = attrs.field(default=False, init=False)

    @contextmanager
    def one(self) -> Iterator[psycopg.Connection[DictRow]]:
        """A connection in auto-commit mode, for the caller alone.

        Raises:
            IntegrityError: another writer came first.
            Busy: another writer keeps the log locked.
            NotAllowed: the server says that its user may not do that.
            ConnectionLost: the server cannot be reached any more.
            Unreadable: whatever else the server says.
        """
        try:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)
        except psycopg.IntegrityError as error:
            raise IntegrityError(one_line(error)) from error
        except psycopg.Error as error:
            raise _meaning(self.database.place, error) from error

    def close(self) -> None:
        """Close those that are idle now, and the others when they are."""
        self._closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> psycopg.Connection[DictRow]:
        if self._closed:
            raise psycopg.InterfaceError("the register is closed")
        while self._idle:
            connection = self._idle.pop()
            if _is_alive(connection):
                return connection
            connection.close()
        connection = psycopg.connect(self.database.conninfo, autocommit=True, row_factory=dict_row)
        connection.execute(self.first)
        return connection

    def _give_back(self, connection: psycopg.Connection[DictRow]) -> None:
        if self._closed or connection.info.transaction_status != TransactionStatus.IDLE:
            connection.close()  # lost, or left in the middle of something
        else:
            self._idle.append(connection)


def _is_alive(connection: psycopg.Connection[DictRow]) -> bool:
    """Whether the server still holds the connection; asking it each time would cost a round trip."""
    unread = select.poll()
    unread.register(connection, select.POLLIN)
    if not unread.poll(0):
        return True
    try:  # it has said something unasked: goodbye, or that somebody has recorded, or that a setting changed
        connection.execute("")
    except psycopg.OperationalError:
        return False
    return True


def _meaning(place: str, error: psycopg.Error) -> StoreError:
    said = one_line(error)
    if isinstance(error, _OTHERS_ARE_AT_WORK):
        return Busy(f"{place}: {said}")
    if isinstance(error, _MAY_NOT):
        return NotAllowed(f"{place}: {said}")
    # What libpq says itself, not the server, has no code.
    if isinstance(error, psycopg.OperationalError) and (error.sqlstate or "08").startswith(("08", "57P")):
        return ConnectionLost(f"{place}: the connection was lost: {said}")
    return Unreadable(f"{place}: the store cannot be used: {said}")
