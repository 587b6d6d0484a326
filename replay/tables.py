"""Tables: from plain TOML values to the classes of a shape. The one rule: every error is reported.

``msgspec.convert`` stops at the first error, so a table is converted field by field, and its rows one by one.
"""

from __future__ import annotations

import difflib
import re
import types
import typing
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reciprocity.replay.problems import Problems
    from reciprocity.replay.toml_lines import Path

T = TypeVar("T", bound=Struct)

_LONGEST_KEY = 64  # characters in which a key is compared with those that there are
_INTEGERS = 2**63  # TOML has whole numbers from minus this up to below this


def read_fields(found: object, shape: type[Struct], path: Path, problems: Problems) -> dict[str, Any]:
    """The sound fields of a table, defaults included; what is wrong with others goes to *problems*.

    In a list ``None`` stands for an unsound value, so that the others can be read on; from a mapping it is
    left out.
    """
    if found is None:
        problems.add(path, "is missing")
        return {}
    if not isinstance(found, dict):
        problems.add(path, "is not a table")
        return {}
    fields = {field.name: field for field in _fields(shape)}
    for key in found.keys() - fields.keys():
        near = difflib.get_close_matches(key[:_LONGEST_KEY], fields, n=1)
        problems.add((*path, key), f"no such field{f'; is {near[0]} meant?' if near else ''}")
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in found:
            mark = problems.count
            value = _read(found[name], field.type, (*path, name), problems)
            if problems.count == mark or isinstance(value, list | dict | Struct):
                values[name] = value
        elif field.required:
            problems.add(path, f"{name} is missing")
        elif field.default is not msgspec.NODEFAULT:
            values[name] = field.default
        else:
            values[name] = field.default_factory()
    return values


def read_table(found: object, shape: type[T], path: Path, problems: Problems) -> T | None:
    """The table as its class; ``None`` if it is no table.

    Where a field is unsound something sound stands in for it, so that the other fields can be asked on: as
    *problems* says that it is unsound, the file is refused all the same.
    """
    values = read_fields(found, shape, path, problems)
    if not isinstance(found, dict):
        return None
    return shape(**{field.name: values.get(field.name, _stand_in(field)) for field in _fields(shape)})


@lru_cache  # msgspec works the types out anew each time
def _fields(shape: type[Struct]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(shape)


def _stand_in(field: msgspec.structs.FieldInfo) -> Any:
    if field.default is not msgspec.NODEFAULT:
        return field.default
    if field.default_factory is not msgspec.NODEFAULT:
        return field.default_factory()
    # A field's own name, in capitals, is a code as well as a text, and no two fields have the same.
    return {"counts": {"stand_in": 1}, "members": {}, "released": [], "total": 0}.get(
        field.name, field.name.upper()
    )


def _read(found: object, kind: Any, path: Path, problems: Problems) -> Any:
    for option in _options(kind):
        if isinstance(found, list) and typing.get_origin(option) is list:
            [row] = typing.get_args(option)
            return [_read(value, row, (*path, number), problems) for number, value in enumerate(found)]
        if isinstance(found, dict) and typing.get_origin(option) is dict:
            of_key, of_value = typing.get_args(option)
            read = (
                (_read(key, of_key, path, problems), _read(value, of_value, (*path, key), problems))
                for key, value in found.items()
            )
            sound = {key: value for key, value in read if value is not None}
            return sound if sound or not found else None
        if _is_table(option) and (isinstance(found, dict) or option is kind):
            return read_table(found, option, path, problems)
    if type(found) is int and not -_INTEGERS <= found < _INTEGERS:
        problems.add(path, "a number out of all bounds")  # too long even to be shown
        return None
    try:
        return msgspec.convert(found, kind, strict=True)
    except msgspec.ValidationError as error:
        inside, reason = _place(str(error))
        problems.add((*path, *inside), reason)
        return None


def _options(kind: Any) -> Iterable[Any]:
    """What a value of this kind may be: each member of a union; else the kind itself."""
    return typing.get_args(kind) if typing.get_origin(kind) in (types.UnionType, typing.Union) else (kind,)


def _is_table(kind: Any) -> TypeGuard[type[Struct]]:
    return isinstance(kind, type) and issubclass(kind, Struct)


def _place(message: str) -> tuple[Path, str]:
    """``Expected `str`, got `int` - at `$[0].by``` as a path and a reason."""
    reason, _, where = message.partition(" - at `$")
    path = tuple(int(index) if index else name for index, name in re.findall(r"\[(\d+)\]|\.(\w+)", where))
    reason = reason.replace(" | null", "")  # which TOML cannot write
    return path, reason[0].lower() + reason[1:]
