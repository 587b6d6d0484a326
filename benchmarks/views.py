"""The materialised view of the totals: built anew, and resumed when there is more; against (a)'s projection.

(a) commits for every event, so it projects a sample, from the middle of its log on, into a table that is
still small.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks import documented, ours
from benchmarks.rounds import MILLISECONDS, Costs, Family, Figure, faster, timed
from benchmarks.stores import Stores, opened
from reciprocity.projections.runner import Runner

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.workload import Told
    from reciprocity.store import Register

VIEW = "cumulative"

_RESUMED = 5  # times in a round
_SHORTEST = (
    "SELECT originator_id, MAX(originator_version) AS versions FROM stored_events "
    "GROUP BY originator_id ORDER BY versions, originator_id LIMIT ?"
)


def _in_turns(stores: Stores) -> Costs:
    log, tracked = stores.sizes.log, stores.sizes.tracked
    path, begin = stores.to_grow(log), log.events // 2
    with (
        TemporaryDirectory(dir=stores.folder) as folder,
        documented.open_at(stores.documented(log)) as application,
        opened(path) as register,
        closing(documented.view_at(Path(folder, "view.db"), application, begin)) as view,
    ):
        project = partial(documented.catch_up, application, view)
        # The sample is projected half before the rebuild and half after it.
        projecting = timed(partial(project, stop=begin + tracked // 2))
        rebuild = timed(lambda: Runner(register, VIEW).run(from_scratch=True), register.last_position())
        projecting += timed(partial(project, stop=begin + tracked))
        resume, documented_resume = _resumed(stores, path, register, project, begin + tracked)
    return {
        "rebuild": rebuild,
        "documented": projecting / tracked,
        "resume": resume,
        "documented-resume": documented_resume,
    }


def _resumed(
    stores: Stores, path: Path, register: Register, project: Callable[..., None], begin: int
) -> tuple[float, float]:
    spent, documented_spent = list[float](), list[float]()
    new = stores.sizes.resumed
    for n in range(1, _RESUMED + 1):
        ours.append(path, more(stores, path, new))
        spent.append(timed(lambda: Runner(register, VIEW).run()))
        documented_spent.append(timed(partial(project, stop=begin + n * new)))
    return median(spent), median(documented_spent)


def more(stores: Stores, path: Path, number: int) -> list[Told]:
    """So many more events: one of each of the agreements with the fewest."""
    with closing(sqlite3.connect(path)) as connection:
        return list(stores.sizes.log.more(connection.execute(_SHORTEST, (number,)).fetchall()))


FAMILY = Family(
    "views",
    turns=(_in_turns,),
    figures=(
        Figure(
            "rebuild",
            "rebuild of the materialised view of the totals, {log.events:,} events, "
            "against (a)'s projection that tracks each event ({tracked:,} of them)",
            "rebuild",
            "documented",
            faster(50),
        ),
        Figure(
            "resume",
            "resume of the view after {resumed:,} new events, against the same",
            "resume",
            "documented-resume",
            faster(40),
            MILLISECONDS,
        ),
    ),
)
