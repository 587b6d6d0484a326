"""Rounds: measuring in turns. The one rule: a figure compares what was measured in the same round.

The speed of a machine swings while it works, so what is compared takes turns (ours, theirs, ours, theirs …)
and a figure is the median of the rounds' own ratios.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from statistics import median
from time import perf_counter
from typing import TypeAlias

import attrs

from benchmarks.stores import Sizes, Stores

_STRETCHES = 3

Costs: TypeAlias = Mapping[str, float]
"""What things cost, by name: seconds, or MiB of memory."""

Turn: TypeAlias = Callable[[Stores], Costs]
"""Measures one thing, or several that are themselves done in turns."""


Work: TypeAlias = Mapping[str, Callable[[int, int], object]]
"""What is done with a stretch of the log, by name: given the position after which it begins, and its last."""


@attrs.frozen
class Target:
    """What a figure is to reach: how it is made of two costs, how that is said, and when it is reached."""

    figure: Callable[[float, float], float]
    wanted: str
    is_reached: Callable[[float], bool]
    unit: str = "times"
    is_judged: bool = True


def _faster(ours: float, theirs: float) -> float:
    return theirs / ours


def _dearer(ours: float, theirs: float) -> float:
    return ours / theirs


def _more(ours: float, theirs: float) -> float:
    return ours - theirs


def faster(at_least: float) -> Target:
    """Ours is to be so many times as fast."""
    return Target(_faster, f"at least {at_least:g} times as fast", lambda figure: figure >= at_least)


def cost(at_most: float) -> Target:
    """Ours is to cost no more than so many times theirs."""
    return Target(_dearer, f"at most {at_most:g} times the cost", lambda figure: figure <= at_most)


def cost_near(expected: float, give: float) -> Target:
    """Ours is to cost so many times theirs, give or take so much."""
    wanted = f"{expected:g} ± {give:g} times the cost"
    return Target(_dearer, wanted, lambda figure: abs(figure - expected) <= give)


def mib_more(at_most: float) -> Target:
    """Ours is to take no more than so many MiB above theirs."""
    return Target(_more, f"at most {at_most:g} MiB more", lambda figure: figure <= at_most, "MiB more")


BESIDE = Target(_faster, "–", lambda _: True, is_judged=False)
"""No target: how many times as fast ours is, reported beside the others."""


@attrs.frozen
class Unit:
    """In what a cost is said: ``Unit("µs an event", 1e6)`` for seconds."""

    name: str
    scale: float

    def say(self, value: float) -> str:
        """The cost with three digits that matter."""
        scaled = value * self.scale
        return f"{scaled:,.{max(0, 2 - len(str(int(scaled))) + 1)}f}"


PER_EVENT = Unit("µs an event", 1e6)
MILLISECONDS = Unit("ms", 1e3)
MICROSECONDS = Unit("µs", 1e6)
MIB = Unit("MiB", 1)


@attrs.frozen
class Figure:
    """One line of the table: what is compared, by the names of two costs, and what it is to reach.

    *what* may name sizes: ``"replay of {log.events:,} events"``. A target that is meant *at full size* is
    not judged in a run that is not full.
    """

    name: str
    what: str
    ours: str
    theirs: str
    target: Target = BESIDE
    unit: Unit = PER_EVENT
    at_full_size: bool = False

    def of(self, sizes: Sizes) -> Figure:
        """The figure, as it is judged at these sizes."""
        if sizes.are_full or not self.at_full_size:
            return self
        wanted = f"{self.target.wanted}, in a full run"
        return attrs.evolve(self, target=attrs.evolve(self.target, wanted=wanted, is_judged=False))


@attrs.frozen
class Family:
    """Figures over the same data; its turns are taken one after another, round by round."""

    name: str
    turns: tuple[Turn, ...]
    figures: tuple[Figure, ...]

    def rounds(self, stores: Stores) -> Iterator[Costs]:
        """The costs of each round. A tiny one, before the first, warms up; it is not counted."""
        self._round(stores.tiny())
        for _ in range(stores.sizes.rounds):
            yield self._round(stores)

    def _round(self, stores: Stores) -> Costs:
        costs: dict[str, float] = {}
        for turn in self.turns:
            gc.collect()
            costs |= turn(stores)
        return costs


@attrs.frozen
class Result:
    """A figure as measured: its value in each round, and what both sides cost."""

    figure: Figure
    values: tuple[float, ...]
    ours: float
    theirs: float

    @property
    def value(self) -> float:
        """The median of the rounds."""
        return median(self.values)

    @property
    def is_reached(self) -> bool:
        """Whether the target is reached, if there is one to judge by."""
        target = self.figure.target
        return not target.is_judged or target.is_reached(self.value)


def results(family: Family, rounds: list[Costs], sizes: Sizes) -> list[Result]:
    """The family's figures, of these rounds."""
    return [
        Result(
            figure.of(sizes),
            tuple(figure.target.figure(costs[figure.ours], costs[figure.theirs]) for costs in rounds),
            median(costs[figure.ours] for costs in rounds),
            median(costs[figure.theirs] for costs in rounds),
        )
        for figure in family.figures
    ]


def by_stretches(work: Work, whole: Mapping[str, Callable[[], object]], events: int) -> Costs:
    """What each costs an event of the log, when all take turns.

    *work* takes turns after every stretch of the log. What has to be done *whole*, because it would not
    cost the same in parts, is done once beside every stretch.
    """
    spent = dict.fromkeys([*work, *whole], 0.0)
    bounds = [events * n // _STRETCHES for n in range(_STRETCHES + 1)]
    for after, up_to in pairwise(bounds):
        for name, one in work.items():
            spent[name] += timed(partial(one, after, up_to))
        for name, all_of_it in whole.items():
            spent[name] += timed(all_of_it) / _STRETCHES
    return {name: seconds / events for name, seconds in spent.items()}


def timed(work: Callable[[], object], units: int = 1) -> float:
    """Seconds that *work* takes, for each of so many units."""
    started = perf_counter()
    work()
    return (perf_counter() - started) / units
