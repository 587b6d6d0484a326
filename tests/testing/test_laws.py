"""The laws hold of every projection of the house, and each law finds a projection that breaks it."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import settings

from reciprocity.domain import PhaseCompleted, Recorded
from reciprocity.projections import Claims, Cumulative, Facts, Standing, Timeline, Verdicts
from reciprocity.store import Log
from reciprocity.testing import ProjectionLaws
from reciprocity.testing.laws import _LAWS

FEW = max(2, settings().max_examples // 10)


class TestCumulative(ProjectionLaws):
    projection = Cumulative()
    max_examples = FEW


class TestTimeline(ProjectionLaws):
    projection = Timeline()
    max_examples = FEW


class TestStanding(ProjectionLaws):
    projection = Standing()
    max_examples = FEW


class TestClaims(ProjectionLaws):
    projection = Claims()
    max_examples = FEW


class TestVerdicts(ProjectionLaws):
    projection = Verdicts()
    max_examples = FEW


class TestFacts(ProjectionLaws):
    projection = Facts()
    max_examples = FEW


class Completed:
    """How many phases were completed: the least that there is to break."""

    def initial(self) -> Any:
        return 0

    def apply(self, state: Any, recorded: Recorded) -> Any:
        return state + isinstance(recorded.event, PhaseCompleted)

    def rows(self, state: Any) -> Iterator[Any]:
        yield state


class Forgets(Completed):
    """Keeps what it counts to itself, until somebody asks."""

    def __init__(self) -> None:
        self.count = 0

    def initial(self) -> Any:
        self.count = 0
        return self

    def apply(self, state: Any, recorded: Recorded) -> Any:
        self.count += super().apply(0, recorded)
        return state

    def rows(self, state: Any) -> Iterator[Any]:
        yield state.count
        self.count = 0


class ChangesInPlace(Completed):
    def initial(self) -> Any:
        return []

    def apply(self, state: Any, recorded: Recorded) -> Any:
        state.append(recorded.version)
        return state

    def rows(self, state: Any) -> Iterator[Any]:
        yield len(state)


class AsksTheClock(Completed):
    def rows(self, state: Any) -> Iterator[Any]:
        yield state, dt.datetime.now(dt.UTC)


class Favours(Completed):
    """Counts what Ukraine received."""

    def apply(self, state: Any, recorded: Recorded) -> Any:
        event = recorded.event
        rows = event.released if isinstance(event, PhaseCompleted) else ()
        return state + sum(row.receiving == "UKR" for row in rows)


class StartsAnew(Completed):
    """Begins where it last ended."""

    last = 0

    def initial(self) -> Any:
        return self.last

    def apply(self, state: Any, recorded: Recorded) -> Any:
        self.last = super().apply(state, recorded)
        return self.last


class CountsQuestions(Completed):
    asked = 0

    def rows(self, state: Any) -> Iterator[Any]:
        self.asked += 1
        yield state, self.asked


class CountsOtherwise(Completed):
    def fold_counts(self, state: Any, log: Log) -> Any:
        return state + sum(1 for _ in log.counts())


BROKEN = {
    "test_the_rest_after_a_part_is_the_whole": Forgets,
    "test_the_state_before_stays_as_it_was": ChangesInPlace,
    "test_the_same_events_give_the_same_rows": AsksTheClock,
    "test_no_party_is_favoured": Favours,
    "test_what_was_known_is_a_part_of_the_log": CountsQuestions,
    "test_as_of_the_last_day_is_the_whole": StartsAnew,
    "test_the_earlier_of_two_days_counts": CountsQuestions,
    "test_what_is_stored_gives_the_same_rows": CountsOtherwise,
}


def test_there_is_a_breach_of_each_law() -> None:
    assert BROKEN.keys() == _LAWS.keys() == {n for n in vars(ProjectionLaws) if n.startswith("test_")}


@pytest.fixture
def unshrunk() -> Iterator[None]:
    """An example is shown as it was found."""
    settings.load_profile("quick")
    yield
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


@pytest.mark.usefixtures("unshrunk")
@pytest.mark.parametrize(("law", "broken"), BROKEN.items())
def test_a_law_finds_a_projection_that_breaks_it(law: str, broken: type[Completed]) -> None:
    class Broken(ProjectionLaws):
        projection = broken()

    with pytest.raises(
        AssertionError, match=r"^the rows .* are not the rows .*: (row 1: .* and |\d rows and \d)"
    ):
        getattr(Broken(), law)()


def test_a_law_can_be_taken_out() -> None:
    class TestFavours(ProjectionLaws):
        projection = Favours()
        max_examples = FEW
        test_no_party_is_favoured = None  # type: ignore[assignment]  # it answers for one party only

    assert TestFavours.test_no_party_is_favoured is None
    TestFavours().test_the_same_events_give_the_same_rows()
