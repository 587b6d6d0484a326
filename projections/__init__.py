"""Questions asked of the log. Each module is named after the question that it answers."""

from reciprocity.projections.at import at
from reciprocity.projections.balance_assertions import BalanceAssertion, Candidate, Gap, balance_assertions
from reciprocity.projections.branch import Branch, what_if
from reciprocity.projections.claims import Agrees, Cell, Claims, Label, Statement
from reciprocity.projections.cumulative import Cumulative, CumulativeRow, Totals
from reciprocity.projections.diff import Change, Figure, diff, figures
from reciprocity.projections.facts import FactRow, Facts
from reciprocity.projections.parallel import fold_in_parallel
from reciprocity.projections.projection import CountsOnly, Projection, ask, fold_log
from reciprocity.projections.runner import NotBuilt, Outcome, Runner
from reciprocity.projections.standing import (
    Largest,
    Standing,
    StandingRow,
    largest_agreement,
    largest_of,
    largest_phase,
    persons,
)
from reciprocity.projections.timeline import Timeline, TimelineRow
from reciprocity.projections.trace import Contribution, added_up, contributions
from reciprocity.projections.verdicts import VerdictRow, Verdicts

__all__ = [
    "Agrees",
    "BalanceAssertion",
    "Branch",
    "Candidate",
    "Cell",
    "Change",
    "Claims",
    "Contribution",
    "CountsOnly",
    "Cumulative",
    "CumulativeRow",
    "FactRow",
    "Facts",
    "Figure",
    "Gap",
    "Label",
    "Largest",
    "NotBuilt",
    "Outcome",
    "Projection",
    "Runner",
    "Standing",
    "StandingRow",
    "Statement",
    "Timeline",
    "TimelineRow",
    "Totals",
    "VerdictRow",
    "Verdicts",
    "added_up",
    "ask",
    "at",
    "balance_assertions",
    "contributions",
    "diff",
    "figures",
    "fold_in_parallel",
    "fold_log",
    "largest_agreement",
    "largest_of",
    "largest_phase",
    "persons",
    "what_if",
]
