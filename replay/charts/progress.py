"""Progress toward the agreed total, in each direction. The one rule: both clocks are drawn where they differ.

The course by days is what is now known. Once something was corrected or voided, a second one shows what the
record had at each instant, with a step at each correction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reciprocity.replay import wording
from reciprocity.replay.charts.captions import Extent
from reciprocity.replay.charts.course import Course
from reciprocity.replay.charts.drawing import Drawing, NothingToDraw, Table
from reciprocity.replay.charts.panels import Legend, Panel
from reciprocity.replay.language import Language, language

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reciprocity.domain import Recorded
    from reciprocity.replay.options import Clocks

_MOST_DIRECTIONS = 12
_ENGLISH = language("en")


def progress(history: list[Recorded], clocks: Clocks, language: Language = _ENGLISH) -> Drawing:
    """The picture of one agreement's progress, as those clocks show it, whose history this is.

    Raises:
        NothingToDraw: nothing had happened, or nothing was known.
    """
    if not history:
        raise NothingToDraw("nothing had happened, or nothing was known: there is no figure to draw")
    course = Course.of(history, language)
    if not course.directions:
        raise NothingToDraw("nothing was agreed, and nobody was released: there is no figure to draw")
    say, extent = language.say, Extent.of(history)
    panels = [Panel(course, direction) for direction in course.directions[:_MOST_DIRECTIONS]]
    legend = Legend.of(panels)
    return Drawing(
        title=course.terms.title,
        subtitle=say(
            "Progress toward the agreed total, by direction. Agreement {agreement}.",
            agreement=history[0].agreement_id,
        ),
        summary=" ".join([say("Progress toward the agreed total."), *map(_stands, panels), *_found(course)]),
        caption=(
            *_notes(course, panels),
            *extent.words(clocks, language),
        ),
        tables=tuple(one for one in (_steps(panels), _corrections(panels), _disputes(course)) if one.rows),
        sources=extent.sources,
        panels=tuple(panel.specification(legend) for panel in panels),
    )


def _stands(panel: Panel) -> str:
    return panel.course.language.say(
        "{direction}: exchanged {done}, agreed: {agreed}.",
        direction=str(panel.direction),
        done=wording.figure(panel.now),
        agreed=panel.agreed_words,
    )


def _found(course: Course) -> Iterator[str]:
    say = course.language.say_many
    if course.corrections:
        yield say("{n} correction or voiding.", "{n} corrections or voidings.", len(course.corrections))
    if course.disputed:
        yield say("{n} disputed figure.", "{n} disputed figures.", len(course.disputed))


def _notes(course: Course, panels: list[Panel]) -> Iterator[str]:
    """What of it is unknown, and what is not in the picture."""
    say, number = course.language.say, course.language.number
    for panel in panels:
        if not panel.is_bounded:
            yield say("{direction}: {agreed}.", direction=str(panel.direction), agreed=panel.agreed_words)
        if unknown := panel.unknown_phases:
            yield say(
                "Unknown, {direction}: the number in {unknown} of {phases} phases; a range is drawn there.",
                direction=str(panel.direction),
                unknown=number(unknown),
                phases=number(len(panel.steps)),
            )
    undated = sum(not step.day_known for step in course.happened)
    if undated:
        yield say(
            "Unknown: the day of {n} of {phases} phases; each is drawn on the day of its recording.",
            n=number(undated),
            phases=number(len(course.happened)),
        )
    if len(course.directions) > len(panels):
        more = number(len(course.directions) - len(panels))
        yield say("Not drawn: {n} further directions.", n=more)


def _steps(panels: list[Panel]) -> Table:
    say = panels[0].course.language.say
    return Table(
        say("What had happened by each day, as now known"),
        (say("Direction"), say("Day"), say("Phase"), say("Exchanged so far"), say("Agreed")),
        tuple(
            (
                str(panel.direction),
                wording.day(step.row.completed_on),
                str(step.row.phase),
                wording.figure(count),
                panel.agreed_words,
            )
            for panel in panels
            for step, count in panel.steps
        ),
    )


def _corrections(panels: list[Panel]) -> Table:
    course = panels[0].course
    say = course.language.say
    return Table(
        say("What was corrected or voided, and when the record learned it"),
        (say("Recorded, UTC"), say("Version"), say("What"), say("Direction"), say("From"), say("To")),
        tuple(
            (
                f"{step.recorded.recorded_at:%Y-%m-%d %H:%M}",
                str(step.recorded.version),
                wording.event(step.recorded.event),
                str(panel.direction),
                wording.figure(before),
                wording.figure(after),
            )
            for panel in panels
            for step, before, after in panel.corrected
        ),
    )


def _disputes(course: Course) -> Table:
    say = course.language.say
    return Table(
        say("Disputed figures"),
        (say("Figure"), say("Record"), say("Apart, at the least"), say("Who says what")),
        tuple(
            (
                wording.cell(cell),
                wording.figure(cell.recorded),
                course.language.number(cell.apart),
                "; ".join(wording.statement(one) for one in cell.said),
            )
            for cell in course.disputed
        ),
    )
