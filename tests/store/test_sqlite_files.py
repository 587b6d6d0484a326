"""What lies at a path, and beside it: told by its kind and size, and when it changes, without opening it."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from reciprocity.store import Busy, NoSuchStore, NotAStore, Unreadable, sqlite_files
from reciprocity.store.sqlite_files import TICK, Look, Way, beside, look, settled_look


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file that may be a store, by its size."""
    (tmp_path / "swaps.db").write_bytes(b"x" * 512)
    return tmp_path / "swaps.db"


def refusal(path: Path) -> tuple[type[Exception], str]:
    with pytest.raises((NotAStore, Unreadable)) as refused:
        look(path)
    return type(refused.value), str(refused.value)


def pipe(path: Path) -> None:
    os.mkfifo(path)


def listening(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as opened:
        opened.bind(path.name)  # the whole path may be too long for one


KINDS: dict[Callable[[Path], Any], str] = {
    Path.mkdir: "a directory",
    pipe: "a pipe",
    listening: "a socket",
    lambda path: path.symlink_to("/dev/null"): "a device",
}


@pytest.mark.parametrize("make", KINDS)
def test_what_is_no_file_is_told_by_its_kind(
    make: Callable[[Path], Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    make(tmp_path / "other")
    assert refusal(tmp_path / "other") == (NotAStore, f"{tmp_path}/other: not a file, but {KINDS[make]}")


@pytest.mark.parametrize(
    ("kind", "called"),
    [(stat.S_IFBLK, "a device"), (stat.S_IFCHR, "a device"), (0o130000, "something else")],
)
def test_kinds_that_no_test_can_make(
    kind: int, called: str, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Path, "stat", lambda *_, **__: SimpleNamespace(st_mode=kind, st_size=512))
    assert refusal(path) == (NotAStore, f"{path}: not a file, but {called}")


@pytest.mark.parametrize("end", ["-wal", "-shm", "-journal"])
def test_what_lies_beside_a_store_is_told_by_its_name_and_kind(end: str, path: Path) -> None:
    (path.parent / "elsewhere").write_bytes(b"x")
    beside(path, end).symlink_to(path.parent / "elsewhere")
    assert refusal(path) == (NotAStore, f"{path}: swaps.db{end}: not a file, but a symbolic link")
    beside(path, end).unlink()
    beside(path, end).mkdir()
    assert refusal(path) == (NotAStore, f"{path}: swaps.db{end}: not a file, but a directory")


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "an empty file, not a store"),
        (1, "not a SQLite database"),
        (511, "not a SQLite database"),
        (512, None),
        (513, None),
    ],
)
def test_a_file_is_told_by_its_size(size: int, said: str | None, path: Path) -> None:
    path.write_bytes(b"x" * size)
    if said is None:
        assert look(path).way is Way.ALONE
    else:
        assert refusal(path) == (NotAStore, f"{path}: {said}")


def test_where_nothing_is_that_is_said(path: Path) -> None:
    for missing in (path.with_name("other.db"), path / "below"):
        assert refusal(missing) == (NoSuchStore, f"{missing}: no such store (create=True makes one)")


