"""The commands ``export`` and ``import``. The one rule: parse, call, print; see `cli`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import IO

import click

from reciprocity.replay import data_set
from reciprocity.replay.event_lines import EVENT_FORMATS
from reciprocity.replay.given_key import given_key
from reciprocity.replay.giving_out import FORMATS, NEEDS_A_FILE, write_file
from reciprocity.replay.language import say_many, spoken
from reciprocity.replay.opening import opened, store_url
from reciprocity.replay.options import Clocks, events_of, two_clocks, what_to_read, which_agreement
from reciprocity.replay.taking_in import read_events, take_in
from reciprocity.replay.visible import echo
from reciprocity.store import Register


@click.command()
@what_to_read
@which_agreement
@two_clocks
@click.option("--format", "form", required=True, type=click.Choice(list(FORMATS)), help="See above.")
@click.option("-o", "--output", type=click.Path(), help="A file to write; NAME/ is a data set to add to.")
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def export(
    source: str,
    agreement: str | None,
    *,
    as_of: dt.date | None,
    known_at: dt.datetime | None,
    form: str,
    output: str | None,
    force: bool,
) -> None:
    """Give out the record, or one agreement of it, for other programs.

    jsonl (one event a line) and cloudevents (CloudEvents 1.0, one a line) are complete: "reciprocity
    import" makes the same record of them. csv, hxl (CSV with HXL hashtags) and parquet hold the transfers
    as now known, one a row. Without -o it goes to the standard output.

    To a folder (-o NAME/) parquet gives out the whole record as a data set, which "reciprocity bulk" asks.
    If there is one, what was recorded since is added to it.

    \b
    Examples:
      reciprocity export exchange.db --format jsonl -o exchange.jsonl
      reciprocity export exchange.db ua-ru-2025-05-16 --format csv --as-of 2025-05-24
      reciprocity export ua-ru-2025-05-16 --format parquet -o transfers.parquet
      reciprocity export exchange.db --format parquet -o exchange/
    """
    if output is None and form in NEEDS_A_FILE:
        raise click.UsageError(f"{form} is not printed: name a file with -o")
    if as_of is not None and form in EVENT_FORMATS:
        raise click.UsageError(f"{form} is the record itself, which --as-of would retell; --known-at cuts it")
    if output is not None and _is_folder(output):
        whole = (agreement, as_of, known_at, force) == (None, None, None, False)
        _add_to_data_set(source, output, form, whole=whole)
        return
    write = FORMATS[form]
    with opened(source) as register:
        log = Clocks(as_of, known_at).view(events_of(register, source, agreement))
        if output is None:
            write(log, sys.stdout.buffer)
        else:
            write_file(Path(output), lambda file: write(log, file), force=force)


def _is_folder(output: str) -> bool:
    return output.endswith("/") or Path(output).is_dir()


def _add_to_data_set(source: str, output: str, form: str, *, whole: bool) -> None:
    if form != "parquet":
        raise click.UsageError(f"{output} is a folder; a data set is made with --format parquet")
    if not whole:
        raise click.UsageError(
            "a data set holds the whole record, and is only added to: without AGREEMENT, --as-of, --known-at "
            "and --force"
        )
    with opened(source) as register:
        given = data_set.add(register, Path(output))
    echo(
        say_many(
            "{folder}: {n} event added, {held} in the data set",
            "{folder}: {n} events added, {held} in the data set",
            given.added,
            folder=output,
            held=spoken().number(given.held),
        )
    )


@click.command("import")
@click.argument("file", type=click.File("rb"))
@click.option("--store", required=True, help="Where to record: a path or a URL.")
@click.option("--format", "form", type=click.Choice(list(EVENT_FORMATS)), help="Guessed if not given.")
@click.option("--create/--no-create", default=True, help="Whether to make the store if there is none.")
def import_(file: IO[bytes], store: str, form: str | None, *, create: bool) -> None:
    """Take in a record that "reciprocity export" gave out as jsonl or cloudevents.

    Events keep their versions, instants and command ids. Every line is checked first, and every rule; then
    all of the file is recorded in one transaction, or nothing. What is stored already is not recorded
    again; a file that contradicts it is refused. FILE may be - for the standard input.

    \b
    Examples:
      reciprocity import exchange.jsonl --store exchange.db
      reciprocity export here.db --format cloudevents | reciprocity import - --store there.db
    """
    now = dt.datetime.now(dt.UTC)
    name = getattr(file, "name", "<stdin>")
    told = read_events(file, name, EVENT_FORMATS[form] if form else None, now=now)
    with Register.open(store_url(store), create=create, key=given_key()) as register:
        added = take_in(register, told)
    held = len(told.events) - added
    echo(
        say_many(
            "{file}: {n} event imported, {held} stored already",
            "{file}: {n} events imported, {held} stored already",
            added,
            file=name,
            held=spoken().number(held),
        )
    )
