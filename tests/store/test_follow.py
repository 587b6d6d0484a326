"""Following: each event once, in order, none missed, whoever records it; and it can be ended."""

from __future__ import annotations

import gc
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path
from queue import SimpleQueue
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import OPEN, Agreement, Event, Recorded, complete_phase
from reciprocity.store import WIRE, ConnectionLost, Following, Log, Register, Unreadable
from reciprocity.store.follow import Waiting
from reciprocity.store.log import Row
from tests.examples import back, out, swap
from tests.store.test_processes import WRITERS, told, writers
from tests.stores import execute
from tests.tries import MANY

PATIENCE = 60  # seconds after which a test is stuck


def next_phase(agreement: Agreement) -> tuple[Event, ...]:
    return complete_phase(agreement, agreement.last_phase + 1, [out(1), back(1)])


def opened(url: str, phases: int = 0) -> Register:
    """A new register with an agreement: its signature at position 1, then one phase after another."""
    register = Register.open(url, create=True)
    register.sign("swap", swap(OPEN, OPEN))
    for _ in range(phases):
        register.command("swap", next_phase)
    return register


def positions(events: Iterator[Recorded]) -> list[int]:
    return [recorded.position for recorded in events]


class Follower:
    """A thread that follows a log; what it was given can be taken one by one."""

    def __init__(self, following: Following) -> None:
        self.following = following
        self._given: SimpleQueue[Recorded | BaseException | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for recorded in self.following:
                self._given.put(recorded)
            self._given.put(None)
        except BaseException as error:  # noqa: BLE001  # handed on
            self._given.put(error)

    def take(self) -> Recorded:
        """The next event, however long it takes to come."""
        one = self._given.get(timeout=PATIENCE)
        assert isinstance(one, Recorded), one
        return one

    def rest(self) -> list[Recorded]:
        """What was given until its end, to which it came without an error."""
        rest: list[Recorded] = []
        while (one := self._given.get(timeout=PATIENCE)) is not None:
            assert isinstance(one, Recorded), one
            rest.append(one)
        self._thread.join(PATIENCE)
        return rest

    def ended(self) -> bool:
        """Whether it came to its end without an error, and gave nothing more."""
        return not self.rest()


def test_it_gives_what_is_there_after_a_position(any_url: str) -> None:
    with opened(any_url, phases=4) as register:
        for after in range(7):
            with register.follow(after=after, timeout=0) as events:
                assert positions(events) == list(range(after + 1, 6))
        with register.follow(timeout=0) as events:
            assert list(events) == list(register.log())


def test_it_gives_what_this_register_records_meanwhile(any_url: str) -> None:
    with opened(any_url) as register:
        follower = Follower(register.follow())
        assert follower.take().position == 1
        for phase in range(1, 6):
            [recorded] = register.command("swap", next_phase)
            assert follower.take() == recorded
            assert recorded.position == 1 + phase
        follower.following.close()
        assert follower.ended()


def test_it_gives_what_another_register_records_meanwhile(kept_url: str) -> None:
    with opened(kept_url) as register, Register.open(kept_url) as other:
        follower = Follower(register.follow(after=1))
        for position in range(2, 7):
            [recorded] = other.command("swap", next_phase)
            assert follower.take() == recorded
            assert recorded.position == position
        register.close()
        assert follower.ended()


def test_several_follow_the_same_register_each_from_where_it_likes(any_url: str) -> None:
    with opened(any_url, phases=2) as register:
        followers = [Follower(register.follow(after=after)) for after in range(4)]
        register.command("swap", next_phase)
        taken = [[follower.take().position for _ in range(4 - n)] for n, follower in enumerate(followers)]
        assert taken == [[1, 2, 3, 4], [2, 3, 4], [3, 4], [4]]
        register.close()
        assert all(follower.ended() for follower in followers)


def test_beside_four_writing_processes_nothing_is_missed_and_nothing_comes_twice(kept_url: str) -> None:
    most = 25
    agreements = [f"swap-{number}" for number in range(WRITERS)]
    with Register.open(kept_url, create=True) as register:
        for agreement in agreements:
            register.sign(agreement, swap(OPEN, OPEN))
        before = Follower(register.follow())
        with writers(kept_url, agreements, most) as started:
            seen = [before.take() for _ in range(WRITERS + 1)]
            meanwhile = Follower(register.follow(after=WRITERS))
            seen += [before.take() for _ in range(WRITERS * most - 1)]
            assert told(started) == WRITERS * most
        log = list(register.log())
        assert seen == log
        assert [meanwhile.take() for _ in range(WRITERS * most)] == log[WRITERS:]
        register.close()
        assert before.ended()
        assert meanwhile.ended()
    assert [recorded.position for recorded in seen] == list(range(1, 1 + WRITERS * (1 + most)))
    for agreement in agreements:
        versions = [recorded.version for recorded in seen if recorded.agreement_id == agreement]
        assert versions == list(range(1, 2 + most))


def test_writers_that_are_killed_leave_nothing_half_done(kept_url: str) -> None:
    with opened(kept_url) as register:
        follower = Follower(register.follow())
        seen = [follower.take()]
        for _ in range(3):
            with writers(kept_url, ["swap"], most=1_000_000) as [process]:
                seen += [follower.take() for _ in range(7)]
                process.kill()
                process.communicate(timeout=PATIENCE)
                assert process.returncode == -signal.SIGKILL
            register.command("swap", next_phase)
            last = register.last_position()
            seen += [follower.take() for _ in range(last - len(seen))]
        register.close()
        seen += follower.rest()  # a server may go on for a moment with what the dead have asked of it
    with Register.open(kept_url) as register:
        assert list(register.log(up_to=len(seen))) == seen
    assert [recorded.position for recorded in seen] == list(range(1, len(seen) + 1))
    assert [recorded.version for recorded in seen] == list(range(1, len(seen) + 1))
    assert len(seen) >= last > 3 * 8


@pytest.mark.parametrize("end", [Following.close, lambda following: following.register.close()])
def test_it_can_be_ended_while_it_waits(any_url: str, end: Callable[[Any], None]) -> None:
    with opened(any_url) as register:
        following = register.follow()
        following.register = register  # type: ignore[attr-defined]  # for the one who ends it
        follower = Follower(following)
        assert follower.take().position == 1
        end(following)
        assert follower.ended()


def test_it_can_be_ended_where_it_is_iterated(any_url: str) -> None:
    with opened(any_url, phases=3) as register:
        with register.follow() as events:
            given = []
            for recorded in events:
                given.append(recorded.position)
                if recorded.position == 2:
                    events.close()
                    events.close()
            assert given == [1, 2]
            assert list(events) == []
        assert list(events) == []
        assert positions(register.follow(after=2, timeout=0)) == [3, 4]


def test_once_the_register_is_closed_there_is_nothing_to_follow(any_url: str) -> None:
    with opened(any_url) as register:
        events = register.follow()
        assert next(events).position == 1
        register.close()
        assert list(events) == []
        assert not register.wait(after=0)


def test_a_register_that_nobody_keeps_is_kept_while_it_is_followed(kept_url: str) -> None:
    opened(kept_url, phases=2).close()
    events = Register.open(kept_url).follow(timeout=0)
    gc.collect()
    assert positions(events) == [1, 2, 3]


def test_one_who_waits_is_let_go_before_the_store_is_closed(kept_url: str) -> None:
    for _ in range(3):
        with opened(kept_url) as register, ThreadPoolExecutor(4) as pool:
            last = register.last_position()
            waiting = [pool.submit(register.wait, after=last) for _ in range(4)]
            register.close()
            assert [one.result(PATIENCE) for one in waiting] == [False] * 4


def test_a_signal_may_end_it_where_it_waits(tmp_path: Path) -> None:
    register = opened(f"sqlite:///{tmp_path / 'swaps.db'}")
    previous = signal.signal(signal.SIGALRM, lambda *_: register.close())
    try:
        with register.follow() as events:
            assert next(events).position == 1
            signal.setitimer(signal.ITIMER_REAL, 0.05)
            assert list(events) == []
    finally:
        signal.signal(signal.SIGALRM, previous)


def test_an_event_that_cannot_be_read_ends_it_with_its_place(kept_url: str) -> None:
    with opened(kept_url) as register:
        events = register.follow()
        assert next(events).position == 1
        register.command("swap", next_phase)
        execute(kept_url, "UPDATE stored_events SET topic='os/system' WHERE originator_version=2")
        with pytest.raises(Unreadable, match="position 2, swap version 2, os/system"):
            next(events)
        assert list(events) == []


def test_a_version_that_is_missing_is_not_passed_over(kept_url: str) -> None:
    with opened(kept_url) as register:
        events = register.follow()
        assert next(events).position == 1
        register.command("swap", next_phase)
        register.command("swap", next_phase)
        execute(kept_url, "DELETE FROM stored_events WHERE originator_version=2")
        with pytest.raises(Unreadable, match="swap: version 2 is missing; version 3 comes next"):
            next(events)


def test_waiting_says_whether_there_is_more(any_url: str) -> None:
    with opened(any_url, phases=1) as register, ThreadPoolExecutor(1) as pool:
        assert register.last_position() == 2
        assert register.wait(after=0)
        assert register.wait(after=1, timeout=0)
        assert not register.wait(after=2, timeout=0)
        assert not register.wait(after=2, timeout=0.01)
        waiting = pool.submit(register.wait, after=2, timeout=PATIENCE)
        register.command("swap", next_phase)
        assert waiting.result(PATIENCE)


# Below, time stands still, and the store grows when it is waited for.


class Growing:
    """A store whose rows come in bursts, one whenever somebody waits; each wait takes what it may."""

    def __init__(self, bursts: list[list[Row]], clock: Clock | None = None) -> None:
        self.rows: list[Row] = []
        self.bursts = list(bursts)
        self.clock = clock or Clock()
        self.limits: list[int] = []

    def select_rows(self, *, after: int, limit: int, **_: object) -> list[Row]:
        self.limits.append(limit)
        return list(islice((row for row in self.rows if row[0] > after), limit))

    def wait(self, after: int, timeout: float) -> bool:
        if not (self.rows and self.rows[-1][0] > after) and self.bursts:
            self.rows += self.bursts.pop(0)
        if self.rows and self.rows[-1][0] > after:
            return True
        self.clock.now += timeout
        return False


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    standing = Clock()
    monkeypatch.setattr("reciprocity.store.follow.time", standing)
    return standing


def rows(number: int) -> list[Row]:
    with opened("memory:", phases=number - 1) as register:
        return list(register.log().rows())


ROWS = rows(30)


@MANY
@given(lengths=st.lists(st.integers(0, 9), max_size=8), after=st.integers(0, 30), at_once=st.integers(1, 5))
def test_however_the_log_grows_each_event_comes_once(lengths: list[int], after: int, at_once: int) -> None:
    ends = [min(sum(lengths[: n + 1]), len(ROWS)) for n in range(len(lengths))]
    bursts = [ROWS[start:end] for start, end in zip([0, *ends], ends, strict=False)]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("reciprocity.store.log._BATCH", at_once)
        patched.setattr("reciprocity.store.follow.time", clock := Clock())
        store = Growing(bursts, clock)
        given = positions(Following(Waiting(store), WIRE, after, timeout=100))
    last = max(ends, default=0)
    assert given == list(range(after + 1, last + 1))
    assert set(store.limits) <= {at_once}


@pytest.mark.parametrize(
    ("timeout", "ends_after"), [(0, 0), (0.1, 0.1), (0.5, 0.5), (0.75, 0.75), (7.25, 7.25)]
)
def test_silence_is_counted_anew_after_each_event(clock: Clock, timeout: float, ends_after: float) -> None:
    store = Growing([ROWS[:1], ROWS[1:2]], clock)
    events = Following(Waiting(store), WIRE, 0, timeout)
    assert next(events).position == 1
    clock.now += 50  # whoever follows takes his time; that is no silence
    assert next(events).position == 2
    before = clock.now
    assert list(events) == []
    assert clock.now - before == pytest.approx(ends_after)


def test_without_a_timeout_it_waits_until_it_is_ended(clock: Clock) -> None:
    class Endless(Growing):
        waited = 0

        def wait(self, after: int, timeout: float) -> bool:
            self.waited += 1
            if self.waited == 1_000:
                waiting.close()
            return super().wait(after, timeout)

    before = clock.now
    waiting = Waiting(store := Endless([], clock))
    assert not waiting.for_more(0, None)
    assert store.waited == 1_000
    assert clock.now - before == pytest.approx(1_000 * 0.5)
    assert not waiting.for_more(0, None)
    assert store.waited == 1_000


def test_what_goes_wrong_while_it_waits_is_said_and_ends_it() -> None:
    class Lost(Growing):
        def wait(self, after: int, timeout: float) -> bool:
            if not self.bursts:
                raise ConnectionLost("the server is gone")
            return super().wait(after, timeout)

    events = Following(Waiting(Lost([ROWS[:2]])), WIRE, 0, timeout=None)
    assert positions(islice(events, 2)) == [1, 2]
    with pytest.raises(ConnectionLost, match="the server is gone"):
        next(events)
    assert list(events) == []


def test_once_it_is_closed_the_store_is_left_alone() -> None:
    waiting, go_on = threading.Event(), threading.Event()

    class Slow(Growing):
        def wait(self, after: int, timeout: float) -> bool:
            waiting.set()
            assert go_on.wait(PATIENCE)
            return super().wait(after, timeout)

    events = Following(Waiting(Slow([[]])), WIRE, 0, timeout=None)
    with ThreadPoolExecutor(2) as pool:
        iterating = pool.submit(list, events)
        assert waiting.wait(PATIENCE)
        closing = pool.submit(events.close)
        with pytest.raises(TimeoutError):
            closing.result(0.1)
        go_on.set()
        closing.result(PATIENCE)
        assert iterating.result(PATIENCE) == []


def test_a_wait_that_was_for_nothing_is_no_end() -> None:
    log = Log(Growing([ROWS[:3]]), WIRE)
    assert positions(iter(log)) == []  # nobody waited
    store = Growing([[], [], ROWS[:3]])
    given = positions(islice(Following(Waiting(store), WIRE, 0, timeout=None), 3))
    assert given == [1, 2, 3]
