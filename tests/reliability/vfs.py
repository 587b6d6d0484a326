"""A file system that fails on demand, for SQLite. The one rule: what it does not fail, it hands through.

SQLite reads and writes files through a table of C functions, a VFS (https://www.sqlite.org/vfs.html). The
shim is the default VFS with some of its functions replaced, in the very library that Python's `sqlite3` uses.
It becomes the default while it is in use, so that what is tested knows nothing of it. It counts the calls,
notes what is written, and fails those that it is told to.
"""

from __future__ import annotations

import ctypes as c
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from tests.reliability.scorecard import NotMeasured

_INT, _TEXT, _POINTER, _OFFSET = c.c_int, c.c_char_p, c.c_void_p, c.c_int64
_OK, _FULL, _CANTOPEN = 0, 13, 14
_IOERR = 10


class _Vfs(c.Structure):
    """``sqlite3_vfs``: what is replaced by name, the rest as it is."""

    _fields_ = (
        ("version", _INT),
        ("file_size", _INT),
        ("longest_path", _INT),
        ("next", _POINTER),
        ("name", _TEXT),
        ("data", _POINTER),
        ("open", _POINTER),
        ("delete", _POINTER),
        ("others", _POINTER * 14),
    )


class _Methods(c.Structure):
    """``sqlite3_io_methods``: what is replaced by name, the rest as it is."""

    _fields_ = (
        ("version", _INT),
        ("close", _POINTER),
        ("read", _POINTER),
        ("write", _POINTER),
        ("truncate", _POINTER),
        ("sync", _POINTER),
        ("size_and_locks", _POINTER * 7),
        ("shm_map", _POINTER),
        ("others", _POINTER * 5),
    )


# A path is handed on as the pointer that it is: SQLite keeps parameters beside the text.
_OPEN = c.CFUNCTYPE(_INT, _POINTER, _POINTER, _POINTER, _INT, _POINTER)
_DELETE = c.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT)
_CALLS: dict[str, tuple[Any, int]] = {
    "close": (c.CFUNCTYPE(_INT, _POINTER), _OK),
    "read": (c.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, _OFFSET), _IOERR | 1 << 8),
    "write": (c.CFUNCTYPE(_INT, _POINTER, _POINTER, _INT, _OFFSET), _IOERR | 3 << 8),
    "truncate": (c.CFUNCTYPE(_INT, _POINTER, _OFFSET), _IOERR | 6 << 8),
    "sync": (c.CFUNCTYPE(_INT, _POINTER, _INT), _IOERR | 4 << 8),
    "shm_map": (c.CFUNCTYPE(_INT, _POINTER, _INT, _INT, _INT, _POINTER), _IOERR | 21 << 8),
}
_ERRORS = {name: code for name, (_, code) in _CALLS.items()} | {
    "open": _CANTOPEN,
    "delete": _IOERR | 10 << 8,
}
FAILING = tuple(name for name in _ERRORS if name != "close")
"""The calls that can fail."""


