"""What is written is read back, byte for byte; anything else is refused, and the place is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import AgreementSuspended, Event, Recorded
from reciprocity.store import KINDS, WIRE, Kind, Unreadable, Wire, name_of
from reciprocity.store.errors import NeedsKey, shown
from reciprocity.store.wire import ENCRYPTED, is_encrypted, kind_of
from reciprocity.testing.strategies import any_event, unicode_texts
from tests.store.wire_lines import LINES, RECORDED_AT, envelope
from tests.tries import MANY

instants = st.datetimes(dt.datetime(2025, 8, 2), dt.datetime(2030, 1, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001  # made aware by the strategy


@MANY
@given(any_event(texts=unicode_texts, most=10_000_000), instants, unicode_texts, st.integers(1))
def test_whatever_is_written_is_read_back(
    event: Event, at: dt.datetime, command_id: str, version: int
) -> None:
    recorded = Recorded("swap", version, at, command_id, event)
    topic, state = WIRE.encode(recorded)
    assert topic == f"{name_of(event)}/1"
    read = WIRE.decode("swap", version, topic, state, position=3)
    assert read == recorded
    assert read.position == 3
    assert WIRE.encode(read) == (topic, state)


def test_every_kind_of_event_has_a_line() -> None:
    assert [topic for topic, _, _ in LINES] == [kind.topic for kind in KINDS]
    assert [type(event) for _, _, event in LINES] == [kind.event for kind in KINDS]


@pytest.mark.parametrize(("topic", "line", "event"), LINES, ids=[topic for topic, _, _ in LINES])
def test_a_stored_line_is_read_and_written(topic: str, line: bytes, event: Event) -> None:
    recorded = Recorded("swap", 7, RECORDED_AT, "c-1", event)
    assert WIRE.decode("swap", 7, topic, line) == recorded
    assert WIRE.encode(recorded) == (topic, line)


TOPIC, LINE, _ = LINES[4]
assert TOPIC == "phase-completed/1"

OTHER_TOPICS = [
    "phase-finished/1",
    "phase-completed",
    "phase-completed/",
    "phase-completed/2",
    "phase-completed/0",
    "phase-completed/01",
    "phase-completed/-1",
    "phase-completed/one",
    "phase-completed/١",
    "phase-completed/1/1",
    "phase-completed/" + "9" * 5_000,
    "reciprocity.domain.events:PhaseCompleted",
    "os:system",
    "",
]


@pytest.mark.parametrize("topic", OTHER_TOPICS, ids=lambda topic: topic[:30] or "empty")
def test_a_name_that_is_not_in_the_table_is_refused(topic: str) -> None:
    with pytest.raises(Unreadable) as unreadable:
        WIRE.decode("swap", 7, topic, LINE)
    assert f"swap version 7, {shown(topic)}: " in str(unreadable.value)


def test_what_a_stranger_wrote_is_shown_harmless_and_short() -> None:
    hostile = "phase\x1b[2J\u202e\n" + "x" * 9_000
    for read in (
        lambda: WIRE.decode(hostile, 7, hostile, LINE, position=3),
        lambda: WIRE.check_beside([(3, hostile, 7, hostile, ENCRYPTED)]),
    ):
        with pytest.raises(Unreadable) as unreadable:
            read()
        assert str(unreadable.value).startswith(r"position 3, phase\x1b[2J\u202e\nxxx")
        assert str(unreadable.value).isprintable()
        assert len(str(unreadable.value)) < 1_000


def test_a_newer_schema_asks_for_an_upgrade() -> None:
    with pytest.raises(Unreadable, match=r"position 12, swap version 7, phase-completed/2: .*upgrade"):
        WIRE.decode("swap", 7, "phase-completed/2", LINE, position=12)


NO_KEY = (
    "phase-completed/1: encrypted, and no key was given "
    "(--key-file or --key-fd; in Python, Register.open(…, key=…))"
)


def test_what_is_encrypted_needs_a_key_and_the_message_says_how_it_is_given() -> None:
    state = b"\x01" + LINE
    with pytest.raises(NeedsKey) as refused:
        WIRE.decode("swap", 7, TOPIC, state, position=9)
    assert str(refused.value) == f"position 9, swap version 7, {NO_KEY}"
    with pytest.raises(NeedsKey) as refused:
        WIRE.decode("swap", 7, TOPIC, state)
    assert str(refused.value) == f"swap version 7, {NO_KEY}"
    rows = [(1, "swap", 1, TOPIC, LINE), (9, "swap", 7, TOPIC, state), (10, "swap", 8, TOPIC, state)]
    with pytest.raises(NeedsKey) as refused:
        WIRE.check_beside(rows)
    assert str(refused.value) == f"position 9, swap version 7, {NO_KEY}"
    WIRE.check_beside(rows[:1])
    WIRE.check_beside([])


NEVER_WRITTEN: list[Any] = [None, 1, "\x01", LINE.decode(), b"", b"\x00\x01", b"{\x01"]


@pytest.mark.parametrize("state", NEVER_WRITTEN, ids=lambda state: repr(state)[:12])
def test_what_is_no_text_is_refused_and_no_key_would_help(state: Any) -> None:
    assert not is_encrypted(state)
    for topic in (TOPIC, "phase-finished/1", "phase-completed/0"):
        with pytest.raises(Unreadable) as refused:
            WIRE.decode("swap", 7, topic, state, position=9)
        assert type(refused.value) is Unreadable
        assert str(refused.value).startswith(f"position 9, swap version 7, {topic}: ")
        WIRE.check_beside([(9, "swap", 7, topic, state)])


def test_each_class_of_event_has_its_topic_and_nothing_else_has() -> None:
    for topic, _, event in LINES:
        assert WIRE.topic_of(type(event)) == kind_of(event).topic == topic
        assert name_of(event) == topic.partition("/")[0]
    nothing: Any = int
    assert WIRE.topic_of(nothing) is None
    assert WIRE.plain is WIRE
    rows = iter([(9, "swap", 7, TOPIC, LINE)])
    assert WIRE.opened(rows) is rows


SUSPENDED = b'"command_id":"c-1","event":{"reason":"x"},"recorded_at":"2025-05-25T16:00:00Z"}'


def test_what_the_clock_said_is_kept_beside_the_instant() -> None:
    said = dt.datetime(2025, 5, 24, 9, 30, 0, 250_000, tzinfo=dt.UTC)
    recorded = Recorded("swap", 7, RECORDED_AT, "c-1", AgreementSuspended(reason="x"), 9, said)
    topic, state = WIRE.encode(recorded)
    assert state == b'{"clock_at":"2025-05-24T09:30:00.250000Z",' + SUSPENDED
    read = WIRE.decode("swap", 7, topic, state, 9)
    assert (read, read.clock_at, read.position) == (recorded, said, 9)
    for wrong in (b'{"clock_at":null,', b'{"clock_at":"",'):
        with pytest.raises(Unreadable):
            WIRE.decode("swap", 7, topic, wrong + SUSPENDED)


CHANGES = {
    "unknown field": (b'"phase":1', b'"city":"Kyiv","phase":1'),
    "a place too many in a row": (b"120,true]", b"120,true,3]"),
    "unknown field in the envelope": (b'"command_id"', b'"author":"me","command_id"'),
    "missing field": (b'"phase":1,', b""),
    "missing count": (b"120,true]", b"true]"),
    "missing standing": (b"120,true]", b"120]"),
    "what was left open, written": (b'"phase":1', b'"phase":1,"place":null'),
    "nothing, written": (b'"notes":["of whom 3 women"]', b'"notes":[]'),
    "duplicate key": (b'"phase":1', b'"phase":2,"phase":1'),
    "duplicate key in the envelope": (b'"command_id":"c-1"', b'"command_id":"c-0","command_id":"c-1"'),
    "fields in another order": (
        b'"notes":["of whom 3 women"],"phase":1',
        b'"phase":1,"notes":["of whom 3 women"]',
    ),
    "boolean count": (b"120,true]", b"true,true]"),
    "boolean phase": (b'"phase":1', b'"phase":true'),
    "number for a boolean": (b"120,true]", b"120,1]"),
    "fractional count": (b"120,true]", b"120.5,true]"),
    "count with a point": (b"120,true]", b"120.0,true]"),
    "count with an exponent": (b"120,true]", b"1.2e2,true]"),
    "count in quotes": (b"120,true]", b'"120",true]'),
    "NaN": (b"120,true]", b"NaN,true]"),
    "infinity": (b"120,true]", b"Infinity,true]"),
    "no count": (b"120,true]", b"null,true]"),
    "negative count": (b"120,true]", b"-1,true]"),
    "minus nought": (b"120,true]", b"-0,true]"),
    "huge count": (b"120,true]", b"10000000001,true]"),
    "count beyond 64 bits": (b"120,true]", b"9" * 40 + b",true]"),
    "count beyond every machine": (b"120,true]", b"9" * 5_000 + b",true]"),
    "range upside down": (b'"at_most":120', b'"at_most":90'),
    "range of one number": (b'"at_most":120', b'"at_most":100'),
    "trailing garbage": (b'Z"}', b'Z"}x'),
    "trailing document": (b'Z"}', b'Z"}{}'),
    "trailing line": (b'Z"}', b'Z"}\n'),
    "a blank": (b'"phase":1', b'"phase": 1'),
    "cut short": (b'Z"}', b'Z"'),
    "byte order mark": (b'{"command_id"', b'\xef\xbb\xbf{"command_id"'),
    "not UTF-8": ("ГУР".encode(), b"\xff\xfe"),
    "lone surrogate": ("ГУР".encode(), rb"\ud800"),
    "needless escape": ("ГУР".encode(), rb"\u0413\u0423\u0420"),
    "control character": ("ГУР".encode(), rb"a\u001b[31m"),
    "lower-case code": (b'"UKR"', b'"ukr"'),
    "blank command id": (b'"c-1"', b'""'),
    "two rows alike": (
        b'["UKR","RUS","civilian",120,true]',
        b'["UKR","RUS","civilian",120,true],["UKR","RUS","civilian",121,true]',
    ),
    "day that is none": (b"2025-05-23", b"2025-02-30"),
    "day with a time": (b"2025-05-23", b"2025-05-23T00:00:00"),
    "instant without zone": (b"16:00:00Z", b"16:00:00"),
    "instant in another zone": (b"16:00:00Z", b"18:00:00+02:00"),
    "instant written otherwise": (b"16:00:00Z", b"16:00:00.000Z"),
    "recorded before it happened": (b"2025-05-25T", b"2025-05-21T"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_text_is_refused(change: str) -> None:
    old, new = CHANGES[change]
    state = LINE.replace(old, new, 1)
    assert state != LINE
    with pytest.raises(Unreadable, match=r"^position 9, swap version 7, phase-completed/1: .+"):
        WIRE.decode("swap", 7, TOPIC, state, position=9)


STRANGE = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "an empty object": b"{}",
    "a number": b"1",
    "binary": bytes(range(256)),
    "deep nesting": b"[" * 100_000,
    "deep nesting in the event": b'{"command_id":"c","event":' + b'{"a":' * 100_000,
}


@pytest.mark.parametrize("strange", STRANGE)
def test_a_strange_text_is_refused(strange: str) -> None:
    with pytest.raises(Unreadable, match=r"^swap version 7, phase-completed/1: .+"):
        WIRE.decode("swap", 7, TOPIC, STRANGE[strange])


@MANY
@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(state: bytes) -> None:
    with pytest.raises(Unreadable):
        WIRE.decode("swap", 7, TOPIC, state)


@MANY
@given(st.integers(0, len(LINE) - 1), st.integers(0, 255))
def test_no_damaged_byte_goes_unnoticed_unless_it_makes_another_fact(place: int, byte: int) -> None:
    state = LINE[:place] + bytes([byte]) + LINE[place + 1 :]
    try:
        read = WIRE.decode("swap", 7, TOPIC, state)
    except Unreadable:
        return
    assert WIRE.encode(read) == (TOPIC, state)


def test_an_instant_at_the_end_of_time_is_refused() -> None:
    with pytest.raises(Unreadable):
        WIRE.decode("swap", 7, TOPIC, LINE.replace(b"2025-05-25T", b"9999-12-31T"))


SECOND = Wire((Kind("agreement-suspended", 2, AgreementSuspended),), {"agreement-suspended/1": dict})
OLDER = {topic: line for topic, line, _ in LINES}["agreement-suspended/1"]


def test_an_older_schema_is_read_through_its_upcast() -> None:
    read = SECOND.decode("swap", 7, "agreement-suspended/1", OLDER)
    assert read.event == AgreementSuspended(reason="напад")


def test_an_older_schema_without_an_upcast_is_refused() -> None:
    never = Wire((Kind("agreement-suspended", 3, AgreementSuspended),), {"agreement-suspended/2": dict})
    with pytest.raises(Unreadable, match="schema 1 was never written"):
        never.decode("swap", 7, "agreement-suspended/1", OLDER)


@pytest.mark.parametrize("state", [b"[]", b"null", b"{", b'{"event":3}', OLDER[:-1], OLDER + b" x"])
def test_a_damaged_text_of_an_older_schema_is_refused(state: bytes) -> None:
    with pytest.raises(Unreadable, match="swap version 7, agreement-suspended/1"):
        SECOND.decode("swap", 7, "agreement-suspended/1", state)


def test_an_older_text_without_an_event_is_refused() -> None:
    with pytest.raises(Unreadable):
        SECOND.decode("swap", 7, "agreement-suspended/1", b"{}")


@pytest.mark.parametrize(
    ("old", "new"),
    [(b'"reason":', b'"reason":"other","reason":'), (b'"reason":', b'"reason": '), (b'Z"}', b'Z"}\n')],
)
def test_an_older_text_that_is_not_as_it_was_written_is_refused(old: bytes, new: bytes) -> None:
    with pytest.raises(Unreadable):
        SECOND.decode("swap", 7, "agreement-suspended/1", OLDER.replace(old, new))


@pytest.mark.parametrize("topic", ["agreement-suspended/1", "agreement-suspended/2"])
@pytest.mark.parametrize("kept", ["command_id", "recorded_at", "event"])
def test_a_text_of_any_schema_lacks_nothing_of_its_envelope(topic: str, kept: str) -> None:
    parts = {"command_id": '"c-1"', "event": '{"reason":"x"}', "recorded_at": '"2025-05-25T16:00:00Z"'}
    whole = "{" + ",".join(f'"{name}":{value}' for name, value in parts.items()) + "}"
    assert SECOND.decode("swap", 7, topic, whole.encode()).event == AgreementSuspended(reason="x")
    more = whole.replace("{", '{"author":"me",', 1)
    less = "{" + ",".join(f'"{name}":{value}' for name, value in parts.items() if name != kept) + "}"
    for wrong, reason in ((more, "unknown field `author`"), (less, f"missing required field `{kept}`")):
        with pytest.raises(Unreadable, match=rf"swap version 7, {topic}: .*{reason}"):
            SECOND.decode("swap", 7, topic, wrong.encode())


def test_the_keys_of_an_older_fact_are_in_order_too() -> None:
    for topic in ("agreement-suspended/1", "agreement-suspended/2"):
        in_order = envelope('{"reason":"x","suspended_on":"2025-05-24"}')
        assert SECOND.decode("swap", 7, topic, in_order).event == AgreementSuspended(
            reason="x", suspended_on=dt.date(2025, 5, 24)
        )
        with pytest.raises(Unreadable, match="the text is not what its facts are written as"):
            SECOND.decode("swap", 7, topic, envelope('{"suspended_on":"2025-05-24","reason":"x"}'))
