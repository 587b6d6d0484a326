"""Frames: cell for cell what the projection of that name says, in both libraries, on both clocks."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterator
from typing import Any

import attrs
import pytest

from reciprocity.domain.errors import ExtraMissing
from reciprocity.projections import FactRow, Facts, ask, at
from reciprocity.projections.frames import pandas_frame, polars_frame
from reciprocity.projections.views import VIEWS
from reciprocity.replay.journal import read_journal
from reciprocity.replay.record import record
from reciprocity.seeds import names, path
from reciprocity.store import Register

pytest.importorskip("pandas", reason="pip install 'reciprocity[frames]'")
pytest.importorskip("polars", reason="pip install 'reciprocity[frames]'")

CLOCKS: list[dict[str, Any]] = [
    {},
    {"as_of": dt.date(2025, 5, 24)},
    {"known_at": dt.datetime(2025, 5, 24, tzinfo=dt.UTC)},
]


@pytest.fixture(scope="module")
def seeds() -> Iterator[Register]:
    with Register.open("memory:") as register:
        for name in names():
            journal = path(name)
            assert journal
            record(register, read_journal(journal))
        yield register


def plain(row: FactRow) -> tuple[Any, ...]:
    """A row as a frame has it: lists for tuples."""
    return tuple(
        list(value) if isinstance(value, tuple) else value for value in attrs.astuple(row, recurse=False)
    )


@pytest.mark.parametrize("clocks", CLOCKS, ids=str)
def test_a_frame_of_facts_holds_what_the_projection_answers(seeds: Register, clocks: dict[str, Any]) -> None:
    expected = [plain(row) for row in ask(Facts(), at(seeds.log(), **clocks))]
    assert expected
    frame = polars_frame(seeds, **clocks)
    assert frame.rows() == expected
    assert frame.columns == [field.name for field in attrs.fields(FactRow)]


@pytest.mark.parametrize("clocks", CLOCKS, ids=str)
@pytest.mark.parametrize("view", VIEWS)
def test_both_libraries_are_told_the_same(seeds: Register, view: str, clocks: dict[str, Any]) -> None:
    import pandas as pd  # noqa: PLC0415  # not everybody has it

    one, other = polars_frame(seeds, view, **clocks), pandas_frame(seeds, view, **clocks)
    assert list(other.columns) == one.columns
    for name in one.columns:
        cells = [None if not isinstance(cell, list) and pd.isna(cell) else cell for cell in other[name]]
        told = one[name].to_list()
        if str(one[name].dtype) == "Date":
            cells = [cell and cell.date() for cell in cells]
        assert cells == told, name


@pytest.mark.parametrize("view", VIEWS)
def test_a_frame_of_an_empty_register_has_the_same_columns_and_types(seeds: Register, view: str) -> None:
    with Register.open("memory:") as nothing:
        assert polars_frame(nothing, view).schema == polars_frame(seeds, view).schema
        empty, full = pandas_frame(nothing, view), pandas_frame(seeds, view)
        assert list(empty.dtypes.items()) == list(full.dtypes.items())


@pytest.mark.parametrize(("frame", "library"), [(pandas_frame, "pandas"), (polars_frame, "polars")])
def test_without_the_library_the_error_says_what_to_install(
    seeds: Register, frame: Any, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ExtraMissing, match=r"pip install 'reciprocity\[frames\]'"):
        frame(seeds)
