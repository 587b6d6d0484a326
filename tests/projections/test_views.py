"""Views: whatever befalls those who keep them, readers see what the log had come to, row for row."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reciprocity.domain import Recorded
from reciprocity.projections import runner as module
from reciprocity.projections.runner import NotBuilt, Runner
from reciprocity.projections.views import VIEWS
from reciprocity.store import NotAStore, Register
from reciprocity.store.view_builds import digest_of
from tests import stores
from tests.examples import back, out
from tests.projections.view_stores import (
    Interrupted,
    expected,
    failing,
    is_whole,
    logs,
    many,
    position,
    stored,
    undisturbed,
)

views = pytest.mark.parametrize("view", list(VIEWS))
steps = st.lists(
    st.tuples(
        st.integers(0, 8),  # how many events are recorded first
        st.sampled_from([1, 2, 5, 1_000]),  # events in a transaction
        st.booleans(),  # whether it is built from scratch
        st.none() | st.integers(0, 25),  # how often the database may be asked
    ),
    min_size=1,
    max_size=6,
)


@views
@given(logs, steps)
def test_whatever_happens_a_view_says_what_the_log_does(
    view: str, log: list[Recorded], steps: list[tuple[int, int, bool, int | None]]
) -> None:
    with Register.open("memory:") as register:
        disturb(register, view, log, steps)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@settings(max_examples=max(2, settings().max_examples // 5))
@given(st.sampled_from(list(VIEWS)), logs, steps)
def test_on_whatever_store(
    tmp_path_factory: pytest.TempPathFactory,
    kind: str,
    view: str,
    log: list[Recorded],
    steps: list[tuple[int, int, bool, int | None]],
) -> None:
    with (
        stores.place(kind, tmp_path_factory.mktemp("views")) as url,
        Register.open(url, create=True) as register,
    ):
        disturb(register, view, log, steps)


def disturb(
    register: Register, view: str, log: list[Recorded], steps: list[tuple[int, int, bool, int | None]]
) -> None:
    told = 0
    for more, batch, anew, asked in steps:
        told = min(len(log), told + more)
        register.take_over(log[:told])
        runner = Runner(register, view, batch=batch)
        with suppress(Interrupted):
            failing(runner, 10_000 if asked is None else asked).run(from_scratch=anew)
            assert position(register, view) == told
        is_whole(register, view)
    register.take_over(log)
    outcome = Runner(register, view, batch=batch).run()
    assert outcome.position == position(register, view) == len(log)
    assert stored(register, view) == expected(view, log)
    assert Runner(register, view).digest() == undisturbed(view, log)
    assert Runner(register, view).differing() == []


@pytest.mark.parametrize("view", ["cumulative", "facts"])
def test_a_digest_is_the_same_on_every_store_and_in_any_number_of_processes(view: str, kept_url: str) -> None:
    log = many(agreements=7, phases=3)
    with Register.open(kept_url, create=True) as register:
        register.take_over(log)
        Runner(register, view, batch=5, processes=2, url=kept_url).run()
        assert Runner(register, view).digest() == undisturbed(view, log)
        assert stored(register, view) == expected(view, log)
        # What several processes built is gone on from as what one did.
        register.complete_phase("swap-003", 4, [])
        Runner(register, view).run()
        assert stored(register, view) == expected(view, register.log())
        assert Runner(register, view, batch=5, processes=2, url=kept_url).differing() == []


def test_another_process_cannot_read_a_store_in_memory() -> None:
    with Register.open("memory:") as register:
        register.take_over(many(agreements=3, phases=1))
        with pytest.raises(NotAStore, match="in memory"):
            Runner(register, "facts", batch=1, processes=2).run()


@views
def test_readers_see_whole_answers_while_it_is_built(view: str, kept_url: str) -> None:
    seen = list[int | None]()

    def look(*_: int) -> None:
        with Register.open(kept_url) as reader:
            is_whole(reader, view)
            seen.append(position(reader, view))

    log = many(agreements=4, phases=4)
    with Register.open(kept_url, create=True) as register:
        register.take_over(log[:10])
        Runner(register, view, batch=3, progress=look).run()
        assert set(seen) == {None}
        seen.clear()
        register.take_over(log)
        Runner(register, view, batch=3, progress=look).run(from_scratch=True)
        assert set(seen) == {10}
        assert len(seen) > 3
        assert position(register, view) == len(log)


@pytest.fixture
def url(kept_url: str) -> str:
    with Register.open(kept_url, create=True) as register:
        register.take_over(many(agreements=3, phases=4))
    return kept_url


@views
def test_only_what_changed_is_read_and_written(view: str, tmp_path: Path) -> None:
    with Register.open(f"sqlite:///{tmp_path / 'swaps.db'}", create=True) as register:
        register.take_over(many(agreements=20, phases=3))
        Runner(register, view).run()
        register.complete_phase("swap-007", 4, [])
        register.complete_phase("swap-011", 4, [])
        asked = list[str]()
        for connection in register._recorder.datastore.pool._pool:
            connection._sqlite_conn.set_trace_callback(asked.append)
        assert Runner(register, view).run().done == "caught up"
        named = {f"swap-{n:03d}" for n in range(20) if any(f"swap-{n:03d}" in told for told in asked)}
        assert named == {"swap-007", "swap-011"}
        writes = [told for told in asked if told.startswith(("INSERT", "UPDATE", "DELETE"))]
        assert len(writes) <= 2 * (len(expected(view, register.log())) // 20 + 6)
        whole = [told for told in asked if told.startswith("SELECT") and "WHERE" not in told]
        assert set(whole) <= {"SELECT coalesce(max(rowid), 0) FROM stored_events"}
        assert stored(register, view) == expected(view, register.log())


@pytest.mark.parametrize("view", ["timeline", "facts"])
def test_one_far_behind_is_built_anew_beside_the_current_one(view: str) -> None:
    log = many(agreements=4, phases=4)
    with Register.open("memory:") as register:
        register.take_over(log[:5])
        Runner(register, view, batch=4).run()
        register.take_over(log[:9])
        assert Runner(register, view, batch=4).run().done == "caught up"
        register.take_over(log)
        assert Runner(register, view, batch=4).run().done == "built"


@views
def test_a_view_of_another_release_is_built_anew(
    view: str, kept_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = many(agreements=2, phases=2)
    with Register.open(kept_url, create=True) as register:
        register.take_over(log)
        Runner(register, view).run()
        fields = {"agreement": attrs.field(type=str), "added": attrs.field(type=int)}
        wider = attrs.make_class("Wider", fields)
        other = attrs.evolve(VIEWS[view], row=wider, rows=lambda row: [wider(row.agreement, 7)])
        monkeypatch.setattr(module, "VIEWS", {view: other})
        with pytest.raises(NotBuilt):
            Runner(register, view).differing()
        with suppress(Interrupted):
            failing(Runner(register, view), 6).run()
        assert stored(register, view) == expected(view, log)
        assert Runner(register, view).run().done == "built"
        assert stored(register, view) is None
        with register.views().rows(other.view) as found:
            assert found is not None
            assert {line[1:] for line in found[1]} == {(7,)}
        monkeypatch.undo()
        assert Runner(register, view).run().done == "built"
        assert stored(register, view) == expected(view, log)


@views
def test_a_view_that_is_ahead_of_the_log_is_built_anew(view: str, kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        register.take_over(many(agreements=2, phases=3))
        Runner(register, view).run()
    stores.execute(kept_url, "DELETE FROM stored_events WHERE originator_version = 4")
    if "postgres" in kept_url:
        stores.execute(kept_url, "UPDATE store SET last_position = 6")
    with Register.open(kept_url) as register:
        outcome = Runner(register, view).run()
        assert (outcome.done, outcome.position) == ("built", 6)
        assert stored(register, view) == expected(view, register.log())


@views
def test_a_row_that_was_changed_is_found(view: str, url: str) -> None:
    with Register.open(url) as register:
        with pytest.raises(NotBuilt):
            Runner(register, view).digest()
        with pytest.raises(NotBuilt):
            Runner(register, view).differing()
        Runner(register, view).run()
        digest = Runner(register, view).digest()
        table = register.views()._dialect.name(view)
        stores.execute(url, f"DELETE FROM {table} WHERE agreement = 'swap-000' AND nth = 1")  # noqa: S608
        assert Runner(register, view).differing() == ["swap-000"]
        stores.execute(url, f"UPDATE {table} SET agreement = 'swap-9' WHERE agreement = 'swap-002'")  # noqa: S608
        assert Runner(register, view).differing() == ["swap-000", "swap-002", "swap-9"]
        assert digest_of(stored(register, view) or []) != digest
        Runner(register, view).run(from_scratch=True)
        assert Runner(register, view).differing() == []
        assert Runner(register, view).digest() == digest


@views
def test_a_transaction_is_of_few_agreements(view: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reciprocity.store.log._BATCH", 3)  # rows that are fetched at once
    log, reached = many(agreements=9, phases=3), list[int]()
    with Register.open("memory:") as register:
        register.take_over(log[:9])
        Runner(register, view).run()
        register.take_over(log)
        runner = Runner(register, view, progress=lambda done, _: reached.append(done))
        runner._agreements = 4
        assert runner.run().done == "caught up"
        assert reached == [15, 21, 27, 33, 36]
        assert stored(register, view) == expected(view, log)


def test_what_it_came_to_before_is_forgotten_when_it_goes_on(url: str) -> None:
    with Register.open(url) as register:
        first = Runner(register, "facts").run().digest
        assert first == Runner(register, "facts").digest() == Runner(register, "facts").run().digest
        register.complete_phase("swap-001", 5, [out(1), back(1)])
        assert Runner(register, "facts").run().digest is None
        assert Runner(register, "facts").run().digest is None
        second = Runner(register, "facts").digest()
        assert second == Runner(register, "facts").run().digest == digest_of(stored(register, "facts") or [])
        assert second != first


@given(logs)
def test_what_is_kept_is_what_was_known(log: list[Recorded]) -> None:
    cumulative = VIEWS["cumulative"]
    assert cumulative.keeping is not None
    state = cumulative.projection.initial()
    for recorded in log:
        state = cumulative.projection.apply(state, recorded)
        for totals in state.values():
            assert cumulative.keeping.load(cumulative.keeping.dump(totals)) == totals


def test_commits_of_events_are_synced_and_those_of_views_are_not(tmp_path: Path) -> None:
    asked = "PRAGMA synchronous"
    with Register.open(f"sqlite:///{tmp_path / 'swaps.db'}", create=True) as register:
        register.take_over(many(agreements=2, phases=2))
        with register.views()._dialect.writing() as cursor:
            assert list(cursor.execute(asked)) == [(1,)]
        with pytest.raises(Interrupted):
            failing(Runner(register, "facts"), 2).run()
        Runner(register, "facts").run()
        for connection in register._recorder.datastore.pool._pool:
            assert connection._sqlite_conn.execute(asked).fetchone()[0] == 2
