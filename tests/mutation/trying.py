"""Trying mutants: a process is forked off for each, and runs the tests that reach it until one fails.

The one rule: a process that does not say that all its tests passed is a mutant killed. The whole process
group is ended when its time is up, and its folder for temporary files is gone afterwards. The time that one
test may take is counted by the processor's clock, so that a loaded machine kills none.
"""

from __future__ import annotations

import contextlib
import enum
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
import traceback
import types
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import attrs
import pytest

from tests.mutation import swapping
from tests.mutation.mutants import Mutant
from tests.mutation.reach import is_of_the_room

_MEMORY = 6 << 30  # bytes of address space: a mutant may ask for any number of things
_POLL = 0.005  # seconds


class Outcome(enum.Enum):
    """What became of a mutant."""

    SURVIVED = "survived"
    KILLED = "killed"
    TIMED_OUT = "timed out"
    UNREACHED = "unreached"

    IMPORTED = "imported"
    """Not tried: what differs is run when the module is imported."""


@attrs.frozen
class Trial:
    """A mutant, and the tests that it is tried by, with the seconds that each takes without it."""

    mutant: Mutant
    tests: Mapping[str, float]

    @property
    def seconds(self) -> float:
        """How long it may take in all, by the clock on the wall."""
        return 60 + 10 * sum(self.tests.values())


Told = Callable[[Trial, Outcome, str], None]
"""What is told of each mutant: also which test killed it, or the signal."""

_SURVIVED, _KILLED, _IMPORTED, _UNREACHED = 0, 11, 12, 13
_OUTCOMES = {
    _SURVIVED: Outcome.SURVIVED,
    _IMPORTED: Outcome.IMPORTED,
    _UNREACHED: Outcome.UNREACHED,
    -signal.SIGPROF: Outcome.TIMED_OUT,
}


@attrs.define
class _Child:
    trial: Trial
    process: int
    folder: Path
    ends: float


def side_by_side(trials: Iterable[Trial], attempt: Callable[[Trial], int], told: Told, *, jobs: int) -> None:
    """Try each mutant in a process forked off this one, so many at once.

    *attempt* is called in that process, and gives its exit status; what it writes goes nowhere.
    """
    waiting, running, killers = deque(trials), dict[int, _Child](), _Killers()
    while waiting or running:
        while waiting and len(running) < jobs:
            child = _forked(killers.first(waiting.popleft()), attempt)
            running[child.process] = child
        process, status = os.waitpid(-1, os.WNOHANG)
        if process in running:
            _end(child := running.pop(process))
            killers.note(child.trial, by := _killer(child, status))
            told(child.trial, _outcome(status), by)
            shutil.rmtree(child.folder, ignore_errors=True)
            continue
        for late in [one for one in running.values() if time.monotonic() > one.ends]:
            _end(running.pop(late.process))
            os.waitpid(late.process, 0)
            told(late.trial, Outcome.TIMED_OUT, f"{late.trial.seconds:.0f} s")
            shutil.rmtree(late.folder, ignore_errors=True)
        time.sleep(_POLL)


class _Killers:
    """Which tests killed mutants until now: what killed a neighbour is tried first."""

    def __init__(self) -> None:
        self._of: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)

    def note(self, trial: Trial, by: str) -> None:
        mutant = trial.mutant
        for place in (mutant.where, ""):
            self._of[mutant.file, place][by] += 1

    def first(self, trial: Trial) -> Trial:
        mutant = trial.mutant
        likely = [
            by for place in (mutant.where, "") for by, _ in self._of[mutant.file, place].most_common(12)
        ]
        order = dict.fromkeys([*(one for one in likely if one in trial.tests), *trial.tests])
        return attrs.evolve(trial, tests={one: trial.tests[one] for one in order})


def _end(child: _Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.process, signal.SIGKILL)


def _outcome(status: int) -> Outcome:
    return _OUTCOMES.get(os.waitstatus_to_exitcode(status), Outcome.KILLED)


def _killer(child: _Child, status: int) -> str:
    said = child.folder / "killed-by"
    return said.read_text("utf-8") if said.exists() else f"exit {os.waitstatus_to_exitcode(status)}"


