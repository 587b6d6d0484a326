"""Out of memory: a clear error or a success, never damage. The one rule: the memory gives out one step later.

Three ladders, each in a process of its own: SQLite's allocator fails at the Nth call; SQLite may have so many
bytes and no more; the whole process may.

``python -m tests.reliability.memory LADDER SIZE SEED`` is such a process, and prints what it found as JSON.
It ends itself, and says what each thread was at, if a step is stuck: no Python needs to run for that.
"""

from __future__ import annotations

import ctypes as c
import faulthandler
import gc
import json
import resource
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import attrs

from tests.reliability import workload
from tests.reliability.io_errors import KINDS, Attempt
from tests.reliability.scorecard import Findings
from tests.reliability.vfs import library

_PATIENCE = 3_600  # seconds for a whole ladder
_PATIENCE_WITH_ONE = 60  # after which a step is stuck: it takes less than one
_COMMANDS = 3
_KIB = 1024
_BEGUN = "step: "
_SHOWN = 12  # lines of what a ladder said when it ended
_CONFIG_MALLOC, _CONFIG_GETMALLOC = 4, 5


class _Allocator(c.Structure):
    """``sqlite3_mem_methods`` (https://www.sqlite.org/c3ref/mem_methods.html)."""

    _fields_ = (
        ("malloc", c.c_void_p),
        ("free", c.c_void_p),
        ("realloc", c.c_void_p),
        ("others", c.c_void_p * 5),
    )


_MALLOC = c.CFUNCTYPE(c.c_void_p, c.c_int)
_REALLOC = c.CFUNCTYPE(c.c_void_p, c.c_void_p, c.c_int)


class Starving:
    """SQLite's allocator, which fails at the Nth call, once or from then on. Only in a process of its own."""

    def __init__(self) -> None:
        self.left = 0
        self.lasting = False
        self.fired = False
        # SQLite holds a lock while it calls us. The garbage collector may close a connection, which wants it.
        gc.disable()
        sqlite = library()
        before = _Allocator()
        # It takes another allocator only while it is shut down, so before anything is open.
        sqlite.sqlite3_shutdown()
        sqlite.sqlite3_config(_CONFIG_GETMALLOC, c.byref(before))
        malloc, realloc = _MALLOC(before.malloc), _REALLOC(before.realloc)
        after = _Allocator.from_buffer_copy(before)
        self._kept = (
            _MALLOC(lambda amount: None if self._fails() else malloc(amount)),
            _REALLOC(lambda block, amount: None if self._fails() else realloc(block, amount)),
        )
        after.malloc, after.realloc = (c.cast(function, c.c_void_p) for function in self._kept)
        if sqlite.sqlite3_config(_CONFIG_MALLOC, c.byref(after)):
            raise RuntimeError("SQLite takes no other allocator")
        sqlite.sqlite3_initialize()

    def _fails(self) -> bool:
        if not self.left:
            return False
        self.left -= 1
        if self.left and not (self.lasting and self.fired):
            return False
        self.fired = True
        self.left = 1 if self.lasting else 0
        return True

    @contextmanager
    def at(self, n: int, *, lasting: bool) -> Iterator[None]:
        """Fail at the *n*th call from now on."""
        self.left, self.lasting, self.fired = n, lasting, False
        try:
            yield
        finally:
            self.left = 0


def _one(findings: Findings, place: str, step: Callable[[Attempt], bool]) -> bool:
    """One step of a ladder, and the taking up; whether anything failed for want of memory."""
    sys.stderr.write(f"{_BEGUN}{place}\n")
    with _watched(), tempfile.TemporaryDirectory() as folder:
        attempt = Attempt(f"sqlite:///{folder}/run.db", _COMMANDS, findings, place)
        fired = step(attempt)
        findings.cases += fired
        attempt.take_up()
        findings.note("refused" if attempt.refused else "overcome") if fired else None
        attempt.refused = None
        gc.collect()
    return fired


