"""Watching: what is on the screen is what ``status`` would say, and each event is a line elsewhere."""

from __future__ import annotations

import codecs
import fcntl
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
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reciprocity.domain import Recorded
from reciprocity.replay.cli import main
from reciprocity.store import Register
from tests.examples import back, out, swap

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
