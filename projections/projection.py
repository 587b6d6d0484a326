"""What a projection is. The one rule: it is a pure fold, so it gives the same answer wherever it runs.

Live, in a rebuild, over a prefix of the log, on a hypothetical branch, in a test: the same three functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar

from reciprocity.domain import Recorded

S = TypeVar("S")
R = TypeVar("R", covariant=True)  # noqa: PLC0105  # R is for row


class Projection(Protocol[S, R]):
    """A question asked of the log: where to start, what each event adds, and the answer in rows."""

    def initial(self) -> S:
        """What is known before the first event."""

    def apply(self, state: S, recorded: Recorded) -> S:
        """What is known after one more event. *state* itself stays as it was."""

    def rows(self, state: S) -> Iterator[R]:
        """The answer, in a fixed order."""


def fold_log(projection: Projection[S, R], log: Iterable[Recorded], state: S | None = None) -> S:
    """What *projection* knows after *log*, going on from *state* if one is given."""
    known = projection.initial() if state is None else state
    for recorded in log:
        known = projection.apply(known, recorded)
    return known


def ask(projection: Projection[S, R], log: Iterable[Recorded]) -> list[R]:
    """The answer that *projection* gives of *log*.

    >>> from reciprocity.projections import Cumulative
    >>> ask(Cumulative(), [])
    []
    """
    return list(projection.rows(fold_log(projection, log)))
