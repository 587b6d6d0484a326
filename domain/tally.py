"""Tally: counts added up by lane. The one rule: whatever was put in can be taken out again, exactly.

A *lane* is a direction and a category. Interval sums alone cannot be undone (once an unknown is in,
every upper bound is gone), so a sum remembers how many of its parts have no upper bound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import attrs

from reciprocity.domain.values import Direction, count, highest, in_total, lowest

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from reciprocity.domain.values import Count, Manifest


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

    def plus(self, manifest: Manifest, sign: int = 1) -> Tally:
        """This tally with a manifest added, or (``sign=-1``) taken out; extra releases count nothing."""
        sums = dict(self.sums)
        for transfer in manifest:
            if transfer.within_agreement is not False:
                lane = Lane(transfer.releasing, transfer.receiving, transfer.category)
                sums[lane] = sums.get(lane, Sum()).plus(transfer.counted, sign)
        return Tally(sums)

    def replaced(self, before: Manifest, after: Manifest) -> Tally:
        """This tally with one manifest in the place of another."""
        return self.plus(before, sign=-1).plus(after)

    def over(self, direction: Direction, categories: Collection[str] = ()) -> Count:
        """How many went in a direction: in these categories, or in all if none is named."""
        return in_total(
            total.count
            for lane, total in self.sums.items()
            if lane[:2] == direction and (not categories or lane.category in categories)
        )

    def directions(self) -> list[Direction]:
        """The directions in which anything was counted, in alphabetical order."""
        return sorted({lane.direction for lane in self.sums})

    def categories(self, direction: Direction) -> list[str]:
        """The categories counted in a direction, in alphabetical order."""
        return sorted(lane.category for lane in self.sums if lane[:2] == direction)
