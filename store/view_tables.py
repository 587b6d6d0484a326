"""View tables: how views look in a database. The one rule: a closed list of tables, each typed in full.

Rows are led by their agreement and by their place among its rows, counted from 1. A count has two columns,
the least and the most that it may be; what is not known is null. What differs from one database to another
is a dialect's business.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from enum import Enum
from typing import Any, Protocol, TypeAlias

import attrs
import msgspec

Line: TypeAlias = tuple[Any, ...]
"""The values of a row, in the order of its columns: texts, numbers, truth values, bytes, ``None``."""


class Holds(Enum):
    """What a column holds."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    YES_OR_NO = "yes or no"
    DAY = "day"  # in a line: 2025-05-24
    INSTANT = "instant"  # in a line: 2025-05-24T18:00:00Z
    LIST = "list"  # in a line: JSON
    BYTES = "bytes"


@attrs.frozen
class Column:
    """A column: its name, what it holds, and whether that may be null."""

    name: str
    holds: Holds
    nullable: bool = False


@attrs.frozen
class Table:
    """A table: its name, its columns, and how many of them, from the first on, are its key."""

    name: str
    columns: tuple[Column, ...]
    key: int


class Stage(Enum):
    """Whether a build of a view is the one that readers see, or is to take its place."""

    CURRENT = "current"
    NEXT = "next"


@attrs.frozen
class View:
    """A view: its name, and the columns of its rows after the agreement and the place.

    One that *keeps* something of each agreement goes on from that when there is more to tell; another asks
    the agreement's history. *edition* goes up whenever the same columns would hold something else.
    """

    name: str
    columns: tuple[Column, ...]
    keeps: bool = False
    edition: int = 1

    def rows(self, stage: Stage = Stage.CURRENT) -> Table:
        """The table of its rows."""
        return Table(self._named("", stage), (_AGREEMENT, Column("nth", Holds.WHOLE), *self.columns), 2)

    def kept(self, stage: Stage = Stage.CURRENT) -> Table:
        """The table of what is kept of each agreement."""
        return Table(self._named("_kept", stage), _KEPT, 1)

    def tables(self, stage: Stage = Stage.CURRENT) -> list[Table]:
        """All its tables."""
        return [self.rows(stage), *([self.kept(stage)] if self.keeps else [])]

    @property
    def definition(self) -> str:
        """The same for two views whose tables may be taken for one another.

        >>> View("v", ()).definition == View("v", (), edition=2).definition
        False
        """
        columns = [(column.name, column.holds.value, column.nullable) for column in self.columns]
        told = msgspec.json.encode([self.edition, self.keeps, columns])
        return hashlib.sha256(told).hexdigest()[:16]

    def _named(self, part: str, stage: Stage) -> str:
        return f"{self.name}{part}{'_next' if stage is Stage.NEXT else ''}"


_AGREEMENT = Column("agreement", Holds.TEXT)
_KEPT = (_AGREEMENT, Column("version", Holds.WHOLE), Column("state", Holds.BYTES))

BUILDS = Table(
    "builds",
    (
        Column("view", Holds.TEXT),
        Column("stage", Holds.TEXT),
        Column("position", Holds.WHOLE),
        Column("lines", Holds.WHOLE, nullable=True),
        Column("sha256", Holds.TEXT, nullable=True),
        Column("definition", Holds.TEXT),
        Column("build", Holds.TEXT),
        Column("steps", Holds.WHOLE),
        Column("through", Holds.TEXT, nullable=True),
    ),
    2,
)
"""How far each view has come, in each stage."""

UNREADABLE = Table(
    "unreadable",
    (
        Column("view", Holds.TEXT),
        Column("stage", Holds.TEXT),
        _AGREEMENT,
        Column("reason", Holds.TEXT),
    ),
    3,
)
"""The agreements of which a view tells nothing, because an event of theirs cannot be read."""


class Cursor(Protocol):
    """What a database is told through; placeholders are question marks."""

    @property
    def rowcount(self) -> int:
        """How many rows the last statement changed."""

    def execute(self, statement: str, parameters: Sequence[Any] = ...) -> Iterable[Line]:
        """What a statement gives."""

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> object:
        """Do the same with each of these parameters."""


