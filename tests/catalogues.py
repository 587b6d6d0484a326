"""Catalogues: what the tool says, gathered from its code, beside its translations.

``python -m tests.catalogues``, which is ``make messages``, brings the catalogues up to the code and compiles
them. What is new has no translation then, and a test says so; what is said no more leaves the catalogue.
"""

from __future__ import annotations

import datetime as dt
from importlib.metadata import version
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from reciprocity.replay.language import LANGUAGES
from tests.documents import ROOT

TRANSLATED = tuple(code for code in LANGUAGES if code != "en")
_SAID_BY = {"say": None, "say_many": (1, 2), "to_say": None}
_ROOM = ROOT / "replay"
_WHO = "The reciprocity maintainers"
_NO_INSTANT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # of writing: the same sentences are the same bytes
_HEADER = """\
# What reciprocity says: {language}.
# The English sentence is the key. How to translate: docs/languages.md.
# Its order and its line breaks are those of "make messages"."""


def source_of(code: str) -> Path:
    """The catalogue of a language, as people edit it."""
    return _ROOM / "locale" / code / "LC_MESSAGES" / "reciprocity.po"


def compiled_of(code: str) -> Path:
    """The same as programs read it."""
    return source_of(code).with_suffix(".mo")


def said() -> Catalog:
    """Every sentence that the code says, without translations."""
    found = Catalog(creation_date=_NO_INSTANT)
    for _, _, message, comments, context in extract_from_dir(
        _ROOM,
        [("**.py", "python"), ("**.html", "jinja2")],
        {"**.html": {"silent": "false"}},
        keywords=_SAID_BY,
        comment_tags=("Translators:",),
    ):
        found.add(message, auto_comments=comments, context=context)
    return found


def kept(code: str) -> Catalog:
    """The catalogue of a language as it is kept."""
    with source_of(code).open("rb") as file:
        return read_po(file, locale=code)


def brought_up(code: str) -> Catalog:
    """The catalogue with what the code says, and without what it says no more."""
    catalogue = Catalog(
        locale=code,
        header_comment=_HEADER.format(language=Locale.parse(code).english_name),
        project="reciprocity",
        version=version("reciprocity"),
        msgid_bugs_address=_WHO,
        last_translator=_WHO,
        language_team=_WHO,
        creation_date=_NO_INSTANT,
        revision_date=_NO_INSTANT,
        fuzzy=False,
    )
    for message in kept(code) if source_of(code).exists() else ():
        if message.id:
            catalogue[message.id] = message
    catalogue.update(said(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """The catalogue as people edit it."""
    file = BytesIO()
    write_po(file, catalogue, width=100, sort_output=True)
    return file.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as programs read it."""
    file = BytesIO()
    write_mo(file, catalogue)
    return file.getvalue()


if __name__ == "__main__":
    for language in TRANSLATED:
        source, now = source_of(language), brought_up(language)
        source.parent.mkdir(parents=True, exist_ok=True)
        source.write_bytes(written(now))
        compiled_of(language).write_bytes(compiled(now))
