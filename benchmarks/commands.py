"""One durable command, against one raw durable commit of the very row that it records."""

from __future__ import annotations

import datetime as dt
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import limit, ours
from benchmarks.rounds import MICROSECONDS, Costs, Family, Figure, cost, timed
from benchmarks.stores import Stores, opened
from benchmarks.workload import Workload, name_of
from reciprocity.domain import Source, Transfer
from reciprocity.store import Register

AGREEMENTS = Workload(20, 100)
"""Each has 100 events before the first command of a round."""

_NEWEST = (
    "SELECT originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid DESC LIMIT 1"
)
_RELEASED = [
    Transfer(releasing, receiving, category, count)
    for releasing, receiving in (("UKR", "RUS"), ("RUS", "UKR"))
    for category, count in (("prisoner_of_war", 270), ("civilian", 120))
]
_SOURCES = [
    Source("ua-hq", "Coordination Headquarters for the Treatment of Prisoners of War"),
    Source("ru-mod", "Ministry of Defence of the Russian Federation"),
]


def _complete(register: Register, agreement: str, phase: int) -> None:
    day = dt.date(2025, 5, 23)
    register.complete_phase(agreement, phase, _RELEASED, completed_on=day, sources=_SOURCES)


def _in_turns(stores: Stores) -> Costs:
    """A command, a raw commit of its row into another file of the same tables and rows, and so on."""
    commands, commits = list[float](), list[float]()
    with TemporaryDirectory(dir=stores.folder) as folder:
        path, beside = Path(folder, "register.db"), Path(folder, "raw.db")
        ours.build(path, AGREEMENTS.told())
        ours.build(beside, AGREEMENTS.told())
        with (
            opened(path) as register,
            closing(sqlite3.connect(path)) as reading,
            closing(sqlite3.connect(beside, isolation_level=None)) as raw,
        ):
            for number in range(AGREEMENTS.agreements):
                register.agreement(name_of(number))  # from now on it is kept
            for n in range(stores.sizes.commands):
                later, number = divmod(n, AGREEMENTS.agreements)
                phase = AGREEMENTS.versions + later
                commands.append(timed(partial(_complete, register, name_of(number), phase)))
                row = reading.execute(_NEWEST).fetchone()
                commits.append(timed(partial(limit.commit, raw, row)))
    return {"command": median(commands), "commit": median(commits)}


FAMILY = Family(
    "commands",
    turns=(_in_turns,),
    figures=(
        Figure(
            "command",
            "one durable command on an agreement of 100 events that is kept, p50, "
            "against (b)'s durable commit of the same row",
            "command",
            "commit",
            cost(1.25),
            MICROSECONDS,
        ),
    ),
)
