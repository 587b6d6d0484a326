"""Forms: what a well-formed code, text or number looks like. The one rule: form only, never meaning.

Each form is an ``attrs`` validator, so a value is checked however it comes into being: built in Python,
read from a journal, or decoded from a store. Codes that were found well formed are remembered, because a
log repeats the same few a million times.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reciprocity.domain.errors import Malformed

if TYPE_CHECKING:
    import attrs

LARGEST_COUNT = 10_000_000_000
"""More persons than are alive (about 8.2 billion, UN World Population Prospects 2024)."""

LONGEST_TEXT = 4_000
"""Characters in a note or a reason. A longer text belongs in a source."""

MOST_MEMBERS = 1_000
"""In one list: parties, obligations, rows, notes, sources. Rules ask each row of each obligation, so that
what is said of one phase must have an end."""

AGREEMENT_ID = r"[a-z0-9]+(-[a-z0-9]+)*"
PARTY_CODE = r"[A-Z][A-Z0-9]*([_-][A-Z0-9]+)*"
CATEGORY = r"[a-z][a-z0-9]*(_[a-z0-9]+)*"
SOURCE_KEY = r"[A-Za-z0-9]+([._-][A-Za-z0-9]+)*"

_AGREEMENT_ID = re.compile(AGREEMENT_ID)
_PARTY_CODE = re.compile(PARTY_CODE)
_CATEGORY = re.compile(CATEGORY)
_SOURCE_KEY = re.compile(SOURCE_KEY)
_URL = re.compile(r"https?://[^\s\"<>\\^`{|}]+")
_INVISIBLE = ("Cc", "Cs", "Zl", "Zp")  # not Cn: what is unassigned differs between releases of Python
_BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c")
_WORDS_OF_OURS = frozenset({"total"})  # a figure's name in every answer, beside the categories


@lru_cache(maxsize=4096)
def is_agreement_id(value: str) -> bool:
    """A readable slug: lower-case letters, digits and single hyphens, at most 100."""
    return len(value) <= 100 and _AGREEMENT_ID.fullmatch(value) is not None


@lru_cache(maxsize=4096)
def is_party_code(value: str) -> bool:
    """Upper-case letters and digits, as in ISO 3166 (``UKR``) or an organisation's initials (``ICRC``)."""
    return len(value) <= 32 and _PARTY_CODE.fullmatch(value) is not None


@lru_cache(maxsize=4096)
def is_category(value: str) -> bool:
    """Lower-case words joined by underscores, at most 64 characters; the vocabulary is open."""
    return len(value) <= 64 and _CATEGORY.fullmatch(value) is not None and value not in _WORDS_OF_OURS


@lru_cache(maxsize=16384)
def is_source_key(value: str) -> bool:
    """Letters and digits, joined by single dots, hyphens or underscores."""
    return len(value) <= 64 and _SOURCE_KEY.fullmatch(value) is not None


def is_url(value: str) -> bool:
    """An ``http`` or ``https`` address without blanks or markup."""
    return len(value) <= 2_000 and _URL.fullmatch(value) is not None


def is_text(value: str) -> bool:
    """One line that a person can read in any script: no control, surrogate or direction characters."""
    if not 0 < len(value) <= LONGEST_TEXT:
        return False
    if value.isascii():
        return value.isprintable() and " " not in (value[0], value[-1])
    return _is_text_in_any_script(value)


@lru_cache(maxsize=16384)
def _is_text_in_any_script(value: str) -> bool:
    return value == value.strip() and not any(map(is_hidden, value))


def is_hidden(character: str) -> bool:
    """Whether a character is a control, half of a surrogate pair, or turns the direction of reading."""
    return unicodedata.category(character) in _INVISIBLE or character in _BIDI_CONTROLS


def _refuse(attribute: attrs.Attribute[Any], value: object, wanted: str) -> None:
    # Python refuses to write out an integer of more than 4,300 digits.
    huge = isinstance(value, int) and value.bit_length() > 256
    shown = "a number of more than 77 digits" if huge else repr(value)
    shown = shown if len(shown) <= 80 else shown[:77] + "..."
    raise Malformed(f"{attribute.name}: {shown} is not {wanted}")


