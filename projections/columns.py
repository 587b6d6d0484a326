"""Columns: from the class of a row to the columns of a table. The one rule: they follow from its fields.

A count has two columns, the least and the most that it may be, and so has a share. Where there is none, both
are null; where only the most is null, no bound is known. What comes in any number is a list, as JSON.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable
from functools import cache, lru_cache
from operator import attrgetter
from typing import Any, TypeAlias

import attrs
import msgspec

from reciprocity.domain import Count, Range, Share
from reciprocity.domain.values import highest, lowest
from reciprocity.store.view_tables import Column, Holds, Line, written

_Values: TypeAlias = Callable[[Any], tuple[Any, ...]]
"""What a value is told as: a value for each of its columns."""

_PLAIN = {str: Holds.TEXT, int: Holds.WHOLE, bool: Holds.YES_OR_NO, float: Holds.NUMBER}
_encode = msgspec.json.Encoder().encode


def columns(row: type) -> tuple[Column, ...]:
    """The columns of rows of a class, after the agreement, which is the first field.

    >>> from reciprocity.projections import CumulativeRow
    >>> [column.name for column in columns(CumulativeRow)][:4]
    ['releasing', 'receiving', 'categories', 'exchanged_at_least']
    """
    return tuple(column for _, made, _ in _fields(row) for column in made)


def line(row: Any) -> Line:
    """The values of a row in these columns."""
    kind: type = type(row)
    values, in_columns = _reader(kind)
    _, *told = values(row)
    for place, told_in in in_columns:
        told[place : place + 1] = told_in(told[place])
    return tuple(told)


@cache
def _reader(row: type) -> tuple[_Values, tuple[tuple[int, _Values], ...]]:
    """How a row's values are got, and by place, the last one first, how those that must be are told."""
    fields = _fields(row)
    in_columns = [
        (place, told_in) for place, (_, _, told_in) in enumerate(fields) if told_in is not _as_it_is
    ]
    return attrgetter("agreement", *(name for name, _, _ in fields)), tuple(reversed(in_columns))


@cache
def _fields(row: type) -> tuple[tuple[str, tuple[Column, ...], _Values], ...]:
    types_of = typing.get_type_hints(row)
    return tuple((field.name, *_columns(field.name, types_of[field.name])) for field in attrs.fields(row)[1:])


def _columns(name: str, of: Any) -> tuple[tuple[Column, ...], _Values]:
    """The columns of a field, and how its value is told in them."""
    options = typing.get_args(of) if isinstance(of, types.UnionType) else (of,)
    nullable = types.NoneType in options
    kinds = [option for option in options if option is not types.NoneType]
    least, most = f"{name}_at_least", f"{name}_at_most"
    if Range in kinds:
        return (Column(least, Holds.WHOLE, nullable), Column(most, Holds.WHOLE, nullable=True)), _bounds
    [kind] = kinds
    if kind is Share:
        return (Column(least, Holds.NUMBER, nullable), Column(most, Holds.NUMBER, nullable)), _share
    holds, told_in = _single(kind)
    return (Column(name, holds, nullable),), told_in


def _single(kind: Any) -> tuple[Holds, _Values]:
    if kind in _PLAIN:
        return _PLAIN[kind], _as_it_is
    if kind is dt.date:
        return Holds.DAY, lambda day: (day and day.isoformat(),)
    if kind is dt.datetime:
        return Holds.INSTANT, lambda instant: (instant and written(instant),)
    if typing.get_origin(kind) is tuple:
        return Holds.LIST, _json
    raise TypeError(f"{kind} has no column")


def _as_it_is(value: Any) -> tuple[Any, ...]:
    return (value,)


@lru_cache(maxsize=1_000)
def _json(members: tuple[Any, ...]) -> tuple[str]:
    return (_encode(members).decode(),)


def _bounds(of: Count | None) -> tuple[int | None, int | None]:
    if type(of) is int:
        return of, of
    return (None, None) if of is None else (lowest(of), highest(of))


def _share(of: Share | None) -> tuple[float | None, float | None]:
    return (None, None) if of is None else (of.at_least, of.at_most)
