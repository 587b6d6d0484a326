"""The screen: answers for people, as tables. The one rule: it lays out what it is given.

No text of a file is read as markup, and none reaches the terminal with a sign that steers it; colour is only
ever a second sign for what the words say. `Console` respects ``NO_COLOR`` and the width of the terminal.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook
from rich.control import Control
from rich.segment import Segment
from rich.table import Column, Table
from rich.text import Text

from reciprocity.domain import OPEN, Verdict
from reciprocity.domain.values import remaining
from reciprocity.projections import Agrees, Label
from reciprocity.replay import bars, wording
from reciprocity.replay.visible import visible_lines
from reciprocity.store import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reciprocity.domain import Count, Recorded, Terms
    from reciprocity.projections import (
        BalanceAssertion,
        Cell,
        Change,
        Largest,
        StandingRow,
        TimelineRow,
        Totals,
        VerdictRow,
    )
    from reciprocity.projections.bulk import StandingAnswer

_BAR, _SMALL_BAR = 20, 8  # signs

_EVEN = {True: "even", False: "uneven", None: "unknown"}


def console(*, stderr: bool = False) -> Console:
    """Where to print: no markup, no emoji, no guessing of colours, no escapes but the console's own."""
    on = Console(markup=False, emoji=False, highlight=False, stderr=stderr)
    on.push_render_hook(_NothingHidden())
    return on


class _NothingHidden(RenderHook):
    """Makes what is printed visible, whatever it is, where it has become text and styles."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        return [one if isinstance(one, Control) else Visible(one) for one in renderables]


class Visible:
    """Something to print, with every sign that steers a terminal written out."""

    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, on: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for text, style, control in on.render(self._renderable, options):
            yield Segment(text if control else visible_lines(text), style, control)


def show(on: Console, *parts: RenderableType) -> None:
    """Print texts and tables; a table too wide for the terminal goes row by row, each value in a line."""
    for part in parts:
        if isinstance(part, Table) and _least_width(part) > on.width:
            headers = [str(column.header) for column in part.columns]
            for row in zip(*(column.cells for column in part.columns), strict=True):
                for header, cell in zip(headers, row, strict=True):
                    if cell:
                        on.print(Text(f"{header}: {cell}"))
                on.print()
        else:
            on.print(part)


def _least_width(table: Table) -> int:
    """How wide a table must be for no value to be cut and no word to be broken."""
    return sum(
        1 + max(cell_len(part) for cell in (column.header, *column.cells) for part in _parts(column, cell))
        for column in table.columns
    )


def _parts(column: Column, cell: RenderableType) -> list[str]:
    return str(cell).split("\n") if column.no_wrap else str(cell).split() or [""]


def terms(agreement: str, of: Terms) -> Iterable[Text]:
    """An agreement's title, parties and terms."""
    yield Text(f"{of.title}  [{agreement}]", style="bold")
    yield Text(", ".join(f"{party.code} {party.name}" for party in of.parties))
    if of.series:
        yield Text("A series of exchanges that were each agreed by themselves; nobody signed it.")
    else:
        place = f" in {of.signed_at}" if of.signed_at else ""
        yield Text(f"Signed: {wording.day(of.signed_on)}{place}{_mediated(of)}")
    yield Text(f"Agreed: {wording.obligations(of)}; {wording.symmetry(of.symmetry)}")


def phases(rows: Iterable[TimelineRow]) -> Table:
    """Each phase with its counts, the running totals, what remains, and whether the sides are even."""
    table = _table()
    table.add_column("Phase", justify="right", no_wrap=True)
    table.add_column("Day", no_wrap=True)
    table.add_column("Owed", overflow="fold")
    table.add_column("Released", overflow="fold")
    table.add_column("So far", justify="right", no_wrap=True)
    table.add_column("Remain", justify="right", no_wrap=True)
    table.add_column("Sides", no_wrap=True)
    for row in rows:
        lead, trail = (str(row.phase), wording.day(row.completed_on)), _EVEN[row.balanced]
        for line in _lines(row):
            table.add_row(*lead, *line, trail)
            lead, trail = ("", ""), ""
    return table


def _lines(row: TimelineRow) -> Iterator[tuple[str, str, str, str]]:
    """Of one phase: by direction, each obligation that was served, then whatever served none."""
    terms, exchanged = row.after.terms, row.after.exchanged
    for direction in dict.fromkeys([*terms.directions(), *(t.direction for t in row.transfers)]):
        serving = [
            (obligation, [t for t in row.transfers if terms.serves(t.direction, t.category, obligation)])
            for obligation in terms.owed(direction)
        ]
        extra = [
            t
            for t in row.transfers
            if t.direction == direction
            and not any(terms.serves(t.direction, t.category, o) for o in terms.obligations)
        ]
        if serving and not extra and not any(released for _, released in serving):
            yield str(direction), wording.transfers([]), "", ""
        for obligation, released in serving:
            if released:
                done = terms.done(exchanged, obligation)
                yield (
                    wording.obligation(obligation),
                    wording.transfers(released),
                    f"{wording.short(done)} of {_short_total(obligation.total)}",
                    _short_total(remaining(obligation.total, done)),
                )
        if extra:
            yield f"{direction} besides", wording.transfers(extra), "", ""


