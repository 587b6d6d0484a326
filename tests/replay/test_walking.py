"""A walk through a log: the root up to each position, whatever is missing; and what a finding says."""

from __future__ import annotations

from functools import partial
from typing import Any

import attrs
import pytest

from reciprocity.replay.findings import DAMAGE, Found, plain
from reciprocity.replay.sealing import recorder_of
from reciprocity.replay.walking import UNREADABLE, Walk, place_of
from reciprocity.store import Register, Unreadable
from reciprocity.store.log import Row
from reciprocity.store.merkle import root_of
from reciprocity.store.seals import hash_of_any
from reciprocity.store.wire import WIRE
from tests.replay.befallen import log

# What a finding says


def test_a_finding_says_where_it_is() -> None:
    say = partial(Found, "rule", "it is so")
    assert say().said() == "rule: it is so"
    assert say(1234).said() == "rule: position 1234: it is so"
    assert say(None, "swap").said() == "rule: swap: it is so"
    assert say(3, "swap").said() == "rule: position 3, swap: it is so"
    assert say(3, "swap", 2).said() == "rule: position 3, swap version 2: it is so"
    assert say(None, "swap", "two").said() == "rule: swap version two: it is so"
    assert say(3) == Found("rule", "it is so", 3, None, None)


def test_no_text_of_a_store_steers_a_terminal() -> None:
    assert (
        plain("1\u00a0234\u202f567 Київ X\x1b[2J\n\u202e") == "1\u00a0234\u202f567 Київ X\\x1b[2J\\n\\u202e"
    )
    found = Found("rule", "a\nb", 3, "c\td", "e\x00f")
    assert (found.reason, found.agreement) == ("a\\nb", "c\\td")
    assert {kind for kind in ("file", "unreadable", "missing", "cut-off", "seal") if kind in DAMAGE} == DAMAGE
    assert len(DAMAGE) == 3


# What a walk finds, whatever the rows are


@attrs.define
class Rows:
    """A log in memory, of which some rows cannot be read."""

    rows: list[Row]
    holes: set[int] = attrs.field(factory=set)
    broken: set[str] = attrs.field(factory=set)
    """What else the database cannot tell."""

    last: int | None = None
    """Where it ended when the walk began."""

    def select_rows(self, *, after: int, up_to: int, limit: int) -> list[Row]:
        if any(after < hole <= up_to for hole in self.holes):
            raise Unreadable("a hole")
        return [row for row in self.rows if after < row[0] <= up_to][:limit]

    def select_history(self, agreement: str, *, after: int, up_to: int) -> list[Row]:
        if agreement in self.broken:
            raise Unreadable("a hole")
        return [row for row in self.rows if row[1] == agreement and after < row[2] <= up_to]

    def positions(self) -> tuple[int, int]:
        last = max((*self.holes, *(row[0] for row in self.rows)), default=0)
        return self.last or last, self.last or last

    def damage(self) -> list[str]:
        if "damage" in self.broken:
            raise Unreadable("no page of it")
        return []

    def commands(self) -> list[tuple[str, str, int]]:
        if "commands" in self.broken:
            raise Unreadable("no such table")
        return [("c-0", "swap", 99), ("c-9", "lost", 1)]


def in_memory(rows: Rows) -> Any:
    """The same, taken for a recorder."""
    return rows


def stored() -> list[Row]:
    """The rows of the log."""
    with Register.open("memory:") as register:
        register.take_over(log())
        return list(recorder_of(register).select_rows(after=0, up_to=8, limit=99))


@pytest.mark.parametrize("holes", [set(), {1}, {4}, {8}, {1, 2}, {3, 5}, {2, 4, 6, 8}])
@pytest.mark.parametrize("gone", [set(), {1}, {8}, {3, 4}, {5, 6, 7, 8}])
def test_the_root_up_to_each_position_is_that_of_the_rows_up_to_it(holes: set[int], gone: set[int]) -> None:
    rows = [row for row in stored() if row[0] not in holes | gone]
    for sizes in (range(10), [5], [7, 2, 2]):
        walk = Walk(in_memory(Rows(rows, holes)), WIRE, sizes=sizes, listed=())
        walk.go()
        assert walk.size == len(rows)
        assert walk.root == root_of(map(hash_of_any, rows))
        for size in sizes:
            there = [hash_of_any(row) for row in rows if row[0] <= size]
            assert walk.roots[size] == (len(there), root_of(there))
        assert set(walk.roots) == set(sizes)


def test_what_the_database_cannot_tell_is_found_and_the_walk_goes_on() -> None:
    rows = Rows(stored(), broken={"damage", "commands"})
    walk = Walk(in_memory(rows), WIRE, sizes=(), listed=())
    walk.go()
    assert walk.found == [Found("file", "no page of it"), Found("file", "no such table")]
    assert walk.size == 8


def test_a_command_may_be_recorded_later_or_where_nothing_can_be_read() -> None:
    def unborne(rows: Rows) -> list[str]:
        walk = Walk(in_memory(rows), WIRE, sizes=())
        walk.go()
        return [one.said() for one in walk.found if "no event is recorded" in one.reason]

    c_0 = "command: swap version 99: no event is recorded by c-0"
    c_9 = "command: lost version 1: no event is recorded by c-9"
    rows = stored()
    assert unborne(Rows(rows)) == [c_0, c_9]
    assert unborne(Rows(rows, broken={"lost"})) == [c_0]
    later = Rows([*rows, (9, "lost", 1, "agreement-resumed/1", b"{}")])
    assert unborne(attrs.evolve(later, last=8)) == [c_0]
    assert unborne(attrs.evolve(later, last=9)) == [c_0]  # it is there, and unreadable itself


def test_where_a_version_is() -> None:
    rows = Rows([*stored(), (9, "swap", 6, "", b"")], broken={"lost"})
    places = {version: place_of(in_memory(rows), "swap", version) for version in range(8)}
    assert places == {0: None, 1: 1, 2: 3, 3: 5, 4: 7, 5: None, 6: 9, 7: None}
    assert place_of(in_memory(rows), "lost", 1) == UNREADABLE == 0
