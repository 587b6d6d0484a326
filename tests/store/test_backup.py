"""A backup is the record of one moment, whole and proven, or it is nothing; nobody is held up."""

from __future__ import annotations

import os
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from reciprocity.domain import sign
from reciprocity.replay.sealing import sealed
from reciprocity.replay.verifying import verify
from reciprocity.store import NotAStore, NotCopied, Register, Unreadable, backup
from reciprocity.store.seals import Seal
from tests import stores
from tests.examples import swap
from tests.store_files import Writer, make, names, untouched, url
from tests.stores import execute


def test_a_backup_is_the_record_with_its_positions(any_url: str, tmp_path: Path) -> None:
    target = tmp_path / "backup" / "copy.db"
    target.parent.mkdir()
    with Register.open(any_url, create=True) as register:
        register.sign("one", swap())
        register.command("two", lambda two: sign(two, swap()), command_id="signing-two")
        copied = register.back_up(target)
        with Register.open(url(target), reading=True) as copy:
            assert list(copy.log()) == list(register.log())
            assert copy.last_position() == copied.position == copied.events == 2
            assert Seal(copied.events, copied.root) == sealed(register) == sealed(copy)
            assert sorted(copy._recorder.commands()) == sorted(register._recorder.commands())
            assert copy._recorder.positions() == register._recorder.positions() == (2, 2)
    assert names(target) == ["copy.db"]
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    with Register.open(url(target)) as copy:  # a command that is asked again is known, and others follow
        assert copy.command("two", lambda _: (), command_id="signing-two")
        assert [one.position for one in copy.sign("three", swap())] == [3]


def test_an_empty_record_is_copied_too(tmp_path: Path) -> None:
    with Register.open("memory:") as register:
        assert register.back_up(tmp_path / "copy.db").events == 0
    with Register.open(url(tmp_path / "copy.db")) as copy:
        assert [one.position for one in copy.sign("one", swap())] == [1]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path, target = tmp_path / "swaps.db", tmp_path / "target"
    make(path, "one")
    for put in (
        lambda: target.write_bytes(b"kept"),
        lambda: target.symlink_to("nowhere"),
        target.mkdir,
        lambda: os.mkfifo(target),
    ):
        put()
        before = names(path)
        with Register.open(url(path), reading=True) as register, pytest.raises(NotCopied, match="exists"):
            register.back_up(target)
        assert names(path) == before
        target.rmdir() if target.is_dir() else target.unlink()


@pytest.mark.parametrize("links", [True, False])
def test_a_name_that_is_taken_meanwhile_is_not_overwritten(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, target = tmp_path / "swaps.db", tmp_path / "copy.db"
    make(path, "one")
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    prove = backup._prove

    def taken(draft: Path, copied: backup.Copied) -> None:
        prove(draft, copied)
        target.write_bytes(b"kept")

    with Register.open(url(path), reading=True) as register:
        monkeypatch.setattr(backup, "_prove", taken)
        with pytest.raises(NotCopied, match="exists already"):
            register.back_up(target)
        monkeypatch.setattr(backup, "_prove", prove)
        assert target.read_bytes() == b"kept"
        target.unlink()
        assert register.back_up(target).events == 1
    assert names(path) == ["copy.db", "swaps.db"]
    with Register.open(url(target)) as copy:
        assert copy.agreement_ids() == ["one"]


def no_links(*_: object) -> None:
    raise PermissionError(1, "Operation not permitted")


def test_a_copy_that_came_out_otherwise_is_no_backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "swaps.db"
    make(path, "one", "two")
    monkeypatch.setattr(backup, "_PUT", "INSERT INTO stored_events SELECT ?,?,?,?,CAST(?||' ' AS BLOB)")
    with (
        Register.open(url(path), reading=True) as register,
        pytest.raises(NotCopied, match="is not what was written"),
    ):
        register.back_up(tmp_path / "copy.db")
    assert names(path) == ["swaps.db"]


def test_a_row_that_cannot_be_read_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "one", "two")
    execute(url(path), "UPDATE stored_events SET topic=1.5 WHERE rowid=2")
    execute(url(path), "UPDATE stored_events SET topic=x'00' WHERE rowid=2")
    with (
        Register.open(url(path), reading=True) as register,
        pytest.raises(Unreadable, match=r"position 2.*topic is bytes"),
    ):
        register.back_up(tmp_path / "copy.db")
    with Register.open(url(path), reading=True) as register, pytest.raises(NotCopied, match="cannot be made"):
        register.back_up(tmp_path / "nowhere" / "copy.db")
    assert names(path) == ["swaps.db"]


def test_what_was_cut_off_is_not_hidden_by_a_backup(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "one", "two", "three")
    execute(url(path), "DELETE FROM stored_events WHERE rowid=3")  # its command is left
    for source, target in ((path, tmp_path / "a.db"), (tmp_path / "a.db", tmp_path / "b.db")):
        with Register.open(url(source), reading=True) as register:
            register.back_up(target)
            assert register._recorder.positions() == (3, 2)
            with Register.open(url(target), reading=True) as copy:
                assert copy._recorder.positions() == (3, 2)
                assert list(copy._recorder.commands()) == list(register._recorder.commands())
                assert len(list(copy._recorder.commands())) == 3


