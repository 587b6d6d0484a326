"""What several processes fold is what one does."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from reciprocity.domain import Terms, Transfer
from reciprocity.projections import (
    Claims,
    Cumulative,
    Facts,
    Projection,
    Standing,
    Timeline,
    fold_in_parallel,
    fold_log,
)
from reciprocity.projections.parallel import _shares
from reciprocity.store import NotAStore, Register, Unreadable

IDS = ["c", "a", "b-2", "b"]


def one_each(number: int) -> list[Transfer]:
    return [Transfer("UKR", "RUS", "civilian", number), Transfer("RUS", "UKR", "civilian", number)]


@pytest.fixture
def url(kept_url: str) -> str:
    """Four agreements, one between the other."""
    with Register.open(kept_url, create=True) as register:
        for agreement_id in IDS:
            register.sign(agreement_id, Terms.symmetric("UKR", "RUS", total=100))
        for phase in range(1, 4):
            for number, agreement_id in enumerate(IDS):
                register.complete_phase(agreement_id, phase, one_each(phase + number))
        register.correct_phase("b", 2, one_each(9), reason="recounted")
        register.void_phase("c", 1, reason="did not take place")
    return kept_url


@pytest.mark.parametrize("processes", [1, 3])
def test_several_processes_come_to_what_one_comes_to(url: str, processes: int) -> None:
    projections: tuple[Projection[Any, Any], ...] = (Cumulative(), Timeline(), Standing(), Claims(), Facts())
    with Register.open(url) as register:
        for projection in projections if processes == 1 else projections[:1]:
            together = fold_in_parallel(projection, url, processes=processes)
            assert together == fold_log(projection, register.log())
            assert list(projection.rows(together)) == list(
                projection.rows(fold_log(projection, register.log()))
            )


def test_no_agreement_is_folded_twice_or_left_out() -> None:
    for number in range(12):
        ids = [f"a-{n:02}" for n in range(number)]
        for processes in range(1, 14):
            shares = _shares(ids[::-1], processes)
            folded = [[i for i in ids if low <= i and (high is None or i < high)] for low, high in shares]
            assert [i for share in folded for i in share] == ids
            assert len(shares) == min(processes, number)
            if shares:
                sizes = [len(share) for share in folded]
                assert max(sizes) - min(sizes) <= 1


def test_an_empty_store_comes_to_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    Register.open(url, create=True).close()
    assert dict(fold_in_parallel(Cumulative(), url)) == {}


def test_a_store_in_memory_is_refused() -> None:
    with pytest.raises(NotAStore, match="cannot be read by another process"):
        fold_in_parallel(Cumulative(), "memory:")


def test_what_one_process_cannot_read_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "damaged.db"
    with Register.open(f"sqlite:///{path}", create=True) as register:
        for agreement_id in ("a", "b"):
            register.sign(agreement_id, Terms.symmetric("UKR", "RUS", total=1))
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE stored_events SET state='{}' WHERE originator_id='b'")
    connection.close()
    with pytest.raises(Unreadable, match="position 2, b version 1"):
        fold_in_parallel(Cumulative(), f"sqlite:///{path}", processes=2)
