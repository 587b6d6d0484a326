"""Which transfers took place? See `projections.facts`. The one rule: each phase has its last rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from reciprocity.projections.bulk.relations import handovers, released
from reciprocity.projections.facts import FactRow

if TYPE_CHECKING:
    from reciprocity.projections.bulk.relations import DataSet, Table


def facts(data: DataSet) -> Table:
    """The rows of `reciprocity.projections.Facts`, in their order."""
    cited = data.events.select("position", "sources", "urls")
    rows = released(data, handovers(data)).join(cited, "position").order_by("agreement", "since", "nth")
    return rows.select(field.name for field in attrs.fields(FactRow))
