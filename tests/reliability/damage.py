"""Damaged files: cut, or with one bit turned over. The one rule: a wrong answer is found out.

All that a store answers is asked of each damaged copy. What differs must be found out, and it is counted by
what: the store itself, which refuses; ``verify`` or the check of a view, which know no more than the file; or
only ``verify`` with a checkpoint that was kept elsewhere.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

import attrs

from reciprocity.domain import ReciprocityError
from reciprocity.projections import Runner
from reciprocity.replay.verify_alone import Checkpoint
from reciprocity.replay.verifying import verify
from reciprocity.store import Register
from tests.projections.view_stores import stored
from tests.reliability import workload
from tests.reliability.scorecard import Findings
from tests.store.sealed import checkpoint_of

_COMMANDS = 60
_STEP = 512  # bytes between two cuts
_VIEW = "cumulative"

Answers: TypeAlias = dict[str, object]

REFUSED, CHECKED, CHECKPOINT = "refused", "seen without a checkpoint", "seen only with a checkpoint"
HARMLESS, SILENT = "answered rightly", "silently different"


def answers(register: Register) -> Answers:
    """What a store answers: the log, each agreement, the outcome of each command, a view."""
    found: Answers = {"log": list(register.log()), "positions": register.last_position()}
    for number in range(workload.AGREEMENTS):
        agreement = f"swap-{number}"
        found[agreement] = (
            [attrs.evolve(recorded, position=0) for recorded in register.history(agreement)],
            register.agreement(agreement).balance(),
        )
    found["agreements"] = register.agreement_ids()
    for number in range(_COMMANDS):
        outcome = register.command(
            f"swap-{number % workload.AGREEMENTS}", lambda _: (), command_id=workload.name_of(number)
        )
        found[workload.name_of(number)] = outcome
    found["view"] = stored(register, _VIEW)
    return found


@attrs.frozen
class Whole:
    """An undamaged store: its bytes, what it answers, and what of it was kept elsewhere."""

    content: bytes
    answers: Answers
    checkpoint: Checkpoint


def whole(folder: Path) -> Whole:
    """A store with a view, all of it in one file."""
    path = folder / "whole.db"
    url = workload.store(path, _COMMANDS)
    with Register.open(url) as register:
        Runner(register, _VIEW).run()
        asked, checkpoint = answers(register), checkpoint_of(register)
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return Whole(path.read_bytes(), asked, checkpoint)


def _verdict(path: Path, undamaged: Whole) -> str:
    """What becomes of a damaged copy."""
    try:
        with Register.open(f"sqlite:///{path}") as register:
            if answers(register) == undamaged.answers:
                return HARMLESS
            found = {one.kind for one in verify(register, {"seal": undamaged.checkpoint}).found}
            if found - {"seal"} or _view_contradicts(register):
                return CHECKED
            return CHECKPOINT if found else SILENT
    except ReciprocityError:
        return REFUSED


def _view_contradicts(register: Register) -> bool:
    """Whether a view tells other things than the histories: what ``rebuild --check`` asks."""
    return stored(register, _VIEW) is not None and bool(Runner(register, _VIEW).differing())


def _damaged(copies: Iterator[tuple[str, bytes]], folder: Path, undamaged: Whole) -> Findings:
    findings = Findings({SILENT: 0, "unclear errors": 0})
    path = folder / "damaged.db"
    for place, content in copies:
        for left in folder.glob("damaged.db*"):
            left.unlink()
        path.write_bytes(content)
        findings.cases += 1
        try:
            verdict = _verdict(path, undamaged)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a finding
            findings.fault("unclear errors", f"{place}: {error!r}")
            continue
        if verdict == SILENT:
            findings.fault(SILENT, place)
        else:
            findings.note(verdict)
    return findings


def truncation(size: int, seed: int) -> Findings:
    """Cut the file at every 512 bytes; of a larger *size* than 1, only at each so-manieth of them."""

    def cut(content: bytes) -> Iterator[tuple[str, bytes]]:
        for at in range(0, len(content), _STEP * size):
            yield f"--seed {seed}, cut at {at}", content[:at]

    with tempfile.TemporaryDirectory() as folder:
        undamaged = whole(Path(folder))
        return _damaged(cut(undamaged.content), Path(folder), undamaged)


def bit_flips(size: int, seed: int) -> Findings:
    """Turn over one bit, in *size* copies."""
    rng = random.Random(seed)  # noqa: S311  # the same bits every time

    def turned(content: bytes) -> Iterator[tuple[str, bytes]]:
        for _ in range(size):
            at, bit = rng.randrange(len(content)), rng.randrange(8)
            copy = bytearray(content)
            copy[at] ^= 1 << bit
            yield f"--seed {seed}, bit {bit} of byte {at}", bytes(copy)

    with tempfile.TemporaryDirectory() as folder:
        undamaged = whole(Path(folder))
        return _damaged(turned(undamaged.content), Path(folder), undamaged)
