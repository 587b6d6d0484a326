"""A backup step by step: what it leaves, what is on the disk when, and that it hides nothing."""

from __future__ import annotations

import errno
import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from reciprocity.domain import sign
from reciprocity.store import NotAStore, NotCopied, Register, StoreError, backup
from reciprocity.store.backup import Copied, copied_of
from reciprocity.store.log import Row
from reciprocity.store.merkle import EMPTY
from reciprocity.store.seals import batches
from reciprocity.store.sqlite_tables import make as make_tables
from tests.examples import back, out, swap
from tests.store.sealed import told
from tests.store_files import make, names, url
from tests.stores import execute


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "swaps.db"
    make(path, "one", "two")
    return path


def backed_up(source: Path, target: Path) -> Copied:
    with Register.open(url(source), reading=True) as register:
        return register.back_up(target)


def commands(path: Path) -> list[tuple[str, int]]:
    """The commands in a store: the agreement of each, and the version at which its events begin."""
    with Register.open(url(path), reading=True) as register:
        return sorted((agreement, first) for _, agreement, first in register._recorder.commands())


def test_what_is_copied_is_told_by_number_position_and_root() -> None:
    assert copied_of([]) == Copied(0, 0, EMPTY)
    rows: list[Row] = [(position, "swap", position, "topic/1", b"{}") for position in (1, 2, 5, 9)]
    whole = copied_of([rows])
    assert (whole.events, whole.position) == (4, 9)
    assert copied_of([rows[:1], rows[1:]]) == copied_of([[row] for row in rows]) == whole
    assert len({copied_of([rows[:nth]]).root for nth in range(1, 5)}) == 4


# What is left.


@pytest.mark.parametrize("end", ["", "-wal", "-shm", "-journal"])
@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (OSError(errno.EIO, "Input/output error"), "Input/output error"),
        (ValueError("embedded null byte"), "embedded null byte"),
        (sqlite3.OperationalError("disk\x1b[2J full"), r"disk\x1b[2J full"),
    ],
)
def test_nothing_is_left_of_one_that_fails(
    source: Path, end: str, error: Exception, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(draft: Path, _: Copied) -> None:
        assert draft.parent == source.parent
        assert draft.name.startswith(".copy.db.")
        draft.with_name(draft.name + end).touch()
        raise error

    monkeypatch.setattr(backup, "_prove", failing)
    target = source.with_name("copy.db")
    with pytest.raises(NotCopied) as refused:
        backed_up(source, target)
    assert str(refused.value) == f"{target}: cannot be made: {reason}"
    assert names(source) == ["swaps.db"]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("nowhere/copy.db", "No such file or directory"),
        ("swaps.db/copy.db", "Not a directory"),
        ("x" * 256, "File name too long"),
        ("copy\0.db", "embedded null byte"),
    ],
)
def test_a_name_that_no_file_can_have_is_refused(source: Path, name: str, reason: str) -> None:
    target = source.parent / name
    with pytest.raises(NotCopied) as refused:
        backed_up(source, target)
    assert str(refused.value) == f"{target}: cannot be made: {reason}"
    assert names(source) == ["swaps.db"]


