"""Is every party even? The one rule: weighted value, a group counting as one, as `Terms.balance` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis
from ibis import _

from reciprocity.projections.bulk.relations import WAY, named, with_what_is_known
from reciprocity.projections.bulk.totals import Bounds, bounds, in_total, none_if_unknown

if TYPE_CHECKING:
    from reciprocity.projections.bulk.relations import DataSet, Table, Value


def balanced(data: DataSet, moments: Table, lanes: Table) -> Table:
    """Whether at each moment every party had received what it released; null where that is not known."""
    codes = data.parties.select("party", "code", terms=_.position)
    of_terms = moments.select("moment", "terms").join(codes, "terms")
    parties = named("parties_then", of_terms.select("moment", "party").distinct())
    values = _values(data, lanes)
    released, received = (_of_parties(parties, codes, values, side) for side in WAY)
    both = released.join(received, ["moment", "party"])
    even = _equal(
        Bounds(both.releasing_least, both.releasing_most), Bounds(both.receiving_least, both.receiving_most)
    )
    found = (
        both.mutate(even=even).group_by("moment").agg(uneven=(~_.even).any(), unknown=_.even.isnull().any())
    )
    rows = with_what_is_known(moments.select("moment"), found, ["moment"])
    return rows.select(
        "moment",
        balanced=ibis.cases(
            (rows.uneven.fill_null(False), False),
            (rows.unknown.fill_null(False), ibis.null("boolean")),
            else_=True,
        ),
    )


def _values(data: DataSet, lanes: Table) -> Table:
    """What was exchanged in each lane, in weighted value; what weighs nothing is worth 0, known or not."""
    weights = data.weights.select("category", "weight", terms=_.position)
    rows = with_what_is_known(lanes, weights, ["terms", "category"])
    weight = rows.weight.fill_null(1)
    values = rows.select(
        "moment",
        "terms",
        *WAY,
        at_least=rows.at_least * weight,
        bounded=rows.bounded * weight,
        unbounded=(weight == 0).ifelse(0, rows.unbounded),
    )
    return named("values", values)


def _of_parties(parties: Table, codes: Table, values: Table, side: str) -> Table:
    """The value on one side of each party; none is a value too."""
    found = in_total(values.join(codes.rename({side: "code"}), ["terms", side]), "moment", "party")
    rows = none_if_unknown(with_what_is_known(parties, found, ["moment", "party"]))
    value = bounds(rows)
    return rows.select("moment", "party", **{f"{side}_least": value.at_least, f"{side}_most": value.at_most})


def _equal(a: Bounds, b: Bounds) -> Value:
    """Whether two counts are the same number: see `reciprocity.domain.values.equal`."""
    apart = (a.at_most < b.at_least).fill_null(False) | (b.at_most < a.at_least).fill_null(False)
    known = (a.at_least == a.at_most) & (b.at_least == b.at_most)
    return ibis.cases((apart, False), (known.fill_null(False), True), else_=ibis.null("boolean"))
