"""Errors of the store. The one rule: a damaged or foreign store is never mistaken for an empty one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reciprocity.domain.errors import ReciprocityError

if TYPE_CHECKING:
    from reciprocity.domain import Recorded

_LONGEST_SHOWN = 200


def shown(value: object) -> str:
    r"""What a stranger's file says, fit to be shown: cut short, and with nothing that a terminal obeys.

    >>> print(shown(f"a{chr(27)}[2Jb"))
    a\x1b[2Jb
    """
    text = ascii(str(value)[: _LONGEST_SHOWN + 1])[1:-1]
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}..."


class StoreError(ReciprocityError):
    """Something about the store, not about what was asked of an agreement."""


class NotAStore(StoreError):
    """The URL names no store of ours: nothing is there, or something else is."""


class NoSuchStore(NotAStore):
    """Nothing is there; with *create*, a store is made."""


class Unreadable(StoreError):
    """A stored event cannot be read: unknown, newer than this release, or damaged. The place is named."""


class NeedsKey(Unreadable):
    """A stored event is encrypted, and no key was given. The place is named."""


class KeyUnusable(StoreError):
    """A key cannot be used: how it is kept, what it holds, or what is installed here is not as it must be."""


class Conflict(StoreError):
    """Another writer kept coming first. Nothing was recorded; asking again may succeed."""

    def __init__(self, agreement_id: str, version: int, attempts: int) -> None:
        self.agreement_id = agreement_id
        self.version = version
        self.attempts = attempts
        super().__init__(
            f"another writer recorded version {version} of {agreement_id} first, in {attempts} attempts"
        )


class Busy(StoreError):
    """Another process keeps the store locked. Nothing was recorded; asking again may succeed."""


class ConnectionLost(StoreError):
    """The server is gone. Whether a command was recorded is not known; asking again with its id is safe."""


class NotAllowed(StoreError):
    """Whoever opened the store may not do what was asked. Nothing was recorded."""


class NotCopied(StoreError):
    """A backup could not be made, and nothing is left of it."""


class DurabilityWarning(UserWarning):
    """The store's server is set up so that a crash or a failing disk may lose what was recorded."""


class OutOfOrder(StoreError):
    """A given instant runs backwards, or lies ahead of the clock; or a given version is not the next."""


class Differs(StoreError):
    """A given history tells otherwise what is stored; nothing of it was recorded.

    *stored* is the first event that differs, *given* what was told in its place.
    """

    def __init__(self, stored: Recorded, given: Recorded) -> None:
        self.stored = stored
        self.given = given
        super().__init__(f"version {given.version} of {given.agreement_id} is stored otherwise")


class CommandTaken(StoreError):
    """Something else is on record under a command id; nothing was recorded."""

    def __init__(self, command_id: str, asked: str, given: Recorded | None = None) -> None:
        self.command_id = command_id
        self.given = given
        super().__init__(f"command {command_id}, asked for {asked}, has recorded something else")
