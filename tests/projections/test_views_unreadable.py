"""Views of a log with an event that cannot be read: never silently wrong."""

from __future__ import annotations

import re

import pytest

from reciprocity.domain import Recorded
from reciprocity.projections.runner import Runner
from reciprocity.projections.views import VIEWS
from reciprocity.store import Register, Unreadable
from reciprocity.store.view_tables import Stage
from tests import stores
from tests.projections.view_stores import expected, many, position, stored

views = pytest.mark.parametrize("view", list(VIEWS))
LOG = many(agreements=3, phases=3)
TOPIC = "UPDATE stored_events SET topic = ? WHERE originator_id = 'swap-001' AND originator_version = 3"
NAMED = r"position 8, swap-001 version 3, phase-completed/9: .*newer than this release"


@pytest.fixture
def url(kept_url: str) -> str:
    with Register.open(kept_url, create=True) as register:
        register.take_over(LOG)
    return kept_url


def others(register: Register) -> list[Recorded]:
    """The log without the agreement that cannot be read."""
    names = [name for name in register.agreement_ids() if name != "swap-001"]
    return sorted((one for name in names for one in register.history(name)), key=lambda one: one.position)


@views
@pytest.mark.parametrize("batch", [2, 1_000])
def test_it_stops_a_build_and_leaves_what_is_there(url: str, view: str, batch: int) -> None:
    with Register.open(url) as register:
        Runner(register, view).run()
        stores.execute(url, TOPIC, ["phase-completed/9"])
        for _ in range(2):  # the second goes on from where the first stopped
            with pytest.raises(Unreadable, match=NAMED):
                Runner(register, view, batch=batch).run(from_scratch=True)
        assert stored(register, view) == expected(view, LOG)
        stores.execute(url, TOPIC, ["phase-completed/1"])
        assert Runner(register, view).run().done == "built"
        assert stored(register, view) == expected(view, LOG)


@views
@pytest.mark.parametrize("batch", [2, 1_000])
def test_nothing_is_told_of_an_agreement_that_is_skipped(url: str, view: str, batch: int) -> None:
    stores.execute(url, TOPIC, ["phase-completed/9"])
    with Register.open(url) as register:
        runner = Runner(register, view, batch=batch, skip_unreadable=True)
        outcome = runner.run()
        assert (outcome.done, outcome.position, list(outcome.unreadable)) == ("built", 12, ["swap-001"])
        assert re.fullmatch(NAMED + ".*", outcome.unreadable["swap-001"])
        assert stored(register, view) == expected(view, others(register))
        assert runner.differing() == []
        register.complete_phase("swap-002", 4, [])
        with pytest.raises(Unreadable, match=NAMED):  # if it was not asked for, it is not skipped
            Runner(register, view).run()
        assert position(register, view) == 12
        again = runner.run()
        assert (again.done, again.position, list(again.unreadable)) == ("caught up", 13, ["swap-001"])
        assert stored(register, view) == expected(view, others(register))


@views
def test_a_view_is_told_of_it_once_it_can_be_read(url: str, view: str) -> None:
    stores.execute(url, TOPIC, ["phase-completed/9"])
    with Register.open(url) as register:
        Runner(register, view, skip_unreadable=True).run()
        stores.execute(url, TOPIC, ["phase-completed/1"])
        assert Runner(register, view).differing() == ["swap-001"]
        assert Runner(register, view).run().unreadable == {}
        assert register.views().builds(VIEWS[view].view)[Stage.CURRENT].unreadable == {}
        assert stored(register, view) == expected(view, LOG)
        register.complete_phase("swap-001", 4, [])
        Runner(register, view).run()
        assert stored(register, view) == expected(view, register.log())


@views
def test_what_is_new_of_a_skipped_agreement_does_not_make_it_whole(url: str, view: str) -> None:
    with Register.open(url) as register:
        register.complete_phase("swap-001", 4, [])
    stores.execute(url, TOPIC, ["phase-completed/9"])
    with Register.open(url) as register:
        # It is met first where it cannot be read, and then where it can.
        runner = Runner(register, view, batch=4, skip_unreadable=True)
        runner.run()
        stores.execute(url, TOPIC, ["phase-completed/1"])
        register.complete_phase("swap-001", 5, [])
        stores.execute(url, TOPIC, ["phase-completed/9"])
        assert list(runner.run().unreadable) == ["swap-001"]
        assert stored(register, view) == expected(view, others(register))


@views
def test_it_is_skipped_when_it_comes_later(url: str, view: str) -> None:
    with Register.open(url) as register:
        Runner(register, view).run()
        register.complete_phase("swap-001", 4, [])
        register.complete_phase("swap-002", 4, [])
        last = "originator_id = 'swap-001' AND originator_version = 5"
        stores.execute(url, f"UPDATE stored_events SET topic = 'phase-held/1' WHERE {last}")  # noqa: S608
        with pytest.raises(Unreadable, match="swap-001 version 5, phase-held/1: no event of that name"):
            Runner(register, view).run()
        assert stored(register, view) == expected(view, LOG)
        outcome = Runner(register, view, skip_unreadable=True).run()
        assert (outcome.position, list(outcome.unreadable)) == (14, ["swap-001"])
        assert stored(register, view) == expected(view, others(register))


@views
@pytest.mark.parametrize("lost", [5, 6])
def test_a_gap_is_never_passed_over(url: str, view: str, lost: int) -> None:
    with Register.open(url) as register:
        Runner(register, view).run()
        for phase in (4, 5, 6):
            register.complete_phase("swap-001", phase, [])
        stores.execute(url, "DELETE FROM stored_events WHERE originator_version = ?", [lost])
        with pytest.raises(
            Unreadable, match=f"swap-001: version {lost} is missing; version {lost + 1} comes next"
        ):
            Runner(register, view).run()
        assert stored(register, view) == expected(view, LOG)
        assert list(Runner(register, view, skip_unreadable=True).run().unreadable) == ["swap-001"]
        assert stored(register, view) == expected(view, others(register))


def test_a_build_from_scratch_says_so_too_until_it_can_be_read(url: str) -> None:
    stores.execute(url, TOPIC, ["phase-completed/9"])
    with Register.open(url) as register:
        runner = Runner(register, "facts", skip_unreadable=True)
        for _ in range(3):
            assert list(runner.run(from_scratch=True).unreadable) == ["swap-001"]
        stores.execute(url, TOPIC, ["phase-completed/1"])
        assert runner.run(from_scratch=True).unreadable == {}
        assert runner.run().unreadable == {}
        assert stored(register, "facts") == expected("facts", LOG)
