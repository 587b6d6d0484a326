"""I/O errors: the file system fails at the Nth call. The one rule: N grows until nothing fails any more.

A failed command is given again with its id, at once and after the store was opened anew. Then the record must
be as if nothing had happened. Whatever is raised must be an error of ours, or Python's for want of memory.
"""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing

import attrs

from reciprocity.domain import ReciprocityError
from reciprocity.projections import Runner
from reciprocity.replay.sealing import sealed
from reciprocity.store.seals import Seal
from tests.projections.view_stores import is_whole
from tests.reliability import workload
from tests.reliability.scorecard import Findings
from tests.reliability.vfs import FAILING, Fault, Shim, nth, shimmed

KINDS = ("damaged", "doubled", "lost", "unclear errors")
_ATTEMPTS = 2
_VIEW = "cumulative"


@attrs.define
class Attempt:
    """A run that may fail: which commands were acknowledged, and what was raised last."""

    url: str
    commands: int
    findings: Findings
    place: str
    acknowledged: set[int] = attrs.field(factory=set)
    refused: BaseException | None = None

    def make(self) -> None:
        """Make the store, give the commands, keep a view, read the log; as far as it goes."""
        try:
            self._make()
        except (ReciprocityError, MemoryError) as error:
            self.refused = error
        except Exception as error:  # noqa: BLE001  # whatever it is, it is a finding
            self.findings.fault("unclear errors", f"{self.place}: {error!r}")

    def _make(self) -> None:
        with workload.opened(self.url, create=True) as (register, clock):
            for number in range(self.commands):
                for left in reversed(range(_ATTEMPTS)):
                    try:
                        workload.command(register, clock, number)
                    except ReciprocityError:
                        if not left:
                            raise
                    else:
                        break
                self.acknowledged.add(number)
            Runner(register, _VIEW, batch=3).run()
            list(register.log())

    def take_up(self) -> None:
        """With nothing failing any more: look at what is there, and give all commands again."""
        try:
            self._take_up()
        except (ReciprocityError, AssertionError) as error:
            self.findings.fault("damaged", f"{self.place}: {error}")

    def _take_up(self) -> None:
        fault, place = self.findings.fault, self.place
        with workload.opened(self.url, create=True) as (register, clock):
            judged = workload.judge(register, self.acknowledged)
            fault("lost", place, judged.lost)
            fault("doubled", place, judged.doubled)
            fault("damaged", f"{place}: not what was given", not judged.is_prefix)
            fault("damaged", f"{place}: another root", not judged.has_its_root)
            is_whole(register, _VIEW)
            for number in range(self.commands):
                workload.command(register, clock, number)
            Runner(register, _VIEW).run()
            is_whole(register, _VIEW)
            again = sealed(register) != Seal(self.commands, workload.root(self.commands))
            fault("damaged", f"{place}: not as undisturbed", again)
        with closing(sqlite3.connect(self.url.removeprefix("sqlite:///"))) as file:
            [(said,)] = file.execute("PRAGMA integrity_check").fetchmany(1)
            fault("damaged", f"{place}: {said}", said != "ok")


def _until_none_fires(size: int, seed: int, **how: object) -> Findings:
    findings = Findings(dict.fromkeys(KINDS, 0))
    with shimmed() as shim:
        n, fired = 1, True
        while fired:
            place = f"--seed {seed}, N={n}, {how}"
            fired = _once(shim, nth(shim, n, **how), size, findings, place)  # type: ignore[arg-type]
            n += 1
    return findings


def _once(shim: Shim, fault: Fault, size: int, findings: Findings, place: str) -> bool:
    """One run in which that fault is armed, and the taking up; whether it fired."""
    with tempfile.TemporaryDirectory() as folder:
        attempt = Attempt(f"sqlite:///{folder}/run.db", size, findings, place)
        shim.fault = fault
        attempt.make()
        shim.fault = lambda call, file: 0  # noqa: ARG005
        fired = shim.fired > 0
        findings.cases += fired
        attempt.take_up()
        findings.note("refused" if attempt.refused else "overcome") if fired else None
        shim.trace.clear()
    return fired


def once(size: int, seed: int) -> Findings:
    """One call fails, the next ones do not."""
    return _until_none_fires(size, seed)


def lasting(size: int, seed: int) -> Findings:
    """From one call on, all fail."""
    return _until_none_fires(size, seed, lasting=True)


def disk_full(size: int, seed: int) -> Findings:
    """From one write on there is no room."""
    growing = tuple(call for call in FAILING if call in {"write", "truncate", "shm_map"})
    return _until_none_fires(size, seed, calls=growing, lasting=True, full=True)
