"""A campaign: mutants of some files, tried by the tests that reach them. The one rule: it imports no room.

This process knows only the sources, so that what it forks off can import a module with the mutant in its
place. Most mutants need not be imported: they are tried in a process that has imported everything and
collected the tests once. What only an import can show comes afterwards: what differs outside of functions,
and what survived in a function that is run at import.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import random
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import attrs
import pytest

from tests.mutation import reach
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.outcomes import Found, Outcomes
from tests.mutation.reach import Reach
from tests.mutation.trying import PLAINLY, InThisSession, Outcome, Trial, by_import, side_by_side

_BUDGET = 6.0  # seconds that the tests of one mutant take without it


@attrs.frozen
class Campaign:
    """Mutants of the files in *folders* of *root*, tried by *tests*; what is found is kept in a folder."""

    root: Path
    folders: Sequence[str]
    tests: Sequence[str]
    kept: Path
    jobs: int = 2
    needed: Sequence[str] = ()
    """What the project imports of others: imported before any process is forked off, it is imported once."""

    left_out: str = ""
    """Which tests are not run, by an expression of pytest on their names."""

    told: Callable[[str], None] = print

    @property
    def _choosing(self) -> Sequence[str]:
        return ("-k", f"not ({self.left_out})") if self.left_out else ()

    def measure(self, tests: Sequence[str] = ()) -> None:
        """Measure anew which functions these tests (files or folders) reach, or all of them."""
        folder = self.kept / "reach"
        folder.mkdir(parents=True, exist_ok=True)
        Reach.forget(folder, tests)
        arguments = ["-q", "-p", "no:cacheprovider", "-p", "tests.mutation.reach", *self._choosing]
        side = [] if tests or self.jobs == 1 else ["--numprocesses", str(self.jobs), "--dist", "worksteal"]
        places = {reach.IN: folder.resolve(), reach.ROOT: self.root, reach.OF: os.pathsep.join(self.folders)}
        environment = {**os.environ, **{name: str(place) for name, place in places.items()}}
        command = [sys.executable, "-m", "pytest", *arguments, *side, *(tests or self.tests)]
        known = len(list(folder.iterdir()))
        subprocess.run(command, cwd=self.root, env=environment, check=False)
        if len(list(folder.iterdir())) < known + (self.jobs if side else 1):
            raise RuntimeError(f"not all that was measured is in {folder}")

    def reach(self) -> Reach:
        """Which tests reach what; measured if it has not been yet."""
        if not (self.kept / "reach").exists():
            self.measure()
        return Reach.read(self.kept / "reach")

    def outcomes(self) -> Outcomes:
        """What has been found until now."""
        return Outcomes(self.kept / "outcomes.jsonl")

    def mutants(self, file: str) -> list[Mutant]:
        """All mutants of a file; they are kept, because to make them takes as long as to try some of them."""
        source = (self.root / file).read_bytes()
        kept = self.kept / "mutants" / f"{hashlib.sha256(file.encode() + source).hexdigest()[:20]}.json"
        if kept.exists():
            return [Mutant(**one) for one in json.loads(kept.read_bytes())]
        made = list(mutants(file, source.decode()))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([attrs.asdict(one) for one in made]), "utf-8")
        return made

    def run(self, chosen: Sequence[Mutant], *, again: bool = False) -> None:
        """Try the mutants that have not been tried; *again* also those that survived."""
        for name in self.needed:
            importlib.import_module(name)
        reached, outcomes = self.reach(), self.outcomes()
        trials = [
            Trial(one, reached.tests(one.file, one.where, budget=_BUDGET))
            for one in chosen
            if (found := outcomes.of(one)) is None or (again and not found.is_killed) or _is_open(found)
        ]
        for one in (one for one in trials if not one.tests):
            outcomes.add(one.mutant, Found(Outcome.UNREACHED, "", is_imported=False))
        trials = [one for one in trials if one.tests]
        self.told(f"{len(trials)} to try")
        _in_a_process(lambda: self._in_one_session(trials, outcomes))
        outcomes.read()
        rest = list(self._to_import(trials, outcomes, reached))
        self.told(f"{len(rest)} to import")
        tell = _Telling(outcomes, self.told, len(rest), is_imported=True)
        side_by_side(rest, by_import(self.root, self._choosing), tell, jobs=self.jobs)

    def control(self, file: str) -> bool:
        """Whether each test that killed a mutant passes without one, run in the same way; else it is told.

        *file* is any that is imported.
        """
        seconds, killers = self.reach().seconds, self.outcomes().killers()
        unchanged = Mutant(file, "", 0, "", "", (self.root / file).read_text("utf-8"))
        trials = [Trial(unchanged, {one: seconds[one]}) for one in sorted(killers & seconds.keys())]
        failing: list[str] = []

        def tell(trial: Trial, outcome: Outcome, by: str) -> None:
            if outcome is not Outcome.SURVIVED:
                failing.extend(trial.tests)
                self.told(f"fails without a mutant, too: {', '.join(trial.tests)} ({outcome.value}, {by})")

        def work() -> int:
            files = sorted({test.partition("::")[0] for one in trials for test in one.tests})
            session = InThisSession(self.root, self.folders, trials, tell, jobs=self.jobs)
            pytest.main([*PLAINLY, *files], plugins=[session])
            return min(len(failing), 1)

        self.told(f"{len(trials)} tests killed")
        return _in_a_process(work) == 0

    def _in_one_session(self, trials: Sequence[Trial], outcomes: Outcomes) -> int:
        files = sorted({test.partition("::")[0] for one in trials for test in one.tests})
        tell = _Telling(outcomes, self.told, len(trials), is_imported=False)
        session = InThisSession(self.root, self.folders, trials, tell, jobs=self.jobs)
        return int(pytest.main([*PLAINLY, *files], plugins=[session])) if trials else 0

    def _to_import(self, trials: Sequence[Trial], outcomes: Outcomes, reached: Reach) -> Iterator[Trial]:
        for one in trials:
            found = outcomes.of(one.mutant)
            if found and (_is_open(found) or self._may_be_seen_by_import(one.mutant, found, reached)):
                yield one

    def _may_be_seen_by_import(self, mutant: Mutant, found: Found, reached: Reach) -> bool:
        is_run = reached.is_run_when_imported(mutant.file, mutant.where)
        return is_run and found.outcome is Outcome.SURVIVED and not found.is_imported


class _Telling:
    """Keeps each outcome, and tells how far the campaign is."""

    def __init__(
        self, outcomes: Outcomes, told: Callable[[str], None], of: int, *, is_imported: bool
    ) -> None:
        self._outcomes, self._told, self._of, self._is_imported = outcomes, told, of, is_imported
        self._done = 0

    def __call__(self, trial: Trial, outcome: Outcome, by: str) -> None:
        self._done += 1
        mutant = trial.mutant
        self._outcomes.add(mutant, Found(outcome, by, self._is_imported))
        if outcome is Outcome.SURVIVED:
            self._told(f"survived: {mutant.file}:{mutant.line} {mutant.before} -> {mutant.after}")
        if not self._done % 50:
            self._told(f"{self._done} of {self._of}")


def _is_open(found: Found) -> bool:
    return found.outcome is Outcome.IMPORTED


def _in_a_process(work: Callable[[], int]) -> int:
    """Do it in a process forked off this one, which so imports nothing; its exit status."""
    sys.stdout.flush()
    process = os.fork()
    if not process:
        status = 1
        try:
            status = int(work())
        except BaseException:  # noqa: BLE001  # it ends here, and must be seen
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1])


def sample(all_of_them: Sequence[Mutant], size: int | None, seed: int) -> list[Mutant]:
    """So many of them at random, in their order; a larger sample with the same seed holds the smaller one."""
    numbers = list(range(len(all_of_them)))
    random.Random(seed).shuffle(numbers)  # noqa: S311  # no secret
    return [all_of_them[one] for one in sorted(numbers[:size])]
