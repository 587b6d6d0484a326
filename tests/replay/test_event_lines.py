"""Event lines: given out and read back they are the same; CloudEvents are what the specification asks for."""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from itertools import product
from urllib.parse import urlsplit

import attrs
import jsonschema  # type: ignore[import-untyped]
import pytest
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given, settings
from hypothesis import strategies as st

from reciprocity.domain import Event, PhaseCompleted, Recorded
from reciprocity.replay.event_lines import CLOUDEVENTS, EVENT_FORMATS, JSONL, EventFormat
from reciprocity.replay.problems import MalformedFile, Problems
from reciprocity.replay.taking_in import read_lines
from reciprocity.store import KINDS, WIRE, Wire
from reciprocity.testing.strategies import any_event, unicode_texts
from tests.documents import ROOT
from tests.replay.registers import given_out, logs, read_back
from tests.store.wire_lines import LINES, RECORDED_AT

FORMATS = pytest.mark.parametrize("form", EVENT_FORMATS.values(), ids=lambda form: form.name)

# https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md, sections "Naming Conventions" to
# "Optional Attributes", for an event whose data is JSON; stricter than formats/cloudevents.json there.
SPECIFIED = {
    "type": "object",
    "required": ["id", "source", "specversion", "type"],
    "properties": {
        "id": {"type": "string", "minLength": 1},
        "source": {"type": "string", "minLength": 1},
        "specversion": {"const": "1.0"},
        "type": {"type": "string", "minLength": 1},
        "datacontenttype": {"type": "string", "pattern": r"^[a-z]+/[a-z.+-]+$"},
        "dataschema": {"type": "string", "minLength": 1},
        "subject": {"type": "string", "minLength": 1},
        "time": {
            "type": "string",
            "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$",
        },
        "data": {},
    },
    "not": {"required": ["data", "data_base64"]},
    "propertyNames": {"pattern": "^[a-z0-9]{1,20}$"},
    "additionalProperties": {"type": ["boolean", "integer", "string"]},
}
IDS = [topic for topic, _, _ in LINES]
EXAMPLES = [
    Recorded("swap", version, RECORDED_AT, f"c-{version}", event)
    for version, (_, _, event) in enumerate(LINES, start=1)
]


@FORMATS
@given(log=logs)
def test_what_is_given_out_and_read_back_is_the_same(form: EventFormat, log: list[Recorded]) -> None:
    content = given_out(log, form.name)
    assert list(read_back(content).events) == log
    assert list(read_back(content, form).events) == log
    assert read_back(content).lines == tuple(range(1, len(log) + 1))


@FORMATS
@given(event=any_event(texts=unicode_texts), behind=st.none() | st.timedeltas(dt.timedelta(microseconds=1)))
def test_every_event_is_read_as_it_was_written(
    form: EventFormat, event: Event, behind: dt.timedelta | None
) -> None:
    at = RECORDED_AT + dt.timedelta(days=90, microseconds=5)
    clock_at = at - min(behind, dt.timedelta(days=400)) if behind else None
    recorded = Recorded("swap", 7, at, "«c» 1", event, clock_at=clock_at)
    problems = Problems("file", {})
    envelope, again = form.read(json.loads(form.write(recorded)), problems, WIRE)
    problems.raise_if_any()
    assert again == recorded
    assert envelope["version"] == 7
    assert form.read_as_written(form.write(recorded), WIRE) == recorded