def progress(of: Totals, on: Console) -> Iterable[Text]:
    """A bar for each direction in which so many were agreed, as long as the terminal has room for it."""
    per_cent = [str(part) for part in bars.shares(of).values()]
    room = on.width - max((cell_len(line) for line in bars.lines(of, 0, on)), default=0) - 2
    cells = min(_BAR, room - max(map(cell_len, per_cent), default=0) - 1)
    if cells >= _SMALL_BAR // 2:
        for line, part in zip(bars.lines(of, cells, on), per_cent, strict=True):
            yield Text(f"  {line} {part}")


def totals(of: Totals) -> Text:
    """Where an agreement stands: its status, and how much of each obligation is done."""
    parts = [
        f"{wording.obligation(o)} {wording.figure(of.over(o.direction, o.categories))}"
        f" of {wording.total(o.total)}"
        for o in of.terms.obligations
    ]
    return Text(f"Status: {of.status.value.replace('-', ' ')}. Exchanged: {'; '.join(parts)}.")


def verdicts(rows: list[VerdictRow], rules: int) -> Iterable[Text]:
    """How many rules hold throughout; then each violation, and each doubt with the last event it is about."""
    broken = {row.finding.rule for row in rows}
    yield Text(f"Rules: {rules - len(broken)} of {rules} hold throughout.")
    doubts: dict[str, list[VerdictRow]] = {}
    for row in rows:
        if row.finding.verdict is Verdict.VIOLATED:
            yield Text(f"  version {row.version}: {row.finding}")
        else:
            doubts.setdefault(row.finding.rule, []).append(row)
    for doubtful in doubts.values():
        last = doubtful[-1]
        yield Text(f"  version {last.version}: {last.finding}{_and_before(len(doubtful) - 1)}")


def claims(cells: list[Cell]) -> Iterable[Text]:
    """How many claimed figures agree with the record, then those that differ from it."""
    rows = [(cell, one) for cell in cells for one in cell.said]
    counted = Counter(one.agrees.value for _, one in rows)
    figures = ", ".join(f"{counted[kind.value]} {kind.value}" for kind in Agrees)
    yield Text(f"Claims: {len(rows)} figures beside the record: {figures}.")
    for cell, one in rows:
        if one.agrees is Agrees.DIFFERENT:
            yield Text(
                f"  {wording.cell(cell)}: {wording.claimant(one.claimant, one.office)} says "
                f"{wording.claimed(one.count)}, the record {wording.figure(cell.recorded)}"
            )


def cells(rows: Iterable[Cell]) -> Table:
    """Each recorded figure beside what was said of it."""
    table = _table()
    table.add_column("Phase", no_wrap=True)
    table.add_column("Direction", no_wrap=True)
    table.add_column("Category", overflow="fold")
    table.add_column("Record", justify="right", no_wrap=True)
    table.add_column("Label", no_wrap=True)
    table.add_column("Said", overflow="fold")
    for cell in rows:
        table.add_row(
            f"{cell.phase}" if cell.phase else f"to date ({cell.after})",
            str(cell.direction),
            wording.category(cell.category) if cell.category else "in total",
            wording.short(cell.recorded),
            cell.label.value + (f" by {cell.apart:,}" if cell.apart else ""),
            "; ".join(wording.statement(one) for one in cell.said) or "nothing",
        )
    return table


def labels(rows: Iterable[Cell]) -> Text:
    """How many cells have each label."""
    counted = Counter(cell.label for cell in rows)
    return Text(", ".join(f"{counted[label]} {label.value}" for label in Label) + ".")


def balances(rows: Iterable[BalanceAssertion]) -> Iterable[Text]:
    """Each total claimed to date that does not balance with the record, and what could explain the gap."""
    for one in rows:
        if one.holds:
            continue
        said = wording.claimant(one.statement.claimant, one.statement.office)
        fits = "; ".join(wording.candidate(candidate) for candidate in one.candidates)
        yield Text(
            f"{wording.cell(one.cell)} after {wording.counted(one.cell.after, 'phase')}: {said} says "
            f"{wording.claimed(one.statement.count)}, the record {wording.figure(one.cell.recorded)}: "
            f"{wording.gap(one.gap)}{f'; as large: {fits}' if fits else ''}"
        )


