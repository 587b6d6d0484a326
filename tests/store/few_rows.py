"""Rows of a log without a store: as a recorder gives them, but three at once at most."""

from __future__ import annotations

from reciprocity.store.log import Between, Row


class Few:
    """Some rows; and what was asked of them, in order."""

    def __init__(self, *rows: Row) -> None:
        self._rows = rows
        self.asked: list[tuple[int, int | None, Between | None]] = []

    def select_rows(
        self, *, after: int, up_to: int | None = None, between: Between | None = None, limit: int
    ) -> list[Row]:
        self.asked.append((after, up_to, between))
        rows = [row for row in self._rows if after < row[0] and (up_to is None or row[0] <= up_to)]
        if between:
            low, high = between
            rows = [row for row in rows if low <= row[1] and (high is None or row[1] < high)]
        return rows[: min(limit, 3)]
