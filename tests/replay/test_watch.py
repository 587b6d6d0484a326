"""Watching: what is on the screen is what ``status`` would say, and each event is a line elsewhere."""

from __future__ import annotations

import codecs
import fcntl
import io
import json
import os
import pty
import re
import select
import signal
import sqlite3
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console, Group

from reciprocity.domain import OPEN, Recorded, complete_phase
from reciprocity.projections import Standing, fold_log, largest_agreement, largest_phase
from reciprocity.replay import screen, watch
from reciprocity.replay.cli import main
from reciprocity.replay.watch import Board, keep_on_screen
from reciprocity.store import Register
from tests.examples import back, out, swap
from tests.replay.registers import logs

FOUNDING = "ua-ru-2025-05-16"
PATIENCE = 60  # seconds after which a test is stuck


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env={"NO_COLOR": "1"})


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "exchange.db"
    assert run("record", FOUNDING, "--store", path).exit_code == 0
    return path


def opened(path: Path) -> Register:
    return Register.open(f"sqlite:///{path}")


def sign(url: str, agreement: str) -> Recorded:
    with Register.open(url) as register:
        [signed] = register.sign(agreement, swap(10, 10))
        return signed


# Lines, where there is no screen.


def test_without_a_screen_each_event_after_a_position_is_a_line(store: Path) -> None:
    shown = run("watch", store, "--after", "9", "--timeout", "0")
    assert shown.exit_code == 0
    lines = shown.stdout.splitlines()
    assert lines[0] == (
        "10 2025-05-25T18:00:00Z ua-ru-2025-05-16 version 10, phase-completed: phase 3, 2025-05-25: "
        "RUS>UKR prisoner of war 303; UKR>RUS prisoner of war 303"
    )
    assert [int(line.split()[0]) for line in lines] == [10, 11, 12, 13, 14]


def test_json_lines_are_those_of_the_log(store: Path) -> None:
    logged = run("log", store, "--json").stdout
    assert run("watch", store, "--after", "0", "--timeout", "0", "--json").stdout == logged
    assert [json.loads(line)["position"] for line in logged.splitlines()] == list(range(1, 15))


