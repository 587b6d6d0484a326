"""Batches: what a view is told of the log and of what it kept, no version missing and none twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reciprocity.domain import OPEN
from reciprocity.store import Register, Unreadable
from reciprocity.store.view_builds import Overtaken, Told
from tests.examples import back, out, swap
from tests.store.kept_views import SHORT, begun


@pytest.fixture
def register(kept_url: str) -> Iterator[Register]:
    """Three agreements in turn: their signatures at positions 1 to 3, a phase of each at 4 to 6."""
    with Register.open(kept_url, create=True) as opened:
        for name in ("a", "b", "c"):
            opened.sign(name, swap(OPEN, OPEN))
        for name in ("a", "b", "c"):
            opened.complete_phase(name, 1, [out(1), back(1)])
        yield opened


def test_a_batch_is_what_was_recorded_after_a_build_and_what_that_kept(register: Register) -> None:
    views = register.views()
    kept = [Told("a", (), 1, b"of a"), Told("b", (), 1, b"of b"), Told("c", (), 1, b"of c")]
    build = views.write(begun(views), kept, position=3)
    batch = views.batch(build, up_to=5, agreements=10)
    assert batch.position == 3
    assert [one.position for one in batch.log] == [4, 5]
    assert batch.position == 5
    assert batch.versions == {"a": 2, "b": 2}
    assert batch.states == {"a": b"of a", "b": b"of b"}
    assert batch.unreadable == {}


@pytest.mark.parametrize("at_once", [1, 2, 4, 1_000])
def test_a_batch_of_the_whole_log_needs_nothing_that_was_kept(
    register: Register, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reciprocity.store.log._BATCH", at_once)
    views = register.views()
    batch = views.batch(begun(views, position=0), up_to=6, agreements=10)
    assert len(list(batch.log)) == 6
    assert (batch.versions, batch.states) == ({"a": 2, "b": 2, "c": 2}, {})


def test_a_batch_ends_after_so_many_agreements(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reciprocity.store.log._BATCH", 1)
    views = register.views()
    batch = views.batch(begun(views, position=0), up_to=6, agreements=2)
    assert [one.position for one in batch.log] == [1, 2]
    assert (batch.position, batch.versions) == (2, {"a": 1, "b": 1})


@pytest.mark.parametrize(("kept", "due"), [(0, 1), (2, 3)])
def test_what_was_kept_must_be_of_the_version_before(register: Register, kept: int, due: int) -> None:
    views = register.views()
    told = [Told("a", (), kept, b"{}" if kept else None)]
    build = views.write(begun(views), told, position=3)
    with pytest.raises(Unreadable, match=f"^a: version {due} is missing; version 2 comes next$"):
        list(views.batch(build, up_to=4, agreements=10).log)


def test_of_one_that_could_not_be_read_no_version_is_due(register: Register) -> None:
    views = register.views()
    told = [Told("a", unreadable="why"), Told("b", (), 1, b"of b")]
    build = views.write(begun(views), told, position=3)
    batch = views.batch(build, up_to=5, agreements=10)
    assert [one.position for one in batch.log] == [4, 5]
    assert (batch.states, batch.unreadable) == ({"b": b"of b"}, {"a": "why"})


def test_a_view_that_keeps_nothing_asks_for_nothing(register: Register) -> None:
    views = register.views()
    build = views.write(begun(views, SHORT), [Told("a", (("one", 1),))], position=3)
    batch = views.batch(build, up_to=6, agreements=10)
    assert [one.position for one in batch.log] == [4, 5, 6]
    assert batch.states == {}


def test_a_batch_of_a_build_that_has_gone_on_is_refused(register: Register) -> None:
    views = register.views()
    build = begun(views, position=3)
    views.write(build, [], position=3)
    with pytest.raises(Overtaken):
        list(views.batch(build, up_to=6, agreements=10).log)


def test_a_history_is_that_of_one_agreement_up_to_a_position(register: Register) -> None:
    views = register.views()
    for up_to, positions in ((1, []), (2, [2]), (4, [2]), (5, [2, 5]), (6, [2, 5])):
        reading = views.history("b", up_to=up_to)
        assert [one.position for one in reading.log] == positions
        assert reading.versions == ({"b": len(positions)} if positions else {})
    reading = views.history("nobody", up_to=6)
    assert list(reading.log) == []
