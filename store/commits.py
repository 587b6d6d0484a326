"""Commits: how a SQLite store is seen to grow. The one rule: a look is cheap, and holds nothing up.

SQLite tells nobody of another process's commit. A connection that stays open can ask, though, whether any
other has committed since it asked before (``PRAGMA data_version``). That takes about 3 µs and no lock that
a writer or a checkpoint would wait for. What is committed in this process is announced, and seen at once.

A look follows after a quarter of the silence so far, but not before 5 ms and not later than 250 ms. So that
is how late another process's commit is seen; and a long silence costs four looks a second, which take one or
two thousandths of a core.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Hashable
from threading import Condition
from typing import TypeAlias

SHORTEST, LONGEST = 0.005, 0.25
"""Seconds between two looks."""

Seen: TypeAlias = tuple[int, Hashable]
"""How many commits this process had announced, and the database's ``data_version``, or what stands for it."""


class Commits:
    """Whether anything was committed since one last looked; threads may share it.

    *connect* opens the connection that looks, when it is first needed. It must never write: a connection
    does not see its own commits. ``None`` is for a store in memory, which no other process can reach; or for
    one of which *state* gives what is equal until something is committed.
    """

    def __init__(
        self,
        connect: Callable[[], sqlite3.Connection] | None,
        state: Callable[[], Hashable] | None = None,
    ) -> None:
        self._connect = connect
        self._state = state
        self._connection: sqlite3.Connection | None = None
        self._announced = 0
        self._last_news = time.monotonic()
        self._news = Condition()

    def announce(self) -> None:
        """Tell those who wait in this process that something was committed."""
        with self._news:
            self._announced += 1
            self._news.notify_all()

    def seen(self) -> Seen:
        """What the database looks like now; it is equal until something is committed."""
        with self._news:
            return self._announced, self._look()

    def wait(self, seen: Seen, timeout: float) -> bool:
        """Wait for a commit after what was *seen*; false if there was none within *timeout* seconds."""
        deadline = time.monotonic() + timeout
        others_can = self._connect is not None or self._state is not None
        with self._news:
            while (self._announced, self._look()) == seen:
                now = time.monotonic()
                if now >= deadline:
                    return False
                pause = min(max((now - self._last_news) / 4, SHORTEST), LONGEST)
                self._news.wait(min(pause, deadline - now) if others_can else deadline - now)
            self._last_news = time.monotonic()
            return True

    def close(self) -> None:
        """Close the connection that looks."""
        with self._news:
            if self._connection is not None:
                self._connection.close()

    def _look(self) -> Hashable:
        if self._state is not None:
            return self._state()
        if self._connect is None:
            return 0
        if self._connection is None:
            self._connection = self._connect()
        # Fetched to the end, or else its reading transaction would stay open.
        [(version,)] = self._connection.execute("PRAGMA data_version").fetchall()
        return int(version)
