"""Stretches: where the rows of a data set lie. The one rule: what is there is never changed.

A data set is the whole record as Parquet, in one folder: a mark, and a folder for each stretch of
positions, with one file for each relation of `entries`. A stretch is added whole, under its own name, after
the last one. So whoever reads lists the stretches once and has a record that ends at an event; what is
added meanwhile is not in it.
"""

from __future__ import annotations

import re
from pathlib import Path

import attrs
import msgspec

from reciprocity.domain import ReciprocityError
from reciprocity.projections.entries import RELATIONS
from reciprocity.store import Unreadable

MARK = "reciprocity-data-set.json"
"""The file by which a folder is known to be a data set."""

FORMAT = 1
"""What the relations look like. A release reads the formats up to its own."""

_STRETCH = re.compile(r"positions-(\d{12,})-(\d{12,})")


class NotADataSet(ReciprocityError):
    """The path names no data set of ours: nothing is there, or something else is."""


@attrs.frozen(order=True)
class Stretch:
    """The events from one position to another, both included.

    >>> Stretch(1, 100_000).name
    'positions-000000000001-000000100000'
    """

    first: int
    last: int

    @property
    def name(self) -> str:
        """The name of its folder; names sort as positions do."""
        return f"positions-{self.first:012d}-{self.last:012d}"


class _Mark(msgspec.Struct):
    data_set: int


def mark() -> bytes:
    """What stands in the mark."""
    return msgspec.json.encode(_Mark(FORMAT)) + b"\n"


def is_data_set(path: Path) -> bool:
    """Whether there is a data set at *path*, of any format."""
    return (path / MARK).is_file()


def stretches(path: Path) -> list[Stretch]:
    """The stretches of the data set at *path*, from position 1 on without gaps.

    Raises:
        NotADataSet: if nothing is there, or something else, or a data set of a newer format.
        Unreadable: if a stretch or a file of one is missing.
    """
    _check_mark(path)
    found = sorted(
        Stretch(int(name[1]), int(name[2]))
        for name in (_STRETCH.fullmatch(one.name) for one in path.iterdir())
        if name
    )
    due = 1
    for stretch in found:
        if stretch.first > due:
            raise Unreadable(
                f"{path}: the events from position {due:,} on are missing; next is {stretch.name}"
            )
        if stretch.first < due or stretch.last < due:
            raise Unreadable(f"{path}: {stretch.name} does not follow on position {due - 1:,}")
        for relation in RELATIONS:
            if not file_of(path, stretch, relation).is_file():
                raise Unreadable(f"{file_of(path, stretch, relation)}: is missing")
        due = stretch.last + 1
    return found


def file_of(path: Path, stretch: Stretch, relation: str) -> Path:
    """The file that holds the rows of a relation for a stretch."""
    return path / stretch.name / f"{relation}.parquet"


def _check_mark(path: Path) -> None:
    if not is_data_set(path):
        what = "no such data set" if not path.exists() else "not a data set of this program"
        raise NotADataSet(f"{path}: {what} (reciprocity export --format parquet makes one)")
    try:
        data_set = msgspec.json.decode((path / MARK).read_bytes(), type=_Mark).data_set
    except msgspec.MsgspecError as error:
        raise Unreadable(f"{path / MARK}: {error}") from error
    if data_set > FORMAT:
        raise NotADataSet(f"{path}: a data set of format {data_set}; this release reads up to {FORMAT}")
