"""The recorder of a SQLite store: which rows it gives, which positions, and how a store is made or is not."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from reciprocity.store import NotAStore, Register, Unreadable
from reciprocity.store import sqlite as sqlite_store
from reciprocity.store.sqlite import Recorder, open_file, open_memory
from tests.store_files import make, names, url


@pytest.fixture
def recorder() -> Iterator[Any]:
    factory = open_memory()
    yield factory.application_recorder()
    factory.close()


def stored(agreement: str, *versions: int) -> list[StoredEvent]:
    return [StoredEvent(agreement, version, "x/1", b"{}") for version in versions]


def put(recorder: Any, statement: str, *parameters: object) -> None:
    with recorder.datastore.transaction(commit=True) as cursor:
        cursor.execute(statement, parameters)


def test_what_is_recorded_has_the_positions_after_the_last(recorder: Any) -> None:
    assert list(recorder.insert_events(stored("a", 1, 2), command_ids=["c", "c"])) == [1, 2]
    assert list(recorder.insert_events(stored("b", 1), command_ids=["d"])) == [3]
    assert list(recorder.insert_events(stored("a", 3, 4), command_ids=["c", "e"], continued=["c"])) == [4, 5]
    assert recorder.command_starts(["c", "d", "e"]) == {"c": ("a", 1), "d": ("b", 1), "e": ("a", 4)}
    assert sorted(recorder.commands()) == [("c", "a", 1), ("d", "b", 1), ("e", "a", 4)]
    put(recorder, "DELETE FROM stored_events WHERE rowid=5")
    assert recorder.positions() == (5, 4)
    assert list(recorder.insert_events(stored("a", 4), command_ids=["f"])) == [6]  # 5 is never used again


def test_a_row_may_have_any_position_and_any_version(recorder: Any) -> None:
    last = 2**63 - 1
    put(recorder, "INSERT INTO stored_events VALUES (?, 'a', ?, 'x/1', x'00')", last, last)
    assert recorder.select_rows(after=2**62, limit=1) == [(last, "a", last, "x/1", b"\0")]
    assert recorder.select_history("a", after=2**62) == [(last, "a", last, "x/1", b"\0")]
    assert recorder.last_position() == last


def test_a_part_of_the_rows_is_that_part_in_order(recorder: Any) -> None:
    for agreement, version in (("b", 1), ("a", 1), ("b", 2), ("c", 1), ("b", 3)):
        recorder.insert_events(stored(agreement, version), command_ids=[f"{agreement}-{version}"])

    def places(rows: list[Any]) -> list[tuple[Any, ...]]:
        return [row[:3] for row in rows]

    assert places(recorder.select_rows(after=1, up_to=4, limit=9)) == [(2, "a", 1), (3, "b", 2), (4, "c", 1)]
    assert places(recorder.select_rows(after=1, up_to=4, limit=2)) == [(2, "a", 1), (3, "b", 2)]
    assert places(recorder.select_rows(after=0, between=("b", "c"), limit=2)) == [(1, "b", 1), (3, "b", 2)]
    assert places(recorder.select_rows(after=2, between=("b", None), limit=2)) == [(3, "b", 2), (4, "c", 1)]
    assert places(recorder.select_history("b", after=1)) == [(3, "b", 2), (5, "b", 3)]
    assert places(recorder.select_history("b", after=0, up_to=2)) == [(1, "b", 1), (3, "b", 2)]
    assert recorder.agreement_ids() == ["b", "a", "c"]


@pytest.mark.parametrize("low", ["", "A", "XXX", "a"])
def test_without_bounds_agreements_of_any_name_are_given(low: str, recorder: Any) -> None:
    put(recorder, "INSERT INTO stored_events VALUES (1, ?, 1, 'x/1', x'00')", low)
    assert len(recorder.select_rows(after=0, limit=5)) == 1


@pytest.mark.parametrize(
    ("positions", "after", "is_damaged"),
    [
        ([], 5, False),
        ([6], 5, False),
        ([5], 5, True),
        ([4], 5, True),
        ([6, 7], 5, False),
        ([7, 5], 5, True),
        ([7, 4], 5, True),
        ([4, 7], 5, False),
        ([9, 5, 7], 5, False),
        ([6, 9, 5], 5, True),
    ],
)
def test_who_reads_on_is_never_sent_back(
    positions: list[int], after: int, is_damaged: bool, recorder: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [(position, "a", 1, "x/1", b"{}") for position in positions]
    monkeypatch.setattr(Recorder, "_query", lambda *_: rows)
    if not is_damaged:
        assert recorder.select_rows(after=after, limit=9) == rows
        return
    with pytest.raises(Unreadable) as told:
        recorder.select_rows(after=after, limit=9)
    last = positions[-1]
    assert str(told.value) == f"position {last}: the table is damaged: it comes after {after}"


@pytest.mark.parametrize(
    ("count", "said"), [("7", 7), ("'7'", 0), ("'x'", 0), ("x'07'", 0), ("1.5", 0), ("NULL", 0)]
)
def test_what_the_store_counts_is_a_number_or_nothing(count: str, said: int, recorder: Any) -> None:
    recorder.insert_events(stored("a", 1), command_ids=["c"])
    assert recorder.positions() == (1, 1)
    put(recorder, f"UPDATE sqlite_sequence SET seq={count}")  # noqa: S608  # a constant
    assert recorder.positions() == (said, 1)


def test_an_empty_store_has_no_position(recorder: Any) -> None:
    assert recorder.positions() == (0, 0)
    assert recorder.last_position() == 0
    assert recorder.agreement_ids() == []
    assert recorder.damage() == []


def test_one_waits_as_long_as_one_says(recorder: Any) -> None:
    recorder.insert_events(stored("a", 1), command_ids=["c"])
    assert recorder.wait(0, timeout=0)
    assert not recorder.wait(1, timeout=0)
    assert not recorder.wait(2, timeout=0.01)


def test_the_library_reads_the_same_events_by_its_own_ways(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "one", "two")
    for reading in (False, True):
        with Register.open(url(path), reading=reading) as register:
            recorder: Any = register.recorder
            [signed] = recorder.select_events("two")
            assert (signed.originator_id, signed.originator_version) == ("two", 1)
            notified = recorder.select_notifications(1, 10)
            assert [(one.id, one.originator_id) for one in notified] == [(1, "one"), (2, "two")]
            assert recorder.max_notification_id() == 2


# How a store is made.


def test_another_process_may_be_quicker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "swaps.db"
    make(path, "one")
    monkeypatch.setattr(os.path, "lexists", lambda _: False)  # it was not there a moment ago
    with Register.open(url(path), create=True) as register:
        assert register.agreement_ids() == ["one"]
    assert names(path) == ["swaps.db"]


class _Stubborn(sqlite3.Connection):
    """A connection to a file on a file system on which nothing is shared in memory."""

    def execute(self, statement: str, *parameters: Any) -> sqlite3.Cursor:
        return super().execute(statement.replace("journal_mode=WAL", "journal_mode=DELETE"), *parameters)


def test_a_store_is_not_made_where_it_could_not_be_shared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "swaps.db"
    stubborn: Any = partial(sqlite3.connect, factory=_Stubborn)
    monkeypatch.setattr(sqlite3, "connect", stubborn)
    with pytest.raises(NotAStore) as refused:
        Register.open(url(path), create=True)
    assert str(refused.value) == f"{path}: cannot be created: its journal mode stays delete"
    assert names(path) == []


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sqlite3.OperationalError("disk I/O error"), "disk I/O error"),
        (OSError(28, "No space left on device"), "No space left on device"),
        (KeyboardInterrupt(), None),
    ],
)
def test_of_a_store_that_cannot_be_made_nothing_is_left(
    error: BaseException, said: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "swaps.db"

    def half_done(draft: Path) -> None:
        for end in ("-journal", "-wal", "-shm"):
            draft.with_name(draft.name + end).touch()
        assert len(names(path)) == 4
        raise error

    monkeypatch.setattr(sqlite_store, "_fill", half_done)
    with pytest.raises((NotAStore, KeyboardInterrupt)) as refused:
        Register.open(url(path), create=True)
    assert names(path) == []
    assert said is None or str(refused.value) == f"{path}: cannot be created: {said}"


def test_a_store_is_not_made_below_a_file_nor_under_a_name_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(NotAStore, match="cannot be created: Not a directory"):
        open_file(tmp_path / "file" / "swaps.db", create=True)
    with pytest.raises(NotAStore, match="cannot be created: embedded null byte"):
        open_file(tmp_path / "swaps\0.db", create=True)
    assert [one.name for one in tmp_path.iterdir()] == ["file"]


def test_a_new_store_is_kept_in_the_mode_of_stores_with_the_header_of_stores(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path)
    with closing(sqlite3.connect(path)) as file:
        said = [
            file.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "application_id", "user_version", "encoding")
        ]
    assert said == ["wal", 0x52435052, 2, "UTF-8"]
    assert path.read_bytes()[68:72] == b"RCPR"
