"""Journal text: events as the TOML that tells them. The one rule: what is written is read as those events."""

from __future__ import annotations

import datetime as dt
import json
import re
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
    Symmetry,
    Terms,
    TermsAmended,
    Transfer,
    Window,
)
from reciprocity.store import name_of

PARTS = ("title", "parties", "obligations", "symmetry", "window", "mediators", "facilitators")
"""What an amendment can name."""


def journal_tables(agreement_id: str, told: Iterable[tuple[Event, dt.datetime | None]]) -> dict[str, Any]:
    """The tables of a journal that tells these events, the first of them a signing, each at its instant.

    What it cannot tell is left out: what an amendment changes besides `PARTS`, and all but one of several
    sources of the same key. Reading it shows whether anything was.
    """
    tables: dict[str, Any] = {"agreement": {"id": agreement_id}, "event": [], "sources": {}}
    before: Terms | None = None
    for event, recorded_at in told:
        at = {"recorded_at": recorded_at}
        if isinstance(event, AgreementSigned):
            tables["agreement"] |= _filled(_signed(event)) | _said(at)
        else:
            tables["event"].append({"event": name_of(event)} | _said(_told(event, before)) | _said(at))
        before = getattr(event, "terms", before)
        for source in (*event.sources, *(event.terms.sources if isinstance(event, AgreementSigned) else ())):
            table = attrs.asdict(source)
            key = table.pop("key")
            tables["sources"][key] = _said(table)
    return tables


def journal_text(tables: Mapping[str, Any]) -> str:
    """The tables of a journal as TOML: those of its events one after the other, then its sources."""
    lines = ["[agreement]", *_lines(tables["agreement"])]
    for table in tables.get("event", ()):
        lines += ["", "[[event]]", *_lines(table)]
    for key, table in tables.get("sources", {}).items():
        lines += ["", f"[sources.{_key(key)}]", *_lines(table)]
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
            return "{ " + ", ".join(f"{_key(key)} = {toml(one)}" for key, one in _said(value).items()) + " }"
        case _:
            return "[" + ", ".join(toml(one) for one in value) + "]"


def _said(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in table.items() if value is not None}


def _filled(table: Mapping[str, Any]) -> dict[str, Any]:
    """The table without what says no more than leaving it out would."""
    return {key: value for key, value in _said(table).items() if value or key in _MUST}


_MUST = {"parties", "obligations", "released"}
_CITED = ("sources", "notes")


def _lines(table: Mapping[str, Any]) -> list[str]:
    return [f"{_key(key)} = {_value(value)}" for key, value in _said(table).items()]


def _value(value: Any) -> str:
    if isinstance(value, list | tuple) and value and all(isinstance(one, Mapping) for one in value):
        return "[\n" + "".join(f"  {toml(one)},\n" for one in value) + "]"
    return toml(value)


def _key(key: str) -> str:
    return key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else toml(key)


def _signed(event: AgreementSigned) -> dict[str, Any]:
    terms = event.terms
    usual = {"symmetry": Symmetry(), "window": Window()}
    said = [name for name in PARTS if getattr(terms, name) != usual.get(name)]
    return {name: _part(name, terms) for name in said} | {
        "signed_on": terms.signed_on,
        "signed_at": terms.signed_at,
        "parent": terms.parent,
        "series": terms.series or None,
        "sources": [source.key for source in terms.sources],
        "notes": event.notes,
    }


def _told(event: Event, before: Terms | None) -> dict[str, Any]:
    names = [field.name for field in attrs.fields(type(event)) if field.name not in {"terms", *_CITED}]
    table: dict[str, Any] = {name: getattr(event, name) for name in (*names, *_CITED)}
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
    kept = _MUST | (set(PARTS) if isinstance(event, TermsAmended) else set())
    return {name: _plain(value) for name, value in table.items() if value or name in kept}


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
    row = attrs.asdict(obligation, recurse=False) | {"total": total}
    return row if obligation.categories else {key: row[key] for key in row if key != "categories"}


def _row(transfer: Transfer) -> dict[str, Any]:
    within = "unclear" if transfer.within_agreement is None else transfer.within_agreement
    counts = {transfer.category: "?" if transfer.count == UNKNOWN else _count(transfer.count)}
    row = {"by": transfer.releasing, "to": transfer.receiving, "counts": counts}
    return row if within is True else row | {"within_agreement": within}


def _claim(claimed: Claimed) -> dict[str, Any]:
    said = "?" if claimed.count is None else _count(claimed.count)
    row = {"by": claimed.releasing, "to": claimed.receiving}
    return row | ({"counts": {claimed.category: said}} if claimed.category else {"total": said})


def _count(count: Count) -> int | str:
    if not isinstance(count, Range):
        return count
    most = "" if count.at_most is None else count.at_most
    return f"{count.at_least}..{most}" if count.at_least or most == "" else f"..{most}"
