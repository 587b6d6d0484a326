"""Two that keep one view at once: nothing is done twice, and nobody takes anything back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from reciprocity.projections.runner import Runner
from reciprocity.projections.views import VIEWS
from reciprocity.store import Register
from reciprocity.store.view_builds import Overtaken
from reciprocity.store.view_tables import Stage
from tests.projections.view_stores import (
    expected,
    is_whole,
    many,
    position,
    stored,
)

views = pytest.mark.parametrize("view", list(VIEWS))


@pytest.fixture
def url(kept_url: str) -> str:
    with Register.open(kept_url, create=True) as register:
        register.take_over(many(agreements=3, phases=4))
    return kept_url


@pytest.fixture
def rivals(url: str) -> Iterator[tuple[Register, Register]]:
    with Register.open(url) as one, Register.open(url) as other:
        yield one, other


@views
@pytest.mark.parametrize("anew", [True, False], ids=["both anew", "one after the other"])
def test_a_runner_that_is_overtaken_goes_on_from_what_the_other_wrote(
    rivals: tuple[Register, Register], view: str, anew: bool
) -> None:
    one, other = rivals
    overtaken = Runner(one, view, batch=4)
    write, turns = overtaken._views.write, list[int]()

    def interfered(*args: Any, **kwargs: Any) -> Any:
        turns.append(len(turns))
        if len(turns) in (1, 3):
            Runner(other, view, batch=5).run(from_scratch=anew)
        return write(*args, **kwargs)

    overtaken._views.write = interfered  # type: ignore[method-assign]
    outcome = overtaken.run()
    assert turns
    assert outcome.position == one.last_position()
    assert stored(one, view) == expected(view, one.log())
    assert Runner(one, view).differing() == []


def test_of_two_that_begin_to_build_one_does(rivals: tuple[Register, Register]) -> None:
    view = VIEWS["facts"].view
    rivals[0].views().begin(view, position=0, through="", seen=None)
    with pytest.raises(Overtaken):
        rivals[1].views().begin(view, position=0, through="", seen=None)


@views
def test_a_build_never_takes_the_place_of_one_that_is_ahead(
    rivals: tuple[Register, Register], view: str
) -> None:
    one, other = rivals
    Runner(one, view).run()
    slow = Runner(one, view)
    take_the_place = slow._views.take_the_place

    def interfered(*args: Any, **kwargs: Any) -> Any:
        if position(other, view) == 15:
            other.complete_phase("swap-001", 5, [])
            current = other.views().builds(VIEWS[view].view)[Stage.CURRENT]
            Runner(other, view)._caught_up(current, 16)
        return take_the_place(*args, **kwargs)

    slow._views.take_the_place = interfered  # type: ignore[method-assign]
    assert slow.run(from_scratch=True).position == 16
    assert stored(one, view) == expected(view, one.log())


@views
def test_threads_that_record_and_project_at_once(url: str, view: str) -> None:
    def project(number: int) -> None:
        with Register.open(url) as register:
            for turn in range(4):
                Runner(register, view, batch=3 + number).run(from_scratch=number == 0 and turn == 2)
                is_whole(register, view)

    def write() -> None:
        with Register.open(url) as register:
            for phase in range(5, 13):
                register.complete_phase("swap-001", phase, [])

    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(project, 0), pool.submit(project, 1), pool.submit(write)]
    assert [one.result() for one in done] == [None] * 3
    with Register.open(url) as register:
        Runner(register, view).run()
        assert stored(register, view) == expected(view, register.log())
