"""A connection to a SQLite file is bounded, trusts nothing that the file says, or is closed."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reciprocity.store import sqlite_connections
from reciprocity.store.sqlite_connections import connect, uri_of
from tests.store_files import opened_files

MEMORY = "file::memory:"


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(connect(MEMORY)) as opened:
        yield opened


def _of_bytes(size: int) -> tuple[str, list[object]]:
    return "SELECT length(zeroblob(?))", [size]


def _of_letters(size: int) -> tuple[str, list[object]]:
    return f"SELECT {1:>{size - len('SELECT ')}}", []


def _sum_of(size: int) -> tuple[str, list[object]]:
    return f"SELECT {'+'.join(['1'] * size)}", []


def _selects(size: int) -> tuple[str, list[object]]:
    return " UNION ALL ".join(["SELECT 1"] * size), []


def _like(size: int) -> tuple[str, list[object]]:
    return "SELECT 'x' LIKE ?", ["x" * size]


@pytest.mark.parametrize(
    ("statement", "most", "said"),
    [
        (_of_bytes, 100_000_000, "too big"),
        (_of_letters, 1_000_000, "too large"),
        (_sum_of, 100, "maximum depth 100"),
        (_selects, 10, "too many terms in compound SELECT"),
        (_like, 100, "pattern too complex"),
    ],
)
def test_what_a_file_may_ask_of_us_has_bounds(
    statement: Callable[[int], tuple[str, list[object]]], most: int, said: str, connection: sqlite3.Connection
) -> None:
    connection.execute(*statement(most)).fetchall()
    with pytest.raises(sqlite3.Error, match=said):
        connection.execute(*statement(most + 1)).fetchall()


def test_no_other_file_is_attached(connection: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.OperationalError, match="too many attached databases - max 0"):
        connection.execute("ATTACH ':memory:' AS other")


def test_a_trigger_sets_off_no_other(connection: sqlite3.Connection) -> None:
    for table in "abc":
        connection.execute(f"CREATE TABLE {table} (x)")
    for of, into in ("ab", "bc"):
        sets_off = f"BEGIN INSERT INTO {into} VALUES (1); END"  # noqa: S608  # constants
        connection.execute(f"CREATE TRIGGER on_{of} AFTER INSERT ON {of} {sets_off}")
    connection.execute("INSERT INTO b VALUES (1)")
    with pytest.raises(sqlite3.OperationalError, match="too many levels of trigger recursion"):
        connection.execute("INSERT INTO a VALUES (1)")


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("trusted_schema", 0),
        ("cell_size_check", 1),
        ("writable_schema", 0),
        ("busy_timeout", 30_000),  # milliseconds that it waits for another process
    ],
)
def test_how_a_connection_is_set(pragma: str, value: int, connection: sqlite3.Connection) -> None:
    assert connection.execute(f"PRAGMA {pragma}").fetchone() == (value,)


class _Newer(sqlite3.Connection):
    """A connection of Python 3.12, as far as it is used."""

    def setconfig(self, switch: int, enable: bool = True) -> None:
        self.__dict__.setdefault("switched", {})[switch] = bool(enable)


SWITCHES = {
    "SQLITE_DBCONFIG_DEFENSIVE": (1010, True),
    "SQLITE_DBCONFIG_ENABLE_TRIGGER": (1003, False),
    "SQLITE_DBCONFIG_ENABLE_VIEW": (1015, False),
}


@pytest.mark.parametrize(
    ("version", "switched"), [((3, 11, 9), {}), ((3, 12, 0), dict(SWITCHES.values())), ((3, 13, 0), None)]
)
def test_triggers_and_views_are_off_where_python_can_switch_them_off(
    version: tuple[int, int, int], switched: dict[int, bool] | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, (number, _) in SWITCHES.items():
        monkeypatch.setattr(sqlite3, name, number, raising=False)
    monkeypatch.setattr(sqlite_connections, "sys", SimpleNamespace(version_info=version))
    newer: Any = partial(sqlite3.connect, factory=_Newer)
    monkeypatch.setattr(sqlite3, "connect", newer)
    with closing(connect(MEMORY)) as connection:
        found = connection.__dict__.get("switched", {})
    assert found == (dict(SWITCHES.values()) if switched is None else switched)


def test_each_statement_is_committed_at_once_and_any_thread_may_ask(tmp_path: Path) -> None:
    uri = uri_of(tmp_path / "any.db", "mode=rwc")
    with closing(connect(uri)) as one, closing(connect(uri)) as other, ThreadPoolExecutor(1) as pool:
        one.execute("CREATE TABLE t (x)")
        pool.submit(one.execute, "INSERT INTO t VALUES (1)").result()
        assert other.execute("SELECT x FROM t").fetchall() == [(1,)]


def test_a_connection_that_cannot_be_bounded_is_closed_and_not_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "any.db"
    monkeypatch.setitem(sqlite_connections._LIMITS, 10_000, 1)  # no such limit
    with pytest.raises(sqlite3.ProgrammingError):
        connect(uri_of(path, "mode=rwc"))
    path.touch()
    with pytest.raises(sqlite3.ProgrammingError) as refused:  # which holds on to what was there when it came
        connect(uri_of(path, "mode=rw"))
    assert refused.value.__traceback__ is not None
    assert opened_files(tmp_path) == []


def test_a_relative_path_is_made_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert uri_of(Path("a b?.db"), "mode=ro") == f"file://{os.fspath(tmp_path)}/a%20b%3F.db?mode=ro"
