"""Rows of a SQLite file. The one rule: a value that is not of its column's kind is refused where it stands.

SQLite keeps any kind of value in any column, and texts that are none. A row is only passed on if each of its
values is what it must be; what it then says is judged by `wire`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

from reciprocity.domain.forms import is_agreement_id
from reciprocity.store.errors import Unreadable, shown

if TYPE_CHECKING:
    from reciprocity.store.inspection import Command
    from reciprocity.store.log import Row

Asked: TypeAlias = Callable[[str, Sequence[Any]], list[Any]]
"""How a statement is asked: `Datastore.asked`."""

_KINDS = (int, str, int, str, bytes)
_NAMES = ("position", "originator_id", "originator_version", "topic", "state")
_CALLED = {int: "a whole number", str: "a text", bytes: "bytes", float: "a fraction", type(None): "nothing"}


def checked(rows: list[Any]) -> list[Row]:
    """These rows of the log, if every value in them is of its kind.

    Raises:
        Unreadable: naming the position and the column of the first that is not.
    """
    if list(map(type, chain.from_iterable(rows))) != [*_KINDS] * len(rows):
        (position, of, version, *_), name, value, kind = next(
            (row, name, value, kind)
            for row in rows
            for name, value, kind in zip(_NAMES, row, _KINDS, strict=True)
            if type(value) is not kind
        )
        where = f"position {position}, {shown(of)} version {shown(version)}"
        raise Unreadable(f"{where}: {name} is {_CALLED[type(value)]}, not {_CALLED[kind]}")
    return rows


def checked_ids(rows: list[Any]) -> list[str]:
    """The agreements' ids in these rows of positions and ids.

    Raises:
        Unreadable: naming the position of one that cannot be an id.
    """
    for position, name in rows:
        if not (isinstance(name, str) and is_agreement_id(name)):
            raise Unreadable(f"position {position}: {shown(name)} is no agreement's id")
    return [name for _, name in rows]


def checked_command(row: tuple[Any, ...]) -> Command:
    """A row of the table of commands, if every value in it is of its kind.

    Raises:
        Unreadable: naming the command.
    """
    by, of, first = row
    if (type(by), type(of), type(first)) != (str, str, int):
        raise Unreadable(f"command {shown(by)}: what it recorded is not told as it must be")
    return by, of, first


@contextmanager
def located(asked: Asked, condition: str, parameters: Sequence[Any] = ()) -> Iterator[None]:
    """What SQLite cannot read of the rows that meet a condition is told with its position."""
    try:
        yield
    except Unreadable as error:
        if str(error).startswith("position"):
            raise
        for position, column in _places(asked, condition, parameters):
            try:
                asked(f"SELECT {column} FROM stored_events WHERE rowid=?", [position])  # noqa: S608  # one of ours
            except Unreadable as found:
                reason = "not a text in UTF-8" if "decode" in str(found) else str(found)
                raise Unreadable(f"position {position}: {column}: {reason}") from error
        raise


def _places(asked: Asked, condition: str, parameters: Sequence[Any]) -> Iterator[tuple[int, str]]:
    positions = asked(f"SELECT rowid FROM stored_events WHERE {condition}", parameters)  # noqa: S608  # one of ours
    return ((position, column) for (position,) in positions for column in _NAMES[1:])
