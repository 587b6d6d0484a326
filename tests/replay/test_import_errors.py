"""Event lines that are not as they must be: every error is named, and no file ends in a traceback."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import AgreementResumed, PhaseCompleted, ReciprocityError, Recorded, decide
from reciprocity.replay import taking_in
from reciprocity.replay.event_lines import EVENT_FORMATS
from reciprocity.replay.problems import MOST_PROBLEMS, MalformedFile
from reciprocity.replay.taking_in import RefusedFile, read_events
from reciprocity.store import Register
from tests.examples import back, out, swap
from tests.replay.registers import NOW, given_out, read_back

Line = dict[str, Any]


def log() -> list[Recorded]:
    with Register.open("memory:", clock=lambda: NOW) as register:
        register.command("swap", lambda a: decide(a, _signed()), command_id="c-1")
        for phase in (1, 2):
            register.complete_phase("swap", phase, [out(1), back(1)])
        return [attrs.evolve(one, command_id=f"c-{one.version}") for one in register.log()]


def _signed() -> Any:
    with Register.open("memory:", clock=lambda: NOW) as register:
        return register.sign("swap", swap())[0].event


LOG = log()
JSONL = given_out(LOG, "jsonl")
CLOUDEVENTS = given_out(LOG, "cloudevents")


def problems(content: bytes) -> list[str]:
    with pytest.raises(MalformedFile) as malformed:
        read_back(content)
    return [str(problem) for problem in malformed.value.problems]


def changed(content: bytes, number: int, change: Callable[[Line], object]) -> bytes:
    """The text with another line of that number."""
    lines = content.splitlines()
    found = json.loads(lines[number - 1])
    change(found)
    lines[number - 1] = json.dumps(found).encode()
    return b"\n".join(lines)


def put(*path: str | int, value: object) -> Callable[[Line], object]:
    """Put a value at a path in a line."""

    def change(line: Line) -> None:
        at: Any = line
        for part in path[:-1]:
            at = at[part]
        at[path[-1]] = value

    return change


ROW = ("fact", "released", 0)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (put("agreement", value="No Slug"), "agreement: 'No Slug' is not an agreement id"),
        (put("agreement", value=1), "agreement: expected `str`, got `int`"),
        (put("version", value=True), "version: expected `int`, got `bool`"),
        (put("version", value=3), "version: 3 stands where version 2 is due"),
        (put("version", value=0), "version: 0 is not a whole number of 1 or more"),
        (put("recorded_at", value="2026-01-02"), "recorded_at: invalid RFC3339 encoded datetime"),
        (put("recorded_at", value="2026-01-02T00:00:00"), "recorded_at: datetime.datetime("),
        (put("recorded_at", value="2026-01-02T01:00:00+01:00"), "recorded_at: datetime.datetime("),
        (put("recorded_at", value="2026-01-02T00:00:00.0Z"), "recorded_at: is written 2026-01-02T00:00:00Z"),
        (put("recorded_at", value="2026-01-02T00:00:01Z"), "recorded_at: 2026-01-02 00:00:01+00:00 is ahead"),
        (
            put("recorded_at", value="2026-01-01T23:00:00Z"),
            "recorded_at: 2026-01-01 23:00:00+00:00 is before",
        ),
        (
            put("recorded_at", value="9999-12-31T23:59:59Z"),
            "recorded_at: 9999-12-31 23:59:59+00:00 is ahead",
        ),
        (put("command_id", value=""), "command_id: '' is not a line of plain text"),
        (put("command_id", value="a\u0000"), "command_id: 'a\\x00' is not a line of plain text"),
        (put("event", value="phase-done"), "event: 'phase-done', schema 1: no event of that name is known"),
        (put("event", value="agreement-resumed"), "fact.completed_on: no such field"),
        (put("schema", value=2), "event: 'phase-completed', schema 2: schema 2 is newer than this release"),
        (put("schema", value=0), "event: 'phase-completed', schema 0: schema 0 was never written"),
        (put("fact", value=[]), "fact: expected `object`, got `array`"),
        (put("fact", "phase", value=1.0), "1.0 is not a whole number"),
        (put("fact", "phase", value=10**30), "a number out of all bounds"),
        (put("fact", "phase", value=0), "fact.phase: 0 is not a whole number from 1 to 1,000,000"),
        (put("fact", "phase", value=None), "fact.phase: expected `int`, got `null`"),
        (put("fact", "completed_on", value="2025-02-30"), "fact.completed_on: invalid RFC3339 encoded date"),
        (put("fact", "completed_on", value="2026-01-04"), "2026-01-04 lies after the instant at which"),
        (put("fact", "place", value=" x"), "fact.place: ' x' is not a line of plain text"),
        (put("fact", "notes", value="x"), "fact.notes: expected `array`, got `str`"),
        (put("fact", "notes", value=["x", 1]), "fact.notes[2]: expected `str`, got `int`"),
        (put(*ROW, "count", value=True), "fact.released[1].count: expected `int | object`, got `bool`"),
        (put(*ROW, "count", value=-1), "fact.released[1].count: -1 is not a whole number from 0"),
        (
            put(*ROW, "count", value={"at_least": 5, "at_most": 5}),
            "fact.released[1].count.at_most: 5 is not more than at_least, 5",
        ),
        (put(*ROW, "count", value={"at_least": 5}), "fact.released[1].count.at_most: is missing"),
        (put(*ROW, "receiving", value="UKR"), "fact.released[1].receiving: UKR cannot release to itself"),
        (put(*ROW, "surplus", value=1), "fact.released[1].surplus: no such field"),
        (put("fact", "\x1b[2J", value=1), "fact.'\\x1b[2J': no such field"),
        (put("surplus", value=1), "surplus: no such field"),
        (lambda line: line.pop("fact"), "fact: is missing"),
        (lambda line: line["fact"].pop("sources"), "fact.sources: is missing"),
        (lambda line: line["fact"].clear(), "fact.completed_on: is missing"),
    ],
)
def test_a_line_is_refused_by_its_field_with_the_reason(change: Callable[[Line], object], found: str) -> None:
    first = problems(changed(JSONL, 2, change))[0]
    assert first.startswith(f"file:2: {found}")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (put("specversion", value="0.3"), "specversion: '0.3' is not '1.0'"),
        (put("id", value="another"), "id: 'another' is not 'c-2/2'"),
        (put("source", value="/agreements/other"), "source: '/agreements/other' is not '/agreements/swap'"),
        (put("type", value="phase-completed"), "type: 'phase-completed' is not reciprocity.NAME.vSCHEMA"),
        (
            put("type", value="reciprocity.phase-done.v1"),
            "type: 'phase-done', schema 1: no event of that name",
        ),
        (
            put("type", value="reciprocity.phase-completed.v2"),
            "type: 'phase-completed', schema 2: schema 2 is",
        ),
        (put("subject", value="No"), "source: '/agreements/swap' is not '/agreements/No'"),
        (put("sequence", value="2"), "sequence: '2' is not a version in ten digits"),
        (put("sequence", value="0000000003"), "id: 'c-2/2' is not 'c-2/3'"),
        (put("datacontenttype", value="text/xml"), "datacontenttype: 'text/xml' is not 'application/json'"),
        (put("data", "phase", value=True), "data.phase: expected `int`, got `bool`"),
        (put("dataschema", value="https://example.org"), "dataschema: no such field"),
        (lambda line: line.pop("time"), "time: is missing"),
    ],
)
def test_a_cloudevent_is_refused_by_its_attribute(change: Callable[[Line], object], found: str) -> None:
    assert any(one.startswith(f"file:2: {found}") for one in problems(changed(CLOUDEVENTS, 2, change)))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b"", "an empty line"),
        (b"   ", "an empty line"),
        (b"{", "not JSON: Expecting property name"),
        (JSONL.splitlines()[1][:-9], "not JSON: "),
        (b'{"a":NaN}', "not JSON: NaN"),
        (b'{"a":-Infinity}', "not JSON: -Infinity"),
        (b'{"a":1e400}', "1e400 is not a whole number"),
        (b'{"a":' + b"9" * 5000 + b"}", "a number out of all bounds"),
        (b'{"a":9223372036854775808}', "a number out of all bounds"),
        (b'{"a":1,"a":1}', "'a' stands there twice"),
        (b'{"a":"\\ud800"}', "not JSON: half of a surrogate pair"),
        (b'{"a":"\x00"}', "not JSON: Invalid control character"),
        (b'{"a":"\xff"}', "not UTF-8, at byte 7"),
        (b"\xef\xbb\xbf{}", "starts with a byte order mark"),
        (b"[" * 100_000, "nested too deeply"),
        (b"[]", "is not an object with the keys agreement, version"),
        (b"null", "is not an object with the keys agreement, version"),
    ],
)
def test_a_line_that_is_no_event_is_refused(line: bytes, found: str) -> None:
    lines = JSONL.splitlines()
    [problem] = problems(b"\n".join([lines[0], line, lines[2], b""]))
    assert problem.startswith(f"file:2: {found}")


def test_every_error_of_every_line_is_reported() -> None:
    content = changed(JSONL, 1, put("schema", value=9))
    content = changed(content, 2, put("fact", "phase", value=0))
    content = changed(content, 2, put("fact", "place", value=""))
    content = changed(content, 2, put(*ROW, "count", value=-1))
    content = changed(content, 2, put("fact", "released", 1, "category", value="total"))
    content = changed(content, 3, put("version", value=9))
    assert [problem.split(": ")[:2] for problem in problems(content + b"\nnonsense")] == [
        ["file:1", "event"],
        ["file:2", "fact.released[1].count"],
        ["file:2", "fact.released[2].category"],
        ["file:3", "version"],
        ["file:4", "not JSON"],
    ]


def test_two_errors_of_one_object_are_both_reported() -> None:
    content = changed(JSONL, 2, put("fact", "phase", value=0))
    content = changed(content, 2, put("fact", "place", value=""))
    assert [problem.split(": ")[1] for problem in problems(content)] == ["fact.phase", "fact.place"]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (put("version", value=3), ["version: 3 stands where version 2 is due"]),
        (put("version", value=9), ["version: 9 stands where version 2 is due"]),
        (put("version", value=1), ["version: 1 stands where version 2 is due"]),
        (put("fact", "phase", value=0), ["fact.phase: 0 is not a whole number from 1 to 1,000,000"]),
        (lambda line: line.pop("version"), ["version: is missing"]),
        (lambda line: line.pop("agreement"), ["agreement: is missing"]),
        (put("recorded_at", value="2027-01-01T00:00:00Z"), None),
    ],
)
def test_one_error_is_reported_once(change: Callable[[Line], object], found: list[str] | None) -> None:
    together = given_out([attrs.evolve(one, command_id="c-1") for one in LOG], "jsonl")
    reported = problems(changed(together, 2, change))
    assert len(reported) == 1
    assert found is None or reported == [f"file:2: {one}" for one in found]


def test_a_command_recorded_events_that_follow_on_each_other() -> None:
    content = changed(JSONL, 3, put("command_id", value="c-1"))
    assert problems(content) == [
        "file:3: command_id: 'c-1' recorded version 1 of swap, which is not just before"
    ]


def test_a_line_that_is_too_long_is_the_last_that_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking_in, "LONGEST_LINE", max(map(len, JSONL.splitlines())) + 1)
    assert list(read_back(JSONL).events) == LOG
    long = b"[" + b" " * 3 * taking_in.LONGEST_LINE + b"]\n"
    found = problems(long + b"{\n")
    assert found == [f"file:1: longer than {taking_in.LONGEST_LINE:,} bytes"]


def test_reading_stops_after_very_many_errors() -> None:
    assert len(problems(b"x\n" * 5_000)) == MOST_PROBLEMS + 1


def test_events_that_break_rules_are_refused_all_of_them_by_name() -> None:
    more = attrs.evolve(LOG[2], event=PhaseCompleted(phase=7, released=(out(100), back(99))))
    resumed = Recorded("swap", 4, NOW, "c-9", AgreementResumed())
    with pytest.raises(RefusedFile) as refused:
        read_back(given_out([*LOG[:2], more, resumed], "jsonl"))
    first, *rules, second, last = str(refused.value).splitlines()
    assert (first, second) == ("file:3: refused:", "file:4: refused:")
    assert [rule.split()[0] for rule in rules] == [
        "numbers_phases_in_order",
        "stays_within_the_agreed_total",
        "stays_within_the_agreed_total",
        "keeps_the_agreed_symmetry",
        "keeps_the_agreed_symmetry",
    ]
    assert last.split()[0] == "follows_the_life_cycle"


def _values(content: bytes) -> list[str]:
    return [json.dumps(json.loads(line), sort_keys=True) for line in content.splitlines()]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)
paths = st.sampled_from(
    [
        *[(key,) for key in json.loads(JSONL.splitlines()[0])],
        *[("fact", key) for key in json.loads(JSONL.splitlines()[1])["fact"]],
        *[("fact", "released", 0, key) for key in ("count", "category", "releasing", "within_agreement")],
        ("fact", "released", 0),
    ]
)


@given(path=paths, value=json_values)
def test_whatever_stands_in_a_field_it_is_read_or_refused(path: tuple[str | int, ...], value: object) -> None:
    content = changed(JSONL, 2, put(*path, value=value))
    with suppress(ReciprocityError):
        again = given_out(read_back(content).events, "jsonl")
        assert _values(again) == _values(content)  # nothing was lost, and nothing added


@given(st.binary(max_size=300), st.integers(0, len(JSONL)), st.sampled_from([None, *EVENT_FORMATS.values()]))
def test_whatever_stands_in_a_file_it_is_read_or_refused(noise: bytes, at: int, form: Any) -> None:
    for content in (noise, JSONL[:at] + noise, JSONL[:at] + noise + JSONL[at:], CLOUDEVENTS[:at] + noise):
        with suppress(ReciprocityError):
            read_events(io.BytesIO(content), "file", form, now=NOW)
