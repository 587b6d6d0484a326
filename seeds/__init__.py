"""Real agreements as journals, and broken ones. The one rule: no figure without a source."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def names() -> list[str]:
    """The names of the journals that come with the library, in alphabetical order."""
    return sorted(path.stem for path in _folder().glob("*.toml"))


def path(name: str) -> Path | None:
    """Where the journal of that name is; ``None`` if there is none.

    >>> path("ua-ru-2025-05-16").name
    'ua-ru-2025-05-16.toml'
    """
    found = _folder() / f"{name}.toml"
    return found if name in names() else None


def _folder() -> Path:
    # Wheels are installed as files; a zipped package would need a copy, and none is made of one.
    return Path(str(files("reciprocity.seeds")))
