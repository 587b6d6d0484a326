"""Stores with views: what a view should hold, what it holds, and databases that fail in the middle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from hypothesis import strategies as st

from reciprocity.domain import OPEN, Recorded
from reciprocity.projections import ask
from reciprocity.projections.columns import line
from reciprocity.projections.runner import Runner
from reciprocity.projections.views import VIEWS
from reciprocity.store import Register
from reciprocity.store.view_builds import Digest
from reciprocity.store.view_tables import Cursor, Line, Stage
from tests.examples import back, out, swap
from tests.free_steps import histories
from tests.replay.registers import recorded

logs = st.lists(histories(), min_size=1, max_size=3).map(
    lambda told: recorded(*(history.requests for history in told))
)
"""Logs of up to three agreements, told in turn."""


def expected(view: str, log: Iterable[Recorded]) -> list[Line]:
    """The lines that a view of this log should have, each led by its agreement."""
    one = VIEWS[view]
    return [(row.agreement, *line(row)) for answer in ask(one.projection, log) for row in one.rows(answer)]


def stored(register: Register, view: str) -> list[Line] | None:
    """The lines that readers see; ``None`` if there is no view."""
    with register.views().rows(VIEWS[view].view) as found:
        return list(found[1]) if found else None


def position(register: Register, view: str) -> int | None:
    """As of which position readers see a view."""
    build = register.views().builds(VIEWS[view].view).get(Stage.CURRENT)
    return build.position if build else None


def undisturbed(view: str, log: Sequence[Recorded]) -> Digest:
    """What a view comes to that is built of this log in one go."""
    with Register.open("memory:") as register:
        register.take_over(log)
        Runner(register, view).run()
        return Runner(register, view).digest()


def is_whole(register: Register, view: str) -> None:
    """Check that readers see either nothing, or all that the log had come to at one position."""
    with register.views().rows(VIEWS[view].view) as found:
        if found:
            build, lines = found
            assert list(lines) == expected(view, register.log(up_to=build.position))


class Interrupted(Exception):
    """The database was asked once too often."""


class Failing:
    """What a view is written through, until it was asked so many times."""

    def __init__(self, dialect: Any, asked: int) -> None:
        self._dialect = dialect
        self.left = asked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dialect, name)

    @contextmanager
    def writing(self) -> Iterator[Cursor]:
        """A transaction that fails before a statement, before its commit, or after it."""
        with self._dialect.writing() as cursor:
            yield _Cursor(cursor, self)
            self.count()
        self.count()

    def count(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Interrupted


class _Cursor:
    def __init__(self, cursor: Cursor, failing: Failing) -> None:
        self._cursor = cursor
        self._failing = failing

    @property
    def rowcount(self) -> int:
        return self._cursor.rowcount

    def execute(self, statement: str, parameters: Sequence[Any] = ()) -> Iterable[Line]:
        self._failing.count()
        return self._cursor.execute(statement, parameters)

    def executemany(self, statement: str, parameters: Iterable[Sequence[Any]]) -> object:
        self._failing.count()
        return self._cursor.executemany(statement, parameters)


def failing(runner: Runner, asked: int) -> Runner:
    """A runner whose database fails when it was asked so many times."""
    runner._views._dialect = Failing(runner._views._dialect, asked)
    return runner


def many(agreements: int, phases: int) -> list[Recorded]:
    """A log of many agreements, carried out in turn."""
    each_way = [out(1), back(2, "hostage", within=None), back(1)]
    with Register.open("memory:") as register:
        names = [f"swap-{number:03d}" for number in range(agreements)]
        for name in names:
            register.sign(name, swap(OPEN, OPEN))
        for phase in range(1, phases + 1):
            for name in names:
                register.complete_phase(name, phase, each_way)
        return list(register.log())
