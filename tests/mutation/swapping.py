"""Putting a mutant's code in the place of the module's. The one rule: where that cannot be done, it is said.

A function keeps its identity and is given other code, so whoever holds it calls the mutant. What is run when
a module is imported (a table, a default, a decorator) cannot be given so; such a mutant is imported anew.
"""

from __future__ import annotations

import gc
import os
import types
from collections.abc import Iterable
from functools import cache
from inspect import CO_OPTIMIZED
from pathlib import Path
from typing import Any


class NotInAFunction(Exception):
    """What differs is run when the module is imported."""


def fingerprint(code: types.CodeType) -> tuple[object, ...]:
    """What the code does, without where it stands: equal codes do the same."""
    return (*_own(code), *(fingerprint(one) for one in _nested(code)))


def _own(code: types.CodeType) -> tuple[object, ...]:
    constants = tuple((type(one), repr(one)) for one in code.co_consts if not isinstance(one, types.CodeType))
    names = (code.co_names, code.co_varnames, code.co_freevars, code.co_cellvars)
    arguments = (code.co_argcount, code.co_posonlyargcount, code.co_kwonlyargcount, code.co_flags)
    return (code.co_name, code.co_code, constants, names, arguments, code.co_exceptiontable)


def _nested(code: types.CodeType) -> list[types.CodeType]:
    return [one for one in code.co_consts if isinstance(one, types.CodeType)]


def differing(
    original: types.CodeType, mutant: types.CodeType
) -> list[tuple[types.CodeType, types.CodeType]]:
    """The function that differs, as it was and as it is in the *mutant*; after those that it is within.

    Raises:
        NotInAFunction: something differs that is run when the module is imported.
    """
    found = []
    while True:
        before, after = _nested(original), _nested(mutant)
        is_its_own = _own(original) != _own(mutant) or len(before) != len(after)
        if original.co_flags & CO_OPTIMIZED:
            found.append((original, mutant))
        elif is_its_own:
            raise NotInAFunction
        if is_its_own:
            return found
        pairs = zip(before, after, strict=True)
        original, mutant = next((a, b) for a, b in pairs if fingerprint(a) != fingerprint(b))


@cache
def _living() -> dict[tuple[str, str, int], list[types.FunctionType]]:
    found: dict[tuple[str, str, int], list[types.FunctionType]] = {}
    for one in gc.get_objects():
        if isinstance(one, types.FunctionType):
            code = one.__code__
            found.setdefault((_real(code.co_filename), code.co_qualname, code.co_firstlineno), []).append(one)
    return found


@cache
def _real(file: str) -> str:
    return str(Path(file).resolve())


@cache
def _remembering() -> list[tuple[str, str, Any]]:
    """What remembers its answers: the package, the file, and the function."""
    wrappers = [one for one in gc.get_objects() if isinstance(one, type(_real))]
    return [
        (str(one.__module__).partition(".")[0], _real(code.co_filename), one)
        for one in wrappers
        if (code := getattr(one.__wrapped__, "__code__", None))
    ]


def forget(root: Path, folders: Iterable[str]) -> None:
    """Let all functions of the packages that have files in these folders of *root* forget their answers."""
    below = tuple(f"{_real(str(root / one))}{os.sep}" for one in folders)
    packages = {package for package, file, _ in _remembering() if file.startswith(below)}
    for package, _, function in _remembering():
        if package in packages:
            function.cache_clear()


def look_round() -> None:
    """Note the functions that there are now, so that each process that is forked off need not.

    What there is now is garbage in none of them: it is not looked through again, so its memory stays shared.
    """
    _living()
    _remembering()
    gc.freeze()


def swap(path: Path, original: types.CodeType, mutant: types.CodeType) -> None:
    """Give the functions of the module in *path* that differ, if any, the *mutant*'s code in this process.

    Raises:
        NotInAFunction: it cannot be done so.
    """
    if fingerprint(original) == fingerprint(mutant):
        return
    (outermost, _), *_ = pairs = differing(original, mutant)
    changes = [(function, after) for before, after in pairs for function in _living_of(path, before)]
    if not _living_of(path, outermost) or any(
        function.__code__.co_freevars != after.co_freevars for function, after in changes
    ):
        raise NotInAFunction
    for function, after in changes:
        function.__code__ = after


def _living_of(path: Path, code: types.CodeType) -> list[types.FunctionType]:
    return _living().get((_real(str(path)), code.co_qualname, code.co_firstlineno), [])


def import_as(path: Path, source: str) -> None:
    """Let the module in *path* have this *source* when it is imported, in this process."""
    from importlib.machinery import SourceFileLoader  # noqa: PLC0415  # only in a process of its own

    real, unchanged = _real(str(path)), SourceFileLoader.get_code

    def get_code(loader: Any, name: str) -> types.CodeType | None:
        file = loader.get_filename(name)
        if _real(file) == real:
            return compile(source, file, "exec", dont_inherit=True)
        return unchanged(loader, name)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]
