"""Language: what the tool says, in the reader's. The one rule: the English sentence is the key.

What has no translation is said in English. Figures and dates are written as the language's readers write
them; what others' programs read (``--json``, codes, digests, ids) never changes with the language.
"""

from __future__ import annotations

import datetime as dt
import gettext
from functools import lru_cache
from importlib.resources import as_file, files

import attrs

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

    def say(self, sentence: str, /, **values: str) -> str:
        """A sentence, its places in braces filled in."""
        said = self._sentences.gettext(sentence) if sentence else ""
        return said.format(**values) if values else said

    def say_many(self, one: str, many: str, n: int, /, **values: str) -> str:
        """A sentence about *n* of something, in the form for that many; ``{n}`` is it."""
        return self._sentences.ngettext(one, many, n).format(n=self.number(n), **values)

    def number(self, number: int) -> str:
        """A number, its thousands set apart."""
        return f"{number:,}"

    def day(self, day: dt.date) -> str:
        """A day."""
        return day.isoformat()


@lru_cache
def language(code: str) -> Language:
    """The language of that code, one of `LANGUAGES`.

    Raises:
        LookupError: there is none.
    """
    if code not in LANGUAGES:
        raise LookupError(f"no language {code!r} (there are: {', '.join(LANGUAGES)})")
    with as_file(files("reciprocity.replay").joinpath("locale")) as folder:
        sentences = gettext.translation("reciprocity", folder, [code], fallback=True)
    return Language(code, sentences)
