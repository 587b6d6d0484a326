"""Loading one agreement from its events.

``python -O -m benchmarks.loads DATABASE`` prints the seconds that (a) takes, without its assertions.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import median

import click

from benchmarks import documented
from benchmarks.rounds import MILLISECONDS, Costs, Family, Figure, cost_near, faster, timed
from benchmarks.stores import Stores
from benchmarks.workload import Workload, name_of

_AGREEMENT = name_of(0)
_TIMES = 3  # in a round


def _ours(stores: Stores, workload: Workload) -> float:
    with stores.register(workload) as register:  # opened anew, so that nothing is kept
        return timed(lambda: register.agreement(_AGREEMENT))


def documented_load(path: Path) -> float:
    """Seconds in which (a) loads the agreement."""
    with documented.open_at(path) as application:
        return timed(lambda: documented.load(application, _AGREEMENT))


def _without_assertions(path: Path) -> float:
    command = [sys.executable, "-O", "-m", "benchmarks.loads", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603  # this module
    return float(done.stdout)


def _in_turns(stores: Stores) -> Costs:
    """Each of the short ones is loaded several times, in turns."""
    long, longer = stores.sizes.long
    path = stores.documented(long)
    loads, documented_loads = list[float](), list[float]()
    for _ in range(_TIMES):
        loads.append(_ours(stores, long))
        documented_loads.append(documented_load(path))
    return {
        "long": median(loads),
        "documented": median(documented_loads),
        "documented-O": _without_assertions(path),
        "longer": _ours(stores, longer),
    }


FAMILY = Family(
    "loads",
    turns=(_in_turns,),
    figures=(
        Figure(
            "load",
            "load of an agreement of {long[0].versions:,} events, against (a)",
            "long",
            "documented",
            faster(10),
            MILLISECONDS,
        ),
        Figure(
            "load-without-assertions",
            "the same against (a) under python -O",
            "long",
            "documented-O",
            faster(4),
            MILLISECONDS,
        ),
        Figure(
            "load-linear",
            "load of {long[1].versions:,} events, against that of {long[0].versions:,}",
            "longer",
            "long",
            cost_near(10, 1.5),
            MILLISECONDS,
        ),
    ),
)

if __name__ == "__main__":
    database = Path(sys.argv[1])
    documented_load(database)  # warms up
    click.echo(median(documented_load(database) for _ in range(_TIMES)))
