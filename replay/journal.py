"""Journals: an agreement's history as a TOML file. The one rule: a journal is read whole, or refused whole.

Reading reports every error, each with its line, its field and its reason. What a journal means is asked of
the domain: see `check` and `record`. The format is described in ``docs/journal.md``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from functools import lru_cache
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any

import attrs

from reciprocity.domain import AgreementSigned, Event, Malformed, Recorded, Terms
from reciprocity.replay import journal_shape as shape
from reciprocity.replay.journal_events import EventMaker
from reciprocity.replay.problems import MalformedFile, Problem, Problems
from reciprocity.replay.tables import read_fields, read_table
from reciprocity.replay.toml_limits import passed
from reciprocity.replay.toml_lines import line_of, locate
from reciprocity.replay.visible import shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeAlias

    from reciprocity.replay.toml_lines import Path

    _Instant: TypeAlias = tuple[Path, dt.datetime | None]

LARGEST_FILE = 512 * 1024
"""Bytes. The longest journal of the seeds has about 85 kB."""


@attrs.frozen
class Entry:
    """One event of a journal, the line on which it stands, and when the record learned it.

    *recorded_at* is ``None`` for now; *is_told* says whether the journal itself gives that instant.
    """

    line: int
    event: Event
    recorded_at: dt.datetime | None
    is_told: bool = True


@attrs.frozen
class Journal:
    """An agreement's history as a file tells it; the first entry is its signing."""

    name: str
    agreement_id: str
    entries: tuple[Entry, ...]

    @property
    def terms(self) -> Terms | None:
        """The terms as first signed."""
        first = self.entries[0].event if self.entries else None
        return first.terms if isinstance(first, AgreementSigned) else None


def read_journal(path: FilePath) -> Journal:
    """The journal in a file.

    Raises:
        MalformedFile: with every error in it, by line and field.
        OSError: if the file cannot be read.
    """
    with path.open("rb") as file:
        content = file.read(LARGEST_FILE + 1)
    return parse_journal(content, str(path))


def read_journals(paths: Iterable[FilePath]) -> list[Journal]:
    """The journals in several files.

    Raises:
        MalformedFile: with every error in any of them.
    """
    read, found = list[Journal](), list[Problem]()
    for path in paths:
        try:
            read.append(read_journal(path))
        except MalformedFile as error:
            found += error.problems
    if found:
        raise MalformedFile(found)
    return read


def read_events(path: FilePath, terms: Terms) -> list[Event]:
    """The events of a file that tells what might happen to an agreement; *terms* are those in force.

    It is a journal whose ``[agreement]``, if it has one, is not asked.

    Raises:
        MalformedFile: with every error in it.
    """
    with path.open("rb") as file:
        text = _decoded(file.read(LARGEST_FILE + 1), str(path))
    table, lines = _parsed(text, str(path))
    problems = Problems(str(path), lines)
    maker = EventMaker(problems, _sources(table, problems), terms)
    entries = [entry for entry, _ in _events(table, maker, problems)]
    problems.raise_if_any()
    return [entry.event for entry in entries if entry is not None]


def parse_journal(content: bytes, name: str) -> Journal:
    """The journal in a text; *name* is how errors call it.

    Raises:
        MalformedFile: with every error in it, by line and field.
    """
    text = _decoded(content, name)
    table, lines = _parsed(text, name)
    problems = Problems(name, lines)
    journal = _read(table, problems)
    problems.raise_if_any()
    return journal


def _read(table: dict[str, Any], problems: Problems) -> Journal:
    known = {"agreement", "event", "sources"}
    for key in table.keys() - known:
        problems.add((key,), f"not a table of a journal ({', '.join(sorted(known))})")
    maker = EventMaker(problems, _sources(table, problems))
    mark = problems.count
    agreement = read_fields(table.get("agreement"), shape.AgreementTable, ("agreement",), problems)
    instants: list[_Instant] = [(("agreement",), agreement.get("recorded_at"))]
    entries = _entry(maker.signed(agreement, mark), *instants[0], problems)
    for entry, instant in _events(table, maker, problems):
        instants.append(instant)
        entries += [entry] if entry else []
    _check_instants(instants, problems)
    return Journal(problems.name, agreement.get("id", ""), _with_instants(entries))


