"""Small stores, and what is kept of them elsewhere."""

from __future__ import annotations

import datetime as dt
import io
from functools import cache
from itertools import count

import attrs

from reciprocity.domain import OPEN, Recorded
from reciprocity.replay import leaf_lists, sealing, verify_alone
from reciprocity.replay.verifying import Report, verify
from reciprocity.store import Register
from tests.examples import back, out, swap

SEALED_AT = dt.datetime(2025, 5, 26, tzinfo=dt.UTC)
Kept = dict[str, verify_alone.Checkpoint]


@cache
def told(phases: int = 4) -> list[Recorded]:
    """Two agreements in turn: 2 signatures, then so many phases of each; all on the minute."""
    ticks = count()
    start = dt.datetime(2025, 5, 16, 18, tzinfo=dt.UTC)

    with Register.open("memory:", clock=lambda: start + dt.timedelta(minutes=20 * next(ticks))) as register:
        for agreement in ("swap", "other"):
            register.sign(agreement, swap(OPEN, OPEN))
        for phase in range(1, phases + 1):
            for agreement in ("swap", "other"):
                register.complete_phase(agreement, phase, [out(phase), back(phase)])
        return list(register.log())


def checkpoint_of(register: Register) -> verify_alone.Checkpoint:
    """The checkpoint of a register, read as others read it."""
    text = sealing.checkpoint_text(sealing.sealed(register), "a-log", SEALED_AT)
    return verify_alone.checkpoint(text)


def list_of(register: Register) -> leaf_lists.LeafList:
    """The leaves of a register."""
    file = io.BytesIO()
    recorder = sealing.recorder_of(register)
    leaf_lists.write(recorder, register.last_position(), file)
    return leaf_lists._parsed(file.getvalue().decode())


def recorded_and_sealed(register: Register, log: list[Recorded]) -> Kept:
    """The checkpoints of a register that takes a log over, in the middle of it and at its end."""
    checkpoints = {}
    for so_far in (len(log) // 2 + 1, len(log)):
        register.take_over(log[:so_far])
        checkpoints[f"seal of {register.last_position()}"] = checkpoint_of(register)
    return checkpoints


@attrs.frozen
class Keeper:
    """What someone else kept of a store."""

    checkpoints: Kept
    lists: dict[str, leaf_lists.LeafList] = attrs.field(factory=dict)

    @classmethod
    def of(cls, register: Register) -> Keeper:
        """Someone with its checkpoint and its leaves."""
        return cls({"seal": checkpoint_of(register)}, {"leaves": list_of(register)})

    def verify(self, url: str) -> Report:
        """What is found in the store at *url*."""
        with Register.open(url) as register:
            return verify(register, self.checkpoints, self.lists)
