"""The command ``report``. The one rule: parse, call, print; see `cli`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reciprocity.domain import ReciprocityError, Recorded
from reciprocity.replay.giving_out import write_file
from reciprocity.replay.opening import NotFound, find_journal, opened
from reciprocity.replay.options import agreement_ids, point, what_to_read, which_agreement
from reciprocity.replay.visible import echo

if TYPE_CHECKING:
    from reciprocity.replay.report import Point
    from reciprocity.store import Register

MOST_EVENTS = 5_000
"""In one report: a page with more rows is not read, and opens slowly."""


class TooLong(ReciprocityError):
    """A record has more events than a report holds."""


@click.command()
@what_to_read
@which_agreement
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="The file to write.")
@click.option(
    "--diff", nargs=2, metavar="A B", help="Open it on what is different between two dates or instants."
)
@click.option(
    "--checkpoint",
    "checkpoints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="What the store was sealed as; repeatable.",
)
@click.option("--force", is_flag=True, help="Overwrite the file if it exists.")
def report(
    source: str,
    agreement: str | None,
    *,
    output: Path,
    diff: tuple[str, str] | None,
    checkpoints: tuple[Path, ...],
    force: bool,
) -> None:
    """Make a report that replays the record in a browser: one file that asks nothing of any other place.

    It has two sliders, one for each clock, and every figure, drawing and claim follows them. Exits with 1
    if the record is not as a --checkpoint sealed it; the report says so too.

    \b
    Examples:
      reciprocity report ua-ru-2025-05-16 -o report.html
      reciprocity report exchange.db ua-ru-2025-05-16 -o report.html --lang fr
      reciprocity report exchange.db -o report.html --diff 2025-05-23 2025-05-24
      reciprocity report exchange.db -o report.html --checkpoint friday.checkpoint
    """
    from reciprocity.replay import report as reports  # noqa: PLC0415  # only who asks for it needs Jinja

    mark, start = map(_point, diff) if diff else (None, reports.WHOLE)
    journal = find_journal(source)
    if journal is not None and checkpoints:
        raise click.UsageError("a journal has no seal: record it into a store")
    with opened(source) as register:
        histories = _histories(register, source, agreement)
        sealed: reports.Sealed = (
            reports.Store.of(register, checkpoints, only=agreement)
            if journal is None
            else reports.Journal.of(journal)
        )
    text = reports.page(histories, source=_name(source, journal), sealed=sealed, mark=mark, start=start)
    write_file(output, lambda file: file.writelines([text.encode()]), force=force)
    for one in sealed.found:
        echo(one.said(), err=True)
    if sealed.found:
        raise click.exceptions.Exit(1)


def _histories(register: Register, source: str, agreement: str | None) -> dict[str, list[Recorded]]:
    wanted = agreement_ids(register, source, agreement)
    histories: dict[str, list[Recorded]] = {}
    events = 0
    for name in wanted:
        histories[name] = list(register.history(name))
        events += len(histories[name])
        if events > MOST_EVENTS:
            raise TooLong(f"{source}: more than {MOST_EVENTS:,} events, the most that a report holds")
    if not events:
        raise NotFound(f"{source}: holds no event yet")
    return histories


def _point(text: str) -> Point:
    clocks = point(text)
    return clocks.as_of, clocks.known_at


def _name(source: str, journal: Path | None) -> str:
    """What a record is called in a page that others get: no path, and nothing of a URL but its last part."""
    if journal is not None:
        return journal.name
    return source.partition("?")[0].rpartition("/")[2] or source.partition(":")[0]
