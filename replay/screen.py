"""The screen: where what is for people is printed. The one rule: no text of a file steers it, none is cut.

None is read as markup, and none reaches the terminal with a sign that steers it. `Console` respects
``NO_COLOR`` and the width of the terminal.
"""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from reciprocity.replay.terminal import NothingHidden, UnbreakingConsole, words


def console(*, stderr: bool = False) -> Console:
    """Where to print: no markup, no emoji, no guessing of colours, no escapes but the console's own."""
    on = UnbreakingConsole(markup=False, emoji=False, highlight=False, stderr=stderr)
    on.push_render_hook(NothingHidden())
    return on


def show(on: Console, *parts: RenderableType) -> None:
    """Print texts and tables; a table too wide for the terminal goes row by row, each value in a line."""
    for part in parts:
        if isinstance(part, Table) and least_width(part) > on.width:
            headers = [str(column.header) for column in part.columns]
            for row in zip(*(column.cells for column in part.columns), strict=True):
                for header, cell in zip(headers, row, strict=True):
                    if cell:
                        on.print(Text(f"{header}: {cell}"))
                on.print()
        else:
            on.print(part)


def least_width(table: Table) -> int:
    """How wide a table must be for no value to be cut and no word to be broken."""
    return sum(
        1 + max(cell_len(part) for cell in (column.header, *column.cells) for part in _parts(column, cell))
        for column in table.columns
    )


def _parts(column: Column, cell: RenderableType) -> list[str]:
    return str(cell).split("\n") if column.no_wrap else words(str(cell)) or [""]


def empty_table() -> Table:
    """A table as all of them are drawn, without a column yet."""
    return Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))
