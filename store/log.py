"""Log: the events of a register in order. The one rule: nothing is skipped, and a gap is never passed over.

Every reading of the log goes from the recorder's rows to what the question needs, with nothing between:
whole events (`Log`, iterated) or only what is counted (`Log.counts`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

import attrs

from reciprocity.domain import PhaseCompleted
from reciprocity.store.counts import counted, released_ordinarily
from reciprocity.store.errors import Unreadable
from reciprocity.store.wire import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reciprocity.domain import Recorded
    from reciprocity.store.counts import Counted
    from reciprocity.store.wire import Wire

Row: TypeAlias = tuple[int, str, int, str, bytes]
"""A stored event: position, agreement, version, topic and state."""

Between: TypeAlias = tuple[str, str | None]
"""Agreements from the first id on, up to but not including the second; ``None`` is no bound."""

_BATCH = 1_000  # rows fetched at once, in a transaction of their own: a long reading holds up no writer


class Rows(Protocol):
    """Where rows come from: the recorder of a store."""

    def select_rows(
        self, *, after: int, up_to: int | None = None, between: Between | None = None, limit: int
    ) -> list[Row]:
        """The rows of the log in order, those *after* a position; of the agreements *between* two ids."""


@attrs.frozen
class Log:
    """The events of all agreements in the order of their positions; each iteration reads them anew.

    Memory does not grow with the log, only with the number of agreements in it.

    Raises:
        Unreadable: while reading, if an event cannot be read, or one is missing.
    """

    _recorder: Rows
    _wire: Wire
    after: int = 0
    up_to: int | None = None
    between: Between | None = None

    def __iter__(self) -> Iterator[Recorded]:
        """Whole events, each checked in every part."""
        decode = self._wire.decode
        for position, agreement_id, version, topic, state in self.rows():
            yield decode(agreement_id, version, topic, state, position)

    def counts(self) -> Iterator[tuple[Row, Counted]]:
        """Each stored row, opened, and what it means for the totals; only that much of it is read."""
        completed, decode = self._wire.topic_of(PhaseCompleted), self._wire.plain.decode
        for row in self._wire.opened(self.rows()):
            position, agreement_id, version, topic, state = row
            if topic == completed and (released := released_ordinarily(state)) is not None:
                yield row, (PhaseCompleted, (), released, None)
            else:
                yield row, counted(decode(agreement_id, version, topic, state, position).event)

    def rows(self) -> Iterator[Row]:
        """The stored rows as they are; only their order is checked."""
        last: dict[str, int] = {}
        # What comes first after a position in the middle may have any version.
        from_the_beginning = self.after == 0
        for batch in self._batches():
            for row in batch:
                _, agreement_id, version, _, _ = row
                due = last.get(agreement_id, 0 if from_the_beginning else version - 1) + 1
                if version != due:
                    raise missing(agreement_id, due, version)
                last[agreement_id] = version
                yield row

    def _batches(self) -> Iterator[list[Row]]:
        after = self.after
        while batch := self._recorder.select_rows(
            after=after, up_to=self.up_to, between=self.between, limit=_BATCH
        ):
            yield batch
            after = batch[-1][0]


def missing(agreement_id: str, due: int, found: int) -> Unreadable:
    """What is raised where a version does not follow on the one before."""
    return Unreadable(f"{agreement_id}: version {due} is missing; version {found} comes next")


def unreadable(row: Row, reason: object) -> Unreadable:
    """What is raised where a stored row cannot be what it says."""
    position, agreement_id, version, topic, _ = row
    return Unreadable(f"{place(agreement_id, version, topic, position)}: {reason}")
