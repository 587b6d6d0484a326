"""Taking in: a file of event lines becomes part of a register. The one rule: all of it, or none of it.

Every line is read and every error is reported, with file, line, field and reason. Only a file that is
sound, in order and lawful is written, in one transaction.
"""

from __future__ import annotations

import datetime as dt
from typing import IO, TYPE_CHECKING, Any

import attrs

from reciprocity.domain import Agreement, ReciprocityError, Recorded, evolve, judge, violations
from reciprocity.replay.event_lines import CLOUDEVENTS, ENVELOPE, JSONL, EventFormat
from reciprocity.replay.problems import Problems
from reciprocity.replay.record import difference
from reciprocity.replay.strict_json import NotStrict, check_size, parse
from reciprocity.store import WIRE, CommandTaken, Differs, Register, Wire, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 2 * 1024 * 1024
"""Bytes. No event of a journal, which is at most half a MiB long as a whole, comes to so much."""


@attrs.frozen
class Told:
    """A file's events; ``lines`` has, for each, the line on which it stands."""

    file: str
    events: tuple[Recorded, ...]
    lines: tuple[int, ...]

    def place(self, event: Recorded) -> str:
        """Where *event* stands: ``exchange.jsonl:3``."""
        return f"{self.file}:{self.lines[self.events.index(event)]}"


class RefusedFile(ReciprocityError):
    """Events of a file break rules; nothing of the file was recorded."""


class ContradictingFile(ReciprocityError):
    """A file tells otherwise what is stored; nothing of it was recorded."""


def take_in(register: Register, told: Told) -> int:
    """Add to *register* what the file tells and is not yet stored; how many events that was.

    Raises:
        ContradictingFile: naming the first event that differs from what is stored.
        OutOfOrder, Conflict: see `Register.take_over`.
    """
    try:
        return register.take_over(told.events)
    except Differs as differs:
        stored = differs.stored
        raise ContradictingFile(
            f"{told.place(differs.given)}: contradicts what is stored as version {stored.version} of "
            f"{stored.agreement_id} ({name_of(stored.event)}): {_difference(stored, differs.given)}"
        ) from differs
    except CommandTaken as taken:
        where = f"{told.place(taken.given)}: " if taken.given else ""
        raise ContradictingFile(f"{where}{taken}") from taken


def read_events(
    file: IO[bytes], name: str, form: EventFormat | None = None, *, now: dt.datetime, wire: Wire = WIRE
) -> Told:
    """The events of a file; *form* is guessed from the first line if it is not given.

    Raises:
        MalformedFile: with every error in it, by line and field.
        RefusedFile: with every event that breaks rules.
    """
    told = read_lines(file, name, form, now=now, wire=wire)
    if broken := list(_unlawful(told)):
        raise RefusedFile("\n".join(broken))
    return told


def read_lines(
    file: IO[bytes], name: str, form: EventFormat | None = None, *, now: dt.datetime, wire: Wire = WIRE
) -> Told:
    """The same, whether the events break rules or not.

    Raises:
        MalformedFile: with every error in it, by line and field.
    """
    reading = _Reading(Problems(name, {}), form, now, wire)
    for number, line in _numbered(file):
        reading.take(number, line)
        if len(line) > LONGEST_LINE:
            break  # it may have no end
    reading.problems.raise_if_any()
    return Told(name, tuple(reading.events), tuple(reading.lines))


def _numbered(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    """Each line with its number; of one that is too long so much that this can be seen."""
    return enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), start=1)