class Dialect(Protocol):
    """How one kind of database keeps views."""

    types: Mapping[Holds, str]
    """The type of a column of each kind."""

    any_of: str
    """A condition: a column's value is one of those in a parameter that `listed` made."""

    hold: str
    """At the end of a query, within `holding`: the rows that it gives stay as they are until the end."""

    def name(self, table: str) -> str:
        """What a table is called."""

    def definition(self, table: Table) -> str:
        """The statement that makes a table."""

    def are_there(self, cursor: Cursor) -> bool:
        """Whether there are tables of views at all."""

    def make_room(self, cursor: Cursor) -> None:
        """Make the tables that every view needs, where they are missing."""

    def writing(self) -> AbstractContextManager[Cursor]:
        """A transaction that writes: whole, but it may be undone if the machine fails."""

    def reading(self) -> AbstractContextManager[Cursor]:
        """A transaction that reads: all of it sees the same."""

    def holding(self) -> AbstractContextManager[Cursor]:
        """A transaction that reads, and may `hold` what it reads."""

    def put(self, cursor: Cursor, table: Table, lines: Iterable[Line]) -> None:
        """Insert lines, or put them in the place of those with the same key. What is so already is left."""

    def stream(self, cursor: Cursor, statement: str) -> Iterable[Line]:
        """What a statement gives, however much it is; memory does not grow with it."""

    def listed(self, values: Sequence[str]) -> Any:
        """A parameter that stands for several values."""

    def take_the_place(self, cursor: Cursor, view: View, *, alike: bool) -> None:
        """Put the next tables in the place of the current ones, which may be *alike*, or not be there."""


def plain(columns: Sequence[Column], lines: Iterable[Line]) -> Iterator[Line]:
    """Lines as they were written, of lines as a database gives them, each led by its agreement.

    Raises:
        TypeError, AttributeError: a value is not of its kind. It may come from a stranger's file.
    """
    made = {nth: _PLAIN[column.holds] for nth, column in enumerate(columns) if column.holds in _PLAIN}
    for line in lines:
        values = list(line)
        if type(values[0]) is not str:  # by which they are in order
            raise TypeError(values[0])
        for nth, make in made.items():
            if values[nth] is not None:
                values[nth] = make(values[nth])
        yield tuple(values)


def _instant(value: str | dt.datetime) -> str:
    return value if isinstance(value, str) else written(value)


_PLAIN: Mapping[Holds, Callable[[Any], Any]] = {
    Holds.YES_OR_NO: bool,
    Holds.DAY: str,
    Holds.INSTANT: _instant,
}


def written(instant: dt.datetime) -> str:
    """An instant as it stands in a line.

    >>> written(dt.datetime(2025, 5, 24, 18, tzinfo=dt.UTC))
    '2025-05-24T18:00:00Z'
    """
    return instant.astimezone(dt.UTC).isoformat().replace("+00:00", "Z")


def columns_of(table: Table, types: Mapping[Holds, str]) -> str:
    """What stands in the statement that makes a table, between its brackets."""
    lines = [f"{c.name} {types[c.holds]}{'' if c.nullable else ' NOT NULL'}" for c in table.columns]
    keys = ", ".join(column.name for column in table.columns[: table.key])
    return "".join(f"\n    {line}," for line in lines) + f"\n    PRIMARY KEY ({keys})\n"


def replacing(table: Table, differs: str) -> str:
    """What follows an ``INSERT INTO … AS here``: a line with the same key is replaced, if it differs."""
    keys = ", ".join(column.name for column in table.columns[: table.key])
    values = [column.name for column in table.columns[table.key :]]
    here, new = ", ".join(f"here.{name}" for name in values), ", ".join(f"excluded.{name}" for name in values)
    changes = ", ".join(f"{name}=excluded.{name}" for name in values)
    return f"ON CONFLICT ({keys}) DO UPDATE SET {changes} WHERE ({here}) {differs} ({new})"
