"""A server that is killed under load. The one rule: who was not told, asks again with the same id.

Sometimes one of its processes is killed, and it starts anew by itself, from its log; sometimes all of them
are, as when the machine fails, and it is started again.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path

from reciprocity.domain import OPEN, Agreement, Event, complete_phase
from reciprocity.store import Busy, Conflict, ConnectionLost, Register, StoreError
from reciprocity.testing import servers
from tests import stores
from tests.examples import back, out, swap
from tests.reliability.scorecard import Findings, NotMeasured

WRITERS = 4
_PATIENCE = 60  # seconds within which a command is recorded, whatever happens meanwhile
_TRIED_AGAIN = (ConnectionLost, Busy, Conflict)


@cache
def _server() -> servers.Server:
    if servers.NO_SERVER:
        raise NotMeasured(servers.HOW_TO_INSTALL)
    return servers.start()


def _next(agreement: Agreement) -> tuple[Event, ...]:
    return complete_phase(agreement, agreement.last_phase + 1, [out(1), back(1)])


def killed_under_load(size: int, seed: int) -> Findings:
    """Kill a server *size* times while four write; who writes goes on."""
    findings = Findings({"lost": 0, "doubled": 0, "unclear errors": 0})
    server, rng, ended = _server(), random.Random(seed), threading.Event()  # noqa: S311
    with server.empty_database() as url:
        with Register.open(url, create=True) as register:
            for number in range(WRITERS):
                register.sign(f"swap-{number}", swap(OPEN, OPEN))
        with ThreadPoolExecutor(WRITERS) as pool:
            writing = [pool.submit(_write, url, number, ended, findings) for number in range(WRITERS)]
            try:
                for turn in range(size):
                    time.sleep(rng.uniform(0.05, 0.4))
                    _kill(server, url, rng, whole=turn % 2 == 1, findings=findings)
                    findings.cases += 1
            finally:
                ended.set()
            acknowledged = {by for one in writing for by in one.result(2 * _PATIENCE)}
        with Register.open(url) as register:
            log = list(register.log())
        times = Counter(recorded.command_id for recorded in log)
        place = f"--seed {seed}"
        findings.fault("lost", place, len(acknowledged - times.keys()))
        findings.fault("doubled", place, sum(times.values()) - len(times))
        gapless = [recorded.position for recorded in log] == list(range(1, len(log) + 1))
        findings.fault("lost", f"{place}: positions with a gap", not gapless)
        findings.aside["commands"] = len(acknowledged)
    return findings


def _write(url: str, number: int, ended: threading.Event, findings: Findings) -> list[str]:
    """The ids of the commands that this writer was told are on record."""
    acknowledged: list[str] = []
    register: Register | None = None
    while not ended.is_set():
        by, deadline = f"writer-{number}-{len(acknowledged)}", time.monotonic() + _PATIENCE
        while True:
            try:
                register = register or Register.open(url)
                recorded = register.command(f"swap-{number}", _next, command_id=by)
            except _TRIED_AGAIN:
                findings.note("asked again")
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
            except StoreError as error:
                # A server that is starting up refuses whoever opens a store.
                if register is not None or time.monotonic() > deadline:
                    findings.fault("unclear errors", f"{by}: {error!r}")
                    return acknowledged
                time.sleep(0.05)
            else:
                assert recorded
                break
        acknowledged.append(by)
    if register is not None:
        register.close()
    return acknowledged


def _kill(server: servers.Server, url: str, rng: random.Random, *, whole: bool, findings: Findings) -> None:
    if whole:
        postmaster = server.running.get_postmaster_info().pid
        children = _children(postmaster)
        for process in (postmaster, *children):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        # Also until nobody keeps its number any more, or else it would seem to run.
        _wait(lambda: not any(map(_is_there, (postmaster, *children))))
        server.running.ensure_postgres_running()
        findings.note("whole server killed")
        return
    with suppress(Exception):  # it may be starting up; then nobody is killed this time
        found = stores.execute(
            url, "SELECT pid FROM pg_stat_activity WHERE datname=current_database() AND pid<>pg_backend_pid()"
        )
        os.kill(rng.choice(found)[0], signal.SIGKILL)
        findings.note("one process killed")


def _children(process: int) -> list[int]:
    children = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in children.read_text().split()]


def _is_there(process: int) -> bool:
    return Path(f"/proc/{process}").exists()


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not until():
        if time.monotonic() > deadline:
            raise TimeoutError("the server does not end")
        time.sleep(0.01)
