"""Sealing a log anew and comparing, beside the limit: reading the same rows and hashing the same bytes.

What is measured of `reciprocity verify` is the part that a checkpoint asks for: the tree over every row of
the log, and whether its root is the sealed one. The limit fetches every row in order and gives the bytes of
its texts to one SHA-256: no leaves, no tree.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path

from benchmarks.limit import LAST, SELECT
from benchmarks.rounds import Costs, Family, Figure, cost, timed
from benchmarks.stores import Stores
from reciprocity.replay.sealing import sealed
from reciprocity.store import Register
from reciprocity.store.seals import Seal


def scan(path: Path) -> bytes:
    """One hash over all that is stored, row by row."""
    digest = sha256()
    with closing(sqlite3.connect(path)) as connection:
        for _, agreement, _, topic, state in connection.execute(SELECT, (0, LAST)):
            digest.update(agreement.encode())
            digest.update(topic.encode())
            digest.update(state)
    return digest.digest()


def compare(register: Register, known: Seal) -> None:
    """Seal the log anew, and compare."""
    if sealed(register) != known:
        raise RuntimeError("the log has changed while it was measured")


def _in_turns(stores: Stores) -> Costs:
    log = stores.sizes.log
    with stores.register(log) as register:
        known = sealed(register)
        return {
            "verify": timed(partial(compare, register, known), log.events),
            "scan": timed(partial(scan, stores.ours(log)), log.events),
        }


FAMILY = Family(
    "sealing",
    turns=(_in_turns,),
    figures=(
        Figure(
            "verify-seal",
            "verifying a log of {log.events:,} events against a checkpoint, beside a scan with SHA-256",
            "verify",
            "scan",
            cost(3),
        ),
    ),
)
