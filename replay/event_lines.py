"""Event lines: one event as one line of JSON. The one rule: a line is complete, nothing is lost by it.

Two formats: our own (``jsonl``) and CloudEvents 1.0 in its JSON format (``cloudevents``). What is read is
a line's own form; how lines follow on one another is asked in `taking_in`.
https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import msgspec

from reciprocity.domain import Recorded
from reciprocity.replay.plain_values import build, read, read_fields
from reciprocity.replay.problems import Problems
from reciprocity.store import Unreadable, Wire, kind_of

TYPE_PREFIX = "reciprocity"
"""What every CloudEvents type begins with. No domain stands before it: the project has none."""

_FACTS = msgspec.json.Encoder(order="sorted")
_NOT_AS_THE_SCHEMA_HAS_IT = (ValueError, TypeError, LookupError, AttributeError)
_TYPE = re.compile(rf"{TYPE_PREFIX}\.([a-z]+(?:-[a-z]+)*)\.v([1-9][0-9]{{0,8}})")
_SEQUENCE = re.compile(r"[0-9]{10}")
ENVELOPE = ("agreement_id", "version", "recorded_at", "command_id", "clock_at")
"""The fields of `Recorded` that stand around the event; the last one only where the clock ran behind."""


@attrs.frozen
class EventFormat:
    """How an event is written: the keys of its line, and which of them hold the envelope.

    *names* gives the key that holds a field of `Recorded`, where it is another.
    """

    name: str
    kinds: Mapping[str, Any]
    names: Mapping[str, str]
    to_line: Callable[[Recorded], dict[str, Any]]
    from_line: Callable[[dict[str, Any], Problems], dict[str, Any]]

    def key(self, field: str) -> str:
        """The key that holds a field of `Recorded`."""
        return self.names.get(field, field)

    def write(self, recorded: Recorded) -> bytes:
        """The event's line, without the line break."""
        return msgspec.json.encode(self.to_line(recorded))

    def read_as_written(self, line: bytes, wire: Wire) -> Recorded | None:
        """The event of a line that is just as `write` writes it; ``None`` if it is not, whatever it is."""
        try:
            told = self.from_line(msgspec.json.decode(line), Problems("", {}))
            kind, fact = wire.up_to_date(told["event"], told["schema"], told["fact"])
            recorded = Recorded(
                told["agreement_id"],
                told["version"],
                msgspec.convert(told["recorded_at"], dt.datetime),
                told["command_id"],
                msgspec.convert(fact, kind),
                clock_at=msgspec.convert(told.get("clock_at"), dt.datetime | None),
            )
        except (msgspec.MsgspecError, Unreadable, RecursionError, *_NOT_AS_THE_SCHEMA_HAS_IT):
            return None
        return recorded if self.write(recorded) == line else None

    def read(self, found: object, problems: Problems, wire: Wire) -> tuple[dict[str, Any], Recorded | None]:
        """The parts of the envelope that are sound, and the event if all is; *problems* has what is not."""
        mark = problems.count
        values = read_fields(found, self.kinds, (), problems, optional=(self.key("clock_at"),))
        told = self.from_line(values or {}, problems)
        event = self._event(told, problems, wire)
        envelope = {name: told[name] for name in ENVELOPE if name in told}
        recorded = None
        if problems.count == mark:
            recorded = build(Recorded, {**envelope, "event": event}, (), problems, self.names)
        return envelope, recorded

    def _event(self, told: dict[str, Any], problems: Problems, wire: Wire) -> Any:
        if not {"event", "schema", "fact"} <= told.keys():
            return None
        try:
            kind, fact = wire.up_to_date(told["event"], told["schema"], told["fact"])
        except Unreadable as error:
            problems.add((self.key("event"),), f"{told['event']!r}, schema {told['schema']}: {error}")
            return None
        except _NOT_AS_THE_SCHEMA_HAS_IT as error:
            problems.add((self.key("fact"),), f"not as schema {told['schema']} has it: {error!r}")
            return None
        return read(fact, kind, (self.key("fact"),), problems)


def _fact(recorded: Recorded) -> msgspec.Raw:
    """The event as the store writes it, with its keys in order."""
    return msgspec.Raw(_FACTS.encode(recorded.event))


