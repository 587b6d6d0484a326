"""Smaller: a journal's tables with something left out or lowered. The rule: what is given stays as it is.

Whether what comes out is still a journal, and a lawful one, is not asked here; see `shrinking`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from reciprocity.replay.toml_lines import Path

Tables: TypeAlias = dict[str, Any]
"""A journal as TOML has it."""

_TOPS = ("agreement", "event")
_TEXTS = frozenset(
    [
        "title",
        "signed_at",
        "place",
        "office",
        "reason",
        "publisher",
        "note",
        "notes",
        "claimant",
        "mediators",
        "facilitators",
    ]
)
_RANGE = re.compile(r"(\d*)\.\.(\d*)")


def without(tables: Tables, gone: Collection[Path]) -> Tables:
    """The tables without what stands at these places.

    >>> tables = {"event": [{"phase": 1}, {"phase": 2, "place": "Kyiv"}]}
    >>> without(tables, [("event", 0), ("event", 1, "place")])
    {'event': [{'phase': 2}]}
    """
    taken = frozenset(gone)

    def left(node: Any, path: Path) -> Any:
        if isinstance(node, Mapping):
            return {
                key: left(value, (*path, key)) for key, value in node.items() if (*path, key) not in taken
            }
        if isinstance(node, list | tuple):
            return [left(one, (*path, n)) for n, one in enumerate(node) if (*path, n) not in taken]
        return node

    return _tidied(left(tables, ()))


def put(tables: Tables, values: Mapping[Path, Any]) -> Tables:
    """The tables with these values at these places."""

    def changed(node: Any, path: Path) -> Any:
        if path in values:
            return values[path]
        if isinstance(node, Mapping):
            return {key: changed(value, (*path, key)) for key, value in node.items()}
        if isinstance(node, list | tuple):
            return [changed(one, (*path, n)) for n, one in enumerate(node)]
        return node

    return changed(tables, ())  # type: ignore[no-any-return]  # of the shape that it had


def places(tables: Tables) -> list[Path]:
    """Every key, and every element of a list, of what was agreed and of the events; the last first."""
    return [path for path, _ in _walked(tables) if len(path) > 1 and not _is_event(path)][::-1]


def happenings(tables: Tables) -> list[tuple[Path, ...]]:
    """Each phase with all that is told of it, and each other event; the last first."""
    found: dict[Any, list[Path]] = {}
    for n, event in enumerate(tables.get("event", ())):
        found.setdefault(("phase", event["phase"]) if "phase" in event else n, []).append(("event", n))
    return [tuple(paths) for paths in found.values()][::-1]


def events(tables: Tables) -> list[tuple[Path, ...]]:
    """Each event, the last first."""
    found: list[Path] = [("event", n) for n in range(len(tables.get("event", ())))]
    return [(path,) for path in reversed(found)]


def numbers(tables: Tables) -> dict[int, list[Path]]:
    """Where each number of persons stands, or of what one weighs."""
    found: dict[int, list[Path]] = {}
    for path, value in _walked(tables):
        if type(value) is int and path[-1] != "phase":
            found.setdefault(value, []).append(path)
    return found


def ranges(tables: Tables) -> Iterator[tuple[Path, int | str]]:
    """Where a range stands, and what says less: each number at an end of it, and the least ranges."""
    for path, value in _walked(tables):
        if isinstance(value, str) and (found := _RANGE.fullmatch(value)):
            less: list[int | str] = [int(end) for end in found.groups() if end]
            if value not in {"..1", "1.."}:
                less += ["..1", "1.."]
            yield from ((path, one) for one in less)


def texts(tables: Tables) -> dict[Path, str]:
    """Where a text stands that may be any other, and the shortest that may stand there."""
    found: dict[Path, str] = {}
    for path, value in _walked(tables, (*_TOPS, "sources")):
        if not isinstance(value, str):
            continue
        key = path[-2] if isinstance(path[-1], int) else path[-1]
        if key in _TEXTS and value != "x":
            found[path] = "x"
        elif len(path) > 1 and path[-2] in {"parties", "members"} and value != path[-1]:
            found[path] = str(path[-1])
    return found


def renumbered(tables: Tables) -> Tables:
    """The tables with the phases numbered from 1 without gaps."""
    known = sorted({event["phase"] for event in tables.get("event", ()) if "phase" in event})
    place = {number: n for n, number in enumerate(known, start=1)}
    phases = {path: place[value] for path, value in _walked(tables) if path[-1:] == ("phase",)}
    return put(tables, phases)


Parts: TypeAlias = Callable[[Tables], list[tuple["Path", ...]]]
"""What may be left out of tables, each part by its places."""


def each_place(tables: Tables) -> list[tuple[Path, ...]]:
    """Each of `places` by itself."""
    return [(path,) for path in places(tables)]


def each_key(tables: Tables) -> list[tuple[Path, ...]]:
    """Each key wherever it stands: all sources, all notes, all instants."""
    found: dict[Any, list[Path]] = {}
    for path in places(tables):
        if isinstance(path[-1], str):
            found.setdefault(path[-1], []).append(path)
    return [tuple(paths) for paths in found.values()]


def _is_event(path: Path) -> bool:
    return len(path) == 2 and path[0] == "event"


def _walked(tables: Tables, tops: Collection[str] = _TOPS) -> Iterator[tuple[Path, Any]]:
    def within(node: Any, path: Path) -> Iterator[tuple[Path, Any]]:
        yield path, node
        if isinstance(node, Mapping):
            for key, value in node.items():
                yield from within(value, (*path, key))
        elif isinstance(node, list | tuple):
            for n, one in enumerate(node):
                yield from within(one, (*path, n))

    for top in tops:
        yield from within(tables.get(top, {}), (top,))


def _tidied(tables: Tables) -> Tables:
    """Without the sources that nothing cites."""
    cited = {
        key
        for table in (tables.get("agreement", {}), *tables.get("event", ()))
        for key in table.get("sources", ())
        if isinstance(key, str)
    }
    sources = {key: table for key, table in tables.get("sources", {}).items() if key in cited}
    return {name: table for name, table in tables.items() if name != "sources"} | (
        {"sources": sources} if sources else {}
    )
