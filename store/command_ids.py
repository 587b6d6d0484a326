"""Command ids: what an append adds to the table of commands. The one rule: each id stands there once.

A row says at which version of which agreement a command's events begin. It is never changed: where they end
is where the next event has another id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from eventsourcing.persistence import StoredEvent


def new_rows(
    events: Sequence[StoredEvent], command_ids: Sequence[str], continued: Collection[str] = ()
) -> list[tuple[str, str, int]]:
    """The rows for events of which each was recorded by the command in the same place of *command_ids*.

    Those in *continued* have their row already: they are on record for the events just before.
    """
    starts: dict[tuple[str, str], int] = {}
    for command_id, event in zip(command_ids, events, strict=True):
        starts.setdefault((command_id, str(event.originator_id)), event.originator_version)
    return [(by, of, first) for (by, of), first in starts.items() if by not in continued]
