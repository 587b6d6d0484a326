"""What is counted of a stored event is what `wire` reads of it; of an ordinary phase nothing else is read."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given

from reciprocity.domain import (
    AgreementSigned,
    Event,
    Handover,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    TermsAmended,
)
from reciprocity.domain.forms import LARGEST_COUNT
from reciprocity.store.counts import _Released, _Stored, counted, released_ordinarily
from reciprocity.store.wire import WIRE
from reciprocity.testing.strategies import any_event, unicode_texts
from tests.examples import back, out, swap
from tests.store.wire_lines import envelope

LATER = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
ROW = '["UKR","RUS","civilian",120,true]'


def phase_of(rows: str) -> bytes:
    return envelope(f'{{"completed_on":"2025-05-23","notes":["of whom 3"],"phase":1,"released":[{rows}]}}')


@pytest.mark.parametrize("number", [0, 1, 120, LARGEST_COUNT])
def test_of_an_ordinary_phase_only_the_transfers_are_read(number: int) -> None:
    rows = ROW.replace("120", str(number)) + ',["RUS","UKR","prisoner_of_war",7,false]'
    read = [("UKR", "RUS", "civilian", number, True), ("RUS", "UKR", "prisoner_of_war", 7, False)]
    assert released_ordinarily(phase_of(rows)) == read
    unjudged = phase_of(rows).replace(b'"phase":1', b'"phase":"no number"').replace(b"2025-05-25T", b"never ")
    assert released_ordinarily(unjudged) == read


NOT_ORDINARY = {
    "a range": phase_of(ROW.replace("120", '{"at_least":100,"at_most":120}')),
    "an unclear standing": phase_of(ROW.replace("true", "null")),
    "a negative count": phase_of(ROW.replace("120", "-1")),
    "a count beyond the largest": phase_of(ROW.replace("120", str(LARGEST_COUNT + 1))),
    "a boolean count": phase_of(ROW.replace("120", "true")),
    "a place too few": phase_of('["UKR","RUS","civilian",120]'),
    "a place too many": phase_of('["UKR","RUS","civilian",120,true,1]'),
    "no manifest": envelope('{"completed_on":"2025-05-23","phase":1}'),
    "no event": b'{"command_id":"c-1","released":[]}',
    "two manifests": phase_of(ROW).replace(b'"released":', b'"released":[],"released":'),
    "two events": phase_of(ROW).replace(b'"event":', b'"event":{"released":[]},"event":'),
    "an escaped key": phase_of(ROW).replace(b'"released":', rb'"releas\u0065d":[],"released":'),
    "an escape elsewhere": phase_of(ROW).replace(b"of whom 3", rb"of whom \"3\""),
    "cut short": phase_of(ROW)[:-1],
    "not UTF-8": phase_of(ROW.replace("civilian", "civil")).replace(b"civil", b"\xff\xfe"),
    "deep nesting": b'{"event":{"released":' + b"[" * 100_000,
    "nothing": b"",
}


@pytest.mark.parametrize("case", NOT_ORDINARY)
def test_whatever_is_not_ordinary_is_left_to_who_reads_it_whole(case: str) -> None:
    assert released_ordinarily(NOT_ORDINARY[case]) is None


def test_the_garbage_collector_has_nothing_to_look_at_in_what_is_only_counted() -> None:
    assert [kind.__struct_config__.gc for kind in (_Stored, _Released)] == [False, False]


@given(any_event(texts=unicode_texts, most=10_000_000))
def test_what_is_counted_is_what_is_read(event: Event) -> None:
    _, state = WIRE.encode(Recorded("swap", 1, LATER, "c-1", event))
    if (released := released_ordinarily(state)) is not None:
        assert list(released) == list(counted(event)[2])


IN, OUT = ("RUS", "UKR", "civilian", 2, True), ("UKR", "RUS", "civilian", 1, True)
BEFORE = Handover(None, None, (back(2),))


@pytest.mark.parametrize(
    ("event", "taken_out", "put_in", "terms"),
    [
        (PhaseCompleted(phase=1, released=(out(1),)), [], [OUT], None),
        (PhaseCorrected(phase=1, released=(out(1),), reason="recounted", reverses=BEFORE), [IN], [OUT], None),
        (PhaseVoided(phase=1, reason="called off", reverses=BEFORE), [IN], [], None),
        (AgreementSigned(terms=swap()), [], [], swap()),
        (TermsAmended(terms=swap(3, 4), reason="one more"), [], [], swap(3, 4)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_an_event_means_for_the_totals(
    event: Event, taken_out: list[object], put_in: list[object], terms: object
) -> None:
    kind, before, after, of = counted(event)
    assert (kind, list(before), list(after), of) == (type(event), taken_out, put_in, terms)
