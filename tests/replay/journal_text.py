"""Writes journals, for tests: events as the TOML text that tells them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any

import attrs

from reciprocity.domain import (
    OPEN,
    UNKNOWN,
    AgreementSigned,
    Claimed,
    ClaimRecorded,
    Count,
    Event,
    Handover,
    Obligation,
    Party,
    Range,
    Source,
    Terms,
    TermsAmended,
    Transfer,
)
from reciprocity.store import name_of

PARTS = ("title", "parties", "obligations", "symmetry", "window", "mediators", "facilitators")
"""What an amendment can name."""


def journal_text(
    agreement_id: str,
    told: Iterable[tuple[Event, dt.datetime | None]],
    sources: Iterable[Source] = (),
) -> str:
    """A journal that tells these events, the first of them a signing, each recorded at its instant."""
    lines: list[str] = []
    before: Terms | None = None
    for event, recorded_at in told:
        if isinstance(event, AgreementSigned):
            header, table = "[agreement]", {"id": agreement_id} | _signed(event)
        else:
            header, table = "[[event]]", {"event": name_of(event)} | _told(event, before)
        before = getattr(event, "terms", before)
        lines += ["", header, *_lines(table | {"recorded_at": recorded_at})]
    for source in sources:
        table = attrs.asdict(source)
        lines += ["", f"[sources.{toml(table.pop('key'))}]", *_lines(table)]
    return "\n".join(lines) + "\n"


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    match value:
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case dt.date():  # an instant, too
            return value.isoformat()
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007F")
        case Mapping():
            return "{ " + ", ".join(f"{toml(key)} = {toml(one)}" for key, one in _said(value)) + " }"
        case _:
            return "[" + ", ".join(toml(one) for one in value) + "]"


def _said(table: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(key, value) for key, value in table.items() if value is not None]


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {toml(value)}" for key, value in _said(table)]


def _signed(event: AgreementSigned) -> dict[str, Any]:
    terms = event.terms
    return {name: _part(name, terms) for name in PARTS} | {
        "signed_on": terms.signed_on,
        "signed_at": terms.signed_at,
        "parent": terms.parent,
        "series": terms.series,
        "sources": [source.key for source in terms.sources],
        "notes": event.notes,
    }


def _told(event: Event, before: Terms | None) -> dict[str, Any]:
    table: dict[str, Any] = {
        field.name: getattr(event, field.name) for field in attrs.fields(type(event)) if field.name != "terms"
    }
    table["sources"] = [source.key for source in event.sources]
    for name in {"released", "planned"} & table.keys():
        table[name] = [_row(transfer) for transfer in table[name]]
    match event:
        case TermsAmended():
            table |= {
                name: _part(name, event.terms)
                for name in PARTS
                if getattr(event.terms, name) != getattr(before, name)
            }
        case ClaimRecorded():
            table["released"] = [_claim(claimed) for claimed in table.pop("claimed")]
        case _:
            pass
    return {name: _plain(value) for name, value in table.items()}


def _plain(value: Any) -> Any:
    match value:
        case Enum():
            return value.value
        case Handover():
            return attrs.asdict(value, recurse=False) | {"released": [_row(t) for t in value.released]}
        case _:
            return value


def _part(name: str, terms: Terms) -> Any:
    match name:
        case "parties":
            return {party.code: _party(party) for party in terms.parties}
        case "obligations":
            return [_obligation(obligation) for obligation in terms.obligations]
        case "symmetry":
            weights = {weight.category: weight.value for weight in terms.symmetry.weights}
            return {"kept": terms.symmetry.kept.value, "weights": weights}
        case "window":
            return attrs.asdict(terms.window)
        case _:
            return getattr(terms, name)


def _party(party: Party) -> Any:
    if not party.members:
        return party.name
    return {"name": party.name, "members": {member.code: member.name for member in party.members}}


def _obligation(obligation: Obligation) -> dict[str, Any]:
    total = "open" if obligation.total == OPEN else _count(obligation.total)
    return attrs.asdict(obligation, recurse=False) | {"total": total}


def _row(transfer: Transfer) -> dict[str, Any]:
    within = "unclear" if transfer.within_agreement is None else transfer.within_agreement
    counts = {transfer.category: "?" if transfer.count == UNKNOWN else _count(transfer.count)}
    return {"by": transfer.releasing, "to": transfer.receiving, "counts": counts, "within_agreement": within}


def _claim(claimed: Claimed) -> dict[str, Any]:
    said = "?" if claimed.count is None else _count(claimed.count)
    row = {"by": claimed.releasing, "to": claimed.receiving}
    return row | ({"counts": {claimed.category: said}} if claimed.category else {"total": said})


def _count(count: Count) -> int | str:
    if not isinstance(count, Range):
        return count
    most = "" if count.at_most is None else count.at_most
    return f"{count.at_least}..{most}" if count.at_least or most == "" else f"..{most}"
