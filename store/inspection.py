"""Inspection: a store as it lies there, whatever befell it. The one rule: nothing stops at the first damage.

What a register reads it trusts to be whole, and refuses otherwise. Who inspects a store wants to see all of
it: the rows that can be read, and the places of those that cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import attrs

from reciprocity.store import sqlite
from reciprocity.store.errors import Busy, ConnectionLost, StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reciprocity.store.log import Row
    from reciprocity.store.reading import Stored
    from reciprocity.store.sqlite_datastore import Datastore

CommandRow: TypeAlias = tuple[str, str, int]
"""A command's id, its agreement, and the version at which its events begin."""

_AT_ONCE = 1_000
_LARGEST = 2**63 - 1


@attrs.frozen
class Hole:
    """Rows that the database cannot give, from one position to another, and why."""

    first: int
    last: int
    reason: str


class Tables(Protocol):
    """What a database says of its own tables, besides the log."""

    def commands(self) -> list[CommandRow]:
        """Every row of the table of commands."""

    def positions(self) -> tuple[int, int]:
        """The last position that was given, by the database's own count, and the last that is there."""

    def damage(self) -> list[str]:
        """What the database itself finds wrong with its file."""


def tables_of(recorder: Stored) -> Tables:
    """The tables of a recorder's database."""
    if isinstance(recorder, sqlite.Recorder):
        return _SQLiteTables(recorder.datastore)
    return _PostgresTables(recorder)


def rows_and_holes(recorder: Stored, *, up_to: int) -> Iterator[list[Row] | Hole]:
    """The rows of the log in order, some at once, and what cannot be read in between."""
    after = 0
    while after < up_to:
        try:
            rows = recorder.select_rows(after=after, up_to=up_to, limit=_AT_ONCE)
        except (Busy, ConnectionLost):
            raise
        except StoreError as error:
            stop = _first_unreadable(recorder, after, up_to)
            if rows := _some_before(recorder, after, stop - 1):
                yield rows
            yield Hole(stop, stop, str(error.__cause__ or error))
            after = stop
            continue
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def _first_unreadable(recorder: Stored, after: int, up_to: int) -> int:
    """The first position up to which the rows after one cannot be read, found by halving."""
    readable, stop = after, up_to
    while stop - readable > 1:
        middle = (readable + stop) // 2
        try:
            recorder.select_rows(after=after, up_to=middle, limit=_AT_ONCE)
        except (Busy, ConnectionLost):
            raise
        except StoreError:
            stop = middle
        else:
            readable = middle
    return stop


def _some_before(recorder: Stored, after: int, up_to: int) -> list[Row]:
    return recorder.select_rows(after=after, up_to=up_to, limit=_AT_ONCE) if up_to > after else []


class _SQLiteTables:
    def __init__(self, datastore: Datastore) -> None:
        self._datastore = datastore

    def commands(self) -> list[CommandRow]:
        return self._ask("SELECT command_id, originator_id, first_version FROM commands")

    def positions(self) -> tuple[int, int]:
        [(given, last)] = self._ask(
            "SELECT coalesce((SELECT max(seq) FROM sqlite_sequence WHERE name='stored_events'), 0),"
            " coalesce((SELECT max(rowid) FROM stored_events), 0)"
        )
        return (given if isinstance(given, int) else 0), last

    def damage(self) -> list[str]:
        found = [str(line) for (line,) in self._ask("PRAGMA integrity_check")]
        return [] if found == ["ok"] else found

    def _ask(self, statement: str) -> list[Any]:
        return self._datastore.asked(statement)


class _PostgresTables:
    def __init__(self, recorder: Any) -> None:
        self._datastore = recorder.datastore

    def commands(self) -> list[CommandRow]:
        return self._ask("SELECT command_id, originator_id, first_version FROM reciprocity.commands")

    def positions(self) -> tuple[int, int]:
        [(given, last)] = self._ask(
            "SELECT last_position, coalesce((SELECT max(notification_id) FROM reciprocity.stored_events), 0)"
            " FROM reciprocity.store"
        )
        return given, last

    def damage(self) -> list[str]:
        """Nothing: a server's pages have checksums of their own, which it checks when it reads them."""
        return []

    def _ask(self, statement: str) -> list[Any]:
        from psycopg.rows import tuple_row  # noqa: PLC0415  # only who has a server needs its driver

        with self._datastore.get_connection() as connection:
            return list(connection.cursor(row_factory=tuple_row).execute(statement).fetchall())
