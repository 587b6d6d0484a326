"""The screen: answers for people, as tables. The one rule: it lays out what it is given.

No text of a file is read as markup, and none reaches the terminal with a sign that steers it; colour is only
ever a second sign for what the words say. `Console` respects ``NO_COLOR`` and the width of the terminal.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Column, Table
from rich.text import Text

from reciprocity.domain import Verdict
from reciprocity.domain.values import remaining
from reciprocity.projections import Agrees, Label
from reciprocity.replay import bars, observations, vocabulary, wording
from reciprocity.replay.language import say, say_many, spoken, to_say
from reciprocity.replay.terminal import NothingHidden, UnbreakingConsole, words
from reciprocity.store import name_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reciprocity.domain import Count, Recorded, Terms
    from reciprocity.projections import (
        BalanceAssertion,
        Cell,
        Change,
        Largest,
        StandingRow,
        Statement,
        TimelineRow,
        Totals,
        VerdictRow,
    )
    from reciprocity.projections.bulk import StandingAnswer

_BAR, _SMALL_BAR = 20, 8  # signs

EVEN = {True: to_say("even"), False: to_say("uneven"), None: to_say("unknown")}


def console(*, stderr: bool = False) -> Console:
    """Where to print: no markup, no emoji, no guessing of colours, no escapes but the console's own."""
    on = UnbreakingConsole(markup=False, emoji=False, highlight=False, stderr=stderr)
    on.push_render_hook(NothingHidden())
    return on


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
    return str(cell).split("\n") if column.no_wrap else words(str(cell)) or [""]


def terms(agreement: str, of: Terms) -> Iterable[Text]:
    """An agreement's title, parties and terms."""
    yield Text(f"{of.title}  [{agreement}]", style="bold")
    yield Text(", ".join(f"{party.code} {party.name}" for party in of.parties))
    if of.series:
        yield Text(say("A series of exchanges that were each agreed by themselves; nobody signed it."))
    else:
        yield Text(_signed(of) + _mediated(of))
    yield Text(
        say(
            "Agreed: {what}; {symmetry}", what=wording.obligations(of), symmetry=wording.symmetry(of.symmetry)
        )
    )


def phases(rows: Iterable[TimelineRow]) -> Table:
    """Each phase with its counts, the running totals, what remains, and whether the sides are even."""
    table = _table()
    table.add_column(say("Phase"), justify="right", no_wrap=True)
    table.add_column(say("Day"), no_wrap=True)
    table.add_column(say("Owed"), overflow="fold")
    table.add_column(say("Released"), overflow="fold")
    table.add_column(say("So far"), justify="right", no_wrap=True)
    table.add_column(say("Remain"), justify="right", no_wrap=True)
    table.add_column(say("Sides"), no_wrap=True)
    for row in rows:
        lead, trail = (str(row.phase), wording.day(row.completed_on)), say(EVEN[row.balanced])
        for line in _lines(row):
            table.add_row(*lead, *line, trail)
            lead, trail = ("", ""), ""
    return table


def _lines(row: TimelineRow) -> Iterator[tuple[str, str, str, str]]:
    """Of one phase: by direction, each obligation that was served, then whatever served none."""
    after = row.after
    for direction, served, released in row.by_obligation():
        if served is not None:
            done = after.terms.done(after.exchanged, served)
            yield (
                wording.obligation(served),
                wording.transfers(released),
                wording.progress(wording.short(done), served.total, wording.short_total(served.total)),
                wording.short_total(remaining(served.total, done)),
            )
        elif released:
            yield say("{direction} besides", direction=str(direction)), wording.transfers(released), "", ""
        else:
            yield str(direction), wording.transfers([]), "", ""


def progress(of: Totals, on: Console) -> Iterable[Text]:
    """A bar for each direction in which so many were agreed, as long as the terminal has room for it."""
    per_cent = [wording.share(part) for part in bars.shares(of).values()]
    room = on.width - max((cell_len(line) for line in bars.lines(of, 0, on)), default=0) - 2
    cells = min(_BAR, room - max(map(cell_len, per_cent), default=0) - 1)
    if cells >= _SMALL_BAR // 2:
        for line, part in zip(bars.lines(of, cells, on), per_cent, strict=True):
            yield Text(f"  {line} {part}")


def totals(of: Totals) -> Text:
    """Where an agreement stands: its status, and how much of each obligation is done."""
    parts = [
        say(
            "{what} {count}",
            what=wording.obligation(o),
            count=wording.progress(
                wording.figure(of.over(o.direction, o.categories)), o.total, wording.total(o.total)
            ),
        )
        for o in of.terms.obligations
    ]
    status = vocabulary.status(of.status.value)
    return Text(say("Status: {status}. Exchanged: {what}.", status=status, what=wording.apart(parts)))


