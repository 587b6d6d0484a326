"""The command ``reciprocity``. The one rule: parse, call, print; what is asked is answered elsewhere.

Exit codes: 0 fine, 1 findings or a refusal, 2 usage, 3 a damaged store, 4 malformed input, 5 a conflict
with another writer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click
from rich.progress import Progress

from reciprocity.domain import RULES, Malformed, ReciprocityError, Recorded, Verdict
from reciprocity.projections import (
    Claims,
    Cumulative,
    Standing,
    Timeline,
    Verdicts,
    ask,
    fold_log,
    largest_agreement,
    largest_phase,
)
from reciprocity.replay import json_lines, screen, wording
from reciprocity.replay.check import check as check_journal
from reciprocity.replay.journal import Journal, read_journal
from reciprocity.replay.opening import NotFound, journal_path, opened, store_url
from reciprocity.replay.record import check_lawful
from reciprocity.replay.record import record as record_journal
from reciprocity.store import Conflict, NotAStore, Register, Unreadable, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_EXIT_CODES: tuple[tuple[type[ReciprocityError], int], ...] = (
    (Malformed, 4),
    (Conflict, 5),
    (Unreadable, 3),
    (NotAStore, 2),
    (NotFound, 2),
)
_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_TOLD_APART = frozenset({"phase-completed", "claim-recorded", "agreement-signed"})


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ReciprocityError as error:
            click.echo(f"Error: {error}", err=True)
            code = next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 1)
            raise click.exceptions.Exit(code) from error


as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line, for programs.")
what_to_read = click.argument("source", metavar="JOURNAL_OR_STORE")
which_agreement = click.argument("agreement", required=False)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="reciprocity")
def main() -> None:
    """Replay the record of phased, reciprocal exchange agreements.

    A JOURNAL is a TOML file, or the name of one that comes with the library. A STORE is a file made by
    "reciprocity record", or a URL such as sqlite:///exchange.db.

    \b
    Examples:
      reciprocity replay ua-ru-2025-05-16
      reciprocity record seeds/*.toml --store exchange.db
      reciprocity status exchange.db
    """


@main.command()
@what_to_read
@which_agreement
@as_json
def replay(source: str, agreement: str | None, *, as_json: bool) -> None:
    """Replay agreements out of their events: phases, totals, what remains, symmetry, rules and claims.

    Exits with 1 if the record breaks a rule.

    \b
    Examples:
      reciprocity replay ua-ru-2025-05-16
      reciprocity replay exchange.db ua-ru-2025-05-16
      reciprocity replay seeds/il-hamas-2023-11.toml --json
    """
    with opened(source) as register:
        ids = _agreement_ids(register, source, agreement)
        violated = False
        for number, agreement_id in enumerate(ids):
            history = [*register.history(agreement_id)]
            if as_json:
                for row in ask(Timeline(), history):
                    click.echo(json_lines.line(json_lines.phase(row)))
            else:
                _show_replay(agreement_id, history, first=number == 0)
            violated |= any(r.finding.verdict is Verdict.VIOLATED for r in ask(Verdicts(), history))
    if violated:
        raise click.exceptions.Exit(1)


@main.command()
@click.argument("journals", metavar="JOURNAL...", nargs=-1, required=True)
@click.option("--store", required=True, help="Where to record: a path or a URL.")
@click.option("--create/--no-create", default=True, help="Whether to make the store if there is none.")
def record(journals: tuple[str, ...], store: str, *, create: bool) -> None:
    """Record journals into a store.

    What is stored already is not recorded again; a journal that contradicts it is refused. Each journal is
    recorded whole or not at all, and none is if any of them is malformed or breaks a rule.

    \b
    Examples:
      reciprocity record ua-ru-2025-05-16 --store exchange.db
      reciprocity record seeds/*.toml --store sqlite:////var/lib/exchange.db --no-create
    """
    read = [read_journal(journal_path(name)) for name in journals]
    for journal in read:
        check_lawful(journal)
    with Register.open(store_url(store), create=create) as register:
        for journal, added in _with_progress(register, read):
            stored = register.agreement(journal.agreement_id).version
            click.echo(
                f"{journal.agreement_id}: {wording.counted(added, 'event')} recorded, {stored} in the store"
            )


@main.command()
@click.argument("store", metavar="STORE")
@as_json
def status(store: str, *, as_json: bool) -> None:
    """Show where every agreement stands, and the largest exchange so far.

    \b
    Examples:
      reciprocity status exchange.db
      reciprocity status exchange.db --json
    """
    with opened(store) as register:
        state = fold_log(Standing(), register.log())
    rows = list(Standing().rows(state))
    phase, agreement = largest_phase(state), largest_agreement(state)
    if as_json:
        answers = [json_lines.standing(row) for row in rows]
        answers += [json_lines.largest(one) for one in (phase, agreement) if one]
        for answer in answers:
            click.echo(json_lines.line(answer))
        return
    screen.show(screen.console(), screen.standing(rows), *screen.largest(phase, agreement))


@main.command()
@click.argument("store", metavar="STORE")
@which_agreement
@as_json
def log(store: str, agreement: str | None, *, as_json: bool) -> None:
    """List the events of a store, or of one agreement in it, in the order of recording.

    \b
    Examples:
      reciprocity log exchange.db
      reciprocity log exchange.db ua-ru-2025-05-16 --json
    """
    with opened(store) as register:
        _agreement_ids(register, store, agreement)
        rows = (one for one in register.log() if agreement in (None, one.agreement_id))
        if as_json:
            for one in rows:
                click.echo(json_lines.line(json_lines.recorded(one)))
        else:
            screen.show(screen.console(), screen.log(rows))


@main.command()
@click.argument("journals", metavar="JOURNAL...", nargs=-1, required=True)
@click.option("--undecidable", is_flag=True, help="Also show where a rule cannot be decided.")
@as_json
def check(journals: tuple[str, ...], *, undecidable: bool, as_json: bool) -> None:
    """Check journals against every rule, and show all violations by name. Nothing is recorded.

    Exits with 1 if there is any, and with 4 if a journal is malformed.

    \b
    Examples:
      reciprocity check seeds/*.toml
      reciprocity check my-journal.toml --undecidable
    """
    violated = 0
    for name in journals:
        found = list(check_journal(read_journal(journal_path(name))))
        broken = [one for one in found if one.finding.verdict is Verdict.VIOLATED]
        violated += len(broken)
        for one in found if undecidable else broken:
            click.echo(json_lines.line(json_lines.finding(one)) if as_json else str(one))
        if not as_json:
            violations = wording.counted(len(broken), "violation")
            click.echo(f"{name}: {violations}, {len(found) - len(broken)} undecidable")
    if violated:
        raise click.exceptions.Exit(1)


def _agreement_ids(register: Register, source: str, wanted: str | None) -> list[str]:
    known = register.agreement_ids()
    if wanted is None:
        return known
    if wanted not in known:
        raise NotFound(f"{source}: no agreement {wanted} (there are: {', '.join(known) or 'none'})")
    return [wanted]


def _show_replay(agreement_id: str, history: list[Recorded], *, first: bool) -> None:
    console = screen.console()
    totals = fold_log(Cumulative(), history)[agreement_id]
    if not first:
        console.print()
    screen.show(
        console,
        *screen.terms(agreement_id, totals.terms),
        "",
        screen.phases(ask(Timeline(), history)),
        screen.totals(totals),
        *screen.verdicts(ask(Verdicts(), history), len(RULES)),
        *screen.claims(ask(Claims(), history)),
    )
    others = [one for one in history if name_of(one.event) not in _TOLD_APART]
    if others:
        screen.show(console, "Other events:", *screen.events(others))


def _with_progress(register: Register, journals: list[Journal]) -> Iterable[tuple[Journal, int]]:
    errors = screen.console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        for journal in progress.track(journals, description="Recording"):
            yield journal, len(record_journal(register, journal))
