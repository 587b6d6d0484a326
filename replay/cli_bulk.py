"""The command ``bulk``. The one rule: parse, call, print; see `cli`."""

from __future__ import annotations

import datetime as dt
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reciprocity.domain.errors import ExtraMissing
from reciprocity.replay import bulk_answers, json_lines, laying_out, screen
from reciprocity.replay.opening import NotFound
from reciprocity.replay.options import Instant, as_json, which_agreement
from reciprocity.replay.visible import echo

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import ModuleType

    from reciprocity.projections.bulk import DataSet


@click.command()
@click.argument("question", type=click.Choice(["cumulative", "timeline", "standing"]))
@click.argument("data_set", type=click.Path(path_type=Path))
@which_agreement
@click.option("--known-at", type=Instant(), help="Only what was recorded by this instant (UTC).")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@click.option("--master", metavar="URL", help="Of Spark: local[4], spark://host:7077, yarn, k8s://…")
@as_json
def bulk(
    question: str,
    data_set: Path,
    agreement: str | None,
    *,
    known_at: dt.datetime | None,
    engine: str,
    master: str | None,
    as_json: bool,
) -> None:
    """Ask a data set, which "reciprocity export --format parquet -o NAME/" makes: for very large records.

    cumulative: how many were exchanged each way, and how many remain. timeline: every phase, and where its
    agreement stood after it. standing: where every agreement stands, and the largest exchange. It needs the
    extra bulk, and Apache Spark the extra spark.

    \b
    Examples:
      reciprocity bulk cumulative exchange/
      reciprocity bulk timeline exchange/ ua-ru-2025-05-16 --json
      reciprocity bulk standing exchange/ --engine spark --master spark://host:7077
    """
    if master is not None and engine != "spark":
        raise click.UsageError("--master is Spark's: it goes with --engine spark")
    asking = _asking()
    with asking.opened(data_set, engine, master=master) as whole:
        data = whole if agreement is None else whole.of(agreement)
        if agreement is not None and not asking.is_anything(data):
            raise NotFound(f"{data_set}: no agreement {agreement}")
        data = data if known_at is None else data.known_at(known_at)
        answer = {"cumulative": _cumulative, "timeline": _timeline, "standing": _standing}[question]
        for part in answer(data, as_json=as_json):
            if as_json:
                echo(json_lines.line(part))
            else:
                screen.show(screen.console(), part)


def _asking() -> ModuleType:
    try:
        from reciprocity.projections import bulk  # noqa: PLC0415  # only who asks for it pays for it
    except ImportError as error:
        raise ExtraMissing(str(error)) from error
    return bulk


def _cumulative(data: DataSet, *, as_json: bool) -> Iterable[Any]:
    asking = _asking()
    rows = asking.cumulative_rows(asking.cumulative(data))
    return map(bulk_answers.cumulative_line, rows) if as_json else [bulk_answers.cumulative_table(rows)]


def _timeline(data: DataSet, *, as_json: bool) -> Iterable[Any]:
    asking = _asking()
    rows = asking.phase_answers(asking.timeline(data))
    return map(bulk_answers.phase_line, rows) if as_json else bulk_answers.phases_tables(rows)


def _standing(data: DataSet, *, as_json: bool) -> Iterable[Any]:
    asking = _asking()
    rows = asking.standing_answers(asking.standing(data))
    largest = asking.largest(asking.largest_phase(data)), asking.largest(asking.largest_agreement(data))
    if as_json:
        found = (json_lines.largest(one) for one in largest if one)
        return chain(map(bulk_answers.standing_line, rows), found)
    return [laying_out.standing(rows), *laying_out.largest(*largest)]
