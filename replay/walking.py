"""Walking: once through a store as it is, for all that is wrong with it. The one rule: it goes on.

Everything that a register would refuse to read is a finding here. The tree over the rows is made in the same
pass, so that what is sealed is what was looked at.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias, TypeVar

from reciprocity.domain import Recorded, Verdict
from reciprocity.projections import Verdicts
from reciprocity.replay import observations, wording
from reciprocity.replay.findings import Found
from reciprocity.replay.language import say, spoken
from reciprocity.store import Busy, ConnectionLost, StoreError, Unreadable
from reciprocity.store.inspection import Hole, rows_and_holes
from reciprocity.store.merkle import Tree
from reciprocity.store.seals import hash_of_any, leaf_hashes

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reciprocity.store import Wire
    from reciprocity.store.inspection import Command, Inspected
    from reciprocity.store.log import Row
    from reciprocity.store.reading import Stored

T = TypeVar("T")

UNREADABLE = 0
"""Where no event is: positions begin with 1."""

Watched: TypeAlias = "dict[int, tuple[Row, str]]"
"""Rows that are not as listed, by position, and what each says now."""


class Walk:
    """What is found in the rows of a log up to a position, and the roots of the trees over them.

    The root of *sizes* is that over the rows up to the position. *listed* has the hashes that rows are to
    have, the one at position 1 first.
    """

    def __init__(
        self, recorder: Inspected, wire: Wire, *, sizes: Iterable[int], listed: Sequence[bytes] = ()
    ) -> None:
        self._wire = wire
        self.found: list[Found] = []
        """All that is wrong, in the order of the log."""
        self.roots: dict[int, tuple[int, bytes]] = {}
        """How many rows there are up to a position, and the root over them."""
        self.otherwise: Watched = {}
        self.unlisted: set[int] = set()
        """Positions that are listed, and have no row."""
        self.last = 0
        self._recorder = recorder
        self._tree = Tree()
        self._sizes = sorted(set(sizes))
        self._listed = listed
        self._versions: dict[str, int] = {}
        self._instants: dict[str, dt.datetime] = {}
        self._broken: set[str] = set()
        self._unread: set[tuple[str, int]] = set()
        self._commands: dict[str, tuple[str, int]] = {}  # the agreement, and the first version
        self._last_command: dict[str, str] = {}
        self._verdicts = Verdicts()
        self._judged = self._verdicts.initial()

    def go(self) -> None:
        """Go through all of it, once."""
        self.found += [Found("file", line) for line in self._told(self._recorder.damage)]
        commands = self._told(self._recorder.commands)  # before the log: none of its events' is missing
        given, last = self._recorder.positions()
        if given != last:
            self.found.append(Found("cut-off", _counter(given, last), position=last + 1))
        for part in rows_and_holes(self._recorder, up_to=last):
            if isinstance(part, Hole):
                self._gap(part.first)
                self.found.append(Found("unreadable", part.reason, position=part.first))
                self.last = part.last
            else:
                self._hash(part)
                for row in part:
                    self._look(row)
        self._reach(None)
        self.unlisted |= set(range(self.last + 1, len(self._listed) + 1))
        self.found += [
            Found("rule", observations.finding(row.finding), row.position, row.agreement, row.version)
            for row in self._verdicts.rows(self._judged)
            if row.finding.verdict is Verdict.VIOLATED
        ]
        if commands:
            self.found += self._wrong_commands(commands)

    def _told(self, ask: Callable[[], Iterable[T]]) -> list[T]:
        """What is told; that it cannot be is a finding."""
        try:
            return list(ask())
        except (Busy, ConnectionLost):
            raise
        except StoreError as error:
            self.found.append(Found("file", str(error)))
            return []

    @property
    def size(self) -> int:
        """How many rows there are."""
        return self._tree.size

    @property
    def root(self) -> bytes:
        """The root over all rows."""
        return self._tree.root()

    def _hash(self, rows: list[Row]) -> None:
        try:
            hashes = leaf_hashes(rows)
        except Unreadable:
            hashes = [hash_of_any(row) for row in rows]
        done = 0
        while self._sizes and self._sizes[0] < rows[-1][0]:
            stop = next(n for n, row in enumerate(rows) if row[0] > self._sizes[0])
            self._tree.extend(hashes[done:stop])
            done = max(done, stop)
            self._reach(self._sizes[0])
        self._tree.extend(hashes[done:])
        for row, found in zip(rows, hashes, strict=True):
            if row[0] <= len(self._listed) and self._listed[row[0] - 1] != found:
                self.otherwise[row[0]] = (row, "")

    def _reach(self, size: int | None) -> None:
        """The tree is now that over the rows up to a position; ``None``, over all."""
        while self._sizes and (size is None or self._sizes[0] <= size):
            self.roots[self._sizes.pop(0)] = (self._tree.size, self._tree.root())

    def _gap(self, position: int) -> None:
        """Note what lies between the last position and the next."""
        first, last = self.last + 1, position - 1
        if first <= last:
            some = (
                say("nothing is here: deleted, or never recorded")
                if first == last
                else say("nothing is here, up to position {last}: deleted, or never recorded", last=str(last))
            )
            self.found.append(Found("missing", some, position=first))
            self.unlisted |= set(range(first, min(last, len(self._listed)) + 1))
        self.last = position

    def _look(self, row: Row) -> None:
        position, agreement, version, topic, state = row
        self._gap(position)
        try:
            if version < 1:
                raise Unreadable(f"version {version!r} is none")  # noqa: TRY301  # as if decoding had
            recorded: Recorded | None = self._wire.decode(agreement, version, topic, state, position)
        except (Unreadable, TypeError, AttributeError) as error:
            self.found.append(Found("unreadable", _reason(error), position, agreement, version))
            self._broken.add(agreement)
            self._unread.add((agreement, version))
            recorded = None
        if recorded is not None:
            self._ask(recorded)
        if position in self.otherwise:
            says = wording.event(recorded.event) if recorded else f"{state!r}"[:200]
            self.otherwise[position] = (row, f"{topic}: {says}")
        self._follows(row)

    def _follows(self, row: Row) -> None:
        position, agreement, version, _, _ = row
        last = self._versions.get(agreement, 0)
        if version != last + 1:
            self._broken.add(agreement)
            reason = (
                say("version {version} is missing before it", version=str(last + 1))
                if last
                else say("the first version is missing before it")
            )
            self.found.append(Found("missing", reason, position, agreement, version))
        self._versions[agreement] = version

    def _ask(self, recorded: Recorded) -> None:
        """What depends on what the event says."""
        agreement, version = recorded.agreement_id, recorded.version
        place = (recorded.position, agreement, version)
        before = self._instants.get(agreement)
        if before is not None and recorded.recorded_at < before:
            instants = {"instant": str(recorded.recorded_at), "other": str(before)}
            self.found.append(
                Found("order", say("recorded at {instant}, before {other}", **instants), *place)
            )
        self._instants[agreement] = recorded.recorded_at
        by = recorded.command_id
        begun = self._commands.setdefault(by, (agreement, version))
        # What was deleted or cannot be read in between may have been the same command's.
        goes_on = begun[0] == agreement and self._last_command.get(agreement) == by
        if begun != (agreement, version) and not goes_on:
            reason = say(
                "{command} has recorded {agreement} version {version} before",
                command=by,
                agreement=begun[0],
                version=str(begun[1]),
            )
            self.found.append(Found("command", reason, *place))
        self._last_command[agreement] = by
        if agreement not in self._broken and version == self._versions.get(agreement, 0) + 1:
            self._judged = self._verdicts.apply(self._judged, recorded)

    def _wrong_commands(self, rows: Sequence[Command]) -> Iterator[Found]:
        """Rows of the table of commands that no event bears out, and events without one."""
        for by, agreement, first in rows:
            known = self._commands.pop(by, None)
            if (agreement, first) in self._unread:
                continue
            if known is not None and known != (agreement, first):
                told = say(
                    "the table of commands has {command} at {agreement} version {version}; "
                    "its events begin here",
                    command=str(by),
                    agreement=str(agreement),
                    version=str(first),
                )
                yield Found("command", told, None, *known)
            elif known is None and not self._is_later(agreement, first):
                told = say("no event is recorded by {command}", command=str(by))
                yield Found("command", told, None, agreement, first)
        for by, (agreement, first) in self._commands.items():
            told = say("{command} is not in the table of commands", command=str(by))
            yield Found("command", told, None, agreement, first)

    def _is_later(self, agreement: str, version: object) -> bool:
        """Whether the event of a command was recorded since; or is where nothing can be read."""
        if not isinstance(version, int):
            return False
        place = place_of(self._recorder, agreement, version)
        return place is not None and (place > self.last or place == UNREADABLE)


def place_of(recorder: Stored, agreement: str, version: int) -> int | None:
    """The position at which a version of an agreement is; `UNREADABLE`, if the database cannot say."""
    try:
        rows = recorder.select_history(agreement, after=version - 1, up_to=version)
    except (Busy, ConnectionLost):
        raise
    except StoreError:
        return UNREADABLE
    return rows[0][0] if rows else None


def _counter(given: int, last: int) -> str:
    numbers = {"given": spoken().number(given), "last": spoken().number(last)}
    if given > last:
        return say(
            "{given} positions were given, by the store's own count; the last that is here is {last}",
            **numbers,
        )
    return say("the store's own count of positions is {given}, but there are events up to {last}", **numbers)


def _reason(error: Exception) -> str:
    """What is said of a row, without its place: a finding has that already."""
    return str(error.__cause__ or error)