def _events(
    table: dict[str, Any], maker: EventMaker, problems: Problems
) -> Iterator[tuple[Entry | None, _Instant]]:
    for path, found in _event_tables(table, problems):
        mark = problems.count
        kind = found.get("event")
        if not isinstance(kind, str) or kind not in shape.ENTRIES:
            problems.add((*path, "event"), _not_an_event(kind))
            continue
        content = {key: value for key, value in found.items() if key != "event"}
        fields = read_fields(content, shape.ENTRIES[kind], path, problems)
        instant: _Instant = (path, fields.pop("recorded_at", None))
        entries = _entry(maker.event(kind, fields, path, mark), *instant, problems)
        yield (entries[0] if entries else None), instant


def _with_instants(entries: list[Entry]) -> tuple[Entry, ...]:
    """The entries, where some have an instant and others not, with instants that do not run backwards.

    An entry without one was recorded with the nearest entry above that has one, if what it tells had
    happened by then; else no later than the next one below; else it is recorded now, and so is the rest.
    """
    below: list[dt.datetime | None] = [None] * (len(entries) + 1)
    for number in range(len(entries) - 1, -1, -1):
        below[number] = entries[number].recorded_at or below[number + 1]
    filled: list[Entry] = []
    above: dt.datetime | None = None
    now = False
    for entry, following in zip(entries, below, strict=False):
        at = entry.recorded_at
        if at is None and not now:
            at = above if above and _had_happened(entry.event, above) else following
        now = at is None
        above = at or above
        filled.append(attrs.evolve(entry, recorded_at=at, is_told=entry.recorded_at is not None))
    return tuple(filled)


def _had_happened(event: Event, by: dt.datetime) -> bool:
    try:
        Recorded("journal", 1, by.astimezone(dt.UTC), "journal", event)
    except (Malformed, OverflowError):
        return False
    return True


def _not_an_event(kind: object) -> str:
    if kind is None:
        return "is missing"
    if not isinstance(kind, str):
        return "is not the name of an event"
    return f"{shortened(kind, 80)!r} is not an event; {_hint(kind[:80])}"


@lru_cache
def _hint(kind: str) -> str:
    near = difflib.get_close_matches(kind, shape.ENTRIES, n=1)
    return f"is {near[0]} meant?" if near else f"those are {', '.join(shape.ENTRIES)}"


def _event_tables(table: dict[str, Any], problems: Problems) -> list[tuple[Path, dict[str, Any]]]:
    found = table.get("event", [])
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        problems.add(("event",), "not a list of [[event]] tables")
        return []
    return [(("event", number), entry) for number, entry in enumerate(found)]


def _sources(table: dict[str, Any], problems: Problems) -> dict[str, shape.SourceTable]:
    found = table.get("sources", {})
    if not isinstance(found, dict):
        problems.add(("sources",), "not a table of sources")
        return {}
    sources = {}
    for key, value in found.items():
        source = read_table(value, shape.SourceTable, ("sources", key), problems)
        # A source with errors is still a source: an event that names it is not at fault.
        sources[key] = source or shape.SourceTable(publisher="unreadable")
    return sources


def _entry(
    event: Event | None, path: Path, recorded_at: dt.datetime | None, problems: Problems
) -> list[Entry]:
    if event is None:
        return []
    if recorded_at is not None:
        try:
            Recorded("journal", 1, recorded_at.astimezone(dt.UTC), "journal", event)
        except (Malformed, OverflowError) as error:
            problems.add((*path, "recorded_at"), str(error))
    return [Entry(line_of(problems.lines, path), event, recorded_at)]


def _check_instants(instants: list[_Instant], problems: Problems) -> None:
    last: dt.datetime | None = None
    for path, instant in instants:
        if instant is None:
            continue
        if last and instant < last:
            problems.add((*path, "recorded_at"), f"{instant} is before an entry above it, of {last}")
        last = max(last or instant, instant)


def _decoded(content: bytes, name: str) -> str:
    if len(content) > LARGEST_FILE:
        raise MalformedFile([Problem(name, 1, "", f"larger than {LARGEST_FILE:,} bytes")])
    try:
        return content.decode("utf-8").removeprefix("\ufeff")  # which some editors put first
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise MalformedFile([Problem(name, line, "", "not UTF-8")]) from error


def _parsed(text: str, name: str) -> tuple[dict[str, Any], dict[Path, int]]:
    if beyond := passed(text):
        line, reason = beyond
        raise MalformedFile([Problem(name, line, "", reason)])
    try:
        return tomllib.loads(text), locate(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        found = re.search(r" \(at line (\d+), column \d+\)$", message)
        line = int(found[1]) if found else text.count("\n") + 1
        reason = message[: found.start()] if found else message
        raise MalformedFile([Problem(name, line, "", f"not TOML: {reason}")]) from error
