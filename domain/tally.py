"""Tally: counts added up by lane. The one rule: whatever was put in can be taken out again, exactly.

A *lane* is a direction and a category. Interval sums alone cannot be undone (once an unknown is in,
every upper bound is gone), so a sum remembers how many of its parts have no upper bound.
"""

from __future__ import annotations

from functools import cached_property, lru_cache
from operator import add, sub
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import attrs

from reciprocity.domain.errors import Malformed
from reciprocity.domain.values import Count, Direction, count, highest, in_total, lowest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from reciprocity.domain.values import Manifest

Row: TypeAlias = tuple[str, str, str, Count, bool | None]
"""A transfer as a plain tuple: releasing, receiving, category, count, within the agreement."""

_Pattern: TypeAlias = tuple[tuple[Any, ...], ...]
"""A manifest without its counts: releasing parties, receiving ones, categories, within the agreement."""

_PATTERNS = 64  # kept apart for one tally
_PATTERNS_SHARED = 1_024


class Lane(NamedTuple):
    """A direction and a category."""

    releasing: str
    receiving: str
    category: str

    @property
    def direction(self) -> Direction:
        """The lane's direction."""
        return Direction(self.releasing, self.receiving)


@attrs.frozen
class Sum:
    """What counts add up to: the least, the most of the bounded ones, and how many are unbounded."""

    at_least: int = 0
    bounded: int = 0
    unbounded: int = 0

    def plus(self, part: Count, sign: int = 1) -> Sum:
        """This sum with one count more, or (``sign=-1``) one less."""
        least, most = lowest(part), highest(part)
        if most is None:
            return Sum(self.at_least + sign * least, self.bounded, self.unbounded + sign)
        return Sum(self.at_least + sign * least, self.bounded + sign * most, self.unbounded)

    @property
    def count(self) -> Count:
        """The sum as a count."""
        return count(self.at_least, None if self.unbounded else self.bounded)


_NOTHING = Sum()


@attrs.frozen
class Tally:
    """How many were exchanged within an agreement, by lane.

    >>> from reciprocity.domain.values import Transfer
    >>> phase = (Transfer("RUS", "UKR", "civilian", 120), Transfer("RUS", "UKR", "prisoner_of_war", 270))
    >>> Tally().plus(phase).over(Direction("RUS", "UKR"))
    390
    """

    sums: Mapping[Lane, Sum] = attrs.field(factory=dict)

    @cached_property
    def counts(self) -> Mapping[Lane, Count]:
        """How many that is, by lane."""
        return {lane: total.count for lane, total in self.sums.items()}

    def plus(self, manifest: Manifest, sign: int = 1) -> Tally:
        """This tally with a manifest added, or (``sign=-1``) taken out; extra releases count nothing."""
        counting = Counting(self)
        counting.add(rows_of(manifest), sign)
        return counting.tally()

    def over(self, direction: Direction, categories: Collection[str] = ()) -> Count:
        """How many went in a direction: in these categories, or in all if none is named."""
        return in_total(
            number
            for lane, number in self.counts.items()
            if lane[:2] == direction and (not categories or lane.category in categories)
        )

    def directions(self) -> list[Direction]:
        """The directions in which anything was counted, in alphabetical order."""
        return [Direction(*direction) for direction in sorted({lane[:2] for lane in self.sums})]

    def categories(self, direction: Direction) -> list[str]:
        """The categories counted in a direction, in alphabetical order."""
        return sorted(lane.category for lane in self.sums if lane[:2] == direction)


class Counting:
    """A tally in the making, which adds up in place: for folds over many events.

    >>> counting = Counting()
    >>> counting.add([("RUS", "UKR", "civilian", 120, True), ("RUS", "UKR", "civilian", 5, False)])
    >>> counting.tally().over(Direction("RUS", "UKR"))
    120
    """

    __slots__ = ("_check", "_known", "_now", "_pattern", "_sums")

    def __init__(self, tally: Tally | None = None, *, check: Callable[[Row], object] | None = None) -> None:
        """Go on from *tally*. *check* is asked of the first row of each kind, and may raise."""
        self._check = check
        self._sums = dict(tally.sums) if tally else {}
        # Agreements say the same again and again with other numbers. What the manifests of one pattern come
        # to is a row of numbers, and the pattern that came last is the likeliest to come next.
        self._known: dict[_Pattern, list[int]] = {}
        self._pattern: _Pattern = ()
        self._now: list[int] = []

    def add(self, rows: Sequence[Row], sign: int = 1) -> None:
        """Add a manifest, or (``sign=-1``) take it out again.

        Raises:
            Malformed: two rows are of the same direction, category and standing.
        """
        if not rows:
            return
        releasing, receiving, category, numbers, within = zip(*rows, strict=False)  # each has five places
        if (pattern := (releasing, receiving, category, within)) != self._pattern:
            self._turn_to(pattern, rows)
        if type(sum(numbers)) is int:  # no range is among them
            self._now[:] = map(add if sign == 1 else sub, self._now, numbers)
        else:
            for row in rows:
                self._add_one(row, sign)

    def _turn_to(self, pattern: _Pattern, rows: Sequence[Row]) -> None:
        pattern = _shared(pattern)
        known = self._known.get(pattern)
        if known is None:
            self._judge(rows)
            if len(self._known) == _PATTERNS:
                self._sums = self._added_up()
                self._known = {}
            known = self._known[pattern] = [0] * len(rows)
        self._pattern, self._now = pattern, known

    def _judge(self, rows: Sequence[Row]) -> None:
        seen = set[tuple[str, str, str, bool | None]]()
        for row in rows:
            releasing, receiving, category, _, within = row
            if (releasing, receiving, category, within) in seen:
                raise Malformed(f"released: {releasing}>{receiving} {category} stands there twice")
            seen.add((releasing, receiving, category, within))
            if self._check is not None:
                self._check(row)

    def _add_one(self, row: Row, sign: int) -> None:
        releasing, receiving, category, number, within = row
        if within is not False:
            lane = Lane(releasing, receiving, category)
            part = number if within else count(0, highest(number))
            self._sums[lane] = self._sums.get(lane, _NOTHING).plus(part, sign)

    def tally(self) -> Tally:
        """What was added up so far; releases outside the agreement count nothing."""
        return Tally(self._added_up())

    def _added_up(self) -> dict[Lane, Sum]:
        sums = dict(self._sums)
        for pattern, known in self._known.items():
            for releasing, receiving, category, within, number in zip(*pattern, known, strict=True):
                if within is not False:
                    lane = Lane(releasing, receiving, category)
                    before = sums.get(lane, _NOTHING)
                    least = before.at_least + (number if within else 0)
                    sums[lane] = Sum(least, before.bounded + number, before.unbounded)
        return sums


@lru_cache(_PATTERNS_SHARED)
def _shared(pattern: _Pattern) -> _Pattern:
    """One and the same value for equal patterns: of many agreements there is one in memory."""
    return pattern


def rows_of(manifest: Manifest) -> list[Row]:
    """The transfers of a manifest as plain tuples."""
    return [(t.releasing, t.receiving, t.category, t.count, t.within_agreement) for t in manifest]
