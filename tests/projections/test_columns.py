"""From rows to columns: what a table says of a count, a share, a day and a list."""

from __future__ import annotations

import datetime as dt
import json

import attrs
import pytest

from reciprocity.domain import Kept, Obligation, Party, Range, Share, Symmetry, Terms, Transfer
from reciprocity.projections import CumulativeRow, FactRow, ask
from reciprocity.projections.columns import columns, line
from reciprocity.projections.views import VIEWS, ClaimLine, PhaseLine
from reciprocity.replay.journal import read_journal
from reciprocity.replay.record import record
from reciprocity.seeds import path as seed
from reciprocity.store import Register
from reciprocity.store.view_tables import Column, Holds, plain


def told(row: object) -> dict[str, object]:
    """A row by its columns."""
    return dict(zip([column.name for column in columns(type(row))], line(row), strict=True))


def test_a_count_is_the_least_and_the_most_that_it_may_be() -> None:
    row = CumulativeRow(
        "swap", "UKR", "RUS", ("civilian", "hostage"), Range(3), 7, Range(0, 4), Share(42.8, 100.0)
    )
    assert told(row) == {
        "releasing": "UKR",
        "receiving": "RUS",
        "categories": '["civilian","hostage"]',
        "exchanged_at_least": 3,
        "exchanged_at_most": None,
        "agreed_at_least": 7,
        "agreed_at_most": 7,
        "remaining_at_least": 0,
        "remaining_at_most": 4,
        "percentage_at_least": 42.8,
        "percentage_at_most": 100.0,
    }


def test_where_there_is_no_figure_both_are_null() -> None:
    row = told(CumulativeRow("swap", "UKR", "RUS", (), 0, None, None, None))
    figures = ("agreed", "remaining", "percentage")
    assert {row[f"{figure}_at_{end}"] for figure in figures for end in ("least", "most")} == {None}
    assert (row["exchanged_at_least"], row["exchanged_at_most"], row["categories"]) == (0, 0, "[]")


def test_a_day_an_instant_and_a_list_of_what_may_be_missing() -> None:
    instant = dt.datetime(2025, 5, 24, 20, 30, 0, 500, dt.timezone(dt.timedelta(hours=2)))
    row = FactRow(
        "swap",
        1,
        dt.date(2025, 5, 23),
        None,
        "UKR",
        "RUS",
        "civilian",
        1,
        None,
        None,
        2,
        3,
        instant,
        ("a", "b"),
        ("https://example.org/ü", None),
    )
    values = told(row)
    assert (values["completed_on"], values["place"]) == ("2025-05-23", None)
    assert values["recorded_at"] == "2025-05-24T18:30:00.000500Z"
    assert json.loads(str(values["urls"])) == ["https://example.org/ü", None]
    assert (values["at_most"], values["within_agreement"]) == (None, None)


def test_what_may_be_null_is_what_may_be_none() -> None:
    nullable = {column.name for column in columns(ClaimLine) if column.nullable}
    assert nullable == {
        "phase",
        "category",
        "recorded_at_most",
        "claimant",
        "office",
        "claimed_at_least",
        "claimed_at_most",
        "agrees",
        "stated_on",
        "version",
        "position",
    }
    assert {column.holds for column in columns(PhaseLine) if column.name == "balanced"} == {Holds.YES_OR_NO}


def test_a_line_is_read_as_it_was_written() -> None:
    kinds = [Holds.TEXT, Holds.YES_OR_NO, Holds.YES_OR_NO, Holds.DAY, Holds.INSTANT]
    made = [Column(str(number), kind, nullable=True) for number, kind in enumerate(kinds)]
    instant = dt.datetime(2025, 5, 24, 20, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    given = [
        ("a", 1, None, "2025-05-24", "2025-05-24T18:00:00Z"),
        ("a", True, None, dt.date(2025, 5, 24), instant),
    ]
    read = "('a', True, None, '2025-05-24', '2025-05-24T18:00:00Z')"  # True, which is equal to 1
    assert [repr(one) for one in plain(made, given)] == [read, read]


def test_what_has_no_column_is_refused() -> None:
    fields = {"agreement": attrs.field(type=str), "of": attrs.field(type=dt.time)}
    with pytest.raises(TypeError, match="time'> has no column"):
        columns(attrs.make_class("Row", fields))


@pytest.fixture
def founding() -> Register:
    register = Register.open("memory:")
    journal = seed("ua-ru-2025-05-16")
    assert journal is not None
    record(register, read_journal(journal))
    return register


def rows(register: Register, view: str) -> list[dict[str, object]]:
    one = VIEWS[view]
    return [told(row) for answer in ask(one.projection, register.log()) for row in one.rows(answer)]


def test_the_views_give_the_founding_figures(founding: Register) -> None:
    with founding:
        by_phase = [row for row in rows(founding, "timeline") if row["releasing"] == "RUS"]
        assert [row["released_at_least"] for row in by_phase] == [390, 307, 303]
        assert [row["cumulative_at_most"] for row in by_phase] == [390, 697, 1000]
        assert [row["remaining_at_least"] for row in by_phase] == [610, 303, 0]
        assert [row["status"] for row in by_phase] == ["in-force", "in-force", "fulfilled"]
        assert {row["balanced"] for row in by_phase} == {True}
        assert [(row["persons_at_least"], row["progress_at_most"]) for row in rows(founding, "standing")] == [
            (2000, 100.0)
        ]
        claims = rows(founding, "claims")
        assert {(row["label"], row["agrees"]) for row in claims} >= {("one-sided", "same")}
        silent = [row for row in claims if row["agrees"] == "silent"]
        assert silent
        assert {row["claimed_at_least"] for row in silent} == {None}
        assert sum(int(str(row["at_least"])) for row in rows(founding, "facts")) == 2000


def test_a_group_s_row_adds_up_what_its_members_released_of_a_category() -> None:
    group = Party("A-AND-B", "A and B", (Party("A", "A"), Party("B", "B")))
    owed = (Obligation("A-AND-B", "C", 9),)
    terms = Terms(
        title="for C",
        parties=(group, Party("C", "C")),
        obligations=owed,
        symmetry=Symmetry(Kept.NOT_REQUIRED),
    )
    with Register.open("memory:") as register:
        register.sign("swap", terms)
        register.complete_phase(
            "swap", 1, [Transfer(by, "C", "civilian", n) for by, n in (("A", 2), ("B", 3))]
        )
        told_of = [row for row in rows(register, "cumulative") if row["releasing"] == "A-AND-B"]
    assert [(row["categories"], row["exchanged_at_least"]) for row in told_of] == [
        ("[]", 5),
        ('["civilian"]', 5),
    ]
