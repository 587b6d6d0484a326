"""kill -9 at random points. The one rule: the worker is told nothing, and what it was told counts.

The worker says on a pipe that it is ready, and then what it was told is on record. It is killed after some
part of the time that an undisturbed one takes, at random. Whoever comes next gives the same commands again.
"""

from __future__ import annotations

import io
import multiprocessing
import random
import tempfile
import time
from collections.abc import Callable
from contextlib import redirect_stdout
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import attrs

from reciprocity.domain import ReciprocityError
from reciprocity.projections import Runner
from reciprocity.replay.cli import main
from reciprocity.replay.giving_out import FORMATS
from tests.projections.view_stores import expected, is_whole, stored, undisturbed
from tests.reliability import workload
from tests.reliability.scorecard import Findings

KINDS = ("lost", "doubled", "differing", "another root")
PATIENCE = 60  # seconds after which a worker is stuck
_COMMANDS = 40  # by one worker, if it is not killed
_IMPORTED = 300
_VIEW = "cumulative"

# A process that has loaded everything and done nothing: each worker is forked from it, within milliseconds.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])

Work = Callable[..., None]


@attrs.frozen
class Killed:
    """What a worker said before it was killed, and whether it was done before that."""

    said: list[Any]
    was_done: bool
    seconds: float


def run(work: Work, *arguments: object, after: float | None = None) -> Killed:
    """Let a process do the work, and kill it so many seconds *after* it is ready; ``None`` is never."""
    here, there = _PROCESSES.Pipe(duplex=False)
    worker = _PROCESSES.Process(target=_working, args=(work, there, *arguments), daemon=True)
    worker.start()
    there.close()
    try:
        if not here.poll(PATIENCE):
            raise TimeoutError("the worker does not begin")
        here.recv()
        started = time.monotonic()
        worker.join(PATIENCE if after is None else after)
        seconds = time.monotonic() - started
    finally:
        worker.kill()
        worker.join()
    said = list[Any]()
    while here.poll():
        try:
            said.append(here.recv())
        except EOFError:
            break
    return Killed(said, worker.exitcode == 0, seconds)


def _working(work: Work, there: Connection, *arguments: object) -> None:
    there.send("ready")
    work(there, *arguments)


def _give_commands(there: Connection, url: str, first: int, last: int) -> None:
    with workload.opened(url, create=True) as (register, clock):
        for number in range(first, last):
            workload.command(register, clock, number)
            there.send(number)


def _import(_: Connection, file: str, store: str) -> None:
    with redirect_stdout(io.StringIO()):
        main.main(["import", file, "--store", store], standalone_mode=False)


def _rebuild(_: Connection, url: str) -> None:
    with workload.opened(url) as (register, _clock):
        Runner(register, _VIEW, batch=40).run(from_scratch=True)


def commands(size: int, seed: int) -> Findings:
    """Kill *size* workers, one after the other, who give commands; each goes on where the last was told."""
    findings = Findings(dict.fromkeys(KINDS, 0))
    rng = random.Random(seed)  # noqa: S311  # the same points every time, as far as a clock goes
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/run.db"
        whole = run(_give_commands, f"sqlite:///{folder}/whole.db", 0, _COMMANDS).seconds
        done = 0
        while findings.cases < size:
            after = rng.uniform(0, whole)
            killed = run(_give_commands, url, done, done + _COMMANDS, after=after)
            done += len(killed.said)
            if killed.was_done:
                continue
            findings.cases += 1
            _judge(url, done, findings, f"--seed {seed}, worker {findings.cases}, after {after:.4f} s")
        run(_give_commands, url, done, done + 1)
        _judge(url, done + 1, findings, f"--seed {seed}, at the end")
        findings.aside["commands"] = done
    return findings


def _judge(url: str, acknowledged: int, findings: Findings, place: str) -> None:
    try:
        with workload.opened(url, create=True) as (register, _):
            judged = workload.judge(register, range(acknowledged))
    except ReciprocityError as error:
        findings.fault("differing", f"{place}: {error}")
        return
    findings.fault("lost", place, judged.lost)
    findings.fault("doubled", place, judged.doubled)
    findings.fault("differing", place, not judged.is_prefix)
    findings.fault("another root", place, not judged.has_its_root)


def imports(size: int, seed: int) -> Findings:
    """Kill *size* imports into a new store; each is then done again."""
    findings = Findings(dict.fromkeys((*KINDS, "half done"), 0))
    rng = random.Random(seed)  # noqa: S311
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "events.jsonl"
        with file.open("wb") as out:
            FORMATS["jsonl"](workload.told(_IMPORTED), out)
        whole = run(_import, str(file), f"{folder}/whole.db").seconds
        turn = 0
        while findings.cases < size:
            turn += 1
            # All is written at the end: half of them are killed about then.
            after = rng.uniform(0.75 * whole if turn % 2 else 0, whole)
            path = Path(folder) / f"{turn}.db"
            if run(_import, str(file), str(path), after=after).was_done:
                continue
            findings.cases += 1
            _take_up_import(file, path, findings, f"--seed {seed}, turn {turn}, after {after:.4f} s")
    return findings


def _take_up_import(file: Path, path: Path, findings: Findings, place: str) -> None:
    url = f"sqlite:///{path}"
    try:
        with workload.opened(url, create=True) as (register, _):
            there = register.last_position()
        findings.fault("half done", f"{place}: {there} events", there not in {0, _IMPORTED})
        findings.note("nothing there" if there == 0 else "all there")
        with redirect_stdout(io.StringIO()):
            main.main(["import", str(file), "--store", str(path)], standalone_mode=False)
    except ReciprocityError as error:
        findings.fault("differing", f"{place}: {error}")
        return
    _judge(url, _IMPORTED, findings, place)


def rebuilds(size: int, seed: int) -> Findings:
    """Kill *size* rebuilds of a view; readers see a whole view each time, and the next goes on."""
    findings = Findings(dict.fromkeys(KINDS, 0))
    rng = random.Random(seed)  # noqa: S311
    log = workload.told(_IMPORTED)
    with tempfile.TemporaryDirectory() as folder:
        url = workload.store(Path(folder) / "run.db", _IMPORTED)
        whole = run(_rebuild, url).seconds
        while findings.cases < size:
            after = rng.uniform(0, whole)
            if run(_rebuild, url, after=after).was_done:
                continue
            findings.cases += 1
            place = f"--seed {seed}, worker {findings.cases}, after {after:.4f} s"
            try:
                with workload.opened(url) as (register, _):
                    is_whole(register, _VIEW)
                    finish = findings.cases % 5 == 0  # else the next begins in the midst of what was left
                    if finish:
                        Runner(register, _VIEW).run()
                        same = stored(register, _VIEW) == expected(_VIEW, log)
                        same = same and Runner(register, _VIEW).digest() == undisturbed(_VIEW, log)
                        findings.fault("differing", place, not same)
            except (ReciprocityError, AssertionError) as error:
                findings.fault("differing", f"{place}: {error}")
        _judge(url, _IMPORTED, findings, f"--seed {seed}, at the end")
    return findings
