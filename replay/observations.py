"""Observations: what a rule found, in the reader's language. The one rule: the unrecognised stays English.

The domain says in English what it saw; so it is compared, and printed for programs. Each of its sentences
stands here once more, with its places; what fills a place is put into words as everywhere else.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache
from string import Formatter
from typing import TYPE_CHECKING, TypeAlias

from reciprocity.domain import Count, Finding, Range, Verdict
from reciprocity.domain.forms import CATEGORY, PARTY_CODE
from reciprocity.replay import vocabulary, wording
from reciprocity.replay.language import say, spoken, to_say
from reciprocity.store.wire import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    Place: TypeAlias = tuple[str, Callable[[str], str]]
    """How what fills a place looks, and how it is put into words."""

_FOUND = {
    Verdict.VIOLATED: to_say("{rule} is violated: {seen}; allowed: {allowed}"),
    Verdict.UNDECIDABLE: to_say("{rule} is undecidable: {seen}; allowed: {allowed}"),
}
_SENTENCES = (
    to_say("{event} while the agreement is {status}"),
    to_say("{event} while phase {phase} is {phase_status}"),
    to_say("nothing more"),
    to_say("phase {phase}"),
    to_say("up to phase {phase}"),
    to_say("{number} named"),
    to_say("2 parties or more"),
    to_say("no obligation"),
    to_say("1 obligation or more"),
    to_say("the claimant {text}, which looks like {other}"),
    to_say("no party"),
    to_say("{direction} within one party"),
    to_say("releases to another party"),
    to_say("{party} in {direction}"),
    to_say("nothing"),
    to_say("{obligation} {figure} exchanged"),
    to_say("{obligation} {figure} exchanged after phase {phase}, under the terms of then"),
    to_say("{party} released {figure} and received {received} in phase {phase}"),
    to_say("{party} released {figure} and received {received} at fulfilment"),
    to_say("equal value"),
    to_say("{event} on {day}"),
    to_say("from {day}"),
    to_say("phase {phase} on {day}, under the amended terms"),
    to_say("phase {phase} reversed as {handover}"),
    to_say("as {handover}"),
)
_PLACES_ALONE = ("{figure}", "{obligations}", "{events}")
_NOT_ON_RECORD = to_say("not on record")
_AN_UNKNOWN_DAY = to_say("an unknown day")

_EVENTS = {kind.event.__name__: kind.name for kind in KINDS}
_NUMBER = r"\d{1,3}(?:,\d{3})*"
_FIGURE = rf"(?:unknown|at least {_NUMBER}|at most {_NUMBER}|{_NUMBER}(?: to {_NUMBER})?)"
_CODE = PARTY_CODE.replace("(", "(?:")
_WORD = CATEGORY.replace("(", "(?:")
_DIRECTION = f"{_CODE}>{_CODE}"
_OBLIGATION = rf"{_DIRECTION}(?: {_WORD}(?: \+ {_WORD})*)?"
_ROW = f"{_DIRECTION} {_WORD} {_FIGURE}"
_EVENT = f"(?:{'|'.join(_EVENTS)})"
_DAY = r"\d{4}-\d\d-\d\d"


def finding(of: Finding) -> str:
    """What a rule found: its name, the verdict, what was seen against what is allowed."""
    return say(
        _FOUND[of.verdict], rule=vocabulary.rule(of.rule), seen=said(of.seen), allowed=said(of.allowed)
    )


def said(text: str) -> str:
    """What was seen, or is allowed, in the language that is spoken.

    >>> said("RUS>UKR 1,001 exchanged")
    'RUS>UKR 1,001 exchanged'
    """
    if spoken().code == "en":
        return text
    for sentence, shape in _shapes():
        if found := shape.fullmatch(text):
            values = {name: _PLACES[name][1](value) for name, value in found.groupdict().items()}
            return sentence.format(**values) if sentence in _PLACES_ALONE else say(sentence, **values)
    return text


@lru_cache
def _shapes() -> list[tuple[str, re.Pattern[str]]]:
    """Each sentence, and how it looks when its places are filled."""
    return [
        (sentence, re.compile("".join(map(_part, Formatter().parse(sentence)))))
        for sentence in (*_SENTENCES, *_PLACES_ALONE)
    ]


def _part(part: tuple[str, str | None, str | None, str | None]) -> str:
    text, name, *_ = part
    return re.escape(text) + (f"(?P<{name}>{_PLACES[name][0]})" if name else "")


def _count(text: str) -> Count:
    least, *most = (int(number.replace(",", "")) for number in re.findall(_NUMBER, text) or ["0"])
    if most:
        return Range(least, *most)
    if text.startswith("at most"):
        return Range(0, least)
    return Range(least) if text == "unknown" or text.startswith("at least") else least


def _figure(text: str) -> str:
    return wording.figure(_count(text))


def _obligation(text: str) -> str:
    direction, *categories = re.split(r" \+ | ", text)
    return " ".join([direction, " + ".join(map(wording.category, categories))]).strip()


def _obligations(text: str) -> str:
    return ", ".join(map(_obligation, text.split(", ")))


def _events(text: str) -> str:
    return ", ".join(vocabulary.event(_EVENTS[name]) for name in text.split(", "))


def _day(text: str) -> str:
    return spoken().day(dt.date.fromisoformat(text))


def _row(text: str) -> str:
    direction, category, figure = text.split(" ", 2)
    obligation = _obligation(f"{direction} {category}")
    return say("{what} {count}", what=obligation, count=_figure(figure))


def _handover(text: str) -> str:
    if text == _NOT_ON_RECORD:
        return say(text)
    rows, _, day = text.rpartition(" on ")
    what = ", ".join(map(_row, re.findall(_ROW, rows)))
    when = say(day) if day == _AN_UNKNOWN_DAY else _day(day)
    return say("{what} on {day}", what=what or say("nobody"), day=when)


def _as_it_is(text: str) -> str:
    return text


_PLACES: dict[str, Place] = {
    "event": (_EVENT, _events),
    "events": (f"{_EVENT}(?:, {_EVENT})*", _events),
    "status": ("[a-z-]+", vocabulary.status),
    "phase_status": ("[a-z]+", say),
    "phase": (r"\d+", _as_it_is),
    "number": (r"\d+", _as_it_is),
    "text": (".+", _as_it_is),
    "other": (".+", _as_it_is),
    "party": (_CODE, _as_it_is),
    "direction": (_DIRECTION, _as_it_is),
    "obligation": (_OBLIGATION, _obligation),
    "obligations": (f"{_OBLIGATION}(?:, {_OBLIGATION})*", _obligations),
    "figure": (_FIGURE, _figure),
    "received": (_FIGURE, _figure),
    "day": (_DAY, _day),
    "handover": (
        f"{_NOT_ON_RECORD}|(?:nobody|{_ROW}(?:, {_ROW})*) on (?:{_DAY}|{_AN_UNKNOWN_DAY})",
        _handover,
    ),
}
