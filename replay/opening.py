"""Opening: what a user names becomes a register to read. The one rule: nothing that is read is changed.

A journal (a path, or the name of a seed) is recorded into a store in memory first, so that whatever is
shown comes out of an event store.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from reciprocity import seeds
from reciprocity.domain import ReciprocityError
from reciprocity.replay.given_key import given_key
from reciprocity.replay.journal import read_journal
from reciprocity.replay.record import record
from reciprocity.store import Register

if TYPE_CHECKING:
    from collections.abc import Iterator


class NotFound(ReciprocityError):
    """What was named is no journal, no store and no seed."""


@contextmanager
def opened(name: str) -> Iterator[Register]:
    """The register that *name* stands for: a journal's path, a seed's name, a store's path or URL.

    Raises:
        NotFound: if it stands for nothing.
        MalformedFile, RefusedJournal: if it is a journal that cannot be recorded.
        NotAStore: if it is a file, but no store.
    """
    journal = find_journal(name)
    if journal is None:
        with Register.open(store_url(name), reading=True, key=given_key()) as register:
            yield register
    else:
        with Register.open("memory:") as register:
            record(register, read_journal(journal))
            yield register


def opened_store(name: str) -> Register:
    """The register of the store that *name* stands for, a path or a URL.

    Raises:
        NotFound: if it stands for a journal, or for nothing.
        NotAStore: if it is a file, but no store.
    """
    if find_journal(name) is not None:
        raise NotFound(f"{name}: a journal, to which nothing is recorded; a store is needed")
    return Register.open(store_url(name), reading=True, key=given_key())


def find_journal(name: str) -> Path | None:
    """The journal that *name* stands for, a path or the name of a seed; ``None``, if it stands for a store.

    Raises:
        NotFound: if it stands for nothing.
    """
    if name.endswith(".toml"):
        if not Path(name).is_file():
            raise NotFound(f"{name}: no such file")
        return Path(name)
    if "://" in name or name == "memory:" or Path(name).exists():
        return None
    if (path := seeds.path(name)) is None:
        raise NotFound(f"{name}: no such journal, store or seed (seeds: {_seeds()})")
    return path


def journal_path(name: str) -> Path:
    """The same where nothing but a journal will do.

    Raises:
        NotFound: if it stands for a store, or for nothing.
    """
    path = find_journal(name)
    if path is None:
        raise NotFound(f"{name}: no journal (a .toml file) and no seed of that name ({_seeds()})")
    return path


def store_url(name: str) -> str:
    """The URL of the store that *name* stands for: a URL as it is, a path as a file.

    Raises:
        NotFound: if it is the name of a journal.

    >>> store_url("exchange.db"), store_url("memory:")
    ('sqlite:///exchange.db', 'memory:')
    """
    if name.endswith(".toml"):
        raise NotFound(f"{name}: the name of a journal, not of a store")
    return name if "://" in name or name == "memory:" else f"sqlite:///{name}"


def _seeds() -> str:
    return ", ".join(seeds.names())
