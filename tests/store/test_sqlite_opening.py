"""A SQLite file while it is opened may change, go away or be damaged; what is refused is not kept open."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reciprocity.store import NoSuchStore, NotAStore, Register, Unreadable, sqlite_reading
from reciprocity.store.sqlite import open_file
from reciprocity.store.sqlite_connections import connect
from reciprocity.store.sqlite_reading import Reader, ReadingDatastore, examine
from tests.store.sqlite_errors import error_of, raising
from tests.store_files import add_a_row, make, names, opened_files, url

COUNT = "SELECT count(*) FROM stored_events"


def test_while_it_is_opened_too_an_error_is_one_if_the_store_is_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, before, opens in (
        (sqlite3.SQLITE_READONLY_RECOVERY, lambda: None, True),
        (sqlite3.SQLITE_CORRUPT, lambda: add_a_row(path), True),
        (sqlite3.SQLITE_CORRUPT, lambda: None, False),
    ):
        monkeypatch.setattr(sqlite_reading, "check_schema", raising(error_of(code), before, times=1))
        if opens:
            with closing(Reader(path)) as reader:
                assert reader.ask("SELECT 1") == [(1,)]
        else:
            with pytest.raises(Unreadable) as refused:
                Reader(path)
            assert str(refused.value) == f"{path}: the store cannot be opened: disk I/O error"
            assert opened_files(path.parent) == []


@pytest.mark.parametrize("by_reader", [True, False])
@pytest.mark.parametrize("is_written_to", [False, True])
def test_a_file_that_goes_away_while_it_is_looked_at_is_not_made_anew(
    is_written_to: bool, by_reader: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def connected(uri: str) -> sqlite3.Connection:
        for end in ("", "-wal", "-shm"):
            path.with_name(path.name + end).unlink(missing_ok=True)
        return connect(uri)

    with closing(sqlite3.connect(path)) as writer:
        if is_written_to:
            writer.execute(COUNT)
        monkeypatch.setattr(sqlite_reading, "connect", connected)
        with pytest.raises(NoSuchStore):
            (Reader if by_reader else examine)(path)
        assert names(path) == []


def test_a_store_that_is_only_read_has_nothing_else_open_and_is_opened_to_write_if_nothing_is_said(
    path: Path,
) -> None:
    reading = open_file(path, create=False, reading=True)
    assert isinstance(reading.datastore, ReadingDatastore)
    assert opened_files(path.parent) == ["swaps.db"]
    reading.close()
    writing = open_file(path, create=False)
    assert not isinstance(writing.datastore, ReadingDatastore)
    writing.close()


MALFORMED = error_of(sqlite3.SQLITE_CORRUPT | (1 << 8), "malformed")  # one of its extended codes
UNREAD = error_of(sqlite3.SQLITE_IOERR | (1 << 8))


@pytest.mark.parametrize("error", [MALFORMED, UNREAD])
@pytest.mark.parametrize("is_written_to", [False, True])
def test_only_damage_that_a_log_of_writes_may_mend_is_left_to_the_first_connection(
    error: sqlite3.Error, is_written_to: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_reading, "check_header", raising(error))
    with closing(sqlite3.connect(path)) as writer:
        if is_written_to:
            writer.execute(COUNT)
        if is_written_to and error is MALFORMED:
            examine(path)
            return
        with pytest.raises(Unreadable) as refused:
            examine(path)
        assert str(refused.value) == f"{path}: the store cannot be opened: {error}"


def test_what_is_refused_at_first_may_have_changed_meanwhile(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_reading, "check_schema", raising(NotAStore("half done"), times=1))
    examine(path)
    monkeypatch.setattr(
        sqlite_reading, "check_schema", raising(NotAStore("half done"), lambda: add_a_row(path), 2)
    )
    examine(path)


@pytest.mark.parametrize("reading", [False, True])
def test_what_is_refused_is_named_and_not_kept_open(reading: bool, path: Path) -> None:
    for make_other, said in (
        ("PRAGMA user_version=9", "a store of format 9"),
        ("PRAGMA application_id=9", "a SQLite database of another application"),
        ("CREATE TABLE more (line)", "holds what no store does: table more"),
    ):
        with closing(sqlite3.connect(path)) as file, file:
            file.execute(make_other)
        with pytest.raises(NotAStore) as refused:
            Register.open(url(path), reading=reading)
        assert str(refused.value).startswith(f"{path}: {said}")
        assert opened_files(path.parent) == []
        path.unlink()
        make(path, "one")
