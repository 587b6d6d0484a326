"""Where does each agreement stand, and which exchange was the largest? See `projections.standing`.

The one rule: a status is told by the last turn on record, and by whether anything was changed after it. That
is so in every history that follows the life cycle, which every command and every import sees to.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from reciprocity.domain import MORTAL_REMAINS, Status
from reciprocity.domain.agreement import UNSIGNED_TERMS
from reciprocity.projections.bulk.relations import (
    CORRECTED,
    VOIDED,
    added_up,
    handovers,
    released,
    with_what_is_known,
)
from reciprocity.projections.bulk.totals import (
    Bounds,
    bounds,
    by_category,
    by_direction,
    in_total,
    nested,
    now,
    owed,
    share,
)

if TYPE_CHECKING:
    from reciprocity.projections.bulk.relations import DataSet, Table

_STATUS = {
    "agreement-signed": "in-force",
    "agreement-suspended": "suspended",
    "agreement-resumed": "in-force",
    "agreement-fulfilled": "fulfilled",
    "agreement-terminated": "terminated",
}
"""Where an agreement stands after a turn."""

_REOPENING = ("terms-amended", CORRECTED, VOIDED)
"""What may show that an agreement was not fulfilled after all."""


def standing(data: DataSet) -> Table:
    """The rows of `reciprocity.projections.Standing`, in their order; each count as its two bounds.

    *directions* has, for each direction in which something is owed or was exchanged, how many were
    exchanged, agreed and remain.
    """
    moments, lanes = now(data)
    due = owed(data, moments)
    figures = by_category(data, lanes)
    ways = by_direction(due, lanes, figures)
    rows = statuses(data)
    for known in (_persons(lanes), _progress(due, ways), nested(ways, figures)):
        rows = with_what_is_known(rows, known.rename(agreement="moment"), ["agreement"])
    for known in (_terms(data), _phases(data)):
        rows = with_what_is_known(rows, known, ["agreement"])
    return rows.select(
        "agreement",
        _.title.fill_null(UNSIGNED_TERMS.title).name("title"),
        "status",
        _.series.fill_null(False).name("series"),
        _.phases.fill_null(0).name("phases"),
        _.persons_at_least.fill_null(0).name("persons_at_least"),
        _.persons_at_least.isnull().ifelse(0, _.persons_at_most).name("persons_at_most"),
        "progress_at_least",
        "progress_at_most",
        "last_completed_on",
        "events",
        "last_recorded_at",
        "directions",
    ).order_by("agreement")


def statuses(data: DataSet) -> Table:
    """Where each agreement stands, how many events say so, and when the last of them was recorded."""
    is_turn = _.event.isin(list(_STATUS))
    rows = data.events.group_by("agreement").agg(
        events=_.count(),
        last_recorded_at=_.recorded_at.max(),
        turn=_.event.argmax(_.position, where=is_turn),
        turned=_.position.max(where=is_turn),
        reopened=_.position.max(where=_.event.isin(_REOPENING)),
    )
    is_reopened = (rows.turn == "agreement-fulfilled") & (rows.reopened > rows.turned).fill_null(False)
    return rows.select(
        "agreement",
        "events",
        "last_recorded_at",
        status=is_reopened.ifelse(
            Status.IN_FORCE.value,
            rows.turn.cases(*_STATUS.items(), else_=Status.UNSIGNED.value),
        ),
    )


def _terms(data: DataSet) -> Table:
    latest = data.terms.group_by("agreement").agg(position=_.position.max())
    return latest.join(data.terms.drop("agreement"), "position").select("agreement", "title", "series")


def _phases(data: DataSet) -> Table:
    return handovers(data).group_by("agreement").agg(phases=_.count(), last_completed_on=_.completed_on.max())


def _persons(lanes: Table) -> Table:
    sums = in_total(_of_persons(lanes), "moment")
    found = bounds(sums)
    return sums.select("moment", persons_at_least=found.at_least, persons_at_most=found.at_most)


def _of_persons(rows: Table) -> Table:
    """Persons are counted, never remains."""
    return rows.filter(_.category != MORTAL_REMAINS)


def _progress(due: Table, ways: Table) -> Table:
    """How much of what is due at the least was exchanged; more one way does not make up for less another."""
    is_open = (_.agreed_at_least == 0) & _.agreed_at_most.isnull()
    obligations = due.group_by("moment").agg(is_open=is_open.any())
    least = ways.agreed_at_least
    sums = (
        ways.filter(least.notnull())
        .mutate(
            done_at_least=ibis.least(least, ways.at_least),
            done_at_most=ibis.least(least, ways.at_most.fill_null(least)),
        )
        .group_by("moment")
        .agg(due=_.agreed_at_least.sum(), least=_.done_at_least.sum(), most=_.done_at_most.sum())
    )
    rows = sums.join(obligations, "moment").filter(~_.is_open)
    progress = share(Bounds(rows.least, rows.most), rows.due)
    return rows.select("moment", progress_at_least=progress.at_least, progress_at_most=progress.at_most)


def largest_phase(data: DataSet) -> Table:
    """The phase in which the most persons are known to have been released: one row, or none."""
    phases = handovers(data)
    sums = in_total(added_up(_of_persons(released(data, phases)), "position"), "position")
    found = bounds(sums)
    return _first_of_most(
        sums.mutate(persons_at_least=found.at_least, persons_at_most=found.at_most).join(
            phases.select("agreement", "phase", "position", "completed_on"), "position"
        )
    )


def largest_agreement(data: DataSet) -> Table:
    """The agreement under which the most persons are known to have been released: one row, or none."""
    rows = standing(data).filter(~_.series)
    return _first_of_most(rows.mutate(phase=ibis.null("int64"), completed_on=_.last_completed_on))


def _first_of_most(candidates: Table) -> Table:
    known = candidates.filter(_.persons_at_least > 0)
    return (
        known.order_by(ibis.desc("persons_at_least"), "agreement", "phase")
        .limit(1)
        .select("agreement", "phase", "completed_on", "persons_at_least", "persons_at_most")
    )
