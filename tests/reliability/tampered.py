"""Tampering, false alarms, forged proofs. The one rule: who verifies has only what was kept elsewhere."""

from __future__ import annotations

import multiprocessing
import sqlite3
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager
from itertools import islice, repeat

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded

from reciprocity.domain import Recorded
from reciprocity.replay.verifying import verify
from reciprocity.store import Register
from tests.reliability.remembered import remembering
from tests.reliability.scorecard import Findings
from tests.replay.registers import logs
from tests.store.forgeries import forgeries
from tests.store.sealed import checkpoint_of, recorded_and_sealed, told
from tests.store.tampering import KINDS, victim_of

_WORTH_PROCESSES = 100  # events


def tampering(size: int, seed: int) -> Findings:  # noqa: ARG001  # every case is tried
    """Every kind of tampering at every position of a store of *size* events, an even number.

    All in memory, where a copy costs nothing: a store in a file is verified the same way (tests/store). Each
    kind is a process's own.
    """
    if size < _WORTH_PROCESSES:
        return _all(map(_of_one_kind, KINDS, repeat(size)))
    with ProcessPoolExecutor(len(KINDS), multiprocessing.get_context("forkserver")) as pool:
        return _all(pool.map(_of_one_kind, KINDS, repeat(size)))


def _all(parts: Iterable[Findings]) -> Findings:
    findings = Findings({"unseen": 0})
    for one in parts:
        findings.add(one)
    return findings


def _of_one_kind(kind: str, size: int) -> Findings:
    findings = Findings({"unseen": 0})
    with Register.open("memory:") as register, closing(sqlite3.connect(":memory:")) as original:
        register.take_over(told((size - 2) // 2))
        checkpoints = {"seal": checkpoint_of(register)}
        with _connection(register) as connection:
            connection.backup(original)
        with remembering(register, lambda: verify(register, checkpoints)):
            for position in range(1, size + 1):
                with _connection(register) as connection:
                    original.backup(connection)
                KINDS[kind](victim_of(register), position)
                findings.cases += 1
                found = {one.kind for one in verify(register, checkpoints).found}
                if not found:
                    findings.fault("unseen", f"{kind} at position {position} of {size}")
                elif found == {"seal"}:
                    findings.note("seen only with a checkpoint")
    return findings


@contextmanager
def _connection(register: Register) -> Iterator[sqlite3.Connection]:
    with register._recorder.datastore.get_connection(commit=True) as connection:
        yield connection._sqlite_conn


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
