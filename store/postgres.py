"""PostgreSQL: where registers of many machines keep one log. The one rule: every event enters in its turn.

The recorder is the one of `eventsourcing`; replaced are only the tables, how events enter (through the
function ``reciprocity.append``, which numbers them without gaps in the order of their commits), and what
becomes of errors. The library would try again by itself after a lost connection; ours does not, because a
commit whose answer was lost may have been made.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, TypeAlias

from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore, PostgresFactory
from eventsourcing.utils import Environment
from psycopg.rows import tuple_row

from reciprocity.store import command_ids
from reciprocity.store.postgres_connections import Connections
from reciprocity.store.postgres_opening import Database, check

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import Self

    from eventsourcing.persistence import StoredEvent
    from psycopg import Connection, Cursor
    from psycopg.rows import DictRow

    from reciprocity.store.inspection import Command
    from reciprocity.store.log import Between, Row

    _OneConnection: TypeAlias = AbstractContextManager[Connection[DictRow]]

_COLUMNS = "notification_id, originator_id, originator_version, topic, state"
_BATCH = 10_000  # rows of a table that is gone through
_APPEND = (  # the arrays as binary: written out as text they take eight times as long
    "SELECT reciprocity.append(%b::text[], %b::bigint[], %b::text[], %b::bytea[],"
    " %b::text[], %b::text[], %b::bigint[])"
)
_LAST_POSITION = "SELECT last_position FROM reciprocity.store"
_SESSION = (
    # Under a stricter isolation an appender who had to wait for another would fail instead of being next.
    "SELECT set_config('default_transaction_isolation', 'read committed', false),"
    " set_config('lock_timeout', '30s', false), set_config('search_path', '', false)"
)
_READS_ONLY = ", set_config('default_transaction_read_only', 'on', false)"


class Recorder(PostgresApplicationRecorder):
    """The library's recorder, which also keeps each command's id, once, in the same transaction."""

    datastore: Datastore

    def __init__(self, datastore: Datastore, *, events_table_name: str = "stored_events") -> None:
        super().__init__(datastore, events_table_name=events_table_name)
        self.channel_name = "reciprocity"

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> Sequence[int] | None:
        """All events and their command ids, in a transaction of their own, or none; see `_insert_events`."""
        with self.datastore.get_connection() as connection:
            return self._insert_events(connection.cursor(), stored_events, **kwargs)

    def _insert_events(  # type: ignore[override]  # the library's returns nothing
        self, c: Cursor[DictRow], stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int]:
        """All events and their command ids, or none.

        *command_ids* has one for each event. Those in *continued* are on record for the events just before.
        """
        new = command_ids.new_rows(stored_events, **kwargs)
        events = [(s.originator_id, s.originator_version, s.topic, s.state) for s in stored_events]
        c.execute(_APPEND, [*_columns(events, 4), *_columns(new, 3)])
        before = c.fetchall()[0]["append"]
        return range(before + 1, before + 1 + len(events))

    def select_rows(
        self, *, after: int, up_to: int | None = None, between: Between | None = None, limit: int
    ) -> list[Row]:
        """The events of the log in order, those *after* a position; of the agreements *between* two ids."""
        low, high = between or (None, None)
        return self._select(
            {
                "notification_id > %s": after,
                "notification_id <= %s": up_to,
                "originator_id >= %s": low,
                "originator_id < %s": high,
            },
            "notification_id",
            limit,
        )

    def select_history(self, agreement_id: str, *, after: int, up_to: int | None = None) -> list[Row]:
        """The events of one agreement in order, those *after* a version."""
        return self._select(
            {
                "originator_id = %s": agreement_id,
                "originator_version > %s": after,
                "originator_version <= %s": up_to,
            },
            "originator_version",
        )

    def command_starts(self, command_ids: Collection[str]) -> dict[str, tuple[str, int]]:
        """The agreement and the version at which each command's events begin, of those that recorded any."""
        asked = (
            "SELECT command_id, originator_id, first_version FROM reciprocity.commands"
            " WHERE command_id = ANY(%s)"
        )
        return {by: (of, first) for by, of, first in self._query(asked, [list(command_ids)])}

    def agreement_ids(self) -> list[str]:
        """The ids of all agreements, in the order in which they were first recorded."""
        asked = (
            "SELECT originator_id FROM reciprocity.stored_events"
            " WHERE originator_version = 1 ORDER BY notification_id"
        )
        return [agreement_id for (agreement_id,) in self._query(asked)]

    def last_position(self) -> int:
        """The position of the last event; 0 if there is none."""
        return int(self._query(_LAST_POSITION)[0][0])

    def positions(self) -> tuple[int, int]:
        """The last position that was given, by the store's own count, and the last that is there."""
        [(given, last)] = self._query(
            "SELECT last_position, coalesce((SELECT max(notification_id) FROM reciprocity.stored_events), 0)"
            " FROM reciprocity.store"
        )
        return given, last

    def commands(self) -> Iterator[Command]:
        """Each command, with the agreement and the version at which its events begin."""
        asked = "SELECT command_id, originator_id, first_version FROM reciprocity.commands"
        # What a cursor of the server gives is fetched bit by bit; it lives within a transaction.
        with (
            self.datastore.get_connection() as connection,
            connection.transaction(),
            connection.cursor("commands", binary=True, row_factory=tuple_row) as cursor,
        ):
            cursor.itersize = _BATCH
            yield from cursor.execute(asked)

    def damage(self) -> list[str]:
        """Nothing: a server's pages have checksums of their own, which it checks when it reads them."""
        return []

    def wait(self, after: int, timeout: float) -> bool:
        """Wait until something is recorded *after* a position; false if nothing was within *timeout* seconds.

        Other processes' commits count too; nothing is asked of the server while there are none.

        Raises:
            ConnectionLost: the server is gone. Calling again connects anew.
        """
        deadline = time.monotonic() + timeout
        # It listens before it looks, so that a commit in between is not missed.
        with self.datastore.listening() as connection:
            while connection.execute(_LAST_POSITION).fetchall()[0]["last_position"] <= after:
                if (left := deadline - time.monotonic()) <= 0:
                    return False
                for _ in connection.notifies(timeout=left, stop_after=1):
                    pass
        return True

    def _select(self, conditions: dict[str, Any], order: str, limit: int | None = None) -> list[Row]:
        # Only the conditions that are asked for: the server plans best what it knows.
        given = {condition: value for condition, value in conditions.items() if value is not None}
        statement = (
            f"SELECT {_COLUMNS} FROM reciprocity.stored_events"  # noqa: S608  # constants of this module
            f" WHERE {' AND '.join(given)} ORDER BY {order}"
        )
        parameters = list(given.values())
        if limit is not None:
            return self._query(f"{statement} LIMIT %s", [*parameters, limit])
        return self._query(statement, parameters)

    def _query(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        with self.datastore.get_connection() as connection:
            cursor = connection.cursor(binary=True, row_factory=tuple_row)
            return cursor.execute(statement, parameters).fetchall()


def _columns(rows: Sequence[tuple[Any, ...]], number: int) -> list[list[Any]]:
    return [[row[n] for row in rows] for n in range(number)]


class Datastore(PostgresDatastore):
    """The library's datastore, with our connections, whose errors say what they mean."""

    def __init__(self, database: Database, *, reading: bool = False) -> None:
        # The library's own pool is never opened, so what it would connect to does not matter.
        super().__init__("", "", "", "", "", schema="reciprocity", originator_id_type="text")
        self._connections = Connections(database, _SESSION + _READS_ONLY if reading else _SESSION)
        self._listening = Connections(database, "LISTEN reciprocity")

    def get_connection(self) -> _OneConnection:  # type: ignore[override]  # as the library means it
        """A connection for the caller alone; see `Connections.one`."""
        return self._connections.one()

    def listening(self) -> _OneConnection:
        """A connection for the caller alone, which is told of every commit."""
        return self._listening.one()

    def register_type_adapters(self) -> None:
        """Nothing: the library's composite types are not used."""

    def close(self) -> None:
        """Close every connection."""
        super().close()
        self._connections.close()
        self._listening.close()

    def __enter__(self) -> Self:
        """The library would open its pool."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection."""
        self.close()


class Factory(PostgresFactory):
    """Makes the recorder for one database; reads no environment variable."""

    application_recorder_class = Recorder  # type: ignore[assignment]  # ours asks for our datastore

    def __init__(self, database: Database, *, reading: bool = False) -> None:
        wanted = ("POSTGRES_DBNAME", "POSTGRES_HOST", "POSTGRES_USER", "POSTGRES_PASSWORD")
        super().__init__(Environment(env={**dict.fromkeys(wanted, ""), "CREATE_TABLE": "n"}))
        self.datastore = Datastore(database, reading=reading)


def open_server(url: str, *, create: bool, reading: bool = False) -> Factory:
    """The factory for the store in the database at *url*; one for *reading* can change nothing there.

    Raises:
        NotAStore: if the database cannot be reached; if nothing is there and *create* is false, or if
            something else is there.
    """
    database = Database.of(url)
    check(database, create=create)
    return Factory(database, reading=reading)
