"""Panels: the course of an agreement in each direction. The one rule: every panel has the same legend."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs
from rich.cells import cell_len

from reciprocity.domain import OPEN, Count, Direction, PhaseCompleted, PhaseCorrected
from reciprocity.domain.values import highest, lowest
from reciprocity.projections.at import day_of
from reciprocity.projections.progress import Happened, Learned, agreed, stands_in
from reciprocity.replay import wording
from reciprocity.replay.charts import axes
from reciprocity.replay.charts.course import Course, unit_of
from reciprocity.replay.charts.drawing import WIDTH, panel, words
from reciprocity.replay.charts.marks import (
    Band,
    Line,
    Mark,
    Row,
    Stretch,
    bands,
    joined,
    lines,
    marks,
    present,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reciprocity.domain import Transfer
    from reciprocity.projections import Cell

_HEIGHT = 170
_MOST_MARKED = 150  # phases that have a mark each
_LINE, _CELL = 14, 6.5  # a line of words is so high, and a character so wide, in pixels


@attrs.frozen
class Panel:
    """One direction of the course."""

    course: Course
    direction: Direction

    def _holds(self, direction: Direction) -> bool:
        return stands_in(self.course.terms, direction, self.direction)

    def _over(self, step: Happened) -> Count:
        return self.course.terms.exchanged(step.exchanged, self.direction)

    @cached_property
    def steps(self) -> list[tuple[Happened, Count]]:
        """The phases in which anything counted in this direction, with the figure after each."""
        return [(step, self._over(step)) for step in self.course.happened if self._counting(step)]

    def _counting(self, step: Happened) -> list[Transfer]:
        """What counted in this direction in a phase."""
        return [
            one
            for one in step.row.transfers
            if one.within_agreement is not False and self._holds(one.direction)
        ]

    @property
    def now(self) -> Count:
        """The figure as now known."""
        return self.steps[-1][1] if self.steps else 0

    @cached_property
    def corrected(self) -> list[tuple[Learned, Count, Count]]:
        """What was corrected or voided, with the figure that the record had before it, and after it."""
        after = [step.after.over(self.direction) for step in self.course.learned]
        return [
            (step, before, now)
            for step, before, now in zip(self.course.learned, [0, *after], after, strict=False)
            if not isinstance(step.recorded.event, PhaseCompleted) and before != now
        ]

    @property
    def is_bounded(self) -> bool:
        """Whether so many are agreed now, and not nothing, or "all for all"."""
        return self.course.terms.agreed(self.direction) not in (None, OPEN)

    @property
    def agreed_words(self) -> str:
        """What is agreed now, in words."""
        say, total = self.course.language.say, self.course.terms.agreed(self.direction)
        if total is None:
            return say("nothing agreed")
        if total == OPEN:
            return say("no total agreed")
        return wording.figure(total)

    @property
    def unknown_phases(self) -> int:
        """In how many phases the number is not known."""
        return sum(
            any(not isinstance(one.counted, int) for one in self._counting(step)) for step, _ in self.steps
        )

    @property
    def _unit(self) -> str:
        counted = {one.category for step, _ in self.steps for one in self._counting(step)}
        owed = {category for one in self.course.terms.owed(self.direction) for category in one.categories}
        return unit_of(counted or owed, self.course.language)

    @cached_property
    def _agreed(self) -> list[tuple[dt.date, Count | None]]:
        return agreed(self.course.history, self.direction)

    @cached_property
    def _top(self) -> int:
        counts = [count for _, count in self.steps]
        counts += [count for _, count in self._agreed if count is not None]
        if self.course.corrections:
            counts += [step.after.over(self.direction) for step in self.course.learned]
        counts += [cell.recorded for _, _, cell in self._disputes if cell.phase is None]
        most = max((max(lowest(count), highest(count) or 0) for count in counts), default=0)
        return most + most // 6 + 1

    @cached_property
    def line_rows(self) -> list[Row]:
        """The rows of its lines: what is now known, what was agreed, and what the record had."""
        names, (start, end) = self.course.line_names, axes.around(self.course.days)
        signed = axes.place(day_of(self.course.history[0]))
        now = [(signed, 0), *((axes.place(step.on), count) for step, count in self.steps), (end, self.now)]
        rows = [_row(names[Line.NOW], x, lowest(count)) for x, count in now]
        rows += [_row(names[Line.AGREED], x, y, part) for x, y, part in self._agreed_places(start, end)]
        if self.course.corrections:
            then = [
                (axes.place(step.recorded.recorded_at), step.after.over(self.direction))
                for step in self.course.learned
            ]
            then = [(axes.place(self.course.history[0].recorded_at), 0), *then, (end, then[-1][1])]
            for part, bound in enumerate((lowest, highest)):
                places = [(x, bound(count)) for x, count in then]
                rows += [_row(names[Line.THEN], x, y, part) for x, y in places if y is not None]
        return rows

    def _agreed_places(self, start: int, end: int) -> Iterator[tuple[int, int, int]]:
        """The agreed total's lines: its least, and its most where that is another, each from its day on."""
        places = [*((axes.place(day), total) for day, total in self._agreed), (end, None)]
        for number, ((x, total), (x2, _)) in enumerate(pairwise(places)):
            if total is None or total == OPEN:
                continue
            for part, y in enumerate({lowest(total): 0, highest(total): 1}):
                if y is not None:
                    yield from ((at, y, 2 * number + part) for at in (x if number else start, x2))

    @cached_property
    def band_rows(self) -> list[Row]:
        """The rows of its bands: where the figure lies that is only known within bounds."""
        names, end = self.course.band_names, axes.around(self.course.days)[1]
        places = [*((axes.place(step.on), count) for step, count in self.steps), (end, 0)]
        return joined(
            Stretch(
                names[Band.ABOVE if highest(count) is None else Band.BETWEEN],
                x,
                x2,
                *axes.bounds(count, self._top),
            )
            for (x, count), (x2, _) in pairwise(places)
            if not isinstance(count, int)
        )

    @cached_property
    def mark_rows(self) -> list[Row]:
        """The rows of its marks: phases, corrections and disputes."""
        names, rows = self.course.mark_names, list[Row]()
        if len(self.steps) <= _MOST_MARKED:
            for step, count in self.steps:
                kind = Mark.PHASE if step.day_known else Mark.UNDATED
                rows.append(_row(names[kind], axes.place(step.on), lowest(count)))
        for then, _, after in self.corrected:
            rows.append(_row(names[Mark.CORRECTED], axes.place(then.recorded.recorded_at), lowest(after)))
        return rows + [_row(names[Mark.DISPUTED], x, y) for x, y, _ in self._disputes]

    @cached_property
    def _disputes(self) -> list[tuple[int, int, Cell]]:
        """Where each disputed figure of this direction is marked: at its phase, or where it was stated."""
        found: list[tuple[int, int, Cell]] = []
        of_phase = {
            step.row.phase: (axes.place(step.on), lowest(self._over(step))) for step in self.course.happened
        }
        for cell in self.course.disputed:
            if not self._holds(cell.direction):
                continue
            if cell.phase is None:
                found.append((axes.place(self.course.stated_by(cell)), lowest(cell.recorded), cell))
            elif cell.phase in of_phase:
                found.append((*of_phase[cell.phase], cell))
        return found

    @property
    def _labels(self) -> list[Row]:
        say, (start, end) = self.course.language.say, axes.around(self.course.days)
        layers = words([self._word(end, self.now, self._stands)], align="left", dx=7, fontWeight="bold")
        due = [
            self._word(axes.place(day), total, say("agreed: {total}", total=wording.figure(total)))
            for day, total in self._agreed
            if total is not None and total != OPEN
        ]
        if due:
            due[0]["x"] = start
        layers += words(self._uncrowded(due[::-1]), align="left", baseline="bottom", dx=3, dy=-3)
        last, counts = self.steps[-1][0].on if self.steps else None, [count for _, count in self.steps]
        figures = [
            self._word(axes.place(step.on), count, wording.short(count))
            for before, (step, count) in zip([None, *counts], self.steps, strict=False)
            if step.on != last and count != before
        ]
        layers += words(self._uncrowded(figures), align="right", baseline="bottom", dx=-5, dy=-3)
        found = [
            self._word(axes.place(step.recorded.recorded_at), after, self._correction(step))
            for step, _, after in self.corrected
        ]
        found += [
            self._word(x, y, say("{n} apart", n=self.course.language.number(cell.apart)))
            for x, y, cell in sorted(self._disputes, key=lambda one: -one[2].apart)
        ]
        kept, floor = self._uncrowded(found), self._top / 10  # below which words would lie on the axis
        high, low = ([row for row in kept if (row["y"] > floor) is above] for above in (True, False))
        layers += words(high, align="left", baseline="top", dx=7, dy=4)
        return layers + words(low, align="left", baseline="bottom", dx=9, dy=-4)

    def _word(self, x: int, count: Count, label: str) -> Row:
        return {"x": x, "y": axes.drawn(lowest(count)), "label": label}

    def _uncrowded(self, rows: list[Row]) -> list[Row]:
        """Those of these words that do not lie upon one before them; tables have what is left out."""
        (start, end), kept = axes.around(self.course.days), list[tuple[float, float, float, Row]]()
        for row in rows:
            x = WIDTH * (row["x"] - start) / (end - start)
            y = _HEIGHT * row["y"] / self._top
            width = _CELL * cell_len(row["label"])
            if all(abs(x - at) > max(width, wide) or abs(y - level) > _LINE for at, level, wide, _ in kept):
                kept.append((x, y, width, row))
        return [row for *_, row in kept]

    @property
    def _stands(self) -> str:
        total = self.course.terms.agreed(self.direction)
        if total is None or total == OPEN:
            return wording.short(self.now)
        done, due = wording.short(self.now), wording.figure(total)
        return self.course.language.say("{done} of {agreed}", done=done, agreed=due)

    def _correction(self, step: Learned) -> str:
        event, say = step.recorded.event, self.course.language.say
        phase = self.course.language.number(getattr(event, "phase", 0))
        if isinstance(event, PhaseCorrected):
            return say("phase {phase} corrected", phase=phase)
        return say("phase {phase} voided", phase=phase)

    @property
    def title(self) -> str:
        """Who releases and who receives."""
        names = {party.code: party.name for party in self.course.terms.parties}
        for party in self.course.terms.parties:
            names |= {member.code: member.name for member in party.members}
        releasing, receiving = (names.get(code, code) for code in self.direction)
        return self.course.language.say(
            "{direction}: released by {releasing}, received by {receiving}",
            direction=str(self.direction),
            releasing=releasing,
            receiving=receiving,
        )

    def specification(self, legend: Legend) -> Row:
        """The panel in the grammar, with a legend that is the same for all of them."""
        layers = [bands(self.band_rows, legend.bands)] if legend.bands else []
        layers.append(lines(self.line_rows, legend.lines))
        layers += [marks(self.mark_rows, legend.marks)] if legend.marks else []
        across = axes.days_axis(self.course.days, axes.around(self.course.days))
        up = axes.counts_axis(self._unit, 0, self._top)
        return panel(self.title, _HEIGHT, across, up, [*layers, *self._labels])


@attrs.frozen
class Legend:
    """What stands for what, of all that any panel has."""

    lines: dict[Line, str]
    bands: dict[Band, str]
    marks: dict[Mark, str]

    @classmethod
    def of(cls, panels: list[Panel]) -> Legend:
        """The legend of these panels, which are of one course."""
        course = panels[0].course
        return cls(
            present(course.line_names, (row for one in panels for row in one.line_rows)),
            present(course.band_names, (row for one in panels for row in one.band_rows)),
            present(course.mark_names, (row for one in panels for row in one.mark_rows)),
        )


def _row(what: str, x: int, y: int, part: int = 0) -> Row:
    return {"what": what, "x": x, "y": axes.drawn(y), "part": part}
