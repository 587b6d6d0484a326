"""The table of files and the list of survivors, on screen and in ``docs/mutants.md``.

The one rule: no figure by hand. Why a survivor may live is written in ``survivors.toml``, beside this file.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

import attrs
from rich.console import Console
from rich.table import Table

from tests.mutation.mutants import Mutant
from tests.mutation.outcomes import Outcomes
from tests.mutation.trying import Outcome

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "mutants.md"
SURVIVORS = Path(__file__).parent / "survivors.toml"
HEADINGS = (
    "file",
    "mutants",
    "tried",
    "killed",
    "survived",
    "of these equivalent",
    "killed in %",
    "without equivalent",
)
COMMAND = "make mutants"
KINDS = ("equivalent", "wording", "cost", "gap")
"""No test could tell it; only a text's wording; only time or memory; a test is wanting."""

_OPEN = "not looked at"


@attrs.frozen
class Line:
    """What the mutants of a file came to. *reasons* are those of the survivors, by kind and text."""

    file: str
    mutants: int
    tried: int
    killed: int
    survivors: Sequence[Mutant]

    @property
    def equivalent(self) -> int:
        """How many survivors no test could tell from the original."""
        return sum(_reason(one)[0] == "equivalent" for one in self.survivors)

    def cells(self) -> tuple[str, ...]:
        """A line of the table, a text for each heading."""
        numbers = (self.mutants, self.tried, self.killed, len(self.survivors), self.equivalent)
        ratios = (self.killed / max(1, self.tried), self.killed / max(1, self.tried - self.equivalent))
        return (self.file, *(f"{one:,}" for one in numbers), *(f"{100 * one:.1f}" for one in ratios))


def line(file: str, number: int, chosen: Sequence[Mutant], outcomes: Outcomes) -> Line:
    """What the *chosen* of so many mutants of a file came to; what was not tried is left out."""
    tried = [
        (one, found)
        for one in chosen
        if (found := outcomes.of(one)) and found.outcome is not Outcome.IMPORTED
    ]
    return Line(
        file,
        number,
        len(tried),
        sum(found.is_killed for _, found in tried),
        [one for one, found in tried if not found.is_killed],
    )


def _total(lines: Sequence[Line]) -> Line:
    return Line(
        "all of these",
        sum(one.mutants for one in lines),
        sum(one.tried for one in lines),
        sum(one.killed for one in lines),
        [survivor for one in lines for survivor in one.survivors],
    )


@cache
def reasons() -> Mapping[tuple[str, str, str, str], tuple[str, str]]:
    """What has been written of survivors: for file, place and change the kind and the reason."""
    read = tomllib.loads(SURVIVORS.read_text("utf-8")).get("survivor", [])
    names = ("file", "where", "before", "after")
    return {(*(one[name] for name in names),): (one["kind"], one["reason"]) for one in read}


def _reason(mutant: Mutant) -> tuple[str, str]:
    """Of which kind a survivor is, and why it lives."""
    return reasons().get(mutant.key, (_OPEN, ""))


def show(lines: Sequence[Line]) -> None:
    """Print the table, and the survivors of which nobody has said why they live."""
    table = Table(*HEADINGS)
    for one in [*lines, _total(lines)]:
        table.add_row(*one.cells())
    console = Console(width=140)
    for open_one in (one for line in lines for one in line.survivors if _reason(one)[0] == _OPEN):
        console.print(
            f"{open_one.file}:{open_one.line} {open_one.where}\n  - {open_one.before}\n  + {open_one.after}",
            markup=False,
            soft_wrap=True,
        )
    console.print(table)


def markdown(lines: Sequence[Line]) -> str:
    """The table and the survivors in Markdown."""
    rows = [HEADINGS, ("---",) * len(HEADINGS), *(one.cells() for one in [*lines, _total(lines)])]
    table = "".join(f"| {' | '.join(cells)} |\n" for cells in rows)
    return table + "".join(_survivors(one) for one in lines if one.survivors)


def _survivors(line: Line) -> str:
    items = "".join(sorted(map(_item, line.survivors)))
    return f"\n### `{line.file}`\n\n{items}"


def _item(mutant: Mutant) -> str:
    kind, reason = _reason(mutant)
    said = f"**{kind}**: {reason}" if reason else f"**{kind}**"
    return f"- `{mutant.where or 'module'}`: {_code(mutant.before)} → {_code(mutant.after)}. {said}\n"


def _code(text: str) -> str:
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}" if text else "nothing"


def write(lines: Iterable[Line], with_what: str, *, document: Path = DOCUMENT) -> None:
    """Put the table and the survivors into the document, in the place of the last ones."""
    from benchmarks.table import put  # noqa: PLC0415  # it imports the project, which a campaign must not

    put(document, COMMAND, "the mutants", lambda _: markdown(list(lines)), with_what=with_what)
