"""Tally: counts added up by lane. The one rule: whatever was put in can be taken out again, exactly.

A *lane* is a direction and a category. Interval sums alone cannot be undone (once an unknown is in,
every upper bound is gone), so a sum remembers how many of its parts have no upper bound.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import attrs

from reciprocity.domain.errors import Malformed
from reciprocity.domain.values import Count, Direction, count, highest, in_total, lowest

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from reciprocity.domain.values import Manifest

Row: TypeAlias = tuple[str, str, str, Count, bool | None]
"""A transfer as a plain tuple: releasing, receiving, category, count, within the agreement."""


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

    def replaced(self, before: Manifest, after: Manifest) -> Tally:
        """This tally with one manifest in the place of another."""
        counting = Counting(self)
        counting.add(rows_of(before), sign=-1)
        counting.add(rows_of(after))
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

    __slots__ = ("_cells", "_check", "_manifests")

    # A cell is a list, because nothing is quicker to add to: the manifest that last added to it, what
    # known numbers add up to, and the three fields of a `Sum` for the others.
    _cells: dict[tuple[str, str, str, bool | None], list[int]]

    def __init__(self, tally: Tally | None = None, *, check: Callable[[Row], object] | None = None) -> None:
        """Go on from *tally*. *check* is asked of the first row of each kind, and may raise."""
        self._check = check
        self._manifests = 0
        self._cells = {}
        for lane, total in (tally.sums if tally else {}).items():
            self._cells[(*lane, True)] = [0, 0, total.at_least, total.bounded, total.unbounded]

    def add(self, rows: Iterable[Row], sign: int = 1) -> None:
        """Add a manifest, or (``sign=-1``) take it out again.

        Raises:
            Malformed: two rows are of the same direction, category and standing.
        """
        self._manifests = manifest = self._manifests + 1
        cells = self._cells
        for releasing, receiving, category, number, within in rows:
            key = (releasing, receiving, category, within)
            cell = cells.get(key)
            if cell is None:
                if self._check is not None:
                    self._check((releasing, receiving, category, number, within))
                cell = cells[key] = [0, 0, 0, 0, 0]
            if cell[0] == manifest:
                raise Malformed(f"released: {releasing}>{receiving} {category} stands there twice")
            cell[0] = manifest
            if type(number) is int:
                cell[1] += sign * number
            else:
                _add_range(cell, number, sign)

    def tally(self) -> Tally:
        """What was added up so far; releases outside the agreement count nothing."""
        sums: dict[Lane, Sum] = {}
        for (releasing, receiving, category, within), (
            _,
            known,
            least,
            bounded,
            unbounded,
        ) in self._cells.items():
            if within is not False:
                lane = Lane(releasing, receiving, category)
                before = sums.get(lane, Sum())
                sums[lane] = Sum(
                    before.at_least + (known + least if within else 0),
                    before.bounded + known + bounded,
                    before.unbounded + unbounded,
                )
        return Tally(sums)


def rows_of(manifest: Manifest) -> list[Row]:
    """The transfers of a manifest as plain tuples."""
    return [(t.releasing, t.receiving, t.category, t.count, t.within_agreement) for t in manifest]


def _add_range(cell: list[int], number: Count, sign: int) -> None:
    most = highest(number)
    cell[2] += sign * lowest(number)
    cell[3] += sign * (most or 0)
    cell[4] += sign * (most is None)
