"""How many have been exchanged, by direction and category, and how many remain? See `projections.cumulative`.

The one rule: the entries are added up once, and everything else is asked of the sums.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from reciprocity.projections.bulk.relations import WAY, with_what_is_known
from reciprocity.projections.bulk.totals import (
    AGREED,
    COUNT,
    Bounds,
    bounds,
    by_category,
    by_direction,
    in_total,
    none_if_unknown,
    now,
    owed,
    remaining,
    share,
)

if TYPE_CHECKING:
    from reciprocity.projections.bulk.relations import DataSet, Table


def cumulative(data: DataSet) -> Table:
    """The rows of `reciprocity.projections.Cumulative`, in their order; each count as its two bounds."""
    moments, lanes = now(data)
    due = owed(data, moments)
    figures = by_category(data, lanes)
    overall = by_direction(due, lanes, figures)
    rows = overall.mutate(categories=ibis.literal([], type="array<string>")).select(*_COLUMNS)
    for part in (_of_quotas(due, figures), _beside_quotas(due, figures)):
        ways = overall.select("moment", "nth", *WAY)
        rows = rows.union(part.join(ways, ["moment", *WAY]).select(*_COLUMNS))
    exchanged = Bounds(rows.at_least, rows.at_most)
    left = remaining(Bounds(rows.agreed_at_least, rows.agreed_at_most), exchanged)
    percentage = share(exchanged, rows.agreed_at_least)
    return (
        rows.mutate(
            remaining_at_least=left.at_least,
            remaining_at_most=left.at_most,
            percentage_at_least=percentage.at_least,
            percentage_at_most=percentage.at_most,
        )
        .order_by("moment", _.nth.isnull(), "nth", *WAY, "categories")
        .rename(agreement="moment")
        .drop("nth")
    )


_COLUMNS = ("moment", "nth", *WAY, "categories", *COUNT, *AGREED)


def _of_quotas(due: Table, figures: Table) -> Table:
    """A row for each obligation for some categories, exchanged or not."""
    key = ["moment", *WAY]
    quotas = due.filter(_.categories.length() > 0)
    each = quotas.select(*key, "nth", category=_.categories.unnest())
    done = in_total(each.join(figures, [*key, "category"]), *key, "nth")
    rows = none_if_unknown(with_what_is_known(quotas, done, [*key, "nth"]))
    return rows.mutate(at_most=bounds(rows).at_most).drop("nth")


def _beside_quotas(due: Table, figures: Table) -> Table:
    """A row for each category that was exchanged and has no obligation to itself."""
    single = due.filter(_.categories.length() == 1).mutate(category=_.categories[0])
    rows = figures.anti_join(single, ["moment", *WAY, "category"])
    unowed = ibis.null("int64")
    return rows.mutate(
        categories=ibis.array([rows.category]),
        at_most=bounds(rows).at_most,
        agreed_at_least=unowed,
        agreed_at_most=unowed,
    )