def _refuse_many(attribute: attrs.Attribute[Any], value: Any, most: int) -> None:
    raise Malformed(f"{attribute.name}: {len(value):,} in one list, where {most:,} is the most")


def agreement_id(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: the id of an agreement."""
    if not (isinstance(value, str) and is_agreement_id(value)):
        _refuse(attribute, value, "an agreement id (lower-case letters, digits, single hyphens)")


def party_code(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: the code of a party or of a member of one."""
    if not (isinstance(value, str) and is_party_code(value)):
        _refuse(attribute, value, "a party code (upper-case letters and digits, such as UKR)")


def category(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: a category of persons or remains."""
    if not (isinstance(value, str) and is_category(value)):
        _refuse(attribute, value, "a category (lower-case words joined by underscores; not 'total')")


def source_key(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: the key of a source."""
    if not (isinstance(value, str) and is_source_key(value)):
        _refuse(attribute, value, "a source key (letters, digits, single dots or hyphens)")


def url(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: the address of a source."""
    if not (isinstance(value, str) and is_url(value)):
        _refuse(attribute, value, "an http or https address")


def text(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: a line of text."""
    if not (isinstance(value, str) and is_text(value)):
        _refuse(attribute, value, f"a line of plain text (1 to {LONGEST_TEXT:,} visible characters)")


def number(lowest: int, highest: int | None = LARGEST_COUNT) -> Any:
    """A validator: a whole number of at least *lowest*; a boolean is not a number."""

    def whole_number(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if type(value) is not int or value < lowest or (highest is not None and value > highest):
            bound = f"from {lowest:,} to {highest:,}" if highest is not None else f"of {lowest:,} or more"
            _refuse(attribute, value, f"a whole number {bound}")

    return whole_number


def yes_no_or_unclear(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: true, false, or none where it is unclear."""
    if value is not True and value is not False and value is not None:
        _refuse(attribute, value, "true, false or none")


def date(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: a day, without a time."""
    if type(value) is not dt.date:
        _refuse(attribute, value, "a date")


def instant(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: an instant in UTC."""
    if not isinstance(value, dt.datetime) or (
        value.tzinfo is not dt.UTC and value.utcoffset() != dt.timedelta(0)
    ):
        _refuse(attribute, value, "an instant in UTC")


def aware_instant(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
    """Validator: an instant that says in which time zone it is meant."""
    if not isinstance(value, dt.datetime) or value.utcoffset() is None:
        _refuse(attribute, value, "an instant with its time zone")


def tuple_of(kind: type, most: int = MOST_MEMBERS) -> Any:
    """A validator: a tuple of no more than so many members, all of *kind*."""
    only = frozenset({kind})

    def members(_: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if type(value) is not tuple or not only.issuperset(map(type, value)):
            _refuse(attribute, value, f"a tuple of {kind.__name__}")
        if len(value) > most:  # type: ignore[arg-type]  # it is a tuple, see above
            _refuse_many(attribute, value, most)

    return members


def each(form: Any) -> Any:
    """A validator: a tuple whose members each have *form*."""

    def members(instance: object, attribute: attrs.Attribute[Any], value: object) -> None:
        if type(value) is not tuple:
            _refuse(attribute, value, "a tuple")
        if len(value) > MOST_MEMBERS:  # type: ignore[arg-type]  # it is a tuple, see above
            _refuse_many(attribute, value, MOST_MEMBERS)
        for member in value:  # type: ignore[attr-defined]  # it is a tuple, see above
            form(instance, attribute, member)

    return members


def no_two_alike(key: Any = None) -> Any:
    """A validator: no two members of a tuple have the same *key* (by default, are equal)."""

    def distinct(_: object, attribute: attrs.Attribute[Any], value: tuple[Any, ...]) -> None:
        if len(value) < 2:
            return
        keys = value if key is None else tuple(map(key, value))
        if len(set(keys)) != len(keys):
            twice = next(k for k in keys if keys.count(k) > 1)
            raise Malformed(f"{attribute.name}: {_shown(twice)} stands there twice")

    return distinct


def _shown(key: object) -> str:
    return ", ".join(str(part) for part in key) if isinstance(key, tuple) else str(key)
