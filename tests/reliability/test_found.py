"""What the campaigns have found at full size, each once more by itself."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from reciprocity.replay.verifying import verify
from reciprocity.store import NotAStore, Register, Unreadable
from tests.reliability import workload
from tests.reliability.scorecard import NotMeasured
from tests.reliability.vfs import nth, shimmed


@pytest.mark.parametrize("can_be_rolled_back", [True, False])
def test_a_transaction_that_could_not_be_ended_keeps_nobody_out(
    tmp_path: Path, can_be_rolled_back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = f"sqlite:///{tmp_path / 'run.db'}"
    with workload.opened(url, create=True) as (register, clock):
        pool = register._recorder.datastore.pool
        connection = pool.get_connection(is_writer=True)
        connection.cursor().execute("BEGIN IMMEDIATE")

        def fail() -> None:
            raise MemoryError

        if not can_be_rolled_back:
            monkeypatch.setattr(connection, "rollback", fail)
        pool.put_connection(connection)
        with workload.opened(url) as (other, other_clock):
            workload.command(other, other_clock, 0)
        workload.command(register, clock, 1)
        assert workload.judge(register, range(2)) == workload.Judged(0, 0, is_prefix=True, has_its_root=True)


def test_half_a_store_is_never_put_in_place(tmp_path: Path) -> None:
    path, refused = tmp_path / "run.db", 0
    try:
        with shimmed() as shim:
            for n in range(1, 200):
                shim.fault = nth(shim, n, calls=("write", "sync", "truncate", "delete"), lasting=True)
                try:
                    Register.open(f"sqlite:///{path}", create=True).close()
                except NotAStore:
                    refused += 1
                    assert list(tmp_path.iterdir()) == []
                except Unreadable:  # by the time that it is opened, it is whole
                    break
                else:
                    break
    except NotMeasured as reason:
        pytest.skip(str(reason))
    assert refused > 5
    with workload.opened(f"sqlite:///{path}") as (register, clock):
        workload.command(register, clock, 0)


@pytest.mark.parametrize("reading", [False, True])
@pytest.mark.parametrize("word", [b"AUTOINCREMENT", b"NOT NULL", b"CREATE TABLE"])
def test_a_damaged_schema_is_unreadable_even_where_it_is_no_text(
    tmp_path: Path, word: bytes, reading: bool
) -> None:
    url = workload.store(path := tmp_path / "run.db", 3)
    content = path.read_bytes()
    at = content.index(word) + 1
    path.write_bytes(content[:at] + bytes([content[at] ^ 0x80]) + content[at + 1 :])
    with pytest.raises(Unreadable, match="schema") as refused:
        Register.open(url, reading=reading)
    assert str(refused.value).isprintable()


def test_commands_out_of_order_are_gone_through_once(tmp_path: Path) -> None:
    url = workload.store(path := tmp_path / "run.db", 12)
    last = b"command-9swap-0"  # in the order of texts; who went on after it would begin anew
    assert path.read_bytes().count(last) == 1
    path.write_bytes(path.read_bytes().replace(last, b"a" + last[1:]))
    with Register.open(url, reading=True) as register:
        assert len(list(register._recorder.commands())) == 12
        assert {"file", "command"} <= {one.kind for one in verify(register, {}).found}


def test_positions_out_of_order_are_gone_through_once(tmp_path: Path) -> None:
    url = workload.store(path := tmp_path / "run.db", 6)
    with closing(sqlite3.connect(path)) as file:
        [(root, size)] = file.execute(
            "SELECT rootpage, page_size FROM sqlite_schema, pragma_page_size WHERE name='stored_events'"
        )
    content = bytearray(path.read_bytes())
    for row, position in enumerate([1, 2, 5, 3, 9, 6]):  # behind 3 comes 5, and then 3
        content[_place_of_position(content, (root - 1) * size, row)] = position
    path.write_bytes(content)
    with Register.open(url, reading=True) as register:
        with pytest.raises(Unreadable):
            list(register.log())
        found = verify(register, {}).found
    assert {"file", "unreadable"} <= {one.kind for one in found}


def _place_of_position(content: bytearray, page: int, row: int) -> int:
    """Where in a file a row of a leaf has its rowid (https://www.sqlite.org/fileformat.html#b_tree_pages)."""
    pointer = page + 8 + 2 * row
    place = page + int.from_bytes(content[pointer : pointer + 2], "big")
    while content[place] & 0x80:  # the size of the row, 7 bits in each byte
        place += 1
    return place + 1
