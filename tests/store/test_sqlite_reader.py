"""The reader of a SQLite file: when it asks again, what it gives up, and what it holds on to."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from reciprocity.store import Busy, Register, Unreadable, sqlite_reading
from reciprocity.store.sqlite import open_file
from reciprocity.store.sqlite_files import TICK, Look, Way, look
from reciprocity.store.sqlite_reading import Reader
from tests.store.sqlite_errors import Failing, error_of, raising
from tests.store_files import add_a_row, make, opened_files, url

COUNT = "SELECT count(*) FROM stored_events"


@pytest.fixture
def private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where private copies are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def reader(path: Path) -> Iterator[Reader]:
    opened = Reader(path)
    yield opened
    opened.close()


@pytest.fixture
def writer(path: Path) -> Iterator[sqlite3.Connection]:
    """One who is connected by other means than ours, and has committed to the log of writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("UPDATE commands SET first_version=7")
        yield connection


@pytest.fixture
def copy(path: Path, writer: sqlite3.Connection, private: Path) -> Path:
    """A copy of a store in use, without the index: it is read in a private copy."""
    assert writer
    assert not list(private.iterdir())
    (path.parent / "copy").mkdir()
    for end in ("", "-wal"):
        shutil.copy(f"{path}{end}", path.parent / "copy")
    return path.parent / "copy" / path.name


def give(reader: Reader, failing: Failing) -> None:
    """Let the reader ask by this connection."""
    assert reader._connection is not None
    reader._connection.close()
    reader._connection = failing  # type: ignore[assignment]


def test_an_error_is_told_if_the_store_is_as_it_was(reader: Reader) -> None:
    failing = Failing(error_of(sqlite3.SQLITE_IOERR))
    give(reader, failing)
    with pytest.raises(sqlite3.OperationalError, match="disk I/O error"):
        reader.ask(COUNT)
    assert failing.asked == 1


@pytest.mark.parametrize("code", [sqlite3.SQLITE_READONLY_RECOVERY, sqlite3.SQLITE_READONLY_CANTINIT])
def test_an_error_that_passes_is_asked_again_by_another_connection(code: int, reader: Reader) -> None:
    give(reader, Failing(error_of(code)))
    assert reader.ask(COUNT) == [(2,)]


