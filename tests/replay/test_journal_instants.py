"""When the record learned what a journal tells: as the journal says, or as its other entries allow."""

from __future__ import annotations

import datetime as dt

import pytest

from reciprocity.domain import AgreementResumed, AgreementSigned
from reciprocity.replay.journal import Entry, Journal, parse_journal
from reciprocity.replay.problems import MalformedFile
from reciprocity.replay.record import Contradiction, record
from reciprocity.store import Register
from tests.examples import swap

SIGNED = """[agreement]
id = "swap"
title = "A swap"
parties = { AAA = "A", BBB = "B" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = 10 }]
"""


def written(*days: tuple[int | None, int | None]) -> str:
    """A journal with an entry for each: the day of March on which it was recorded, and that of the fact."""
    text = SIGNED
    for number, (recorded, resumed) in enumerate(days):
        if number:
            text += '[[event]]\nevent = "agreement-resumed"\n'
        if resumed:
            text += f"resumed_on = 2001-03-{resumed:02}\n"
        if recorded:
            text += f"recorded_at = 2001-03-{recorded:02}T12:00:00Z\n"
    return text


def read(text: str) -> Journal:
    return parse_journal(text.encode(), "journal.toml")


@pytest.mark.parametrize(
    ("days", "recorded"),
    [
        ([(None, None)], [None]),
        ([(None, None), (None, None)], [None, None]),
        ([(5, None)], [5]),
        ([(5, None), (None, None), (None, None)], [5, 5, 5]),
        ([(None, None), (5, None)], [5, 5]),
        ([(None, None), (None, None), (None, None), (None, None), (5, None)], [5, 5, 5, 5, 5]),
        ([(None, None), (5, None), (None, None), (9, None), (None, None)], [5, 5, 5, 9, 9]),
        ([(1, None), (None, 1), (None, 2), (9, None)], [1, 1, 1, 9]),
        ([(1, None), (None, 4), (9, None)], [1, 9, 9]),
        ([(1, None), (None, 4), (None, None), (9, None)], [1, 9, 9, 9]),
        ([(1, None), (None, 4), (5, None), (None, None)], [1, 5, 5, 5]),
        ([(1, None), (None, 4)], [1, None]),
        ([(1, None), (None, 4), (None, None)], [1, None, None]),
        ([(1, None), (5, None), (None, 9), (None, 1)], [1, 5, None, None]),
    ],
)
def test_an_entry_that_does_not_say_has_the_instant_of_a_neighbour(
    days: list[tuple[int | None, int | None]], recorded: list[int | None]
) -> None:
    entries = read(written(*days)).entries
    assert [one.recorded_at and one.recorded_at.day for one in entries] == recorded
    assert [one.is_told for one in entries] == [at is not None for at, _ in days]


@pytest.mark.usefixtures("far_from_utc")
def test_the_zone_of_the_machine_is_not_asked() -> None:
    at = dt.datetime(2001, 3, 1, 12, tzinfo=dt.UTC)
    entries = read(written((1, None), (None, 1), (None, 2), (None, 3))).entries
    assert [one.recorded_at for one in entries] == [at, at, at, None]


def test_an_instant_may_be_that_of_the_entry_above_but_not_before_any_above() -> None:
    assert read(written((5, None), (5, None))).entries[1].recorded_at == dt.datetime(
        2001, 3, 5, 12, tzinfo=dt.UTC
    )
    with pytest.raises(MalformedFile) as refused:
        read(written((5, None), (3, None), (None, None), (4, None), (6, None), (5, None)))
    assert [(one.field, one.reason) for one in refused.value.problems] == [
        (
            f"event[{number}].recorded_at",
            f"2001-03-0{day} 12:00:00+00:00 is before an entry above it, of 2001-03-0{above} 12:00:00+00:00",
        )
        for number, day, above in ((1, 3, 5), (3, 4, 5), (5, 5, 6))
    ]


def test_an_entry_made_in_python_tells_its_instant_and_its_journal_the_terms() -> None:
    signed = AgreementSigned(terms=swap())
    first, second = (dt.datetime(2025, 6, day, tzinfo=dt.UTC) for day in (1, 2))
    journal = Journal("journal.toml", "swap", (Entry(1, signed, first),))
    assert journal.terms == swap()
    assert Journal("journal.toml", "swap", ()).terms is None
    assert Journal("journal.toml", "swap", (Entry(1, AgreementResumed(), first),)).terms is None
    with Register.open("memory:") as register:
        record(register, journal)
        with pytest.raises(Contradiction, match="recorded_at"):
            record(register, Journal("journal.toml", "swap", (Entry(1, signed, second),)))
