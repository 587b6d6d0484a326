"""The command ``shrink``. The one rule: what is shrunk is a copy; the record stays as it is."""

from __future__ import annotations

import datetime as dt
import os
import shlex
import signal
import subprocess
import tempfile
import tomllib
from contextlib import contextmanager, suppress
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click
from rich.progress import Progress

from reciprocity.domain import RULES, Event, ReciprocityError, Verdict
from reciprocity.projections.retelling import Retelling
from reciprocity.replay import screen
from reciprocity.replay.check import check
from reciprocity.replay.giving_out import check_free, write_file
from reciprocity.replay.journal import Journal, parse_journal, read_journal
from reciprocity.replay.journal_text import journal_tables, journal_text
from reciprocity.replay.language import say, spoken
from reciprocity.replay.opening import NotFound, find_journal, opened_store
from reciprocity.replay.options import Seconds, which_agreement
from reciprocity.replay.problems import MalformedFile
from reciprocity.replay.shrinking import MOST_TRIES, Fails, NothingToShrink, breaks, shrink
from reciprocity.replay.taking_in import read_lines
from reciprocity.replay.visible import echo

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reciprocity.domain import Recorded
    from reciprocity.replay.smaller import Tables


class NotRun(ReciprocityError):
    """The command that is to check a journal cannot be run, or does not end."""


class NotTold(ReciprocityError):
    """A history holds what a journal cannot tell."""


@click.command("shrink")
@click.argument("source", metavar="JOURNAL|STORE|JSONL")
@which_agreement
@click.option("--check", "command", metavar="COMMAND", help="A shell command; {} in it is the journal.")
@click.option("--rule", type=click.Choice([rule.__name__ for rule in RULES]), help="A rule, by its name.")
@click.option("-o", "--output", required=True, type=click.Path(), help="The journal to write.")
@click.option("--force", is_flag=True, help="Overwrite it if it exists.")
@click.option(
    "--tries", default=MOST_TRIES, show_default=True, type=click.IntRange(1), help="How many at most."
)
@click.option("--timeout", default=60.0, show_default=True, type=Seconds(), help="For each try, in seconds.")
def shrink_command(
    source: str,
    agreement: str | None,
    *,
    command: str | None,
    rule: str | None,
    output: str,
    force: bool,
    tries: int,
    timeout: float,
) -> None:
    """Find the smallest journal that still makes something fail.

    What fails is a shell command that exits with another code than 0 (--check), or a rule that "reciprocity
    check" finds broken, or else undecidable (--rule). Events are left out, then parts of them, then numbers
    are lowered, as long as it still fails. Every journal that is tried is well formed and breaks no rule that
    the record does not break. The command finds it at {}, or as its last argument.

    \b
    Examples:
      reciprocity shrink exchange.db ua-ru-2025-05-16 --check "./render {}" -o smallest.toml
      reciprocity shrink my-journal.toml --rule keeps_the_agreed_symmetry -o smallest.toml
      reciprocity shrink exchange.jsonl --check "pytest -q test_mine.py --journal" -o smallest.toml
    """
    if (command is None) == (rule is None):
        raise click.UsageError("what fails is said by --check COMMAND or by --rule NAME, one of them")
    path = Path(output)
    check_free(path, force=force)
    tables = _tables(source, agreement)
    journal = parse_journal(journal_text(tables).encode(), source)
    with tempfile.TemporaryDirectory(prefix="reciprocity-shrink-") as folder:
        fails = _breaks(journal, rule) if rule is not None else _Command(str(command), timeout, Path(folder))
        with _shown(fails, tries) as seen:
            shrunk = shrink(tables, seen, tries=tries)
    write_file(path, lambda file: file.writelines([shrunk.text.encode()]), force=force)
    number = spoken().number
    before, after = (number(len(one.entries)) for one in (journal, shrunk.journal))
    told = say(
        "events: {after} of {before}; tries: {tries}", after=after, before=before, tries=number(shrunk.tries)
    )
    echo(f"{output}: {told}")
    if not shrunk.is_smallest:
        echo(say("There may be a smaller one: the search ended early"), err=True)


