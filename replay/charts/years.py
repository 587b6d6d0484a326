"""Exchanges over the years, with the largest marked. The one rule: persons are counted, never remains.

Above, every phase by its day; below, how many persons were released in each year, by all sides together.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import attrs

from reciprocity.domain import Count
from reciprocity.domain.values import highest, in_total, lowest
from reciprocity.projections import Largest, Standing, fold_log, largest_agreement, largest_phase
from reciprocity.replay import wording
from reciprocity.replay.charts import axes
from reciprocity.replay.charts.captions import Extent
from reciprocity.replay.charts.drawing import WIDTH, Drawing, NothingToDraw, Table, panel, words
from reciprocity.replay.charts.marks import Band, Mark, Row, columns, marks, present
from reciprocity.replay.language import Language, language

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rpds import HashTrieMap

    from reciprocity.domain import Recorded
    from reciprocity.projections.standing import Reached
    from reciprocity.replay.options import Clocks

_ENGLISH = language("en")
_EACH, _OF_A_YEAR = 190, 130  # pixels
_MOST_PHASES = 2_000  # that have a mark each
_MOST_YEARS = 10  # that have words each


@attrs.frozen
class _Exchange:
    """One phase in which persons were released, or may have been."""

    agreement: str
    phase: int
    on: dt.date
    persons: Count


def years(log: Iterable[Recorded], clocks: Clocks, language: Language = _ENGLISH) -> Drawing:
    """The picture of every exchange that a log tells of, as those clocks show it.

    Raises:
        NothingToDraw: no phase is on record whose day is known.
    """
    extent, say = Extent(), language.say
    state = fold_log(Standing(), extent.noted(log))
    found = sorted(_exchanges(state), key=lambda one: (one.on, one.agreement, one.phase))
    if not found:
        raise NothingToDraw("no phase is on record in which persons were released, on a day that is known")
    of_phase, of_agreement = largest_phase(state), largest_agreement(state)
    by_year = _by_year(found)
    return Drawing(
        title=say(
            "Exchanges from {first} to {last}", first=str(found[0].on.year), last=str(found[-1].on.year)
        ),
        subtitle=say(
            "Persons released, by all sides together; {agreements} on record.",
            agreements=language.say_many("{n} agreement or series", "{n} agreements and series", len(state)),
        ),
        summary=" ".join(_largest_words(of_phase, of_agreement, language)),
        caption=(
            *_notes(state, found, language),
            *_largest_words(of_phase, of_agreement, language),
            *extent.words(clocks, language),
        ),
        tables=(_years_table(by_year, language), _exchanges_table(found, language)),
        sources=extent.sources,
        panels=_panels(found, by_year, of_phase, language),
    )


def _exchanges(state: HashTrieMap[str, Reached]) -> Iterator[_Exchange]:
    for agreement in state:
        for phase, figure in state[agreement].phases.items():
            if figure.completed_on is not None and figure.persons != 0:
                yield _Exchange(agreement, phase, figure.completed_on, figure.persons)


def _by_year(found: list[_Exchange]) -> dict[int, list[_Exchange]]:
    by_year: dict[int, list[_Exchange]] = {}
    for one in found:
        by_year.setdefault(one.on.year, []).append(one)
    return by_year


def _largest_words(
    of_phase: Largest | None, of_agreement: Largest | None, language: Language
) -> Iterator[str]:
    if of_phase is not None:
        yield language.say(
            "Largest in one phase: {persons} persons, phase {phase} of {agreement}, {day}.",
            persons=wording.figure(of_phase.persons),
            phase=language.number(of_phase.phase or 0),
            agreement=of_phase.agreement,
            day=wording.day(of_phase.completed_on),
        )
    if of_agreement is not None:
        yield language.say(
            "Largest in one agreement: {persons} persons, {agreement}.",
            persons=wording.figure(of_agreement.persons),
            agreement=of_agreement.agreement,
        )


def _notes(state: HashTrieMap[str, Reached], found: list[_Exchange], language: Language) -> Iterator[str]:
    """What of it is unknown, and what is not in the picture."""
    say, number = language.say, language.number
    unknown = sum(not isinstance(one.persons, int) for one in found)
    if unknown:
        yield say(
            "Unknown: the number in {unknown} of {phases} phases; dots lead to the most, where bounded.",
            unknown=number(unknown),
            phases=number(len(found)),
        )
    figures = [figure for reached in state.values() for figure in reached.phases.values()]
    if undated := sum(figure.completed_on is None and figure.persons != 0 for figure in figures):
        yield language.say_many(
            "Not drawn: {n} phase whose day is unknown.",
            "Not drawn: {n} phases whose day is unknown.",
            undated,
        )
    if of_remains := sum(figure.persons == 0 for figure in figures):
        yield language.say_many(
            "Not drawn: {n} phase in which no person was released; remains are not counted as persons.",
            "Not drawn: {n} phases in which no person was released; remains are not counted as persons.",
            of_remains,
        )
    if len(found) > _MOST_PHASES:
        yield say("Too many to be marked one by one: {n} phases.", n=number(len(found)))


def _panels(
    found: list[_Exchange], by_year: dict[int, list[_Exchange]], largest: Largest | None, language: Language
) -> tuple[Row, ...]:
    first, last = found[0].on.year, found[-1].on.year
    days = [dt.date(first, 1, 1), dt.date(last, 12, 31)]
    domain = axes.place(days[0]), axes.place(days[1])
    across = axes.days_axis(days, domain)
    return _each(found, largest, across, language), _of_years(by_year, across, language)


def _each(found: list[_Exchange], largest: Largest | None, across: Row, language: Language) -> Row:
    """Every phase by its day: a stem as high as the persons who are known to have been released."""
    say = language.say
    all_names = {
        Mark.PHASE: say("one phase"),
        Mark.AT_LEAST: say("one phase, at least so many"),
        Mark.LARGEST: say("the largest"),
    }
    rows, stems, maybe = list[Row](), list[Row](), list[Row]()
    start, end = across["scale"]["domain"]
    top = max(max(lowest(one.persons), highest(one.persons) or 0) for one in found)
    for one in found:
        x, is_largest = axes.place(one.on), _is(one, largest)
        if len(found) > _MOST_PHASES and not is_largest:
            continue
        kind = Mark.PHASE if isinstance(one.persons, int) else Mark.AT_LEAST
        row = {"x": x, "y": axes.drawn(lowest(one.persons))}
        rows.append({**row, "what": all_names[Mark.LARGEST if is_largest else kind], "part": int(is_largest)})
        least, most = lowest(one.persons), highest(one.persons)
        stems.append({"x": x, "y": 0, "y2": axes.drawn(least)})
        if most is not None and most > least:
            maybe.append({"x": x, "y": axes.drawn(least), "y2": axes.drawn(most)})
    rows.sort(key=lambda row: row["part"])  # the largest lies above the others
    layers = [_stems(stems), _stems(maybe, strokeDash=[2, 3]), marks(rows, present(all_names, rows))]
    if largest is not None and largest.completed_on is not None:  # else only the caption names it
        x = axes.place(largest.completed_on)
        on_the_left = x > (start + end) // 2
        label = say(
            "{persons}: phase {phase} of {agreement}, {day}",
            persons=wording.figure(largest.persons),
            phase=language.number(largest.phase or 0),
            agreement=largest.agreement,
            day=wording.day(largest.completed_on),
        )
        beside = {"align": "right", "dx": -11} if on_the_left else {"align": "left", "dx": 11}
        y = axes.drawn(lowest(largest.persons))
        layers += words([{"x": x, "y": y, "label": label}], fontWeight="bold", limit=WIDTH // 2, **beside)
    return panel(
        say("Each phase, by its day"),
        _EACH,
        across,
        axes.counts_axis(say("persons"), 0, top + top // 8 + 1),
        layers,
    )


def _is(one: _Exchange, largest: Largest | None) -> bool:
    return largest is not None and (one.agreement, one.phase) == (largest.agreement, largest.phase)


def _stems(rows: list[Row], **look: Any) -> Row:
    return {
        "data": {"values": rows},
        "mark": {"type": "rule", "color": "#8a8a8a", "strokeWidth": 1, "aria": False, **look},
        "encoding": {
            "x": {"field": "x", "type": "temporal"},
            "y": {"field": "y", "type": "quantitative"},
            "y2": {"field": "y2"},
        },
    }


def _of_years(by_year: dict[int, list[_Exchange]], across: Row, language: Language) -> Row:
    """How many in each year: a column up to the least, and above it what is unknown."""
    say = language.say
    names = {
        Band.KNOWN: say("released, at the least"),
        Band.BETWEEN: say("unknown, within these bounds"),
        Band.ABOVE: say("unknown, without an upper bound"),
    }
    totals = {year: in_total(one.persons for one in there) for year, there in by_year.items()}
    top = max(max(lowest(total), highest(total) or 0) for total in totals.values())
    top += top // 4 + 1
    rows, labels = list[Row](), list[Row]()
    for year, total in totals.items():
        x, x2 = axes.place(dt.date(year, 1, 1)), axes.place(dt.date(year, 12, 31))
        inset = (x2 - x) // 12
        low, high = axes.bounds(total, top)
        kind = Band.ABOVE if highest(total) is None else Band.BETWEEN
        for what, y, y2 in ((Band.KNOWN, 0, low), (kind, low, high)):
            if y < y2:
                row = {"what": names[what], "y": axes.drawn(y), "y2": axes.drawn(y2)}
                rows.append({**row, "x": x + inset, "x2": x2 - inset})
        phases = language.say_many("{n} phase", "{n} phases", len(by_year[year]))
        if max(totals) - min(totals) < _MOST_YEARS:
            label = [wording.short(total), phases]
            labels.append({"x": (x + x2) // 2, "y": axes.drawn(low), "label": label})
    return panel(
        say("In each year, by all sides together"),
        _OF_A_YEAR,
        across,
        axes.counts_axis(say("persons"), 0, top),
        [columns(rows, present(names, rows)), *words(labels, align="center", baseline="bottom", dy=-16)],
    )


def _years_table(by_year: dict[int, list[_Exchange]], language: Language) -> Table:
    say = language.say
    return Table(
        say("Persons released in each year, by all sides together"),
        (say("Year"), say("Phases"), say("Persons")),
        tuple(
            (
                str(year),
                language.number(len(there)),
                wording.figure(in_total(one.persons for one in there)),
            )
            for year, there in by_year.items()
        ),
    )


def _exchanges_table(found: list[_Exchange], language: Language) -> Table:
    say = language.say
    return Table(
        say("Each phase in which persons were released"),
        (say("Day"), say("Agreement"), say("Phase"), say("Persons")),
        tuple(
            (wording.day(one.on), one.agreement, language.number(one.phase), wording.figure(one.persons))
            for one in found
        ),
    )