@pytest.mark.parametrize("letter", ["x", "ї", "換", "𐍈"])
def test_a_name_as_long_as_a_file_may_have_is_a_name(letter: str, source: Path) -> None:
    target = source.with_name(letter * (255 // len(letter.encode())))
    assert backed_up(source, target).events == 2
    assert names(source) == sorted(["swaps.db", target.name])


def test_a_name_that_is_taken_is_told() -> None:
    with Register.open("memory:") as register, pytest.raises(NotCopied) as refused:
        register.back_up(Path(os.sep))
    assert str(refused.value) == "/: exists already; a backup overwrites nothing"


def test_no_file_is_left_open(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_ones = Path("/proc/self/fd")
    if not open_ones.exists():
        pytest.skip("needs /proc")
    with Register.open(url(source), reading=True) as register:
        register.back_up(source.with_name("first.db"))
        before = len(list(open_ones.iterdir()))
        register.back_up(source.with_name("second.db"))
        monkeypatch.setattr(os, "link", no_links)
        register.back_up(source.with_name("third.db"))
        assert len(list(open_ones.iterdir())) == before


# What is on the disk when.


def no_links(*_: object) -> None:
    raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
def test_a_copy_is_on_the_disk_before_it_has_its_name_and_its_name_is_then(
    source: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a file system without links, the name is first taken by an empty file for its owner alone."""
    target, done = source.with_name("copy.db"), list[object]()
    link, replace, fsync = os.link, Path.replace, os.fsync

    def named(name: Callable[..., Any]) -> Callable[..., Any]:
        def act(draft: Path, path: Path) -> None:
            done.append(("named", draft.stat().st_ino))
            if name is replace:
                assert path.read_bytes() == b""
                assert stat.S_IMODE(path.stat().st_mode) == 0o600
            name(draft, path)

        return act

    def synced(descriptor: int) -> None:
        done.append(("synced", os.fstat(descriptor).st_ino))
        fsync(descriptor)

    monkeypatch.setattr(os, "link", named(link) if links else no_links)
    monkeypatch.setattr(Path, "replace", named(replace))
    monkeypatch.setattr(os, "fsync", synced)
    before = os.umask(0)
    try:
        backed_up(source, target)
    finally:
        os.umask(before)
    copy, folder = target.stat().st_ino, target.parent.stat().st_ino
    assert done == [("synced", copy), ("named", copy), ("synced", folder)]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert names(source) == ["copy.db", "swaps.db"]


@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_is_taken_at_the_last_moment_is_told(
    source: Path, links: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, mark = source.with_name("copy.db"), backup._mark

    def taken(draft: Path) -> None:
        mark(draft)
        target.write_bytes(b"kept")

    monkeypatch.setattr(backup, "_mark", taken)
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    with pytest.raises(NotCopied) as refused:
        backed_up(source, target)
    assert str(refused.value) == f"{target}: exists already; a backup overwrites nothing"
    assert target.read_bytes() == b"kept"
    assert names(source) == ["copy.db", "swaps.db"]


# What is proven.


def test_what_the_database_finds_broken_is_no_backup(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "rows_said", lambda _: ["row 1 missing from index", "and more"])
    with pytest.raises(NotCopied, match=r"is not what was written: row 1 missing from index; and more$"):
        backed_up(source, source.with_name("copy.db"))
    assert names(source) == ["swaps.db"]


def test_one_that_does_not_open_as_a_store_is_no_backup(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "stamp", lambda _: None)
    with pytest.raises(NotAStore):
        backed_up(source, source.with_name("copy.db"))
    assert names(source) == ["swaps.db"]


def test_one_with_more_in_it_than_a_store_has_is_no_backup(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def more(connection: Any) -> None:
        make_tables(connection)
        connection.execute("CREATE TABLE more (line)")

    monkeypatch.setattr(backup, "make", more)
    with pytest.raises(StoreError):
        backed_up(source, source.with_name("copy.db"))
    assert names(source) == ["swaps.db"]


def test_a_long_record_is_copied_and_proven_row_by_row(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "_BATCH", 3)
    monkeypatch.setattr("reciprocity.store.seals._AT_ONCE", 4)
    with Register.open("memory:") as register:
        register.take_over(told())
        copied = register.back_up(source.with_name("copy.db"))
        assert (copied.events, copied.position) == (10, 10)
        with Register.open(url(source.with_name("copy.db"))) as copy:
            assert list(copy.log()) == list(register.log())
            assert copy.back_up(source.with_name("again.db")) == copied


# What was recorded meanwhile, and what was taken away.


def test_what_is_recorded_after_it_began_is_not_in_it(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def after_another(*arguments: Any, **bounds: Any) -> Iterator[list[Row]]:
        with Register.open(url(source)) as register:
            register.sign("three", swap())
        return batches(*arguments, **bounds)

    monkeypatch.setattr(backup, "batches", after_another)
    target = source.with_name("copy.db")
    assert backed_up(source, target).events == 2
    assert commands(target) == [("one", 1), ("two", 1)]
    assert len(commands(source)) == 3


def test_a_command_that_was_recorded_while_the_events_were_copied_is_not_in_it(
    source: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put = backup._put_commands

    def recorded_first(*arguments: Any) -> None:
        with Register.open(url(source)) as register:
            register.command("three", lambda three: sign(three, swap()), command_id="too-late")
            register.complete_phase("one", 1, [out(1), back(1)])
        put(*arguments)

    monkeypatch.setattr(backup, "_put_commands", recorded_first)
    target = source.with_name("copy.db")
    assert backed_up(source, target).events == 2
    assert commands(target) == [("one", 1), ("two", 1)]
    assert ("three", 1) in commands(source)
    with Register.open(url(target)) as copy:
        assert copy.command("three", lambda three: sign(three, swap()), command_id="too-late")


@pytest.fixture
def three_versions(source: Path) -> Path:
    """Positions 3 and 4 are versions 2 and 3 of the first agreement, each with a command of its own."""
    with Register.open(url(source)) as register:
        register.suspend("one", reason="broken off")
        register.resume("one")
    return source


@pytest.mark.parametrize("position", [3, 4])
def test_a_command_whose_event_was_taken_away_is_not_hidden(three_versions: Path, position: int) -> None:
    execute(url(three_versions), "DELETE FROM stored_events WHERE rowid=?", [position])
    target = three_versions.with_name("copy.db")
    assert backed_up(three_versions, target).events == 3
    assert commands(target) == commands(three_versions) == [("one", 1), ("one", 2), ("one", 3), ("two", 1)]


def test_a_position_that_was_cut_off_is_not_given_again_in_the_copy(three_versions: Path) -> None:
    execute(url(three_versions), "DELETE FROM stored_events WHERE rowid>=3")
    target = three_versions.with_name("copy.db")
    copied = backed_up(three_versions, target)
    assert (copied.events, copied.position) == (2, 2)
    with Register.open(url(target)) as copy:
        assert copy._recorder.positions() == (4, 2)
        assert [one.position for one in copy.sign("three", swap())] == [5]
