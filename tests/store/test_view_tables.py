"""View tables: how they look to others, and what is refused in them."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from reciprocity.store import Register, Unreadable
from reciprocity.store.view_builds import Build, Digest, Told, digest_of
from reciprocity.store.view_tables import BUILDS, UNREADABLE, Column, Holds, Stage, View, plain, written
from reciprocity.store.views import dialect_of
from tests.examples import swap
from tests.store.kept_views import EVERY, FULL, KINDS, SHORT, are_told_as, begun, built, seen
from tests.stores import execute


def test_tables_are_named_and_typed_as_others_read_them() -> None:
    with Register.open("memory:") as register:
        views = register.views()
        built(views, Told("a", (FULL,), 1, b"{}"))
        begun(views)
        with views._dialect.reading() as cursor:
            names = "SELECT name FROM sqlite_schema WHERE name LIKE 'view_%' ORDER BY 1"
            tables = [name for (name,) in cursor.execute(names)]
            columns = {
                table: [
                    (f"{name} {of_type}{' NOT NULL' * is_not_null}", key)
                    for _, name, of_type, is_not_null, _, key in cursor.execute(f"PRAGMA table_info({table})")
                ]
                for table in tables
            }
    every = [
        ("agreement TEXT NOT NULL", 1),
        ("nth INTEGER NOT NULL", 2),
        ("text TEXT", 0),
        ("whole INTEGER", 0),
        ("number REAL", 0),
        ("yes_or_no INTEGER", 0),
        ("day TEXT", 0),
        ("instant TEXT", 0),
        ("list TEXT", 0),
        ("bytes BLOB", 0),
        ("said TEXT NOT NULL", 0),
    ]
    kept = [("agreement TEXT NOT NULL", 1), ("version INTEGER NOT NULL", 0), ("state BLOB NOT NULL", 0)]
    assert columns == {
        "view_builds": [
            ("view TEXT NOT NULL", 1),
            ("stage TEXT NOT NULL", 2),
            ("position INTEGER NOT NULL", 0),
            ("lines INTEGER", 0),
            ("sha256 TEXT", 0),
            ("definition TEXT NOT NULL", 0),
            ("build TEXT NOT NULL", 0),
            ("steps INTEGER NOT NULL", 0),
            ("through TEXT", 0),
        ],
        "view_every_kind": every,
        "view_every_kind_kept": kept,
        "view_every_kind_kept_next": kept,
        "view_every_kind_next": every,
        "view_unreadable": [
            ("view TEXT NOT NULL", 1),
            ("stage TEXT NOT NULL", 2),
            ("agreement TEXT NOT NULL", 3),
            ("reason TEXT NOT NULL", 0),
        ],
    }


def test_types_are_written_in_capitals_by_which_a_file_is_known() -> None:
    with Register.open("memory:") as register:
        views = register.views()
        built(views, Told("a", (FULL,), 1, b"{}"))
        with views._dialect.reading() as cursor:
            texts = "\n".join(text for (text,) in cursor.execute("SELECT sql FROM sqlite_schema") if text)
    for column in ("text TEXT", "whole INTEGER", "number REAL", "yes_or_no INTEGER", "day TEXT"):
        assert f"    {column},\n" in texts
    for column in ("instant TEXT", "list TEXT", "bytes BLOB"):
        assert f"    {column}" in texts


def test_a_view_says_which_tables_it_has() -> None:
    assert [table.name for table in EVERY.tables()] == ["every_kind", "every_kind_kept"]
    assert [table.name for table in EVERY.tables(Stage.NEXT)] == ["every_kind_next", "every_kind_kept_next"]
    assert [table.name for table in SHORT.tables()] == ["short"]
    assert (SHORT.rows().key, EVERY.kept().key, BUILDS.key, UNREADABLE.key) == (2, 1, 2, 3)


def test_a_view_is_defined_as_it_was_in_former_releases() -> None:
    """Or else every view that they built would be built anew."""
    assert EVERY.definition == "c757fa477c9a9415"
    assert SHORT.definition == "132c5f94e7b235a9"


def test_a_definition_is_another_if_anything_that_a_table_holds_is() -> None:
    columns = (Column("one", Holds.TEXT), Column("two", Holds.WHOLE))
    views = [
        View("v", columns),
        View("v", columns[::-1]),
        View("v", columns[:1]),
        View("v", (columns[0], Column("two", Holds.NUMBER))),
        View("v", (columns[0], Column("two", Holds.WHOLE, nullable=True))),
        View("v", (columns[0], Column("three", Holds.WHOLE))),
        View("v", columns, keeps=True),
        View("v", columns, edition=2),
    ]
    assert len({view.definition for view in views}) == len(views)
    assert View("other", columns).definition == views[0].definition


def test_whoever_only_reads_a_store_makes_no_tables(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        register.sign("a", swap())
    table = "SELECT name FROM sqlite_schema WHERE name LIKE 'view_%'"
    with Register.open(kept_url) as register:
        assert register.views().builds(EVERY) == {}
        assert seen(register.views()) is None
        if kept_url.startswith("sqlite"):
            assert execute(kept_url, table) == []
        built(register.views(), Told("a", (FULL,), 1, b"{}"))
        if kept_url.startswith("sqlite"):
            assert len(execute(kept_url, table)) == 4


# What a stranger's file may hold.


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"position": "x"}, TypeError),
        ({"position": -1}, ValueError),
        ({"steps": "x"}, TypeError),
        ({"steps": -1}, ValueError),
        ({"definition": None}, TypeError),
        ({"build": b"x"}, TypeError),
        ({"through": 7}, TypeError),
    ],
)
def test_a_build_with_values_that_none_has_is_refused(values: dict[str, Any], wrong: type[Exception]) -> None:
    fitting: dict[str, Any] = {
        "position": 0,
        "digest": None,
        "definition": "d",
        "build": "b",
        "steps": 0,
        "through": None,
    }
    assert Build(SHORT, Stage.NEXT, **fitting).unreadable == {}
    with pytest.raises(wrong):
        Build(SHORT, Stage.NEXT, **{**fitting, **values})


@pytest.mark.parametrize("values", [("7", "text"), (None, "text"), (7, b"text"), (7, None)])
def test_a_digest_is_a_number_and_a_text(values: Any) -> None:
    with pytest.raises(TypeError):
        Digest(*values)


def test_a_digest_counts_lines_and_sums_them_up_in_order() -> None:
    nothing, one, two = digest_of([]), digest_of([("a", 1)]), digest_of([("a", 1), ("b", None)])
    assert [digest.lines for digest in (nothing, one, two)] == [0, 1, 2]
    assert digest_of([("a", 1, "b", None)]).sha256 != two.sha256 != digest_of([("b", None), ("a", 1)]).sha256
    assert two.sha256 == "f8ea6624c683244982f58adcd557c9ec467755895f2806013565c2cf89a51754"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ("UPDATE view_builds SET position='x'", "view_builds: holds what no build of short does"),
        ("UPDATE view_builds SET stage='other'", "view_builds: holds what no build of short does"),
        ("UPDATE view_unreadable SET reason=x'00'", "view_builds: holds what no build of short does"),
        ("UPDATE view_unreadable SET agreement=x'00'", "view_builds: holds what no build of short does"),
        ("UPDATE view_unreadable SET stage='next'", "view_builds: holds what no build of short does"),
        ("UPDATE view_short SET agreement=x'00'", "short: holds what no row of short does"),
    ],
)
def test_what_no_view_holds_is_named(change: str, named: str) -> None:
    with Register.open("memory:") as register:
        views = register.views()
        built(views, Told("a", (("one", 1),)), Told("b", unreadable="why"), view=SHORT)
        with views._dialect.writing() as cursor:
            cursor.execute(change)
        with pytest.raises(Unreadable, match=f"^{named}$"):
            seen(views, SHORT)


@pytest.mark.parametrize(
    "change", ["UPDATE view_every_kind_kept SET version='x'", "UPDATE view_every_kind_kept SET state='x'"]
)
def test_what_no_view_keeps_is_named(change: str) -> None:
    with Register.open("memory:") as register:
        views = register.views()
        build = built(views, Told("a", (FULL,), 1, b"{}"))
        with views._dialect.writing() as cursor:
            cursor.execute(change)
        named = "^view_every_kind_kept: holds what no build of every_kind does$"
        with pytest.raises(Unreadable, match=named):
            views.kept(build, ["a"])


def test_a_figure_that_no_column_can_hold_is_refused() -> None:
    with Register.open("memory:") as register:
        views = register.views()
        build = built(views, Told("a", (("one", 1),)), view=SHORT)
        with pytest.raises(Unreadable, match=r"^short: a figure is larger than a table can hold$"):
            views.write(build, [Told("b", (("two", 2**63),))], position=5)
        are_told_as(views, build)


@pytest.mark.usefixtures("far_from_utc")
def test_an_instant_is_written_in_utc_on_any_machine() -> None:
    at = dt.datetime(2025, 5, 24, 21, tzinfo=dt.timezone(dt.timedelta(hours=3)))
    assert written(at) == "2025-05-24T18:00:00Z"


def test_a_line_that_no_agreement_leads_is_refused_by_what_stands_there() -> None:
    column = Column("agreement", Holds.TEXT)
    with pytest.raises(TypeError, match=r"^7$"):
        list(plain([column, column], [(7, "a")]))


def test_what_marks_a_build_is_kept_in_these_words() -> None:
    assert {one: one.value for one in Stage} == {Stage.CURRENT: "current", Stage.NEXT: "next"}
    assert Told("a").version == 0


def test_lines_are_as_they_were_written_whatever_the_database_gives() -> None:
    columns = (Column("agreement", Holds.TEXT), *KINDS)
    summer = dt.timezone(dt.timedelta(hours=3))
    instant = dt.datetime(2025, 5, 24, 21, tzinfo=summer)
    given = [
        ("a", "so", 7, 0.5, 1, dt.date(2025, 5, 24), instant, "[]", b"x"),
        ("b", "so", 7, 0.5, 0, "2025-05-24", "2025-05-24T18:00:00Z", "[]", b"x"),
        ("c", *(None for _ in KINDS)),
    ]
    assert list(plain(columns, given)) == [
        ("a", "so", 7, 0.5, True, "2025-05-24", "2025-05-24T18:00:00Z", "[]", b"x"),
        ("b", "so", 7, 0.5, False, "2025-05-24", "2025-05-24T18:00:00Z", "[]", b"x"),
        ("c", *(None for _ in KINDS)),
    ]
    assert type(next(plain(columns, given))[4]) is bool
    for agreement in (b"a", None, 7):
        with pytest.raises(TypeError):
            list(plain(columns, [(agreement, *given[0][1:])]))


def test_a_server_keeps_views_as_a_server_does() -> None:
    pytest.importorskip("psycopg", reason='needs pip install "reciprocity[postgres]"')
    from reciprocity.store import postgres, view_postgres  # noqa: PLC0415  # not everybody has the driver

    recorder = postgres.Recorder.__new__(postgres.Recorder)
    datastore: Any = object()
    recorder.datastore = datastore
    dialect = dialect_of(recorder)
    assert isinstance(dialect, view_postgres.PostgresViews)
    assert dialect._datastore is datastore


def test_what_keeps_no_views_is_named() -> None:
    stranger: Any = object()
    with pytest.raises(TypeError, match=r"^object keeps no views$"):
        dialect_of(stranger)
