"""(b): the limit on the same data. The one rule: plain sqlite3 and msgspec, and nothing that is not needed.

Nothing is validated beyond the types of what is added up; no event but a completed phase is looked at.
"""

from __future__ import annotations

import sqlite3
from collections import deque
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import msgspec

from benchmarks.ours import INSERT_EVENT, Row

Totals: TypeAlias = dict[tuple[str, str, str, str], int]
"""How many, by agreement, releasing and receiving party, and category."""

SELECT = (
    "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events "
    "WHERE rowid>? AND rowid<=? ORDER BY rowid"
)
LAST = 2**63 - 1


class _Phase(msgspec.Struct, gc=False):
    released: list[tuple[str, str, str, int, bool]]


class _Stored(msgspec.Struct, gc=False):
    event: _Phase


def select(path: Path, after: int = 0, up_to: int = LAST) -> None:
    """Fetch every row of the log at *path*, or of a stretch of it, in order."""
    with closing(sqlite3.connect(path)) as connection:
        deque(connection.execute(SELECT, (after, up_to)), maxlen=0)


def totals(path: Path) -> Totals:
    """What the log at *path* comes to."""
    counted: Totals = {}
    add(counted, path)
    return counted


def add(counted: Totals, path: Path, after: int = 0, up_to: int = LAST) -> None:
    """The same as `select`, each phase decoded as far as it counts, and added up in a dict."""
    decode = msgspec.json.Decoder(_Stored).decode
    with closing(sqlite3.connect(path)) as connection:
        for _, agreement, _, topic, state in connection.execute(SELECT, (after, up_to)):
            if topic == "phase-completed/1":
                for releasing, receiving, category, count, within_agreement in decode(state).event.released:
                    if within_agreement:
                        lane = (agreement, releasing, receiving, category)
                        counted[lane] = counted.get(lane, 0) + count


def commit(connection: sqlite3.Connection, row: Row) -> None:
    """Record one row, durably."""
    connection.execute("BEGIN IMMEDIATE")
    connection.execute(INSERT_EVENT, row)
    connection.execute("COMMIT")
