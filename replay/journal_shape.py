"""The shape of a journal: its tables and keys. The one rule: one shape, for reading and for the schema.

The entries of a journal are made from the event classes, so that an event and its entry cannot drift
apart: the same fields under the same names, but sources by key and manifests in their short form.
"""

from __future__ import annotations

import datetime as dt
import json
import typing
from typing import Annotated, Any, Literal, TypeAlias

import attrs
import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from reciprocity.domain import (
    AgreementSigned,
    Claimed,
    Event,
    Handover,
    Source,
    TermsAmended,
    Transfer,
)
from reciprocity.domain.events import LARGEST_PHASE
from reciprocity.domain.forms import (
    AGREEMENT_ID,
    CATEGORY,
    LARGEST_COUNT,
    LONGEST_TEXT,
    PARTY_CODE,
    SOURCE_KEY,
)
from reciprocity.replay.journal_words import ENTRY_WORDS, WORDS
from reciprocity.store import KINDS

_RANGE = r"[0-9]+\.\.([0-9]+)?|\.\.[0-9]+"


# What stands in `extra_json_schema` is for editors only: the domain refuses what breaks it, in its own words.
def _said(description: str, pattern: str, longest: int | None = None) -> Meta:
    extra: dict[str, Any] = {"pattern": f"^({pattern})$"}
    return Meta(
        description=description, extra_json_schema=extra | ({"maxLength": longest} if longest else {})
    )


Text: TypeAlias = Annotated[str, Meta(extra_json_schema={"minLength": 1, "maxLength": LONGEST_TEXT})]
Code: TypeAlias = Annotated[str, _said("A party's code, such as UKR", PARTY_CODE, 32)]
Category: TypeAlias = Annotated[str, _said("A category, such as prisoner_of_war", CATEGORY, 64)]
Id: TypeAlias = Annotated[str, _said("An agreement's id, such as ua-ru-2025-05-16", AGREEMENT_ID, 100)]
SourceKey: TypeAlias = Annotated[str, _said("The key of one of the journal's [sources]", SOURCE_KEY, 64)]
Url: TypeAlias = Annotated[str, _said("An http or https address", r"https?://[^\s]+", 2_000)]
Phase: TypeAlias = Annotated[int, Meta(extra_json_schema={"minimum": 1, "maximum": LARGEST_PHASE})]
Number: TypeAlias = Annotated[int, Meta(ge=0, extra_json_schema={"maximum": LARGEST_COUNT})]
Released: TypeAlias = (
    Number | Annotated[str, _said('"200..", "33..84", "..500", or "?": unknown', rf"{_RANGE}|\?")]
)
Said: TypeAlias = (
    Number | Annotated[str, _said('"200..", "33..84", or "?": no figure was given', rf"{_RANGE}|\?")]
)
Total: TypeAlias = Number | Annotated[str, _said('"1200..", "990..1650" or "open"', rf"{_RANGE}|open")]
Instant: TypeAlias = Annotated[
    dt.datetime, Meta(tz=True, extra_json_schema={"pattern": r"[Tt ].+([Zz]|[+-][0-9]{2}:[0-9]{2})$"})
]


class ReleasedRow(Struct, forbid_unknown_fields=True):
    """Who released, who received, and how many of each category."""

    by: Code
    to: Code
    counts: dict[Category, Released]
    within_agreement: bool | Literal["unclear"] = True


class HandoverTable(Struct, forbid_unknown_fields=True):
    """What took place, as the record has it: what is left out is not known there."""

    released: list[ReleasedRow]
    completed_on: dt.date | None = None
    place: Text | None = None


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
    weights: dict[Category, Annotated[int, Meta(ge=0, extra_json_schema={"maximum": 1_000_000})]] = {}


class WindowTable(Struct, forbid_unknown_fields=True):
    """The days in which the agreement was to be carried out."""

    starts_on: dt.date | None = None
    ends_on: dt.date | None = None


class GroupTable(Struct, forbid_unknown_fields=True):
    """A party that is a group: its name, and its members' codes and names."""

    name: Text
    members: dict[Code, Text]


class SourceTable(Struct, forbid_unknown_fields=True):
    """Where a fact was published."""

    publisher: Text
    date: dt.date | None = None
    url: Url | None = None
    note: Text | None = None


