"""Inspection: a store as it lies there, whatever befell it. The one rule: nothing stops at the first damage.

What a register reads it trusts to be whole, and refuses otherwise. Who inspects a store wants to see all of
it: the rows that can be read, and the places of those that cannot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

import attrs

from reciprocity.store.errors import Busy, ConnectionLost, StoreError
from reciprocity.store.reading import Stored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reciprocity.store.log import Row

Command: TypeAlias = tuple[str, str, int]
"""A command's id, its agreement, and the version at which its events begin."""

_AT_ONCE = 1_000


@attrs.frozen
class Hole:
    """Rows that the database cannot give, from one position to another, and why."""

    first: int
    last: int
    reason: str


class Inspected(Stored, Protocol):
    """Where all that a store holds comes from, and what its database says of it: the recorder."""

    def commands(self) -> Iterator[Command]:
        """Each row of the table of commands, as it stands there."""

    def positions(self) -> tuple[int, int]:
        """The last position that was given, by the database's own count, and the last that is there."""

    def damage(self) -> list[str]:
        """What the database itself finds wrong with its file."""


def rows_and_holes(recorder: Stored, *, up_to: int) -> Iterator[list[Row] | Hole]:
    """The rows of the log in order, some at once, and what cannot be read in between."""
    after = 0
    while after < up_to:
        try:
            rows = recorder.select_rows(after=after, up_to=up_to, limit=_AT_ONCE)
        except (Busy, ConnectionLost):
            raise
        except StoreError as error:
            stop = _first_unreadable(recorder, after, up_to)
            if rows := _some_before(recorder, after, stop - 1):
                yield rows
            yield Hole(stop, stop, str(error.__cause__ or error))
            after = stop
            continue
        if not rows:
            return
        yield rows
        after = rows[-1][0]


def _first_unreadable(recorder: Stored, after: int, up_to: int) -> int:
    """The first position up to which the rows after one cannot be read, found by halving."""
    readable, stop = after, up_to
    while stop - readable > 1:
        middle = (readable + stop) // 2
        try:
            recorder.select_rows(after=after, up_to=middle, limit=_AT_ONCE)
        except (Busy, ConnectionLost):
            raise
        except StoreError:
            stop = middle
        else:
            readable = middle
    return stop


def _some_before(recorder: Stored, after: int, up_to: int) -> list[Row]:
    return recorder.select_rows(after=after, up_to=up_to, limit=_AT_ONCE) if up_to > after else []
