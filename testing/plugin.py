"""The pytest plugin: registers to record into. The one rule: who uses none of it pays nothing for it.

Pytest loads this module with every project that has reciprocity installed. So it imports nothing but pytest
until a fixture is asked for, and starts no server until one is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reciprocity.store import Register


@pytest.fixture
def register_in_memory() -> Iterator[Register]:
    """An empty register in memory."""
    yield from _opened("memory:")


@pytest.fixture
def register_on_sqlite(tmp_path: Path) -> Iterator[Register]:
    """An empty register in a file, ``exchange.db`` in the test's `tmp_path`."""
    yield from _opened(f"sqlite:///{tmp_path / 'exchange.db'}")


@pytest.fixture
def register_on_postgresql(reciprocity_database: str) -> Iterator[Register]:
    """An empty register on a PostgreSQL server of the tests' own; skipped where none can be started."""
    yield from _opened(reciprocity_database)


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def register_anywhere(request: pytest.FixtureRequest) -> Register:
    """The test is run three times: with a register in memory, in a file, and on a PostgreSQL server."""
    kept = "register_in_memory" if request.param == "memory" else f"register_on_{request.param}"
    register: Register = request.getfixturevalue(kept)
    return register


@pytest.fixture
def reciprocity_database(_reciprocity_server: None) -> Iterator[str]:
    """The URL of an empty database on a PostgreSQL server of the tests' own; skipped where none can be."""
    from reciprocity.testing.servers import server  # noqa: PLC0415  # see above

    with server().empty_database() as url:
        yield url


@pytest.fixture(scope="session")
def _reciprocity_server() -> Iterator[None]:
    """The server is ended with the tests."""
    from reciprocity.testing.servers import stop  # noqa: PLC0415  # see above

    yield
    stop()


def _opened(url: str) -> Iterator[Register]:
    from reciprocity.store import Register  # noqa: PLC0415  # see above

    with Register.open(url, create=True) as register:
        yield register
