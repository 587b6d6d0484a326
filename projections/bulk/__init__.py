"""The same questions as Ibis expressions over a data set, for logs that one process would fold too slowly.

The one rule: an expression answers what the fold answers, whichever engine runs it. DuckDB runs it in this
process, Apache Spark on a cluster. `ibis` is imported only here.
"""

try:
    import ibis as _ibis  # noqa: F401
except ImportError as error:
    raise ImportError("asking a data set needs Ibis: pip install 'reciprocity[bulk]'") from error

from reciprocity.projections.bulk.answers import (
    PhaseAnswer,
    StandingAnswer,
    cumulative_rows,
    fact_rows,
    is_anything,
    largest,
    phase_answers,
    standing_answers,
)
from reciprocity.projections.bulk.cumulative import cumulative
from reciprocity.projections.bulk.engines import ENGINES, opened
from reciprocity.projections.bulk.facts import facts
from reciprocity.projections.bulk.relations import DataSet
from reciprocity.projections.bulk.standing import largest_agreement, largest_phase, standing
from reciprocity.projections.bulk.timeline import timeline

__all__ = [
    "ENGINES",
    "DataSet",
    "PhaseAnswer",
    "StandingAnswer",
    "cumulative",
    "cumulative_rows",
    "fact_rows",
    "facts",
    "is_anything",
    "largest",
    "largest_agreement",
    "largest_phase",
    "opened",
    "phase_answers",
    "standing",
    "standing_answers",
    "timeline",
]
