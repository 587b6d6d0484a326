"""What was asked of a data set, for programs and for people. The one rule: keys are those of `json_lines`."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import attrs
from rich.table import Table
from rich.text import Text

from reciprocity.replay import screen, wording
from reciprocity.replay.json_lines import by_direction, phase
from reciprocity.replay.language import say
from reciprocity.replay.laying_out import EVEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import RenderableType

    from reciprocity.domain import Direction
    from reciprocity.projections import CumulativeRow
    from reciprocity.projections.bulk import PhaseAnswer, StandingAnswer


def cumulative_line(row: CumulativeRow) -> dict[str, Any]:
    """How many went in a direction, and how many remain."""
    return attrs.asdict(row, recurse=False)


def phase_line(row: PhaseAnswer) -> dict[str, Any]:
    """One completed phase, and where the agreement stood after it."""
    return phase(row, row.status)


def standing_line(row: StandingAnswer) -> dict[str, Any]:
    """Where one agreement stands."""
    return {
        **attrs.asdict(row, recurse=False),
        "exchanged": by_direction(row.exchanged),
        "remaining": by_direction(row.remaining),
    }


def cumulative_table(rows: Iterable[CumulativeRow]) -> Table:
    """How many went each way, of each category, and how many remain."""
    table = _table(
        (say("Agreement"), say("Direction")),
        folded=(say("Of"),),
        right=(say("Exchanged"), say("Agreed"), say("Remain"), say("Progress")),
    )
    for row in rows:
        table.add_row(
            row.agreement,
            f"{row.releasing}>{row.receiving}",
            " + ".join(wording.category(one) for one in row.categories) or say("all"),
            wording.short(row.exchanged),
            "" if row.agreed is None else wording.short_total(row.agreed),
            "" if row.remaining is None else wording.short_total(row.remaining),
            wording.share(row.percentage) if row.percentage else "",
        )
    return table


def phases_tables(rows: Iterable[PhaseAnswer]) -> Iterator[RenderableType]:
    """Of each agreement the phases: what was released, running totals, what remains, whether it is even."""
    for agreement, phases in groupby(rows, key=lambda row: row.agreement):
        table = _table(
            (say("Phase"), say("Day"), say("Direction")),
            folded=(say("Released"),),
            right=(say("So far"), say("Remain"), say("Sides")),
        )
        for row in phases:
            lead, trail = (str(row.phase), wording.day(row.completed_on)), say(EVEN[row.balanced])
            for line in _ways(row):
                table.add_row(*lead, *line, trail)
                lead, trail = ("", ""), ""
        yield Text(agreement, style="bold")
        yield table


def _ways(row: PhaseAnswer) -> Iterator[tuple[str, str, str, str]]:
    ways: dict[Direction, None] = dict.fromkeys([*row.cumulative, *(one.direction for one in row.transfers)])
    for way in ways:
        yield (
            str(way),
            wording.transfers(one for one in row.transfers if one.direction == way),
            wording.short(row.cumulative[way]["total"]) if way in row.cumulative else "",
            wording.short_total(row.remaining[way]) if way in row.remaining else "",
        )
    if not ways:
        yield "", wording.transfers(()), "", ""


def _table(left: tuple[str, ...], *, folded: tuple[str, ...], right: tuple[str, ...]) -> Table:
    table = screen.empty_table()
    for name in (*left, *folded):
        table.add_column(name, overflow="fold", no_wrap=name not in folded)
    for name in right:
        table.add_column(name, justify="right", no_wrap=True)
    return table
