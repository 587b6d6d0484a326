"""Bars: how much of what was agreed is done. The one rule: what may be done is not shown as done.

A bar is full only when all is known to be done. Where the terminal cannot show its signs, ASCII stands for
them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from reciprocity.domain import share

if TYPE_CHECKING:
    from rich.console import Console

    from reciprocity.domain import Direction, Share
    from reciprocity.projections import Totals


class _Signs(NamedTuple):
    done: str
    maybe: str
    left: str


_SIGNS, _ASCII = _Signs("█", "░", "·"), _Signs("#", "?", ".")


def bar(of: Share, cells: int, on: Console) -> str:
    """A bar of so many cells: what is done, what may be done, and what is left.

    >>> from io import StringIO
    >>> from rich.console import Console
    >>> from reciprocity.domain import Range, share
    >>> part = share(Range(200, 400), 1000)
    >>> bar(part, 10, Console(file=StringIO()))
    '██░░······'
    """
    signs = _SIGNS if _can_show(on, "".join(_SIGNS)) else _ASCII
    done = round(10 * of.at_least) * cells // 1000
    known = of.at_least == of.at_most
    most = done if known else -(-round(10 * of.at_most) * cells // 1000)
    return signs.done * done + signs.maybe * (most - done) + signs.left * (cells - most)


def shares(totals: Totals) -> dict[Direction, Share]:
    """How much is done in each direction in which so many were agreed that there is something to be done."""
    agreed = ((direction, totals.terms.agreed(direction)) for direction in totals.terms.directions())
    found = ((d, share(totals.over(d), total)) for d, total in agreed if total is not None)
    return {direction: part for direction, part in found if part is not None}


def lines(totals: Totals, cells: int, on: Console) -> list[str]:
    """A bar for each of these directions, its name before it, one below the other."""
    found = shares(totals)
    width = max((len(str(direction)) for direction in found), default=0)
    return [f"{direction!s:<{width}} {bar(part, cells, on)}" for direction, part in found.items()]


def _can_show(on: Console, signs: str) -> bool:
    try:
        signs.encode(on.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