@contextmanager
def _shown(fails: Fails, most: int) -> Iterator[Fails]:
    """The same check, which tells on a terminal how far the search has come."""
    errors = screen.console(stderr=True)
    with Progress(console=errors, transient=True, disable=not errors.is_terminal) as progress:
        task = progress.add_task(say("Shrinking"), total=most)

        def seen(journal: Journal, text: str) -> bool:
            progress.update(
                task, advance=1, description=say("events: {n}", n=spoken().number(len(journal.entries)))
            )
            return fails(journal, text)

        yield seen


def _breaks(journal: Journal, rule: str) -> Fails:
    found = {one.finding.verdict for one in check(journal) if one.finding.rule == rule}
    if not found:
        raise NothingToShrink(f"{journal.name}: {rule} holds throughout: nothing to shrink")
    return breaks(rule, Verdict.VIOLATED if Verdict.VIOLATED in found else Verdict.UNDECIDABLE)


@attrs.define
class _Command:
    """A shell command as a check. What it prints is not shown: it is run too often."""

    command: str
    timeout: float
    folder: Path
    has_run: bool = False

    def __call__(self, _: Journal, text: str) -> bool:
        """Whether the command exits with another code than 0, in time; it must have been run once."""
        path = self.folder / "journal.toml"
        path.write_text(text, "utf-8")
        code = self._run(shlex.quote(str(path)))
        if not self.has_run and code is None:
            raise NotRun(f"{self.command}: did not end within {self.timeout:g} seconds")
        if not self.has_run and code in {126, 127}:
            raise NotRun(f"{self.command}: cannot be run (the shell says {code})")
        self.has_run = True
        return code not in {0, None}

    def _run(self, path: str) -> int | None:
        filled = self.command.replace("{}", path) if "{}" in self.command else f"{self.command} {path}"
        process = subprocess.Popen(  # noqa: S602  # it is the user's own command
            filled,
            shell=True,
            start_new_session=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            return process.wait(self.timeout)
        except BaseException as error:  # whoever ends us ends it, too
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)  # and what it has started
            process.wait()
            if isinstance(error, subprocess.TimeoutExpired):
                return None
            raise


def _tables(source: str, agreement: str | None) -> Tables:
    """The tables of a journal that tells what *source* holds of one agreement."""
    if source.endswith(".jsonl"):
        with Path(source).open("rb") as file:
            told = read_lines(file, source, now=dt.datetime.now(dt.UTC))
        return _told(source, told.events, agreement)
    if (path := find_journal(source)) is None:
        with opened_store(source) as register:
            return _told(source, register.log(), agreement)
    journal = read_journal(path)
    _the_one(source, [journal.agreement_id], agreement)
    tables: dict[str, Any] = tomllib.loads(path.read_text("utf-8-sig"))
    return tables


def _told(source: str, log: Iterable[Recorded], agreement: str | None) -> Tables:
    histories: dict[str, list[Recorded]] = {}
    for recorded in log:
        if agreement in (None, recorded.agreement_id):
            histories.setdefault(recorded.agreement_id, []).append(recorded)
    one = _the_one(source, list(histories), agreement)
    requests = Retelling.of(histories[one]).requests
    told: list[tuple[Event, dt.datetime | None]] = [(each.event, each.recorded_at) for each in requests]
    tables = journal_tables(one, told)
    try:
        entries = parse_journal(journal_text(tables).encode(), source).entries
    except MalformedFile as error:
        raise NotTold(f"{source}: a journal cannot tell the history of {one}: {error.problems[0]}") from error
    for request, entry in zip_longest(requests, entries):
        if request is None or entry is None or request.event != entry.event:
            version = requests[-1].version if request is None else request.version
            raise NotTold(f"{source}: a journal cannot tell all of {one} version {version}")
    return tables


def _the_one(source: str, known: list[str], wanted: str | None) -> str:
    if wanted in known:
        return str(wanted)
    if wanted is not None or len(known) != 1:
        raise NotFound(f"{source}: name one of its agreements: {', '.join(known[:20]) or 'there is none'}")
    return known[0]
