"""Commands that read: replay, status, log, claims. The one rule: each takes the two clocks."""

from __future__ import annotations

import datetime as dt

import click

from reciprocity.domain import RULES, Recorded, Verdict
from reciprocity.projections import (
    Claims,
    Cumulative,
    Standing,
    Timeline,
    Verdicts,
    ask,
    balance_assertions,
    fold_log,
    largest_agreement,
    largest_phase,
)
from reciprocity.replay import json_lines, laying_out, laying_out_claims, screen
from reciprocity.replay.language import say
from reciprocity.replay.opening import opened
from reciprocity.replay.options import (
    Clocks,
    agreement_ids,
    as_json,
    events_of,
    two_clocks,
    what_to_read,
    which_agreement,
)
from reciprocity.replay.stepping import step_through
from reciprocity.replay.visible import echo
from reciprocity.store import name_of

_TOLD_APART = frozenset({"phase-completed", "claim-recorded", "agreement-signed"})


@click.command()
@what_to_read
@which_agreement
@two_clocks
@click.option("--step", is_flag=True, help="Walk through the log event by event.")
@as_json
def replay(
    source: str,
    agreement: str | None,
    *,
    as_of: dt.date | None,
    known_at: dt.datetime | None,
    step: bool,
    as_json: bool,
) -> None:
    """Replay agreements out of their events: phases, totals, what remains, symmetry, rules and claims.

    Exits with 1 if the record breaks a rule.

    \b
    Examples:
      reciprocity replay ua-ru-2025-05-16
      reciprocity replay ua-ru-2025-05-16 --as-of 2025-05-24
      reciprocity replay exchange.db ua-ru-2025-05-16 --known-at 2025-05-24T12:00:00Z
      reciprocity replay seeds/il-hamas-2023-11.toml --json
      reciprocity replay il-hamas-2023-11 --step
    """
    clocks = Clocks(as_of, known_at)
    violated = False
    with opened(source) as register:
        histories = {
            name: list(clocks.view(register.history(name)))
            for name in agreement_ids(register, source, agreement)
        }
    if step:
        step_through([one for history in histories.values() for one in history])
        return
    for number, (agreement_id, history) in enumerate(histories.items()):
        if as_json:
            for row in ask(Timeline(), history):
                echo(json_lines.line(json_lines.phase(row, row.after.status.value)))
        elif history:
            _show_replay(agreement_id, history, first=number == 0)
        else:
            echo(say("{agreement}: nothing had happened, or nothing was known", agreement=agreement_id))
        violated |= any(r.finding.verdict is Verdict.VIOLATED for r in ask(Verdicts(), history))
    if violated:
        raise click.exceptions.Exit(1)


@click.command()
@what_to_read
@two_clocks
@as_json
def status(source: str, *, as_of: dt.date | None, known_at: dt.datetime | None, as_json: bool) -> None:
    """Show where every agreement stands, and the largest exchange so far.

    \b
    Examples:
      reciprocity status exchange.db
      reciprocity status exchange.db --as-of 2025-05-24
      reciprocity status exchange.db --json
    """
    with opened(source) as register:
        state = fold_log(Standing(), Clocks(as_of, known_at).view(register.log()))
    rows = list(Standing().rows(state))
    phase, agreement = largest_phase(state), largest_agreement(state)
    if as_json:
        answers = [json_lines.standing(row) for row in rows]
        answers += [json_lines.largest(one) for one in (phase, agreement) if one]
        for answer in answers:
            echo(json_lines.line(answer))
        return
    console = screen.console()
    screen.show(console, laying_out.standing_with_bars(rows, console), *laying_out.largest(phase, agreement))


@click.command()
@what_to_read
@which_agreement
@two_clocks
@as_json
def log(
    source: str, agreement: str | None, *, as_of: dt.date | None, known_at: dt.datetime | None, as_json: bool
) -> None:
    """List the events of a store, or of one agreement in it, in the order of recording.

    \b
    Examples:
      reciprocity log exchange.db
      reciprocity log exchange.db ua-ru-2025-05-16 --json
      reciprocity log exchange.db --known-at 2025-05-24
    """
    with opened(source) as register:
        seen = Clocks(as_of, known_at).view(events_of(register, source, agreement))
        if as_json:
            for one in seen:
                echo(json_lines.line(json_lines.recorded(one)))
        else:
            screen.show(screen.console(), laying_out.log(list(seen)))


@click.command()
@what_to_read
@which_agreement
@two_clocks
@click.option("--all", "show_all", is_flag=True, help="Also show what is confirmed.")
@as_json
def claims(
    source: str,
    agreement: str | None,
    *,
    as_of: dt.date | None,
    known_at: dt.datetime | None,
    show_all: bool,
    as_json: bool,
) -> None:
    """Show who says what, beside the record: confirmed, disputed, one-sided or unknown.

    Totals claimed to date are balance assertions: checked against the record of their moment, the gap
    reported with whatever in the record is exactly as large.

    \b
    Examples:
      reciprocity claims ua-ru-2025-07-23
      reciprocity claims exchange.db ua-ru-2025-06-02 --all
      reciprocity claims exchange.db --json
    """
    with opened(source) as register:
        wanted = set(agreement_ids(register, source, agreement))
        seen = list(Clocks(as_of, known_at).view(register.log()))
    cells = [cell for cell in ask(Claims(), seen) if cell.agreement in wanted]
    balances = [one for one in balance_assertions(seen) if one.cell.agreement in wanted]
    if as_json:
        for answer in [*map(json_lines.cell, cells), *map(json_lines.balance, balances)]:
            echo(json_lines.line(answer))
        return
    shown = [cell for cell in cells if show_all or cell.label.value != "confirmed"]
    screen.show(
        screen.console(),
        laying_out_claims.cells(shown),
        laying_out_claims.labels(cells),
        *laying_out_claims.balances(balances),
    )


def _show_replay(agreement_id: str, history: list[Recorded], *, first: bool) -> None:
    console = screen.console()
    totals = fold_log(Cumulative(), history)[agreement_id]
    if not first:
        console.print()
    screen.show(
        console,
        *laying_out.terms(agreement_id, totals.terms),
        "",
        laying_out.phases(ask(Timeline(), history)),
        laying_out.totals(totals),
        *laying_out.progress(totals, console),
        *laying_out.verdicts(ask(Verdicts(), history), len(RULES)),
        *laying_out_claims.summary(ask(Claims(), history)),
    )
    others = [one for one in history if name_of(one.event) not in _TOLD_APART]
    if others:
        screen.show(console, say("Other events:"), *laying_out.events(others))
