"""The datastore of a SQLite store: what an error means, what is kept open, and who may come to write."""

from __future__ import annotations

import shutil
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError, OperationalError

from reciprocity.store import Busy, NotAStore, Register, Unreadable
from reciprocity.store import sqlite as sqlite_store
from reciprocity.store.sqlite_connections import uri_of
from reciprocity.store.sqlite_datastore import Datastore
from tests.examples import swap
from tests.store_files import make, names, opened_files, url


@pytest.fixture
def path(tmp_path: Path) -> Path:
    make(tmp_path / "swaps.db", "one", "two")
    return tmp_path / "swaps.db"


@pytest.fixture
def datastore(path: Path) -> Iterator[Datastore]:
    opened = Datastore(uri_of(path, "mode=rw"), path)
    yield opened
    opened.close()


def _not_utf8() -> UnicodeDecodeError:
    return UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte")


LOCKED = "the store is locked by another process: "


@pytest.mark.parametrize(
    ("error", "meant"),
    [
        (sqlite3.OperationalError("database is locked"), Busy(f"{LOCKED}database is locked")),
        (OperationalError("database table is locked"), Busy(f"{LOCKED}database table is locked")),
        (sqlite3.DatabaseError("the device is busy"), Busy(f"{LOCKED}the device is busy")),
        (sqlite3.OperationalError("disk I/O error"), Unreadable("the store cannot be used: disk I/O error")),
        (OperationalError("disk\x1b[2J"), Unreadable(r"the store cannot be used: disk\x1b[2J")),
        (_not_utf8(), Unreadable(f"the store cannot be used: {_not_utf8()}")),
    ],
)
def test_an_error_of_sqlite_says_what_it_means(
    error: Exception, meant: Exception, datastore: Datastore
) -> None:
    with pytest.raises(type(meant)) as told, datastore.translated():
        raise error
    assert (type(told.value), str(told.value)) == (type(meant), str(meant))
    assert told.value.__cause__ is error


@pytest.mark.parametrize(
    "error", [IntegrityError("UNIQUE"), sqlite3.IntegrityError("UNIQUE"), KeyError("one"), Busy("locked")]
)
def test_what_is_no_error_of_sqlite_or_a_rival_first_is_left_as_it_is(
    error: Exception, datastore: Datastore
) -> None:
    with pytest.raises(type(error)) as told, datastore.translated():
        raise error
    assert told.value is error


@pytest.mark.parametrize("reading", [False, True])
def test_when_a_store_is_closed_nothing_of_it_stays_open(reading: bool, path: Path) -> None:
    register = Register.open(url(path), reading=reading)
    assert not register.wait(after=2, timeout=0)  # for which one more connection is opened
    assert opened_files(path.parent)
    register.close()
    assert opened_files(path.parent) == []
    assert names(path) == ["swaps.db"]
    for ask in (register.last_position, register.agreement_ids, lambda: register.sign("three", swap())):
        with pytest.raises(Unreadable, match="the register is closed"):
            ask()


