"""The table of results, on screen and in ``docs/performance.md``. The one rule: no figure by hand."""

from __future__ import annotations

import datetime as dt
import os
import platform
import sqlite3
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import attrs
from rich.table import Table

from benchmarks.rounds import Result
from benchmarks.stores import Sizes

DOCUMENT = Path(__file__).parent.parent / "docs" / "performance.md"

HEADINGS = ("figure", "what", "wanted", "measured", "in the rounds", "ours", "against", "reached")

_LIBRARIES = ("eventsourcing", "msgspec", "attrs", "rpds-py", "duckdb", "pyarrow")


def cells(result: Result, sizes: Sizes) -> tuple[str, ...]:
    """A line of the table, a text for each heading."""
    figure, target = result.figure, result.figure.target
    lowest, highest = min(result.values), max(result.values)
    return (
        figure.name,
        figure.what.format_map(attrs.asdict(sizes, recurse=False)),
        target.wanted,
        f"{result.value:.2f} {target.unit}",
        f"{lowest:.2f} to {highest:.2f}",
        f"{figure.unit.say(result.ours)} {figure.unit.name}",
        f"{figure.unit.say(result.theirs)} {figure.unit.name}",
        ("yes" if result.is_reached else "no") if target.is_judged else "",
    )


def screen(results: Iterable[Result], sizes: Sizes) -> Table:
    """The table for a terminal."""
    table = Table(*HEADINGS)
    for result in results:
        table.add_row(*cells(result, sizes))
    return table


def markdown(results: Iterable[Result], sizes: Sizes) -> str:
    """The table in Markdown."""
    lines = [HEADINGS, ("---",) * len(HEADINGS), *(cells(result, sizes) for result in results)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def write(results: Iterable[Result], sizes: Sizes, *, command: str, document: Path = DOCUMENT) -> None:
    """Put the table, and how it came about, into the document, in the place of that command's last one."""
    put(document, command, "the harness", lambda _: markdown(results, sizes))


def put(document: Path, command: str, by: str, told: Callable[[str], str], *, with_what: str = "") -> None:
    """Put what is *told*, and how it came about, into a document, in the place of what stood there last.

    *told* is given that.

    Raises:
        ValueError: the document has no place for it.
    """
    begin, end = f"<!-- {command}: written by {by} -->\n", f"<!-- end of {command} -->\n"
    text = document.read_text("utf-8")
    before, found, rest = text.partition(begin)
    last, closed, after = rest.partition(end)
    if not (found and closed):
        raise ValueError(f"{document.name} has no place for {command}")
    how = f"`{command}`, {dt.datetime.now(dt.UTC).date()}{with_what}: {machine()}.\n"
    document.write_text(f"{before}{begin}\n{how}\n{told(last)}\n{end}{after}", "utf-8")


def machine() -> str:
    """The shape of the machine, and the versions of what was measured."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    python = f"{platform.python_implementation()} {platform.python_version()}"
    libraries = ", ".join(f"{name} {found}" for name in _LIBRARIES if (found := _version(name)))
    system = f"{platform.system()} on {platform.machine()}"
    return f"{cores} cores, {system}, {python}, SQLite {sqlite3.sqlite_version}, {libraries}"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
