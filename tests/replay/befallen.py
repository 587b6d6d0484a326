"""A small log, sealed twice; what may befall it; and the report on it then."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import attrs

from reciprocity.domain import Recorded
from reciprocity.replay.verifying import Report, verify
from reciprocity.store import Register
from tests.store.sealed import checkpoint_of, list_of, told
from tests.store.tampering import KINDS, Victim, victim_of

Done: TypeAlias = "Callable[[Victim], Any] | str"
"""What is done to a log: a function of it, or SQL."""

DIFFERS = "the log is not as sealed at 2025-05-26T00:00:00Z"
"""What is said of a seal that does not hold."""


def phase(number: int) -> str:
    """What is said of the event that a phase was completed."""
    released = "; ".join(f"{way} civilian {number}" for way in ("UKR>RUS", "RUS>UKR"))
    return f"phase-completed/1: phase {number}, day unknown: {released}"


def log() -> list[Recorded]:
    """Eight events of two agreements in turn; the third and the fifth of one command, at one instant."""
    events = [attrs.evolve(one, command_id=f"c-{place}") for place, one in enumerate(told(3), start=1)]
    events[4] = attrs.evolve(events[4], command_id="c-3", recorded_at=events[2].recorded_at)
    return events


def after(*done: Done) -> Report:
    """The report on a log that was sealed after five events and after eight, once this was done to it."""
    with Register.open("memory:") as register:
        checkpoints = {}
        for size in (5, 8):
            register.take_over(log()[:size])
            checkpoints[f"at-{size}"] = checkpoint_of(register)
        lists = {"leaves": list_of(register)}
        victim = victim_of(register)
        for one in done:
            victim(one) if isinstance(one, str) else one(victim)
        return verify(register, checkpoints, lists)


def kind(name: str, at: int) -> Callable[[Victim], None]:
    """One of the kinds of tampering, at a position."""
    return lambda victim: KINDS[name](victim, at)


def state(at: int, old: bytes, new: bytes) -> Callable[[Victim], Any]:
    """Another text in what is stored at a position."""

    def edit(victim: Victim) -> None:
        before = victim.row(at)[3]
        assert old in before
        victim("UPDATE stored_events SET state=? WHERE POSITION=?", before.replace(old, new), at)

    return edit


def junk(victim: Victim) -> None:
    victim("UPDATE stored_events SET state=? WHERE POSITION=3", b"-" * 300)