def changes(rows: list[Change]) -> Table | Text:
    """Each figure that differs, from what to what, and why; a phase that is new shows in the totals only."""
    if not rows:
        return Text("Nothing is different.")
    table = _table()
    table.add_column("Agreement", no_wrap=True)
    table.add_column("Figure", overflow="fold")
    table.add_column("From", justify="right", no_wrap=True)
    table.add_column("To", justify="right", no_wrap=True)
    table.add_column("Because of", overflow="fold")
    for change in rows:
        if change.figure.phase is not None and None in (change.before, change.after):
            continue
        table.add_row(
            change.figure.agreement,
            wording.figure_name(change.figure),
            _value(change.before),
            _value(change.after),
            wording.because(change),
        )
    return table


def branch_verdicts(rows: list[VerdictRow]) -> Iterable[Text]:
    """What rules a branch breaks, or leaves in doubt, that the record does not."""
    if not rows:
        yield Text("No rule says anything else.")
    for row in rows:
        yield Text(f"version {row.version}: {row.finding}")


def _value(value: Count | str | None) -> str:
    return "-" if value is None else value if isinstance(value, str) else wording.short(value)


def events(rows: Iterable[Recorded]) -> Iterable[Text]:
    """Events in a line each, by version."""
    for row in rows:
        yield Text(f"  version {row.version}, {name_of(row.event)}: {wording.event(row.event)}")


def log(rows: Sequence[Recorded]) -> Table:
    """The log: each event with its place, its instant and what it says; its agreement, if there are more."""
    several = len({row.agreement_id for row in rows}) > 1
    table = _table()
    table.add_column("Pos.", justify="right", no_wrap=True)
    table.add_column("Recorded, UTC", no_wrap=True)
    if several:
        table.add_column("Agreement", no_wrap=True)
    table.add_column("Ver.", justify="right", no_wrap=True)
    table.add_column("Event", no_wrap=True)
    table.add_column("What", overflow="fold")
    for row in rows:
        table.add_row(
            f"{row.position:,}",
            f"{row.recorded_at:%Y-%m-%d %H:%M}",
            *([row.agreement_id] if several else []),
            f"{row.version:,}",
            name_of(row.event),
            wording.event(row.event)
            + (f"; the clock said {row.clock_at:%Y-%m-%d %H:%M}" if row.clock_at else ""),
        )
    return table


def standing_with_bars(rows: Sequence[StandingRow], on: Console) -> Table:
    """The same with a bar for each direction: in a column, or where that is too wide, below."""
    drawn = {row.agreement: "\n".join(bars.lines(row.totals, _SMALL_BAR, on)) for row in rows}
    if not any(drawn.values()):
        return standing(rows)
    tables = standing(rows, each_way=drawn), standing(rows, below=drawn), standing(rows)
    return next((table for table in tables if _least_width(table) <= on.width), tables[1])


def standing(
    rows: Iterable[StandingRow | StandingAnswer],
    *,
    each_way: Mapping[str, str] | None = None,
    below: Mapping[str, str] | None = None,
) -> Table:
    """Where every agreement stands; bars, by agreement, go in a column of their own, or below its name."""
    table = _table()
    table.add_column("Agreement", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    table.add_column("Phases", justify="right", no_wrap=True)
    table.add_column("Persons", justify="right", no_wrap=True)
    table.add_column("Progress", justify="right", no_wrap=True)
    if each_way:
        table.add_column("Each way", no_wrap=True)
    table.add_column("Last phase", no_wrap=True)
    for row in rows:
        table.add_row(
            f"{row.agreement}\n{below[row.agreement]}".strip() if below else row.agreement,
            "series" if row.series else row.status.replace("-", " "),
            f"{row.phases:,}",
            wording.short(row.persons),
            str(row.progress) if row.progress else "open",
            *([each_way[row.agreement]] if each_way else []),
            row.last_completed_on.isoformat() if row.last_completed_on else "",
        )
    return table


def largest(phase: Largest | None, agreement: Largest | None) -> Iterable[Text]:
    """The largest exchange, in one phase and in one agreement."""
    if phase is not None:
        where = f"phase {phase.phase} of {phase.agreement}, {wording.day(phase.completed_on)}"
        yield Text(f"Largest in one phase: {wording.figure(phase.persons)} persons, {where}")
    if agreement is not None:
        yield Text(
            f"Largest in one agreement: {wording.figure(agreement.persons)} persons, {agreement.agreement}"
        )


def _short_total(count: Count) -> str:
    return "open" if count == OPEN else wording.short(count)


def _and_before(number: int) -> str:
    return f" (and {number} times before)" if number else ""


def _table() -> Table:
    return Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))


def _mediated(of: Terms) -> str:
    return f"; mediated by {', '.join(of.mediators)}" if of.mediators else ""
