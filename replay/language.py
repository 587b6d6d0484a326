"""Language: what the tool says, in the reader's. The one rule: the English sentence is the key.

What has no translation is said in English. Figures and dates are written as the language's readers write
them; what others' programs read (``--json``, codes, digests, ids) never changes with the language.

Which language is spoken is set once, by the command line or by `speaking`; what is then put into words for
people is said in it. Sentences are found in the code by the names `say`, `say_many` and `to_say`: that is how
``make messages`` gathers them into the catalogues.
"""

from __future__ import annotations

import datetime as dt
import gettext
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from importlib.resources import as_file, files

import attrs

from reciprocity.domain.errors import ExtraMissing
from reciprocity.replay.conventions import Cldr, Conventions, Plain

LANGUAGES = ("en", "fr", "uk", "ru")
"""The languages that there are catalogues for; English needs none."""


@attrs.frozen
class Language:
    """One language: its sentences, figures and dates.

    >>> english = language("en")
    >>> english.say("phase {number} of {agreement}", number=english.number(1000), agreement="a-b")
    'phase 1,000 of a-b'
    >>> english.say_many("{n} phase", "{n} phases", 2)
    '2 phases'
    """

    code: str
    _sentences: gettext.NullTranslations = attrs.field(eq=False, repr=False)
    _conventions: Conventions = attrs.field(eq=False, repr=False, factory=Plain)

    def say(self, sentence: str, /, **values: str) -> str:
        """A sentence, its places in braces filled in."""
        said = self._sentences.gettext(sentence) if sentence else ""
        return said.format(**values) if values else said

    def say_many(self, one: str, many: str, n: int, /, **values: str) -> str:
        """A sentence about *n* of something, in the form that goes with that many; ``{n}`` is the number."""
        return self._sentences.ngettext(one, many, n).format(n=self.number(n), **values)

    def number(self, number: int) -> str:
        """A number, its thousands set apart."""
        return self._conventions.number(number)

    def signed(self, number: int) -> str:
        """The same with its sign: ``+1,151``."""
        return f"{'-' if number < 0 else '+'}{self.number(abs(number))}"

    def tenths(self, number: float) -> str:
        """A number with one decimal."""
        return self._conventions.tenths(number)

    def percent(self, number: float) -> str:
        """So many per cent, with one decimal: 39.0 is ``39.0 %``."""
        return self._conventions.percent(number)

    def day(self, day: dt.date) -> str:
        """A day, in figures, with the whole year."""
        return self._conventions.day(day)

    def instant(self, instant: dt.datetime) -> str:
        """An instant, to the minute, in the zone that it has."""
        return self._conventions.instant(instant)


@lru_cache
def language(code: str) -> Language:
    """The language of that code, one of `LANGUAGES`.

    Raises:
        LookupError: there is none.
        ExtraMissing: its figures and dates are not known without Babel, which is not installed.
    """
    if code not in LANGUAGES:
        raise LookupError(f"no language {code!r} (there are: {', '.join(LANGUAGES)})")
    if code == "en":
        return Language(code, gettext.NullTranslations())
    try:
        conventions = Cldr(code)
    except ImportError as error:
        raise ExtraMissing(f'the language {code} needs pip install "reciprocity[languages]"') from error
    with as_file(files("reciprocity.replay").joinpath("locale")) as folder:
        return Language(code, gettext.translation("reciprocity", folder, [code]), conventions)


_SPOKEN: ContextVar[Language] = ContextVar("spoken")


def spoken() -> Language:
    """The language that is spoken now; English, unless another was chosen."""
    return _SPOKEN.get(language("en"))


def speak(chosen: Language) -> None:
    """Speak that language from now on; to the end, where this is done within `speaking`."""
    _SPOKEN.set(chosen)


@contextmanager
def speaking(chosen: Language) -> Iterator[None]:
    """Speak that language meanwhile, and afterwards the one that was spoken before.

    >>> with speaking(language("en")):
    ...     spoken().code
    'en'
    """
    before = _SPOKEN.set(chosen)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def say(sentence: str, /, **values: str) -> str:
    """A sentence in the language that is spoken now: see `Language.say`."""
    return spoken().say(sentence, **values)


def say_many(one: str, many: str, n: int, /, **values: str) -> str:
    """A sentence about *n* of something in the language that is spoken now: see `Language.say_many`."""
    return spoken().say_many(one, many, n, **values)


def to_say(sentence: str, /) -> str:
    """The sentence itself, which is said later: it is looked up then, and put into the catalogues now."""
    return sentence
