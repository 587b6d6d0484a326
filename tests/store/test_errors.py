"""What errors of the store say, and what they carry for who catches them."""

from __future__ import annotations

import datetime as dt

import pytest

from reciprocity.domain import AgreementFulfilled, Recorded
from reciprocity.store import CommandTaken, Conflict, Differs, StoreError
from reciprocity.store.errors import shown

AT = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
STORED, GIVEN = (Recorded("swap", 7, AT, name, AgreementFulfilled()) for name in ("c-1", "c-2"))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("", ""),
        ("swaps", "swaps"),
        (7, "7"),
        (None, "None"),
        ("a\nb\x1b[2J'é", r"a\nb\x1b[2J" + r"'\xe9"),
        ("a" * 199, "a" * 199),
        ("a" * 200, "a" * 200),
        ("a" * 201, "a" * 200 + "..."),
        ("a" * 2_000, "a" * 200 + "..."),
        ("\x1b" * 50, r"\x1b" * 50),
        ("\x1b" * 51, r"\x1b" * 50 + "..."),
    ],
)
def test_what_a_file_says_is_shown_in_200_plain_characters(value: object, text: str) -> None:
    assert shown(value) == text


def test_a_conflict_says_where_and_how_often_it_was_tried() -> None:
    error = Conflict("swap", 7, 3)
    assert (error.agreement_id, error.version, error.attempts) == ("swap", 7, 3)
    assert str(error) == "another writer recorded version 7 of swap first, in 3 attempts"


def test_a_difference_carries_both_events() -> None:
    error = Differs(STORED, GIVEN)
    assert (error.stored, error.given) == (STORED, GIVEN)
    assert str(error) == "version 7 of swap is stored otherwise"


def test_a_command_that_is_taken_is_named_with_what_it_was_asked_for() -> None:
    for given in (None, GIVEN):
        error = CommandTaken("c-1", "a signature", given)
        assert (error.command_id, error.given) == ("c-1", given)
        assert str(error) == "command c-1, asked for a signature, has recorded something else"
    assert CommandTaken("c-1", "a signature").given is None


def test_all_are_errors_of_the_store() -> None:
    assert all(issubclass(one, StoreError) for one in (Conflict, Differs, CommandTaken))