class AgreementTable(Struct, forbid_unknown_fields=True):
    """What was agreed: the terms as first signed."""

    id: Id
    title: Text
    parties: dict[Code, Text | GroupTable]
    obligations: list[ObligationRow]
    symmetry: SymmetryTable = msgspec.field(default_factory=SymmetryTable)
    window: WindowTable = msgspec.field(default_factory=WindowTable)
    signed_on: dt.date | None = None
    signed_at: Text | None = None
    mediators: list[Text] = []
    facilitators: list[Text] = []
    parent: Id | None = None
    series: bool = False
    sources: list[SourceKey] = []
    notes: list[Text] = []
    recorded_at: Instant | None = None


_NEW_TERMS = ("title", "parties", "obligations", "symmetry", "window", "mediators", "facilitators")
"""What an amendment may put in the place of what was agreed; the rest of the terms stays as it is."""

_SHORT_FORMS: dict[Any, Any] = {
    tuple[Transfer, ...]: list[ReleasedRow],
    tuple[Claimed, ...]: list[ClaimedRow],
    tuple[Source, ...]: list[SourceKey],
    tuple[str, ...]: list[Text],
    str: Text,
    str | None: Text | None,
    Handover | None: HandoverTable | None,
}
KEYS = {"claimed": "released"}
"""Where a key is not the name of the event's field."""


def _entry(name: str, event: type[Event]) -> type[Struct]:
    hints = typing.get_type_hints(event)
    fields: list[Any] = []
    for field in attrs.fields(event):
        if field.name == "terms":
            continue
        key = KEYS.get(field.name, field.name)
        kind = _SHORT_FORMS.get(hints[field.name], hints[field.name])
        if key == "phase":
            kind = Phase if field.default is attrs.NOTHING else Phase | None
        default = [] if field.default == () else field.default
        fields.append((key, kind) if field.default is attrs.NOTHING else (key, kind, default))
    if event is TermsAmended:
        hints = typing.get_type_hints(AgreementTable, include_extras=True)
        fields += [(key, hints[key] | UnsetType, UNSET) for key in _NEW_TERMS]
    fields.append(("recorded_at", Instant | None, None))
    return msgspec.defstruct(
        f"{event.__name__}Entry",
        fields,
        namespace={"__doc__": ENTRY_WORDS[name]},
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
    schema: dict[str, Any] = _without_null(msgspec.json.schema(JournalFile))
    for name, table in schema["$defs"].items():
        for key, value in table.get("properties", {}).items():
            value["description"] = WORDS.get(f"{name}.{key}") or WORDS[key]
    schema["$defs"]["ReleasedRow"]["properties"]["counts"]["minProperties"] = 1
    schema["$defs"]["ClaimedRow"]["anyOf"] = [{"required": ["counts"]}, {"required": ["total"]}]
    entries = schema["$defs"]["JournalFile"]["properties"]["event"]["items"]
    # Not JSON Schema, but OpenAPI. An editor that completes `event = ` needs the names in one place.
    del entries["discriminator"]
    entries |= {
        "type": "object",
        "properties": {"event": {"description": WORDS["event"], "enum": list(ENTRIES)}},
        "required": ["event"],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "reciprocity journal",
        **schema,
    }


def schema_text() -> str:
    """The schema as it stands in ``docs/journal.schema.json``; ``make schema`` writes it there."""
    return json.dumps(json_schema(), indent=2, sort_keys=True, ensure_ascii=False)


def _without_null(schema: Any) -> Any:
    """The same schema without ``null``, which TOML cannot write: a key that is not known is left out."""
    if isinstance(schema, list):
        return [_without_null(part) for part in schema if part != {"type": "null"}]
    if not isinstance(schema, dict):
        return schema
    plain = {
        key: _without_null(part) for key, part in schema.items() if not (key == "default" and part is None)
    }
    if len(options := plain.get("anyOf", [])) == 1:
        return {**options[0], **{key: part for key, part in plain.items() if key != "anyOf"}}
    return plain


if __name__ == "__main__":
    print(schema_text())  # noqa: T201  # it is asked for in a shell
