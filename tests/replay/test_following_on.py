"""How event lines follow on one another: versions, instants and commands, by any form and either way to read.

A line that is just as we write it is read at once; any other is looked through. Both must find the same.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from typing import Any

import attrs
import pytest

from reciprocity.domain import AgreementResumed, AgreementSigned, AgreementSuspended, Recorded
from reciprocity.replay import taking_in
from reciprocity.replay.event_lines import CLOUDEVENTS, EVENT_FORMATS, JSONL, EventFormat
from reciprocity.replay.problems import MalformedFile
from reciprocity.replay.taking_in import (
    ContradictingFile,
    RefusedFile,
    Told,
    read_events,
    read_lines,
    take_in,
)
from reciprocity.store import KINDS, Register, Wire
from tests.examples import back, out, phase, swap
from tests.replay.registers import NOW, given_out
from tests.replay.watched import Watched

FORMATS = pytest.mark.parametrize("form", EVENT_FORMATS.values(), ids=lambda form: form.name)
WAYS = pytest.mark.parametrize("at_once", [True, False], ids=["as written", "otherwise"])
NOBODY = "not an event"
NO_JSON = "2: not JSON: Expecting value, at character 1"


def _before(line: int, second: int, last: int) -> str:
    at, above = (f"2026-01-01 23:59:{one}+00:00" for one in (second, last))
    return f"{line}: {{recorded_at}}: {at} is before the agreement's event above it, of {above}"


# A line is agreement, version, seconds before NOW, and command id; then what is said of them, with the key
# of each form for the fields of the envelope.
Line = tuple[str, int, int, str] | str
AHEAD = "{recorded_at}: 2026-01-02 00:00:01+00:00 is ahead of the clock, 2026-01-02 00:00:00+00:00"
CASES: dict[str, tuple[list[Line], list[str]]] = {
    "one agreement": ([("a", 1, 9, "x"), ("a", 2, 9, "y"), ("a", 3, 0, "z")], []),
    "two agreements in turn": ([("a", 1, 9, "x"), ("b", 1, 8, "y"), ("a", 2, 7, "z"), ("b", 2, 7, "v")], []),
    "no first version": ([("a", 2, 9, "x")], ["1: {version}: 2 stands where version 1 is due"]),
    "a wrong version was left out": (
        [("a", 1, 9, "x"), ("a", 3, 9, "y"), ("a", 4, 9, "z")],
        ["2: {version}: 3 stands where version 2 is due"],
    ),
    "a wrong version was misprinted": (
        [("a", 1, 9, "x"), ("a", 3, 9, "y"), ("a", 3, 9, "z"), ("a", 4, 9, "v")],
        ["2: {version}: 3 stands where version 2 is due"],
    ),
    "a wrong version, and the next is neither": (
        [("a", 1, 9, "x"), ("a", 3, 9, "y"), ("a", 5, 9, "z"), ("a", 4, 9, "v")],
        ["2: {version}: 3 stands where version 2 is due", "3: {version}: 5 stands where version 3 is due"],
    ),
    "a version twice": (
        [("a", 1, 9, "x"), ("a", 1, 9, "y"), ("a", 2, 9, "z"), ("a", 3, 9, "v"), ("a", 3, 9, "w")],
        ["2: {version}: 1 stands where version 2 is due", "5: {version}: 3 stands where version 4 is due"],
    ),
    "after a line that cannot be placed versions may be missing": (
        [("a", 1, 9, "x"), NOBODY, ("a", 4, 9, "y"), ("a", 5, 9, "z"), ("b", 2, 9, "v"), ("b", 4, 9, "w")],
        [NO_JSON],
    ),
    "but none comes again": (
        [("a", 1, 9, "x"), NOBODY, ("a", 1, 9, "y"), ("b", 3, 9, "z"), ("b", 3, 9, "v")],
        [
            NO_JSON,
            "3: {version}: 1 stands where version 2 is due",
            "5: {version}: 3 stands where version 4 is due",
        ],
    ),
    "a command of several events": ([("a", 1, 9, "x"), ("a", 2, 9, "x"), ("a", 3, 9, "x")], []),
    "a command that goes on with others between": (
        [("a", 1, 9, "x"), ("b", 1, 9, "y"), ("a", 2, 9, "x"), ("b", 2, 9, "y")],
        [],
    ),
    "a command that comes again": (
        [("a", 1, 9, "x"), ("a", 2, 9, "y"), ("a", 3, 9, "x"), ("a", 4, 9, "x")],
        ["3: {command_id}: 'x' recorded version 1 of a, which is not just before"],
    ),
    "a command of another agreement": (
        [("a", 1, 9, "x"), ("b", 1, 9, "y"), ("b", 2, 9, "x"), ("a", 2, 9, "z")],
        ["3: {command_id}: 'x' recorded version 1 of a, which is not just before"],
    ),
    "a command with a version misprinted": (
        [("a", 1, 9, "x"), ("a", 9, 9, "x"), ("a", 3, 9, "x")],
        ["2: {version}: 9 stands where version 2 is due"],
    ),
    "a command of which a line cannot be placed": (
        [("a", 1, 9, "x"), NOBODY, ("a", 3, 9, "x"), ("b", 1, 9, "x")],
        [NO_JSON],
    ),
    "an instant before the last": (
        [("a", 1, 9, "x"), ("b", 1, 20, "y"), ("a", 2, 10, "z"), ("a", 3, 9, "v"), ("a", 4, 8, "w")],
        [
            _before(3, 50, 51),
        ],
    ),
    "an instant between the last two": (
        [("a", 1, 5, "x"), ("a", 2, 9, "y"), ("a", 3, 7, "z")],
        [_before(2, 51, 55), _before(3, 53, 55)],
    ),
    "an instant ahead of the clock": (
        [("a", 1, 0, "x"), ("a", 2, -1, "y"), ("a", 3, 0, "z")],
        ["2: " + AHEAD],
    ),
    "all of it at once": (
        [("a", 1, 5, "x"), ("a", 2, 5, "y"), ("a", 1, -1, "x"), ("a", 2, 7, "v")],
        [
            "3: {command_id}: 'x' recorded version 1 of a, which is not just before",
            "3: " + AHEAD,
            "3: {version}: 1 stands where version 3 is due",
            _before(4, 53, 55),
        ],
    ),
}


def _event(told: tuple[str, int, int, str]) -> Recorded:
    agreement, version, seconds, command = told
    return Recorded(agreement, version, NOW - dt.timedelta(seconds=seconds), command, AgreementResumed())


def _content(lines: list[Line], form: EventFormat, *, at_once: bool) -> bytes:
    written = [b"nonsense" if isinstance(one, str) else form.write(_event(one)) for one in lines]
    return b"".join((one if at_once else one.replace(b":", b": ", 1)) + b"\n" for one in written)


def _said(content: bytes, form: EventFormat | None) -> list[str]:
    try:
        read_lines(io.BytesIO(content), "file", form, now=NOW)
    except MalformedFile as malformed:
        return [str(problem).removeprefix("file:") for problem in malformed.problems]
    return []


@FORMATS
@WAYS
@pytest.mark.parametrize("case", CASES)
def test_a_line_follows_on_those_above(case: str, form: EventFormat, at_once: bool) -> None:
    lines, expected = CASES[case]
    said = _said(_content(lines, form, at_once=at_once), form)
    names = {name: form.key(name) for name in ("version", "recorded_at", "command_id")}
    assert said == sorted(one.format(**names) for one in expected)


@FORMATS
@pytest.mark.parametrize(
    ("left_out", "expected"),
    [
        (["agreement_id"], []),
        (["version"], []),
        (["recorded_at"], ["2: {version}: 4 stands where version 2 is due"]),
        (["command_id"], ["2: {version}: 4 stands where version 2 is due"]),
        (["recorded_at", "command_id"], ["2: {version}: 4 stands where version 2 is due"]),
    ],
)
def test_what_a_line_lacks_does_not_hide_what_else_is_wrong(
    left_out: list[str], expected: list[str], form: EventFormat
) -> None:
    content = _content([("a", 1, 9, "x"), ("a", 4, 9, "y"), ("a", 5, 8, "z")], form, at_once=True)
    lines = [json.loads(line) for line in content.splitlines()]
    for name in left_out:
        del lines[1][form.key(name)]
    lines[1]["more"] = 1
    said = _said(b"\n".join(json.dumps(one).encode() for one in lines), form)
    missing = [f"2: {form.key(name)}: is missing" for name in left_out]
    wrong = [one.format(version=form.key("version")) for one in expected]
    assert said == sorted([*missing, *wrong, "2: more: no such field"])


@FORMATS
@WAYS
def test_each_event_is_told_with_its_line(form: EventFormat, at_once: bool) -> None:
    lines, _ = CASES["two agreements in turn"]
    content = _content(lines, form, at_once=at_once)
    events = tuple(_event(one) for one in lines if not isinstance(one, str))
    for given in (form, None):
        told = read_lines(io.BytesIO(content), "file", given, now=NOW)
        assert told == Told("file", events, (1, 2, 3, 4))
    assert [told.place(one) for one in events] == ["file:1", "file:2", "file:3", "file:4"]


STORED = Recorded("swap", 1, NOW - dt.timedelta(seconds=9), "c-1", AgreementSuspended(reason="no list"))
HERE = "file:4: contradicts what is stored as version 1 of swap (agreement-suspended): "


def _stored(*events: Recorded) -> Register:
    register = Register.open("memory:", clock=lambda: NOW)
    register.take_over(events)
    return register


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"event": AgreementResumed()}, "here it is agreement-resumed"),
        ({"event": AgreementSuspended(reason="none"), "command_id": "c-2"}, "reason differs"),
        (
            {"recorded_at": NOW, "command_id": "c-2"},
            "recorded_at is 2026-01-01 23:59:51+00:00 there, 2026-01-02 00:00:00+00:00 here",
        ),
        ({"command_id": "c-2"}, "command_id is c-1 there, c-2 here"),
        (
            {"clock_at": NOW - dt.timedelta(seconds=10)},
            "clock_at is None there, 2026-01-01 23:59:50+00:00 here",
        ),
    ],
)
def test_what_contradicts_the_store_is_told_with_its_line(change: dict[str, Any], said: str) -> None:
    given = attrs.evolve(STORED, **change)
    other = attrs.evolve(STORED, agreement_id="other", command_id="c-9")
    with _stored(STORED) as register:
        with pytest.raises(ContradictingFile) as contradicting:
            take_in(register, Told("file", (other, given), (3, 4)))
        assert str(contradicting.value) == HERE + said
        assert list(register.log()) == [STORED]


def test_a_command_of_the_store_is_told_with_its_line() -> None:
    given = attrs.evolve(STORED, agreement_id="other")
    with _stored(STORED) as register, pytest.raises(ContradictingFile) as contradicting:
        take_in(register, Told("file", (given,), (3,)))
    said = "file:3: command c-1, asked for version 1 of other, has recorded something else"
    assert str(contradicting.value) == said


def test_how_many_events_were_new_is_told() -> None:
    other = attrs.evolve(STORED, agreement_id="other", command_id="c-9")
    with _stored(STORED) as register:
        assert take_in(register, Told("file", (STORED, other), (1, 2))) == 1
        assert take_in(register, Told("file", (STORED, other), (1, 2))) == 0


@FORMATS
def test_lines_as_written_are_not_looked_through(form: EventFormat, monkeypatch: pytest.MonkeyPatch) -> None:
    lines, _ = CASES["two agreements in turn"]
    monkeypatch.setattr(taking_in, "parse", None)
    assert _said(_content(lines, form, at_once=True), form) == []
    with pytest.raises(TypeError, match="not callable"):
        _said(_content(lines, form, at_once=False), form)


def test_no_more_of_a_line_is_read_than_shows_that_it_is_too_long() -> None:
    file = Watched(JSONL.write(STORED))
    read_lines(file, "file", JSONL, now=NOW)
    assert file.asked == 2 * 1024 * 1024 + 1


def test_values_are_counted_before_any_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EventFormat, "read_as_written", None)
    assert _said(b"[" * 100_001, JSONL) == ["1: more than 100,000 values"]


def test_no_line_is_longer_than_two_mebibytes() -> None:
    longest = b" " * (2 * 1024 * 1024)
    assert _said(longest, JSONL) == ["1: an empty line"]
    assert _said(b"\n" + longest + b" \nnonsense", JSONL) == [
        "1: an empty line",
        "2: longer than 2,097,152 bytes",
    ]


def test_what_breaks_rules_is_told_by_line_with_each_violation() -> None:
    signed = AgreementSigned(terms=swap())
    events = [
        attrs.evolve(STORED, event=signed),
        attrs.evolve(STORED, version=2, command_id="c-2", event=phase(1, out(11), back(11))),
        attrs.evolve(STORED, version=3, command_id="c-3", event=signed),
    ]
    content = given_out(events, "jsonl")
    with pytest.raises(RefusedFile) as refused:
        read_events(io.BytesIO(content), "file", now=NOW)
    *said, last = str(refused.value).splitlines()
    assert said == [
        "file:2: refused:",
        "  stays_within_the_agreed_total is violated: UKR>RUS 11 exchanged; allowed: at most 10",
        "  stays_within_the_agreed_total is violated: RUS>UKR 11 exchanged; allowed: at most 10",
        "file:3: refused:",
    ]
    begins = (
        "  follows_the_life_cycle is violated: AgreementSigned while the agreement is in-force; allowed: "
    )
    assert last.startswith(begins)
    assert read_lines(io.BytesIO(content), "file", now=NOW).lines == (1, 2, 3)
    [lawful, *_] = content.splitlines()
    assert read_events(io.BytesIO(lawful), "file", now=NOW) == Told("file", tuple(events[:1]), (1,))


def test_the_form_that_is_given_is_the_one_that_is_read() -> None:
    signed = attrs.evolve(STORED, event=AgreementSigned(terms=swap()))
    content = given_out([signed], "cloudevents")
    assert read_events(io.BytesIO(content), "file", CLOUDEVENTS, now=NOW).events == (signed,)
    with pytest.raises(MalformedFile, match="file:1: agreement: is missing"):
        read_events(io.BytesIO(content), "file", JSONL, now=NOW)


@FORMATS
def test_the_schemas_that_are_given_are_those_that_are_read(form: EventFormat) -> None:
    newer = tuple(attrs.evolve(one, schema=2) if one.event is AgreementSigned else one for one in KINDS)
    wire = Wire(newer, {"agreement-signed/1": lambda fact: {"terms": fact["pact"]}})
    signed = attrs.evolve(STORED, event=AgreementSigned(terms=swap()))
    line = json.loads(form.write(signed))
    fact = line[form.key("fact")]
    fact["pact"] = fact.pop("terms")
    content = json.dumps(line).encode()
    assert read_events(io.BytesIO(content), "file", form, now=NOW, wire=wire).events == (signed,)
    with pytest.raises(MalformedFile, match="pact: no such field"):
        read_events(io.BytesIO(content), "file", form, now=NOW)