def test_others_may_get_on_for_a_tick_before_it_is_asked_again_twenty_times(
    path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(sqlite_reading, "time", SimpleNamespace(sleep=waits.append))
    give(reader, Failing(error_of(sqlite3.SQLITE_READONLY_RECOVERY)))
    assert reader.ask(COUNT) == [(2,)]
    assert waits == [TICK]
    monkeypatch.setattr(sqlite_reading, "check_schema", raising(error_of(sqlite3.SQLITE_READONLY_RECOVERY)))
    with pytest.raises(Busy):
        Reader(path)
    assert waits == [TICK] * 21


def test_an_error_while_the_store_changes_is_none(path: Path, reader: Reader) -> None:
    give(reader, Failing(error_of(sqlite3.SQLITE_CORRUPT), lambda: add_a_row(path)))
    assert reader.ask(COUNT) == [(3,)]


def test_a_store_that_changes_all_the_time_is_busy(
    path: Path, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_reading, "_TRIES", 3)
    monkeypatch.setattr(Reader, "_is_current", lambda _: False)
    said = f"{path}: it was changed while it was read; asking again may succeed"
    with pytest.raises(Busy) as told:
        reader.ask(COUNT)
    assert str(told.value) == said
    monkeypatch.setattr(sqlite_reading, "check_schema", raising(error_of(sqlite3.SQLITE_CORRUPT)))
    with pytest.raises(Busy) as told:
        Reader(path)
    assert str(told.value) == said


def test_what_cannot_be_copied_is_said_with_its_reason_and_nothing_is_left(
    copy: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "copyfile", raising(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    with pytest.raises(Unreadable) as refused:
        Reader(copy)
    assert str(refused.value) == f"{copy}: cannot be copied to be read: No space left on device"
    assert list(private.iterdir()) == []


def test_a_private_copy_is_read_and_not_written_to_and_can_be_told_by_its_name(
    copy: Path, private: Path
) -> None:
    with closing(Reader(copy)) as reader:
        assert reader.ask("SELECT first_version FROM commands") == [(7,), (7,)]
        [folder] = private.iterdir()
        assert [one.name for one in folder.iterdir() if one.name.endswith("-wal")]
        assert folder.name.startswith("reciprocity-copy-")
        assert folder.stat().st_mode & 0o777 == 0o700
        for statement in ("DELETE FROM commands", "CREATE TEMP TABLE more (line)"):
            with pytest.raises(sqlite3.OperationalError, match="readonly"):
                reader.ask(statement)
        add_a_row(copy)
        assert reader.ask(COUNT) == [(3,)]
        assert list(private.iterdir()) == []  # what is there now needs none
    assert list(private.iterdir()) == []


def test_a_private_copy_that_cannot_be_removed_hinders_nobody(
    copy: Path, private: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = Reader(copy)
    with monkeypatch.context() as patched:
        patched.setattr(os, "rmdir", raising(OSError(errno.EBUSY, "busy")))
        reader.close()
    assert len(list(private.iterdir())) == 1


def test_several_may_hold_a_connection_each_its_own(path: Path, reader: Reader) -> None:
    with reader.held() as one:
        with reader.held() as other:
            assert one is not other
            assert other.execute(COUNT).fetchall() == [(2,)]
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            other.execute(COUNT)
        with reader.held() as third:
            assert third is not one
        assert one.execute(COUNT).fetchall() == [(2,)]
    assert reader.ask(COUNT) == [(2,)]
    assert reader._connection is one  # which is kept
    add_a_row(path)
    assert reader.ask(COUNT) == [(3,)]


def test_who_holds_a_connection_while_the_store_changes_is_told(path: Path, reader: Reader) -> None:
    said = "it was changed while it was read"

    def added_and_wrong() -> None:
        add_a_row(path)
        raise KeyError

    def added_and_asked() -> None:
        add_a_row(path)
        with pytest.raises(Busy, match=said):  # at once: it cannot be opened anew while it is held
            reader.ask(COUNT)

    def held(do: Callable[[], object]) -> None:
        with reader.held():
            do()

    for do in (lambda: add_a_row(path), added_and_wrong, added_and_asked, reader.close):
        with pytest.raises(Busy, match=said) as told:
            held(do)
        assert isinstance(told.value.__cause__, KeyError) == (do is added_and_wrong)
    with pytest.raises(Unreadable, match="the register is closed"):
        held(reader.close)


def test_what_else_goes_wrong_while_a_connection_is_held_is_told_as_it_is(reader: Reader) -> None:
    with pytest.raises(KeyError), reader.held():
        raise KeyError
    assert reader.ask(COUNT) == [(2,)]


def test_what_is_held_is_not_let_go(path: Path, writer: sqlite3.Connection) -> None:
    with closing(Reader(path)) as reader:
        assert look(path).way is Way.BESIDE
        with reader.held() as connection:
            reader.let_go(path)
            assert connection.execute(COUNT).fetchall() == [(2,)]
        reader.let_go(path)
        with pytest.raises(sqlite3.ProgrammingError):
            connection.execute(COUNT)
        assert reader.ask(COUNT) == [(2,)]
        assert writer.execute(COUNT).fetchall() == [(2,)]
        reader.close()
        reader.let_go(path)  # there is nothing to let go


def test_one_who_reads_a_store_that_was_moved_or_removed_hinders_no_writer(path: Path) -> None:
    other, moved = path.with_name("other.db"), path.with_name("moved.db")
    make(other, "three")
    with closing(sqlite3.connect(other)) as writer:
        writer.execute(COUNT)
        with Register.open(url(other), reading=True) as reader:
            assert reader.last_position() == 1
            other.rename(moved)
            with Register.open(url(path)) as register:
                assert register.agreement_ids() == ["one", "two"]
            moved.unlink()
            with Register.open(url(path)) as register:
                assert register.agreement_ids() == ["one", "two"]


def test_a_connection_is_kept_as_long_as_nothing_changes(path: Path, reader: Reader) -> None:
    kept, state = reader._connection, reader.state()
    for _ in range(3):
        reader.ask(COUNT)
        assert reader.state() == state
    assert reader._connection is kept
    assert opened_files(path.parent) == ["swaps.db"]
    add_a_row(path)
    assert reader.state() != state
    assert reader._connection is not kept
    assert opened_files(path.parent) == ["swaps.db"]


def test_every_commit_changes_what_a_reader_calls_the_state(path: Path) -> None:
    reading: Any = open_file(path, create=False, reading=True).datastore
    seen = reading.commits.seen()
    assert not reading.commits.wait(seen, timeout=0)
    states = [seen]
    for _ in range(2):  # nobody is connected
        add_a_row(path)
        assert reading.commits.wait(states[-1], timeout=0)
        states.append(reading.commits.seen())
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:  # and then somebody is
        for version in (2, 3):
            writer.execute("UPDATE commands SET first_version=?", [version])
            assert reading.commits.wait(states[-1], timeout=0)
            states.append(reading.commits.seen())
        assert reading.commits.seen() == states[-1]
    assert len(set(states)) == 5
    reading.close()


_FILE, _OTHER = (4096, 1, 2, 3, 4), (4096, 1, 9, 3, 4)
_WRITTEN, _LOG, _INDEX = (8192, 1, 2, 5, 6), (32, 1, 5, 3, 4), (1, 6)


@pytest.mark.parametrize(
    ("before", "now", "is_current"),
    [
        ((_FILE, None, None), (_FILE, None, None), True),
        ((_FILE, None, None), (_WRITTEN, None, None), False),
        ((_FILE, None, None), (_FILE, _LOG, _INDEX), False),
        ((_FILE, _LOG, None), (_FILE, _LOG, None), True),
        ((_FILE, _LOG, None), (_FILE, (64, 1, 5, 7, 8), None), False),
        ((_FILE, _LOG, _INDEX), (_FILE, _LOG, _INDEX), True),
        ((_FILE, _LOG, _INDEX), (_WRITTEN, (64, 1, 5, 7, 8), _INDEX), True),  # SQLite sees to that
        ((_FILE, _LOG, _INDEX), (_FILE, _LOG, (1, 7)), False),
        ((_FILE, _LOG, _INDEX), (_FILE, None, None), False),
        ((_FILE, _LOG, _INDEX), (_OTHER, _LOG, _INDEX), False),
    ],
)
def test_how_a_store_looks_says_whether_a_connection_sees_what_is_there(
    before: Any, now: Any, is_current: bool, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader._look = Look(before[0], before[1], before[2], 0.0)
    monkeypatch.setattr(sqlite_reading, "look", lambda _: Look(now[0], now[1], now[2], 1.0))
    assert reader._is_current() is is_current
