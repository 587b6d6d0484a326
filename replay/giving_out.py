"""Giving out: a log in one of five formats. The one rule: a file is there whole, or not at all.

The two formats of events are complete and can be taken in again; the three of facts hold the transfers as
now known.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, TypeAlias

from reciprocity.domain import ReciprocityError, Recorded
from reciprocity.projections import Facts, ask
from reciprocity.replay import facts_csv, facts_parquet
from reciprocity.replay.event_lines import CLOUDEVENTS, JSONL, EventFormat

_DATABASE = b"SQLite format 3\x00"  # how every SQLite file begins

Writer: TypeAlias = Callable[[Iterable[Recorded], IO[bytes]], None]


class AlreadyThere(ReciprocityError):
    """A file of that name exists, and was left as it was."""


def write_file(path: Path, write: Callable[[IO[bytes]], None], *, force: bool) -> None:
    """Make the file at *path* of what *write* writes; *force* puts it in the place of one that exists.

    Raises:
        AlreadyThere: if one exists, even if it came to exist only meanwhile; a store is left even by *force*.
    """
    check_free(path, force=force)
    beside = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex}.part")
    try:
        with beside.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(beside, path, force=force)
    finally:
        beside.unlink(missing_ok=True)


def check_free(path: Path, *, force: bool) -> None:
    """Look whether a file may be made at *path*, before that costs anything.

    Raises:
        AlreadyThere: if one exists that *force* does not let go, or a store.
    """
    if force and _is_database(path):
        raise AlreadyThere(f"{path}: a store, or another database, which is never overwritten")
    if not force and os.path.lexists(path):
        raise AlreadyThere(f"{path}: exists already (--force overwrites it)")


def _is_database(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(_DATABASE)) == _DATABASE


def _put_in_place(beside: Path, path: Path, *, force: bool) -> None:
    if not force:
        try:
            path.hardlink_to(beside)  # which, unlike renaming, fails if the name is taken
        except FileExistsError as error:
            raise AlreadyThere(f"{path}: exists already (--force overwrites it)") from error
        except OSError:  # a file system without links
            check_free(path, force=False)
        else:
            return
    beside.replace(path)


def _events(form: EventFormat) -> Writer:
    def write(log: Iterable[Recorded], file: IO[bytes]) -> None:
        for recorded in log:
            file.write(form.write(recorded) + b"\n")

    return write


def _csv(*, hashtags: bool) -> Writer:
    def write(log: Iterable[Recorded], file: IO[bytes]) -> None:
        file.writelines(facts_csv.write(ask(Facts(), log), hashtags=hashtags))

    return write


def _parquet(log: Iterable[Recorded], file: IO[bytes]) -> None:
    facts_parquet.write(ask(Facts(), log), file)


FORMATS: dict[str, Writer] = {
    JSONL.name: _events(JSONL),
    CLOUDEVENTS.name: _events(CLOUDEVENTS),
    "csv": _csv(hashtags=False),
    "hxl": _csv(hashtags=True),
    "parquet": _parquet,
}
"""How a log is written in each format."""

NEEDS_A_FILE = frozenset({"parquet"})
"""The formats that are no text, and so are never printed."""
