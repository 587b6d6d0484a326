"""Errors of the store. The one rule: a damaged or foreign store is never mistaken for an empty one."""

from __future__ import annotations

from reciprocity.domain.errors import ReciprocityError


class StoreError(ReciprocityError):
    """Something about the store, not about what was asked of an agreement."""


class NotAStore(StoreError):
    """The URL names no store of ours: nothing is there, or something else is."""


class Unreadable(StoreError):
    """A stored event cannot be read: unknown, newer than this release, or damaged. The place is named."""


class Conflict(StoreError):
    """Another writer kept coming first. Nothing was recorded; asking again may succeed."""

    def __init__(self, agreement_id: str, version: int, attempts: int) -> None:
        self.agreement_id = agreement_id
        self.version = version
        self.attempts = attempts
        super().__init__(
            f"another writer recorded version {version} of {agreement_id} first, in {attempts} attempts"
        )


class OutOfOrder(StoreError):
    """A given instant runs backwards in the agreement's history, or lies ahead of the clock."""
