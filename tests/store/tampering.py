"""Tampering: what someone with the file, or the rights of the server's owner, may do to a log.

Each kind is done at a position, in SQL that both kinds of store understand. Whoever tampers knows the store:
counters are brought in line, and texts stay such as the register itself would write, where that can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from functools import partial
from typing import Any, TypeAlias, cast

import attrs

from reciprocity.store import Register
from tests import stores

Do: TypeAlias = Callable[..., list[Any]]


@attrs.frozen
class Victim:
    """A store that is tampered with: how its database is told, and what it calls the position."""

    do: Do
    position: str

    def __call__(self, statement: str, *parameters: object) -> list[Any]:
        return self.do(statement.replace("POSITION", self.position), parameters)

    def row(self, at: int) -> tuple[str, int, str, bytes]:
        """A row as it is."""
        [row] = self(f"SELECT {_COLUMNS} FROM stored_events WHERE POSITION=?", at)  # noqa: S608  # constants
        return cast("tuple[str, int, str, bytes]", (*row[:3], bytes(row[3])))

    def last(self) -> int:
        """The last position that is there."""
        [(last,)] = self("SELECT coalesce(max(POSITION), 0) FROM stored_events")
        return int(last)

    def count(self) -> None:
        """Bring the store's own count of positions in line with what is there."""
        last = self.last()
        if self.position == "rowid":
            self("UPDATE sqlite_sequence SET seq=? WHERE name='stored_events'", last)
        else:
            self("UPDATE store SET last_position=?", last)


_COLUMNS = "originator_id, originator_version, topic, state"


def victim(url: str) -> Victim:
    """The store at *url*, in a file or on a server."""
    return Victim(partial(stores.execute, url), "rowid" if url.startswith("sqlite") else "notification_id")


def victim_of(register: Register) -> Victim:
    """A register's store in memory."""
    recorder = cast("Any", register.recorder)

    def do(statement: str, parameters: Sequence[object] = ()) -> list[Any]:
        with recorder.datastore.transaction(commit=True) as cursor:
            cursor.sqlite_cursor.row_factory = None
            return cast("list[Any]", cursor.sqlite_cursor.execute(statement, parameters).fetchall())

    return Victim(do, "rowid")


