"""Questions that are compiled once, and computed of one data set after the other: to compile takes longest.

The one rule: what is computed is what `reciprocity.projections.bulk` makes of a question, with other values
in the places of those with which it was compiled.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs
import ibis

from reciprocity.projections.bulk import DataSet
from reciprocity.projections.entries import RELATIONS
from reciprocity.projections.stretches import file_of, stretches

Question = Callable[[DataSet], Any]
"""An expression over a data set."""

# What stands for whatever is asked for, where it is compiled.
_POSITION = 987_654_321
_INSTANT = dt.datetime(1999, 12, 31, 23, 58, 57, 123456, tzinfo=dt.UTC)
_AGREEMENT = "whichever-it-is"


class Compiler:
    """DuckDB in this process: what it reads is replaced; what it was asked stays compiled."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self._compiled: dict[tuple[Question, str], tuple[str, Any]] = {}

    def reads(self, path: Path) -> None:
        """From now on, all answers are those of the data set at *path*."""
        there = stretches(path)
        for name in RELATIONS:
            files = [str(file_of(path, stretch, name)) for stretch in there]
            self.connection.raw_sql(f"CREATE OR REPLACE VIEW {name} AS FROM read_parquet({files})")

    def up_to(self, position: int, instant: dt.datetime) -> Part:
        """What had been recorded both up to a position and by an instant."""
        return Part(self, "up to", {str(_POSITION): str(position), _sql(_INSTANT): _sql(instant)})

    def of(self, agreement: str) -> Part:
        """What was recorded of one agreement."""
        return Part(self, "of", {f"'{_AGREEMENT}'": f"'{agreement}'"})

    def compiled(self, question: Question, part: str) -> tuple[str, Any]:
        """The question in SQL, of a part that is yet to be named, and the types of its answer."""
        if (question, part) not in self._compiled:
            data = DataSet(**{name: self.connection.table(name) for name in RELATIONS})
            data = data.of(_AGREEMENT) if part == "of" else data.up_to(_POSITION).known_at(_INSTANT)
            asked = question(data)
            self._compiled[question, part] = (
                str(self.connection.compile(asked)),
                asked.schema().to_pyarrow(),
            )
        return self._compiled[question, part]


@attrs.frozen
class Part:
    """A part of the data set that is read."""

    compiler: Compiler
    kind: str
    values: Mapping[str, str]

    def answer(self, question: Question) -> Answer:
        """What `bulk` reads an answer from."""
        sql, types = self.compiler.compiled(question, self.kind)
        for stand_in, value in self.values.items():
            assert stand_in in sql
            sql = sql.replace(stand_in, value)
        return Answer(self.compiler.connection, sql, types)


@attrs.frozen
class Answer:
    """In place of an expression."""

    connection: Any
    sql: str
    types: Any

    def get_backend(self) -> Any:
        return self.connection

    def to_pyarrow(self) -> Any:
        """As Ibis does it."""
        return self.connection.raw_sql(self.sql).to_arrow_table().cast(self.types)


@contextmanager
def compiler() -> Iterator[Compiler]:
    """A compiler that reads nothing yet."""
    connection = ibis.duckdb.connect()
    try:
        yield Compiler(connection)
    finally:
        connection.disconnect()


def _sql(instant: dt.datetime) -> str:
    utc = instant.astimezone(dt.UTC)
    seconds = float(f"{utc.second}.{utc.microsecond:06}")
    return f"MAKE_TIMESTAMPTZ({utc:%Y}, {utc.month}, {utc.day}, {utc.hour}, {utc.minute}, {seconds}, 'UTC')"
