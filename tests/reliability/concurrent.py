"""Many at once on one store. The one rule: what each was told of its commands is there.

Writers are processes of their own, on SQLite; the reader that follows them is on PostgreSQL, where positions
are given in one order and committed in another.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from reciprocity.domain import OPEN, ReciprocityError, Recorded
from reciprocity.projections import Runner
from reciprocity.store import Register
from reciprocity.testing import servers
from tests import stores
from tests.examples import swap
from tests.projections.view_stores import expected, is_whole, stored, undisturbed
from tests.reliability import workload
from tests.reliability.scorecard import Findings, NotMeasured
from tests.store.test_processes import DAWDLE, told, writers

TAILED_BY = 12  # writers whose log is followed
_PATIENCE = 120  # seconds after which somebody is stuck
_BETWEEN_TURNS = 4  # commands: so the two have their turns while the log grows, however slow they are
_VIEW = "cumulative"


@contextmanager
def server_url() -> Iterator[str]:
    """A database on a server of the campaign's."""
    if servers.NO_SERVER:
        raise NotMeasured(servers.HOW_TO_INSTALL)
    with servers.server().empty_database() as url:
        yield url


def _on_one_agreement(number: int, total: int, seed: int) -> Findings:
    findings = Findings({"lost": 0, "doubled": 0, "above the agreed total": 0})
    place = f"--seed {seed}, {number} writers"
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/run.db"
        with Register.open(url, create=True) as register:
            register.sign("swap", swap(total, total))
            # Each would release the whole total, if the others did not.
            with writers(url, ["swap"] * number, most=2 * total) as started:
                acknowledged = told(started)
            findings.cases = acknowledged
            log = list(register.log())
            phases = [recorded for recorded in log if recorded.command_id.startswith("writer-")]
            ids = Counter((one.command_id, type(one.event)) for one in phases)
            findings.fault("lost", place, max(0, acknowledged - len({by for by, _ in ids})))
            findings.fault("doubled", place, sum(ids.values()) - len(ids))
            for balance in register.agreement("swap").balance():
                assert isinstance(balance.released, int)
                findings.fault("above the agreed total", place, max(0, balance.released - total))
                findings.fault("lost", place, max(0, total - balance.released))
    return findings


def two_writers(size: int, seed: int) -> Findings:
    """Two processes that complete phases of one agreement until its total is reached."""
    return _on_one_agreement(2, size, seed)


def eight_writers(size: int, seed: int) -> Findings:
    """Eight of them."""
    return _on_one_agreement(8, size, seed)


def two_projectors(size: int, seed: int) -> Findings:
    """Two that keep one view while a third records *size* commands, a few for each turn that they have."""
    findings = Findings({"lost": 0, "doubled": 0, "differing": 0})
    place, done, turns = f"--seed {seed}", threading.Event(), threading.Semaphore(0)

    def project(url: str, batch: int) -> int:
        had = 0
        with Register.open(url) as register:
            while not (had and done.is_set()):
                Runner(register, _VIEW, batch=batch).run(from_scratch=had % 7 == batch)
                is_whole(register, _VIEW)
                had += 1
                turns.release()
        return had

    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(2) as pool:
        url = workload.store(Path(folder) / "run.db", 0)
        with workload.opened(url) as (register, clock):
            running = [pool.submit(project, url, batch) for batch in (2, 3)]
            try:
                for number in range(size):
                    workload.command(register, clock, number)
                    waits = number % _BETWEEN_TURNS == _BETWEEN_TURNS - 1
                    if waits and not turns.acquire(timeout=_PATIENCE):
                        raise TimeoutError("neither has had a turn")
            finally:
                done.set()
            for one in running:
                try:
                    findings.cases += one.result(_PATIENCE)
                except (AssertionError, ReciprocityError) as error:
                    findings.fault("differing", f"{place}: {error}")
            Runner(register, _VIEW).run()
            judged = workload.judge(register, range(size))
            findings.fault("lost", place, judged.lost)
            findings.fault("doubled", place, judged.doubled)
            findings.fault("differing", f"{place}, another root", not judged.has_its_root)
            log = workload.told(size)
            same = stored(register, _VIEW) == expected(_VIEW, log)
            same = same and Runner(register, _VIEW).digest() == undisturbed(_VIEW, log)
            findings.fault("differing", f"{place}, at the end", not same)
    return findings


def tailing_reader(size: int, seed: int) -> Findings:
    """One who follows the log of a server while twelve write *size* events each."""
    findings = Findings({"missed": 0, "doubled": 0, "out of order": 0})
    place = f"--seed {seed}"
    agreements = [f"swap-{number}" for number in range(TAILED_BY)]
    seen: list[Recorded] = []
    with server_url() as url, Register.open(url, create=True) as register:
        for agreement in agreements:
            register.sign(agreement, swap(OPEN, OPEN))
        stores.execute(url, DAWDLE)  # commits in another order than positions are given in
        whole = TAILED_BY * (1 + size)
        with ThreadPoolExecutor(1) as pool, writers(url, agreements, size) as started:
            reading = pool.submit(_follow, register, whole, seen)
            acknowledged = told(started)
            reading.result(2 * _PATIENCE)
        log = [recorded.position for recorded in register.log()]
    found = [recorded.position for recorded in seen]
    findings.cases = len(log)
    findings.fault("missed", place, max(0, acknowledged + TAILED_BY - len(set(found))))
    findings.fault("missed", place, len(set(log) - set(found)))
    findings.fault("doubled", place, len(found) - len(set(found)))
    findings.fault("out of order", place, found != sorted(found))
    return findings


def _follow(register: Register, whole: int, seen: list[Recorded]) -> None:
    deadline = time.monotonic() + _PATIENCE
    with register.follow(timeout=_PATIENCE) as events:
        for recorded in events:
            seen.append(recorded)
            if len(seen) >= whole or time.monotonic() > deadline:
                break
        else:
            return
    # Whoever is given one too many would be given it at once.
    with register.follow(after=seen[-1].position, timeout=0) as more:
        seen.extend(more)
