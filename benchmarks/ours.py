"""Ours: the same facts as a register stores them. The one rule: a log is built past the commands.

How fast a log is built is not measured here, so its rows are encoded from plain values and inserted as they
are. They are what commands would have written: a register refuses to read a text that is not.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import TypeAlias

import msgspec

from benchmarks.workload import COMPLETED, Plain, Told
from reciprocity.domain import (
    AgreementSigned,
    Kept,
    Obligation,
    Party,
    Recorded,
    Source,
    Symmetry,
    Terms,
)
from reciprocity.store import WIRE, Register

Row: TypeAlias = tuple[str, int, str, bytes]
"""Agreement, version, topic and state."""

_COMPLETED = "phase-completed/1"
_ENCODE = msgspec.json.Encoder(order="sorted").encode
_AT_ONCE = 10_000  # rows of one transaction while building


def rows(told: Iterable[Told], first: int = 1) -> Iterator[Row]:
    """The rows of the same facts; commands are numbered from *first*."""
    for number, one in enumerate(told, start=first):
        if one.name == COMPLETED:
            released = [list(transfer.values()) for transfer in one.fact["released"]]
            event = {**one.fact, "released": released}
            envelope = {"command_id": _command(number), "event": event, "recorded_at": one.recorded_at}
            yield one.agreement, one.version, _COMPLETED, _ENCODE(envelope)
        else:
            signed = Recorded(
                one.agreement, one.version, one.recorded_at, _command(number), _signed(one.fact)
            )
            yield one.agreement, one.version, *WIRE.encode(signed)


def recorded(told: Iterable[Told]) -> list[Recorded]:
    """The same facts as the register's events."""
    return [WIRE.decode(*row) for row in rows(told)]


def build(path: Path, told: Iterable[Told]) -> None:
    """Make a register at *path* that holds these facts; memory does not grow with them."""
    Register.open(f"sqlite:///{path}", create=True).close()
    append(path, told)


def append(path: Path, told: Iterable[Told]) -> None:
    """Add these facts to the register at *path*."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-200000")
        [(last,)] = connection.execute("SELECT COALESCE(MAX(rowid), 0) FROM stored_events")
        remaining = rows(told, last + 1)
        while batch := list(islice(remaining, _AT_ONCE)):
            connection.execute("BEGIN")
            connection.executemany(INSERT_EVENT, batch)
            connection.executemany(
                INSERT_COMMAND, ((_command(last + n), *row[:2]) for n, row in enumerate(batch, start=1))
            )
            connection.execute("COMMIT")
            last += len(batch)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


INSERT_EVENT = "INSERT INTO stored_events (originator_id, originator_version, topic, state) VALUES (?,?,?,?)"
INSERT_COMMAND = "INSERT INTO commands (command_id, originator_id, first_version) VALUES (?,?,?)"


def _command(number: int) -> str:
    return f"{number:032x}"


def _signed(fact: Plain) -> AgreementSigned:
    terms = fact["terms"]
    return AgreementSigned(
        terms=Terms(
            title=terms["title"],
            parties=[Party(**party) for party in terms["parties"]],
            obligations=[Obligation(**obligation) for obligation in terms["obligations"]],
            symmetry=Symmetry(Kept(terms["symmetry"])),
            signed_on=dt.date.fromisoformat(terms["signed_on"]),
        ),
        sources=[Source(**source) for source in fact["sources"]],
    )
