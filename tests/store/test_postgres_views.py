"""Views on a server: who may build them, who may read them, and what outlives a build."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from reciprocity.projections import Runner
from reciprocity.projections.views import VIEWS
from reciprocity.store import NotAllowed, Register
from tests.examples import back, out
from tests.projections.view_stores import expected, many, stored
from tests.store.test_postgres_roles import logins, set_up, url_of
from tests.stores import execute

SUMS = "SELECT agreement, sum(exchanged_at_least) FROM reciprocity_views.cumulative WHERE nth = 1 GROUP BY 1"


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    with Register.open(server_url, create=True) as register:
        register.take_over(many(agreements=2, phases=2))
    set_up(server_url)
    with logins(server_url):
        yield server_url
        execute(server_url, "DROP SCHEMA IF EXISTS reciprocity_views CASCADE")


def test_an_owner_builds_and_a_reader_reads(url: str) -> None:
    with Register.open(url_of("holder", url)) as register:
        for view in VIEWS:
            Runner(register, view).run()
            Runner(register, view).run(from_scratch=True)
    with Register.open(url_of("analyst", url)) as register:
        for view in VIEWS:
            assert stored(register, view) == expected(view, register.log())
            assert Runner(register, view).differing() == []
            assert Runner(register, view).run().done == "up to date"
            with pytest.raises(NotAllowed):
                Runner(register, view).run(from_scratch=True)


@pytest.mark.parametrize("login", ["clerk", "analyst"])
def test_others_do_not_build(url: str, login: str) -> None:
    with Register.open(url_of(login, url)) as register, pytest.raises(NotAllowed):
        Runner(register, "facts").run()
    assert execute(url, "SELECT FROM pg_namespace WHERE nspname = 'reciprocity_views'") == []


def test_a_view_over_a_view_outlives_a_build(url: str) -> None:
    with Register.open(url) as register:
        Runner(register, "cumulative").run()
        execute(url, f"CREATE VIEW public.sums AS {SUMS}")
        execute(url, "GRANT SELECT ON public.sums TO passer_by")
        register.complete_phase("swap-001", 3, [out(5), back(5)])
        Runner(register, "cumulative").run()
        Runner(register, "cumulative").run(from_scratch=True)
        assert stored(register, "cumulative") == expected("cumulative", register.log())
        analyst = url_of("passer_by", url)
        assert sorted(execute(analyst, "SELECT * FROM public.sums")) == [("swap-000", 2), ("swap-001", 7)]
        execute(url, "DROP VIEW public.sums")


def test_the_commits_of_views_are_not_waited_for_but_those_of_events_are(url: str) -> None:
    with Register.open(url) as register:
        with register.views()._dialect.writing() as cursor:
            assert list(cursor.execute("SHOW synchronous_commit")) == [("off",)]
        with register.views()._dialect.holding() as cursor:  # on the same connection
            assert list(cursor.execute("SHOW synchronous_commit")) == [("on",)]
