"""The shape of a journal: its tables and keys. The one rule: one shape, for reading and for the schema.

The entries of a journal are made from the event classes, so that an event and its entry cannot drift
apart: the same fields under the same names, but sources by key and manifests in their short form.
"""

from __future__ import annotations

import datetime as dt
import typing
from typing import Annotated, Any, Literal, TypeAlias

import attrs
import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from reciprocity.domain import (
    AgreementSigned,
    Claimed,
    Event,
    Source,
    TermsAmended,
    Transfer,
)
from reciprocity.domain.forms import AGREEMENT_ID, CATEGORY, PARTY_CODE, SOURCE_KEY
from reciprocity.store import KINDS

_RANGE = r"[0-9]+\.\.([0-9]+)?|\.\.[0-9]+"


def _said(description: str, pattern: str) -> Meta:
    # The pattern is for editors only: the domain refuses a bad code in words, not by a regular expression.
    return Meta(description=description, extra_json_schema={"pattern": f"^({pattern})$"})


Code: TypeAlias = Annotated[str, _said("A party's code, such as UKR", PARTY_CODE)]
Category: TypeAlias = Annotated[str, _said("A category, such as prisoner_of_war", CATEGORY)]
Id: TypeAlias = Annotated[str, _said("An agreement's id, such as ua-ru-2025-05-16", AGREEMENT_ID)]
SourceKey: TypeAlias = Annotated[str, _said("The key of one of the journal's [sources]", SOURCE_KEY)]
Number: TypeAlias = Annotated[int, Meta(ge=0)]
Released: TypeAlias = (
    Number | Annotated[str, _said('"200..", "33..84", "..500", or "?": unknown', rf"{_RANGE}|\?")]
)
Said: TypeAlias = (
    Number | Annotated[str, _said('"200..", "33..84", or "?": no figure was given', rf"{_RANGE}|\?")]
)
Total: TypeAlias = Number | Annotated[str, _said('"1200..", "990..1650" or "open"', rf"{_RANGE}|open")]
Instant: TypeAlias = Annotated[
    dt.datetime, Meta(tz=True, description="When the record learned it; never runs backwards in a file")
]


class ReleasedRow(Struct, forbid_unknown_fields=True):
    """Who released, who received, and how many of each category."""

    by: Code
    to: Code
    counts: dict[Category, Released]
    within_agreement: bool | Literal["unclear"] = True


class ClaimedRow(Struct, forbid_unknown_fields=True):
    """What a claimant says of one direction: of some categories, or in total."""

    by: Code
    to: Code
    counts: dict[Category, Said] = {}
    total: Said | UnsetType = UNSET


class ObligationRow(Struct, forbid_unknown_fields=True):
    """Who is to release how many to whom, of which categories: of any, if none is named."""

    releasing: Code
    receiving: Code
    total: Total
    categories: list[Category] = []


class SymmetryTable(Struct, forbid_unknown_fields=True):
    """When both sides must have given equal value, and what each category weighs (1, if not named)."""

    kept: Literal["each-phase", "at-fulfilment", "not-required"] = "each-phase"
    weights: dict[Category, Annotated[int, Meta(ge=0)]] = {}


class WindowTable(Struct, forbid_unknown_fields=True):
    """The days in which the agreement was to be carried out."""

    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class GroupTable(Struct, forbid_unknown_fields=True):
    """A party that is a group: its name, and its members' codes and names."""

    name: str
    members: dict[Code, str]


class SourceTable(Struct, forbid_unknown_fields=True):
    """Where a fact was published."""

    publisher: str
    date: dt.date | None = None
    url: str | None = None
    note: str | None = None


class AgreementTable(Struct, forbid_unknown_fields=True):
    """What was agreed: the terms as first signed."""

    id: Id
    title: str
    parties: dict[Code, str | GroupTable]
    obligations: list[ObligationRow]
    symmetry: SymmetryTable = msgspec.field(default_factory=SymmetryTable)
    window: WindowTable = msgspec.field(default_factory=WindowTable)
    signed_on: dt.date | None = None
    signed_at: str | None = None
    mediators: list[str] = []
    facilitators: list[str] = []
    parent: Id | None = None
    sources: list[SourceKey] = []
    notes: list[str] = []
    recorded_at: Instant | None = None


_NEW_TERMS = ("title", "parties", "obligations", "symmetry", "window", "mediators", "facilitators")
"""What an amendment may put in the place of what was agreed; the rest of the terms stays as it is."""

_SHORT_FORMS: dict[Any, Any] = {
    tuple[Transfer, ...]: list[ReleasedRow],
    tuple[Claimed, ...]: list[ClaimedRow],
    tuple[Source, ...]: list[SourceKey],
    tuple[str, ...]: list[str],
}
_KEYS = {"claimed": "released"}


def _entry(name: str, event: type[Event]) -> type[Struct]:
    hints = typing.get_type_hints(event)
    fields: list[Any] = []
    for field in attrs.fields(event):
        if field.name in ("terms", "reverses"):
            continue
        key = _KEYS.get(field.name, field.name)
        kind = _SHORT_FORMS.get(hints[field.name], hints[field.name])
        default = [] if field.default == () else field.default
        fields.append((key, kind) if field.default is attrs.NOTHING else (key, kind, default))
    if event is TermsAmended:
        hints = typing.get_type_hints(AgreementTable, include_extras=True)
        fields += [(key, hints[key] | UnsetType, UNSET) for key in _NEW_TERMS]
    fields.append(("recorded_at", Instant | None, None))
    return msgspec.defstruct(
        f"{event.__name__}Entry",
        fields,
        namespace={"__doc__": event.__doc__},
        tag_field="event",
        tag=name,
        kw_only=True,
        forbid_unknown_fields=True,
    )


ENTRIES = {kind.name: _entry(kind.name, kind.event) for kind in KINDS if kind.event is not AgreementSigned}
"""The entry for each event that a journal may tell; signing is told by its ``[agreement]`` table."""

NEW_TERMS = frozenset(_NEW_TERMS)


class JournalFile(Struct, forbid_unknown_fields=True):
    """A journal: one agreement, its events in order, and the sources that they name."""

    agreement: AgreementTable
    event: list[typing.Union[tuple(ENTRIES.values())]] = []  # type: ignore[valid-type]  # noqa: UP007
    sources: dict[SourceKey, SourceTable] = {}


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of a journal, for editors that complete and check TOML files."""
    schema = msgspec.json.schema(JournalFile)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reciprocity journal",
        **schema,
    }
