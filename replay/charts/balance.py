"""The balance between the sides. The one rule: value is weighted as the terms say, and never guessed.

Above, what each side had released by each day; below, how much more than that it had received.
"""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import attrs

from reciprocity.domain.values import highest, lowest
from reciprocity.projections import Gap
from reciprocity.replay import wording
from reciprocity.replay.charts import axes
from reciprocity.replay.charts.captions import Extent
from reciprocity.replay.charts.course import Course
from reciprocity.replay.charts.drawing import Drawing, NothingToDraw, Table, panel, words
from reciprocity.replay.charts.marks import Band, Row, SideLine, Stretch, bands, joined, lines, present
from reciprocity.replay.language import Language, language

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from reciprocity.domain import Recorded
    from reciprocity.domain.terms import Balance
    from reciprocity.replay.options import Clocks

_ENGLISH = language("en")
_RELEASED, _BEYOND = 170, 120  # pixels
_MOST_SIDES = 4


@attrs.frozen
class _Side:
    """One party: its balance after each phase, by the days from which phases count."""

    course: Course
    code: str
    steps: list[tuple[dt.date, Balance]]

    @property
    def now(self) -> Balance:
        return self.steps[-1][1]

    @cached_property
    def gaps(self) -> list[tuple[int, Gap]]:
        """How much more it had received than released, and from where on in the picture."""
        return [(axes.place(on), _gap(balance)) for on, balance in self.steps]


def balance(history: list[Recorded], clocks: Clocks, language: Language = _ENGLISH) -> Drawing:
    """The picture of the balance between an agreement's sides, as those clocks show it, of its history.

    Raises:
        NothingToDraw: no phase took place, or none was known.
    """
    course = Course.of(history, language) if history else None
    if course is None or not course.happened or not course.terms.parties:
        raise NothingToDraw("no phase had taken place, or none was known: there is no balance to draw")
    say, extent = language.say, Extent.of(history)
    sides = _sides(course)[:_MOST_SIDES]
    shown = sides[:1] if len(course.terms.parties) == 2 else sides
    names = _line_names(sides)
    of_bands = present(_band_names(language), (row for side in shown for row in _bands(side, _reach(side))))
    return Drawing(
        title=course.terms.title,
        subtitle=say(
            "The balance between the sides. Agreement {agreement}.", agreement=history[0].agreement_id
        ),
        summary=" ".join([say("The balance between the sides."), *map(_stands, sides)]),
        caption=(*_notes(course, sides), *extent.words(clocks, language)),
        tables=(_table(sides),),
        sources=extent.sources,
        panels=(_released(sides, names), *(_beyond(side, names, of_bands) for side in shown)),
    )


def _sides(course: Course) -> list[_Side]:
    after = [(step.on, course.terms.balance(step.exchanged)) for step in course.happened]
    return [
        _Side(course, party.code, [(on, balances[number]) for on, balances in after])
        for number, party in enumerate(course.terms.parties)
    ]


def _gap(of: Balance) -> Gap:
    most_received, most_released = highest(of.received), highest(of.released)
    return Gap(
        None if most_released is None else lowest(of.received) - most_released,
        None if most_received is None else most_received - lowest(of.released),
    )


def _words(of: Balance, language: Language) -> str:
    return language.say("even") if of.is_even else wording.gap(_gap(of))


def _stands(side: _Side) -> str:
    return side.course.language.say(
        "{party} released {released} and received {received}: {balance}.",
        party=side.code,
        released=wording.figure(side.now.released),
        received=wording.figure(side.now.received),
        balance=_words(side.now, side.course.language),
    )


def _notes(course: Course, sides: list[_Side]) -> Iterator[str]:
    say, number = course.language.say, course.language.number
    if weights := course.terms.symmetry.weights:
        told = "; ".join(f"{wording.category(weight.category)} {number(weight.value)}" for weight in weights)
        yield say("Weights: {weights}; any other category 1.", weights=told)
    if len(course.terms.parties) == 2:
        yield say("Of two sides one received what the other released, so one balance is shown.")
    unknown = sum(side.now.is_even is None for side in sides)
    if unknown:
        yield say("Unknown: whether it is even, as counts are ranges.")
    if len(course.terms.parties) > len(sides):
        yield say("Not drawn: {n} further sides.", n=number(len(course.terms.parties) - len(sides)))


def _unit(course: Course) -> str:
    say = course.language.say
    return say("weighted value") if course.terms.symmetry.weights else course.unit


