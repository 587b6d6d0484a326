"""SQLite files: what lies at a path, and beside it. The one rule: it is told without opening anything.

Python must not open a store by itself: when it closes a file, the system takes away all locks that this
process has on it, also those of SQLite (https://www.sqlite.org/howtocorrupt.html#_posix_advisory_locks_canceled_by_a_separate_thread_doing_close_).
"""

from __future__ import annotations

import os
import stat
import time
from enum import Enum
from pathlib import Path
from typing import TypeAlias

import attrs

from reciprocity.store.errors import Busy, NoSuchStore, NotAStore, Unreadable

_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFLNK: "a symbolic link",
}
_Seen: TypeAlias = tuple[int, ...] | None

TICK = 0.02
"""Seconds within which a file may change twice, and its time of change only once."""

_SMALLEST = 512  # bytes: a page of a database
_PATIENCE = 100  # ticks


class Way(Enum):
    """How a store can be read without changing anything."""

    ALONE = "nobody is connected, and the file has all that is committed"
    BESIDE = "somebody is connected, or was until it crashed"
    COPIED = "what is committed lies in a log of writes that has no index"


@attrs.frozen
class Look:
    """What a store's file, its log of writes and that one's index look like.

    Two looks are equal if nothing was committed between them, unless it was within a `TICK` of the first.
    """

    file: _Seen
    log: _Seen
    index: _Seen
    changed: float = attrs.field(eq=False)

    @property
    def way(self) -> Way:
        """How it can be read."""
        if self.log is None or (self.log[0] == 0 and self.index is None):
            return Way.ALONE
        return Way.COPIED if self.index is None else Way.BESIDE

    @property
    def is_settled(self) -> bool:
        """Whether the next change will show."""
        return abs(time.time() - self.changed) > TICK

    def is_of_the_same_file(self, other: Look) -> bool:
        """Whether the file is still that one, whatever was written to it."""
        return self.file is not None and other.file is not None and self.file[1:3] == other.file[1:3]


def look(path: Path) -> Look:
    """What is at *path*, and beside it; a symbolic link there leads on, but none beside it does.

    Raises:
        NoSuchStore: nothing is there.
        NotAStore: what is there cannot be a store, by its kind or size.
        Unreadable: what is beside it belongs to no store.
    """
    file = _stat(path, path, follow=True)
    if file is None:
        raise NoSuchStore(f"{path}: no such store (create=True makes one)")
    if file.st_size == 0:
        raise NotAStore(f"{path}: an empty file, not a store")
    if file.st_size < _SMALLEST:  # which SQLite takes for an empty database
        raise NotAStore(f"{path}: not a SQLite database")
    real = Path(os.path.realpath(path))
    log, index, journal = (_stat(beside(real, end), path) for end in ("-wal", "-shm", "-journal"))
    if journal is not None and journal.st_size:
        raise Unreadable(f"{path}: a rollback journal lies beside it, which no store has")
    # The index is written to in memory, so only whether it is there, and which one, says anything.
    return Look(
        (file.st_size, file.st_dev, file.st_ino, file.st_mtime_ns, file.st_ctime_ns),
        log and (log.st_size, log.st_dev, log.st_ino, log.st_mtime_ns, log.st_ctime_ns),
        index and (index.st_dev, index.st_ino),
        max(one.st_ctime for one in (file, log) if one),
    )


def settled_look(path: Path) -> Look:
    """A look after which any change will show. It waits a moment if the last one was just now.

    Raises:
        Busy: the file keeps changing.
    """
    for _ in range(_PATIENCE):
        if (seen := look(path)).is_settled or seen.way is Way.BESIDE:
            return seen
        time.sleep(TICK)
    raise Busy(f"{path}: others open it, write to it and close it all the time")


def beside(path: Path, end: str) -> Path:
    """The file that SQLite keeps beside one."""
    return path.with_name(path.name + end)


def _stat(path: Path, store: Path, *, follow: bool = False) -> os.stat_result | None:
    try:
        found = path.stat(follow_symlinks=follow)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, ValueError) as error:
        raise NotAStore(f"{store}: cannot be read: {getattr(error, 'strerror', error)}") from error
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "something else")
        where = "" if follow else f"{path.name}: "
        raise NotAStore(f"{store}: {where}not a file, but {kind}")
    if follow and not os.access(path, os.R_OK):
        raise NotAStore(f"{store}: cannot be read: Permission denied")
    return found
