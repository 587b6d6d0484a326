"""Answers: what an engine computed, as rows of Python. The one rule: nothing is worked out here, only read.

Counts are the counts of the domain again. The rows say what those of the folds say, under the same names.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from reciprocity.domain import Count, Direction, Manifest, Share, Transfer
from reciprocity.domain.values import count
from reciprocity.projections.cumulative import CumulativeRow
from reciprocity.projections.facts import FactRow
from reciprocity.projections.standing import Largest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reciprocity.projections.bulk.relations import DataSet, Table

Row: TypeAlias = dict[str, Any]

_AT_ONCE = 10_000  # rows made of columns at once


@attrs.frozen
class PhaseAnswer:
    """One completed phase, and where the agreement stood after it: see `TimelineRow`."""

    agreement: str
    phase: int
    completed_on: dt.date | None
    place: str | None
    transfers: Manifest
    cumulative: dict[Direction, dict[str, Count]]
    remaining: dict[Direction, Count]
    balanced: bool | None
    status: str
    version: int
    position: int


@attrs.frozen
class StandingAnswer:
    """Where one agreement stands: see `StandingRow`."""

    agreement: str
    title: str
    status: str
    series: bool
    phases: int
    persons: Count
    exchanged: dict[Direction, Count]
    remaining: dict[Direction, Count]
    progress: Share | None
    last_completed_on: dt.date | None
    events: int
    last_recorded_at: dt.datetime


def cumulative_rows(answer: Table) -> Iterator[CumulativeRow]:
    """The rows of `cumulative`."""
    for row in _rows(answer):
        yield CumulativeRow(
            row["agreement"],
            row["releasing"],
            row["receiving"],
            tuple(row["categories"]),
            count(row["at_least"], row["at_most"]),
            _known(row, "agreed"),
            _known(row, "remaining"),
            _share(row, "percentage"),
        )


def phase_answers(answer: Table) -> Iterator[PhaseAnswer]:
    """The rows of `timeline`."""
    for row in _rows(answer):
        yield PhaseAnswer(
            row["agreement"],
            row["phase"],
            row["completed_on"],
            row["place"],
            tuple(_transfer(one) for one in row["transfers"] or ()),
            {_direction(one): _figures(one) for one in row["directions"] or ()},
            _remaining(row),
            row["balanced"],
            row["status"],
            row["version"],
            row["position"],
        )


def standing_answers(answer: Table) -> Iterator[StandingAnswer]:
    """The rows of `standing`."""
    for row in _rows(answer):
        yield StandingAnswer(
            row["agreement"],
            row["title"],
            row["status"],
            row["series"],
            row["phases"],
            count(row["persons_at_least"], row["persons_at_most"]),
            {_direction(one): count(one["at_least"], one["at_most"]) for one in row["directions"] or ()},
            _remaining(row),
            _share(row, "progress"),
            row["last_completed_on"],
            row["events"],
            row["last_recorded_at"].astimezone(dt.UTC),
        )


def largest(answer: Table) -> Largest | None:
    """The row of `largest_phase` or `largest_agreement`, if there is one."""
    for row in _rows(answer):
        persons = count(row["persons_at_least"], row["persons_at_most"])
        return Largest(row["agreement"], row["phase"], row["completed_on"], persons)
    return None


def fact_rows(answer: Table) -> Iterator[FactRow]:
    """The rows of `facts`."""
    for row in _rows(answer):
        recorded_at = row["recorded_at"].astimezone(dt.UTC)
        cited = {"sources": tuple(row["sources"]), "urls": tuple(row["urls"])}
        yield FactRow(**{**row, **cited, "recorded_at": recorded_at})


def is_anything(data: DataSet) -> bool:
    """Whether a data set holds any event."""
    return any(_rows(data.events.select("position").limit(1)))


def _rows(answer: Table) -> Iterator[Row]:
    for batch in _computed(answer).to_batches(max_chunksize=_AT_ONCE):
        yield from batch.to_pylist()


def _computed(answer: Table) -> Any:
    """The answer as a table of Arrow's, by the engine itself."""
    engine = answer.get_backend()
    if engine.name == "pyspark":
        # Ibis would take it by way of pandas, where a number beside an unknown becomes a float.
        return engine.raw_sql(engine.compile(answer)).toArrow()
    return answer.to_pyarrow()


def _known(row: Row, name: str) -> Count | None:
    least = row[f"{name}_at_least"]
    return None if least is None else count(least, row[f"{name}_at_most"])


def _share(row: Row, name: str) -> Share | None:
    least = row[f"{name}_at_least"]
    return None if least is None else Share(least, row[f"{name}_at_most"])


def _direction(one: Row) -> Direction:
    return Direction(one["releasing"], one["receiving"])


def _figures(one: Row) -> dict[str, Count]:
    of_categories = {each["category"]: count(each["at_least"], each["at_most"]) for each in one["categories"]}
    return {"total": count(one["at_least"], one["at_most"]), **of_categories}


def _remaining(row: Row) -> dict[Direction, Count]:
    left = {_direction(one): _known(one, "remaining") for one in row["directions"] or ()}
    return {direction: number for direction, number in left.items() if number is not None}


def _transfer(one: Row) -> Transfer:
    number = count(one["at_least"], one["at_most"])
    within = one["within_agreement"]
    return Transfer(one["releasing"], one["receiving"], one["category"], number, within_agreement=within)
