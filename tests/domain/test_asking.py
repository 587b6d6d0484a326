"""Commands: whatever they are given stands in the event that they emit, under the same name."""

from __future__ import annotations

import inspect
from typing import Any

import attrs
import pytest

from reciprocity.domain import Agreement, Claimed, Event, Manner, Source, commands
from tests.examples import agreement, back, may, out, phase, swap

CITED: dict[str, Any] = {"sources": (Source("gur", "a daily"),), "notes": ("a note",)}
ANNOUNCED = agreement(None, *commands.announce_phase(agreement(), 1))
DONE = agreement(None, phase(1, out(1), back(1)))
SUSPENDED = agreement(None, *commands.suspend(agreement(), reason="attack"))
RELEASED = (out(2), back(2))
ASKED: list[tuple[Any, Agreement, dict[str, Any]]] = [
    (commands.sign, Agreement("swap"), {"terms": swap()}),
    (commands.amend, agreement(), {"terms": swap(20, 20), "reason": "more", "amended_on": may(20)}),
    (commands.announce_phase, agreement(), {"phase": 1, "planned": RELEASED, "expected_on": may(23)}),
    (commands.postpone_phase, ANNOUNCED, {"phase": 1, "expected_on": may(24), "reason": "weather"}),
    (
        commands.complete_phase,
        agreement(),
        {"phase": 1, "released": RELEASED, "completed_on": may(23), "place": "the border"},
    ),
    (
        commands.correct_phase,
        DONE,
        {
            "phase": 1,
            "released": RELEASED,
            "reason": "recounted",
            "completed_on": may(24),
            "place": "the border",
        },
    ),
    (commands.void_phase, DONE, {"phase": 1, "reason": "an error", "voided_on": may(25)}),
    (
        commands.record_claim,
        DONE,
        {
            "claimant": "TASS",
            "claimed": (Claimed("RUS", "UKR", "civilian", 1),),
            "office": "the desk",
            "phase": 1,
            "stated_on": may(24),
        },
    ),
    (commands.suspend, agreement(), {"reason": "attack", "suspended_on": may(20)}),
    (commands.resume, SUSPENDED, {"reason": "it is quiet", "resumed_on": may(21)}),
    (commands.fulfil, agreement(swap(1, 1), phase(1, out(1), back(1))), {"fulfilled_on": may(25)}),
    (
        commands.terminate,
        agreement(),
        {"manner": Manner.BROKEN_OFF, "reason": "attack", "terminated_on": may(25)},
    ),
]


@pytest.mark.parametrize(("command", "before", "given"), ASKED)
def test_what_is_given_stands_in_the_event(command: Any, before: Agreement, given: dict[str, Any]) -> None:
    event: Event = command(before, **given, **CITED)[0]
    assert {name: getattr(event, name) for name in (*given, *CITED)} == {**given, **CITED}


@pytest.mark.parametrize(("command", "before", "given"), ASKED)
def test_all_that_can_be_given_is(command: Any, before: Agreement, given: dict[str, Any]) -> None:
    taken = set(inspect.signature(command).parameters) - {"agreement", "cited"}
    assert set(given) == taken
    event = command(before, **given)[0]
    assert {one.name for one in attrs.fields(type(event))} - {"reverses"} == taken | set(CITED)
