"""Plain values: from JSON values to the model's classes. The one rule: every error is reported.

Keys must be those of the class, all of them and no others, and each value written as the model writes it;
so what was read is all that was there.
"""

from __future__ import annotations

import types
import typing
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import attrs
import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from reciprocity.replay.problems import Problems
    from reciprocity.replay.toml_lines import Path


def read_fields(
    found: object, kinds: Mapping[str, Any], path: Path, problems: Problems, optional: Collection[str] = ()
) -> dict[str, Any] | None:
    """The sound fields of an object that must have just these keys; ``None`` if it is no object.

    Those that are *optional* need not be there.
    """
    if not isinstance(found, dict):
        problems.add(path, f"is not an object with the keys {', '.join(kinds)}")
        return None
    for key in found.keys() - kinds.keys():
        shown = key if key.isascii() and key.isidentifier() else repr(key)
        problems.add((*path, shown[:40]), "no such field")
    values: dict[str, Any] = {}
    for name, kind in kinds.items():
        if name not in found:
            if name not in optional:
                problems.add((*path, name), "is missing")
            continue
        mark = problems.count
        value = read(found[name], kind, (*path, name), problems)
        if problems.count == mark:
            values[name] = value
    return values


def read(found: Any, kind: Any, path: Path, problems: Problems) -> Any:
    """The value as its class; ``None`` if anything was wrong with it, which *problems* then says."""
    if isinstance(found, dict) and attrs.has(kind) and (at_once := _read_at_once(found, kind)) is not None:
        return at_once
    for option in _options(kind):
        if isinstance(found, dict) and option is dict:
            return found
        if isinstance(found, dict) and attrs.has(option):
            mark = problems.count
            values = read_fields(found, _kinds(option), path, problems)
            return build(option, values, path, problems) if values and problems.count == mark else None
        if isinstance(found, list) and typing.get_origin(option) is tuple:
            [row, _] = typing.get_args(option)
            return tuple(read(value, row, (*path, number), problems) for number, value in enumerate(found))
    try:
        value = msgspec.convert(found, kind, strict=True)
    except msgspec.ValidationError as error:
        reason = str(error).partition(" - at `$")[0]
        problems.add(path, reason[0].lower() + reason[1:])
        return None
    written = msgspec.to_builtins(value)
    if written != found:
        problems.add(path, f"is written {written}")
    return value


def build(
    kind: Any,
    values: Mapping[str, Any],
    path: Path,
    problems: Problems,
    names: Mapping[str, str] | None = None,
) -> Any:
    """An instance of *kind* with these fields; ``None`` if it refuses them. *names* are the fields' own."""
    try:
        return kind(**values)
    except (ValueError, TypeError) as error:
        name, colon, _ = str(error).partition(": ")
        by_itself = (name if colon and name in values else "", str(error))
        broken = list(_broken(kind, values)) or [by_itself]
        for name, reason in broken:
            shown = (names or {}).get(name, name)
            problems.add((*path, shown) if shown else path, reason.removeprefix(f"{name}: "))
        return None


def _read_at_once(found: dict[str, Any], kind: Any) -> Any:
    """The value if nothing is wrong with it; ``None`` if something is, however much."""
    try:
        value = msgspec.convert(found, kind, strict=True)
    except (msgspec.ValidationError, ValueError, TypeError):
        return None
    return value if msgspec.json.decode(msgspec.json.encode(value)) == found else None


def _broken(kind: Any, values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each field that its own validator refuses. One that asks its neighbours cannot be asked by itself."""
    for field in attrs.fields(kind):
        if field.validator is not None and field.name in values:
            try:
                field.validator(None, field, values[field.name])
            except AttributeError:
                continue
            except (ValueError, TypeError) as error:
                yield field.name, str(error)


def _options(kind: Any) -> tuple[Any, ...]:
    """What a value of this kind may be: each member of a union; else the kind itself."""
    return typing.get_args(kind) if typing.get_origin(kind) in (types.UnionType, typing.Union) else (kind,)


@lru_cache
def _kinds(of: type) -> dict[str, Any]:
    """The fields of a class, with the kind of each."""
    hints = typing.get_type_hints(of)
    return {field.name: hints[field.name] for field in attrs.fields(of)}
