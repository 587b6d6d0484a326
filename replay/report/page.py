"""Page: sections, style and script as one file. The one rule: it asks nothing of any other place.

The page forbids itself everything, then allows the one style and the one script that it holds, by their
hashes. Whatever the record says was escaped by the templates, or is a number.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from reciprocity.domain import happened_on
from reciprocity.replay import observations, vocabulary, wording
from reciprocity.replay.language import say, spoken
from reciprocity.replay.report import words
from reciprocity.replay.report.claimed import in_columns
from reciprocity.replay.report.parts import packed
from reciprocity.replay.report.section import Section, section
from reciprocity.replay.report.stops import Stops, replayed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from reciprocity.domain import Recorded
    from reciprocity.replay.report.sealed import Sealed

Point = tuple["dt.date | None", "dt.datetime | None"]
"""As of a day, known at an instant; ``None`` is the last there is."""

WHOLE: Point = (None, None)


def page(
    histories: Mapping[str, Sequence[Recorded]],
    *,
    source: str,
    sealed: Sealed,
    mark: Point | None = None,
    start: Point = WHOLE,
) -> str:
    """The report of these agreements, by their ids, as HTML.

    *source* names the record; *mark* and *start* are the two points that are compared when the page is
    opened: from where, by default the first, and to where, which the sliders then show.
    """
    asked = [start] if mark is None else [mark, start]
    stops, all_replayed = replayed(
        histories.values(),
        also_days=[day for day, _ in asked if day],
        also_instants=[instant for _, instant in asked if instant],
    )
    environment = _environment()
    render = environment.get_template("pieces.html").module
    sections = [section(name, one, render) for name, one in zip(histories, all_replayed, strict=True)]
    style, script = (
        files(__package__).joinpath(name).read_text("utf-8") for name in ("report.css", "report.js")
    )
    answers = _answers(sections, stops, mark, start)
    titles = [one.terms.title for one in sections]
    return environment.get_template("page.html").render(
        answers=Markup(answers),  # noqa: S704  # no sign of markup is left in it
        days=[wording.day(day) for day in stops.days],
        instants=[words.instant(instant) for instant in stops.instants],
        language=spoken().code,
        policy=_policy(style, script),
        script=Markup(script),  # noqa: S704  # ours
        seal=Markup(sealed.html(environment, source)),  # noqa: S704  # a template of ours
        sections=sections,
        source=source,
        stops=stops,
        style=Markup(style),  # noqa: S704  # ours
        title=titles[0] if len(titles) == 1 else source,
        version=version("reciprocity"),
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader(__package__),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {
        "happened_on": happened_on,
        "in_columns": in_columns,
        "level": 3,
        "observations": observations,
        "say": words.say,
        "say_many": words.say_many,
        "vocabulary": vocabulary,
        "wording": wording,
        "words": words,
    }
    return environment


def _policy(style: str, script: str) -> str:
    def allowed(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {allowed(style)}",
            f"script-src {allowed(script)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _answers(sections: Iterable[Section], stops: Stops, mark: Point | None, start: Point) -> str:
    """What the script chooses by, as JSON in which nothing reads as markup."""
    found = {
        "days": [str(wording.day(day)) for day in stops.days],
        "instants": [str(words.instant(instant)) for instant in stops.instants],
        "points": {
            "now": say("As of {day}, as known at {instant}"),
            "between": say("From {day}, as known at {instant}, to {later_day}, as known at {later_instant}"),
        },
        "mark": [0, 0] if mark is None else _place(stops, mark),
        "start": _place(stops, start),
        "agreements": [_agreement(one, stops) for one in sections],
    }
    text = msgspec.json.encode(found).decode()
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _place(stops: Stops, point: Point) -> list[int]:
    day, instant = point
    return [
        len(stops.days) - 1 if day is None else stops.days.index(day),
        len(stops.instants) - 1 if instant is None else stops.instants.index(instant),
    ]


def _agreement(of: Section, stops: Stops) -> dict[str, Any]:
    grid = of.replayed.grid
    by_history = [
        {"name": name, "lists": packed(list(shown.part.lists)), "histories": shown.by_history}
        for name, shown in of.shown.items()
    ]
    by_place = [
        {
            "name": chart.part.name,
            "lists": packed(list(chart.part.lists)),
            "places": chart.places,
            "nothing": chart.part.shown(()),
            "x": [chart.frame.x(min(max(day, chart.frame.first), chart.frame.last)) for day in stops.days],
        }
        for chart in of.charts
    ]
    return {
        "days": of.replayed.days,
        "instants": of.replayed.instants,
        "places": grid.places,
        "nothing": len(grid.histories),
        "parts": [*by_history, *by_place],
        "figures": {
            "now": of.figures.now,
            "groups": list(of.figures.groups),
            "histories": packed(of.figures.by_history),
        },
    }
