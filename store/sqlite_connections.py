"""Connections to SQLite files. The one rule: a connection trusts nothing that a file says of itself.

These are the precautions that SQLite names for files from strangers (https://www.sqlite.org/security.html),
as far as the Python at hand can set them.

Within one process SQLite shares the index of a file's log of writes (``-shm``) among all connections to the
file: if the first of them may only read that index, no other can write. So whoever writes comes in turn with
those who read, and they let go of the file first.
"""

from __future__ import annotations

import sqlite3
import sys
from threading import RLock
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

if TYPE_CHECKING:
    from pathlib import Path

LOCK_TIMEOUT = 30  # seconds to wait for another process

_LIMITS = {
    sqlite3.SQLITE_LIMIT_LENGTH: 100_000_000,  # bytes of a value or a row
    sqlite3.SQLITE_LIMIT_SQL_LENGTH: 1_000_000,  # also of a text in a schema
    sqlite3.SQLITE_LIMIT_EXPR_DEPTH: 100,
    sqlite3.SQLITE_LIMIT_COMPOUND_SELECT: 10,
    sqlite3.SQLITE_LIMIT_ATTACHED: 0,
    sqlite3.SQLITE_LIMIT_TRIGGER_DEPTH: 1,
    sqlite3.SQLITE_LIMIT_LIKE_PATTERN_LENGTH: 100,
}
_FIRST = ("trusted_schema=OFF", "cell_size_check=ON", "writable_schema=OFF", "mmap_size=0")

TURN = RLock()
"""Held while a file is read by who only reads, and while one who writes comes to it."""


class Attached(Protocol):
    """One who reads a file that others write to."""

    def let_go(self, path: Path) -> None:
        """Close what it has open of this file, if it does not read just now."""


ATTACHED: WeakSet[Attached] = WeakSet()
"""Those who read, in this process."""


def connect(uri: str) -> sqlite3.Connection:
    """A connection in auto-commit mode, for any thread, that runs nothing which stands in a file.

    Raises:
        sqlite3.Error: it cannot be opened. Nothing of the file is read yet.
    """
    connection = sqlite3.connect(
        uri, uri=True, check_same_thread=False, isolation_level=None, timeout=LOCK_TIMEOUT
    )
    try:
        for limit, most in _LIMITS.items():
            connection.setlimit(limit, most)
        if sys.version_info >= (3, 12):
            connection.setconfig(sqlite3.SQLITE_DBCONFIG_DEFENSIVE, True)
            connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_TRIGGER, False)
            connection.setconfig(sqlite3.SQLITE_DBCONFIG_ENABLE_VIEW, False)
        for pragma in _FIRST:
            connection.execute(f"PRAGMA {pragma}").close()
    except BaseException:
        connection.close()
        raise
    return connection


def uri_of(path: Path, options: str) -> str:
    """The URI by which SQLite opens a file."""
    return f"{path.absolute().as_uri()}?{options}"
