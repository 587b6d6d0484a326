"""Section: one agreement in a page. The one rule: its drawings and its rows are made of the same answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from reciprocity.domain import OPEN
from reciprocity.projections import Label
from reciprocity.replay.report import drawing
from reciprocity.replay.report.answers import Answering
from reciprocity.replay.report.claimed import columns
from reciprocity.replay.report.comparing import Figures
from reciprocity.replay.report.parts import Part
from reciprocity.replay.report.pieces import Owed, Pieces, agreed, owed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from markupsafe import Markup

    from reciprocity.domain import Party, Terms
    from reciprocity.replay.report.answers import Answers
    from reciprocity.replay.report.stops import Replayed


@attrs.frozen
class Shown:
    """A part, and which of its lists each history shows; the last is that in which nothing is told."""

    part: Part
    by_history: tuple[int, ...]


@attrs.frozen
class Chart:
    """A drawing of one obligation: its scale, its part, and which list each stop shows."""

    owed: Owed
    frame: drawing.Frame
    part: Part
    places: tuple[tuple[int, ...], ...]


@attrs.frozen
class Section:
    """One agreement, at every stop."""

    id: str
    replayed: Replayed
    terms: Terms
    shown: dict[str, Shown]
    charts: tuple[Chart, ...]
    figures: Figures

    @property
    def columns(self) -> list[Party]:
        """The parties whose claims stand in a column of their own."""
        return columns(self.terms.parties)

    def parts(self) -> list[Part]:
        """Everything that has pieces."""
        return [
            *(one.part for one in self.shown.values()),
            *(chart.part for chart in self.charts),
            self.figures.names,
            self.figures.values,
        ]

    def now(self, name: str) -> Markup:
        """What a part shows of the whole record."""
        shown = self.shown[name]
        return shown.part.of(shown.by_history[self.replayed.grid.places[-1][-1]])


def section(agreement_id: str, of: Replayed, render: Any) -> Section:
    """The section of an agreement; *render* has a macro for each kind of piece."""
    answering = Answering(agreement_id)
    told = [answering.of(history) for history in (*of.grid.histories, ())]
    terms = told[of.grid.places[-1][-1]].totals.terms
    shown = {}
    for name, numbers in Pieces(agreement_id, terms, render).kinds().items():
        part = Part(name)
        shown[name] = Shown(part, tuple(part.shown(numbers(part, one)) for one in told))
    return Section(
        agreement_id,
        of,
        terms,
        shown,
        tuple(_charts(of, told, render)),
        Figures.of(told, terms, render),
    )


def _charts(of: Replayed, told: Sequence[Answers], render: Any) -> Iterator[Chart]:
    """A drawing for each obligation that there ever was, those of now first."""
    days = of.grid.days
    for number, one in enumerate(dict.fromkeys(one for answers in reversed(told) for one in owed(answers))):
        readings = [
            [_reading(told[place], day, one) for place, day in zip(row, days, strict=True)]
            for row in of.grid.places
        ]
        counts = [c for row in readings for reading in row for c in (reading.exchanged, reading.agreed)]
        frame = drawing.frame(days, counts)
        part = Part(f"chart-{number}", svg=True)
        part.shown(())
        places = tuple(tuple(_drawn(part, frame, row, render)) for row in readings)
        yield Chart(one, frame, part, places)


def _drawn(part: Part, frame: drawing.Frame, row: list[drawing.Reading], render: Any) -> Iterator[int]:
    """What is drawn as of each day: what was drawn before it, and a step more."""
    numbers: list[int] = []
    for before, now in zip([None, *row], row, strict=False):
        step = drawing.step(frame, before, now)
        numbers.append(part.piece(step, render.step, step))
        yield part.shown(numbers)


def _reading(of: Answers, day: dt.date, one: Owed) -> drawing.Reading:
    if one not in owed(of):
        return drawing.Reading(day, None, None, disputed=False)
    direction, _ = one
    total = agreed(of.totals.terms, *one)
    that_day = {row.phase for row in of.phases if row.completed_on == day}
    disputed = any(
        cell.phase in that_day and cell.direction == direction and cell.label is Label.DISPUTED
        for cell in of.cells
    )
    return drawing.Reading(day, of.totals.over(*one), None if total == OPEN else total, disputed)
