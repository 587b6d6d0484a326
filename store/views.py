"""Views: what projections answer, kept as tables. The one rule: rows and position change in one transaction.

A view has a table of rows, which any program may read, and a line in the table of builds, which says as of
which position. While it is built anew, that goes on in tables beside it (the *next* stage), which take the
place of the current ones when they are whole. What the rows say is the projections' business.
"""

# ruff: noqa: S608  # the only names in these statements are those of our own tables

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import attrs

from reciprocity.store import sqlite
from reciprocity.store.errors import Unreadable
from reciprocity.store.log import missing
from reciprocity.store.reading import OneHistory, Reading
from reciprocity.store.view_builds import Build, Digest, Overtaken, digest_of
from reciprocity.store.view_sqlite import SQLiteViews
from reciprocity.store.view_tables import BUILDS, UNREADABLE, Stage, View, plain

if TYPE_CHECKING:
    from reciprocity.store.reading import Stored
    from reciprocity.store.view_builds import Told
    from reciprocity.store.view_tables import Cursor, Dialect, Line
    from reciprocity.store.wire import Wire

_OF_STAGE = "WHERE view=? AND stage=?"
_AS_SEEN = f"{_OF_STAGE} AND build=? AND steps=?"


class Views:
    """The views in the database of a register; see `Register.views`."""

    def __init__(self, recorder: Stored, wire: Wire, dialect: Dialect) -> None:
        self._recorder = recorder
        self._wire = wire
        self._dialect = dialect
        self._builds = dialect.name(BUILDS.name)
        self._marks = dialect.name(UNREADABLE.name)
        self._are_there = False

    # What is there.

    def builds(self, view: View) -> dict[Stage, Build]:
        """How far a view has come: as readers see it, if they do, and as it is being built, if it is."""
        with self._reading() as cursor:
            return self._find(cursor, view) if cursor else {}

    @contextmanager
    def rows(self, view: View) -> Iterator[tuple[Build, Iterator[Line]] | None]:
        """The rows of a view as readers see it, each led by its agreement.

        ``None`` if it was never built, or by another release.
        """
        with self._reading() as cursor:
            build = self._find(cursor, view).get(Stage.CURRENT) if cursor else None
            if cursor and build and build.is_of_this_release:
                yield build, self._rows(cursor, build)
            else:
                yield None

    def digest(self, build: Build) -> Digest:
        """What a build comes to.

        Raises:
            Overtaken: it has gone on, or is no more.
        """
        with self._held(build) as cursor:
            return digest_of(self._rows(cursor, build))

    # What is read to tell more.

    def batch(self, build: Build, *, up_to: int, agreements: int) -> Batch:
        """What was recorded after the position of a build: *up_to* another, or of so many agreements."""
        return Batch(self, build, self._recorder, self._wire, up_to=up_to, agreements=agreements)

    def history(self, agreement_id: str, *, up_to: int) -> Reading:
        """The history of one agreement, up to a position."""
        return Reading(OneHistory(self._recorder, agreement_id), self._wire, up_to=up_to)

    def kept(self, build: Build, agreements: Iterable[str]) -> dict[str, tuple[int, bytes]]:
        """What is kept of these agreements, and after which version of each.

        Raises:
            Overtaken: the build has gone on, or is no more.
        """
        table = self._dialect.name(build.view.kept(build.stage).name)
        asked = f"SELECT agreement, version, state FROM {table} WHERE agreement {self._dialect.any_of}"
        with self._held(build) as cursor:
            found = list(cursor.execute(asked, [self._dialect.listed(list(agreements))]))
        if any(tuple(map(type, row)) != (str, int, bytes) for row in found):
            raise Unreadable(f"{table}: holds what no build of {build.view.name} does")
        return {agreement: (version, state) for agreement, version, state in found}

    # What is written.

    def begin(self, view: View, *, position: int, through: str | None, seen: Build | None) -> Build:
        """Begin to build a view beside the current one, in the place of the build that was *seen* there.

        Raises:
            Overtaken: another projector has begun meanwhile.
        """
        build = uuid.uuid4().hex
        new = Build(view, Stage.NEXT, position, None, view.definition, build, 0, through)
        with self._writing() as cursor:
            if seen is not None:
                cursor.execute(f"DELETE FROM {self._builds} {_AS_SEEN}", _seen(seen))
            values = [*_place(new), position, None, None, new.definition, build, 0, through]
            insert = f"INSERT INTO {self._builds} VALUES (?,?,?,?,?,?,?,?,?) ON CONFLICT DO NOTHING"
            _change_one(cursor, insert, values)
            cursor.execute(f"DELETE FROM {self._marks} {_OF_STAGE}", _place(new))
            for table in view.tables(Stage.NEXT):
                cursor.execute(f"DROP TABLE IF EXISTS {self._dialect.name(table.name)}")
                cursor.execute(self._dialect.definition(table))
        return new

    def write(
        self, build: Build, told: Sequence[Told], *, position: int, through: str | None = None
    ) -> Build:
        """Put what is told of some agreements in the place of what was, and go on to *position*.

        Raises:
            Overtaken: the build has gone on meanwhile, or is no more.
        """
        readable = [one.agreement for one in told if one.unreadable is None]
        marked = {one.agreement: one.unreadable for one in told if one.unreadable is not None}
        steps, unreadable = build.steps + 1, {**build.unreadable, **marked}
        with self._writing() as cursor:
            changes = "position=?, lines=NULL, sha256=NULL, steps=?, through=?"
            claim = f"UPDATE {self._builds} SET {changes} {_AS_SEEN}"
            _change_one(cursor, claim, [position, steps, through, *_seen(build)])
            self._put(cursor, build, told)
            for agreement in unreadable.keys() & set(readable):
                cursor.execute(
                    f"DELETE FROM {self._marks} {_OF_STAGE} AND agreement=?", [*_place(build), agreement]
                )
                del unreadable[agreement]
            self._dialect.put(cursor, UNREADABLE, [(*_place(build), *mark) for mark in marked.items()])
        return attrs.evolve(
            build, position=position, digest=None, steps=steps, through=through, unreadable=unreadable
        )

    def take_the_place(self, build: Build, digest: Digest, *, of: Build | None = None) -> Build:
        """Let readers see a build that is whole, and comes to *digest*, instead of the current one.

        The current one may be ahead of it only if it is the one named: it was seen to be ahead of the log.

        Raises:
            Overtaken: the build has gone on meanwhile, or is no more; or the current one is ahead of it.
        """
        after = attrs.evolve(build, stage=Stage.CURRENT, digest=digest, steps=build.steps + 1)
        with self._writing() as cursor:
            claim = f"UPDATE {self._builds} SET lines=?, sha256=?, steps=? {_AS_SEEN}"
            _change_one(cursor, claim, [digest.lines, digest.sha256, after.steps, *_seen(build)])
            if before := self._find(cursor, build.view).get(Stage.CURRENT):
                older = f"DELETE FROM {self._builds} {_OF_STAGE} AND (position<=? OR (build=? AND steps=?))"
                named = [of.build, of.steps] if of else [None, None]
                _change_one(cursor, older, [*_place(before), build.position, *named])
            cursor.execute(f"DELETE FROM {self._marks} {_OF_STAGE}", _place(after))
            for table in (self._builds, self._marks):
                moved = f"UPDATE {table} SET stage=? {_OF_STAGE}"
                cursor.execute(moved, [after.stage.value, *_place(build)])
            alike = before is not None and before.definition == build.definition
            self._dialect.take_the_place(cursor, build.view, alike=alike)
        return after

    def stamp(self, build: Build, digest: Digest) -> None:
        """Note what a build comes to, unless it has gone on since."""
        with self._writing() as cursor:
            noted = f"UPDATE {self._builds} SET lines=?, sha256=? {_AS_SEEN}"
            cursor.execute(noted, [digest.lines, digest.sha256, *_seen(build)])

    def _put(self, cursor: Cursor, build: Build, told: Sequence[Told]) -> None:
        dialect, view = self._dialect, build.view
        rows, kept = view.rows(build.stage), view.kept(build.stage)
        lines = ((one.agreement, nth, *line) for one in told for nth, line in enumerate(one.rows, start=1))
        dialect.put(cursor, rows, lines)
        surplus = f"DELETE FROM {dialect.name(rows.name)} WHERE agreement=? AND nth>?"
        cursor.executemany(surplus, [(one.agreement, len(one.rows)) for one in told])
        if view.keeps:
            going_on = [(one.agreement, one.version, one.state) for one in told if one.state is not None]
            dialect.put(cursor, kept, going_on)

    def _find(self, cursor: Cursor, view: View) -> dict[Stage, Build]:
        try:
            columns = ", ".join(column.name for column in BUILDS.columns[1:])
            found: dict[Stage, Build] = {}
            for stage, position, lines, sha256, *rest in cursor.execute(
                f"SELECT {columns} FROM {self._builds} WHERE view=?", [view.name]
            ):
                known = None if sha256 is None else Digest(lines, sha256)
                found[Stage(stage)] = Build(view, Stage(stage), position, known, *rest)
            for stage, agreement, reason in cursor.execute(
                f"SELECT stage, agreement, reason FROM {self._marks} WHERE view=?", [view.name]
            ):
                if type(agreement) is not str or type(reason) is not str:
                    raise TypeError(reason)  # noqa: TRY301  # as a build does that is none
                found[Stage(stage)].unreadable[agreement] = reason
        except (KeyError, TypeError, ValueError) as error:
            raise Unreadable(f"{self._builds}: holds what no build of {view.name} does") from error
        return found

    def _rows(self, cursor: Cursor, build: Build) -> Iterator[Line]:
        table = build.view.rows(build.stage)
        columns = [column for column in table.columns if column.name != "nth"]
        names = ", ".join(column.name for column in columns)
        asked = f"SELECT {names} FROM {self._dialect.name(table.name)} ORDER BY agreement, nth"
        try:
            yield from plain(columns, self._dialect.stream(cursor, asked))
        except (AttributeError, TypeError) as error:
            raise Unreadable(f"{table.name}: holds what no row of {build.view.name} does") from error

    @contextmanager
    def _reading(self) -> Iterator[Cursor | None]:
        """A cursor; ``None`` if no view has ever been built here."""
        with self._dialect.reading() as cursor:
            self._are_there = self._are_there or self._dialect.are_there(cursor)
            yield cursor if self._are_there else None

    @contextmanager
    def _held(self, build: Build) -> Iterator[Cursor]:
        """A cursor that reads, while nobody writes to a build."""
        with self._dialect.holding() as cursor:
            seen = f"SELECT 1 FROM {self._builds} {_AS_SEEN} {self._dialect.hold}"
            if not list(cursor.execute(seen, _seen(build))):
                raise Overtaken("another projector was first")
            yield cursor

    @contextmanager
    def _writing(self) -> Iterator[Cursor]:
        with self._dialect.writing() as cursor:
            if not self._are_there:
                self._dialect.make_room(cursor)
            yield cursor
        self._are_there = True


