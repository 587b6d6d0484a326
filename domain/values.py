"""Values: counts, parties, transfers, sources. The one rule: a value that exists is well formed.

Values are frozen, compare by what they hold, and know nothing of agreements.
"""

from __future__ import annotations

import datetime as dt
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import attrs

from reciprocity.domain import forms
from reciprocity.domain.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Iterable

# The usual terms of the field. The vocabulary is open: any well-formed category may be used.
PRISONER_OF_WAR = "prisoner_of_war"
CIVILIAN = "civilian"
WOUNDED_OR_SICK_POW = "wounded_or_sick_pow"
HOSTAGE = "hostage"
DETAINEE = "detainee"
MORTAL_REMAINS = "mortal_remains"
UNSPECIFIED = "unspecified"


@attrs.frozen
class Range:
    """A number that is known only within bounds, both included; ``at_most=None`` is no upper bound.

    A number that is known is a plain ``int``, so a range always leaves something open.

    >>> Range(200) + 5
    Range(at_least=205, at_most=None)
    >>> sum([Range(1, 3), 10])
    Range(at_least=11, at_most=13)
    """

    at_least: int = attrs.field(default=0, validator=forms.number(0, None))
    at_most: int | None = attrs.field(
        default=None, validator=attrs.validators.optional(forms.number(0, None))
    )

    def __attrs_post_init__(self) -> None:
        if self.at_most is not None and self.at_most <= self.at_least:
            raise Malformed(f"at_most: {self.at_most} is not more than at_least, {self.at_least}")

    def __add__(self, other: Count) -> Count:
        return count(self.at_least + lowest(other), _plus(self.at_most, highest(other)))

    __radd__ = __add__

    def __mul__(self, weight: int) -> Count:
        return count(self.at_least * weight, _times(self.at_most, weight))

    __rmul__ = __mul__

    def __str__(self) -> str:
        if self.at_most is None:
            return f"at least {self.at_least:,}" if self.at_least else "unknown"
        return f"{self.at_least:,} to {self.at_most:,}" if self.at_least else f"at most {self.at_most:,}"


Count: TypeAlias = int | Range
"""How many: a whole number, or the range it is known to lie in."""

UNKNOWN = Range()
"""A number of which nothing is known: not zero, and not nothing."""


def count(at_least: int, at_most: int | None) -> Count:
    """The count with these bounds: a plain number when they meet.

    >>> count(3, 3), count(3, None)
    (3, Range(at_least=3, at_most=None))
    """
    return at_least if at_least == at_most else Range(at_least, at_most)


def lowest(of: Count) -> int:
    """The least that a count can be."""
    return of if isinstance(of, int) else of.at_least


def highest(of: Count) -> int | None:
    """The most that a count can be; ``None`` where no bound is known."""
    return of if isinstance(of, int) else of.at_most


def remaining(agreed: Count, exchanged: Count) -> Count:
    """What is left to do, never less than none.

    >>> remaining(1000, 390), remaining(1000, Range(900, 1100)), remaining(Range(1200), 415)
    (610, Range(at_least=0, at_most=100), Range(at_least=785, at_most=None))
    """
    most_done, most_agreed = highest(exchanged), highest(agreed)
    least = 0 if most_done is None else max(0, lowest(agreed) - most_done)
    return count(least, None if most_agreed is None else max(0, most_agreed - lowest(exchanged)))


def equal(a: Count, b: Count) -> bool | None:
    """Whether two counts are the same number; ``None`` where their ranges leave it open.

    >>> equal(270, 269), equal(270, Range(200)), equal(5, Range(6))
    (False, None, False)
    """
    if isinstance(a, int) and isinstance(b, int):
        return a == b
    return False if exceeds(a, b) or exceeds(b, a) else None