def _jsonl_line(recorded: Recorded) -> dict[str, Any]:
    kind = kind_of(recorded.event)
    return {
        "agreement": recorded.agreement_id,
        "version": recorded.version,
        "recorded_at": recorded.recorded_at,
        "command_id": recorded.command_id,
        **({"clock_at": recorded.clock_at} if recorded.clock_at else {}),
        "event": kind.name,
        "schema": kind.schema,
        "fact": _fact(recorded),
    }


def _jsonl_told(values: dict[str, Any], _: Problems) -> dict[str, Any]:
    return {("agreement_id" if key == "agreement" else key): value for key, value in values.items()}


_CLOUDEVENTS_NAMES = {
    "agreement_id": "subject",
    "version": "sequence",
    "recorded_at": "time",
    "command_id": "commandid",
    "clock_at": "clockat",
    "event": "type",
    "fact": "data",
}


def _cloudevents_line(recorded: Recorded) -> dict[str, Any]:
    kind = kind_of(recorded.event)
    return {
        "specversion": "1.0",
        "id": _id(recorded.command_id, recorded.version),
        "source": _source(recorded.agreement_id),
        "type": f"{TYPE_PREFIX}.{kind.name}.v{kind.schema}",
        "subject": recorded.agreement_id,
        "time": recorded.recorded_at,
        "datacontenttype": "application/json",
        "sequence": f"{recorded.version:010}",
        "commandid": recorded.command_id,
        **({"clockat": recorded.clock_at} if recorded.clock_at else {}),
        "data": _fact(recorded),
    }


def _cloudevents_told(values: dict[str, Any], problems: Problems) -> dict[str, Any]:
    names = {key: field for field, key in _CLOUDEVENTS_NAMES.items() if field not in ("version", "event")}
    told = {names[key]: value for key, value in values.items() if key in names}
    if (kind := _matched(values, "type", _TYPE, f"{TYPE_PREFIX}.NAME.vSCHEMA", problems)) is not None:
        told |= {"event": kind[1], "schema": int(kind[2])}
    if (sequence := _matched(values, "sequence", _SEQUENCE, "a version in ten digits", problems)) is not None:
        told["version"] = int(sequence[0])
    expected = {"specversion": "1.0", "datacontenttype": "application/json"}
    if "agreement_id" in told:
        expected["source"] = _source(told["agreement_id"])
    if {"command_id", "version"} <= told.keys():
        expected["id"] = _id(told["command_id"], told["version"])
    for key, value in expected.items():
        if values.get(key, value) != value:
            problems.add((key,), f"{values[key]!r} is not {value!r}")
    return told


def _matched(
    values: dict[str, Any], key: str, form: re.Pattern[str], wanted: str, problems: Problems
) -> re.Match[str] | None:
    if key not in values:
        return None
    found = form.fullmatch(values[key])
    if found is None:
        problems.add((key,), f"{values[key]!r} is not {wanted}")
    return found


def _id(command_id: str, version: int) -> str:
    return f"{command_id}/{version}"


def _source(agreement_id: str) -> str:
    return f"/agreements/{agreement_id}"


JSONL = EventFormat(
    "jsonl",
    {
        "agreement": str,
        "version": int,
        "recorded_at": dt.datetime,
        "command_id": str,
        "clock_at": dt.datetime,
        "event": str,
        "schema": int,
        "fact": dict,
    },
    {"agreement_id": "agreement"},
    _jsonl_line,
    _jsonl_told,
)
"""One object a line, with the names that the tool uses everywhere."""

CLOUDEVENTS = EventFormat(
    "cloudevents",
    {
        "specversion": str,
        "id": str,
        "source": str,
        "type": str,
        "subject": str,
        "time": dt.datetime,
        "datacontenttype": str,
        "sequence": str,
        "commandid": str,
        "clockat": dt.datetime,
        "data": dict,
    },
    _CLOUDEVENTS_NAMES,
    _cloudevents_line,
    _cloudevents_told,
)
"""One CloudEvent a line. The ``sequence`` extension orders the events of one source, an agreement."""

EVENT_FORMATS = {one.name: one for one in (JSONL, CLOUDEVENTS)}
