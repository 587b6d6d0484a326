"""Renaming: the same facts told of other parties. The one rule: nothing changes but names.

No party is favoured, so with two parties' names exchanged everywhere every answer must come out exchanged.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

import attrs
from rpds import List

T = TypeVar("T")


def renamed(thing: T, names: Mapping[str, str]) -> T:
    """The same value with every party of *names* called by its other name, wherever it is named.

    It goes through tuples, lists, sets, mappings, attrs classes and dataclasses. In a text a name counts
    as a whole word: ``UKR`` is not in ``UKR-1``. Anything else is returned as it is.

    >>> from reciprocity.domain import Transfer
    >>> transfer, text = renamed(
    ...     [Transfer("UKR", "RUS", "civilian", 3), "RUS>UKR"], {"UKR": "RUS", "RUS": "UKR"}
    ... )
    >>> transfer.releasing, transfer.receiving, text
    ('RUS', 'UKR', 'UKR>RUS')
    """
    return _renamed(thing, tuple(names.items()))  # type: ignore[no-any-return]  # of the type that it had


def _renamed(thing: Any, names: tuple[tuple[str, str], ...]) -> Any:
    kind = type(thing)
    if isinstance(thing, str):
        return _pattern(names).sub(lambda found: dict(names)[found[0]], thing) if kind is str else thing
    if isinstance(thing, Mapping):
        return kind({_renamed(key, names): _renamed(value, names) for key, value in thing.items()})
    if isinstance(thing, tuple | list | set | frozenset | List):
        members = [_renamed(member, names) for member in thing]
        return kind(*members) if hasattr(thing, "_fields") else kind(members)
    if attrs.has(kind):
        made_of = [field for field in attrs.fields(kind) if field.init]
        return kind(**{str(field.alias): _renamed(getattr(thing, field.name), names) for field in made_of})
    if dataclasses.is_dataclass(thing) and not isinstance(thing, type):
        fields = [field for field in dataclasses.fields(thing) if field.init]
        return kind(**{field.name: _renamed(getattr(thing, field.name), names) for field in fields})
    return thing


@lru_cache
def _pattern(names: tuple[tuple[str, str], ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-])(?:{'|'.join(re.escape(name) for name, _ in names)})(?![\w-])")
