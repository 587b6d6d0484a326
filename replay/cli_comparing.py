"""Commands that compare: diff and what-if. The one rule: every change is shown with what caused it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from reciprocity.domain import Recorded
from reciprocity.projections import Verdicts, ask, diff
from reciprocity.projections import what_if as branch_of
from reciprocity.replay import json_lines, laying_out, screen
from reciprocity.replay.journal import read_events, read_journal
from reciprocity.replay.opening import NotFound, opened
from reciprocity.replay.options import (
    Clocks,
    as_json,
    point,
    two_clocks,
    what_to_read,
    which_agreement,
)
from reciprocity.replay.visible import echo


@click.command("diff")
@what_to_read
@click.argument("a", metavar="A")
@click.argument("b", metavar="[B]", required=False)
@two_clocks
@as_json
def diff_command(
    source: str,
    a: str,
    b: str | None,
    *,
    as_of: dt.date | None,
    known_at: dt.datetime | None,
    as_json: bool,
) -> None:
    """Show every number that changed between two points, with the events and sources that changed it.

    A and B are positions in the log (12), dates (as of 2025-05-24) or instants (known at
    2025-05-24T12:00:00Z). With A alone, A is another journal or store to compare with.

    \b
    Examples:
      reciprocity diff exchange.db 2025-05-23 2025-05-24
      reciprocity diff exchange.db 6 10
      reciprocity diff exchange.db corrected.toml
    """
    clocks = Clocks(as_of, known_at)
    with opened(source) as register:
        history = list(clocks.view(register.log()))
    if b is None:
        with opened(a) as other:
            before, after = history, list(clocks.view(other.log()))
    else:
        before, after = _at_point(history, a), _at_point(history, b)
    changes = diff(before, after)
    if as_json:
        for change in changes:
            echo(json_lines.line(json_lines.change(change)))
    else:
        screen.show(screen.console(), laying_out.changes(changes))


@click.command("what-if")
@what_to_read
@which_agreement
@two_clocks
@click.option("--terms", type=click.Path(exists=True), help="A journal whose [agreement] has other terms.")
@click.option("--without", type=int, multiple=True, help="Leave out the event of this version; repeatable.")
@click.option("--then", "then_", type=click.Path(exists=True), help="A journal's events to add.")
@as_json
def what_if(
    source: str,
    agreement: str | None,
    *,
    as_of: dt.date | None,
    known_at: dt.datetime | None,
    terms: str | None,
    without: tuple[int, ...],
    then_: str | None,
    as_json: bool,
) -> None:
    """Replay an agreement on a branch that is never written, and show what would be different.

    \b
    Examples:
      reciprocity what-if ua-ru-2025-05-16 --without 6
      reciprocity what-if exchange.db ua-ru-2025-05-16 --terms smaller.toml
      reciprocity what-if ua-ru-2025-05-16 --then fourth-phase.toml
    """
    with opened(source) as register:
        ids = [agreement] if agreement else register.agreement_ids()
        if len(ids) != 1 or ids[0] not in register.agreement_ids():
            raise NotFound(f"{source}: name one of its agreements: {', '.join(register.agreement_ids())}")
        history = list(Clocks(as_of, known_at).view(register.history(ids[0])))
        now = register.agreement(ids[0]).terms
    branch = branch_of(
        history,
        terms=read_journal(Path(terms)).terms if terms else None,
        without=without,
        then=read_events(Path(then_), now) if then_ else (),
    )
    known = {(row.version, row.finding) for row in ask(Verdicts(), history)}
    found = [row for row in branch.verdicts if (row.version, row.finding) not in known]
    changes = diff(history, branch.history)
    if as_json:
        for answer in [*map(json_lines.change, changes), *map(json_lines.verdict, found)]:
            echo(json_lines.line(answer))
        return
    screen.show(screen.console(), laying_out.changes(changes), *laying_out.branch_verdicts(found))


def _at_point(history: list[Recorded], text: str) -> list[Recorded]:
    try:
        if text.isdecimal():
            position = int(text)
            return [one for one in history if one.position <= position]
        return list(point(text).view(history))
    except (ValueError, NotFound) as error:
        raise NotFound(f"{text}: no position, date or instant") from error
