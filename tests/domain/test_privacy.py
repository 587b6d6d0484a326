"""The model keeps counts, organisations and offices: it has no field for a private person.

Every field of every class is on one of these lists, which people have read. One that is added is looked at.
"""

from __future__ import annotations

import typing

import attrs

from reciprocity import domain
from reciprocity.domain import Event, Recorded

FIGURES = {
    "count",
    "total",
    "at_least",
    "at_most",
    "value",
    "phase",
    "version",
    "position",
    "kept",
    "manner",
    "within_agreement",
    "series",
}
DAYS = {
    "amended_on",
    "clock_at",
    "completed_on",
    "date",
    "ends_on",
    "expected_on",
    "fulfilled_on",
    "recorded_at",
    "resumed_on",
    "signed_on",
    "starts_on",
    "stated_on",
    "suspended_on",
    "terminated_on",
    "voided_on",
}
FORMED = {
    "agreement_id",
    "categories",
    "category",
    "code",
    "key",
    "parent",
    "receiving",
    "releasing",
    "url",
}
"""Ids and codes of a form that no name of a person has, and addresses."""

PARTS = {
    "claimed",
    "event",
    "members",
    "obligations",
    "parties",
    "planned",
    "released",
    "reverses",
    "sources",
    "symmetry",
    "terms",
    "weights",
    "window",
}

TEXTS = {
    "claimant": "a party's code, or the name of a mediator or medium",
    "command_id": "made by the register, or by the program that asks it",
    "facilitators": "states and organisations",
    "mediators": "states and organisations",
    "name": "a state or an organisation",
    "note": "how a source is to be read",
    "notes": "sub-counts, doubts",
    "office": "an office, never who holds it",
    "place": "a place",
    "publisher": "a publisher",
    "reason": "why",
    "signed_at": "a place",
    "title": "of an agreement",
}
"""What is free text, and what belongs there: docs/journal.md says so to those who write."""


def _classes() -> set[type]:
    """The classes of whatever may be recorded, from the envelope down."""
    found: set[type] = set()
    waiting: list[typing.Any] = [Recorded, *typing.get_args(Event)]
    while waiting:
        of = waiting.pop()
        waiting += typing.get_args(of)
        if isinstance(of, type) and attrs.has(of) and of not in found:
            found.add(of)
            waiting += typing.get_type_hints(of).values()
    return found


def test_every_field_is_one_that_was_reviewed() -> None:
    classes = _classes()
    assert {domain.Party, domain.Source, domain.Claimed, domain.Weight} < classes
    fields = {field.name for of in classes for field in attrs.fields(of)}
    assert fields == FIGURES | DAYS | FORMED | PARTS | TEXTS.keys()


def test_every_free_text_is_reviewed_as_such() -> None:
    texts = {
        name
        for of in _classes()
        for name, hint in typing.get_type_hints(of).items()
        if not name.startswith("_") and str in {hint, *typing.get_args(hint)}
    }
    assert texts - FORMED == TEXTS.keys()
