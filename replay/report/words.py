"""Words: names, sentences and facts as a page says them. The one rule: a text of the record stays text.

Whatever a record says is escaped, and stands in an element of its own, so that its direction of reading
turns nothing around it. Figures are worded as everywhere, see `wording`; here are those that hold markup.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup, escape

from reciprocity.domain import OPEN
from reciprocity.replay import language, vocabulary, wording
from reciprocity.replay.language import spoken, to_say
from reciprocity.replay.visible import visible
from reciprocity.store import name_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from reciprocity.domain import Count, Direction, Event, Source, Terms

_VERDICTS = (to_say("holds"), to_say("violated"), to_say("undecidable"))


def isolated(text: object) -> Markup:
    """A text of the record, so set apart that it turns nothing around it.

    >>> print(isolated("<i>צבא"))
    <bdi>&lt;i&gt;צבא</bdi>
    """
    return Markup("<bdi>{}</bdi>").format(visible(str(text)))


def strong(text: object) -> Markup:
    """A figure that is what others are about."""
    return Markup("<strong>{}</strong>").format(text)


def joined(parts: Iterable[object], between: str = ", ") -> Markup:
    """Parts one after the other."""
    return escape(between).join(map(escape, parts))


def say(sentence: str, /, **values: object) -> Markup:
    """A sentence in the language of the page. What stands in its places is escaped, unless it is ours."""
    said = escape(language.say(sentence))
    return said.format(**values) if values else said


def say_many(one: str, many: str, n: int, /) -> Markup:
    """A sentence about so many of something."""
    return escape(language.say_many(one, many, n))


def number(of: int) -> str:
    """A whole number."""
    return spoken().number(of)


def instant(of: dt.datetime) -> str:
    """An instant of the record, to the second if it has any, in UTC."""
    return f"{spoken().instant(of)}{f':{of:%S}' if of.second else ''} UTC"


def progress(exchanged: Count, agreed: Count | None, *, stressed: bool = False) -> Markup:
    """How much of an agreed total was exchanged; how much, where nothing was agreed."""
    done = strong(wording.figure(exchanged)) if stressed else escape(wording.figure(exchanged))
    if agreed is None:
        return done
    if agreed == OPEN:
        return say("{done} of open", done=done)
    return say("{done} of {total}", done=done, total=wording.total(agreed))


def categories(names: Iterable[str]) -> str:
    """Categories that are counted together."""
    return " + ".join(map(wording.category, names))


def label(value: str) -> str:
    """What claims come to, what a rule found, where a phase stands."""
    return language.say(value)


def event_name(event: Event) -> str:
    """What kind of event it is."""
    name = name_of(event)
    said = vocabulary.event(name)
    said = name.replace("-", " ") if said == name else said
    return said[:1].upper() + said[1:]


def rule_sentence(name: str) -> str:
    """What a rule says."""
    return language.say(vocabulary.RULES[name])


def party(terms: Terms, code: str) -> Markup:
    """A party or a member of one by its name; whoever is neither by what the record calls it."""
    names = {one.code: one.name for party in terms.parties for one in (party, *party.members)}
    return isolated(names.get(code, code))


def direction(terms: Terms, of: Direction) -> Markup:
    """Who released and who received, by name."""
    return Markup("{} → {}").format(*(party(terms, code) for code in of))


def owed(terms: Terms, of: Direction, names: Iterable[str]) -> Markup:
    """A direction, and the categories that are counted in it."""
    named = categories(names)
    return Markup("{}, {}").format(direction(terms, of), named) if named else direction(terms, of)


def claimant(terms: Terms, name: str, office: str | None) -> Markup:
    """Who says it, and who spoke for it."""
    return Markup("{} ({})").format(party(terms, name), isolated(office)) if office else party(terms, name)


def link(source: Source) -> str | None:
    """Where a source can be read, if that is on the web.

    >>> from reciprocity.domain import Source
    >>> link(Source("a", "A", url="https://a.example/b")), link(Source("a", "A"))
    ('https://a.example/b', None)
    """
    url = source.url or ""
    return url if url.startswith(("https://", "http://")) else None
