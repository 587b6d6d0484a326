"""Questions asked of the log. Each module is named after the question that it answers."""

from reciprocity.projections.at import at
from reciprocity.projections.branch import Branch, what_if
from reciprocity.projections.claims import Agrees, ClaimRow, Claims
from reciprocity.projections.cumulative import Cumulative, CumulativeRow, Totals
from reciprocity.projections.diff import Change, Figure, diff, figures
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
from reciprocity.projections.trace import Contribution, added_up, contributions
from reciprocity.projections.verdicts import VerdictRow, Verdicts

__all__ = [
    "Agrees",
    "Branch",
    "Change",
    "ClaimRow",
    "Claims",
    "Contribution",
    "Cumulative",
    "CumulativeRow",
    "Figure",
    "Largest",
    "Projection",
    "Standing",
    "StandingRow",
    "Timeline",
    "TimelineRow",
    "Totals",
    "VerdictRow",
    "Verdicts",
    "added_up",
    "ask",
    "at",
    "contributions",
    "diff",
    "figures",
    "fold_log",
    "largest_agreement",
    "largest_phase",
    "persons",
    "what_if",
]
