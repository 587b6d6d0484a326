"""TOML lines: on which line of a TOML text each value stands. The one rule: it locates, it never interprets.

``tomllib`` reads values and forgets where they stood. This walks a text that ``tomllib`` has accepted, and
notes the line of every key, table and array element under its path, such as ``("event", 3, "phase")``.
The grammar is that of https://toml.io/en/v1.0.0.
"""

from __future__ import annotations

import re
import tomllib
from typing import TypeAlias

Path: TypeAlias = tuple[str | int, ...]

STRING = r"""
        \"{3}(?:[^"\\]++|\\.|"{1,2}(?!"))*+"{3,5}
      | '{3}(?:[^']++|'{1,2}(?!'))*+'{3,5}
      | "(?:[^"\\\n]++|\\.)*+"
      | '[^'\n]*+'
"""
"""A string of any of the four kinds, as a verbose pattern: up to two more quotes may end those of three."""

_STRING = re.compile(STRING, re.VERBOSE | re.DOTALL)
_BLANK = re.compile(r"(?:[ \t\r\n]++|#[^\n]*+)*+")
_SPACES = re.compile(r"[ \t]*+")
_BARE_KEY = re.compile(r"[^=.\] \t]*+")
_SCALAR = re.compile(r"[^,\]}#\r\n]*+")


def locate(text: str) -> dict[Path, int]:
    r"""The line, counted from 1, of everything in *text*, which must be well-formed TOML.

    >>> locate('a = 1\n[[event]]\nphase = 1\ncounts = { x = 2 }')[("event", 0, "counts", "x")]
    4
    """
    return _Walk(text).lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the nearest thing around it that has one."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _unquoted(key: str) -> str:
    """What a quoted key says: ``tomllib`` knows its escapes."""
    quoted: str = tomllib.loads(f"key = {key}")["key"] if "\\" in key else key[1:-1]
    return quoted


class _Walk:
    def __init__(self, text: str) -> None:
        self._text = text + "\n"
        self._at = 0
        self._line = 1
        self._table: Path = ()
        self._elements: dict[Path, int] = {}
        self.lines: dict[Path, int] = {}
        self._skip_blank()
        while self._at < len(self._text):
            self._expression()
            self._skip_blank()

    def _expression(self) -> None:
        if self._sees("[["):
            self._at += 2
            path = self._header()
            self._elements[path] = self._elements.get(path, -1) + 1
            self._table = (*path, self._elements[path])
            self.lines.setdefault(path, self._line)
            self.lines[self._table] = self._line
            self._at += 2
        elif self._sees("["):
            self._at += 1
            self._table = self._header()
            self.lines[self._table] = self._line
            self._at += 1
        else:
            self._pair(self._table)

    def _header(self) -> Path:
        """A header's path: through an array of tables it goes on in the last element."""
        *around, last = self._key()
        path: Path = ()
        for part in around:
            path = (*path, part)
            self.lines.setdefault(path, self._line)
            if path in self._elements:
                path = (*path, self._elements[path])
        return (*path, last)

    def _pair(self, table: Path) -> None:
        line = self._line
        path = (*table, *self._key())
        for depth in range(len(table) + 1, len(path) + 1):
            self.lines.setdefault(path[:depth], line)
        self._at += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip_spaces()
        self.lines.setdefault(path, self._line)
        if self._sees("["):
            self._members(path, "]")
        elif self._sees("{"):
            self._members(path, "}")
        elif self._sees('"') or self._sees("'"):
            self._skip_lines(_STRING)
        else:
            self._skip(_SCALAR)

    def _members(self, path: Path, end: str) -> None:
        self._at += 1
        number = 0
        self._skip_blank()
        while not self._sees(end):
            if end == "]":
                self._value((*path, number))
                number += 1
            else:
                self._pair(path)
            self._skip_blank()
            if self._sees(","):
                self._at += 1
                self._skip_blank()
        self._at += 1

    def _key(self) -> list[str]:
        parts = []
        while True:
            self._skip_spaces()
            start = self._at
            if self._sees('"') or self._sees("'"):
                self._skip(_STRING)
                parts.append(_unquoted(self._text[start : self._at]))
            else:
                self._skip(_BARE_KEY)
                parts.append(self._text[start : self._at])
            self._skip_spaces()
            if not self._sees("."):
                return parts
            self._at += 1

    def _sees(self, what: str) -> bool:
        return self._text.startswith(what, self._at)

    def _skip_spaces(self) -> None:
        self._skip(_SPACES)

    def _skip_blank(self) -> None:
        self._skip_lines(_BLANK)

    def _skip(self, what: re.Pattern[str]) -> None:
        if found := what.match(self._text, self._at):
            self._at = found.end()

    def _skip_lines(self, what: re.Pattern[str]) -> None:
        start = self._at
        self._skip(what)
        self._line += self._text.count("\n", start, self._at)
