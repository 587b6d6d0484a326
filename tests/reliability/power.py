"""Power loss: what may be on the disk when the current goes. The one rule: only a sync makes certain.

From the trace of a run every state is built that a crash after some step may leave behind. Of each file, what
was done before its last sync is there. What was done since is there or not, in any order, and of a write each
sector for itself. A file that was deleted may be there again until the next one of its name is synced.

This is the disk of SQLite's own assumptions (https://www.sqlite.org/atomiccommit.html): a sector is written
whole or not at all, and bytes beside a write stay as they are. The making of a store is not modelled.
"""

from __future__ import annotations

import hashlib
import random
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import attrs
from eventsourcing.sqlite import SQLiteConnection

from reciprocity.domain import ReciprocityError
from reciprocity.projections import Runner
from reciprocity.store import Register
from tests.projections.view_stores import is_whole
from tests.reliability import workload
from tests.reliability.scorecard import Findings
from tests.reliability.vfs import Acknowledged, Deleted, Step, Synced, Truncated, Wrote, shimmed

SECTOR = 512
_AT_RANDOM = 4  # states at random after each step, beside nothing and all of what is not certain
_VIEW = "cumulative"

Change = Wrote | Truncated
Files = dict[str, bytes]


@attrs.define
class _File:
    """What is certain of one file, what is not, and the file of that name which was deleted before it."""

    certain: bytes | None = None
    pending: list[Change] = attrs.field(factory=list)
    before: _File | None = None

    def synced(self) -> _File:
        return _File(_with(self.certain, self.pending))


def _with(content: bytes | None, changes: list[Change]) -> bytes | None:
    """The content of a file after these changes; ``None`` is no file."""
    if not changes:
        return content
    after = bytearray(content or b"")
    for change in changes:
        if isinstance(change, Truncated):
            after = after[: change.size].ljust(change.size, b"\0")
        else:
            after = after.ljust(change.offset, b"\0")
            after[change.offset : change.offset + len(change.content)] = change.content
    return bytes(after)


