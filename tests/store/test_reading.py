"""Opened for reading, a store is left as it was, and told as it is now."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from reciprocity.projections.views import VIEWS
from reciprocity.store import NoSuchStore, NotAStore, Register, Unreadable
from tests.examples import swap
from tests.store_files import (
    STATES,
    State,
    Writer,
    closed,
    copied,
    crashed,
    in_use,
    make,
    names,
    untouched,
    url,
)

PATIENCE = 60


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder" / "swaps.db"


@pytest.fixture(autouse=True)
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where private copies are made; none is left."""
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    yield tmp_path / "temporary"
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("state", STATES)
def test_the_newest_is_read_and_nothing_is_changed(state: State, path: Path) -> None:
    with state(path):
        before = untouched(path)
        with Register.open(url(path), reading=True) as register:
            assert register.agreement_ids() == ["one", "two"]
            assert [recorded.agreement_id for recorded in register.log()] == ["one", "two"]
            assert len(list(register.history("two"))) == 1
            assert register.last_position() == 2
            assert not register.wait(after=2, timeout=0.1)
            assert register._recorder.damage() == []
            with register.views().rows(next(iter(VIEWS.values())).view) as rows:
                assert rows is None
            assert untouched(path) == before
        assert untouched(path) == before


READER = """
import os, sys
from reciprocity.store import Register
Register.open("memory:").close()  # all is imported while it may be
os.setgid(65534); os.setuid(65534)
with Register.open(sys.argv[1], reading=True) as register:
    print(register.agreement_ids(), len(list(register.log())))
"""


@pytest.mark.parametrize("state", STATES)
def test_a_store_that_one_may_not_write_to_is_read(state: State) -> None:
    if os.geteuid() != 0:
        pytest.skip("needs to be root, to be somebody else")
    folder = Path(tempfile.mkdtemp(dir="/tmp"))  # which others can reach
    path = folder / "swaps.db"
    try:
        with state(path):
            for file in folder.iterdir():
                file.chmod(0o444)
            folder.chmod(0o555)
            before = untouched(path)
            run = subprocess.run(
                [sys.executable, "-c", READER, url(path)],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "TMPDIR": "/tmp"},  # noqa: S108
            )
            assert (run.stdout, run.stderr) == ("['one', 'two'] 2\n", "")
            assert untouched(path) == before
    finally:
        folder.chmod(0o755)
        subprocess.run(["rm", "-r", str(folder)], check=True)


def test_what_is_not_there_is_not_created_for_reading(path: Path) -> None:
    with pytest.raises(NoSuchStore):
        Register.open(url(path), reading=True)
    with pytest.raises(ValueError, match="not for reading alone"):
        Register.open(url(path), reading=True, create=True)
    assert names(path) == []


@pytest.mark.parametrize("state", STATES)
def test_what_others_record_later_is_seen_soon(state: State, path: Path) -> None:
    with state(path), Register.open(url(path), reading=True) as register, ThreadPoolExecutor(1) as pool:
        writer = Writer(path)
        for position in range(3, 6):
            waiting = pool.submit(register.wait, after=position - 1, timeout=PATIENCE)
            time.sleep(0.02)
            assert writer.sign(f"later-{position}") == position
            recorded = time.monotonic()
            assert waiting.result(PATIENCE)
            assert time.monotonic() - recorded < 2
            assert register.last_position() == position
        writer.end()
        assert len(list(register.log())) == 5
        make(path, "last")  # by this process, which opens it to write, and closes it
        assert len(list(register.log())) == 6


def test_one_who_reads_lets_one_write_in_the_same_process(path: Path) -> None:
    with in_use(path), Register.open(url(path), reading=True) as reader:
        assert reader.last_position() == 2
        with Register.open(url(path)) as register:  # the index is shared, and must not stay read-only
            register.sign("three", swap())
            assert reader.last_position() == 3
            register.sign("four", swap())
            assert reader.agreement_ids() == ["one", "two", "three", "four"]
        assert reader.last_position() == 4


# Opens, records, and closes, again and again: the log of writes comes and goes.
COMING_AND_GOING = """
import sys
from reciprocity.store import Register
from reciprocity.domain import Terms
for number in range(int(sys.argv[2])):
    with Register.open(sys.argv[1]) as register:
        register.sign(f"swap-{number}", Terms.symmetric("UKR", "RUS", total=10))
"""


def test_a_reader_sees_no_state_that_never_was_while_writers_come_and_go(path: Path) -> None:
    make(path)
    rounds = 60
    writer = subprocess.Popen([sys.executable, "-c", COMING_AND_GOING, url(path), str(rounds)])
    seen = [0]
    with Register.open(url(path), reading=True) as register:
        while writer.poll() is None:
            log = [(recorded.position, recorded.agreement_id) for recorded in register.log()]
            assert log == [(n + 1, f"swap-{n}") for n in range(len(log))]
            assert len(log) >= seen[-1]
            seen.append(len(log))
        assert len(list(register.log())) == rounds
    assert writer.returncode == 0
    assert len(set(seen)) > 2


def test_who_has_closed_it_reads_no_more(path: Path) -> None:
    with closed(path):
        register = Register.open(url(path), reading=True)
        register.close()
        with pytest.raises(Unreadable, match="the register is closed"):
            register.last_position()


def test_another_store_of_that_name_is_read_from_then_on(path: Path) -> None:
    with in_use(path), Register.open(url(path), reading=True) as register:
        assert register.agreement_ids() == ["one", "two"]
        make(path.with_name("other.db"), "other")
        path.with_name("other.db").replace(path)
        for end in ("-wal", "-shm"):
            path.with_name(path.name + end).unlink()
        assert register.agreement_ids() == ["other"]
        path.unlink()
        with pytest.raises(NoSuchStore):
            register.agreement_ids()
        make(path, "new")


def test_a_symbolic_link_leads_to_the_store_and_to_what_lies_beside_it(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(path)
    for state in (closed, crashed):
        with state(path):
            with Register.open(url(link), reading=True) as register:
                assert register.agreement_ids() == ["one", "two"]
            for file in path.parent.iterdir():
                file.unlink()


def test_what_lies_beside_a_store_must_be_files(path: Path) -> None:
    with copied(path):
        log = path.with_name("swaps.db-wal")
        log.rename(path.with_name("hidden"))
        log.symlink_to(path.with_name("hidden"))
        with pytest.raises(NotAStore, match=r"swaps\.db-wal: not a file, but a symbolic link"):
            Register.open(url(path), reading=True)
        log.unlink()
        path.with_name("swaps.db-journal").write_bytes(b"x")
        with pytest.raises(Unreadable, match="a rollback journal lies beside it"):
            Register.open(url(path), reading=True)
