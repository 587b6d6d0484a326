"""What a projection is. The one rule: it is a pure fold, so it gives the same answer wherever it runs.

Live, in a rebuild, over a prefix of the log, on a hypothetical branch, in a test: the same three functions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol, TypeVar, runtime_checkable

from reciprocity.domain import Recorded
from reciprocity.store import Log

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


@runtime_checkable
class CountsOnly(Projection[S, R], Protocol[S, R]):
    """A projection that only counts: it can fold a register's log without reading whole events."""

    def fold_counts(self, state: S, log: Log) -> S:
        """What is known after a whole log: the same as by `apply`, one event after another."""


def fold_log(projection: Projection[S, R], log: Iterable[Recorded], state: S | None = None) -> S:
    """What *projection* knows after *log*, going on from *state* if one is given.

    Of a register's log, a projection that only counts reads no more than it needs.
    """
    known = projection.initial() if state is None else state
    if isinstance(log, Log) and isinstance(projection, CountsOnly):
        counting: CountsOnly[S, R] = projection
        return counting.fold_counts(known, log)
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
