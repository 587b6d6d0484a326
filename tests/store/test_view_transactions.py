"""Transactions of views: whole or not at all, one state to who reads, and each waits for its turn."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from reciprocity.store import Register
from reciprocity.store.view_builds import Digest, Told
from reciprocity.store.views import Views
from tests.store.kept_views import EVERY, SHORT, are_told_as, begun, built, seen


class Stopped(Exception):
    """Somebody pulled the plug."""


def test_what_is_not_written_to_the_end_is_not_written(views: Views) -> None:
    build = built(views, Told("a", (("one", 1),)), view=SHORT)

    def breaking_off() -> Iterator[tuple[str, int]]:
        yield "two", 2
        raise Stopped

    rows: Any = attrs.make_class("Rows", [])()
    type(rows).__iter__ = lambda _: breaking_off()
    type(rows).__len__ = lambda _: 2
    with pytest.raises(Stopped):
        views.write(build, [Told("b", rows), Told("c", unreadable="why")], position=9)
    are_told_as(views, build)
    assert seen(views, SHORT) == [("a", "one", 1)]
    again = views.write(build, [Told("b", (("two", 2),))], position=9)
    are_told_as(views, again)
    assert seen(views, SHORT) == [("a", "one", 1), ("b", "two", 2)]


def test_a_first_build_that_fails_leaves_no_table(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        views = register.views()
        with pytest.raises(Stopped), views._writing():
            raise Stopped
        assert views.builds(EVERY) == {}
        build = begun(views)
        are_told_as(register.views(), build)


def test_who_reads_sees_one_state_while_another_writes(views: Views, kept_url: str) -> None:
    build = built(views, Told("a", (("one", 1),)), view=SHORT)
    with Register.open(kept_url) as register, views.rows(SHORT) as found:
        assert found is not None
        register.views().write(build, [Told("a", (("two", 2),))], position=9)
        assert seen(register.views(), SHORT) == [("a", "two", 2)]
        assert list(found[1]) == [("a", "one", 1)]


def test_who_writes_holds_up_nobody_of_the_same_process_who_reads(views: Views) -> None:
    built(views, Told("a", (("one", 1),)), view=SHORT)
    with views._dialect.writing():
        assert seen(views, SHORT) == [("a", "one", 1)]
    with views.rows(SHORT), views.rows(SHORT) as found:
        assert found is not None


def test_commits_of_views_need_no_sync_and_all_others_do() -> None:
    asked = "PRAGMA synchronous"
    with Register.open("memory:") as register:
        dialect = register.views()._dialect
        with dialect.writing() as cursor:
            assert list(cursor.execute(asked)) == [(1,)]
        with pytest.raises(Stopped), dialect.writing():
            raise Stopped
        with dialect.reading() as cursor:
            assert list(cursor.execute(asked)) == [(2,)]


def test_in_memory_who_reads_or_writes_waits_for_who_writes() -> None:
    with Register.open("memory:") as register, ThreadPoolExecutor(1) as pool:
        views = register.views()
        build = built(views, Told("a", (("one", 1),)), view=SHORT)
        for act, expected in (
            (lambda: seen(views, SHORT), [("a", "one", 2)]),
            (lambda: views.stamp(build, Digest(1, "x")), None),
        ):
            with views._dialect.writing() as cursor:
                cursor.execute("UPDATE view_short SET figure=2")
                waiting = pool.submit(act)
                with pytest.raises(TimeoutError):
                    waiting.result(0.05)
            assert waiting.result(60) == expected


def test_in_memory_who_writes_waits_for_who_reads() -> None:
    with Register.open("memory:") as register, ThreadPoolExecutor(1) as pool:
        views = register.views()
        build = built(views, Told("a", (("one", 1),)), view=SHORT)
        with views.rows(SHORT) as found:
            assert found is not None
            assert len(list(found[1])) == 1
            waiting = pool.submit(views.write, build, [Told("a")], position=9)
            with pytest.raises(TimeoutError):
                waiting.result(0.05)
        assert waiting.result(60).position == 9
