"""The commands that the campaigns give. The one rule: each has a number, and the same content every time.

Agreements take turns. Each command records one event, at an instant of its own, under an id of its own, and
asks for the *next* phase: one that is counted twice therefore shows.
"""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

import attrs

from reciprocity.domain import OPEN, Agreement, Event, Recorded, complete_phase, sign
from reciprocity.replay.sealing import recorder_of, sealed
from reciprocity.store import Register
from reciprocity.store.merkle import root_of
from reciprocity.store.seals import hashes
from tests.examples import back, out, swap

AGREEMENTS = 3
_FIRST = dt.datetime(2025, 5, 16, tzinfo=dt.UTC)
_TERMS = swap(OPEN, OPEN)


@attrs.define
class Clock:
    """A clock that stands still until it is set."""

    now: dt.datetime = _FIRST

    def __call__(self) -> dt.datetime:
        return self.now


@contextmanager
def opened(url: str, *, create: bool = False) -> Iterator[tuple[Register, Clock]]:
    """The register at *url*, and the clock that commands are given by."""
    with Register.open(url, create=create, clock=(clock := Clock())) as register:
        yield register, clock


def name_of(number: int) -> str:
    """The id of a command."""
    return f"command-{number}"


def command(register: Register, clock: Clock, number: int) -> list[Recorded]:
    """Give the command of that number, from 0."""
    clock.now = _FIRST + dt.timedelta(seconds=number)
    return register.command(f"swap-{number % AGREEMENTS}", _next, command_id=name_of(number))


def _next(agreement: Agreement) -> tuple[Event, ...]:
    if agreement.version == 0:
        return sign(agreement, _TERMS)
    count = agreement.version % 7 + 1
    return complete_phase(agreement, agreement.last_phase + 1, [out(count), back(count)])


def told(commands: int) -> tuple[Recorded, ...]:
    """The log of a register that nothing befell."""
    return _undisturbed(1 << commands.bit_length())[0][:commands]


@cache
def root(commands: int) -> bytes:
    """The Merkle root of that log."""
    return root_of(_undisturbed(1 << commands.bit_length())[1][:commands])


@cache
def _undisturbed(commands: int) -> tuple[tuple[Recorded, ...], tuple[bytes, ...]]:
    with opened("memory:") as (register, clock):
        for number in range(commands):
            command(register, clock, number)
        return tuple(register.log()), tuple(hashes(recorder_of(register), up_to=commands))


@attrs.frozen
class Judged:
    """How a store compares with what was acknowledged: how many commands it lost, and how many it doubled."""

    lost: int
    doubled: int
    is_prefix: bool
    """Whether the log is, event for event, the beginning of one that nothing befell."""

    has_its_root: bool
    """Whether it has the Merkle root of that beginning: every stored byte is the same, too."""


def judge(register: Register, acknowledged: Collection[int]) -> Judged:
    """Compare a store with the commands that somebody was told are on record."""
    return compare(list(register.log()), sealed(register).root, acknowledged)


def compare(log: Sequence[Recorded], sealed_as: bytes, acknowledged: Collection[int]) -> Judged:
    """Compare a log, and the root it was sealed with, with the commands that are to be on record."""
    times = Counter(recorded.command_id for recorded in log)
    lost = sum(name_of(number) not in times for number in acknowledged)
    doubled = sum(number - 1 for number in times.values())
    return Judged(lost, doubled, list(log) == list(told(len(log))), sealed_as == root(len(log)))


def store(path: Path, commands: int) -> str:
    """The URL of a new store at *path* in which so many commands are on record, all of it in one file."""
    url = f"sqlite:///{path}"
    with opened(url, create=True) as (register, clock):
        for number in range(commands):
            command(register, clock, number)
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return url
