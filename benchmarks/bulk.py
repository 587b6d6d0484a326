"""The totals as one expression over Parquet, by DuckDB in this process, against the replay of the rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from benchmarks.rounds import Costs, Family, Figure, faster, timed
from benchmarks.stores import Stores
from reciprocity.projections import Cumulative, ask
from reciprocity.projections.bulk import cumulative, opened

if TYPE_CHECKING:
    from pathlib import Path


def rows(data_set: Path) -> Any:
    """The rows of the answer, as an Arrow table."""
    with opened(data_set) as data:
        return cumulative(data).to_pyarrow()


def _in_turns(stores: Stores) -> Costs:
    log = stores.sizes.log
    data_set = stores.data_set(log)
    with stores.register(log) as register:
        return {
            "parquet": timed(lambda: rows(data_set), log.events),
            "replay": timed(lambda: ask(Cumulative(), register.log()), log.events),
        }


FAMILY = Family(
    "bulk",
    turns=(_in_turns,),
    figures=(
        Figure(
            "parquet",
            "cumulative totals of {log.events:,} events over Parquet by DuckDB, against the replay of rows",
            "parquet",
            "replay",
            faster(15),
            at_full_size=True,
        ),
    ),
)