def test_what_was_cut_off_on_a_server_is_not_hidden_either(tmp_path: Path) -> None:
    with stores.place("postgresql", tmp_path) as server:
        with Register.open(server, create=True) as register:
            for name in ("one", "two"):
                register.sign(name, swap())
        execute(server, "DELETE FROM stored_events WHERE notification_id=2")
        with Register.open(server, reading=True) as register:
            register.back_up(tmp_path / "copy.db")
            assert register._recorder.positions() == (2, 1)
    with Register.open(url(tmp_path / "copy.db"), reading=True) as copy:
        assert {one.kind for one in verify(copy, {}).found} == {"cut-off", "command"}


@pytest.mark.parametrize(
    "poison", ["command_id=x'00'", "command_id=x'1b5b324a'", "originator_id=x'00'", "first_version='x'"]
)
def test_a_command_that_is_none_is_named_and_nothing_is_left(poison: str, tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "one", "two")
    execute(url(path), f"UPDATE commands SET {poison} WHERE originator_id='two'")  # noqa: S608  # a constant
    with Register.open(url(path), reading=True) as register:
        with pytest.raises(Unreadable, match=r"command .* is not told as it must be") as refused:
            register.back_up(tmp_path / "copy.db")
        assert str(refused.value).isprintable()
        assert "command" in {one.kind for one in verify(register, {}).found}
    assert names(path) == ["swaps.db"]


def test_a_backup_under_load_is_a_state_of_the_record(kept_url: str, tmp_path: Path) -> None:
    with Register.open(kept_url, create=True) as register:
        register.sign("one", swap())
    writers = [subprocess.Popen([sys.executable, "-c", BUSY, kept_url, name]) for name in ("first", "second")]
    try:
        with Register.open(kept_url, reading=True) as register:
            while register.last_position() < 50:
                time.sleep(0.01)
            copies = [register.back_up(tmp_path / f"copy-{number}.db") for number in range(4)]
            assert all(writer.poll() is None for writer in writers)
            log = list(register.log())
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    assert copies[0].position < copies[-1].position
    for number, copied in enumerate(copies):
        with Register.open(url(tmp_path / f"copy-{number}.db"), reading=True) as copy:
            assert list(copy.log()) == log[: copied.events]
            held = {one.command_id for one in log[: copied.events]}
            assert {command_id for command_id, _, _ in copy._recorder.commands()} == held


BUSY = """
import sys
from itertools import count
from reciprocity.domain import Terms
from reciprocity.store import Register
with Register.open(sys.argv[1]) as register:
    for number in count():
        register.sign(f"{sys.argv[2]}-{number}", Terms.symmetric("UKR", "RUS", total=10))
"""

SLOWLY = """
import sys, time
from pathlib import Path
from reciprocity.store import Register, backup
point = sys.argv[3]
before = getattr(backup, point)
def stop(*arguments):
    print("there", flush=True)
    time.sleep(60)
setattr(backup, point, stop)
with Register.open(sys.argv[1], reading=True) as register:
    register.back_up(Path(sys.argv[2]))
"""


@pytest.mark.parametrize("point", ["_put_commands", "_prove", "_mark"])
def test_one_that_is_killed_leaves_nothing_that_looks_like_a_store(point: str, tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "one", "two")
    before = untouched(path)["swaps.db"]
    process = subprocess.Popen(
        [sys.executable, "-c", SLOWLY, url(path), str(tmp_path / "copy.db"), point],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "there\n"
    process.kill()
    process.communicate()
    left = [name for name in names(path) if name != "swaps.db"]
    assert left
    assert "copy.db" not in left
    for name in left:
        with pytest.raises(NotAStore):
            Register.open(url(tmp_path / name), reading=True)
    assert untouched(path)["swaps.db"] == before
    with Register.open(url(path), reading=True) as register:  # and it does not stand in the way of another
        assert register.back_up(tmp_path / "copy.db").events == 2


def test_what_is_freed_in_a_store_is_not_in_its_backup(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "one")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("PRAGMA secure_delete=OFF")
        file.execute("CREATE TABLE other AS SELECT 'remains' AS line")
        file.execute("DROP TABLE other")
    assert b"remains" in path.read_bytes()
    with Register.open(url(path), reading=True) as register:
        register.back_up(tmp_path / "copy.db")
    assert b"remains" not in (tmp_path / "copy.db").read_bytes()


def test_a_store_in_use_is_copied_and_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "from" / "swaps.db"
    path.parent.mkdir()
    make(path, "one")
    writer = Writer(path)
    writer.sign("two")
    before = untouched(path)
    with Register.open(url(path), reading=True) as register:
        assert register.back_up(tmp_path / "copy.db").events == 2
    assert untouched(path) == before
    writer.end()
