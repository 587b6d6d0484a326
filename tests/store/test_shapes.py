"""A shape is derived from a class of the domain: what is stored in it is what was told, and nothing else."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import attrs
import msgspec
import pytest
from hypothesis import given

from reciprocity.domain import (
    AgreementSigned,
    Claimed,
    Event,
    Handover,
    Malformed,
    Party,
    PhaseCompleted,
    Range,
    Recorded,
    Source,
    Terms,
    Transfer,
)
from reciprocity.store import KINDS, Kind, Unreadable, Wire, shapes
from reciprocity.store.shapes import compact, restored, shape_of, stored
from reciprocity.testing.strategies import any_event, unicode_texts
from tests.examples import out, swap
from tests.store.wire_lines import LINES, RECORDED_AT, ROWS, TERMS, TERMS_TEXT, envelope

VALUES: list[Any] = [TERMS, *TERMS.parties, *TERMS.obligations, TERMS.symmetry, TERMS.window, *ROWS]
VALUES += [Range(1), Range(1, 2), Claimed("UKR", "RUS", None, None), Claimed("UKR", "RUS", "civilian", 3)]
VALUES += [Handover(None, None, ROWS), Source("gur.1", "GUR", RECORDED_AT.date(), "https://example.org/1")]
VALUES += [event for _, _, event in LINES]
KINDS_OF_VALUES = list(dict.fromkeys(map(type, VALUES)))


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every shape is derived anew, and what restores it is made anew."""
    monkeypatch.setattr(shapes, "_SHAPES", {})
    monkeypatch.setattr(shapes, "_fields", cache(shapes._fields.__wrapped__))


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("value", VALUES, ids=lambda value: type(value).__name__)
def test_a_value_is_stored_in_its_shape_and_restored(value: Any) -> None:
    shape = stored(value)
    assert type(shape) is shape_of(type(value))
    text = msgspec.json.encode(shape)
    read = msgspec.json.decode(text, type=shape_of(type(value)))
    assert read == shape
    again = restored(read, type(value))
    assert again == value
    assert type(again) is type(value)
    told = json.loads(msgspec.json.encode(value))
    assert compact(told) == json.loads(text)


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("kind", KINDS_OF_VALUES, ids=lambda kind: kind.__name__)
def test_a_shape_has_the_fields_of_its_class_and_no_others(kind: type[Any]) -> None:
    shape = shape_of(kind)
    assert shape_of(kind) is shape
    assert shape.__name__ == kind.__name__
    names = [field.name for field in attrs.fields(kind)]
    assert list(shape.__struct_fields__) == (names if kind is Transfer else sorted(names))
    value = next(value for value in VALUES if type(value) is kind)
    told = msgspec.to_builtins(stored(value))
    more = [*told, 1] if isinstance(told, list) else {**told, "more": 1}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(more, shape)
    with pytest.raises(AttributeError):
        setattr(stored(value), names[0], None)


@pytest.mark.usefixtures("anew")
def test_a_field_that_has_no_default_must_be_there() -> None:
    told = msgspec.to_builtins(stored(TERMS))
    for name in ("series", "title"):
        with pytest.raises(msgspec.ValidationError, match=f"missing required field `{name}`"):
            msgspec.convert({key: value for key, value in told.items() if key != name}, shape_of(Terms))
    with pytest.raises(msgspec.ValidationError, match="length 5"):
        msgspec.convert(["RUS", "UKR", "civilian", 120], shape_of(Transfer))


@pytest.mark.usefixtures("anew")
def test_every_line_is_read_and_written_by_shapes_made_anew() -> None:
    wire = Wire(KINDS, {})
    for topic, line, event in LINES:
        recorded = Recorded("swap", 7, RECORDED_AT, "c-1", event)
        assert wire.decode("swap", 7, topic, line) == recorded
        assert wire.encode(recorded) == (topic, line)


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("innermost", ['["RUS_2"]', '[{"code":"RUS_2","name":"Another"}]', "[]", "null"])
def test_a_member_of_a_group_has_no_members(innermost: str) -> None:
    wire = Wire(KINDS, {})
    member = '{"code":"RUS_1","name":"A member"}'
    terms = TERMS_TEXT.replace(member, f'{{"code":"RUS_1","members":{innermost},"name":"A member"}}')
    assert terms != TERMS_TEXT
    with pytest.raises(Unreadable, match="swap version 1, agreement-signed/1"):
        wire.decode("swap", 1, "agreement-signed/1", envelope(f'{{"terms":{terms}}}'))


