"""A leaf covers all of a row, and a seal all rows of a log up to a position; a gap is never sealed."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest

from reciprocity.store import Unreadable
from reciprocity.store.log import Row
from reciprocity.store.merkle import EMPTY, root_of
from reciprocity.store.seals import Seal, batches, hash_of_any, hashes, leaf, leaf_hashes, seal
from reciprocity.store.wire import place
from tests.store.few_rows import Few

ROW: Row = (1, "swap-é", 2, "ä/1", b"{}")
LEAF = bytes.fromhex(
    "0000000000000001 0000000000000002 00000007 00000004 0000000000000002 737761702dc3a9 c3a42f31 7b7d"
)


def row(position: int) -> Row:
    return (position, "swap", position, "ä/1", b"%d" % position)


def test_a_leaf_is_a_row_with_every_length_in_front() -> None:
    assert leaf(ROW) == LEAF
    assert leaf_hashes([ROW, row(2)]) == [sha256(b"\x00" + of).digest() for of in (LEAF, leaf(row(2)))]
    assert hash_of_any(ROW) == leaf_hashes([ROW])[0]


def test_an_ordinary_row_is_hashed_without_being_written_out_first(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [sha256(b"\x00" + leaf(one)).digest() for one in (ROW, row(2))]
    monkeypatch.setattr("reciprocity.store.seals.leaf", lambda _: pytest.fail("a second time"))
    assert leaf_hashes([ROW, row(2)]) == expected


OTHERS: dict[str, tuple[Any, ...]] = {
    "position": (2**64 - 1, *ROW[1:]),
    "agreement": (1, "swap-e", *ROW[2:]),
    "version": (1, "swap-é", 2**64 - 1, *ROW[3:]),
    "topic": (1, "swap-é", 2, "a/1", b"{}"),
    "state": (1, "swap-é", 2, "ä/1", b"{ }"),
    "state that is longer": (1, "swap-é", 2, "ä/1", b"{}" * 70_000),
    "agreement and topic": (1, "swap", 2, "-éä/1", b"{}"),
    "topic and state": (1, "swap-é", 2, "ä/1{", b"}"),
}


@pytest.mark.parametrize("what", OTHERS)
def test_a_row_that_differs_in_anything_has_another_leaf(what: str) -> None:
    other: Any = OTHERS[what]
    assert leaf(other) != LEAF
    assert leaf_hashes([other]) == [sha256(b"\x00" + leaf(other)).digest()]
    assert hash_of_any(other) == leaf_hashes([other])[0] != hash_of_any(ROW)


NO_ROWS: dict[str, tuple[Any, ...]] = {
    "no position": (None, *ROW[1:]),
    "a position below nought": (-1, *ROW[1:]),
    "a position beyond 64 bits": (2**64, *ROW[1:]),
    "a fraction": (1.5, *ROW[1:]),
    "no agreement": (1, None, *ROW[2:]),
    "an agreement of bytes": (1, b"swap", *ROW[2:]),
    "half a character": (1, "\ud800", *ROW[2:]),
    "a version below nought": (1, "swap", -1, *ROW[3:]),
    "a topic that is a number": (1, "swap", 2, 7, b"{}"),
    "a state of text": (1, "swap", 2, "ä/1", "{}"),
    "no state": (1, "swap", 2, "ä/1", None),
}


@pytest.mark.parametrize("what", NO_ROWS)
def test_a_column_that_is_not_of_its_kind_is_refused_with_its_place(what: str) -> None:
    wrong: Any = NO_ROWS[what]
    position, agreement, version, topic, _ = wrong
    for read in (lambda: leaf(wrong), lambda: leaf_hashes([row(1), wrong])):
        with pytest.raises(Unreadable) as refused:
            read()
        where = place(agreement, version, topic, position)
        assert str(refused.value).startswith(f"{where}: a column is not of its kind (")


def test_what_cannot_be_a_leaf_has_a_hash_that_no_leaf_and_no_node_has() -> None:
    found = {what: hash_of_any(wrong) for what, wrong in NO_ROWS.items()}
    assert len(set(found.values())) == len(NO_ROWS)
    said = repr(NO_ROWS["no state"]).encode()
    assert found["no state"] == sha256(b"\x02" + said).digest()


def test_a_seal_is_the_root_over_the_rows_up_to_a_position() -> None:
    rows = [row(position) for position in range(1, 9)]
    for up_to in range(9):
        source = Few(*rows)
        assert [list(one) for one in batches(source, up_to=up_to)] == [
            rows[first : min(first + 3, up_to)] for first in range(0, up_to, 3)
        ]
        assert source.asked == [(min(after, up_to), up_to, None) for after in range(0, up_to + 3, 3)]
        assert list(hashes(source, up_to=up_to)) == leaf_hashes(rows[:up_to])
        assert seal(source, up_to=up_to) == Seal(up_to, root_of(leaf_hashes(rows[:up_to])))
    assert seal(Few(), up_to=5) == Seal(0, EMPTY)


@pytest.mark.parametrize("gap", range(1, 8))
def test_a_gap_is_named_and_never_sealed(gap: int) -> None:
    source = Few(*(row(position) for position in range(1, 9) if position != gap))
    with pytest.raises(Unreadable, match=f"^position {gap} is missing: the log has a gap$"):
        seal(source, up_to=8)
    assert seal(source, up_to=gap - 1).size == gap - 1
