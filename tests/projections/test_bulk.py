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
from tests.projections.data_sets import CHECKS, Check, crowded_logs, of_the_seeds, written
from tests.projections.recorded_histories import instants_around

FEW = settings(max_examples=max(2, settings().max_examples // 10))
"""Each example is a log of several histories, and each question of it is compiled anew."""


@pytest.mark.parametrize("check", CHECKS)
@given(crowded_logs(), st.data())
@FEW
def test_fold_and_relation_agree(check: Check, log: tuple[Recorded, ...], data: st.DataObject) -> None:
    ends = data.draw(st.lists(st.integers(1, len(log)), max_size=3))
    positions = data.draw(st.integers(5, 50))
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder, "told"), log, ends, positions=positions)
        with bulk.opened(path) as tables:
            check(*data.draw(st.sampled_from(list(_views(tables, log, data)))))


def _views(
    tables: bulk.DataSet, log: tuple[Recorded, ...], data: st.DataObject
) -> Iterator[tuple[bulk.DataSet, tuple[Recorded, ...]]]:
    """The whole, and parts of it, beside what is in them."""
    yield tables, log
    position = data.draw(st.integers(1, len(log)))
    yield tables.up_to(position), log[:position]
    instant = data.draw(st.sampled_from(instants_around(log)))
    yield tables.known_at(instant), tuple(at(log, known_at=instant))
    agreement = data.draw(st.sampled_from(log)).agreement_id
    yield tables.of(agreement), tuple(one for one in log if one.agreement_id == agreement)


@pytest.mark.parametrize("check", CHECKS)
def test_fold_and_relation_agree_on_the_seeds(check: Check, tmp_path: Path) -> None:
    path, log = of_the_seeds(tmp_path)
    with bulk.opened(path) as tables:
        check(tables, log)
