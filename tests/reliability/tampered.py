"""Tampering, false alarms, forged proofs. The one rule: who verifies has only what was kept elsewhere."""

from __future__ import annotations

import tempfile
from itertools import islice
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from reciprocity.domain import Recorded
from reciprocity.replay.verifying import verify
from reciprocity.store import Register
from tests.reliability.scorecard import Findings
from tests.replay.registers import logs
from tests.store.forgeries import forgeries
from tests.store.sealed import Keeper, checkpoint_of, recorded_and_sealed, told
from tests.store.tampering import KINDS, copies, settled, victim


def tampering(size: int, seed: int) -> Findings:  # noqa: ARG001  # every case is tried
    """Every kind of tampering at every position of a store of *size* events, an even number."""
    findings = Findings({"unseen": 0})
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "original.db")
        with Register.open(f"sqlite:///{path}", create=True) as register:
            register.take_over(told((size - 2) // 2))
            keeper = Keeper({"seal": checkpoint_of(register)})
        settled(f"sqlite:///{path}")
        beside = Path(folder, "copies")
        beside.mkdir()
        urls = copies(path, beside)
        for kind, tamper in KINDS.items():
            for position in range(1, size + 1):
                url = next(urls)
                tamper(victim(url), position)
                findings.cases += 1
                if not keeper.verify(url).found:
                    findings.fault("unseen", f"{kind} at position {position} of {size}")
    return findings


def honest_stores(size: int, seed: int) -> Findings:
    """So many lawful logs, each sealed in the middle and at its end, and verified."""
    findings = Findings({"false alarms": 0})

    @seeded(seed)
    @settings(
        max_examples=size,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(logs)
    def verified(log: list[Recorded]) -> None:
        with Register.open("memory:") as register:
            checkpoints = recorded_and_sealed(register, log)
            findings.cases += 1
            for found in verify(register, checkpoints).found:
                findings.fault("false alarms", f"--seed {seed}, store {findings.cases}: {found}")

    verified()
    return findings


def forged_proofs(size: int, seed: int) -> Findings:
    """So many claims that are false, or true with a proof that is not theirs."""
    findings = Findings({"accepted": 0})
    for number, forgery in enumerate(islice(forgeries(seed), size), start=1):
        findings.cases += 1
        if forgery.is_accepted():
            findings.fault("accepted", f"--seed {seed}, forgery {number}: {forgery.how}")
    return findings
