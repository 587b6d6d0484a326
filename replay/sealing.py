"""Sealing: the checkpoint of a register. The one rule: the format is public, and `verify_alone` reads it.

A checkpoint is the signed note of transparency logs, https://c2sp.org/tlog-checkpoint, with a line for the
time. Beside it may stand the list of its leaves, which names what was touched exactly.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

from reciprocity.domain import Malformed
from reciprocity.replay import verify_alone
from reciprocity.replay.keys import base64_text
from reciprocity.store import StoreError
from reciprocity.store.seals import Seal, leaf_hashes, seal

if TYPE_CHECKING:
    from collections.abc import Callable

    from reciprocity.replay.keys import PrivateKey
    from reciprocity.replay.verify_alone import Checkpoint
    from reciprocity.store import Register
    from reciprocity.store.inspection import Inspected

T = TypeVar("T")


class NothingToSeal(StoreError):
    """The log does not hold what was to be sealed or proved."""


def recorder_of(register: Register) -> Inspected:
    """Where a register's rows come from."""
    return cast("Inspected", register.recorder)


def sealed(register: Register) -> Seal:
    """The seal of a register as it is now.

    Raises:
        Unreadable: the log has a gap, or a row that is none.
    """
    return seal(recorder_of(register), up_to=register.last_position())


def checkpoint_text(sealed: Seal, origin: str, at: dt.datetime, key: PrivateKey | None = None) -> str:
    """A seal as a checkpoint, made at an instant; signed, if there is a *key*.

    Raises:
        Malformed: the origin is not one printable line.
    """
    if not origin.strip() or not origin.isprintable():
        raise Malformed(f"{origin!r} is no origin: it is one printable line")
    instant = at.astimezone(dt.UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    text = f"{origin}\n{sealed.size}\n{base64_text(sealed.root)}\ntime {instant}\n"
    return f"{text}\n{key.signed(text) if key else ''}"


def default_origin(recorder: Inspected) -> str:
    """The name of a log: the beginning of the hash of its first event. A copy has the same.

    Raises:
        NothingToSeal: the log is empty.
    """
    first = recorder.select_rows(after=0, limit=1)
    if not first:
        raise NothingToSeal("the log is empty: name it with --origin to seal it")
    return f"reciprocity/{leaf_hashes(first)[0].hex()[:16]}"


def read_checkpoint(path: Path) -> Checkpoint:
    """The checkpoint in a file.

    Raises:
        Malformed: it holds none.
    """
    return read_file(path, verify_alone.checkpoint)


def read_file(path: Path, read: Callable[[str], T]) -> T:
    """What *read* finds in the text of a file.

    Raises:
        Malformed: naming the file.
    """
    try:
        return read(path.read_bytes().decode())
    except ValueError as error:  # also what is no UTF-8
        raise Malformed(f"{path}: {error}") from None
