"""URLs: one text that says which store is meant. The one rule: nothing else configures it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from reciprocity.store import sqlite
from reciprocity.store.errors import NotAStore

if TYPE_CHECKING:
    from eventsourcing.persistence import InfrastructureFactory


def open_url(url: str, *, create: bool) -> InfrastructureFactory[Any]:
    """The factory of the store at *url*. A server store takes its place here, under its own scheme.

    Raises:
        NotAStore: if the scheme is unknown, or what the URL names is not a store.
    """
    if url == "memory:":
        return sqlite.open_memory()
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return sqlite.open_file(Path(url.removeprefix("sqlite:///")), create=create)
    raise NotAStore(f"{url}: not a store's URL (sqlite:///path/to/file.db or memory:)")
