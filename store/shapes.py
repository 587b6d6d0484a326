"""Shapes: the form in which the model's values are stored. The one rule: a shape says nothing of its own.

Each is derived from a class of the domain: an object with the same fields in alphabetical order, where
nothing is written for what was left open (``None``, an empty tuple). A transfer, of which a log holds
millions, is a row: ``["RUS","UKR","civilian",120,true]``.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable
from functools import lru_cache, partial
from typing import Annotated, Any, TypeVar

import attrs
import msgspec

from reciprocity.domain import Transfer

T = TypeVar("T")

_PLACES = tuple(field.name for field in attrs.fields(Transfer))
_NOBODY = Annotated[tuple[str, ...], msgspec.Meta(max_length=0)]
_SHAPES: dict[tuple[type[Any], bool], type[msgspec.Struct]] = {}
_PARTS: dict[type[Any], list[tuple[str, Callable[[Any], Any]]]] = {}
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
    return kind(**{name: restore(getattr(shape, name)) for name, restore in _parts(kind)})


def _parts(kind: type[Any]) -> list[tuple[str, Callable[[Any], Any]]]:
    """The fields of a class, and how each is restored."""
    if (parts := _PARTS.get(kind)) is None:
        types_of = typing.get_type_hints(kind)
        parts = [(field.name, _restorer(types_of[field.name])) for field in attrs.fields(kind)]
        _PARTS[kind] = parts
    return parts


def _restorer(of: Any) -> Callable[[Any], Any]:
    kinds = [of, *typing.get_args(of)]
    if not (kind := next((kind for kind in kinds if isinstance(kind, type) and attrs.has(kind)), None)):
        return _as_it_is
    shape = shape_of(kind)
    # A log says the same few things over and over. Equal parts become one value, which is checked once.
    restore = lru_cache(_REMEMBERED)(partial(restored, kind=kind))
    if Ellipsis in kinds:
        return lambda shapes: tuple(map(restore, shapes))
    return lambda found: restore(found) if type(found) is shape else found


def _as_it_is(found: Any) -> Any:
    return found


def compact(told: Any) -> Any:
    """Plain values with every field, as files of events have them, in the shape in which they are stored."""
    if isinstance(told, dict):
        if told.keys() == set(_PLACES):
            return [told[place] for place in _PLACES]
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
