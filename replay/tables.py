"""Tables: from plain TOML values to the classes of a shape. The one rule: every error is reported.

``msgspec.convert`` stops at the first error, so a table is converted field by field, and its rows one by one.
"""

from __future__ import annotations

import difflib
import re
import typing
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec import Struct

if TYPE_CHECKING:
    from reciprocity.replay.problems import Problems
    from reciprocity.replay.toml_lines import Path

T = TypeVar("T", bound=Struct)


def read_fields(found: object, shape: type[Struct], path: Path, problems: Problems) -> dict[str, Any]:
    """The sound fields of a table, defaults included; what is wrong with others goes to *problems*.

    In a list of rows ``None`` stands for an unsound one, so that the others can be read on.
    """
    if found is None:
        problems.add(path, "is missing")
        return {}
    if not isinstance(found, dict):
        problems.add(path, "is not a table")
        return {}
    fields = {field.name: field for field in msgspec.structs.fields(shape)}
    for key in found.keys() - fields.keys():
        near = difflib.get_close_matches(key, fields, n=1)
        problems.add((*path, key), f"no such field{f'; is {near[0]} meant?' if near else ''}")
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in found:
            mark = problems.count
            value = _read(found[name], field.type, (*path, name), problems)
            if problems.count == mark or isinstance(value, list):
                values[name] = value
        elif field.required:
            problems.add(path, f"{name} is missing")
        elif field.default is not msgspec.NODEFAULT:
            values[name] = field.default
        else:
            values[name] = field.default_factory()
    return values


def read_table(found: object, shape: type[T], path: Path, problems: Problems) -> T | None:
    """The table as its class; ``None`` if anything was wrong with it, which *problems* then says."""
    mark = problems.count
    values = read_fields(found, shape, path, problems)
    return shape(**values) if problems.count == mark else None


def _read(found: object, kind: Any, path: Path, problems: Problems) -> Any:
    row = _row_of(kind)
    if row is not None and isinstance(found, list):
        return [read_table(value, row, (*path, number), problems) for number, value in enumerate(found)]
    if typing.get_origin(kind) is dict and isinstance(found, dict):
        of_key, of_value = typing.get_args(kind)
        return {
            _read(key, of_key, path, problems): _read(value, of_value, (*path, key), problems)
            for key, value in found.items()
        }
    if isinstance(kind, type) and issubclass(kind, Struct):
        return read_table(found, kind, path, problems)
    try:
        return msgspec.convert(found, kind, strict=True)
    except msgspec.ValidationError as error:
        inside, reason = _place(str(error))
        problems.add((*path, *inside), reason)
        return None


def _row_of(kind: Any) -> type[Struct] | None:
    """The class of a list's rows, if they are tables."""
    for candidate in (kind, *typing.get_args(kind)):
        if typing.get_origin(candidate) is list:
            [row] = typing.get_args(candidate)
            if isinstance(row, type) and issubclass(row, Struct):
                return row
    return None


def _place(message: str) -> tuple[Path, str]:
    """``Expected `str`, got `int` - at `$[0].by``` as a path and a reason."""
    reason, _, where = message.partition(" - at `$")
    path = tuple(int(index) if index else name for index, name in re.findall(r"\[(\d+)\]|\.(\w+)", where))
    return path, reason[0].lower() + reason[1:]
