"""Giving out a data set: the whole record as Parquet. The one rule: a stretch is there whole, or not at all.

Each stretch of positions is written beside the data set's others under a name that nobody reads, and then
renamed. What was interrupted goes on after the last stretch; what is there already is not written again.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import uuid
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol

import attrs

from reciprocity.domain import ReciprocityError
from reciprocity.projections.entries import RELATIONS, events
from reciprocity.projections.stretches import (
    MARK,
    NotADataSet,
    Stretch,
    file_of,
    is_data_set,
    mark,
    stretches,
)
from reciprocity.replay.parquet_tables import pyarrow, schema_of, table_of
from reciprocity.store import Busy

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from reciprocity.domain import Recorded

POSITIONS = 100_000
"""How many events a stretch has, if there are as many."""

_BATCH = 5_000  # events kept as Python's objects, before they become columns
_ROW_GROUP = 131_072
_ORDER = ("agreement", "position", "sign", "nth")


class AnotherRecord(ReciprocityError):
    """The data set holds something else than the record that was to be added to it; it was left as it was."""


class Recording(Protocol):
    """Whatever has a log: a register."""

    def log(self, *, after: int = 0, up_to: int | None = None) -> Iterable[Recorded]:
        """The events after a position, up to one, in order."""


@attrs.frozen
class Given:
    """How many events were added to a data set, and how many it holds now."""

    added: int
    held: int


def add(register: Recording, path: Path, *, positions: int = POSITIONS) -> Given:
    """Add to the data set at *path* what *register* holds and it does not; make it if nothing is there.

    A stretch has so many *positions* at the most. Memory does not grow with the log.

    Raises:
        NotADataSet: something else is there.
        AnotherRecord: it holds another record, or more than the register does.
        Busy: another process adds to it.
        ExtraMissing: pyarrow is not installed.
    """
    pyarrow()
    if not is_data_set(path):
        _make(path)
    with _held(path):
        there = stretches(path)
        _check_same(register, path, there)
        held = before = there[-1].last if there else 0
        log = iter(register.log(after=held))
        while last := _add_stretch(path, held + 1, log, positions):
            held = last
    return Given(held - before, held)


def _make(path: Path) -> None:
    if path.is_symlink() or path.is_file() or (path.is_dir() and any(path.iterdir())):
        raise NotADataSet(f"{path}: is there already, and no data set")
    draft = path.with_name(f".{path.name[:100]}.{uuid.uuid4().hex}.part")
    draft.mkdir()
    try:
        (draft / MARK).write_bytes(mark())
        draft.rename(path)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not is_data_set(path):  # another process was quicker, and made the same
            raise


@contextmanager
def _held(path: Path) -> Iterator[None]:
    with (path / MARK).open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Busy(f"{path}: another process is adding to it") from error
        for left_over in path.glob(".*.part"):  # by an export that was interrupted
            shutil.rmtree(left_over)
        yield


def _check_same(register: Recording, path: Path, there: list[Stretch]) -> None:
    """Compare the first and the last event of the data set with those of the log."""
    for stretch, position in ((there[0], 1), (there[-1], there[-1].last)) if there else ():
        here = next(iter(register.log(after=position - 1, up_to=position)), None)
        if here is None:
            raise AnotherRecord(
                f"{path}: holds {there[-1].last:,} events, more than the record that was to be added to it"
            )
        [told] = events(here)
        if _told(path, stretch, position) != _without_command(told._asdict()):
            raise AnotherRecord(f"{path}: holds another record: the events at position {position:,} differ")


def _told(path: Path, stretch: Stretch, position: int) -> dict[str, Any] | None:
    _, parquet = pyarrow()
    rows = parquet.read_table(
        file_of(path, stretch, "events"), filters=[("position", "==", position)]
    ).to_pylist()
    return _without_command(rows[0]) if rows else None


def _without_command(row: dict[str, Any]) -> dict[str, Any]:
    """All but the command: a journal's events get a new one each time that it is read."""
    return {
        name: tuple(value) if isinstance(value, list) else value
        for name, value in row.items()
        if name != "command_id"
    }


def _add_stretch(path: Path, first: int, log: Iterator[Recorded], at_most: int) -> int | None:
    """Write the next events of the log; the position of the last one, or ``None`` if there is none."""
    schemas = {name: schema_of(relation.row) for name, relation in RELATIONS.items()}
    tables: dict[str, list[Any]] = {name: [] for name in RELATIONS}
    last, left = None, at_most
    while batch := list(islice(log, min(left, _BATCH))):
        last, left = batch[-1].position, left - len(batch)
        for name, relation in RELATIONS.items():
            tables[name].append(table_of(relation.entered(batch), schemas[name]))
    if last is None:
        return None
    draft = path / f".{uuid.uuid4().hex}.part"
    draft.mkdir()
    try:
        for name, parts in tables.items():
            _write(draft / f"{name}.parquet", parts)
        draft.rename(path / Stretch(first, last).name)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return last


def _write(path: Path, parts: Iterable[Any]) -> None:
    """In the order of agreements, so that what is added up together lies together."""
    pa, parquet = pyarrow()
    table = pa.concat_tables(parts)
    order = [(name, "ascending") for name in _ORDER if name in table.column_names]
    with path.open("xb") as file:
        parquet.write_table(table.sort_by(order), file, compression="zstd", row_group_size=_ROW_GROUP)
        file.flush()
        os.fsync(file.fileno())
