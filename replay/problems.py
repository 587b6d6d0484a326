"""Problems: what is wrong with a file. The one rule: each says file, line, field and reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import Malformed
from reciprocity.replay.toml_lines import line_of
from reciprocity.replay.visible import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reciprocity.replay.toml_lines import Path


MOST_PROBLEMS = 1_000
"""Reading stops after so many errors: a file of another kind has one on every line."""

_LONGEST_REASON = 400  # characters: a value may be quoted in it, and may be of any length
_LONGEST_FIELD = 120


@attrs.frozen(order=True)
class Problem:
    """One thing that is wrong with a file. *line* counts from 1; *field* is empty for the file itself."""

    file: str
    line: int
    field: str
    reason: str

    def __str__(self) -> str:
        field = f"{self.field}: " if self.field else ""
        return f"{visible(self.file)}:{self.line}: {field}{self.reason}"


class MalformedFile(Malformed):
    """A file has not the form it must have; ``problems`` holds all that is wrong with it, by line."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class Problems:
    """Gathers what is wrong with one file while it is read to its end, or to the thousandth error.

    What is noted is short and fit for a terminal, whatever the file says.
    """

    def __init__(self, name: str, lines: dict[Path, int]) -> None:
        self.name = name
        self.lines = lines
        self._found: list[Problem] = []

    @property
    def count(self) -> int:
        """How many were found so far."""
        return len(self._found)

    def add(self, path: Path, reason: str) -> None:
        """Note what is wrong with the value at *path*."""
        self.add_at(line_of(self.lines, path), _field(path), reason)

    def add_at(self, line: int, field: str, reason: str) -> None:
        """Note what is wrong with a field on a line.

        Raises:
            MalformedFile: it is the thousandth error.
        """
        shown = shortened(field, _LONGEST_FIELD), shortened(reason, _LONGEST_REASON)
        self._found.append(Problem(self.name, line, *shown))
        if len(self._found) >= MOST_PROBLEMS:
            end = f"reading stopped here, after {MOST_PROBLEMS:,} errors"
            self._found.append(Problem(self.name, line, "", end))
            self.raise_if_any()

    def raise_if_any(self) -> None:
        """Refuse the file if anything is wrong with it."""
        if self._found:
            raise MalformedFile(list(dict.fromkeys(self._found)))


def _field(path: Path) -> str:
    """``event[3].released[0].by``, counting from 1 as people do."""
    shown = ""
    for part in path:
        shown += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if shown else part
    return shown
