"""How did it go, phase by phase? See `projections.timeline`.

The one rule: running totals are window sums, in the order in which the phases were first recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from reciprocity.domain import Status
from reciprocity.projections.bulk.evenness import balanced
from reciprocity.projections.bulk.relations import (
    LANE,
    added_up,
    handovers,
    named,
    released,
    with_what_is_known,
)
from reciprocity.projections.bulk.standing import statuses
from reciprocity.projections.bulk.totals import SUM, by_category, by_direction, nested, now, owed

if TYPE_CHECKING:
    from reciprocity.projections.bulk.relations import DataSet, Table

_TRANSFER = ("nth", *LANE, "at_least", "at_most", "within_agreement")


def timeline(data: DataSet) -> Table:
    """The rows of `reciprocity.projections.Timeline`, in their order; each count as its two bounds.

    *transfers* are those of the phase; *directions* has, for each direction in which something is owed or was
    exchanged by then, how many were exchanged, agreed and remain, and how many of each category.
    """
    phases = handovers(data)
    transfers = released(data, phases)
    steps = _steps(data, phases)
    lanes = named("lanes", _lanes_then(transfers, steps).union(_lanes_now(data, steps)))
    due = owed(data, steps)
    figures = by_category(data, lanes)
    manifests = transfers.group_by(moment=_.position).agg(
        transfers=ibis.struct({name: _[name] for name in _TRANSFER}).collect().sort()
    )
    rows = steps
    for known in (
        manifests,
        nested(by_direction(due, lanes, figures), figures),
        balanced(data, steps, lanes),
    ):
        rows = with_what_is_known(rows, known, ["moment"])
    rows = with_what_is_known(rows, statuses(data), ["agreement"])
    return rows.order_by("agreement", "since").select(
        "agreement",
        "phase",
        "completed_on",
        "place",
        "transfers",
        "directions",
        "balanced",
        # Another phase could follow only because the agreement was in force.
        status=_.is_last.ifelse(_.status, Status.IN_FORCE.value),
        version=_.version,
        position=_.moment,
    )


def _steps(data: DataSet, phases: Table) -> Table:
    """The moment after each phase, and the terms then in force; after the last, those of now."""
    marks = data.terms.select("agreement", "position", terms=_.position).union(
        phases.select("agreement", position=_.since, terms=ibis.null("int64"))
    )
    so_far = ibis.window(group_by="agreement", order_by="position", preceding=None, following=0)
    in_force = marks.select(since=_.position, terms=_.terms.max().over(so_far))
    latest, _lanes = now(data)
    steps = phases.rename(moment="position").join(in_force, "since")
    steps = with_what_is_known(steps, latest.select(agreement=_.moment, latest=_.terms), ["agreement"])
    in_order = ibis.window(group_by="agreement", order_by="since")
    steps = steps.mutate(is_last=_.since.lead().over(in_order).isnull())
    return named("steps", steps.mutate(terms=_.is_last.ifelse(_.latest, _.terms)).drop("latest"))


def _lanes_now(data: DataSet, steps: Table) -> Table:
    _moments, lanes = now(data)
    last = steps.filter(_.is_last).select("agreement", "moment")
    return last.join(lanes.rename(agreement="moment"), "agreement").select(*_LANES)


def _lanes_then(transfers: Table, steps: Table) -> Table:
    """After each phase but the last: every lane in which anything was counted by then, added up so far."""
    moments = steps.select("agreement", "moment", "since", "terms", "is_last")
    each = named("each", added_up(transfers, "position").rename(moment="position"))
    lanes = each.select("moment", *LANE).join(moments, "moment")
    first = lanes.group_by("agreement", *LANE).agg(first=_.since.min())
    grid = first.join(moments.filter(~_.is_last), "agreement").filter(_.since >= _.first)
    grid = with_what_is_known(grid, each, ["moment", *LANE])
    so_far = ibis.window(group_by=["agreement", *LANE], order_by="since", preceding=None, following=0)
    return grid.mutate(**{name: _[name].fill_null(0).sum().over(so_far) for name in SUM}).select(*_LANES)


_LANES = ("moment", "terms", *LANE, *SUM)
