"""Telling in parallel: histories shared out among processes. The one rule: what is told comes in order.

Each process opens the store for itself, and only reads; whoever asked writes.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context, parent_process
from threading import Thread
from typing import TYPE_CHECKING

from reciprocity.projections.telling import from_histories
from reciprocity.projections.views import VIEWS
from reciprocity.store import NotAStore, Register

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable
    from concurrent.futures import Future

    from reciprocity.store.view_builds import Told


def tell_in_parallel(
    url: str, view: str, shares: Iterable[list[str]], *, up_to: int, skip_unreadable: bool, processes: int
) -> Generator[list[Told], None, None]:
    """What a view tells of each share of agreements, in the order of the shares.

    Raises:
        NotAStore: the store is in memory, where no other process can read it.
        Unreadable: see `from_histories`.
    """
    if url == "memory:":
        raise NotAStore(f"{url}: a store in memory cannot be read by another process")
    tell = partial(_tell, view, up_to, skip_unreadable)
    # Fresh processes: one that is forked would share open connections with this one.
    pool = ProcessPoolExecutor(
        processes, mp_context=get_context("spawn"), initializer=_begin, initargs=(url,)
    )
    try:
        ahead: deque[Future[list[Told]]] = deque()
        for share in shares:
            ahead.append(pool.submit(tell, share))
            if len(ahead) > 2 * processes:  # what is told and not yet written takes memory
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


_register: Register  # of a process that tells


def _begin(url: str) -> None:
    global _register  # noqa: PLW0603  # a process has one store
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked is interrupted too, and ends this
    Thread(target=_end_with_who_asked, daemon=True).start()
    _register = Register.open(url)


def _end_with_who_asked() -> None:
    if (who_asked := parent_process()) is not None:
        who_asked.join()  # it was killed, or else it would have ended this
        os._exit(1)


def _tell(view: str, up_to: int, skip_unreadable: bool, agreements: list[str]) -> list[Told]:
    told = from_histories(
        _register.views(), VIEWS[view], agreements, up_to=up_to, skip_unreadable=skip_unreadable
    )
    return list(told)
