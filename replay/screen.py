"""The screen: answers for people, as tables. The one rule: it lays out what it is given.

No text of a file is read as markup; colour is only ever a second sign for what the words say. `Console`
respects ``NO_COLOR`` and the width of the terminal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from reciprocity.domain import OPEN, Verdict
from reciprocity.domain.values import remaining
from reciprocity.replay import wording
from reciprocity.store import name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reciprocity.domain import Count, Recorded, Terms
    from reciprocity.projections import ClaimRow, Largest, StandingRow, TimelineRow, Totals, VerdictRow

_EVEN = {True: "even", False: "uneven", None: "unknown"}


def console(*, stderr: bool = False) -> Console:
    """Where to print: no markup, no emoji, no guessing of colours."""
    return Console(markup=False, emoji=False, highlight=False, stderr=stderr)


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
    return [str(cell)] if column.no_wrap else str(cell).split() or [""]


def terms(agreement: str, of: Terms) -> Iterable[Text]:
    """An agreement's title, parties and terms."""
    yield Text(f"{of.title}  [{agreement}]", style="bold")
    yield Text(", ".join(f"{party.code} {party.name}" for party in of.parties))
    if of.register:
        yield Text("A register of exchanges that were each agreed by themselves; nobody signed it.")
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
        released = [transfer for transfer in row.transfers if transfer.direction == direction]
        if not released:
            yield str(direction), wording.transfers([]), "", ""
        for obligation in terms.owed(direction):
            serving = [transfer for transfer in released if obligation.covers(transfer.category)]
            if serving:
                done = exchanged.over(direction, obligation.categories)
                yield (
                    wording.obligation(obligation),
                    wording.transfers(serving),
                    f"{wording.short(done)} of {_short_total(obligation.total)}",
                    _short_total(remaining(obligation.total, done)),
                )
        extra = [t for t in released if not any(o.covers(t.category) for o in terms.owed(direction))]
        if extra:
            yield f"{direction} besides", wording.transfers(extra), "", ""


def totals(of: Totals) -> Text:
    """Where an agreement stands: its status, and how much of each obligation is done."""
    parts = [
        f"{wording.obligation(o)} {wording.figure(of.exchanged.over(o.direction, o.categories))}"
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


def claims(rows: list[ClaimRow]) -> Iterable[Text]:
    """How many claimed figures agree with the record, then those that differ from it."""
    tally = dict.fromkeys(("same", "different", "undecidable", "silent"), 0)
    for row in rows:
        tally[row.agrees.value] += 1
    counted = ", ".join(f"{number} {name}" for name, number in tally.items())
    yield Text(f"Claims: {len(rows)} figures beside the record: {counted}.")
    for row in rows:
        if row.agrees.value == "different":
            about = f"phase {row.phase}" if row.phase else "to date"
            what = wording.category(row.category) if row.category else "in total"
            yield Text(
                f"  {about}, {row.releasing}>{row.receiving} {what}: "
                f"{wording.claimant(row.claimant, row.office)} says {wording.claimed(row.claimed)}, "
                f"the record {wording.figure(row.recorded)}"
            )


def events(rows: Iterable[Recorded]) -> Iterable[Text]:
    """Events in a line each, by version."""
    for row in rows:
        yield Text(f"  version {row.version}, {name_of(row.event)}: {wording.event(row.event)}")


def log(rows: Iterable[Recorded]) -> Table:
    """The log: each event with its place, its instant and what it says."""
    table = _table()
    table.add_column("Position", justify="right", no_wrap=True)
    table.add_column("Recorded at (UTC)", no_wrap=True)
    table.add_column("Agreement", no_wrap=True)
    table.add_column("Version", justify="right", no_wrap=True)
    table.add_column("Event", no_wrap=True)
    table.add_column("What", overflow="fold")
    for row in rows:
        table.add_row(
            f"{row.position:,}",
            f"{row.recorded_at:%Y-%m-%d %H:%M:%S}",
            row.agreement_id,
            f"{row.version:,}",
            name_of(row.event),
            wording.event(row.event),
        )
    return table


def standing(rows: Iterable[StandingRow]) -> Table:
    """Where every agreement stands."""
    table = _table()
    table.add_column("Agreement", no_wrap=True)
    table.add_column("Status", no_wrap=True)
    table.add_column("Phases", justify="right", no_wrap=True)
    table.add_column("Persons", justify="right", no_wrap=True)
    table.add_column("Progress", justify="right", no_wrap=True)
    table.add_column("Last phase", no_wrap=True)
    for row in rows:
        table.add_row(
            row.agreement,
            "register" if row.register else row.status.replace("-", " "),
            f"{row.phases:,}",
            wording.short(row.persons),
            str(row.progress) if row.progress else "open",
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