@cache
def library() -> Any:
    """The SQLite that Python's `sqlite3` uses."""
    import sqlite3  # noqa: F401, PLC0415  # brings the library into this process

    maps = Path("/proc/self/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    found = next((line.split()[-1] for line in lines if "libsqlite3.so" in line), None)
    if found is None:
        raise NotMeasured("Python's sqlite3 has no shared library of SQLite that could be reached")
    loaded = c.CDLL(found)
    loaded.sqlite3_vfs_find.restype = c.POINTER(_Vfs)
    return loaded


@attrs.frozen
class Wrote:
    """Bytes that were written to a file."""

    file: str
    offset: int
    content: bytes


@attrs.frozen
class Truncated:
    """A file that was cut."""

    file: str
    size: int


@attrs.frozen
class Synced:
    """A file of which all that was done before is on the disk now."""

    file: str


@attrs.frozen
class Deleted:
    """A file that was deleted."""

    file: str


@attrs.frozen
class Acknowledged:
    """A command of which its caller was told that it is on record."""

    number: int


Step: TypeAlias = Wrote | Truncated | Synced | Deleted | Acknowledged
Fault: TypeAlias = Callable[[str, str], int]
"""Of a call and a file: the error to give, 0 for none."""


@attrs.define
class Shim:
    """What the file system noticed, and how it is to fail."""

    trace: list[Step] = attrs.field(factory=list)
    fault: Fault = lambda call, file: _OK  # noqa: ARG005
    calls: int = 0
    fired: int = 0

    def fails(self, call: str, file: str) -> int:
        """The error that this call is to give; 0 if none."""
        self.calls += 1
        error = self.fault(call, file)
        self.fired += bool(error)
        return error


def nth(
    shim: Shim, n: int, *, calls: tuple[str, ...] = FAILING, lasting: bool = False, full: bool = False
) -> Fault:
    """Fails the *n*th of these calls from now on, if *lasting* all after it; if *full*, for lack of room."""
    seen = 0

    def fault(call: str, file: str) -> int:  # noqa: ARG001
        nonlocal seen
        if call not in calls:
            return _OK
        seen += 1
        if seen == n or (lasting and seen > n):
            return _FULL if full else _ERRORS[call]
        return _OK

    shim.fired = 0
    return fault


@contextmanager
def shimmed() -> Iterator[Shim]:
    """The shim, in use for every database that is opened meanwhile."""
    sqlite = library()
    default = sqlite.sqlite3_vfs_find(None)
    shim = Shim()
    installed = _Installed(shim, default)
    sqlite.sqlite3_vfs_register(c.byref(installed.vfs), 1)
    try:
        yield shim
    finally:
        sqlite.sqlite3_vfs_register(default, 1)
        sqlite.sqlite3_vfs_unregister(c.byref(installed.vfs))
        _KEPT.append(installed)  # a connection that the garbage collector closes later still calls it


_KEPT: list[_Installed] = []


def _name(path: int | None) -> str:
    return Path(os.fsdecode(c.string_at(path))).name if path else ""


class _Installed:
    """The replaced functions. An open file is the default's own, but for its table of functions."""

    def __init__(self, shim: Shim, default: Any) -> None:
        self.shim = shim
        self.files: dict[int, str] = {}
        self.methods: dict[int, _Methods] = {}  # by the address of the table that each replaces
        self.functions: dict[int, dict[str, Any]] = {}  # of that table
        self.original: dict[int, dict[str, Any]] = {}  # of each open file
        self.kept: list[Any] = []
        before = default.contents
        self.default_open = _OPEN(before.open)
        self.default_delete = _DELETE(before.delete)
        self.vfs = _Vfs.from_buffer_copy(before)
        self.vfs.name = b"reciprocity-shim"
        self.vfs.open = self._pointer(_OPEN(self._open))
        self.vfs.delete = self._pointer(_DELETE(self._delete))

    def _pointer(self, function: Any) -> Any:
        self.kept.append(function)
        return c.cast(function, _POINTER)

    def _open(self, vfs: int, path: int | None, file: int, flags: int, out: int) -> int:
        name = _name(path)
        if error := self.shim.fails("open", name):
            c.c_void_p.from_address(file).value = None
            return error
        if result := self.default_open(vfs, path, file, flags, out):
            return int(result)
        table = c.c_void_p.from_address(file)
        self.files[file] = name
        if table.value not in self.methods:
            self._replace(table.value or 0)
        self.original[file] = self.functions[table.value or 0]
        table.value = c.addressof(self.methods[table.value or 0])
        return _OK

    def _replace(self, address: int) -> None:
        before = _Methods.from_address(address)
        after = _Methods.from_buffer_copy(before)
        after.version = min(before.version, 2)  # without memory mapping, which would pass reads by
        self.functions[address] = {}
        for name, (kind, _) in _CALLS.items():
            if getattr(before, name) is None:
                continue  # only a database has shared memory
            self.functions[address][name] = kind(getattr(before, name))
            setattr(after, name, self._pointer(kind(getattr(self, f"_{name}"))))
        self.methods[address] = after

    def _delete(self, vfs: int, path: int, sync: int) -> int:
        name = _name(path)
        if error := self.shim.fails("delete", name):
            return error
        result = int(self.default_delete(vfs, path, sync))
        if result == _OK:
            self.shim.trace.append(Deleted(name))
        return result

    def _through(self, call: str, file: int, *arguments: Any) -> int:
        """The error that the call is to give, or what the default makes of it."""
        error = self.shim.fails(call, self.files[file])
        return error or int(self.original[file][call](file, *arguments))

    def _close(self, file: int) -> int:
        self.files.pop(file)
        return int(self.original.pop(file)["close"](file))

    def _read(self, file: int, into: int, amount: int, offset: int) -> int:
        return self._through("read", file, into, amount, offset)

    def _write(self, file: int, content: int, amount: int, offset: int) -> int:
        result = self._through("write", file, content, amount, offset)
        if result == _OK:
            self.shim.trace.append(Wrote(self.files[file], offset, c.string_at(content, amount)))
        return result

    def _truncate(self, file: int, size: int) -> int:
        result = self._through("truncate", file, size)
        if result == _OK:
            self.shim.trace.append(Truncated(self.files[file], size))
        return result

    def _sync(self, file: int, flags: int) -> int:
        result = self._through("sync", file, flags)
        if result == _OK:
            self.shim.trace.append(Synced(self.files[file]))
        return result

    def _shm_map(self, file: int, region: int, size: int, extend: int, out: int) -> int:
        return self._through("shm_map", file, region, size, extend, out)
