"""``python -m benchmarks``: measures, prints the table, and writes it into the document if asked to."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click
from rich.console import Console

from benchmarks import bulk, commands, loads, memory, questions, recording, replay, sealing, table, views
from benchmarks.rounds import Costs, Family, Result, results
from benchmarks.stores import FULL, SHORT, TINY, Stores

FAMILIES = {
    family.name: family
    for family in (
        replay.FAMILY,
        commands.FAMILY,
        loads.FAMILY,
        recording.FAMILY,
        views.FAMILY,
        questions.FAMILY,
        memory.FAMILY,
        bulk.FAMILY,
        sealing.FAMILY,
    )
}
_SIZES = {"short": SHORT, "full": FULL, "tiny": TINY}
_COMMANDS = {"short": "make bench", "full": "make bench-full"}


@click.command()
@click.option(
    "--full", "size", flag_value="full", default="short", help="2 million events, and 10 million for memory."
)
@click.option("--tiny", "size", flag_value="tiny", default="short", help="Only shows that everything runs.")
@click.option("--only", multiple=True, type=click.Choice(list(FAMILIES)), help="Families of figures.")
@click.option("--write", is_flag=True, help="Write the table into docs/performance.md.")
@click.option("--check", is_flag=True, help="Exit with 1 if a target is missed.")
def main(*, size: str, only: tuple[str, ...], write: bool, check: bool) -> None:
    """Measure what this costs, beside `eventsourcing` and beside the limit of the same data.

    Figures vary by machine: they are ratios of what was measured in the same run, in turns. The logs are
    made in a temporary folder (TMPDIR), 1 GB for a short run, 20 GB for a full one.
    """
    if write and (only or size not in _COMMANDS):
        raise click.UsageError("--write writes the whole table, of a short run or a full one")
    console = Console(width=None if sys.stdout.isatty() else 200)
    found = list[Result]()
    with tempfile.TemporaryDirectory(prefix="reciprocity-benchmarks-") as folder:
        stores = Stores(Path(folder), _SIZES[size])
        for name in only or FAMILIES:
            found += results(FAMILIES[name], _measured(FAMILIES[name], stores), stores.sizes)
    console.print(table.screen(found, stores.sizes))
    console.print(table.machine())
    if write:
        table.write(found, stores.sizes, command=_COMMANDS[size])
    missed = [result.figure.name for result in found if not result.is_reached]
    if missed:
        click.echo(f"not reached: {', '.join(missed)}")
    sys.exit(1 if check and missed else 0)


def _measured(family: Family, stores: Stores) -> list[Costs]:
    rounds = list[Costs]()
    for costs in family.rounds(stores):
        rounds.append(costs)
        click.echo(f"{family.name}: {len(rounds)} of {stores.sizes.rounds}", err=True)
    return rounds


if __name__ == "__main__":
    main()
