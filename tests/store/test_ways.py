"""How a store in a file can be read, by what lies beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from reciprocity.store import Register
from reciprocity.store.sqlite_files import Look, Way, look
from tests.examples import swap

_SEEN, _EMPTY = (4096, 1, 2, 3, 4), (0, 1, 2, 3, 4)


@pytest.mark.parametrize(
    ("log", "index", "way"),
    [
        (None, None, Way.ALONE),
        (None, _SEEN, Way.ALONE),
        (_EMPTY, None, Way.ALONE),
        (_EMPTY, _SEEN, Way.BESIDE),
        (_SEEN, _SEEN, Way.BESIDE),
        (_SEEN, None, Way.COPIED),
    ],
)
def test_what_lies_beside_it_says_how_it_is_read(
    log: tuple[int, ...] | None, index: tuple[int, ...] | None, way: Way
) -> None:
    assert Look(_SEEN, log, index, 0.0).way is way


def test_a_store_that_is_written_to_is_read_beside_its_writer(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    with Register.open(f"sqlite:///{path}", create=True) as register:
        register.sign("swap", swap())
        assert look(path).way is Way.BESIDE
    assert look(path).way is Way.ALONE