@attrs.define
class _Reading:
    """A file so far: its sound events, and what every line must follow on."""

    problems: Problems
    form: EventFormat | None
    now: dt.datetime
    wire: Wire
    events: list[Recorded] = attrs.field(factory=list)
    lines: list[int] = attrs.field(factory=list)
    due: dict[str, set[int]] = attrs.field(factory=dict)  # by agreement: which version comes next
    instants: dict[str, dt.datetime] = attrs.field(factory=dict)  # by agreement: its latest
    commands: dict[str, tuple[str, int]] = attrs.field(factory=dict)  # by id: the last event of each
    gaps: bool = False  # whether a line could not be placed, so that a version may be missing

    def take(self, number: int, line: bytes) -> None:
        self.problems.lines = {(): number}
        mark = self.problems.count
        try:
            _check_size(line)
            if (sound := self._as_written(line)) is not None and self.form is not None:
                self._place(self.form, {name: getattr(sound, name) for name in ENVELOPE})
                self._add(number, sound, mark)
                return
            found = self._parsed(line)
        except NotStrict as error:
            self.problems.add((), str(error))
            self.gaps = True
            return
        if self.form is None:
            self.form = CLOUDEVENTS if isinstance(found, dict) and "specversion" in found else JSONL
        envelope, recorded = self.form.read(found, self.problems, self.wire)
        self._place(self.form, envelope)
        if recorded is not None:
            self._add(number, recorded, mark)

    def _add(self, number: int, recorded: Recorded, mark: int) -> None:
        """Keep a sound event, unless its line was found not to follow on those above."""
        if self.problems.count == mark:
            self.events.append(recorded)
            self.lines.append(number)

    def _place(self, form: EventFormat, envelope: dict[str, Any]) -> None:
        """Check what a line must follow on, as far as its envelope is sound."""
        if not {"agreement_id", "version"} <= envelope.keys():
            self.gaps = True
            return
        agreement_id = envelope["agreement_id"]
        version = self._check_version(form, agreement_id, envelope["version"])
        if "recorded_at" in envelope:
            self._check_instant(form, agreement_id, envelope["recorded_at"])
        if "command_id" in envelope:
            self._check_command(form, envelope["command_id"], (agreement_id, version))

    def _as_written(self, line: bytes) -> Recorded | None:
        """The event of a line in which nothing needs to be looked for, because it is just as we write it."""
        if self.form is None:
            return None
        return self.form.read_as_written(line.removesuffix(b"\n"), self.wire)

    def _parsed(self, line: bytes) -> object:
        if not line.strip():
            raise NotStrict("an empty line")
        return parse(line)

    def _check_version(self, form: EventFormat, agreement_id: str, version: int) -> int:
        """The version that the line most likely has: a wrong one leaves open which comes next."""
        due = self.due.get(agreement_id, {1})
        if version in due or (self.gaps and version > min(due)):
            self.due[agreement_id] = {version + 1}
            return version
        self.problems.add((form.key("version"),), f"{version} stands where version {min(due)} is due")
        self.due[agreement_id] = {version + 1, min(due) + 1}
        return min(due)

    def _check_instant(self, form: EventFormat, agreement_id: str, at: dt.datetime) -> None:
        path = (form.key("recorded_at"),)
        if at.tzinfo is None:
            return  # which the event itself does not allow
        last = self.instants.get(agreement_id, at)
        if at < last:
            self.problems.add(path, f"{at} is before the agreement's event above it, of {last}")
        if at > self.now:
            self.problems.add(path, f"{at} is ahead of the clock, {self.now}")
        else:
            self.instants[agreement_id] = max(at, last)

    def _check_command(self, form: EventFormat, by: str, here: tuple[str, int]) -> None:
        if by in self.commands and not self.gaps and self.commands[by] != (here[0], here[1] - 1):
            before = "version {1} of {0}".format(*self.commands[by])
            path = (form.key("command_id"),)
            self.problems.add(path, f"{by!r} recorded {before}, which is not just before")
        self.commands[by] = here


def _check_size(line: bytes) -> None:
    if len(line) > LONGEST_LINE:
        raise NotStrict(f"longer than {LONGEST_LINE:,} bytes")
    check_size(line)


def _unlawful(told: Told) -> Iterator[str]:
    agreements: dict[str, Agreement] = {}
    for recorded, line in zip(told.events, told.lines, strict=True):
        before = agreements.get(recorded.agreement_id) or Agreement(recorded.agreement_id)
        after = agreements[recorded.agreement_id] = evolve(before, recorded.event)
        if broken := violations(judge(before, recorded.event, after)):
            yield f"{told.file}:{line}: refused:" + "".join(f"\n  {violation}" for violation in broken)


def _difference(stored: Recorded, given: Recorded) -> str:
    if stored.event != given.event:
        return difference(stored.event, given.event)
    names = ("recorded_at", "command_id", "clock_at")
    name = next(name for name in names if getattr(stored, name) != getattr(given, name))
    return f"{name} is {getattr(stored, name)} there, {getattr(given, name)} here"
