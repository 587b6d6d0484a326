"""Bars: how much of what was agreed is done, in one line. The one rule: what may be done is not shown as done.

A bar is full only when all is known to be done. Where the terminal cannot show its signs, ASCII stands for them.
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
    '##??......'
    """
    signs = _SIGNS if _can_show(on, "".join(_SIGNS)) else _ASCII
    done = int(of.at_least * cells / 100)
    most = max(done, -int(-of.at_most * cells // 100))
    return signs.done * done + signs.maybe * (most - done) + signs.left * (cells - most)


def shares(totals: Totals) -> dict[Direction, Share]:
    """How much is done in each direction in which so many were agreed that there is something to be done."""
    agreed = ((direction, totals.terms.agreed(direction)) for direction in totals.terms.directions())
    found = ((d, share(totals.over(d), total)) for d, total in agreed if total is not None)
    return {direction: part for direction, part in found if part is not None}


def _can_show(on: Console, signs: str) -> bool:
    try:
        signs.encode(on.encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True
