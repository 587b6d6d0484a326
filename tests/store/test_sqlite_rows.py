"""Rows of a SQLite store: what is of another kind, or cannot be read, is refused where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from reciprocity.store import Unreadable
from reciprocity.store.sqlite_rows import checked, checked_command, checked_ids, located

ROW = (7, "swap", 2, "x/1", b"{}")
WHERE = "position 7, swap version 2: "
OTHER_KINDS: dict[tuple[int, object], str] = {
    (0, "7"): WHERE + "position is a text, not a whole number",
    (1, None): "position 7, None version 2: originator_id is nothing, not a text",
    (1, b"\x1b"): r"position 7, b'\\x1b' version 2: originator_id is bytes, not a text",
    (2, 1.5): "position 7, swap version 1.5: originator_version is a fraction, not a whole number",
    (2, "\x1b"): r"position 7, swap version \x1b: originator_version is a text, not a whole number",
    (3, 1): WHERE + "topic is a whole number, not a text",
    (4, "{}"): WHERE + "state is a text, not bytes",
    (4, None): WHERE + "state is nothing, not bytes",
}


@pytest.mark.parametrize(("at", "value"), OTHER_KINDS)
@pytest.mark.parametrize("before", [0, 2])
def test_a_value_of_another_kind_is_refused_with_its_place(at: int, value: object, before: int) -> None:
    row = (*ROW[:at], value, *ROW[at + 1 :])
    with pytest.raises(Unreadable) as refused:
        checked([(1, "a", 1, "x/1", b"")] * before + [row, (8, None, None, None, None)])
    assert str(refused.value).replace("\\'", "'") == OTHER_KINDS[at, value]


def test_rows_of_which_each_value_is_of_its_kind_are_given_as_they_are() -> None:
    for rows in ([], [ROW], [ROW, ROW]):
        assert checked(rows) is rows


@pytest.mark.parametrize("name", [None, b"swap", 1, "", "a b", "\x1b[2J"])
def test_what_cannot_be_an_agreements_id_is_refused_with_its_position(name: object) -> None:
    assert checked_ids([(1, "swap"), (2, "1000-for-1000")]) == ["swap", "1000-for-1000"]
    with pytest.raises(Unreadable, match=r"^position 2: .* is no agreement's id$") as refused:
        checked_ids([(1, "swap"), (2, name), (3, None)])
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("row", [(b"c", "swap", 1), ("c", None, 1), ("c", "swap", "1"), ("c", "swap", 1.0)])
def test_a_command_of_another_kind_is_refused_by_its_name(row: tuple[object, ...]) -> None:
    assert checked_command(("c", "swap", 1)) == ("c", "swap", 1)
    with pytest.raises(Unreadable, match=r"^command .*c.*: what it recorded is not told as it must be$"):
        checked_command(row)


class _Asked:
    """A store of which some values cannot be read; notes what it is asked."""

    def __init__(self, unreadable: dict[tuple[int, str], str]) -> None:
        self.unreadable = unreadable
        self.asked: list[tuple[str, Sequence[Any]]] = []

    def __call__(self, statement: str, parameters: Sequence[Any] = ()) -> list[Any]:
        self.asked.append((statement, parameters))
        column = statement.split()[1]
        if column == "rowid":
            return [(1,), (2,)]
        [position] = parameters
        if (position, column) in self.unreadable:
            raise Unreadable(self.unreadable[position, column])
        return [("x",)]


def told(error: Exception, asked: _Asked) -> Unreadable:
    with pytest.raises(Unreadable) as refused, located(asked, "topic=? ORDER BY rowid", ["x"]):
        raise error
    return refused.value


NOT_READ = {
    (1, "originator_id"): "position 1: originator_id: ",
    (1, "state"): "position 1: state: ",
    (2, "originator_version"): "position 2: originator_version: ",
    (2, "topic"): "position 2: topic: ",
}


@pytest.mark.parametrize("place", NOT_READ)
def test_what_cannot_be_read_is_told_with_its_position_and_column(place: tuple[int, str]) -> None:
    error = Unreadable("the store cannot be used")
    asked = _Asked({place: "the store cannot be used: string or blob too big", (2, "state"): "too late"})
    found = told(error, asked)
    assert str(found) == f"{NOT_READ[place]}the store cannot be used: string or blob too big"
    assert found.__cause__ is error
    assert asked.asked[0] == ("SELECT rowid FROM stored_events WHERE topic=? ORDER BY rowid", ["x"])
    assert asked.asked[-1] == (
        f"SELECT {place[1]} FROM stored_events WHERE rowid=?",  # noqa: S608  # a name of the table above
        [place[0]],
    )


def test_what_is_no_text_is_told_without_the_words_of_sqlite() -> None:
    found = told(Unreadable("Could not decode"), _Asked({(1, "topic"): "Could not decode to UTF-8 column"}))
    assert str(found) == "position 1: topic: not a text in UTF-8"


def test_what_is_told_with_its_position_is_not_looked_for_again() -> None:
    error, asked = Unreadable("position 2, swap version 1: topic is bytes"), _Asked({(1, "topic"): "other"})
    assert told(error, asked) is error
    assert asked.asked == []


def test_what_is_not_found_again_is_told_as_it_was() -> None:
    error = Unreadable("the store cannot be used: disk I/O error")
    assert told(error, _Asked({})) is error


def test_nothing_is_asked_where_all_can_be_read() -> None:
    asked = _Asked({})
    with located(asked, "1"):
        pass
    with pytest.raises(KeyError), located(asked, "1"):
        raise KeyError
    assert asked.asked == []
