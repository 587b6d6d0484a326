"""Reading: rows on their way to a fold. The one rule: what was read is known when the fold is done.

A view must know afterwards which agreements there was more of, and how far it has come. So it reads the log,
or the history of one agreement, through one of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from reciprocity.store.log import Log, Rows

if TYPE_CHECKING:
    from reciprocity.store.log import Between, Row
    from reciprocity.store.wire import Wire


class Stored(Rows, Protocol):
    """Where rows come from, also those of one agreement: the recorder of a store."""

    def select_history(self, agreement_id: str, *, after: int, up_to: int | None = None) -> list[Row]:
        """The events of one agreement in order, those *after* a version."""


class Reading:
    """The rows after a position, up to another, or until there are so many agreements among them."""

    def __init__(
        self, source: Rows, wire: Wire, *, after: int = 0, up_to: int, agreements: int | None = None
    ) -> None:
        self.log = Log(self, wire, after, up_to)
        """What is read; once."""
        self.position = after
        """How far it came."""
        self.versions: dict[str, int] = {}
        """The last version of each agreement that there was more of."""
        self._source = source
        self._most = agreements

    def select_rows(
        self, *, after: int, up_to: int | None = None, between: Between | None = None, limit: int
    ) -> list[Row]:
        """The next rows of the source."""
        if self._most is not None and len(self.versions) >= self._most:
            return []
        rows = self._source.select_rows(after=after, up_to=up_to, between=between, limit=limit)
        self.position = rows[-1][0] if rows or up_to is None else up_to
        if rows:
            first = {row[1]: row[2] for row in reversed(rows) if row[1] not in self.versions}
            self.versions |= {row[1]: row[2] for row in rows}
            if first:
                self.begins(first)
        return rows

    def begins(self, first: dict[str, int]) -> None:
        """Told, before they are folded, which agreements there is more of, and from which version on."""


class OneHistory:
    """The rows of one agreement, as if there were no other."""

    def __init__(self, recorder: Stored, agreement_id: str) -> None:
        self._recorder = recorder
        self._agreement_id = agreement_id

    def select_rows(
        self,
        *,
        after: int,
        up_to: int | None = None,
        between: Between | None = None,  # noqa: ARG002  # there is only one
        limit: int,  # noqa: ARG002  # all at once
    ) -> list[Row]:
        """All of them, up to a position."""
        if after:
            return []
        rows = self._recorder.select_history(self._agreement_id, after=0)
        return [row for row in rows if up_to is None or row[0] <= up_to]
