"""Questions asked of the log. Each module is named after the question that it answers."""

from reciprocity.projections.claims import Agrees, ClaimRow, Claims
from reciprocity.projections.cumulative import Cumulative, CumulativeRow, Totals
from reciprocity.projections.projection import Projection, ask, fold_log
from reciprocity.projections.standing import (
    Largest,
    Standing,
    StandingRow,
    largest_agreement,
    largest_phase,
    persons,
)
from reciprocity.projections.timeline import Timeline, TimelineRow
from reciprocity.projections.verdicts import VerdictRow, Verdicts

__all__ = [
    "Agrees",
    "ClaimRow",
    "Claims",
    "Cumulative",
    "CumulativeRow",
    "Largest",
    "Projection",
    "Standing",
    "StandingRow",
    "Timeline",
    "TimelineRow",
    "Totals",
    "VerdictRow",
    "Verdicts",
    "ask",
    "fold_log",
    "largest_agreement",
    "largest_phase",
    "persons",
]
