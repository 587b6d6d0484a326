"""The catalogues: whatever the tool says is translated, whole, into every language that it speaks."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from reciprocity.domain import RULES, Status, values
from reciprocity.projections import Label
from reciprocity.replay import vocabulary
from reciprocity.replay.findings import Found
from reciprocity.replay.language import LANGUAGES, language
from reciprocity.store.wire import KINDS
from tests.catalogues import TRANSLATED, brought_up, compiled_of, kept, said, source_of, written
from tests.documents import ROOT

SAID = said()
_SPACES = " \u00a0\u202f"


def sentences(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def forms(told: object) -> tuple[str, ...]:
    return told if isinstance(told, tuple) else (str(told),)


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def test_there_is_a_catalogue_for_every_language_but_english() -> None:
    folders = {path.parent.parent.name for path in ROOT.glob("replay/locale/*/LC_MESSAGES/reciprocity.po")}
    assert folders == set(TRANSLATED) == set(LANGUAGES) - {"en"}


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_sentence_is_translated_and_none_besides(code: str) -> None:
    catalogue = kept(code)
    assert {message.id for message in sentences(catalogue)} == {message.id for message in sentences(SAID)}
    for message in sentences(catalogue):
        assert all(forms(message.string)), message.id
        assert not message.fuzzy, message.id
    assert not catalogue.obsolete


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_has_the_same_places_in_each_form(code: str) -> None:
    for message in sentences(kept(code)):
        wanted = places(forms(message.id)[0])
        for form in (*forms(message.id), *forms(message.string)):
            assert places(form) == wanted, message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_begins_and_ends_as_the_sentence_does(code: str) -> None:
    for message in sentences(kept(code)):
        [one, *_] = forms(message.id)
        for form in forms(message.string):
            assert form.strip(_SPACES) == form or one.strip(" :;") != one, message.id
            assert form.endswith(".") == one.endswith("."), message.id
            assert form.count("\n") == one.count("\n"), message.id


@pytest.mark.parametrize("code", TRANSLATED)
def test_plurals_have_the_forms_of_the_language(code: str) -> None:
    catalogue = kept(code)
    assert catalogue.num_plurals == Catalog(locale=code).num_plurals == 3
    assert catalogue.plural_expr == Catalog(locale=code).plural_expr
    for message in sentences(catalogue):
        if message.pluralizable:
            assert len(forms(message.string)) == 3, message.id


@pytest.mark.parametrize(
    ("code", "form", "numbers"),
    [
        ("fr", "{n} événement", (0, 1)),
        ("fr", "{n} événements", (2, 21, 1_000, 999_999, 1_000_001)),
        ("fr", "{n} d’événements", (1_000_000, 2_000_000)),
        ("uk", "{n} подія", (1, 21, 101, 1_001)),
        ("uk", "{n} події", (2, 3, 4, 22, 1_034)),
        ("uk", "{n} подій", (0, 5, 11, 12, 14, 20, 111, 1_000)),
        ("ru", "{n} событие", (1, 21, 101, 1_001)),
        ("ru", "{n} события", (2, 3, 4, 22, 1_034)),
        ("ru", "{n} событий", (0, 5, 11, 12, 14, 20, 111, 1_000)),
    ],
)
def test_each_number_gets_its_form(code: str, form: str, numbers: tuple[int, ...]) -> None:
    one = language(code)
    for number in numbers:
        told = one.say_many("{store}: {n} event", "{store}: {n} events", number, store="a")
        assert told.split(":", 1)[1].strip() == form.format(n=one.number(number))


@pytest.mark.parametrize("code", TRANSLATED)
def test_what_is_compiled_is_what_is_translated(code: str) -> None:
    with compiled_of(code).open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for message in sentences(kept(code)):
        if message.pluralizable:
            one, many = forms(message.id)
            told = {compiled.ngettext(one, many, n) for n in (0, 1, 2, 5, 1_000_000)}
            assert told == set(forms(message.string)), one
        else:
            assert compiled.gettext(str(message.id)) == message.string


@pytest.mark.parametrize("code", TRANSLATED)
def test_the_catalogues_are_as_make_messages_writes_them(code: str) -> None:
    def lines(text: bytes) -> list[bytes]:
        return [line for line in text.splitlines() if not line.startswith(b'"Generated-By')]

    assert lines(source_of(code).read_bytes()) == lines(written(brought_up(code)))


def test_all_that_is_looked_up_by_a_code_is_in_the_catalogues() -> None:
    known = {message.id for message in sentences(SAID)}
    categories = {value for name, value in vars(values).items() if name.isupper() and isinstance(value, str)}
    assert "prisoner_of_war" in categories
    assert {category.replace("_", " ") for category in categories} <= known
    assert {status.value for status in Status} | {
        status.value.replace("-", " ") for status in Status
    } <= known
    assert {label.value for label in Label} <= known
    assert {kind.name for kind in KINDS} <= known
    kinds = re.findall(r"``([a-z-]+)``", str(Found.__doc__))
    assert {"file", "cut-off", "list"} <= set(kinds) <= known


def test_every_rule_has_a_sentence_of_its_own() -> None:
    assert list(vocabulary.RULES) == [rule.__name__ for rule in RULES]
    assert len(set(vocabulary.RULES.values())) == len(RULES)
