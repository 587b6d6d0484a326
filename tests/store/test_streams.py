"""Recorded instants never run backwards, and are in UTC wherever that is; rows go by the closed table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from eventsourcing.persistence import Notification, StoredEvent

from reciprocity.domain import Agreement, Event, Malformed, Recorded, sign
from reciprocity.store import Dated, OutOfOrder, Register
from reciprocity.store.streams import ClosedMapper, Stream
from reciprocity.store.wire import WIRE
from tests.examples import phase, swap
from tests.store.wire_lines import LINES, RECORDED_AT

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
EARLIER, LATER = NOON - SECOND, NOON + SECOND
SIGNED = sign(Agreement("swap"), swap())[0]
TOKYO = dt.timezone(dt.timedelta(hours=9))


def stream(last: dt.datetime | None = NOON) -> Stream:
    """An agreement of which the signature was recorded at an instant."""
    return Stream(Agreement("swap")).after([Recorded("swap", 1, last, "c-0", SIGNED)] if last else [])


def test_a_stream_knows_the_version_and_the_instant_of_its_last_event() -> None:
    assert (stream(None).version, stream(None).recorded_at) == (0, None)
    one = stream()
    assert (one.version, one.recorded_at, one.agreement.terms) == (1, NOON, swap())
    more = one.after(
        [Recorded("swap", 2, NOON, "c-1", phase(1)), Recorded("swap", 3, LATER, "c-2", phase(2))]
    )
    assert (more.version, more.recorded_at, more.agreement.last_phase) == (3, LATER, 2)
    assert more.after([]) == more
    assert (one.version, one.recorded_at) == (1, NOON)


@pytest.mark.parametrize(
    ("last", "now", "at", "clock_at"),
    [
        (None, NOON, NOON, None),
        (EARLIER, NOON, NOON, None),
        (NOON, NOON, NOON, None),
        (LATER, NOON, LATER, NOON),
    ],
)
def test_what_has_no_instant_of_its_own_is_recorded_now_or_with_the_last(
    last: dt.datetime | None, now: dt.datetime, at: dt.datetime, clock_at: dt.datetime | None
) -> None:
    before = stream(last)
    first = before.version + 1
    assert before.enveloped([phase(1), phase(2)], by="c-1", now=now) == [
        Recorded("swap", first, at, "c-1", phase(1), clock_at=clock_at),
        Recorded("swap", first + 1, at, "c-1", phase(2), clock_at=clock_at),
    ]
    assert before.enveloped([], by="c-1", now=now) == []


@pytest.mark.parametrize(
    ("last", "instants"),
    [
        (None, [EARLIER, NOON]),
        (EARLIER, [EARLIER, EARLIER, NOON]),
        (EARLIER, [None, NOON]),
        (NOON, [NOON]),
    ],
)
def test_what_is_dated_is_recorded_at_its_instant(
    last: dt.datetime | None, instants: list[dt.datetime | None]
) -> None:
    before = stream(last)
    told = [Dated(phase(number), at) for number, at in enumerate(instants, 1)]
    found = before.enveloped(told, by="c-1", now=NOON)
    assert [one.recorded_at for one in found] == [at or NOON for at in instants]
    assert [one.event for one in found] == [one.event for one in told]
    assert {one.clock_at for one in found} == {None}


@pytest.mark.parametrize(
    ("last", "instants", "reason"),
    [
        (None, [LATER], f"swap: {LATER} is ahead of the clock, {NOON}"),
        (NOON, [EARLIER], f"swap: {EARLIER} is before its last event, of {NOON}"),
        (EARLIER, [NOON, EARLIER], f"swap: {EARLIER} is before its last event, of {NOON}"),
        (EARLIER, [None, EARLIER], f"swap: {EARLIER} is before its last event, of {NOON}"),
    ],
)
def test_what_is_dated_out_of_order_is_refused(
    last: dt.datetime | None, instants: list[dt.datetime | None], reason: str
) -> None:
    told: list[Event | Dated] = [Dated(phase(number), at) for number, at in enumerate(instants, 1)]
    with pytest.raises(OutOfOrder) as refused:
        stream(last).enveloped(told, by="c-1", now=NOON)
    assert str(refused.value) == reason


def test_an_instant_has_a_zone_or_is_left_open_on_purpose() -> None:
    wrong: list[Any] = [NOON.replace(tzinfo=None), "2026-01-01T12:00:00Z", NOON.date()]
    for one in wrong:
        with pytest.raises(Malformed, match="recorded_at"):
            Dated(phase(1), one)
    dated: Any = Dated
    with pytest.raises(TypeError, match="recorded_at"):
        dated(phase(1))
    assert Dated(phase(1), None).recorded_at is None
    assert Dated(phase(1), NOON.astimezone(TOKYO)).recorded_at == NOON


@pytest.mark.usefixtures("far_from_utc")
def test_instants_are_recorded_in_utc_whatever_the_time_of_the_machine_and_of_who_tells() -> None:
    with Register.open("memory:", clock=lambda: NOON.astimezone(TOKYO)) as register:
        told: list[Event | Dated] = [Dated(SIGNED, EARLIER.astimezone(TOKYO)), phase(1)]
        recorded = register.command("swap", lambda _: told)
        assert [(one.recorded_at, one.recorded_at.utcoffset()) for one in recorded] == [
            (EARLIER, dt.timedelta(0)),
            (NOON, dt.timedelta(0)),
        ]
        assert list(register.log()) == recorded


@pytest.mark.usefixtures("far_from_utc")
def test_what_is_taken_over_is_held_against_the_clock_in_utc() -> None:
    with Register.open("memory:", clock=lambda: NOON.astimezone(TOKYO)) as register:
        with pytest.raises(OutOfOrder) as refused:
            register.take_over([Recorded("swap", 1, LATER, "c-1", SIGNED)])
        assert str(refused.value) == f"version 1 of swap: {LATER} is ahead of the clock, {NOON}"
        assert register.take_over([Recorded("swap", 1, NOON, "c-1", SIGNED)]) == 1


@pytest.mark.usefixtures("far_from_utc")
def test_a_register_that_is_given_no_clock_records_the_present_instant_in_utc() -> None:
    before = dt.datetime.now(dt.UTC)
    with Register.open("memory:") as register:
        [signed] = register.sign("swap", swap())
        assert signed.recorded_at.utcoffset() == dt.timedelta(0)
        assert before <= signed.recorded_at <= dt.datetime.now(dt.UTC)
        assert register.take_over([]) == 0


@pytest.mark.parametrize(("topic", "line", "event"), LINES, ids=[topic for topic, _, _ in LINES])
def test_the_library_s_rows_are_those_of_the_closed_table(topic: str, line: bytes, event: Event) -> None:
    mapper = ClosedMapper(WIRE)
    recorded = Recorded("swap", 7, RECORDED_AT, "c-1", event)
    row = mapper.to_stored_event(recorded)
    assert row == StoredEvent("swap", 7, topic, line)
    again = mapper.to_domain_event(row)
    assert (again, again.position) == (recorded, 0)
    notified = mapper.to_domain_event(Notification("swap", 7, topic, line, id=12))
    assert (notified, notified.position) == (recorded, 12)
