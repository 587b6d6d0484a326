"""What is compared stores and counts the same facts, whoever reads them."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import Any

import attrs
import pytest
from rpds import HashTrieMap

from benchmarks import bulk, documented, limit, ours, replay, views
from benchmarks.stores import TINY, Stores, opened
from benchmarks.workload import COMPLETED, SIGNED, Plain, Told, Workload, name_of
from reciprocity.projections import Cumulative, Totals, fold_log
from reciprocity.projections.parallel import fold_in_parallel
from reciprocity.projections.runner import Runner

WORKLOADS = [TINY.log, TINY.fresh]
FULL = 2  # https://www.sqlite.org/pragma.html#pragma_synchronous
_SYNCHRONOUS = "PRAGMA synchronous"


@pytest.fixture
def stores(tmp_path: Path) -> Stores:
    return Stores(tmp_path, TINY)


def added_up(told: list[Told]) -> dict[tuple[str, str, str, str], int]:
    """The totals of the facts themselves."""
    totals: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for one in told:
        for transfer in one.fact.get("released", []):
            lane = (one.agreement, transfer["releasing"], transfer["receiving"], transfer["category"])
            totals[lane] += transfer["count"]
    return dict(totals)


def totals_known(state: HashTrieMap[str, Totals]) -> replay.Totals:
    """What the projection knows, as a plain dict."""
    return {
        (agreement, *lane): total.count
        for agreement, totals in state.items()
        for lane, total in totals.exchanged.sums.items()
    }


def by_library_id(totals: dict[tuple[str, str, str, str], int]) -> documented.Totals:
    return {(str(documented.id_of(lane[0])), *lane[1:]): count for lane, count in totals.items()}


@pytest.mark.parametrize("workload", WORKLOADS)
def test_every_event_is_as_the_issue_describes_it(workload: Workload) -> None:
    told = list(workload.told())
    assert len(told) == workload.events == workload.agreements * workload.versions
    assert {one.agreement for one in told} == {name_of(n) for n in range(workload.agreements)}
    for agreement in {one.agreement for one in told}:
        history = [one for one in told if one.agreement == agreement]
        assert [one.version for one in history] == list(range(1, workload.versions + 1))
        assert [one.name for one in history] == [SIGNED] + [COMPLETED] * (workload.versions - 1)
    for one in told:
        assert len({source["key"] for source in one.fact["sources"]}) == 2
        if one.name == COMPLETED:
            assert len(one.fact["released"]) == 4
            assert one.fact["completed_on"] == one.recorded_at.date().isoformat()


def test_agreements_take_turns() -> None:
    told = list(TINY.log.told())
    names, turns = {name_of(n) for n in range(8)}, [one.agreement for one in told]
    rounds = [tuple(turns[n : n + 8]) for n in range(0, len(turns), 8)]
    assert all(set(one) == names for one in rounds)
    assert len(set(rounds)) == len(rounds) == 12  # in another order each time
    assert all(a.recorded_at < b.recorded_at for a, b in pairwise(told))


def test_pages_are_cited_again_and_again_or_never_twice() -> None:
    def pages(workload: Workload) -> list[str]:
        return [source["url"] for one in workload.told() for source in one.fact["sources"]]

    again, fresh = pages(Workload(8, 40)), pages(Workload(8, 40, fresh_urls=True))
    assert len(set(again)) <= 6
    assert len(set(fresh)) == len(fresh)


def test_it_is_the_same_log_every_time() -> None:
    assert list(TINY.log.told()) == list(TINY.log.told())


@pytest.mark.parametrize("workload", WORKLOADS)
def test_all_three_compute_the_same_totals(stores: Stores, workload: Workload) -> None:
    expected = added_up(list(workload.told()))
    assert len(expected) == 4 * workload.agreements
    path, stretches = stores.ours(workload), list(pairwise([0, 17, 18, workload.events]))
    whole: replay.Totals = {}
    limited: limit.Totals = {}
    by_library: documented.Totals = {}
    with (
        stores.register(workload) as register,
        documented.open_at(stores.documented(workload)) as application,
    ):
        for after, up_to in stretches:
            replay.add_whole(whole, register, after, up_to)
            limit.add(limited, path, after, up_to)
            documented.add(by_library, application, after, up_to)
        assert totals_known(fold_log(Cumulative(), register.log())) == expected
        assert whole == limited == limit.totals(path) == expected
        assert by_library == documented.totals(application) == by_library_id(expected)


def test_two_processes_compute_them_together(stores: Stores) -> None:
    known = fold_in_parallel(Cumulative(), f"sqlite:///{stores.ours(TINY.log)}", processes=2)
    assert totals_known(known) == added_up(list(TINY.log.told()))


def test_the_documented_projection_computes_them_too(stores: Stores, tmp_path: Path) -> None:
    expected = by_library_id(added_up(list(TINY.log.told())))
    with (
        documented.open_at(stores.documented(TINY.log)) as application,
        closing(documented.view_at(tmp_path / "view.db", application)) as view,
    ):
        for stop in (1, 50, TINY.log.events):
            documented.catch_up(application, view, stop=stop)
            assert view.max_tracking_id(application.name) == stop
        assert view.totals() == expected


def test_a_view_begins_where_it_is_told_to(stores: Stores, tmp_path: Path) -> None:
    told = list(TINY.log.told())
    with (
        documented.open_at(stores.documented(TINY.log)) as application,
        closing(documented.view_at(tmp_path / "view.db", application, 40)) as view,
    ):
        documented.catch_up(application, view, stop=60)
        assert view.totals() == by_library_id(added_up(told[40:60]))


def test_our_view_and_our_data_set_hold_them_too(stores: Stores) -> None:
    path = stores.to_grow(TINY.log)
    told = list(TINY.log.told())
    assert totals_of_data_set(stores.data_set(TINY.log)) == added_up(told)
    with opened(path) as register:
        for new in (0, 4, 8):
            more = views.more(stores, path, new)
            assert len({one.agreement for one in more}) == new
            ours.append(path, more)
            told += more
            assert Runner(register, views.VIEW).run().position == len(told)
            assert totals_of_view(path) == added_up(told)
    assert stores.ours(TINY.log).read_bytes() != path.read_bytes()  # which the others read as it was


def totals_of_view(path: Path) -> dict[tuple[str, ...], int]:
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute(
            "SELECT agreement, releasing, receiving, categories, exchanged_at_least FROM view_cumulative"
        )
        return by_category(found)


def totals_of_data_set(path: Path) -> dict[tuple[str, ...], int]:
    found = bulk.rows(path).to_pylist()
    return by_category(
        (row["agreement"], row["releasing"], row["receiving"], json.dumps(row["categories"]), row["at_least"])
        for row in found
    )


def by_category(rows: Iterable[tuple[Any, ...]]) -> dict[tuple[str, ...], int]:
    return {
        (agreement, releasing, receiving, *json.loads(categories)): count
        for agreement, releasing, receiving, categories, count in rows
        if categories != "[]"
    }


def test_so_does_the_aggregate(stores: Stores) -> None:
    expected = added_up(list(TINY.log.told()))
    with documented.open_at(stores.documented(TINY.log)) as application:
        for number in range(TINY.log.agreements):
            agreement = documented.load(application, name_of(number))
            of_it = {lane[1:]: count for lane, count in expected.items() if lane[0] == name_of(number)}
            assert agreement.exchanged == of_it


def test_what_is_recorded_by_its_commands_is_the_same(tmp_path: Path) -> None:
    told = list(Workload(1, 12).told())
    with documented.open_at(tmp_path / "commands.db") as application:
        documented.record(application, [told])
        counted = {lane[1:]: count for lane, count in documented.totals(application).items()}
    assert counted == {lane[1:]: count for lane, count in added_up(told).items()}


@pytest.mark.parametrize("workload", WORKLOADS)
def test_both_sides_store_every_fact_whole(stores: Stores, workload: Workload) -> None:
    told = list(workload.told())
    with (
        stores.register(workload) as register,
        documented.open_at(stores.documented(workload)) as application,
    ):
        for one, recorded in zip(told, register.log(), strict=True):
            plain = PLAIN[one.name](recorded.event)
            assert (recorded.agreement_id, recorded.version, plain) == (one.agreement, one.version, one.fact)
        notifications = application.recorder.select_notifications(1, workload.events)
        for one, notification in zip(told, notifications, strict=True):
            event = application.mapper.to_domain_event(notification)
            assert (event.originator_id, event.originator_version) == (
                documented.id_of(one.agreement),
                one.version,
            )
            assert {name: getattr(event, name) for name in one.fact} == one.fact


def signed(event: Any) -> Plain:
    terms = event.terms
    return {
        "terms": {
            "title": terms.title,
            "parties": [{"code": party.code, "name": party.name} for party in terms.parties],
            "obligations": [
                {"releasing": owed.releasing, "receiving": owed.receiving, "total": owed.total}
                for owed in terms.obligations
            ],
            "symmetry": terms.symmetry.kept.value,
            "signed_on": terms.signed_on.isoformat(),
        },
        "sources": sources(event),
    }


def completed(event: Any) -> Plain:
    return {
        "phase": event.phase,
        "completed_on": event.completed_on.isoformat(),
        "released": [attrs.asdict(transfer) for transfer in event.released],
        "sources": sources(event),
    }


def sources(event: Any) -> list[Plain]:
    return [{"key": s.key, "publisher": s.publisher, "url": s.url} for s in event.sources]


PLAIN = {SIGNED: signed, COMPLETED: completed}


@pytest.mark.parametrize("at_once", [7, 10_000])
@pytest.mark.parametrize("workload", WORKLOADS)
def test_a_log_built_past_the_commands_is_what_a_register_writes(
    stores: Stores, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workload: Workload, at_once: int
) -> None:
    monkeypatch.setattr(ours, "_AT_ONCE", at_once)
    told = ours.recorded(workload.told())
    with opened(tmp_path / "written.db", create=True) as written, stores.register(workload) as built:
        assert written.take_over(told) == workload.events
        assert list(built.log().rows()) == list(written.log().rows())
        assert list(built.log()) == told
        for one in told:  # its commands are on record
            assert built.command(one.agreement_id, lambda _: (), command_id=one.command_id) == [one]


def test_both_sides_and_the_limit_are_durable(stores: Stores) -> None:
    path = stores.ours(TINY.log)
    with closing(sqlite3.connect(path)) as raw:
        assert raw.execute(_SYNCHRONOUS).fetchone()[0] == FULL
        assert raw.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    with opened(path) as register, documented.open_at(stores.documented(TINY.log)) as application:
        for one in (register, application):
            with one.recorder.datastore.transaction(commit=True) as cursor:  # type: ignore[attr-defined]
                cursor.execute(_SYNCHRONOUS)
                assert cursor.fetchone()[0] == FULL
