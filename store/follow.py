"""Following: events as they are recorded. The one rule: each once, in order of position, none missed.

What is there is read in batches, as by any reader of the log. Between batches nothing of the store is held,
neither a transaction nor a lock, and nobody else's thread is needed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from threading import RLock
from typing import TYPE_CHECKING, Protocol

from reciprocity.store.log import Log, Rows

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

    from reciprocity.domain import Recorded
    from reciprocity.store.log import Between, Row
    from reciprocity.store.register import Register
    from reciprocity.store.wire import Wire

_AT_ONCE = 0.5  # seconds that are waited at once: so late may it be noticed that nobody waits any more


class Growing(Rows, Protocol):
    """Where rows come from, and more of them in time: the recorder of a store."""

    def wait(self, after: int, timeout: float) -> bool:
        """Wait until something is recorded *after* a position; false if nothing was in *timeout* seconds."""


class Waiting:
    """Somebody who waits for a store to grow, in one thread; any thread may close it.

    When *register* closes, it does. It keeps it, because a register that nobody keeps closes by itself.
    """

    def __init__(self, recorder: Growing, register: Register | None = None) -> None:
        self.recorder = recorder
        self.turn = RLock()
        """Held while the store is used: to close it under someone who reads would be the end of Python."""
        self._register = register
        self._closed = False

    @property
    def closed(self) -> bool:
        """Whether it is at its end."""
        return self._closed or (self._register is not None and self._register.closing.is_set())

    def for_more(self, after: int, timeout: float | None) -> bool:
        """Whether anything is recorded *after* a position; false after *timeout* seconds, or when closed."""
        deadline = math.inf if timeout is None else time.monotonic() + timeout
        with self.turn:
            while not self.closed:
                left = max(0.0, deadline - time.monotonic())
                if self.recorder.wait(after, min(left, _AT_ONCE)):
                    return True
                if left <= _AT_ONCE:
                    return False
        return False

    def close(self) -> None:
        """End it. On return it does not use the store any more, and never will."""
        self._closed = True
        with self.turn:
            pass


class Following(Iterator["Recorded"]):
    """The events of a log, and then each as it is recorded; made by `Register.follow`.

    One thread iterates; any thread may close it.
    """

    def __init__(self, waiting: Waiting, wire: Wire, after: int, timeout: float | None) -> None:
        self._waiting = waiting
        self._events = iter(Log(_Unending(waiting, timeout), wire, after))

    def __next__(self) -> Recorded:
        """The next event, if need be when it is recorded."""
        with self._waiting.turn:
            try:
                if not self._waiting.closed:
                    return next(self._events)
            except Exception:
                if not self._waiting.closed:  # or else a signal's handler has closed the store meanwhile
                    raise
        raise StopIteration

    def close(self) -> None:
        """End it: whoever iterates is at the end, within half a second if it was waiting.

        To close it twice, or in the thread that iterates, is fine.
        """
        self._waiting.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class _Unending:
    """The rows of a store as one log: asked for more than there is, it waits."""

    def __init__(self, waiting: Waiting, timeout: float | None) -> None:
        self._waiting = waiting
        self._timeout = timeout

    def select_rows(
        self, *, after: int, up_to: int | None = None, between: Between | None = None, limit: int
    ) -> list[Row]:
        """The next rows, as soon as there are any; none at the end."""
        if not self._waiting.for_more(after, self._timeout):
            return []
        rows = self._waiting.recorder
        return rows.select_rows(after=after, up_to=up_to, between=between, limit=limit)
