"""Which tests run which functions, and how long each takes. The one rule: measured, not written down.

It is a plugin of pytest (``-p tests.mutation.reach``) that watches each test with coverage. It writes into
the folder ``REACH_IN`` which functions of the folders ``REACH_OF`` below ``REACH_ROOT`` each test ran. What
is run before the first test, when modules are imported, stands under the test ``""``.
"""

from __future__ import annotations

import ast
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import attrs
import pytest
from coverage import Coverage, CoverageData

from tests.mutation import swapping

IN = "REACH_IN"
ROOT = "REACH_ROOT"
OF = "REACH_OF"


@attrs.frozen
class Reach:
    """For each file and function the tests that run it; for each test how many seconds of work it took."""

    runs: Mapping[str, Mapping[str, list[str]]]
    seconds: Mapping[str, float]

    @classmethod
    def read(cls, folder: Path) -> Reach:
        """What has been measured into a folder, by however many processes and times."""
        runs: dict[str, dict[str, list[str]]] = {}
        seconds: dict[str, float] = {}
        for file in sorted(folder.glob("*.json")):
            read = json.loads(file.read_text("utf-8"))
            seconds |= read["seconds"]
            for name, functions in read["runs"].items():
                for function, tests in functions.items():
                    known = runs.setdefault(name, {}).setdefault(function, [])
                    known.extend(one for one in tests if one not in known)
        return cls(runs, seconds)

    @staticmethod
    def forget(folder: Path, tests: Sequence[str]) -> None:
        """Forget what has been measured of these files or folders of tests; without any, of all."""
        for file in folder.glob("*.json"):
            read = json.loads(file.read_text("utf-8"))
            seconds = read["seconds"].items()
            kept = {one: taken for one, taken in seconds if tests and not one.startswith((*tests,))}
            if kept:
                file.write_text(json.dumps({**read, "seconds": kept}), "utf-8")
            else:
                file.unlink()

    def tests(self, file: str, where: str, *, budget: float) -> dict[str, float]:
        """The tests that run a function; the quickest first.

        Those of the file's own room come before all others; of either, so many are taken as the *budget*, in
        seconds, allows for. What is run at import, and by no test, is reached by all that run anything of the
        file, and by all of its room: a test of what a class has may run no function.
        """
        functions = self.runs.get(file, {})
        reached = functions.get(self._known(file, where), [""])
        if reached == [""]:
            in_the_room = (one for one in self.seconds if is_of_the_room(one, file))
            reached = [*(one for tests in functions.values() for one in tests), *in_the_room]
        own = {one for one in reached if is_of_the_room(one, file)}
        return {**self._quickest(own, budget), **self._quickest(set(reached) - own, budget)}

    def _quickest(self, tests: set[str], budget: float) -> dict[str, float]:
        taken: dict[str, float] = {}
        for one in sorted(tests & self.seconds.keys(), key=lambda one: (self.seconds[one], one)):
            budget -= self.seconds[one]
            if budget < 0 and taken:
                break
            taken[one] = self.seconds[one]
        return taken

    def _known(self, file: str, where: str) -> str:
        """The function measured that holds this place; a function within another is part of that."""
        while where and where not in self.runs.get(file, {}):
            where = where.rpartition(".")[0]
        return where

    def is_run_when_imported(self, file: str, where: str) -> bool:
        """Whether a function is run before any test."""
        return "" in self.runs.get(file, {}).get(self._known(file, where), [])


def is_of_the_room(test: str, file: str) -> bool:
    """Whether a test is among those of the room that a file is in."""
    room = file.partition("/")[0]
    return test.startswith((f"tests/{room}/", f"{room}/"))


def bodies(source: str) -> Iterator[tuple[str, range]]:
    """The outermost functions and methods of a source: name, and the lines that calling it may run.

    >>> list(bodies("class A:\\n  def b(self):\\n    return 1"))
    [('A.b', range(3, 4))]
    """
    trees: list[tuple[str, ast.AST]] = [("", ast.parse(source))]
    while trees:
        name, tree = trees.pop()
        for one in ast.iter_child_nodes(tree):
            if isinstance(one, ast.FunctionDef):
                yield f"{name}{one.name}", range(one.body[0].lineno, (one.end_lineno or one.lineno) + 1)
            elif isinstance(one, ast.ClassDef):
                trees.append((f"{name}{one.name}.", one))


class _Watching:
    """Notes what each test runs, and how long it takes."""

    def __init__(self, root: Path, into: Path, folders: list[str]) -> None:
        self._root, self._into, self._folders = root, into, folders
        self._seconds: dict[str, float] = {}
        files = [str(root / one / "*") for one in folders]
        self._coverage = Coverage(data_file=None, include=files, config_file=False)
        self._coverage.start()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        swapping.forget(self._root, self._folders)  # what it runs must not depend on tests before it
        self._coverage.switch_context(item.nodeid)
        started = _worked()
        answer = yield
        self._seconds[item.nodeid] = round(_worked() - started, 2)
        self._coverage.switch_context("")
        return answer

    def pytest_sessionfinish(self) -> None:
        self._coverage.stop()
        runs: dict[str, dict[str, list[str]]] = {}
        data = self._coverage.get_data()
        for measured in data.measured_files():
            if Path(measured).suffix != ".py":
                continue  # a template that was made into code
            name = str(Path(measured).resolve().relative_to(self._root))
            runs.setdefault(name, {}).update(_by_function(Path(measured), data))
        text = json.dumps({"seconds": self._seconds, "runs": runs})
        (self._into / f"{os.getpid()}-{time.time_ns()}.json").write_text(text, "utf-8")


def _worked() -> float:
    """The seconds that this process and its children have worked, whatever else the machine did."""
    return sum(os.times()[:4])


def _by_function(file: Path, data: CoverageData) -> dict[str, list[str]]:
    lines = data.contexts_by_lineno(str(file))
    found = bodies(file.read_text("utf-8"))
    return {name: sorted({test for line in body for test in lines.get(line, ())}) for name, body in found}


def pytest_configure(config: pytest.Config) -> None:
    into = os.environ.get(IN)
    # Where tests run side by side, it is the workers that run them.
    if into and (hasattr(config, "workerinput") or not config.getoption("numprocesses", None)):
        watching = _Watching(Path(os.environ[ROOT]), Path(into), os.environ[OF].split(os.pathsep))
        config.pluginmanager.register(watching)
