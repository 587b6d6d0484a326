"""Parallel: one log folded by several processes. The one rule: no agreement is shared out.

Each agreement is folded whole by one process, so any projection can be asked that keeps what it knows by
agreement.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from itertools import pairwise
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

from rpds import HashTrieMap

from reciprocity.projections.projection import fold_log
from reciprocity.store import NotAStore, Register

if TYPE_CHECKING:
    from reciprocity.projections.projection import Projection
    from reciprocity.store import Key
    from reciprocity.store.log import Between

S = TypeVar("S")
R = TypeVar("R")


def fold_in_parallel(
    projection: Projection[HashTrieMap[str, S], R],
    url: str,
    *,
    processes: int | None = None,
    key: Key | None = None,
) -> HashTrieMap[str, S]:
    """What *projection* knows after the whole log of the store at *url*: the same as by `fold_log`.

    Each of the *processes* (as many as there are cores, if it is not said) opens the store and reads the
    agreements that are its share (with the *key* of one that is encrypted). Starting one takes about as long
    as folding some ten thousand events.

    Raises:
        NotAStore: if there is no such store; or it is in memory, where no other process can read it.
        Unreadable: an event cannot be read, or one is missing.
    """
    if url == "memory:":
        raise NotAStore(f"{url}: a store in memory cannot be read by another process")
    with Register.open(url, reading=True, key=key) as register:
        shares = _shares(register.agreement_ids(), processes or os.cpu_count() or 1)
        up_to = register.last_position()
        if len(shares) < 2:
            return fold_log(projection, register.log(up_to=up_to))
    known: HashTrieMap[str, S] = HashTrieMap()
    # Fresh processes: one that is forked would share open connections with this one.
    with ProcessPoolExecutor(len(shares), mp_context=get_context("spawn")) as pool:
        for share in pool.map(partial(_fold_share, projection, url, up_to, key), shares):
            known = known.update(share)
    return known


def _shares(agreement_ids: list[str], processes: int) -> list[Between]:
    """Where each process begins and ends, so that all have about as many agreements."""
    ids = sorted(agreement_ids)
    starts = [ids[len(ids) * n // processes] for n in range(processes)] if len(ids) >= processes else ids
    return list(pairwise([*starts, None])) if starts else []  # type: ignore[list-item]  # only the last is None


def _fold_share(
    projection: Projection[HashTrieMap[str, S], R], url: str, up_to: int, key: Key | None, share: Between
) -> HashTrieMap[str, S]:
    with Register.open(url, reading=True, key=key) as register:
        return fold_log(projection, register.log(up_to=up_to, between=share))