@FORMATS
@settings(max_examples=settings().max_examples * 3 // 5)
@given(log=logs)
def test_neither_the_order_of_keys_nor_blanks_matter(form: EventFormat, log: list[Recorded]) -> None:
    lines = [json.loads(line) for line in given_out(log, form.name).splitlines()]
    turned = [json.dumps(dict(reversed(line.items())), indent=None, ensure_ascii=True) for line in lines]
    assert list(read_back("\r\n".join(turned).encode(), form).events) == log


def test_a_line_of_ours_has_the_names_that_the_tool_uses() -> None:
    line = JSONL.write(EXAMPLES[4]).decode()
    assert line.startswith(
        '{"agreement":"swap","version":5,"recorded_at":"2025-05-25T16:00:00Z","command_id":"c-5",'
        '"event":"phase-completed","schema":1,"fact":{"completed_on":"2025-05-23",'
    )
    assert "\n" not in line


def test_a_cloudevent_of_ours_names_its_agreement_its_version_and_its_command() -> None:
    found = json.loads(CLOUDEVENTS.write(EXAMPLES[4]))
    assert {key: value for key, value in found.items() if key != "data"} == {
        "specversion": "1.0",
        "id": "c-5/5",
        "source": "/agreements/swap",
        "type": "reciprocity.phase-completed.v1",
        "subject": "swap",
        "time": "2025-05-25T16:00:00Z",
        "datacontenttype": "application/json",
        "sequence": "0000000005",
        "commandid": "c-5",
    }


@pytest.mark.parametrize("recorded", EXAMPLES, ids=IDS)
def test_a_cloudevent_of_ours_is_one_as_specified(recorded: Recorded) -> None:
    found = json.loads(CLOUDEVENTS.write(recorded))
    jsonschema.Draft202012Validator(SPECIFIED).validate(found)
    assert dt.datetime.fromisoformat(found["time"]) == recorded.recorded_at
    assert re.fullmatch(r"[!-~]+", found["source"])
    assert urlsplit(found["source"]).path == found["source"]


@settings(max_examples=settings().max_examples * 3 // 5)
@given(log=logs)
def test_ids_are_unique_and_sequences_sort_as_the_versions_do(log: list[Recorded]) -> None:
    found = [json.loads(line) for line in given_out(log, "cloudevents").splitlines()]
    assert len({(one["source"], one["id"]) for one in found}) == len(log)
    by_source = sorted((one["source"], one["sequence"]) for one in found)
    assert by_source == [
        (f"/agreements/{agreement}", f"{version:010}")
        for agreement, version in sorted((one.agreement_id, one.version) for one in log)
    ]


@settings(max_examples=settings().max_examples * 3 // 5)
@given(log=logs)
def test_what_went_through_the_library_of_the_cncf_is_taken_in_all_the_same(log: list[Recorded]) -> None:
    through = JSONFormat()
    lines = given_out(log, "cloudevents").splitlines()
    passed_on = [through.write(through.read(None, line)) for line in lines]
    assert list(read_back(b"\n".join(passed_on)).events) == log


BEHIND = attrs.evolve(EXAMPLES[0], clock_at=EXAMPLES[0].recorded_at - dt.timedelta(seconds=1))


@FORMATS
@pytest.mark.parametrize("recorded", [*EXAMPLES, BEHIND], ids=[*IDS, "behind"])
def test_a_line_as_written_is_read_at_once_and_to_the_same_event(
    form: EventFormat, recorded: Recorded
) -> None:
    line = form.write(recorded)
    assert form.read_as_written(line, WIRE) == recorded
    problems = Problems("file", {})
    problems.add((), "an earlier line")
    envelope, again = form.read(json.loads(line), problems, WIRE)
    assert again == recorded
    names = ["agreement_id", "version", "recorded_at", "command_id", *(["clock_at"] * bool(again.clock_at))]
    assert envelope == {name: getattr(recorded, name) for name in names}
    assert problems.count == 1


def _with(form: EventFormat, field: str, value: object) -> bytes:
    line = json.loads(form.write(EXAMPLES[4]))
    line[form.key(field)] = value
    return json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode()


@FORMATS
@pytest.mark.parametrize(
    "line",
    [b"", b"{", b"\xff", b"[]", b"1", b"null", b"{}", b"[" * 100_000, b'"a"', b'[{"fact":1}]'],
    ids=lambda line: line[:10].decode("latin-1"),
)
def test_a_line_that_is_no_event_is_not_read_at_once(form: EventFormat, line: bytes) -> None:
    assert form.read_as_written(line, WIRE) is None


@FORMATS
@pytest.mark.parametrize(
    ("field", "value"),
    [
        *product(
            ["agreement_id", "version", "recorded_at", "command_id", "event", "fact"], [None, 1.5, "", [], {}]
        ),
        ("clock_at", None),
        ("clock_at", "soon"),
        ("clock_at", "2025-05-25T16:00:01Z"),
        ("recorded_at", "2025-05-25T16:00:00+00:00"),
        ("recorded_at", "2025-05-25"),
        ("event", "phase-done"),
        ("event", "reciprocity.phase-done.v1"),
        ("agreement_id", "No Slug"),
        ("more", 1),
    ],
)
def test_a_line_in_which_anything_is_otherwise_is_not_read_at_once(
    form: EventFormat, field: str, value: object
) -> None:
    assert form.read_as_written(_with(form, field, value), WIRE) is None
    assert form.read_as_written(form.write(EXAMPLES[4]) + b" ", WIRE) is None


def _problems(form: EventFormat, line: dict[str, object]) -> list[str]:
    problems = Problems("file", {})
    assert form.read(line, problems, WIRE)[1] is None
    with pytest.raises(MalformedFile) as malformed:
        problems.raise_if_any()
    return [str(one).removeprefix("file:1: ") for one in malformed.value.problems]


def test_what_a_line_has_is_looked_at_whatever_it_lacks() -> None:
    said = _problems(JSONL, {"event": "phase-postponed", "schema": 1, "fact": {"phase": 0}})
    fields = "agreement command_id fact.expected_on fact.notes fact.reason fact.sources recorded_at version"
    assert said == [f"{field}: is missing" for field in fields.split()]
    whole = {"phase": 0, "expected_on": None, "reason": None, "notes": list[str](), "sources": list[str]()}
    said = _problems(JSONL, {"event": "phase-postponed", "schema": 1, "fact": whole})
    assert "fact.phase: 0 is not a whole number from 1 to 1,000,000" in said


def test_what_a_cloudevent_has_is_looked_at_whatever_it_lacks() -> None:
    said = _problems(CLOUDEVENTS, {"id": "c-1/2", "commandid": "c-1", "sequence": "0000000003"})
    assert "id: 'c-1/2' is not 'c-1/3'" in said
    said = _problems(CLOUDEVENTS, {"type": "reciprocity.phase-done.v1", "data": {}})
    assert "type: 'phase-done', schema 1: no event of that name is known" in said
    said = _problems(CLOUDEVENTS, {"source": "/agreements/other", "subject": "swap"})
    assert "source: '/agreements/other' is not '/agreements/swap'" in said


@pytest.mark.parametrize(
    ("key", "value", "wanted"),
    [
        *(
            ("type", name, "reciprocity.NAME.vSCHEMA")
            for name in (
                "reciprocity.phase-completed.v0",
                "reciprocity.phase-completed.v01",
                "reciprocity.phase-completed.v1234567890",
                "reciprocity.phase-completed.v1 ",
                "reciprocity.Phase-completed.v1",
                "reciprocity.phase--completed.v1",
                "reciprocity-phase-completed.v1",
                "reciprocity.phase-completed",
            )
        ),
        *(
            ("sequence", digits, "a version in ten digits")
            for digits in ("", "5", "000000005", "00000000005", "+000000005", "000000000x")
        ),
    ],
)
def test_type_and_sequence_are_written_in_one_way(key: str, value: str, wanted: str) -> None:
    line = json.loads(CLOUDEVENTS.write(EXAMPLES[4]))
    assert _problems(CLOUDEVENTS, {**line, key: value})[0] == f"{key}: {value!r} is not {wanted}"


@FORMATS
def test_an_older_schema_is_brought_up_to_the_present_one(form: EventFormat) -> None:
    completed = EXAMPLES[4].event
    assert isinstance(completed, PhaseCompleted)
    completed = attrs.evolve(completed, place="Novi Yarylovychi")
    older = attrs.evolve(EXAMPLES[4], version=1, event=completed)
    line = json.loads(form.write(older))
    fact = line["fact" if form is JSONL else "data"]
    fact["site"] = fact.pop("place")
    newer = tuple(attrs.evolve(k, schema=2) if k.event is PhaseCompleted else k for k in KINDS)
    wire = Wire(newer, {"phase-completed/1": _site_is_place})
    problems = Problems("file", {})
    assert form.read(line, problems, wire)[1] == older
    told = read_lines(io.BytesIO(json.dumps(line).encode()), "file", form, now=older.recorded_at, wire=wire)
    assert told.events == (older,)
    del fact["site"]
    assert form.read_as_written(json.dumps(line).encode(), wire) is None
    assert form.read(line, problems, wire)[1] is None
    with pytest.raises(MalformedFile) as malformed:
        problems.raise_if_any()
    [problem] = malformed.value.problems
    where = "fact" if form is JSONL else "data"
    assert str(problem) == f"file:1: {where}: not as schema 1 has it: KeyError('site')"


def _site_is_place(fact: dict[str, object]) -> dict[str, object]:
    return {**{key: value for key, value in fact.items() if key != "site"}, "place": fact["site"]}


@FORMATS
def test_every_key_is_documented_in_order(form: EventFormat) -> None:
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    section = text.partition(f"\n## {form.name}\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE) == list(form.kinds)
    assert list(json.loads(form.write(BEHIND))) == list(form.kinds)


def test_every_kind_of_event_has_an_example() -> None:
    assert {type(recorded.event) for recorded in EXAMPLES} == {kind.event for kind in KINDS}
