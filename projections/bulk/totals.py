"""How many went each way at a moment, and how many remain: `Totals`, as a relation.

The one rule: a release by a member counts for its group, under the terms that were in force at that moment.

A *moment* is a point in the life of one agreement: now, named by the agreement, or after a phase, named by a
position. *terms* is the position of the terms then in force.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import ibis
from ibis import _

from reciprocity.projections.bulk.relations import LANE, WAY, added_up, named, with_what_is_known

if TYPE_CHECKING:
    from reciprocity.projections.bulk.relations import DataSet, Table, Value

SUM = ("at_least", "bounded", "unbounded")
COUNT = ("at_least", "at_most")
AGREED = ("agreed_at_least", "agreed_at_most")
REMAINING = ("remaining_at_least", "remaining_at_most")


class Bounds(NamedTuple):
    """A count as two columns; *at_most* is null where no bound is known."""

    at_least: Value
    at_most: Value


def bounds(of: Table) -> Bounds:
    """The count that a sum comes to: see `reciprocity.domain.tally.Sum`."""
    return Bounds(of.at_least, (of.unbounded == 0).ifelse(of.bounded, ibis.null("int64")))


def in_total(rows: Table, *by: str) -> Table:
    """The sums of sums."""
    return rows.group_by(*by).agg(**{name: _[name].sum() for name in SUM})


def none_if_unknown(rows: Table) -> Table:
    """The rows, in which a sum that is null is one of nothing."""
    return rows.mutate(**{name: _[name].fill_null(0) for name in SUM})


def remaining(agreed: Bounds, exchanged: Bounds) -> Bounds:
    """What is left to do, never less than none: see `reciprocity.domain.values.remaining`."""
    least = _not_negative(agreed.at_least - exchanged.at_most.fill_null(agreed.at_least))
    return Bounds(least, _not_negative(agreed.at_most - exchanged.at_least))


def share(part: Bounds, whole: Value) -> Bounds:
    """A part in per cent of a whole, down to tenths: see `reciprocity.domain.values.share`."""
    due = whole.nullif(0)
    least, most = _per_cent(part.at_least, due), _per_cent(part.at_most, due)
    return Bounds(least, (part.at_most.isnull() & due.notnull()).ifelse(100.0, most))


def _per_cent(part: Value, whole: Value) -> Value:
    # Taking the rest off first leaves a division that comes out even, on engines that divide as floats too.
    tenths = (1000 * part - (1000 * part) % whole) / whole
    return (tenths > 1000).ifelse(1000.0, tenths) / 10


def _not_negative(number: Value) -> Value:
    return (number < 0).ifelse(0, number)


def now(data: DataSet) -> tuple[Table, Table]:
    """The present moment of every agreement that has terms, and the lanes of every agreement."""
    moments = named("now", data.terms.group_by(moment=_.agreement).agg(terms=_.position.max()))
    lanes = added_up(data.entries, "agreement").rename(moment="agreement")
    return moments, named("lanes_now", with_what_is_known(lanes, moments, ["moment"]))


def owed(data: DataSet, moments: Table) -> Table:
    """What is owed at each moment, obligation by obligation."""
    obligations = data.obligations.select(
        "nth",
        *WAY,
        "categories",
        terms=_.position,
        agreed_at_least=_.at_least,
        agreed_at_most=_.at_most,
    )
    return named("due", moments.select("moment", "terms").join(obligations, "terms").drop("terms"))


def by_category(data: DataSet, lanes: Table) -> Table:
    """How many of each category went each way; those of a member under its group's name too."""
    members = data.parties.filter(_.code != _.party).select("party", "code", terms=_.position)
    releasing, receiving = (_for_groups(lanes, members, side) for side in WAY)
    both = _for_groups(releasing, members, "receiving")
    rows = lanes.union(releasing).union(receiving).union(both)
    return named("by_category", in_total(rows, "moment", *LANE))


def _for_groups(lanes: Table, members: Table, side: str) -> Table:
    """The lanes of members on one side, under the name of their group."""
    of_members = lanes.join(members.rename({side: "code"}), ["terms", side])
    return of_members.mutate(**{side: _.party}).select(*lanes.columns)


def by_direction(owed: Table, lanes: Table, by_category: Table) -> Table:
    """How many went each way, how many were to and how many remain; the ways that are owed come first.

    *nth* is the place of a way among those that are owed, null where nothing is.
    """
    key = ["moment", *WAY]
    overall = owed.filter(_.categories.length() == 0).drop("categories", "nth")
    ways = with_what_is_known(_ways(owed, lanes), in_total(by_category, *key), key)
    ways = none_if_unknown(with_what_is_known(ways, overall, key))
    ways = ways.mutate(at_most=bounds(ways).at_most)
    left = remaining(Bounds(*(ways[name] for name in AGREED)), Bounds(*(ways[name] for name in COUNT)))
    still = dict(zip(REMAINING, left, strict=True))
    return named("by_direction", ways.select(*key, "nth", *COUNT, *AGREED, **still))


def nested(ways: Table, figures: Table) -> Table:
    """One row a moment: its ways in order, each with its categories in order."""
    figures = figures.mutate(at_most=bounds(figures).at_most)
    categories = figures.group_by("moment", *WAY).agg(
        categories=ibis.struct({name: _[name] for name in ("category", *COUNT)}).collect().sort()
    )
    ways = with_what_is_known(ways, categories, ["moment", *WAY])
    # Arrays are sorted by the first fields of what is in them, and those must not be null.
    ways = ways.mutate(
        beside=_.nth.isnull(),
        nth=_.nth.fill_null(0),
        categories=_.categories.fill_null(ibis.literal([], type=ways.schema()["categories"])),
    )
    fields = ("beside", "nth", *WAY, *COUNT, *AGREED, *REMAINING, "categories")
    return ways.group_by("moment").agg(
        directions=ibis.struct({name: _[name] for name in fields}).collect().sort()
    )


def _ways(owed: Table, lanes: Table) -> Table:
    due = owed.group_by("moment", *WAY).agg(nth=_.nth.min())
    beside = lanes.select("moment", *WAY).distinct().anti_join(due, ["moment", *WAY])
    return named("ways", due.union(beside.mutate(nth=ibis.null("int64"))))
