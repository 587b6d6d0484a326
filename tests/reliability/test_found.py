"""What the campaigns have found at full size, each once more by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

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
