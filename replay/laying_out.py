"""Laying out: answers for people, as tables and lines. The one rule: it lays out what it is given.

What that is, projections know; how it is printed, `screen`. Colour is only ever a second sign for what the
words say.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.text import Text

from reciprocity.domain import Verdict
from reciprocity.domain.values import remaining
from reciprocity.replay import bars, observations, screen, vocabulary, wording
from reciprocity.replay.language import say, say_many, spoken, to_say
from reciprocity.store import name_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from rich.console import Console
    from rich.table import Table

    from reciprocity.domain import Count, Recorded, Terms
    from reciprocity.projections import (
        Change,
        Largest,
        StandingRow,
        TimelineRow,
        Totals,
        VerdictRow,
    )
    from reciprocity.projections.bulk import StandingAnswer

_BAR, _SMALL_BAR = 20, 8  # signs

EVEN = {True: to_say("even"), False: to_say("uneven"), None: to_say("unknown")}


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
    table = screen.empty_table()
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


def changes(rows: list[Change]) -> Table | Text:
    """Each figure that differs, from what to what, and why; a phase that is new shows in the totals only."""
    if not rows:
        return Text(say("Nothing is different."))
    table = screen.empty_table()
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
    table = screen.empty_table()
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
    return next((table for table in tables if screen.least_width(table) <= on.width), tables[1])


def standing(
    rows: Iterable[StandingRow | StandingAnswer],
    *,
    each_way: Mapping[str, str] | None = None,
    below: Mapping[str, str] | None = None,
) -> Table:
    """Where every agreement stands; bars, by agreement, go in a column of their own, or below its name."""
    table = screen.empty_table()
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


def _signed(of: Terms) -> str:
    day = wording.day(of.signed_on)
    if of.signed_at:
        return say("Signed: {day} in {place}", day=day, place=of.signed_at)
    return say("Signed: {day}", day=day)


def _mediated(of: Terms) -> str:
    return say("; mediated by {mediators}", mediators=", ".join(of.mediators)) if of.mediators else ""