def dialect_of(recorder: Stored) -> Dialect:
    """How the database of a recorder keeps views."""
    if isinstance(recorder, sqlite.Recorder):
        return SQLiteViews(recorder.datastore)
    from reciprocity.store import postgres  # noqa: PLC0415  # only who has a server needs its driver
    from reciprocity.store.view_postgres import PostgresViews  # noqa: PLC0415

    if isinstance(recorder, postgres.Recorder):
        return PostgresViews(recorder.datastore)
    raise TypeError(f"{type(recorder).__name__} keeps no views")


class Batch(Reading):
    """What was recorded after the position of a build, and what the build keeps of those agreements.

    *states* has what is kept of each, as soon as the first event of it is read.
    """

    def __init__(
        self, views: Views, build: Build, recorder: Stored, wire: Wire, *, up_to: int, agreements: int
    ) -> None:
        super().__init__(recorder, wire, after=build.position, up_to=up_to, agreements=agreements)
        self.states: dict[str, bytes] = {}
        self.unreadable = build.unreadable
        self._views = views
        self._build = build

    def begins(self, first: dict[str, int]) -> None:
        """Get what is kept of these agreements: it must be of the version before."""
        if not self._build.view.keeps:
            return
        kept = self._views.kept(self._build, first) if self._build.position else {}
        for agreement, version in first.items():
            known, state = kept.get(agreement, (0, None))
            if agreement not in self.unreadable and version != known + 1:
                raise missing(agreement, known + 1, version)
            if state is not None:
                self.states[agreement] = state


def _place(build: Build) -> list[Any]:
    return [build.view.name, build.stage.value]


def _seen(build: Build) -> list[Any]:
    return [*_place(build), build.build, build.steps]


def _change_one(cursor: Cursor, statement: str, parameters: Sequence[Any]) -> None:
    cursor.execute(statement, parameters)
    if cursor.rowcount != 1:
        raise Overtaken("another projector was first")
