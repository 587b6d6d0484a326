"""Giving out a data set: whole stretches, each event once, and of one record only."""

from __future__ import annotations

import datetime as dt
import errno
import fcntl
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pyarrow as pa
import pytest
from pyarrow import parquet

from reciprocity.domain import AgreementSigned, Recorded
from reciprocity.projections.entries import RELATIONS
from reciprocity.projections.stretches import (
    FORMAT,
    MARK,
    NotADataSet,
    Stretch,
    file_of,
    stretches,
)
from reciprocity.replay import data_set
from reciprocity.store import Busy, Unreadable
from tests.examples import swap
from tests.projections.data_sets import Told, of_the_seeds, written
from tests.projections.recorded_histories import told_in_may


def rows_of(path: Path, relation: str) -> list[dict[str, Any]]:
    """All rows of a relation, by position and place."""
    tables = [parquet.read_table(file_of(path, stretch, relation)) for stretch in stretches(path)]
    rows: list[dict[str, Any]] = pa.concat_tables(tables).to_pylist()
    return sorted(rows, key=lambda row: [str(value) for value in row.values()])


def content(path: Path) -> dict[str, list[dict[str, Any]]]:
    return {relation: rows_of(path, relation) for relation in RELATIONS}


def all_files(path: Path) -> dict[Path, bytes]:
    return {one: one.read_bytes() for one in path.rglob("*") if one.is_file()}


@pytest.fixture
def log(tmp_path: Path) -> list[Recorded]:
    _, log = of_the_seeds(tmp_path)
    return log


def test_each_event_is_given_out_once_however_often_it_is_added_to(
    log: list[Recorded], tmp_path: Path
) -> None:
    at_once = written(tmp_path / "at once", log, positions=len(log))
    in_parts = written(tmp_path / "in parts", log, [1, 2, 2, 57, 130], positions=40)
    assert content(in_parts) == content(at_once)
    assert stretches(at_once) == [Stretch(1, len(log))]
    assert [(s.first, s.last) for s in stretches(in_parts)][:5] == [
        (1, 1),
        (2, 2),
        (3, 42),
        (43, 57),
        (58, 97),
    ]
    assert sorted(row["position"] for row in rows_of(at_once, "events")) == [one.position for one in log]


def test_what_is_there_is_not_touched(log: list[Recorded], tmp_path: Path) -> None:
    path = written(tmp_path / "x", log[:50])
    before = all_files(path)
    assert data_set.add(Told(log[:50]), path) == data_set.Given(0, 50)
    assert all_files(path) == before
    assert data_set.add(Told(log), path) == data_set.Given(len(log) - 50, len(log))
    assert before.items() <= all_files(path).items()


def test_an_export_that_broke_off_is_taken_up_again(log: list[Recorded], tmp_path: Path) -> None:
    class Breaks(Told):
        def log(self, *, after: int = 0, up_to: int | None = None) -> Iterable[Recorded]:
            yield from log[after : min(up_to or 100, 100)]
            raise Unreadable("position 101")

    with pytest.raises(Unreadable):
        data_set.add(Breaks(log), tmp_path / "x", positions=40)
    assert [one.name for one in sorted((tmp_path / "x").iterdir())] == [
        Stretch(1, 40).name,
        Stretch(41, 80).name,
        MARK,
    ]
    data_set.add(Told(log), tmp_path / "x", positions=40)
    assert content(tmp_path / "x") == content(written(tmp_path / "whole", log))


def test_what_a_killed_export_left_is_cleared_away(log: list[Recorded], tmp_path: Path) -> None:
    path = written(tmp_path / "x", log[:50])
    (path / ".0123.part").mkdir()
    (path / ".0123.part" / "entries.parquet").write_bytes(b"half")
    data_set.add(Told(log), path)
    assert not list(path.glob(".*"))
    assert content(path) == content(written(tmp_path / "whole", log))


