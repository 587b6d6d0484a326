"""Stores in files as they are met: closed, in use, left by a crash, copied; and what must not change."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, suppress
from pathlib import Path
from typing import TypeAlias

from reciprocity.store import Register
from tests.examples import swap

# Records what it is told to, one agreement a line, until it is at its end or is killed.
WRITER = """
import sys
from reciprocity.store import Register
from reciprocity.domain import Terms
with Register.open(sys.argv[1]) as register:
    for line in sys.stdin:
        register.sign(line.strip(), Terms.symmetric("UKR", "RUS", total=10))
        print(register.last_position(), flush=True)
"""


class Writer:
    """Another process that records."""

    def __init__(self, path: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER, url(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def sign(self, agreement_id: str) -> int:
        """Sign an agreement; the position of that."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{agreement_id}\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())

    def end(self) -> None:
        """Let it close the store and end."""
        self.process.communicate(timeout=60)

    def kill(self) -> None:
        """End it as a crash would."""
        self.process.kill()
        self.process.communicate()


def url(path: Path) -> str:
    """The URL of a store in a file."""
    return f"sqlite:///{path}"


def make(path: Path, *agreements: str) -> None:
    """A store that is closed, with these agreements."""
    with Register.open(url(path), create=True) as register:
        for agreement_id in agreements:
            register.sign(agreement_id, swap())


def add_a_row(path: Path) -> None:
    """Commit one row more by other means than ours, and leave no log of writes behind."""
    with closing(sqlite3.connect(path)) as file, file:
        row = "max(rowid) + 1, 'more', max(rowid) + 1, 'x/1', x'00'"
        file.execute(f"INSERT INTO stored_events SELECT {row} FROM stored_events")  # noqa: S608  # constants


@contextmanager
def closed(path: Path) -> Iterator[None]:
    """Nobody is connected."""
    make(path, "one", "two")
    yield


@contextmanager
def in_use(path: Path) -> Iterator[None]:
    """Another process is connected, and has recorded the second agreement."""
    make(path, "one")
    writer = Writer(path)
    try:
        writer.sign("two")
        yield
    finally:
        writer.end()


@contextmanager
def crashed(path: Path) -> Iterator[None]:
    """The process that had recorded the second agreement was killed."""
    make(path, "one")
    writer = Writer(path)
    writer.sign("two")
    writer.kill()
    assert names(path) == [path.name, f"{path.name}-shm", f"{path.name}-wal"]
    yield


@contextmanager
def copied(path: Path) -> Iterator[None]:
    """A copy was made of the files of a store in use, but not of the index of its log of writes."""
    with in_use(path):
        (path.parent / "elsewhere").mkdir()
        for name in (path.name, f"{path.name}-wal"):
            shutil.copy(path.parent / name, path.parent / "elsewhere" / name)
    path.unlink()
    for name in (path.name, f"{path.name}-wal"):
        shutil.move(path.parent / "elsewhere" / name, path.parent / name)
    (path.parent / "elsewhere").rmdir()
    yield


@contextmanager
def emptied(path: Path) -> Iterator[None]:
    """An empty log of writes was left beside it, without an index."""
    make(path, "one", "two")
    path.with_name(f"{path.name}-wal").touch()
    yield


State: TypeAlias = Callable[[Path], AbstractContextManager[None]]
STATES: tuple[State, ...] = (closed, in_use, crashed, copied, emptied)


def names(path: Path) -> list[str]:
    """What lies in the folder of a store."""
    return sorted(file.name for file in path.parent.iterdir())


def untouched(path: Path) -> dict[str, tuple[int, bytes]]:
    """The bytes and the times of all files in the folder of a store, and the time of the folder."""
    found = {".": (path.parent.stat().st_mtime_ns, b"")}
    for name in names(path):
        file = path.parent / name
        with suppress(IsADirectoryError):
            found[name] = (file.stat().st_mtime_ns, file.read_bytes())
    return found


def opened_files(folder: Path) -> list[str]:
    """The names of the files in a folder that this process has open."""
    found: list[str] = []
    for one in Path("/proc/self/fd").iterdir():
        with suppress(FileNotFoundError):  # the one that lists them
            place = one.readlink()
            found += [place.name] if place.parent == folder.resolve() else []
    return sorted(found)