def exceeds(a: Count, b: Count) -> bool | None:
    """Whether *a* is more than *b*; ``None`` where their ranges leave it open.

    >>> exceeds(1001, 1000), exceeds(Range(0), 1000), exceeds(7, Range(8))
    (True, None, False)
    """
    most_a, most_b = highest(a), highest(b)
    if most_b is not None and lowest(a) > most_b:
        return True
    return False if most_a is not None and most_a <= lowest(b) else None


def difference(a: Count, b: Count) -> int:
    """By how much *a* is more than *b* at the least; 0 where it may not be.

    >>> difference(207, 195), difference(Range(70), 120), difference(195, 207)
    (12, 0, 0)
    """
    most_b = highest(b)
    return 0 if most_b is None else max(0, lowest(a) - most_b)


def _plus(a: int | None, b: int | None) -> int | None:
    return None if a is None or b is None else a + b


def _times(a: int | None, weight: int) -> int | None:
    return 0 if weight == 0 else None if a is None else a * weight


_number_of_persons = forms.number(0)


def is_count(_: object, attribute: attrs.Attribute[Count], value: object) -> None:
    """Validator: a whole number, or a range, of no more than `forms.LARGEST_COUNT` persons."""
    if isinstance(value, Range):
        # Its bounds are whole numbers already; sums of ranges may exceed what one count may be.
        value = value.at_least if value.at_most is None else value.at_most
    _number_of_persons(_, attribute, value)


@attrs.frozen
class Share:
    """A part of a whole in per cent, rounded down to tenths, so that 100.0 is never said too early."""

    at_least: float
    at_most: float

    def __str__(self) -> str:
        if self.at_least == self.at_most:
            return f"{self.at_least:.1f} %"
        return f"{self.at_least:.1f} to {self.at_most:.1f} %"


def share(part: Count, whole: Count) -> Share | None:
    """How much a *part* is of what *whole* is at the least, up to all of it; ``None`` where that is nothing.

    >>> str(share(390, 1000)), str(share(Range(200, 400), Range(1000))), share(390, UNKNOWN)
    ('39.0 %', '20.0 to 40.0 %', None)
    """
    if not lowest(whole):
        return None
    most = highest(part)
    return Share(
        _per_cent(lowest(part), lowest(whole)), 100.0 if most is None else _per_cent(most, lowest(whole))
    )