def test_a_stretch_is_written_before_more_is_read(log: list[Recorded], tmp_path: Path) -> None:
    seen: list[int] = []

    class Watched(Told):
        def log(self, *, after: int = 0, up_to: int | None = None) -> Iterator[Recorded]:
            for one in self.events[after:up_to]:
                if (one.position - 1) % 10 == 0:
                    seen.append(len(stretches(tmp_path / "x")))
                yield one

    data_set.add(Watched(log[:35]), tmp_path / "x", positions=10)
    assert seen == [0, 1, 2, 3]


def test_a_failure_while_writing_leaves_no_half_stretch(
    log: list[Recorded], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "x", log[:50])
    before = all_files(path)

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        data_set.add(Told(log), path)
    assert all_files(path) == before
    assert not list(path.glob(".*"))


@pytest.mark.parametrize("changed", [0, 49])
def test_another_record_is_refused(log: list[Recorded], tmp_path: Path, changed: int) -> None:
    path = written(tmp_path / "x", log[:50], positions=20)
    before = all_files(path)
    other = list(log)
    before_that = other[changed].recorded_at - dt.timedelta(microseconds=1)
    other[changed] = attrs.evolve(other[changed], recorded_at=before_that)
    with pytest.raises(data_set.AnotherRecord, match=f"the events at position {changed + 1} differ"):
        data_set.add(Told(other), path)
    with pytest.raises(data_set.AnotherRecord, match="holds 50 events, more than"):
        data_set.add(Told(log[:49]), path)
    assert all_files(path) == before


def test_a_journal_that_was_recorded_anew_is_the_same_record(log: list[Recorded], tmp_path: Path) -> None:
    path = written(tmp_path / "x", log[:50])
    anew = [attrs.evolve(one, command_id=f"anew-{one.command_id}") for one in log]
    assert data_set.add(Told(anew), path).added == len(log) - 50


def test_two_exports_do_not_meet(log: list[Recorded], tmp_path: Path) -> None:
    path = written(tmp_path / "x", log[:50])
    with (path / MARK).open("rb") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        with pytest.raises(Busy, match="another process"):
            data_set.add(Told(log), path)
    assert data_set.add(Told(log), path).held == len(log)


def test_what_is_no_data_set_is_left_alone(log: list[Recorded], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine", "utf-8")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("mine", "utf-8")
    before = all_files(tmp_path)
    for name in ("file", "folder"):
        with pytest.raises(NotADataSet, match="no data set"):
            data_set.add(Told(log), tmp_path / name)
    assert all_files(tmp_path) == before
    (tmp_path / "empty").mkdir()
    assert data_set.add(Told(log), tmp_path / "empty").held == len(log)


def test_a_data_set_that_is_not_whole_is_not_read(log: list[Recorded], tmp_path: Path) -> None:
    path = written(tmp_path / "x", log, positions=40)
    second = path / Stretch(41, 80).name
    second.rename(tmp_path / "away")
    with pytest.raises(Unreadable, match="events from position 41 on are missing"):
        stretches(path)
    (tmp_path / "away").rename(second)
    (second / "terms.parquet").rename(tmp_path / "away")
    with pytest.raises(Unreadable, match=r"terms\.parquet: is missing"):
        stretches(path)
    (tmp_path / "away").rename(second / "terms.parquet")
    (path / Stretch(50, 60).name).mkdir()
    with pytest.raises(
        Unreadable, match="positions-000000000050-000000000060 does not follow on position 80"
    ):
        stretches(path)


def test_a_mark_of_a_later_release_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "x", told_in_may((16, AgreementSigned(terms=swap()))))
    (path / MARK).write_text(f'{{"data_set":{FORMAT + 1}}}', "utf-8")
    with pytest.raises(NotADataSet, match=f"format {FORMAT + 1}; this release reads up to {FORMAT}"):
        stretches(path)
    (path / MARK).write_text("{}", "utf-8")
    with pytest.raises(Unreadable, match=MARK):
        stretches(path)
    with pytest.raises(NotADataSet, match="no such data set"):
        stretches(tmp_path / "nowhere")