@pytest.mark.parametrize("form", [[], ["--json"]])
def test_unless_it_is_asked_only_what_is_recorded_from_now_on_is_a_line(
    store: Path, form: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("watch", store, "--timeout", "0", *form).stdout == ""
    last_position = Register.last_position

    def recorded_right_after(register: Register) -> int:
        last = last_position(register)
        sign(f"sqlite:///{store}", "another")
        return last

    monkeypatch.setattr(Register, "last_position", recorded_right_after)
    [line] = run("watch", store, "--timeout", "0", *form).stdout.splitlines()
    assert "15" in line
    assert "another" in line


# Where tests run in the background, Ctrl-C is ignored, and by what they start as well, if nothing is said.
WATCH = """
import signal
from reciprocity.replay.cli import main
signal.signal(signal.SIGINT, signal.default_int_handler)
main()
"""


@contextmanager
def watching(*arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-c", WATCH, "watch"]
    process = subprocess.Popen(
        [*command, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("form", [[], ["--json"]])
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_a_line_is_there_as_soon_as_another_process_has_recorded(
    kept_url: str, form: list[str], end: signal.Signals
) -> None:
    with Register.open(kept_url, create=True) as register:
        register.sign("swap-1", swap())
        register.sign("swap-2", swap())
    with watching(kept_url, "--after", "1", *form) as process:
        assert process.stdout is not None
        assert "swap-2" in process.stdout.readline()
        for position in (3, 4, 5):
            assert sign(kept_url, f"swap-{position}").position == position
            line = process.stdout.readline()
            assert f"swap-{position}" in line
            assert (json.loads(line)["position"] if form else int(line.split()[0])) == position
        process.send_signal(end)
        rest, _ = process.communicate(timeout=PATIENCE)
        assert (rest, process.returncode) == ("", 0)


def test_what_cannot_be_watched_is_said_to_be_so(store: Path, tmp_path: Path) -> None:
    refused = {
        FOUNDING: "a journal, to which nothing is recorded; a store is needed",
        str(tmp_path / "missing.toml"): "no such file",
        str(tmp_path / "missing.db"): "no such journal, store or seed",
    }
    for name, reason in refused.items():
        shown = run("watch", name, "--timeout", "0")
        assert shown.exit_code == 2
        assert shown.stderr.startswith(f"Error: {name}: {reason}")
    for wrong in (["--after", "-1"], ["--timeout", "-1"], ["--timeout", "soon"]):
        assert run("watch", store, *wrong).exit_code == 2


def test_an_event_that_cannot_be_read_ends_it(store: Path) -> None:
    with closing(sqlite3.connect(store)) as file, file:
        file.execute("UPDATE stored_events SET topic='os/system' WHERE rowid=12")
    shown = run("watch", store, "--after", "10", "--timeout", "0")
    assert shown.exit_code == 3
    assert shown.stdout.startswith("11 ")
    assert "position 12, ua-ru-2025-05-16 version 12, os/system" in shown.stderr


# The screen: a terminal of its own.

# What a shell does for a command: the terminal becomes the one whose Ctrl-C it hears.
LAUNCH = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Terminal:
    """A terminal of some size in which ``reciprocity watch`` runs."""

    def __init__(self, *arguments: str | Path, lines: int = 30) -> None:
        self._end, inside = pty.openpty()
        self.resize(lines)
        size = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"}
        environment = {key: value for key, value in os.environ.items() if key not in size}
        self.process = subprocess.Popen(
            [sys.executable, "-c", LAUNCH, sys.executable, "-c", WATCH, "watch", *map(str, arguments)],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            env={**environment, "TERM": "xterm"},
        )
        os.close(inside)
        self.printed = ""
        self._decode = codecs.getincrementaldecoder("utf-8")().decode

    def resize(self, lines: int) -> None:
        fcntl.ioctl(self._end, termios.TIOCSWINSZ, struct.pack("HHHH", lines, 100, 0, 0))

    def shows(self, *texts: str) -> str:
        """The last drawing, as soon as all *texts* are in it; its colours taken away."""
        while True:
            drawing = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", self.printed.rpartition("\x1b[2K")[2])
            if all(text in drawing for text in texts) and "Ctrl-C ends." in drawing:
                return drawing
            self._read()

    def type(self, key: bytes) -> None:
        os.write(self._end, key)

    def ended(self) -> int:
        """Its exit code, when all that it prints was read."""
        try:
            while True:
                self._read()
        except OSError:  # nobody has the terminal any more
            return self.process.wait(PATIENCE)

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self._end)

    def _read(self) -> None:
        ready, _, _ = select.select([self._end], [], [], PATIENCE)
        assert ready, self.printed
        self.printed += self._decode(os.read(self._end, 65536))


@contextmanager
def terminal(*arguments: str | Path, lines: int = 30) -> Iterator[Terminal]:
    opened = Terminal(*arguments, lines=lines)
    try:
        yield opened
    finally:
        opened.close()


def test_the_screen_is_kept_up_to_date_while_others_record(store: Path) -> None:
    with terminal(store) as screen_:
        first = screen_.shows("14 events on record")
        assert "ua-ru-2025-05-16  fulfilled       3    2,000   100.0 %  2025-05-25" in first
        assert "Largest in one phase: 780 persons, phase 1 of ua-ru-2025-05-16, 2025-05-23" in first
        assert "14 2025-05-25T18:00:00Z ua-ru-2025-05-16 version 14, claim-recorded:" in first
        assert "\n10 2025-05-25" in first  # five are listed
        assert "\n9 2025-05-24" not in first

        with opened(store) as register:
            register.sign("swap", swap(10, 10))
            screen_.shows("15 events on record", "swap              in force        0        0     0.0 %")
            register.complete_phase("swap", 1, [out(4), back(4)])
        row = "swap              in force        1        8    40.0 %"
        second = screen_.shows("16 events on record", row)
        assert "16 " in second
        assert "swap version 2, phase-completed: phase 1, day unknown" in second
        assert "ua-ru-2025-05-16  fulfilled       3    2,000   100.0 %  2025-05-25" in second

        screen_.type(b"\x03")
        assert screen_.ended() == 0
        assert "Traceback" not in screen_.printed
        assert screen_.printed.rstrip().endswith("\x1b[?25h")  # the cursor is back


def test_being_told_to_terminate_ends_it_as_well(store: Path) -> None:
    with terminal(store) as screen_:
        screen_.shows("14 events on record")
        screen_.process.terminate()
        assert screen_.ended() == 0
        assert screen_.printed.rstrip().endswith("\x1b[?25h")


def test_it_is_drawn_anew_in_a_window_of_another_size(tmp_path: Path) -> None:
    store = tmp_path / "swaps.db"
    with Register.open(f"sqlite:///{store}", create=True) as register:
        for number in range(20):
            register.sign(f"swap-{number:02}", swap())
    with terminal(store, lines=15) as screen_:
        small = screen_.shows("20 events on record", "with the latest events, of 20 agreements.")
        assert small.count("in force") < 20
        screen_.resize(60)
        large = screen_.shows("20 events on record", "swap-00 ")
        assert large.count("in force") == 20
        assert "with the latest events" not in large


def test_json_lines_are_lines_on_a_screen_too(store: Path) -> None:
    with terminal(store, "--json", "--after", "0", "--timeout", "0") as screen_:
        assert screen_.ended() == 0
        assert [json.loads(line)["position"] for line in screen_.printed.splitlines()] == list(range(1, 15))


# What is shown, and how often it is drawn.


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
        largest = screen.largest(largest_phase(state), largest_agreement(state))
        screen.show(on, screen.standing(Standing().rows(state)), *largest)
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
