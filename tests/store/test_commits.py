"""Commits: what counts as one, how soon it is seen, and that looking holds nobody up."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.store import Busy, Register, Unreadable
from reciprocity.store.commits import Commits
from tests.examples import swap
from tests.tries import MANY

PATIENCE = 60


@pytest.fixture
def path(tmp_path: Path) -> Path:
    with Register.open(f"sqlite:///{tmp_path / 'swaps.db'}", create=True) as register:
        register.sign("swap", swap())
    return tmp_path / "swaps.db"


def connection(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(path, isolation_level=None, check_same_thread=False)


@pytest.fixture
def commits(path: Path) -> Iterator[Commits]:
    looking = Commits(lambda: connection(path))
    yield looking
    looking.close()


@pytest.fixture
def other(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(connection(path)) as opened:
        yield opened


INSERT = "INSERT INTO commands VALUES (hex(randomblob(16)), 'swap', 1)"


def test_each_commit_of_another_connection_is_seen_and_nothing_else(
    commits: Commits, other: sqlite3.Connection
) -> None:
    looks = [commits.seen()]
    for commit in (INSERT, "UPDATE stored_events SET topic='other'", "CREATE TABLE more (line)"):
        assert commits.seen() == looks[-1]
        other.execute("BEGIN IMMEDIATE")
        other.execute(commit)
        assert commits.seen() == looks[-1]
        other.execute("ROLLBACK")
        assert commits.seen() == looks[-1]
        other.execute("SELECT * FROM commands").fetchall()
        assert commits.seen() == looks[-1]
        other.execute(commit)
        assert commits.seen() != looks[-1]
        looks.append(commits.seen())
    assert len(set(looks)) == 4


def test_what_was_committed_since_one_looked_is_not_waited_for(
    commits: Commits, other: sqlite3.Connection
) -> None:
    seen = commits.seen()
    assert not commits.wait(seen, timeout=0)
    other.execute(INSERT)
    assert commits.wait(seen, timeout=0)
    assert not commits.wait(commits.seen(), timeout=0)


def test_one_who_looks_holds_up_no_checkpoint(
    commits: Commits, other: sqlite3.Connection, path: Path
) -> None:
    seen = commits.seen()
    other.execute(INSERT)
    assert path.with_name("swaps.db-wal").stat().st_size > 0
    # As busy as it may be: nobody reads, so all of the log goes into the file at once, and it starts anew.
    assert other.execute("PRAGMA busy_timeout=0").fetchone() == (0,)
    assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
    assert path.with_name("swaps.db-wal").stat().st_size == 0
    assert commits.wait(seen, timeout=0)


def test_one_who_waits_lets_the_log_of_writes_start_anew(path: Path, other: sqlite3.Connection) -> None:
    with Register.open(f"sqlite:///{path}") as register, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(register.wait, after=1, timeout=PATIENCE)
        for _ in range(50):
            other.execute(INSERT)  # a commit that adds no event: it goes on waiting
            assert other.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)
        assert not waiting.done()
        register.sign("another", swap())
        assert waiting.result(PATIENCE)


@pytest.mark.parametrize("in_memory", [True, False])
def test_a_commit_of_this_process_is_seen_at_once(
    in_memory: bool, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reciprocity.store.commits.SHORTEST", 10 * PATIENCE)  # it does not look by itself
    monkeypatch.setattr("reciprocity.store.commits.LONGEST", 10 * PATIENCE)
    url = "memory:" if in_memory else f"sqlite:///{path}"
    with Register.open(url) as register, ThreadPoolExecutor(1) as pool:
        last = register.last_position()
        waiting = pool.submit(register._recorder.wait, last, 5 * PATIENCE)
        assert not waiting.done()
        register.sign("another", swap())
        assert waiting.result(PATIENCE)


def test_what_is_recorded_while_it_is_asked_is_not_missed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Register.open(f"sqlite:///{path}") as register, Register.open(f"sqlite:///{path}") as another:
        last_position = register._recorder.last_position

        def recorded_right_after() -> int:
            last = last_position()
            if last == 1:
                another.sign("another", swap())
            return last

        monkeypatch.setattr(register._recorder, "last_position", recorded_right_after)
        assert register._recorder.wait(1, timeout=0.2)


def test_errors_are_ours(path: Path) -> None:
    register = Register.open(f"sqlite:///{path}")
    assert not register._recorder.wait(1, 0)
    register.close()
    with pytest.raises(Unreadable):
        register._recorder.wait(1, 0)


def test_a_locked_store_is_said_to_be_busy(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(_: Commits) -> None:
        raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(Commits, "seen", locked)
    with Register.open(f"sqlite:///{path}") as register, pytest.raises(Busy):
        register.wait(after=1, timeout=0)


# Below, time stands still but for the pauses between looks.


class Simulated:
    """A database on which others commit at given times, and a clock that runs only while one waits."""

    def __init__(self, times: list[float]) -> None:
        self.now = 1000.0
        self.times = [self.now + time for time in times]
        self.looks: list[float] = []
        self.commits = Commits(lambda: self)  # type: ignore[arg-type,return-value]  # as far as it is used
        self.commits._last_news = self.now
        self.commits._news = self  # type: ignore[assignment]

    def monotonic(self) -> float:
        return self.now

    def execute(self, _: str) -> Simulated:
        return self

    def fetchall(self) -> list[tuple[int]]:
        self.looks.append(self.now)
        return [(sum(time <= self.now for time in self.times),)]

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass

    def wait(self, pause: float) -> None:
        self.now += pause


@MANY
@given(st.lists(st.floats(0.001, 100), min_size=1, max_size=10))
def test_a_commit_is_seen_after_a_quarter_of_the_silence_before_it(silences: list[float]) -> None:
    for silence in silences:
        simulated = Simulated([silence])
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr("reciprocity.store.commits.time", simulated)
            seen = simulated.commits.seen()
            assert simulated.commits.wait(seen, timeout=1_000)
        late = simulated.now - simulated.times[0]
        assert 0 <= late <= min(max(silence / 4, 0.005), 0.25) + 1e-6


def test_a_long_silence_costs_four_looks_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = Simulated([])
    monkeypatch.setattr("reciprocity.store.commits.time", simulated)
    for _ in range(120):  # waited for in pieces, as whoever follows does
        assert not simulated.commits.wait(simulated.commits.seen(), timeout=0.5)
    assert simulated.now == pytest.approx(1060)
    in_pieces = [look for look in simulated.looks if look > 1002]
    assert len(set(in_pieces)) <= 4 * 58 + 1


def test_in_a_lively_log_it_looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = Simulated([0.02 * n for n in range(1, 501)])
    monkeypatch.setattr("reciprocity.store.commits.time", simulated)
    late: list[float] = []
    while (seen := simulated.commits.seen()) != (0, 500):
        assert simulated.commits.wait(seen, timeout=1)
        late.append(simulated.now - max(time for time in simulated.times if time <= simulated.now))
    assert len(late) == 500
    assert max(late) <= 0.005 + 1e-6


def test_a_look_follows_after_a_quarter_of_the_silence_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    """But not before 5 ms, and not later than 250 ms: which are the figures that are promised."""
    simulated = Simulated([])
    monkeypatch.setattr("reciprocity.store.commits.time", simulated)
    assert not simulated.commits.wait(simulated.commits.seen(), timeout=5)
    assert simulated.now == 1005
    looks = simulated.looks[1:]
    pauses = [later - look for look, later in pairwise(looks)]
    due = [min(max((look - 1000) / 4, 0.005), 0.25) for look in looks]
    assert pauses[:-1] == pytest.approx(due[: len(pauses) - 1])
    assert looks[-1] == 1005
    assert len(pauses) < 50


def test_after_a_commit_silence_is_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = Simulated([10])
    monkeypatch.setattr("reciprocity.store.commits.time", simulated)
    assert simulated.commits.wait(simulated.commits.seen(), timeout=60)
    seen = simulated.now
    assert not simulated.commits.wait(simulated.commits.seen(), timeout=1)
    later = [look for look in simulated.looks if look > seen]
    assert later[0] - seen == pytest.approx(0.005)


@pytest.mark.parametrize("timeout", [0, 0.125, 3, 7.5])
def test_in_memory_nobody_looks_because_nobody_else_can_commit(
    timeout: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulated = Simulated([])
    monkeypatch.setattr("reciprocity.store.commits.time", simulated)
    commits, waits = Commits(None), list[float]()
    commits._news = simulated  # type: ignore[assignment]

    def wait(pause: float) -> None:
        waits.append(pause)
        simulated.now += pause

    monkeypatch.setattr(simulated, "wait", wait)
    assert not commits.wait(commits.seen(), timeout)
    assert waits == [timeout] * (timeout > 0)
    assert simulated.now == 1000 + timeout
    assert simulated.looks == []


def test_what_stands_for_a_database_is_looked_at_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    simulated = Simulated([2])
    monkeypatch.setattr("reciprocity.store.commits.time", simulated)
    commits = Commits(None, lambda: tuple(simulated.fetchall()))
    commits._news = simulated  # type: ignore[assignment]
    assert commits.seen() == commits.seen()
    assert not commits.wait(commits.seen(), timeout=1)
    assert commits.wait(commits.seen(), timeout=5)
    assert 2 <= simulated.now - 1000 <= 2.25


def test_each_announcement_is_seen_and_lets_go_who_waits() -> None:
    commits = Commits(None)
    looks = [commits.seen()]
    for _ in range(3):
        commits.announce()
        looks.append(commits.seen())
        assert commits.seen() == looks[-1]
        assert commits.wait(looks[-2], timeout=0)
        assert not commits.wait(looks[-1], timeout=0)
    assert len(set(looks)) == 4
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(commits.wait, looks[-1], PATIENCE)
        commits.announce()
        assert waiting.result(PATIENCE)


def test_one_connection_looks_and_is_closed_in_the_end(path: Path) -> None:
    opened = list[sqlite3.Connection]()

    def connect() -> sqlite3.Connection:
        opened.append(connection(path))
        return opened[-1]

    commits = Commits(connect)
    commits.close()
    assert opened == [], "nobody has looked"
    assert commits.seen() == commits.seen()
    assert len(opened) == 1
    commits.close()
    with pytest.raises(sqlite3.ProgrammingError):
        opened[0].execute("SELECT 1")
