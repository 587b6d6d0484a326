"""The course of an agreement, for its pictures. The one rule: every figure comes from a projection."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import MORTAL_REMAINS, Direction, PhaseCompleted, Terms, TermsAmended
from reciprocity.projections import Claims, Cumulative, Label, ask, fold_log
from reciprocity.projections.at import day_of
from reciprocity.projections.progress import Happened, Learned, directions, happened, learned
from reciprocity.replay.charts.marks import Band, Line, Mark

if TYPE_CHECKING:
    from reciprocity.domain import Recorded
    from reciprocity.projections import Cell
    from reciprocity.replay.language import Language


@attrs.frozen
class Course:
    """All that is drawn of one agreement."""

    language: Language
    history: list[Recorded]
    terms: Terms
    directions: list[Direction]
    happened: list[Happened]
    learned: list[Learned]
    disputed: list[Cell]

    @classmethod
    def of(cls, history: list[Recorded], language: Language) -> Course:
        """The course that a history tells, which is not empty."""
        totals = fold_log(Cumulative(), history)[history[0].agreement_id]
        return cls(
            language,
            history,
            totals.terms,
            directions(totals),
            happened(history),
            learned(history),
            [cell for cell in ask(Claims(), history) if cell.label is Label.DISPUTED],
        )

    @property
    def corrections(self) -> list[Learned]:
        """What was corrected or voided."""
        return [one for one in self.learned if not isinstance(one.recorded.event, PhaseCompleted)]

    @property
    def unit(self) -> str:
        """What is counted, in any direction."""
        return unit_of({one.category for step in self.happened for one in step.row.transfers}, self.language)

    @property
    def days(self) -> list[dt.date]:
        """The days that the picture reaches over; those of recording only where there are corrections."""
        days = [day_of(self.history[0]), *(step.on for step in self.happened)]
        days += [day_of(one) for one in self.history if isinstance(one.event, TermsAmended)]
        days += [self.stated_by(cell) for cell in self.disputed if cell.phase is None]
        if self.corrections:
            days += [step.recorded.recorded_at.date() for step in self.learned]
        return days

    def stated_by(self, cell: Cell) -> dt.date:
        """The day by which all had been said that is said of a cell."""
        versions = {one.version for one in cell.said}
        return max(day_of(one) for one in self.history if one.version in versions)

    @property
    def line_names(self) -> dict[Line, str]:
        """What each line stands for."""
        say = self.language.say
        return {
            Line.NOW: say("exchanged by that day, as now known"),
            Line.THEN: say("exchanged, as the record then had it"),
            Line.AGREED: say("agreed total"),
        }

    @property
    def band_names(self) -> dict[Band, str]:
        """What each band stands for."""
        say = self.language.say
        return {
            Band.BETWEEN: say("unknown, within these bounds"),
            Band.ABOVE: say("unknown, without an upper bound"),
        }

    @property
    def mark_names(self) -> dict[Mark, str]:
        """What each mark stands for."""
        say = self.language.say
        return {
            Mark.PHASE: say("phase"),
            Mark.UNDATED: say("phase, day unknown"),
            Mark.DISPUTED: say("disputed figure"),
            Mark.CORRECTED: say("correction or voiding, when recorded"),
        }


def unit_of(categories: set[str], language: Language) -> str:
    """What a count of these categories is a count of: the dead are not said to be persons."""
    if MORTAL_REMAINS not in categories:
        return language.say("persons")
    return language.say("persons and remains") if len(categories) > 1 else language.say("remains")