def test_what_cannot_be_looked_at_is_told_with_the_reason(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = path.with_name("x" * 300)
    assert refusal(named) == (NotAStore, f"{named}: cannot be read: File name too long")
    named = path.with_name("a\0b")
    assert refusal(named) == (NotAStore, f"{named}: cannot be read: embedded null byte")
    asked: list[tuple[object, ...]] = []

    def may_not(*what: object) -> bool:
        asked.append(what)
        return False

    monkeypatch.setattr(os, "access", may_not)
    assert refusal(path) == (NotAStore, f"{path}: cannot be read: Permission denied")
    assert asked == [(path, os.R_OK)]


def test_only_the_store_itself_must_be_readable_to_be_looked_at(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    beside(path, "-wal").touch()
    monkeypatch.setattr(os, "access", lambda one, _: one == path)
    assert look(path).log is not None


def test_a_rollback_journal_is_refused_unless_it_is_empty(path: Path) -> None:
    beside(path, "-journal").touch()
    assert look(path).way is Way.ALONE
    beside(path, "-journal").write_bytes(b"x")
    said = f"{path}: a rollback journal lies beside it, which no store has"
    assert refusal(path) == (Unreadable, said)


def test_a_look_holds_what_changes_when_something_is_committed(path: Path) -> None:
    def numbers(one: Path) -> tuple[int, ...]:
        found = one.stat()
        return (found.st_size, found.st_dev, found.st_ino, found.st_mtime_ns, found.st_ctime_ns)

    alone = look(path)
    assert (alone.file, alone.log, alone.index) == (numbers(path), None, None)
    assert alone.changed == path.stat().st_ctime
    log, index = beside(path, "-wal"), beside(path, "-shm")
    log.write_bytes(b"log")
    index.write_bytes(b"index")
    os.utime(path, (1, 1))
    with_both = look(path)
    assert (with_both.file, with_both.log) == (numbers(path), numbers(log))
    assert with_both.index == (index.stat().st_dev, index.stat().st_ino)
    assert with_both.changed == max(path.stat().st_ctime, log.stat().st_ctime)
    assert with_both.way is Way.BESIDE


def test_a_link_leads_to_the_store_and_what_is_beside_it(path: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "link.db"
    link.symlink_to(path)
    beside(path, "-wal").write_bytes(b"log")
    assert look(link) == look(path)
    assert look(link).way is Way.COPIED


def test_two_looks_are_equal_whenever_they_were_if_nothing_differs(path: Path) -> None:
    seen = look(path)
    assert attrs.evolve(seen, changed=1.0) == seen
    for other in ({"file": (1,) * 5}, {"log": (1,) * 5}, {"index": (1, 2)}):
        assert attrs.evolve(seen, **other) != seen


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ((4096, 1, 2, 3, 4), (8192, 1, 2, 5, 6), True),
        ((4096, 1, 2, 3, 4), (4096, 1, 9, 3, 4), False),
        ((4096, 1, 2, 3, 4), (4096, 9, 2, 3, 4), False),
        (None, (4096, 1, 2, 3, 4), False),
        ((4096, 1, 2, 3, 4), None, False),
        (None, None, False),
    ],
)
def test_a_file_is_the_same_whatever_was_written_to_it(one: Any, other: Any, is_same: bool) -> None:
    assert Look(one, None, None, 0.0).is_of_the_same_file(Look(other, None, None, 0.0)) is is_same


@pytest.mark.parametrize(
    ("ago", "is_settled"),
    [(0.0, False), (0.75, False), (-0.75, False), (1.25, True), (-1.25, True), (99, True)],
)
def test_the_next_change_shows_after_a_tick(
    ago: float, is_settled: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert TICK == 0.02
    monkeypatch.setattr(time, "time", lambda: 1_000.0)
    assert Look(None, None, None, 1_000.0 - ago * TICK).is_settled is is_settled
    monkeypatch.setattr(time, "time", lambda: TICK)
    assert not Look(None, None, None, 0.0).is_settled  # exactly one is none


class _Clock:
    """A clock that runs only while one waits."""

    def __init__(self, now: float) -> None:
        self.now, self.waited = now, 0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.waited += 1


def _looks(*of: tuple[Way, float]) -> Callable[[Path], Look]:
    """A file that looks like this, one look after the other, and then goes on like the last one."""
    left = list(of)
    seen = {
        Way.ALONE: (None, None),
        Way.BESIDE: ((9, 1, 3, 3, 4), (1, 4)),
        Way.COPIED: ((9, 1, 3, 3, 4), None),
    }

    def at(_: Path) -> Look:
        way, changed = left.pop(0) if len(left) > 1 else left[0]
        log, index = seen[way]
        return Look((4096, 1, 2, 3, 4), log, index, changed)

    return at


@pytest.mark.parametrize(
    ("looks", "waits"),
    [
        ([(Way.ALONE, 0.0)], 0),
        ([(Way.COPIED, 0.0)], 0),
        ([(Way.BESIDE, 1_000.0)], 0),  # its locks hold
        ([(Way.ALONE, 1_000.0)], 2),
        ([(Way.COPIED, 1_000.0)], 2),
        ([(Way.ALONE, 1_000.0), (Way.BESIDE, 1_000.0)], 1),
    ],
)
def test_a_file_that_was_just_changed_is_waited_for(
    looks: list[tuple[Way, float]], waits: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = _Clock(1_000.0)
    monkeypatch.setattr(sqlite_files, "time", clock)
    monkeypatch.setattr(sqlite_files, "look", _looks(*looks))
    seen = settled_look(path)
    assert seen.way is looks[-1][0]
    assert clock.waited == waits


def test_a_file_that_is_changed_all_the_time_is_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = _Clock(1_000.0)
    monkeypatch.setattr(sqlite_files, "time", clock)
    monkeypatch.setattr(sqlite_files, "look", lambda _: Look((1,) * 5, None, None, clock.now))
    with pytest.raises(Busy) as refused:
        settled_look(path)
    assert str(refused.value) == f"{path}: others open it, write to it and close it all the time"
    assert clock.now == pytest.approx(1_002)  # after two seconds


def test_what_lies_beside_a_file_has_its_name_and_an_end() -> None:
    assert beside(Path("/a/b.db"), "-wal") == Path("/a/b.db-wal")