def _forked(trial: Trial, attempt: Callable[[Trial], int]) -> _Child:
    folder = Path(tempfile.mkdtemp(prefix="mutant-"))
    sys.stdout.flush()
    process = os.fork()
    if process:
        return _Child(trial, process, folder, time.monotonic() + trial.seconds)
    status = 1
    try:
        _alone(folder)
        status = attempt(trial)
    except BaseException:  # noqa: BLE001  # told, not raised: this process ends here
        (folder / "killed-by").write_text(traceback.format_exc(), "utf-8")
    finally:
        os._exit(status)


def _alone(folder: Path) -> None:
    """Let this process have its own group, folder and bounds, and nowhere to write to."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    (folder / "pytest").mkdir()
    os.environ["TMPDIR"], os.environ["PYTEST_DEBUG_TEMPROOT"] = str(folder), str(folder / "pytest")
    os.environ["KILLED_BY"] = str(folder / "killed-by")
    tempfile.tempdir = None


class UntilOneFails:
    """A plugin of pytest that ends the process when a test fails, after noting which, or takes too long."""

    def __init__(self, seconds: Mapping[str, float]) -> None:
        self._seconds = seconds

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        signal.setitimer(signal.ITIMER_PROF, 2 + 10 * self._seconds.get(item.nodeid, 0))

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            Path(os.environ["KILLED_BY"]).write_text(report.nodeid, "utf-8")
            os._exit(_KILLED)


class InThisSession:
    """A plugin of pytest that tries mutants by the tests that it collected, in the place of running these."""

    def __init__(
        self, root: Path, folders: Sequence[str], trials: Sequence[Trial], told: Told, *, jobs: int
    ) -> None:
        self._root, self._folders, self._trials, self._told, self._jobs = root, folders, trials, told, jobs
        self._sources: dict[str, types.CodeType] = {}
        self._items: dict[str, pytest.Item] = {}

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self._items = {one.nodeid: one for one in session.items}
        for trial in self._trials:
            path = self._root / trial.mutant.file
            source = path.read_text("utf-8")
            self._sources[trial.mutant.file] = compile(source, str(path), "exec", dont_inherit=True)
        swapping.look_round()
        self._plugins = session.config.pluginmanager
        side_by_side(self._trials, self._attempt, self._told, jobs=self._jobs)
        return True

    def _attempt(self, trial: Trial) -> int:
        path = self._root / trial.mutant.file
        mutant = compile(trial.mutant.source, str(path), "exec", dont_inherit=True)
        try:
            swapping.swap(path, self._sources[trial.mutant.file], mutant)
        except swapping.NotInAFunction:
            return _IMPORTED
        swapping.forget(self._root, self._folders)
        items = [self._items[one] for one in trial.tests if one in self._items]
        if not items:
            return _UNREACHED
        self._plugins.register(UntilOneFails(trial.tests))
        for one, following in zip(items, [*items[1:], None], strict=True):
            one.ihook.pytest_runtest_protocol(item=one, nextitem=following)
        return _SURVIVED


def by_import(root: Path, choosing: Sequence[str] = ()) -> Callable[[Trial], int]:
    """The attempt that imports the mutant in the module's place; for a process that has not imported it.

    *choosing* is what pytest is told of which tests are run. Those of the mutant's own room come first, by
    themselves: for most mutants the others need not be imported.
    """

    def attempt(trial: Trial) -> int:
        swapping.import_as(root / trial.mutant.file, trial.mutant.source)
        # What a test is given may be another with the mutant; all that it can be given is tried.
        tests = list(dict.fromkeys(one.partition("[")[0] for one in trial.tests))
        own = [one for one in tests if is_of_the_room(one, trial.mutant.file)]
        for some in (own, [one for one in tests if one not in own]):
            plugin = UntilOneFails(trial.tests)
            status = pytest.main([*PLAINLY, *choosing, *some], plugins=[plugin]) if some else 0
            if status not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}:
                return _KILLED
        return _SURVIVED

    return attempt


_SEEN = "ignore:Module already imported so cannot be rewritten:pytest.PytestAssertRewriteWarning"
PLAINLY = ("-q", "-s", "-p", "no:cacheprovider", "-p", "no:faulthandler", "-p", "no:xdist", "-W", _SEEN)
"""How pytest is called here: in this process, and leaving nothing behind."""
