"""Conventions: how figures and dates are written. The one rule: they tell the same, whatever they look like.

English is written as this tool always did, and needs nothing. Every other language is written as the Unicode
CLDR has it, by Babel, from the extra ``languages``.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import MAX_PREC, Decimal, localcontext
from typing import Protocol, TypeAlias, TypeVar

import attrs

_T = TypeVar("_T")
_Writes: TypeAlias = Callable[[_T], str]


class Conventions(Protocol):
    """How a language writes figures and dates."""

    def number(self, number: int) -> str:
        """A whole number, its thousands set apart."""

    def tenths(self, number: float) -> str:
        """A number with one decimal."""

    def percent(self, number: float) -> str:
        """So many per cent, with one decimal."""

    def day(self, day: dt.date) -> str:
        """A day, in figures, with the whole year."""

    def instant(self, instant: dt.datetime) -> str:
        """An instant, to the minute."""


@attrs.frozen
class Plain:
    """English: commas for thousands, and days as ISO 8601 has them.

    >>> Plain().number(1000), Plain().percent(39.0), Plain().day(dt.date(2025, 5, 24))
    ('1,000', '39.0 %', '2025-05-24')
    """

    def number(self, number: int) -> str:
        """A whole number, its thousands set apart."""
        return f"{number:,}"

    def tenths(self, number: float) -> str:
        """A number with one decimal."""
        return f"{number:.1f}"

    def percent(self, number: float) -> str:
        """So many per cent, with one decimal."""
        return f"{number:.1f} %"

    def day(self, day: dt.date) -> str:
        """A day, in figures, with the whole year."""
        return day.isoformat()

    def instant(self, instant: dt.datetime) -> str:
        """An instant, to the minute."""
        return f"{instant:%Y-%m-%d %H:%M}"


class Cldr:
    """A language as the Unicode Common Locale Data Repository has it.

    Raises:
        ImportError: Babel is not installed.
    """

    def __init__(self, code: str) -> None:
        from babel import Locale, dates, numbers  # noqa: PLC0415  # only who asks for it needs it

        locale = Locale.parse(code)
        # The language's own patterns, but with a decimal, a year of four digits, and no seconds.
        percent = locale.percent_formats[None].pattern.replace("0", "0.0")
        day, minutes = (str(locale.datetime_skeletons[fields]) for fields in ("yMd", "Hm"))
        self._number: _Writes[int] = lambda number: numbers.format_decimal(number, "#,##0", locale)
        self._tenths: _Writes[Decimal] = lambda number: numbers.format_decimal(number, "#,##0.0", locale)
        self._percent: _Writes[Decimal] = lambda part: numbers.format_percent(part, percent, locale)
        self._day: _Writes[dt.date] = lambda of: dates.format_date(of, day, locale)
        self._minutes: _Writes[dt.time] = lambda of: dates.format_time(of, minutes, locale=locale)

    def number(self, number: int) -> str:
        """A whole number, its thousands set apart."""
        with localcontext(prec=MAX_PREC):  # Babel rounds by the present one, and would refuse a long number
            return self._number(number)

    def tenths(self, number: float) -> str:
        """A number with one decimal."""
        return self._tenths(Decimal(f"{number:.1f}"))

    def percent(self, number: float) -> str:
        """So many per cent, with one decimal."""
        return self._percent(Decimal(f"{number:.1f}") / 100)

    def day(self, day: dt.date) -> str:
        """A day, in figures, with the whole year."""
        return self._day(day)

    def instant(self, instant: dt.datetime) -> str:
        """An instant, to the minute."""
        return f"{self._day(instant.date())} {self._minutes(instant.timetz())}"