def _line_names(sides: list[_Side]) -> dict[SideLine, str]:
    say = sides[0].course.language.say
    there = zip(SideLine, sides, strict=False)
    names = {line: say("released by {party}", party=side.code) for line, side in there}
    return {**names, SideLine.BEYOND: say("received beyond what was released")}


def _band_names(language: Language) -> dict[Band, str]:
    say = language.say
    return {Band.BETWEEN: say("unknown, within these bounds"), Band.ABOVE: say("unknown, without a bound")}


def _released(sides: list[_Side], names: dict[SideLine, str]) -> Row:
    """What each side had released: a line for each, its least where only a range is known."""
    course = sides[0].course
    start, end = min(course.days), axes.around(course.days)[1]
    top = max(max(lowest(side.now.released), highest(side.now.released) or 0) for side in sides)
    rows, ends = list[Row](), dict[int, list[_Side]]()
    for (line, name), side in zip(names.items(), sides, strict=False):
        places = [(axes.place(on), lowest(balance.released)) for on, balance in side.steps]
        for x, y in [(axes.place(start), 0), *places, (end, places[-1][1])]:
            rows.append({"what": name, "x": x, "y": axes.drawn(y), "part": line.name})
        ends.setdefault(places[-1][1], []).append(side)
    labels = [
        {"x": end, "y": axes.drawn(y), "label": ", ".join(map(_released_by, there))}
        for y, there in ends.items()
    ]
    return panel(
        course.language.say("Released so far, by each side; the least, where it is a range"),
        _RELEASED,
        axes.days_axis(course.days, axes.around(course.days)),
        axes.counts_axis(_unit(course), 0, top + top // 6 + 1),
        [lines(rows, names), *words(labels, align="left", dx=7, fontWeight="bold")],
    )


def _released_by(side: _Side) -> str:
    return f"{side.code} {wording.short(side.now.released)}"


def _reach(side: _Side) -> int:
    """How far up and down the panel of a side goes, so that even is in its middle."""
    bounds = [abs(n) for _, gap in side.gaps for n in (gap.at_least, gap.at_most) if n is not None]
    most = max(bounds, default=0) or max(lowest(side.now.released), lowest(side.now.received))
    return most + most // 6 + 1


def _beyond(side: _Side, names: dict[SideLine, str], of_bands: dict[Band, str]) -> Row:
    """How much more a side had received than it had released: a line where that is known, else a band."""
    course, reach = side.course, _reach(side)
    end, name = axes.around(course.days)[1], names[SideLine.BEYOND]
    known = [(axes.place(min(course.days)), 0), *((x, gap.exact) for x, gap in side.gaps), (end, None)]
    rows = joined(Stretch(name, x, x2, y, y) for (x, y), (x2, _) in pairwise(known) if y is not None)
    level = _gap(side.now).exact or 0
    label = [{"x": end, "y": axes.drawn(level), "label": _words(side.now, course.language)}]
    even = [{"x": axes.around(course.days)[0], "y": 0, "label": course.language.say("even")}]
    title = "{party}: received beyond what it had released (below zero: released more)"
    return panel(
        course.language.say(title, party=side.code),
        _BEYOND,
        axes.days_axis(course.days, axes.around(course.days)),
        axes.counts_axis(_unit(course), -reach, reach),
        [
            *([bands(_bands(side, reach), of_bands)] if of_bands else []),
            lines(rows, names),
            *words(even, align="left", baseline="bottom", dx=3, dy=-3),
            *words(label, align="left", dx=7, fontWeight="bold"),
        ],
    )


def _bands(side: _Side, reach: int) -> list[Row]:
    course, names = side.course, _band_names(side.course.language)
    end = axes.around(course.days)[1]
    return joined(
        Stretch(
            names[Band.ABOVE if None in (gap.at_least, gap.at_most) else Band.BETWEEN],
            x,
            x2,
            -reach if gap.at_least is None else gap.at_least,
            reach if gap.at_most is None else gap.at_most,
        )
        for (x, gap), (x2, _) in pairwise([*side.gaps, (end, Gap(None, None))])
        if gap.exact is None
    )


def _table(sides: list[_Side]) -> Table:
    course = sides[0].course
    say = course.language.say
    return Table(
        say("What each side had released and received by each day, as now known"),
        (say("Day"), say("Phase"), say("Side"), say("Released"), say("Received"), say("Balance")),
        tuple(
            (
                wording.day(step.row.completed_on),
                str(step.row.phase),
                side.code,
                wording.figure(side.steps[number][1].released),
                wording.figure(side.steps[number][1].received),
                _words(side.steps[number][1], course.language),
            )
            for number, step in enumerate(course.happened)
            for side in sides
        ),
    )