def verdicts(rows: list[VerdictRow], rules: int) -> Iterable[Text]:
    """How many rules hold throughout; then each violation, and each doubt with the last event it is about."""
    broken = {row.finding.rule for row in rows}
    held = spoken().number(rules - len(broken))
    yield Text(say("Rules: {held} of {rules} hold throughout.", held=held, rules=spoken().number(rules)))
    doubts: dict[str, list[VerdictRow]] = {}
    for row in rows:
        if row.finding.verdict is Verdict.VIOLATED:
            yield Text(f"  {_version(row)}")
        else:
            doubts.setdefault(row.finding.rule, []).append(row)
    for doubtful in doubts.values():
        last = doubtful[-1]
        yield Text(f"  {_version(last)}{_and_before(len(doubtful) - 1)}")


def claims(cells: list[Cell]) -> Iterable[Text]:
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
    table = _table()
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


def changes(rows: list[Change]) -> Table | Text:
    """Each figure that differs, from what to what, and why; a phase that is new shows in the totals only."""
    if not rows:
        return Text(say("Nothing is different."))
    table = _table()
    table.add_column(say("Agreement"), no_wrap=True)
    table.add_column(say("Figure"), overflow="fold")
    table.add_column(say("From"), justify="right", no_wrap=True)
    table.add_column(say("To"), justify="right", no_wrap=True)
    table.add_column(say("Because of"), overflow="fold")
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
        yield Text(say("No rule says anything else."))
    for row in rows:
        yield Text(_version(row))


def _value(value: Count | str | None) -> str:
    return "-" if value is None else say(value) if isinstance(value, str) else wording.short(value)


def _version(row: VerdictRow) -> str:
    version, finding = str(row.version), observations.finding(row.finding)
    return say("version {version}: {finding}", version=version, finding=finding)


def events(rows: Iterable[Recorded]) -> Iterable[Text]:
    """Events in a line each, by version."""
    for row in rows:
        told = say(
            "version {version}, {event}: {said}",
            version=str(row.version),
            event=vocabulary.event(name_of(row.event)),
            said=wording.event(row.event),
        )
        yield Text(f"  {told}")


def log(rows: Sequence[Recorded]) -> Table:
    """The log: each event with its place, its instant and what it says; its agreement, if there are more."""
    several = len({row.agreement_id for row in rows}) > 1
    table = _table()
    table.add_column(say("Pos."), justify="right", no_wrap=True)
    table.add_column(say("Recorded, UTC"), no_wrap=True)
    if several:
        table.add_column(say("Agreement"), no_wrap=True)
    table.add_column(say("Ver."), justify="right", no_wrap=True)
    table.add_column(say("Event"), no_wrap=True)
    table.add_column(say("What"), overflow="fold")
    for row in rows:
        table.add_row(
            spoken().number(row.position),
            spoken().instant(row.recorded_at),
            *([row.agreement_id] if several else []),
            spoken().number(row.version),
            vocabulary.event(name_of(row.event)),
            wording.event(row.event) + (_clock(row.clock_at) if row.clock_at else ""),
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
    table.add_column(say("Agreement"), no_wrap=True)
    table.add_column(say("Status"), no_wrap=True)
    table.add_column(say("Phases"), justify="right", no_wrap=True)
    table.add_column(say("Persons"), justify="right", no_wrap=True)
    table.add_column(say("Progress"), justify="right", no_wrap=True)
    if each_way:
        table.add_column(say("Each way"), no_wrap=True)
    table.add_column(say("Last phase"), no_wrap=True)
    for row in rows:
        table.add_row(
            f"{row.agreement}\n{below[row.agreement]}".strip() if below else row.agreement,
            say("series") if row.series else vocabulary.status(row.status),
            spoken().number(row.phases),
            wording.short(row.persons),
            wording.share(row.progress) if row.progress else say("open"),
            *([each_way[row.agreement]] if each_way else []),
            spoken().day(row.last_completed_on) if row.last_completed_on else "",
        )
    return table


def largest(phase: Largest | None, agreement: Largest | None) -> Iterable[Text]:
    """The largest exchange, in one phase and in one agreement."""
    if phase is not None:
        yield Text(
            say(
                "Largest in one phase: {persons} persons, phase {phase} of {agreement}, {day}",
                persons=wording.figure(phase.persons),
                phase=str(phase.phase),
                agreement=phase.agreement,
                day=wording.day(phase.completed_on),
            )
        )
    if agreement is not None:
        yield Text(
            say(
                "Largest in one agreement: {persons} persons, {agreement}",
                persons=wording.figure(agreement.persons),
                agreement=agreement.agreement,
            )
        )


def _and_before(number: int) -> str:
    return say_many(" (and {n} times before)", " (and {n} times before)", number) if number else ""


def _clock(said: dt.datetime) -> str:
    return say("; the clock said {instant}", instant=spoken().instant(said))


def _table() -> Table:
    return Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, padding=(0, 1, 0, 0))


def _signed(of: Terms) -> str:
    day = wording.day(of.signed_on)
    if of.signed_at:
        return say("Signed: {day} in {place}", day=day, place=of.signed_at)
    return say("Signed: {day}", day=day)


def _mediated(of: Terms) -> str:
    return say("; mediated by {mediators}", mediators=", ".join(of.mediators)) if of.mediators else ""
