"""Laying out claims, for people. The one rule: what was said stands beside what is on record.

See `laying_out`.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.text import Text

from reciprocity.projections import Agrees, Label
from reciprocity.replay import screen, wording
from reciprocity.replay.language import say, say_many, spoken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.table import Table

    from reciprocity.domain import Count
    from reciprocity.projections import BalanceAssertion, Cell, Statement


def summary(cells: list[Cell]) -> Iterable[Text]:
    """How many claimed figures agree with the record, then those that differ from it."""
    rows = [(cell, one) for cell in cells for one in cell.said]
    counted = Counter(one.agrees.value for _, one in rows)
    yield Text(
        say_many(
            "Claims: {n} figures beside the record: {same} same, {different} different, "
            "{undecidable} undecidable, {silent} silent.",
            "Claims: {n} figures beside the record: {same} same, {different} different, "
            "{undecidable} undecidable, {silent} silent.",
            len(rows),
            **{kind.value: spoken().number(counted[kind.value]) for kind in Agrees},
        )
    )
    for cell, one in rows:
        if one.agrees is Agrees.DIFFERENT:
            told = say("{what}: {said}", what=wording.cell(cell), said=_beside(one, cell.recorded))
            yield Text(f"  {told}")


def _beside(one: Statement, recorded: Count) -> str:
    return say(
        "{claimant} says {claimed}, the record {recorded}",
        claimant=wording.claimant(one.claimant, one.office),
        claimed=wording.claimed(one.count),
        recorded=wording.figure(recorded),
    )


def cells(rows: Iterable[Cell]) -> Table:
    """Each recorded figure beside what was said of it."""
    table = screen.empty_table()
    table.add_column(say("Phase"), no_wrap=True)
    table.add_column(say("Direction"), no_wrap=True)
    table.add_column(say("Category"), overflow="fold")
    table.add_column(say("Record"), justify="right", no_wrap=True)
    table.add_column(say("Label"), no_wrap=True)
    table.add_column(say("Said"), overflow="fold")
    for cell in rows:
        table.add_row(
            f"{cell.phase}" if cell.phase else say("to date ({phases})", phases=str(cell.after)),
            str(cell.direction),
            wording.category(cell.category) if cell.category else say("in total"),
            wording.short(cell.recorded),
            say("disputed by {n}", n=spoken().number(cell.apart)) if cell.apart else say(cell.label.value),
            wording.apart(wording.statement(one) for one in cell.said) or say("nothing"),
        )
    return table


def labels(rows: Iterable[Cell]) -> Text:
    """How many cells have each label."""
    counted = Counter(cell.label for cell in rows)
    return Text(
        say(
            "{confirmed} confirmed, {disputed} disputed, {one_sided} one-sided, {unknown} unknown.",
            **{label.name.lower(): spoken().number(counted[label]) for label in Label},
        )
    )


def balances(rows: Iterable[BalanceAssertion]) -> Iterable[Text]:
    """Each total claimed to date that does not balance with the record, and what could explain the gap."""
    for one in rows:
        if one.holds:
            continue
        fits = wording.apart(wording.candidate(candidate) for candidate in one.candidates)
        told = say_many(
            "{cell} after {n} phase: {said}: {gap}",
            "{cell} after {n} phases: {said}: {gap}",
            one.cell.after,
            cell=wording.cell(one.cell),
            said=_beside(one.statement, one.cell.recorded),
            gap=wording.gap(one.gap),
        )
        yield Text(say("{gap}; as large: {fits}", gap=told, fits=fits) if fits else told)