def _is_free(path: Path) -> bool:
    with closing(sqlite3.connect(path, isolation_level=None, timeout=0)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        return True


def test_a_transaction_that_was_left_open_is_rolled_back(path: Path, datastore: Datastore) -> None:
    with datastore.get_connection(commit=True) as connection:
        connection.cursor().execute("BEGIN IMMEDIATE")
        connection.cursor().execute("DELETE FROM commands")
        assert not _is_free(path)
    assert _is_free(path)
    assert len(datastore.asked("SELECT * FROM commands")) == 2
    assert datastore.pool.num_in_use == 0


@pytest.mark.parametrize("error", [sqlite3.OperationalError("disk I/O error"), MemoryError()])
def test_a_connection_that_cannot_roll_back_is_closed(
    error: Exception, path: Path, datastore: Datastore
) -> None:
    def fails() -> None:
        raise error

    with datastore.get_connection(commit=True) as connection:
        connection.cursor().execute("BEGIN IMMEDIATE")
        connection.rollback = fails  # type: ignore[method-assign]
    assert _is_free(path)
    assert datastore.pool.num_in_pool == 0
    assert datastore.asked("SELECT count(*) FROM commands") == [(2,)]  # by a new one


def test_a_connection_is_used_again(datastore: Datastore) -> None:
    for _ in range(20):
        assert datastore.asked("SELECT ?", ["x"]) == [("x",)]
    assert (datastore.pool.num_in_pool, datastore.pool.num_in_use) == (1, 0)


def test_in_memory_one_who_reads_waits_for_one_who_writes() -> None:
    with Register.open("memory:") as register, ThreadPoolExecutor(1) as pool:
        datastore: Any = register.recorder.datastore  # type: ignore[attr-defined]
        with datastore.transaction(commit=True) as cursor:
            cursor.execute("INSERT INTO commands VALUES ('c', 'swap', 1)")
            asked = pool.submit(datastore.asked, "SELECT count(*) FROM commands")
            time.sleep(0.05)
            assert not asked.done()
        assert asked.result(timeout=60) == [(1,)]


def test_only_a_commit_is_announced(datastore: Datastore) -> None:
    seen = datastore.commits.seen()
    datastore.asked("SELECT 1")
    assert datastore.commits.seen() == seen
    with suppress(ZeroDivisionError), datastore.transaction(commit=True):
        raise ZeroDivisionError
    assert datastore.commits.seen() == seen
    with datastore.transaction(commit=True):
        pass
    assert datastore.commits.seen() != seen


WRITTEN_LATER = {
    "PRAGMA user_version=9": "a store of format 9",
    "CREATE VIEW shown AS SELECT 1": "holds what no store does: view shown",
}


@pytest.mark.parametrize("statement", WRITTEN_LATER)
def test_what_is_found_by_who_comes_to_write_is_said_of_the_file_and_nothing_stays_open(
    statement: str, path: Path
) -> None:
    copy = path.with_name("copy.db")
    with closing(sqlite3.connect(path)) as other:
        other.execute(statement)
        for end in ("", "-wal"):  # the log of writes, in which it stands
            shutil.copy(f"{path}{end}", f"{copy}{end}")
    with pytest.raises(NotAStore) as refused:  # which holds on to what was there when it came
        Register.open(url(copy))
    assert str(refused.value).startswith(f"{copy}: {WRITTEN_LATER[statement]}")
    assert opened_files(path.parent) == []


def test_a_file_in_another_mode_is_named(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA journal_mode=DELETE")
    with pytest.raises(NotAStore) as refused:
        Register.open(url(path))
    assert str(refused.value).startswith(f"{path}: kept in journal mode delete")
    assert opened_files(path.parent) == []


def test_a_file_that_goes_away_while_it_is_opened_is_not_made_anew(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_store, "examine", Path.unlink)
    with pytest.raises(Unreadable, match="the store cannot be opened: unable to open database file"):
        Register.open(url(path))
    assert names(path) == []


def test_a_commit_survives_a_failure_of_power(datastore: Datastore) -> None:
    assert datastore.asked("PRAGMA synchronous") == [(2,)]  # FULL: it is on the disk


def test_one_who_reads_lets_go_of_a_store_before_one_comes_to_write(path: Path) -> None:
    left = path.with_name("left.db")  # as a crash leaves one
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("UPDATE commands SET first_version=7")
        for end in ("", "-wal", "-shm"):
            shutil.copy(f"{path}{end}", f"{left}{end}")
    with Register.open(url(left), reading=True) as reader:
        assert reader.last_position() == 2
        with Register.open(url(left)) as register:  # the index is shared, and must not stay read-only
            register.sign("three", swap())
            assert reader.last_position() == 3


def test_one_who_only_reads_another_store_keeps_its_connection(path: Path) -> None:
    other = path.with_name("other.db")
    make(other, "three")
    with Register.open(url(other)), Register.open(url(other), reading=True) as reader:
        kept = reader.recorder.datastore.reader._connection  # type: ignore[attr-defined]
        with Register.open(url(path)) as register:
            register.sign("three", swap())
        assert reader.last_position() == 1
        assert reader.recorder.datastore.reader._connection is kept  # type: ignore[attr-defined]
