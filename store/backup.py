"""Backup: a copy of a record while others add to it. The one rule: it has its name only once it is proven.

A log is only added to, so all that stands in it up to a position is one state of the record, however long the
reading takes. Rows are copied as they are, with their positions, out of any store into a file of our own
making: nothing else of the source comes along, such as pages that were freed. Views do not: they are rebuilt.
Until the copy has been read again and compared, its header does not say that it is a store.
"""

from __future__ import annotations

import os
import sqlite3
import uuid
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import attrs

from reciprocity.store import sqlite_rows
from reciprocity.store.errors import NotCopied, shown
from reciprocity.store.merkle import Tree
from reciprocity.store.seals import batches, leaf_hashes
from reciprocity.store.sqlite_connections import connect, uri_of
from reciprocity.store.sqlite_files import beside
from reciprocity.store.sqlite_reading import Reader
from reciprocity.store.sqlite_tables import check_schema, make, rows_said, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reciprocity.store.inspection import Inspected
    from reciprocity.store.log import Row

_BATCH = 4_096  # rows read again at once
_PUT = "INSERT INTO stored_events VALUES (?,?,?,?,?)"
_LEFT = (
    "SELECT * FROM commands AS c WHERE NOT EXISTS (SELECT 1 FROM stored_events AS e"
    " WHERE e.originator_id=c.originator_id AND e.originator_version=c.first_version)"
)


@attrs.frozen
class Copied:
    """What a copy holds: how many events, the last position, and the Merkle root over them (see `seals`)."""

    events: int
    position: int
    root: bytes


def back_up(source: Inspected, path: Path) -> Copied:
    """Copy what *source* holds now into a new file at *path*, a store of its own, for its owner alone.

    Raises:
        NotCopied: the name is taken, or the file cannot be made. Nothing is left of it.
        Unreadable: the source has a row that is none.
    """
    if os.path.lexists(path):
        raise _taken(path)
    draft = path.with_name(f".{path.name[:50]}.{uuid.uuid4().hex}.part")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        copied = _write(source, draft)
        _prove(draft, copied)
        _mark(draft)
        _give_name(draft, path)
    except (OSError, ValueError) as error:
        raise NotCopied(f"{path}: cannot be made: {getattr(error, 'strerror', error)}") from error
    except sqlite3.Error as error:
        raise NotCopied(f"{path}: cannot be made: {shown(error)}") from error
    finally:
        with suppress(OSError, ValueError):
            for end in ("", "-wal", "-shm", "-journal"):
                beside(draft, end).unlink(missing_ok=True)
    return copied


def copied_of(told: Iterable[list[Row]]) -> Copied:
    """What these rows come to, given some at once.

    >>> copied_of([[(1, "swap", 1, "agreement-signed/1", b"{}")]]).root.hex()[:16]
    'c2066e7c73ff3ff6'
    """
    tree, position = Tree(), 0
    for rows in told:
        tree.extend(leaf_hashes(rows))
        position = rows[-1][0]
    return Copied(tree.size, position, tree.root())


def _write(source: Inspected, draft: Path) -> Copied:
    with closing(connect(uri_of(draft, "mode=rw"))) as target:
        # It is nothing until it has its name, and is synced before that.
        target.execute("PRAGMA synchronous=OFF")
        target.execute("BEGIN")
        make(target)
        given, last = source.positions()
        copied = copied_of(_put(target, source, last))
        if given > last:  # events were cut off at the end: the copy must not hide that
            target.execute("DELETE FROM sqlite_sequence")
            target.execute("INSERT INTO sqlite_sequence VALUES ('stored_events', ?)", [given])
        _put_commands(target, source)
        target.execute("COMMIT")
    return copied


def _put(target: sqlite3.Connection, source: Inspected, last: int) -> Iterator[list[Row]]:
    for rows in batches(source, up_to=last):
        target.executemany(_PUT, rows)
        yield rows


def _put_commands(target: sqlite3.Connection, source: Inspected) -> None:
    commands = map(sqlite_rows.checked_command, source.commands())
    target.executemany("INSERT INTO commands VALUES (?,?,?)", commands)
    for command_id, agreement_id, first in target.execute(_LEFT).fetchall():
        # Either it was recorded while the events were copied, or its events are missing there, too.
        if source.select_history(agreement_id, after=first - 1, up_to=first):
            target.execute("DELETE FROM commands WHERE command_id=?", [command_id])


def _prove(draft: Path, copied: Copied) -> None:
    """Read the copy again, from its file, and compare."""
    with closing(connect(uri_of(draft, "mode=ro&immutable=1"))) as target:
        check_schema(target, draft)
        broken = rows_said(target.execute("PRAGMA integrity_check").fetchall())
        rows = target.execute("SELECT * FROM stored_events ORDER BY rowid")
        read = copied_of(map(sqlite_rows.checked, iter(lambda: rows.fetchmany(_BATCH), [])))
    if broken or read != copied:
        raise NotCopied(f"{draft}: is not what was written: {'; '.join(broken) or 'other rows'}")


def _mark(draft: Path) -> None:
    with closing(connect(uri_of(draft, "mode=rw"))) as target:
        target.execute("PRAGMA journal_mode=WAL")
        stamp(target)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    Reader(draft).close()  # it opens as any store does


def _give_name(draft: Path, path: Path) -> None:
    try:
        os.link(draft, path)  # which, unlike renaming, fails if the name is taken
    except FileExistsError as error:
        raise _taken(path) from error
    except OSError:  # a file system without links: the name is taken first
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError as error:
            raise _taken(path) from error
        draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _taken(path: Path) -> NotCopied:
    return NotCopied(f"{path}: exists already; a backup overwrites nothing")