def _sectors(change: Change) -> Iterator[Change]:
    """The parts of a change that are on the disk or not, each for itself."""
    if isinstance(change, Truncated):
        yield change
        return
    at, end = change.offset, change.offset + len(change.content)
    while at < end:
        upto = min(end, (at // SECTOR + 1) * SECTOR)
        yield Wrote(change.file, at, change.content[at - change.offset : upto - change.offset])
        at = upto


def _torn(file: _File, rng: random.Random) -> bytes | None:
    """The file with some of what is not certain."""
    if file.before is not None and rng.random() < 0.5:
        return _torn(file.before, rng)
    likely = rng.choice((0.1, 0.5, 0.9))
    parts = [part for change in file.pending for part in _sectors(change) if rng.random() < likely]
    if rng.random() < 0.5:
        rng.shuffle(parts)
    return _with(file.certain, parts)


def _least(file: _File) -> bytes | None:
    return _least(file.before) if file.before is not None else file.certain


@attrs.frozen
class Crash:
    """A state that a crash may leave behind: how many commands were acknowledged by then, and the files."""

    place: str
    acknowledged: int
    files: Files


def crashes(trace: list[Step], start: Files, rng: random.Random, *, lying: bool = False) -> Iterator[Crash]:
    """Every such state of a run that began with the files of *start*; a *lying* disk syncs nothing."""
    files = {name: _File(content) for name, content in start.items()}
    acknowledged, seen = 0, set[str]()
    for nth, step in enumerate(trace, start=1):
        match step:
            case Acknowledged():
                acknowledged += 1
            case Synced(name):
                files[name] = files.get(name, _File()) if lying else files.get(name, _File()).synced()
            case Deleted(name):
                files[name] = _File(before=files.get(name))
            case Wrote() | Truncated():
                files.setdefault(step.file, _File()).pending.append(step)
        ways: list[tuple[str, Callable[[_File], bytes | None]]] = [
            ("nothing that is not certain", _least),
            ("all", lambda file: _with(file.certain, file.pending)),
            *((f"some, {n}", lambda file: _torn(file, rng)) for n in range(_AT_RANDOM)),
        ]
        for name, way in ways:
            found = {file: content for file, state in files.items() if (content := way(state)) is not None}
            if (one := _hash(found, acknowledged)) not in seen:
                seen.add(one)
                yield Crash(f"step {nth} of {len(trace)}, {name}", acknowledged, found)


def _hash(files: Files, acknowledged: int) -> str:
    total = hashlib.sha256(str(acknowledged).encode())
    for name, content in sorted(files.items()):
        total.update(f"{name} {len(content)} ".encode() + content)
    return total.hexdigest()


def _never_sync(register: Register) -> None:
    """Let the register's connections ask for no syncs."""
    pool = register._recorder.datastore.pool
    connect = pool._create_connection

    def careless() -> SQLiteConnection:
        connection = connect()
        connection._sqlite_conn.execute("PRAGMA synchronous=OFF")
        return connection

    pool._create_connection = careless  # type: ignore[method-assign]
    for opened in pool._pool:
        opened._sqlite_conn.execute("PRAGMA synchronous=OFF")


def _traced(folder: Path, commands: int, *, careless: bool) -> tuple[list[Step], Files]:
    """What a run does to its files, and the files it began with: commands, a view, checkpoints.

    One that is *careless* asks for no syncs, and keeps no view: that would ask for them again.
    """
    path = folder / "run.db"
    url = workload.store(path, 0)
    start = {path.name: path.read_bytes()}
    with shimmed() as shim, workload.opened(url) as (register, clock):
        if careless:
            _never_sync(register)
        for number in range(commands):
            workload.command(register, clock, number)
            shim.trace.append(Acknowledged(number))
            if number % 4 == 3 and not careless:
                Runner(register, _VIEW, batch=2).run()
            if number % 6 == 5:  # as it happens by itself after 1,000 pages; then the file is written over
                with closing(sqlite3.connect(path)) as other:
                    other.execute("PRAGMA wal_checkpoint(RESTART)")
    return shim.trace, start


def power_loss(size: int, seed: int) -> Findings:
    """Crash after each step of a run of *size* commands, in every way, and take it up again."""
    return _power_loss(size, seed)


def _power_loss(size: int, seed: int, *, careless: bool = False, lying: bool = False) -> Findings:
    findings = Findings({"lost": 0, "doubled": 0, "damaged": 0})
    rng = random.Random(seed)  # noqa: S311  # the same states every time
    with tempfile.TemporaryDirectory() as folder:
        trace, start = _traced(Path(folder), size, careless=careless)
        for number, crash in enumerate(crashes(trace, start, rng, lying=lying)):
            here = Path(folder) / str(number)
            here.mkdir()
            for name, content in crash.files.items():
                (here / name).write_bytes(content)
            findings.cases += 1
            _check(f"sqlite:///{here / 'run.db'}", crash, findings, f"--seed {seed}, {crash.place}", size)
            for left in here.iterdir():
                left.unlink()
    return findings


def _check(url: str, crash: Crash, findings: Findings, place: str, size: int) -> None:
    try:
        with workload.opened(url) as (register, clock):
            judged = workload.judge(register, range(crash.acknowledged))
            findings.fault("lost", place, judged.lost)
            findings.fault("doubled", place, judged.doubled)
            findings.fault("damaged", f"{place}: not what was given", not judged.is_prefix)
            findings.fault("damaged", f"{place}: another root", not judged.has_its_root)
            is_whole(register, _VIEW)
            for number in range(crash.acknowledged, min(size, crash.acknowledged + 2)):
                workload.command(register, clock, number)
            again = workload.judge(register, ())
            alike = again.is_prefix and again.has_its_root
            findings.fault("damaged", f"{place}: not as undisturbed once taken up", not alike)
            findings.fault("doubled", f"{place}, taken up", again.doubled)
    except (ReciprocityError, AssertionError) as error:
        findings.fault("damaged", f"{place}: {error}")


def without_synchronous(size: int, seed: int) -> Findings:
    """The same where the store is told not to sync: it must be found out."""
    return _power_loss(size, seed, careless=True)


def on_a_lying_disk(size: int, seed: int) -> Findings:
    """The same on a disk that says it has synced and has not: it must be found out."""
    return _power_loss(size, seed, lying=True)
