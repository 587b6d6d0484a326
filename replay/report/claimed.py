"""Claimed: what was said, as a page lays it out. The one rule: nobody's figure is left out, nor silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from reciprocity.replay import wording
from reciprocity.replay.report import words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from markupsafe import Markup

    from reciprocity.domain import Obligation, Party, Source, Terms
    from reciprocity.projections import Cell, Statement

MOST_COLUMNS = 3
"""Parties that are given a column each; of more, all that was said stands in one."""


@attrs.frozen
class Speaker:
    """One who gave figures of an obligation: for which phases, and which totals to date."""

    name: Markup
    said: Markup
    sources: tuple[Source, ...]


def speakers(terms: Terms, cells: Iterable[Cell], of: Obligation) -> tuple[Speaker, ...]:
    """Who gave figures of what was released under an obligation, in the order in which they first did."""
    phases: dict[tuple[str, str | None], list[int]] = {}
    totals: dict[tuple[str, str | None], list[Markup]] = {}
    sources: dict[tuple[str, str | None], list[Source]] = {}
    for cell in cells:
        if cell.direction != of.direction or not (cell.category is None or of.covers(cell.category)):
            continue
        for one in cell.said:
            if one.count is None:
                continue
            who = (one.claimant, one.office)
            sources.setdefault(who, []).extend(one.sources)
            if cell.phase is not None:
                phases.setdefault(who, []).append(cell.phase)
            else:
                totals.setdefault(who, []).append(_to_date(cell, one))
    return tuple(
        Speaker(
            words.claimant(terms, *who),
            words.joined([*_phases(phases.get(who, [])), *totals.get(who, [])], "; "),
            tuple(dict.fromkeys(its)),
        )
        for who, its in sources.items()
    )


def _to_date(cell: Cell, one: Statement) -> Markup:
    figure = wording.claimed(one.count)
    if cell.category is None:
        return words.say("{count} to date", count=figure)
    return words.say("{what} {count} to date", what=wording.category(cell.category), count=figure)


def _phases(numbers: Iterable[int]) -> Iterable[Markup]:
    """``phases 1–3, 5``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    if not runs:
        return
    text = ", ".join(f"{run[0]}–{run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs)
    several = len(runs) > 1 or len(runs[0]) > 1
    yield words.say("phases {phases}", phases=text) if several else words.say("phase {phase}", phase=text)


def columns(parties: Iterable[Party]) -> list[Party]:
    """The parties that have a column of their own; the last column is for everyone else."""
    found = list(parties)
    return found if len(found) <= MOST_COLUMNS else []


def in_columns(cell: Cell, parties: Iterable[Party]) -> list[list[Statement]]:
    """What was said of a cell, by the columns of these parties, then by everyone else."""
    places = {code: number for number, party in enumerate(parties) for code in party.codes}
    found: list[list[Statement]] = [[] for _ in range(len(set(places.values())) + 1)]
    for one in cell.said:
        found[places.get(one.claimant, -1)].append(one)
    return found
