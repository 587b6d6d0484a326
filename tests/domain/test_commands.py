"""Each command asks for its event, with all that it was told; nothing more, and nothing left out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reciprocity.domain import (
    OPEN,
    Agreement,
    AgreementFulfilled,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    Claimed,
    ClaimRecorded,
    Event,
    Manner,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    Source,
    TermsAmended,
    commands,
    decide,
)
from reciprocity.domain.commands import with_reversal
from tests.examples import agreement, back, may, out, phase, swap

CITED: dict[str, Any] = {"sources": (Source("mod", "a ministry"),), "notes": ("as it was told",)}
PLANNED = agreement(swap(), PhaseAnnounced(phase=1))
DONE = agreement(swap(), phase(1, out(1), back(1), day=20))
HALTED = agreement(swap(), AgreementSuspended(reason="attack"))
FOR_ALL = agreement(swap(OPEN, OPEN), phase(1, out(1), back(1)))

ASKED: list[tuple[Agreement, Callable[..., tuple[Event, ...]], type[Event], dict[str, Any]]] = [
    (Agreement("swap"), commands.sign, AgreementSigned, {"terms": swap()}),
    (DONE, commands.amend, TermsAmended, {"terms": swap(20, 20), "reason": "more", "amended_on": may(21)}),
    (
        agreement(),
        commands.announce_phase,
        PhaseAnnounced,
        {"phase": 1, "planned": (out(1), back(1)), "expected_on": may(22)},
    ),
    (
        PLANNED,
        commands.postpone_phase,
        PhasePostponed,
        {"phase": 1, "expected_on": may(23), "reason": "weather"},
    ),
    (
        PLANNED,
        commands.complete_phase,
        PhaseCompleted,
        {"phase": 1, "released": (out(2), back(2)), "completed_on": may(24), "place": "the border"},
    ),
    (
        DONE,
        commands.correct_phase,
        PhaseCorrected,
        {
            "phase": 1,
            "released": (out(2), back(2)),
            "completed_on": may(25),
            "place": "the border",
            "reason": "counted anew",
        },
    ),
    (DONE, commands.void_phase, PhaseVoided, {"phase": 1, "reason": "it was not", "voided_on": may(26)}),
    (
        DONE,
        commands.record_claim,
        ClaimRecorded,
        {
            "claimant": "TASS",
            "claimed": (Claimed("UKR", "RUS", None, 1),),
            "office": "a desk",
            "phase": 1,
            "stated_on": may(27),
        },
    ),
    (DONE, commands.suspend, AgreementSuspended, {"reason": "attack", "suspended_on": may(28)}),
    (HALTED, commands.resume, AgreementResumed, {"reason": "a truce", "resumed_on": may(29)}),
    (FOR_ALL, commands.fulfil, AgreementFulfilled, {"fulfilled_on": may(30)}),
    (
        DONE,
        commands.terminate,
        AgreementTerminated,
        {"manner": Manner.BROKEN_OFF, "reason": "attack", "terminated_on": may(31)},
    ),
]


@pytest.mark.parametrize(("before", "ask", "kind", "told"), ASKED, ids=[one[2].__name__ for one in ASKED])
def test_a_command_asks_for_its_event_with_all_that_it_was_told(
    before: Agreement, ask: Callable[..., tuple[Event, ...]], kind: type[Event], told: dict[str, Any]
) -> None:
    event = kind(**told, **CITED)
    decided = ask(before, **told, **CITED)
    assert decided == decide(before, event)
    assert decided[0] == with_reversal(before, event)


def test_every_event_has_its_command() -> None:
    assert {kind for _, _, kind, _ in ASKED} == set(Event.__args__)
