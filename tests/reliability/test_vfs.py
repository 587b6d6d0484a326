"""The file system that fails: it hands through what it is not to fail, and notes what is written."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.reliability.power import SECTOR, Crash, Files, crashes
from tests.reliability.scorecard import NotMeasured
from tests.reliability.vfs import Acknowledged, Deleted, Shim, Step, Synced, Truncated, Wrote, nth, shimmed


@pytest.fixture
def shim() -> Iterator[Shim]:
    try:
        with shimmed() as made:
            yield made
    except NotMeasured as reason:
        pytest.skip(str(reason))


def write(path: Path) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("CREATE TABLE one (number)")
        file.execute("INSERT INTO one VALUES (1)")


def test_what_is_noted_makes_the_file_that_is_there(shim: Shim, tmp_path: Path) -> None:
    path = tmp_path / "one.db"
    write(path)
    *_, last = crashes(shim.trace, {}, random.Random(1))  # noqa: S311
    assert last.files == {"one.db": path.read_bytes()}


def test_the_nth_call_fails_and_no_other(shim: Shim, tmp_path: Path) -> None:
    write(tmp_path / "whole.db")
    writes = sum(isinstance(step, Wrote) for step in shim.trace)
    for n in range(1, writes + 2):
        shim.fault = nth(shim, n, calls=("write",), full=True)
        if n <= writes:
            with pytest.raises(sqlite3.OperationalError, match="full"):
                write(tmp_path / f"{n}.db")
        else:
            write(tmp_path / f"{n}.db")
        assert shim.fired == (n <= writes)


def test_it_is_gone_afterwards(tmp_path: Path) -> None:
    try:
        with shimmed() as made:
            made.fault = nth(made, 1, lasting=True)
    except NotMeasured as reason:
        pytest.skip(str(reason))
    write(tmp_path / "one.db")
    assert made.calls == 0


# What may be on the disk, restated for one file of single bytes in sectors of their own.

FILE = "f"
steps = st.lists(
    st.one_of(
        st.builds(
            lambda at, value: Wrote(FILE, at * SECTOR, bytes([value]) * SECTOR),
            st.integers(0, 2),
            st.integers(1, 9),
        ),
        st.just(Synced(FILE)),
        st.builds(Truncated, st.just(FILE), st.integers(0, 2).map(lambda n: n * SECTOR)),
        st.builds(Acknowledged, st.just(0)),
    ),
    max_size=8,
)


def states(trace: list[Step], start: Files) -> list[Crash]:
    return list(crashes(trace, start, random.Random(1)))  # noqa: S311


@given(steps)
def test_what_was_synced_is_there_and_nothing_comes_from_nowhere(trace: list[Step]) -> None:
    for upto in range(len(trace) + 1):
        so_far = [*trace[:upto], Acknowledged(0)]  # a state is given once for each number of these
        synced = max((n for n, step in enumerate(so_far) if isinstance(step, Synced)), default=0)
        certain, pending = plain(so_far[:synced]), so_far[synced:]
        for crash in states(so_far, {}):
            if crash.place.startswith(f"step {len(so_far)} "):
                found = crash.files.get(FILE, b"")
                cut = any(isinstance(step, Truncated) for step in pending)
                for sector in range(3):
                    may_be = {certain.get(sector, 0)} | ({0} if cut or sector not in certain else set())
                    may_be |= {
                        step.content[0]
                        for step in pending
                        if isinstance(step, Wrote) and step.offset == sector * SECTOR
                    }
                    here = found[sector * SECTOR : (sector + 1) * SECTOR]
                    assert (here[0] if here else 0) in may_be


def plain(trace: list[Step]) -> dict[int, int]:
    """Each sector's byte, after all of this."""
    there: dict[int, int] = {}
    for step in trace:
        if isinstance(step, Wrote):
            there[step.offset // SECTOR] = step.content[0]
        elif isinstance(step, Truncated):
            there = {sector: byte for sector, byte in there.items() if sector * SECTOR < step.size}
    return there


def test_a_deleted_file_may_be_there_again() -> None:
    files = [crash.files for crash in states([Deleted(FILE)], {FILE: b"old"})]
    assert {FILE: b"old"} in files
    assert {} in files


def test_it_is_gone_once_the_next_one_of_its_name_is_synced() -> None:
    trace: list[Step] = [Deleted(FILE), Wrote(FILE, 0, b"new"), Synced(FILE), Acknowledged(0)]
    last = [crash.files for crash in states(trace, {FILE: b"old"}) if "step 4" in crash.place]
    assert last == [{FILE: b"new"}]


def test_a_write_is_torn_between_sectors() -> None:
    trace: list[Step] = [Wrote(FILE, 0, b"a" * SECTOR + b"b" * SECTOR)]
    found = set[bytes]()
    for seed in range(9):
        rng = random.Random(seed)  # noqa: S311
        found |= {crash.files.get(FILE, b"")[:1] for crash in crashes(trace, {}, rng)}
    assert found == {b"", b"a", b"\0"}
