"""The board of ``watch``: what is shown of which log in how many lines, and how often it is drawn."""

from __future__ import annotations

import io
import re
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, Group

from reciprocity.domain import OPEN, Recorded, complete_phase
from reciprocity.projections import Standing, fold_log, largest_agreement, largest_phase
from reciprocity.replay import laying_out, screen, watch
from reciprocity.replay.watch import Board, keep_on_screen
from reciprocity.store import Register
from tests.examples import back, out, swap
from tests.replay.registers import logs
from tests.replay.test_watch import PATIENCE


def rendered(board: Board, height: int = 1_000, width: int = 200) -> list[str]:
    on = Console(file=io.StringIO(), width=width, height=height, markup=False, emoji=False, highlight=False)
    with on.capture() as captured:
        on.print(Group(*board.parts(height)))
    return captured.get().splitlines()


def status(log: list[Recorded]) -> list[str]:
    """What ``status`` shows of a log."""
    state = fold_log(Standing(), log)
    on = Console(file=io.StringIO(), width=200, markup=False, emoji=False, highlight=False)
    with on.capture() as captured:
        largest = laying_out.largest(largest_phase(state), largest_agreement(state))
        screen.show(on, laying_out.standing(Standing().rows(state)), *largest)
    return captured.get().splitlines()


@given(logs, st.lists(st.integers(0, 30)), st.booleans())
def test_in_whatever_pieces_the_log_comes_the_status_is_that_of_all_of_it(
    log: list[Recorded], cuts: list[int], shown_between: bool
) -> None:
    board = Board()
    ends = sorted(min(cut, len(log)) for cut in cuts)
    for start, end in zip([0, *ends], [*ends, len(log)], strict=True):
        board.add(iter(log[start:end]))
        if shown_between:
            rendered(board)
    assert board.position == len(log)
    expected = status(log)
    lines = rendered(board)
    assert lines[: len(expected)] == expected
    assert [int(line.split()[0]) for line in lines if re.match(r"\d+ \d{4}-", line)] == [
        recorded.position for recorded in log[-5:]
    ]


def filled(agreements: int) -> list[Recorded]:
    """Agreements signed in turn, then a phase of each, in turn."""
    with Register.open("memory:") as register:
        for number in range(agreements):
            register.sign(f"swap-{number:02}", swap(OPEN, OPEN))
        for number in range(agreements):
            register.command(f"swap-{number:02}", lambda a: complete_phase(a, 1, [out(1), back(1)]))
        return list(register.log())


MANY = filled(40)


@given(events=st.integers(1, 80), before=st.integers(0, 80), height=st.integers(14, 60))
def test_what_is_shown_fits_and_shows_the_agreements_with_the_latest_events(
    events: int, before: int, height: int
) -> None:
    board = Board()
    board.add(MANY[: min(before, events)])
    rendered(board, height)
    board.add(MANY[min(before, events) : events])
    lines = rendered(board, height)
    assert len(lines) <= height
    latest = list(dict.fromkeys(recorded.agreement_id for recorded in reversed(MANY[:events])))
    shown = [line.split()[0] for line in lines if line.startswith("swap-")]
    assert shown == sorted(latest[: len(shown)])
    assert len(shown) >= min(len(latest), height - 13)


def test_of_several_that_are_as_large_the_first_is_named() -> None:
    board = Board()
    board.add(MANY)
    expected = status(MANY)
    assert rendered(board)[: len(expected)] == expected
    assert expected[-2:] == [
        "Largest in one phase: 2 persons, phase 1 of swap-00, day unknown",
        "Largest in one agreement: 2 persons, swap-00",
    ]


def test_only_what_is_recorded_after_a_position_is_listed() -> None:
    board = Board(listed_after=78)
    board.add(MANY)
    listed = [line for line in rendered(board) if re.match(r"\d+ \d{4}-", line)]
    assert [line.split()[0] for line in listed] == ["79", "80"]


def test_an_empty_store_says_so() -> None:
    assert rendered(Board()) == ["No agreement is on record yet.", "0 events on record. Ctrl-C ends."]


class Clock:
    """A clock that runs only in sleep."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.mark.parametrize("events", [0, 1, 2, 3, 4, 6, 14, 30])
def test_what_is_read_quickly_is_drawn_at_its_beginning_and_its_end(
    events: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "_ROUND", 3)
    monkeypatch.setattr(watch, "time", clock := Clock())
    drawn: list[int] = []
    parts = Board.parts

    def drawing(board: Board, height: int) -> Iterator[object]:
        drawn.append(board.position)
        clock.now += 0.01  # which takes its time
        return parts(board, height)

    monkeypatch.setattr(Board, "parts", drawing)
    with Register.open("memory:") as register:
        for number in range(events):
            register.sign(f"swap-{number}", swap())
        on = Console(file=io.StringIO(), force_terminal=True, width=100, height=30)
        keep_on_screen(register, on, timeout=0)
    assert drawn == ([events] if events <= 3 else [3, events])
    assert clock.now - 1000 == pytest.approx(0.01 if events <= 3 else 0.01 + 0.1 + 0.01)


def test_drawing_takes_a_fifth_of_the_time_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "time", clock := Clock())
    drawn: list[float] = []
    parts = Board.parts

    def drawing(board: Board, height: int) -> Iterator[object]:
        drawn.append(clock.now)
        clock.now += 0.5
        return parts(board, height)

    monkeypatch.setattr(Board, "parts", drawing)
    with Register.open("memory:") as register:
        wait = register.wait

        def recorded_meanwhile(*, after: int, timeout: float | None = None) -> bool:
            if timeout and register.last_position() < 5:
                register.sign(f"swap-{register.last_position()}", swap())
            return wait(after=after, timeout=0)

        monkeypatch.setattr(register, "wait", recorded_meanwhile)
        on = Console(file=io.StringIO(), force_terminal=True, width=100, height=30)
        keep_on_screen(register, on, timeout=0.1)
    assert len(drawn) == 6
    assert [later - earlier for earlier, later in pairwise(drawn)] == pytest.approx([2.5] * 5)


def test_a_board_of_many_agreements_is_not_worked_out_again_for_one_event(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worked_out: list[int] = []
    rows = Standing.rows

    def noted(self: Standing, state: object) -> Iterator[object]:
        worked_out.append(len(state))  # type: ignore[arg-type]
        return rows(self, state)  # type: ignore[arg-type]

    board = Board()
    board.add(MANY[:79])
    rendered(board)
    monkeypatch.setattr(Standing, "rows", noted)
    board.add(MANY[79:])
    rendered(board)
    assert set(worked_out) == {1}
    assert len(worked_out) <= 2  # its row, and whether it is the largest


def test_time_is_not_spent_on_waiting() -> None:
    with Register.open("memory:") as register:
        register.sign("swap", swap())
        on = Console(file=io.StringIO(), force_terminal=True, width=100, height=30)
        before = time.monotonic()
        keep_on_screen(register, on, timeout=1.2)
        assert 1.2 <= time.monotonic() - before < PATIENCE
