"""Fold and relation agree: on lawful histories, however they were cut, at every moment."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reciprocity.domain import Recorded
from reciprocity.projections import at, bulk
from reciprocity.testing.recorded import instants_around
from tests.projections.compiled import Compiler, Part, compiler
from tests.projections.data_sets import CHECKS, Check, crowded_logs, of_the_seeds, written

FEW = settings(max_examples=max(2, settings().max_examples // 4))
"""Each example is a log of several histories, of which a part is asked every question."""


@pytest.fixture(scope="module")
def asked() -> Iterator[Compiler]:
    with compiler() as one:
        yield one


@given(crowded_logs(), st.data())
@FEW
def test_fold_and_relation_agree(asked: Compiler, log: tuple[Recorded, ...], data: st.DataObject) -> None:
    ends = data.draw(st.lists(st.integers(1, len(log)), max_size=3))
    positions = data.draw(st.integers(5, 50))
    with tempfile.TemporaryDirectory() as folder:
        asked.reads(written(Path(folder, "told"), log, ends, positions=positions))
        part, held = data.draw(st.sampled_from(list(_parts(asked, log, data))))
        for check in CHECKS:
            check(part, held)


def _parts(
    asked: Compiler, log: tuple[Recorded, ...], data: st.DataObject
) -> Iterator[tuple[Part, tuple[Recorded, ...]]]:
    """The whole, and parts of it, beside what is in them."""
    last = max(one.recorded_at for one in log)
    yield asked.up_to(len(log), last), log
    position = data.draw(st.integers(1, len(log)))
    yield asked.up_to(position, last), log[:position]
    instant = data.draw(st.sampled_from(instants_around(log)))
    yield asked.up_to(len(log), instant), tuple(at(log, known_at=instant))
    agreement = data.draw(st.sampled_from(log)).agreement_id
    yield asked.of(agreement), tuple(one for one in log if one.agreement_id == agreement)


@pytest.mark.parametrize("check", CHECKS)
def test_fold_and_relation_agree_on_the_seeds(check: Check, tmp_path: Path) -> None:
    path, log = of_the_seeds(tmp_path)
    with bulk.opened(path) as tables:
        check(tables, log)
