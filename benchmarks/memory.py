"""Memory of a replay, each in a process of its own.

``python -m benchmarks.memory STORE`` prints the most that a replay of it took, in MiB.
"""

from __future__ import annotations

import resource
import subprocess
import sys
from pathlib import Path

import click

from benchmarks.rounds import MIB, Costs, Family, Figure, mib_more
from benchmarks.stores import Stores, opened
from reciprocity.projections import Cumulative, fold_log

_STATUS = Path("/proc/self/status")


def _peak(path: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.memory", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # this module
    return float(done.stdout)


def _in_turns(stores: Stores) -> Costs:
    small, large = stores.sizes.memory
    return {"small": _peak(stores.ours(small)), "large": _peak(stores.ours(large))}


FAMILY = Family(
    "memory",
    turns=(_in_turns,),
    figures=(
        Figure(
            "memory",
            "memory of a replay of {memory[1].events:,} events, "
            "above that of {memory[0].events:,} of the same agreements",
            "large",
            "small",
            mib_more(16),
            MIB,
        ),
    ),
)


def _most() -> float:
    """The most memory that this process has had, in MiB."""
    if _STATUS.exists():
        # Linux: ru_maxrss begins with what the process that started this one had.
        found = next(line for line in _STATUS.read_text("ascii").splitlines() if line.startswith("VmHWM"))
        return int(found.split()[1]) / 1024
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


if __name__ == "__main__":
    with opened(Path(sys.argv[1])) as register:
        fold_log(Cumulative(), register.log())
    click.echo(_most())
