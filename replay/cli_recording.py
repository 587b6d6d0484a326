"""Commands that take journals in: record and check. The one rule: all is read before anything is written."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from typing import TYPE_CHECKING

import click
from rich.progress import Progress

from reciprocity.domain import Recorded, Verdict
from reciprocity.projections import Verdicts, ask, diff
from reciprocity.projections.at import day_of
from reciprocity.replay import completing, json_lines, laying_out, observations, screen
from reciprocity.replay.check import Located
from reciprocity.replay.check import check as check_journal
from reciprocity.replay.given_key import given_key
from reciprocity.replay.journal import Journal, read_journals
from reciprocity.replay.language import say, say_many
from reciprocity.replay.opening import journal_path, store_url
from reciprocity.replay.options import as_json, two_clocks
from reciprocity.replay.record import record as record_journal
from reciprocity.replay.visible import echo
from reciprocity.store import NoSuchStore, Register

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command()
@click.argument("journals", metavar="JOURNAL...", nargs=-1, required=True, shell_complete=completing.sources)
@click.option(
    "--store", required=True, shell_complete=completing.stores, help="Where to record: a path or a URL."
)
@click.option("--create/--no-create", default=True, help="Whether to make the store if there is none.")
@click.option("--dry-run", is_flag=True, help="Show all that would change; write nothing.")
def record(journals: tuple[str, ...], store: str, *, create: bool, dry_run: bool) -> None:
    """Record journals into a store.

    What is stored already is not recorded again; a journal that contradicts it is refused. Each journal is
    recorded whole or not at all, and none is if any of them is malformed or breaks a rule.

    \b
    Examples:
      reciprocity record ua-ru-2025-05-16 --store exchange.db
      reciprocity record corrected.toml --store exchange.db --dry-run
      reciprocity record seeds/*.toml --store sqlite:////var/lib/exchange.db --no-create
    """
    url = store_url(store)
    read = read_journals(journal_path(name) for name in journals)
    with Register.open("memory:") as trial:  # whatever is refused is refused before a store is touched
        for journal in read:
            record_journal(trial, journal)
    if dry_run:
        _show_impact(url, read)
        return
    with Register.open(url, create=create, key=given_key()) as register:
        for journal, added in _with_progress(register, read):
            stored = register.agreement(journal.agreement_id).version
            echo(
                say_many(
                    "{agreement}: {n} event recorded, {stored} in the store",
                    "{agreement}: {n} events recorded, {stored} in the store",
                    added,
                    agreement=journal.agreement_id,
                    stored=str(stored),
                )
            )


@click.command()
@click.argument("journals", metavar="JOURNAL...", nargs=-1, required=True, shell_complete=completing.sources)
@two_clocks
@click.option("--undecidable", is_flag=True, help="Also show where a rule cannot be decided.")
@as_json
def check(
    journals: tuple[str, ...],
    *,
    as_of: dt.date | None,
    known_at: dt.datetime | None,
    undecidable: bool,
    as_json: bool,
) -> None:
    """Check journals against every rule, and show all violations by name. Nothing is recorded.

    Exits with 1 if there is any, and with 4 if a journal is malformed. The two clocks leave out what
    had not happened or was not recorded by then.

    \b
    Examples:
      reciprocity check seeds/*.toml
      reciprocity check my-journal.toml --undecidable
    """
    violated = 0
    for name, journal in zip(journals, read_journals(journal_path(name) for name in journals), strict=True):
        found = list(check_journal(_seen(journal, as_of, known_at)))
        broken = [one for one in found if one.finding.verdict is Verdict.VIOLATED]
        violated += len(broken)
        for one in found if undecidable else broken:
            echo(json_lines.line(json_lines.finding(one)) if as_json else _located(one))
        if not as_json:
            echo(
                say_many(
                    "{journal}: {n} violation, {undecidable} undecidable",
                    "{journal}: {n} violations, {undecidable} undecidable",
                    len(broken),
                    journal=name,
                    undecidable=str(len(found) - len(broken)),
                )
            )
    if violated:
        raise click.exceptions.Exit(1)


def _located(one: Located) -> str:
    return f"{one.file}:{one.line}: {observations.finding(one.finding)}"


def _seen(journal: Journal, as_of: dt.date | None, known_at: dt.datetime | None) -> Journal:
    now = dt.datetime.now(dt.UTC)
    entries = [
        entry
        for entry in journal.entries
        for at in [entry.recorded_at or now]
        if (known_at is None or at <= known_at)
        and (
            as_of is None
            or day_of(Recorded("journal", 1, at.astimezone(dt.UTC), "journal", entry.event)) <= as_of
        )
    ]
    return Journal(journal.name, journal.agreement_id, tuple(entries))


def _show_impact(url: str, journals: list[Journal]) -> None:
    """What recording these journals would change, worked out on a copy of the store in memory."""
    with Register.open("memory:") as copy:
        with suppress(NoSuchStore), Register.open(url, reading=True, key=given_key()) as register:
            copy.take_over(register.log())
        before = list(copy.log())
        for journal in journals:
            record_journal(copy, journal)
        after = list(copy.log())
    console = screen.console()
    would = say_many(
        "Would record {n} event. Nothing was written.",
        "Would record {n} events. Nothing was written.",
        len(after) - len(before),
    )
    screen.show(console, would, laying_out.changes(diff(before, after)))
    known = {(row.agreement, row.version, row.finding) for row in ask(Verdicts(), before)}
    for row in ask(Verdicts(), after):
        if (row.agreement, row.version, row.finding) not in known:
            told = say(
                "{agreement} version {version}: {finding}",
                agreement=row.agreement,
                version=str(row.version),
                finding=observations.finding(row.finding),
            )
            screen.show(console, told)


def _with_progress(register: Register, journals: list[Journal]) -> Iterable[tuple[Journal, int]]:
    errors = screen.console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        for journal in progress.track(journals, description=say("Recording")):
            yield journal, len(record_journal(register, journal))
