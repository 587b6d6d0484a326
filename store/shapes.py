"""Shapes: the form in which the model's values are stored. The one rule: a shape says nothing of its own.

Each is derived from a class of the domain: an object with the same fields in alphabetical order, where
nothing is written for what was left open (``None``, an empty tuple). A transfer, of which a log holds
millions, is a row: ``["RUS","UKR","civilian",120,true]``.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from functools import cache, lru_cache, partial
from operator import attrgetter
from typing import Annotated, Any, TypeAlias, TypeVar, cast

import attrs
import msgspec

from reciprocity.domain import Transfer

T = TypeVar("T")

Restore: TypeAlias = Callable[[Any], Any]
"""Makes what is stored in a shape what it is in the domain."""

_PLACES = tuple(field.name for field in attrs.fields(Transfer))
_NOBODY = Annotated[tuple[str, ...], msgspec.Meta(max_length=0)]
_SHAPES: dict[tuple[type[Any], bool], type[msgspec.Struct]] = {}
_REMEMBERED = 16_384  # parts of each class


def shape_of(kind: type[Any], *, innermost: bool = False) -> type[msgspec.Struct]:
    """The shape of an attrs class. *innermost* is that of a member of the same class, which has none itself.

    >>> from reciprocity.domain import Handover
    >>> handover = Handover(None, None, (Transfer("RUS", "UKR", "civilian", 120),))
    >>> msgspec.json.encode(stored(handover))
    b'{"released":[["RUS","UKR","civilian",120,true]]}'
    """
    if (shape := _SHAPES.get((kind, innermost))) is None:
        shape = _SHAPES[kind, innermost] = _derived(kind, innermost=innermost)
    return shape


def _derived(kind: type[Any], *, innermost: bool) -> type[msgspec.Struct]:
    types_of = typing.get_type_hints(kind)
    names = [field.name for field in attrs.fields(kind)]
    if kind is Transfer:
        row = [(name, _shaped(types_of[name])) for name in names]
        return msgspec.defstruct(
            kind.__name__, row, array_like=True, forbid_unknown_fields=True, frozen=True, gc=False
        )
    for name, of in types_of.items():
        if kind in typing.get_args(of):  # a group's members are parties too
            types_of[name] = _NOBODY if innermost else _tuple_of(shape_of(kind, innermost=True))
    fields = [_field(name, types_of[name]) for name in sorted(names)]
    return msgspec.defstruct(
        kind.__name__, fields, omit_defaults=True, forbid_unknown_fields=True, frozen=True, kw_only=True
    )


def stored(value: Any) -> msgspec.Struct:
    """A value of the domain in the shape in which it is stored."""
    return msgspec.convert(value, shape_of(type(value)), from_attributes=True)


def restored(shape: Any, kind: type[T]) -> T:
    """The value of the domain that was stored in this shape, checked as if it were new.

    Raises:
        Malformed: what the class does not allow.
    """
    names, take, parts = _fields(cast("Any", kind))
    values = dict(zip(names, take(shape), strict=True))
    for name, restore in parts:
        if values[name]:
            values[name] = restore(values[name])
    return kind(**values)


@cache
def _fields(kind: type[Any]) -> tuple[list[str], Restore, list[tuple[str, Restore]]]:
    """The names of a class's fields, what takes them all from a shape, and those that are to be restored."""
    types_of = typing.get_type_hints(kind)
    names = [field.name for field in attrs.fields(kind)]
    parts = [(name, restorer) for name in names if (restorer := _restorer(types_of[name]))]
    return names, attrgetter(*names), parts


def _restorer(of: Any) -> Restore | None:
    """What makes a part of the domain of its shape; ``None`` for what is stored as it is."""
    kinds = [of, *typing.get_args(of)]
    if not (kind := next((kind for kind in kinds if isinstance(kind, type) and attrs.has(kind)), None)):
        return None
    shape = shape_of(kind)
    # A log says the same few things over and over. Equal parts become one value, which is checked once.
    restore = lru_cache(_REMEMBERED)(partial(restored, kind=kind))
    if Ellipsis in kinds:
        restore_all = _all_of(restore)
        # Numbers vary, so that manifests rarely repeat as a whole; whatever else there are several of does.
        return restore_all if kind is Transfer else lru_cache(_REMEMBERED)(restore_all)
    return lambda found: restore(found) if type(found) is shape else found


def _all_of(restore: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    return lambda shapes: tuple(map(restore, shapes))


def compact(told: Any) -> Any:
    """Plain values with every field, as files of events have them, in the shape in which they are stored."""
    if isinstance(told, dict):
        if told.keys() == set(_PLACES):
            return [compact(told[place]) for place in _PLACES]
        return {key: compact(value) for key, value in told.items() if value is not None and value != []}
    return [compact(value) for value in told] if isinstance(told, list) else told


def _tuple_of(kind: Any) -> Any:
    return tuple[kind, ...]


def _field(name: str, of: Any) -> Any:
    kind = _shaped(of)
    if types.NoneType in typing.get_args(of):
        return name, kind, None
    is_many = typing.get_origin(of) is tuple or of is _NOBODY
    return (name, kind, ()) if is_many else (name, kind)


def _shaped(of: Any) -> Any:
    """A type, with the shapes of classes of the domain in their places."""
    if isinstance(of, type) and attrs.has(of):
        return shape_of(of)
    arguments = typing.get_args(of)
    if not arguments or of is _NOBODY:
        return of
    shaped = tuple(argument if argument is Ellipsis else _shaped(argument) for argument in arguments)
    if typing.get_origin(of) in {typing.Union, types.UnionType}:
        return typing.Union[shaped]  # noqa: UP007  # made at run time
    return typing.get_origin(of)[shaped]
