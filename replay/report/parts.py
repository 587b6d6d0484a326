"""Parts: the places of a page that follow the sliders. The one rule: each piece is made once, here.

A part is one place of the page: the rows of a table, the cards of the obligations. For each history it shows
some of its pieces, in order. The page holds every piece once; its script only chooses.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import pairwise, takewhile
from typing import Generic, TypeVar

import attrs
from markupsafe import Markup

K = TypeVar("K", bound=Hashable)


@attrs.define
class Distinct(Generic[K]):
    """Values, each once, numbered in the order in which they came."""

    numbers: dict[K, int] = attrs.field(factory=dict)

    def number(self, of: K) -> int:
        """The number of a value, a new one if it is new.

        >>> names = Distinct()
        >>> [names.number(name) for name in "aba"]
        [0, 1, 0]
        """
        return self.numbers.setdefault(of, len(self.numbers))

    def __iter__(self) -> Iterator[K]:
        return iter(self.numbers)


@attrs.define
class Part:
    """Pieces, and lists of them. *svg* says that they are parts of a drawing."""

    name: str
    svg: bool = False
    pieces: list[Markup] = attrs.field(factory=list)
    lists: Distinct[tuple[int, ...]] = attrs.field(factory=Distinct)
    _keys: Distinct[Hashable] = attrs.field(factory=Distinct, repr=False)

    def piece(self, key: Hashable, make: Callable[..., str], *of: object) -> int:
        """The number of a piece. What has the same key is the same piece, and is made of *of* once."""
        number = self._keys.number(key)
        if number == len(self.pieces):
            self.pieces.append(Markup(make(*of)))  # noqa: S704  # what a template of ours has escaped
        return number

    def shown(self, numbers: Iterable[int]) -> int:
        """The number of a list of pieces."""
        return self.lists.number(tuple(numbers))

    @property
    def markup(self) -> Markup:
        """Every piece, in the order of their numbers."""
        return Markup().join(self.pieces)

    def of(self, number: int) -> Markup:
        """The pieces of a list, as they stand in the page."""
        return Markup().join(self.pieces[one] for one in list(self.lists)[number])


def packed(lists: Sequence[Sequence[int]]) -> list[list[int]]:
    """Lists, each as the number of members that it begins with from the one before it, then the others.

    >>> packed([[1, 2], [1, 2, 3], [4]])
    [[0, 1, 2], [2, 3], [0, 4]]
    """
    return [_packed(before, after) for before, after in pairwise([(), *lists])]


def _packed(before: Sequence[int], after: Sequence[int]) -> list[int]:
    same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False)))
    return [same, *after[same:]]
