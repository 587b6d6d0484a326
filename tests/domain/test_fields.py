"""Every field of every value and event refuses what is not of its form, and has a default if it may."""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import Any, get_args, get_type_hints

import attrs
import pytest

from reciprocity import domain
from reciprocity.domain import (
    Claimed,
    Event,
    Handover,
    Malformed,
    Obligation,
    Party,
    Range,
    Recorded,
    Source,
    Symmetry,
    Terms,
    Weight,
    Window,
    values,
)
from tests.examples import EVENTS, may, out, phase, swap

VALUES: tuple[Any, ...] = (
    Range(1, 2),
    out(1),
    Handover(may(23), None, (out(1),)),
    Source("gur", "a daily"),
    Claimed("RUS", "UKR", "civilian", 1),
    Party("UKR", "Ukraine"),
    Obligation("UKR", "RUS", 1),
    Weight("civilian", 2),
    Symmetry(),
    Window(may(1), may(2)),
    swap(),
    *EVENTS,
    Recorded("swap", 1, dt.datetime(2025, 5, 25, tzinfo=dt.UTC), "c-1", phase(1)),
)
FIELDS = [(value, one) for value in VALUES for one in attrs.fields(type(value))]
_NAMES = [f"{type(value).__name__}.{one.name}" for value, one in FIELDS]
_OF_ANY_KIND = {"Recorded.event"}
"""What the type checker alone watches over."""


@pytest.mark.parametrize(("value", "field"), FIELDS, ids=_NAMES)
def test_a_field_refuses_what_is_not_of_its_form(value: Any, field: attrs.Attribute[Any]) -> None:
    if f"{type(value).__name__}.{field.name}" not in _OF_ANY_KIND:
        with pytest.raises((Malformed, TypeError)):
            attrs.evolve(value, **{field.name: (object(),)})


@pytest.mark.parametrize(("value", "field"), FIELDS, ids=_NAMES)
def test_a_field_may_be_unknown_just_when_its_type_says_so(value: Any, field: attrs.Attribute[Any]) -> None:
    of = get_type_hints(type(value))[field.name]
    assert (field.default is None) <= (type(None) in get_args(of))


ANY_COLLECTION = {"sources", "notes", "planned", "released", "claimed", "parties", "obligations"}
"""Fields that are given as any collection; all others that have many members want a tuple."""


@pytest.mark.parametrize("value", [*EVENTS, swap()], ids=lambda value: type(value).__name__)
def test_what_is_given_as_any_collection_is_kept_as_a_tuple(value: Any) -> None:
    names = {one.name for one in attrs.fields(type(value))} & ANY_COLLECTION
    if isinstance(value, Terms):
        names -= {"sources"}
    assert names
    for name in names:
        given = list(getattr(value, name))
        assert type(getattr(attrs.evolve(value, **{name: given}), name)) is tuple
        assert getattr(attrs.evolve(value, **{name: iter(given)}), name) == tuple(given)


@pytest.mark.parametrize("kind", get_args(Event))
def test_a_field_of_an_event_is_given_by_name(kind: type[Any]) -> None:
    assert all(one.kw_only for one in attrs.fields(kind))


@pytest.mark.parametrize("kind", [one for one in vars(domain).values() if isinstance(one, type)])
def test_a_word_is_the_name_in_small_letters(kind: type) -> None:
    if issubclass(kind, Enum):
        assert [one.value for one in kind] == [one.name.lower().replace("_", "-") for one in kind]


@pytest.mark.parametrize(
    "name",
    [
        "PRISONER_OF_WAR",
        "CIVILIAN",
        "WOUNDED_OR_SICK_POW",
        "HOSTAGE",
        "DETAINEE",
        "MORTAL_REMAINS",
        "UNSPECIFIED",
    ],
)
def test_a_usual_category_is_written_as_it_is_named(name: str) -> None:
    assert getattr(values, name) == name.lower()