def _edit_byte(of: Victim, at: int) -> None:
    state = bytearray(of.row(at)[3])
    state[len(state) // 2] ^= 1
    of("UPDATE stored_events SET state=? WHERE POSITION=?", bytes(state), at)


def _edit_text(of: Victim, at: int) -> None:
    """Another instant, as the register would write it."""
    state = of.row(at)[3]
    place = state.rindex(b'"recorded_at":"') + len(b'"recorded_at":"2025-05-16T18:00:')
    digit = b"1" if state[place : place + 1] == b"0" else b"0"
    edited = state[:place] + digit + state[place + 1 :]
    of("UPDATE stored_events SET state=? WHERE POSITION=?", edited, at)


def _edit_agreement(of: Victim, at: int) -> None:
    of("UPDATE stored_events SET originator_id='another' WHERE POSITION=?", at)


def _edit_version(of: Victim, at: int) -> None:
    of("UPDATE stored_events SET originator_version=originator_version+1000 WHERE POSITION=?", at)


def _edit_topic(of: Victim, at: int) -> None:
    topic = "agreement-resumed/1" if of.row(at)[2] != "agreement-resumed/1" else "agreement-suspended/1"
    of("UPDATE stored_events SET topic=? WHERE POSITION=?", topic, at)


def _edit_schema(of: Victim, at: int) -> None:
    of("UPDATE stored_events SET topic=? WHERE POSITION=?", of.row(at)[2] + "1", at)


def _insert(of: Victim, at: int) -> None:
    """The same fact twice, told of another agreement; what comes later makes room."""
    _, _, topic, state = of.row(at)
    _shift(of, at, 1)
    _put(of, at, ("inserted", 1, topic, state))
    of.count()


def _delete(of: Victim, at: int) -> None:
    of("DELETE FROM stored_events WHERE POSITION=?", at)
    of.count()


def _delete_and_close(of: Victim, at: int) -> None:
    """Without leaving a gap."""
    of("DELETE FROM stored_events WHERE POSITION=?", at)
    _shift(of, at + 1, -1)
    of.count()


def _swap(of: Victim, at: int) -> None:
    """With the next, or the one before."""
    with_it = at + 1 if at < of.last() else at - 1
    of("UPDATE stored_events SET POSITION=-1 WHERE POSITION=?", at)
    of("UPDATE stored_events SET POSITION=? WHERE POSITION=?", at, with_it)
    of("UPDATE stored_events SET POSITION=? WHERE POSITION=-1", with_it)


def _cut(of: Victim, at: int) -> None:
    """The tail from there on, with its commands."""
    of(
        "DELETE FROM commands WHERE (originator_id, first_version) IN"
        " (SELECT originator_id, originator_version FROM stored_events WHERE POSITION>=?)",
        at,
    )
    of("DELETE FROM stored_events WHERE POSITION>=?", at)
    of.count()


def _replace(of: Victim, at: int) -> None:
    """The log from there on, by another that is as long."""
    of("UPDATE stored_events SET originator_id=originator_id || '-2' WHERE POSITION>=?", at)


def _edit_position(of: Victim, at: int) -> None:
    """To behind the last, which leaves a gap."""
    of("UPDATE stored_events SET POSITION=? WHERE POSITION=?", of.last() + 1, at)
    of.count()


def _reorder(of: Victim, at: int) -> None:
    """To the end, or the last to the beginning; the others close up."""
    last = of.last()
    of("UPDATE stored_events SET POSITION=0 WHERE POSITION=?", at)
    if at < last:
        _shift(of, at + 1, -1)
    else:
        _shift(of, 1, 1)
    of("UPDATE stored_events SET POSITION=? WHERE POSITION=0", last if at < last else 1)


def _double(of: Victim, at: int) -> None:
    """The same fact again, as the next version of its agreement; what comes later makes room."""
    agreement, version, topic, state = of.row(at)
    _shift(of, at + 1, 1)
    _shift_versions(of, agreement, version + 1, 1)
    _put(of, at + 1, (agreement, version + 1, topic, state))
    of.count()


def _renumber(of: Victim, at: int) -> None:
    """Delete it with its command, and close the gap in positions, versions and commands."""
    agreement, version, _, _ = of.row(at)
    of("DELETE FROM commands WHERE command_id=?", _command(of, at))
    of("DELETE FROM stored_events WHERE POSITION=?", at)
    _shift(of, at + 1, -1)
    _shift_versions(of, agreement, version + 1, -1)
    of.count()


def _edit_command_id(of: Victim, at: int) -> None:
    """In the event, and in the table of commands."""
    before = _command(of, at)
    after = ("1" if before[0] != "1" else "2") + before[1:]
    state = of.row(at)[3].replace(before.encode(), after.encode(), 1)
    of("UPDATE stored_events SET state=? WHERE POSITION=?", state, at)
    of("UPDATE commands SET command_id=? WHERE command_id=?", after, before)


def _edit_command(of: Victim, at: int) -> None:
    of("UPDATE commands SET first_version=first_version+1000 WHERE command_id=?", _command(of, at))


def _give_command(of: Victim, at: int) -> None:
    """To another agreement."""
    of("UPDATE commands SET originator_id='another' WHERE command_id=?", _command(of, at))


def _rename_command(of: Victim, at: int) -> None:
    of("UPDATE commands SET command_id=? WHERE command_id=?", f"forged-{at}", _command(of, at))


def _delete_command(of: Victim, at: int) -> None:
    of("DELETE FROM commands WHERE command_id=?", _command(of, at))


def _insert_command(of: Victim, at: int) -> None:
    of("INSERT INTO commands VALUES (?,?,?)", f"forged-{at}", *of.row(at)[:2])


def _command(of: Victim, at: int) -> str:
    state = of.row(at)[3].decode()
    return state.removeprefix('{"command_id":"').partition('"')[0]


def _shift(of: Victim, first: int, by: int) -> None:
    """Move the positions from one on; in two steps, so that none is taken meanwhile."""
    of("UPDATE stored_events SET POSITION=-(POSITION+?) WHERE POSITION>=?", by, first)
    of("UPDATE stored_events SET POSITION=-POSITION WHERE POSITION<0")


def _shift_versions(of: Victim, agreement: str, first: int, by: int) -> None:
    """The same for the versions of an agreement, and where its commands begin."""
    ours = "WHERE originator_id=? AND"
    for table, version in (("stored_events", "originator_version"), ("commands", "first_version")):
        moved = f"UPDATE {table} SET {version}=-({version}+?) {ours} {version}>=?"  # noqa: S608  # constants
        of(moved, by, agreement, first)
        of(f"UPDATE {table} SET {version}=-{version} {ours} {version}<0", agreement)  # noqa: S608


def _put(of: Victim, at: int, row: tuple[str, int, str, bytes]) -> None:
    of(f"INSERT INTO stored_events (POSITION, {_COLUMNS}) VALUES (?,?,?,?,?)", at, *row)  # noqa: S608


KINDS: dict[str, Callable[[Victim, int], None]] = {
    "edit a byte": _edit_byte,
    "edit a text": _edit_text,
    "edit the agreement": _edit_agreement,
    "edit the version": _edit_version,
    "edit the name": _edit_topic,
    "edit the schema": _edit_schema,
    "insert": _insert,
    "delete": _delete,
    "delete and close the gap": _delete_and_close,
    "swap": _swap,
    "cut the tail": _cut,
    "replace the log": _replace,
    "edit the position": _edit_position,
    "reorder": _reorder,
    "double": _double,
    "renumber": _renumber,
    "edit the command's id": _edit_command_id,
    "edit a command": _edit_command,
    "give a command to another": _give_command,
    "rename a command": _rename_command,
    "delete a command": _delete_command,
    "insert a command": _insert_command,
}
"""Every kind of tampering: what it does to a store, at a position."""


def copies(path: Any, folder: Any) -> Iterator[str]:
    """The URL of one copy after another of the store at *path*."""
    content, copy = path.read_bytes(), folder / "copy.db"
    while True:
        for other in folder.glob("copy.db*"):
            other.unlink()
        copy.write_bytes(content)
        yield f"sqlite:///{copy}"


def settled(url: str) -> None:
    """Put all of a store into its one file, so that it can be copied."""
    with closing(Register.open(url)):
        stores.execute(url, "PRAGMA wal_checkpoint(TRUNCATE)")