@pytest.mark.usefixtures("anew")
def test_the_garbage_collector_has_nothing_to_look_at_in_what_a_log_holds_millions_of() -> None:
    assert not shape_of(Transfer).__struct_config__.gc


@pytest.mark.usefixtures("anew")
def test_what_a_class_does_not_allow_is_refused() -> None:
    shape = msgspec.convert({"code": "no code", "name": "X"}, shape_of(Party))
    with pytest.raises(Malformed, match="code"):
        restored(shape, Party)
    with pytest.raises(Malformed, match="code"):
        restored(shape_of(Terms)(**{**fields_of(stored(TERMS)), "parties": (shape,)}), Terms)


def fields_of(shape: msgspec.Struct) -> dict[str, Any]:
    return {name: getattr(shape, name) for name in shape.__struct_fields__}


@pytest.mark.usefixtures("anew")
def test_parts_that_are_equal_become_one_value() -> None:
    by = Source("gur.1", "GUR", RECORDED_AT.date(), "https://example.org/1")
    one, other = (
        restored(stored(PhaseCompleted(phase=number, released=(out(1),), sources=(by,))), PhaseCompleted)
        for number in (1, 2)
    )
    assert one.sources is other.sources
    assert one.released[0] is other.released[0]
    first, second = (restored(stored(AgreementSigned(terms=swap())), AgreementSigned) for _ in range(2))
    assert first.terms is second.terms


@given(any_event(texts=unicode_texts))
def test_an_event_told_with_every_field_is_made_compact_as_it_is_stored(event: Event) -> None:
    told = json.loads(msgspec.json.encode(event))
    assert compact(told) == json.loads(msgspec.json.encode(stored(event)))
    assert restored(stored(event), type(event)) == event


def test_plain_values_are_made_compact() -> None:
    assert compact("x") == "x"
    assert compact([1, None, [], {}]) == [1, None, [], {}]
    assert compact({"a": None, "b": [], "c": 0, "d": False, "e": "", "f": {"g": None}}) == {
        "c": 0,
        "d": False,
        "e": "",
        "f": {},
    }
    row = {"releasing": "RUS", "receiving": "UKR", "category": "civilian", "count": 3}
    assert compact([row]) == [row]
    whole = {**row, "count": {"at_least": 3, "at_most": None}, "within_agreement": None}
    assert compact({"released": [whole]}) == {"released": [["RUS", "UKR", "civilian", {"at_least": 3}, None]]}
    assert compact({**whole, "more": 1}) == {**row, "count": {"at_least": 3}, "more": 1}


def test_an_older_fact_told_with_every_field_is_brought_up_to_the_present_one() -> None:
    *_, (topic, _, event) = [line for line in LINES if line[0] == "phase-completed/1"]
    seen: list[dict[str, Any]] = []

    def called_otherwise(fact: dict[str, Any]) -> dict[str, Any]:
        seen.append(fact)
        return {**{name: value for name, value in fact.items() if name != "stage"}, "phase": fact["stage"]}

    wire = Wire((Kind("phase-completed", 2, PhaseCompleted),), {topic: called_otherwise})
    told = json.loads(msgspec.json.encode(event))
    older = {("stage" if name == "phase" else name): value for name, value in told.items()}
    assert wire.up_to_date("phase-completed", 1, older) == (PhaseCompleted, told)
    assert seen == [{("stage" if name == "phase" else name): value for name, value in compact(told).items()}]
    assert wire.up_to_date("phase-completed", 2, told) == (PhaseCompleted, told)
    assert len(seen) == 1
    with pytest.raises(Unreadable, match=r"^schema 0 was never written$"):
        wire.up_to_date("phase-completed", 0, told)
    with pytest.raises(Unreadable, match=r"^schema 3 is newer than this release reads \(2\); upgrade$"):
        wire.up_to_date("phase-completed", 3, told)
    with pytest.raises(Unreadable, match=r"^no event of that name is known$"):
        wire.up_to_date("phase-finished", 1, told)
