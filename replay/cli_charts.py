"""The command ``chart``. The one rule: parse, call, print; see `cli`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reciprocity.replay import charts
from reciprocity.replay.giving_out import write_file
from reciprocity.replay.language import spoken
from reciprocity.replay.opening import opened
from reciprocity.replay.options import (
    Clocks,
    agreement_ids,
    events_of,
    two_clocks,
    what_to_read,
    which_agreement,
)

if TYPE_CHECKING:
    from reciprocity.store import Register


@click.command()
@what_to_read
@which_agreement
@two_clocks
@click.option("--kind", type=click.Choice(charts.KINDS), help="See above.")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False), required=True, help="NAME.svg, NAME.png or NAME.html."
)
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def chart(
    source: str,
    agreement: str | None,
    *,
    as_of: dt.date | None,
    known_at: dt.datetime | None,
    kind: str | None,
    output: str,
    force: bool,
) -> None:
    """Draw one agreement, or all of a store, as a picture in a file.

    progress: toward the agreed total in each direction, by both clocks. balance: what each side had released,
    and received beyond that. years: every exchange by its day, the largest marked. Without --kind it is
    progress of one agreement, and years of several. It needs the extra charts.

    What is unknown is drawn as a range and named. The HTML holds the figures as tables, too, and no script.

    \b
    Examples:
      reciprocity chart ua-ru-2025-05-16 -o progress.svg
      reciprocity chart exchange.db -o years.html
      reciprocity chart exchange.db il-hamas-2025-01 --kind balance -o balance.png
      reciprocity chart il-hamas-2025-01 --known-at 2025-02-20 -o as-known-then.svg
    """
    path = Path(output)
    if path.suffix.lower() not in charts.FORMS:
        raise click.UsageError(f"{output} ends in none of {', '.join(charts.FORMS)}")
    write = charts.renderer(path.suffix.lower())
    with opened(source) as register:
        drawing = _drawn(register, source, agreement, kind, Clocks(as_of, known_at))
    write_file(path, lambda file: write(drawing, file), force=force)


def _drawn(
    register: Register, source: str, agreement: str | None, kind: str | None, clocks: Clocks
) -> charts.Drawing:
    there = agreement_ids(register, source, agreement)
    if kind == "years" or (kind is None and len(there) > 1):
        return charts.years(clocks.view(events_of(register, source, agreement)), clocks, spoken())
    if len(there) > 1:
        raise click.UsageError(f"{kind} is drawn of one agreement: name one (there are: {', '.join(there)})")
    history = [one for name in there for one in clocks.view(register.history(name))]
    return (charts.balance if kind == "balance" else charts.progress)(history, clocks, spoken())
