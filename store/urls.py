"""URLs: one text that says which store is meant. The one rule: nothing else configures it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reciprocity.store import sqlite
from reciprocity.store.errors import NotAStore

if TYPE_CHECKING:
    from eventsourcing.persistence import InfrastructureFactory

_SCHEMES = "postgresql://user@host/database, sqlite:///path/to/file.db or memory:"


def open_url(url: str, *, create: bool, reading: bool = False) -> InfrastructureFactory[Any]:
    """The factory of the store at *url*; one for *reading* changes nothing there.

    Raises:
        NotAStore: if the scheme is unknown, or what the URL names is not a store.
    """
    if url == "memory:":
        return sqlite.open_memory()
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return sqlite.open_file(Path(url.removeprefix("sqlite:///")), create=create, reading=reading)
    if url.startswith(("postgresql://", "postgres://")):
        return _open_server(url, create=create, reading=reading)
    raise NotAStore(f"{_without_password(url)}: not a store's URL ({_SCHEMES})")


def _open_server(url: str, *, create: bool, reading: bool) -> InfrastructureFactory[Any]:
    try:
        from reciprocity.store import postgres  # noqa: PLC0415  # only who has a server needs its driver
    except ImportError as error:
        raise NotAStore(f'{error}: PostgreSQL needs pip install "reciprocity[postgres]"') from error
    return postgres.open_server(url, create=create, reading=reading)


def _without_password(url: str) -> str:
    return re.sub(r"//.*@", "//…@", url).partition("?")[0]