def _per_cent(part: int, whole: int) -> float:
    return min(1000, 1000 * part // whole) / 10


def may_include(category: str, part: str) -> bool:
    """Whether some of a mixed category may be of *part*: ``unspecified``, or one that names it with "or".

    >>> may_include("prisoner_of_war_or_civilian", "civilian"), may_include("civilian", "civilian")
    (True, False)
    """
    return category != part and (category == UNSPECIFIED or part in category.split("_or_"))


class Direction(NamedTuple):
    """Who released and who received.

    >>> str(Direction("RUS", "UKR"))
    'RUS>UKR'
    """

    releasing: str
    receiving: str

    def __str__(self) -> str:
        return f"{self.releasing}>{self.receiving}"


@attrs.frozen
class Party:
    """A party to an agreement: a code, a name, and members if it is a group.

    The name is that of a state or an organisation, never of a private person.

    >>> Party("UKR", "Ukraine").codes
    ('UKR',)
    """

    code: str = attrs.field(validator=forms.party_code)
    name: str = attrs.field(validator=forms.text)
    members: tuple[Party, ...] = attrs.field(default=())

    @members.validator
    def _are_single_parties(self, attribute: attrs.Attribute[tuple[Party, ...]], value: object) -> None:
        forms.tuple_of(Party)(self, attribute, value)
        if any(member.members for member in self.members):
            raise Malformed(f"members: a member of {self.code} has members of its own")

    @property
    def codes(self) -> tuple[str, ...]:
        """Every code that stands for this party: its own, then its members'."""
        return (self.code, *(member.code for member in self.members))


@attrs.frozen
class Transfer:
    """So many of one category, released by one and received by another.

    Direction is who held and who received; nationality is never implied. ``within_agreement`` is
    ``True`` (it counts toward what was agreed), ``False`` (an extra release, part of the record that
    counts toward nothing) or ``None`` (whether it counts is unclear or contested).

    >>> Transfer("RUS", "UKR", "civilian", 120).direction
    Direction(releasing='RUS', receiving='UKR')
    """

    releasing: str = attrs.field(validator=forms.party_code)
    receiving: str = attrs.field(validator=forms.party_code)
    category: str = attrs.field(validator=forms.category)
    count: Count = attrs.field(validator=is_count)
    within_agreement: bool | None = attrs.field(default=True, validator=forms.yes_no_or_unclear)

    def __attrs_post_init__(self) -> None:
        if self.releasing == self.receiving:
            raise Malformed(f"receiving: {self.receiving} cannot release to itself")

    @property
    def direction(self) -> Direction:
        """Who released and who received."""
        return Direction(self.releasing, self.receiving)

    @property
    def counted(self) -> Count:
        """What this adds to the agreement's totals: all, nothing, or anything between where that is unclear.

        >>> Transfer("RUS", "UKR", "civilian", 20, within_agreement=None).counted
        Range(at_least=0, at_most=20)
        """
        if self.within_agreement:
            return self.count
        return 0 if self.within_agreement is False else count(0, highest(self.count))


Manifest: TypeAlias = tuple[Transfer, ...]
"""The transfers of one phase; no two of the same direction, category and standing."""


_KIND = attrgetter("releasing", "receiving", "category", "within_agreement")


def is_manifest(_: object, attribute: attrs.Attribute[Manifest], value: Manifest) -> None:
    """Validator: a tuple of transfers without doubles."""
    forms.tuple_of(Transfer)(_, attribute, value)
    if len(value) > 1:
        rows = tuple(map(_KIND, value))
        if len(set(rows)) != len(rows):
            twice = next(row for row in rows if rows.count(row) > 1)
            raise Malformed(f"{attribute.name}: {twice[0]}>{twice[1]} {twice[2]} stands there twice")


@attrs.frozen
class Handover:
    """What took place in one phase: the day and the place, where they are known, and the transfers."""

    completed_on: dt.date | None = attrs.field(validator=attrs.validators.optional(forms.date))
    place: str | None = attrs.field(validator=attrs.validators.optional(forms.text))
    released: Manifest = attrs.field(validator=is_manifest)


@attrs.frozen
class Claimed:
    """What a claimant says was released: a category, or all together where none is named.

    ``count=None`` is silence: the claimant spoke of it and gave no figure, or said nothing. Silence is
    never zero.
    """

    releasing: str = attrs.field(validator=forms.party_code)
    receiving: str = attrs.field(validator=forms.party_code)
    category: str | None = attrs.field(validator=attrs.validators.optional(forms.category))
    count: Count | None = attrs.field(validator=attrs.validators.optional(is_count))

    def __attrs_post_init__(self) -> None:
        if self.releasing == self.receiving:
            raise Malformed(f"receiving: {self.receiving} cannot release to itself")

    @property
    def direction(self) -> Direction:
        """Who, as claimed, released and who received."""
        return Direction(self.releasing, self.receiving)


@attrs.frozen
class Source:
    """Where a fact was published: publisher, day, address. Its key is short and stable within a journal."""

    key: str = attrs.field(validator=forms.source_key)
    publisher: str = attrs.field(validator=forms.text)
    date: dt.date | None = attrs.field(default=None, validator=attrs.validators.optional(forms.date))
    url: str | None = attrs.field(default=None, validator=attrs.validators.optional(forms.url))
    note: str | None = attrs.field(default=None, validator=attrs.validators.optional(forms.text))


def in_total(counts: Iterable[Count]) -> Count:
    """The sum of counts, as an interval sum.

    >>> in_total([270, 120]), in_total([270, Range(100, 120)])
    (390, Range(at_least=370, at_most=390))
    """
    return sum(counts, start=0)
