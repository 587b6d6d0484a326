"""Each command once, with all that it can be given, and the events after which it can be asked."""

from __future__ import annotations

from typing import Any

from reciprocity.domain import (
    AgreementSigned,
    AgreementSuspended,
    Claimed,
    Event,
    Manner,
    PhaseAnnounced,
    Source,
    commands,
)
from tests.examples import back, may, out, phase, swap

CITED: dict[str, Any] = {"sources": (Source("gur", "a daily"),), "notes": ("a note",)}
SIGNED: tuple[Event, ...] = (AgreementSigned(terms=swap()),)
ANNOUNCED = (*SIGNED, PhaseAnnounced(phase=1))
DONE = (*SIGNED, phase(1, out(1), back(1)))
SUSPENDED = (*SIGNED, AgreementSuspended(reason="attack"))
RELEASED = (out(2), back(2))
ASKED: list[tuple[Any, tuple[Event, ...], dict[str, Any]]] = [
    (commands.sign, (), {"terms": swap()}),
    (commands.amend, SIGNED, {"terms": swap(20, 20), "reason": "more", "amended_on": may(20)}),
    (commands.announce_phase, SIGNED, {"phase": 1, "planned": RELEASED, "expected_on": may(23)}),
    (commands.postpone_phase, ANNOUNCED, {"phase": 1, "expected_on": may(24), "reason": "weather"}),
    (
        commands.complete_phase,
        SIGNED,
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
    (commands.suspend, SIGNED, {"reason": "attack", "suspended_on": may(20)}),
    (commands.resume, SUSPENDED, {"reason": "it is quiet", "resumed_on": may(21)}),
    (
        commands.fulfil,
        (AgreementSigned(terms=swap(1, 1)), phase(1, out(1), back(1))),
        {"fulfilled_on": may(25)},
    ),
    (
        commands.terminate,
        SIGNED,
        {"manner": Manner.BROKEN_OFF, "reason": "attack", "terminated_on": may(25)},
    ),
]