@contextmanager
def _watched() -> Iterator[None]:
    """End the process if this takes too long; by a signal, which takes neither a thread nor memory."""
    faulthandler.register(signal.SIGALRM, chain=True)
    signal.alarm(_PATIENCE_WITH_ONE)
    try:
        yield
    finally:
        signal.alarm(0)


def _calls(size: int, seed: int, findings: Findings) -> None:
    starving = Starving()
    for lasting in (False, True):
        n, fired = 1 + seed % size, True
        while fired:

            def step(attempt: Attempt, n: int = n, *, lasting: bool = lasting) -> bool:
                with starving.at(n, lasting=lasting):
                    attempt.make()
                return starving.fired

            fired = _one(findings, f"--seed {seed}, call {n}, {lasting=}", step)
            n += size


def _bytes(size: int, seed: int, findings: Findings) -> None:
    sqlite = library()
    sqlite.sqlite3_hard_heap_limit64.argtypes = [c.c_int64]
    sqlite.sqlite3_hard_heap_limit64.restype = c.c_int64
    limit, fired = 8 * _KIB, True
    while fired:

        def step(attempt: Attempt, limit: int = limit) -> bool:
            sqlite.sqlite3_hard_heap_limit64(limit)
            attempt.make()
            sqlite.sqlite3_hard_heap_limit64(0)
            return attempt.refused is not None

        fired = _one(findings, f"--seed {seed}, {limit:,} bytes for SQLite", step)
        limit += size * _KIB


def _process(size: int, seed: int, findings: Findings) -> None:
    [pages, *_] = Path("/proc/self/statm").read_text().split()
    already = int(pages) * resource.getpagesize()
    more, fired = 0, True
    while fired:

        def step(attempt: Attempt, limit: int = already + more) -> bool:
            resource.setrlimit(resource.RLIMIT_AS, (limit, resource.RLIM_INFINITY))
            attempt.make()
            resource.setrlimit(resource.RLIMIT_AS, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
            return attempt.refused is not None

        fired = _one(findings, f"--seed {seed}, {more:,} bytes more for the process", step)
        more += size * _KIB


_LADDERS = {"calls": _calls, "bytes": _bytes, "process": _process}


def _in_a_process(ladder: str, size: int, seed: int) -> Findings:
    library()  # or else it cannot be measured
    done = subprocess.run(
        [sys.executable, "-m", "tests.reliability.memory", ladder, str(size), str(seed)],
        capture_output=True,
        text=True,
        timeout=_PATIENCE,
        check=False,
    )
    if done.returncode:
        findings = Findings(dict.fromkeys(KINDS, 0), cases=1)
        findings.fault("unclear errors", _ended(done.returncode, done.stderr))
        return findings
    return Findings(**json.loads(done.stdout))


def _ended(code: int, said: str) -> str:
    """At which step a ladder ended before it was through, and what it said last."""
    _, _, last = said.rpartition(_BEGUN)
    place, _, rest = last.partition("\n")
    return f"{place}: exit {code}: {' / '.join(line.strip() for line in rest.splitlines()[:_SHOWN])}"


def failing_allocator(size: int, seed: int) -> Findings:
    """SQLite's allocator fails at every *size*th call, once or from then on, until none fails."""
    return _in_a_process("calls", size, seed)


def heap_limit(size: int, seed: int) -> Findings:
    """SQLite may have 8 KiB, *size* KiB more each time, until that is enough."""
    return _in_a_process("bytes", size, seed)


def address_space(size: int, seed: int) -> Findings:
    """The process may have *size* KiB more each time, until that is enough."""
    return _in_a_process("process", size, seed)


if __name__ == "__main__":
    workload.told(_COMMANDS)
    _found = Findings(dict.fromkeys(KINDS, 0))
    _LADDERS[sys.argv[1]](int(sys.argv[2]), int(sys.argv[3]), _found)
    sys.stdout.write(json.dumps(attrs.asdict(_found)))
