"""Golden stores: what a release once wrote, every later one reads, and tells the same of it."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reciprocity.domain import Claimed
from reciprocity.replay.sealing import sealed
from reciprocity.replay.taking_in import read_events
from reciprocity.store import KINDS, Register
from reciprocity.store.sqlite_tables import STORE_FORMAT
from tests.golden.make import FOLDER, MADE_AT, make
from tests.golden.reading import content_sha256, exchanged, expected, exported

GOLDEN = sorted(path.parent for path in FOLDER.glob("*/store.db"))


@pytest.fixture(params=GOLDEN, ids=lambda folder: folder.name)
def golden(request: pytest.FixtureRequest) -> Path:
    folder: Path = request.param
    return folder


@pytest.fixture
def register(golden: Path, tmp_path: Path) -> Iterator[Register]:
    """A golden store, opened as a copy: the file itself stays as it was written."""
    shutil.copy(golden / "store.db", tmp_path / "store.db")
    with Register.open(f"sqlite:///{tmp_path / 'store.db'}", clock=lambda: MADE_AT) as opened:
        yield opened


def test_every_event_of_a_golden_store_is_read_and_told_as_it_was(golden: Path, register: Register) -> None:
    log = list(register.log())
    assert [recorded.position for recorded in log] == list(range(1, expected(golden)["events"] + 1))
    assert exported(log) == (golden / "export.jsonl").read_bytes()


def test_a_golden_store_gives_the_answers_it_gave(golden: Path, register: Register) -> None:
    due = expected(golden)
    assert exchanged(register.log()) == due["exchanged"]
    agreements = map(register.agreement, register.agreement_ids())
    assert {one.id: one.status.value for one in agreements} == due["statuses"]


def test_a_golden_store_has_the_root_it_had(golden: Path, register: Register) -> None:
    seal = sealed(register)
    assert (seal.size, seal.root.hex()) == (expected(golden)["events"], expected(golden)["merkle_root"])


def test_the_files_of_a_golden_store_are_those_that_were_written(golden: Path) -> None:
    assert content_sha256(golden / "store.db") == expected(golden)["content_sha256"]


def test_a_golden_export_is_taken_in_and_makes_the_same_record(golden: Path, register: Register) -> None:
    content = (golden / "export.jsonl").read_bytes()
    told = read_events(io.BytesIO(content), "export.jsonl", None, now=MADE_AT)
    with Register.open("memory:", clock=lambda: MADE_AT) as another:
        another.take_over(told.events)
        assert list(another.log()) == list(register.log())


def test_a_golden_store_is_gone_on_with(register: Register) -> None:
    before = register.last_position()
    said = [Claimed("UKR", "RUS", "civilian", 19)]
    [added] = register.record_claim("every-kind", "UKR", said, phase=1)
    assert (added.position, added.version) == (before + 1, 13)


def test_every_stored_schema_and_the_store_format_have_a_golden_store() -> None:
    held = {topic for folder in GOLDEN for topic in expected(folder)["topics"]}
    assert {kind.topic for kind in KINDS} <= held, "python -m tests.golden.make"
    assert STORE_FORMAT in {expected(folder)["store_format"] for folder in GOLDEN}


def test_a_golden_store_is_never_made_again(golden: Path) -> None:
    with pytest.raises(FileExistsError):
        make(golden)
