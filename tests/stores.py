"""Where the tests keep stores: in memory, in a file, and on a PostgreSQL server of their own."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from reciprocity.testing.servers import server


@contextmanager
def place(kind: str, folder: Path) -> Iterator[str]:
    """The URL of a store that is not made yet, of one kind: ``memory``, ``sqlite`` or ``postgresql``."""
    if kind == "postgresql":
        with server().empty_database() as url:
            yield url
    else:
        yield "memory:" if kind == "memory" else f"sqlite:///{folder / 'swaps.db'}"


def execute(url: str, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
    """Do to the database of a store what no register would, in SQL that both kinds understand."""
    if url.startswith("sqlite:///"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as file, file:
            return file.execute(statement, parameters).fetchall()
    import psycopg  # noqa: PLC0415  # not everybody has it

    options = "-c search_path=reciprocity -c lock_timeout=10s"
    with psycopg.connect(url, autocommit=True, options=options) as database:
        cursor = database.execute(statement.replace("?", "%s"), parameters or None)
        return cursor.fetchall() if cursor.description else []


def content(url: str) -> object:
    """Everything that is stored, and on a server which transactions stored it."""
    if url.startswith("sqlite:///"):
        return Path(url.removeprefix("sqlite:///")).read_bytes()
    tables = ("store", "stored_events", "commands")
    return [execute(url, f"SELECT xmin::text, xmax::text, * FROM {table}") for table in tables]  # noqa: S608  # constants
