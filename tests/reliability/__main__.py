"""``python -m tests.reliability``: runs the campaigns, prints the scorecard, and fails if any falls short."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from rich.console import Console

from tests.reliability import scorecard
from tests.reliability.campaigns import CAMPAIGNS
from tests.reliability.scorecard import Campaign, Row

_SHOWN = 10  # failing cases of one campaign


@click.command()
@click.option("--only", multiple=True, type=click.Choice([one.name for one in CAMPAIGNS]), help="Campaigns.")
@click.option("--short", is_flag=True, help="At the size that the tests run them at.")
@click.option("--size", type=click.IntRange(1), help="At this size, with --only.")
@click.option("--seed", type=int, default=1, show_default=True, help="What a failing case names.")
@click.option("--write", is_flag=True, help="Write it into docs/reliability.md, with --only those lines.")
def main(*, only: tuple[str, ...], short: bool, size: int | None, seed: int, write: bool) -> None:
    """Do to stores whatever may befall them, and count what it cost.

    Stores are made in a temporary folder (TMPDIR), which has to be on a disk: in memory no sync is one.
    It exits with 1 if a campaign falls short, or could not be measured.
    """
    if write and (short or size):
        raise click.UsageError("--write writes what was measured at full size")
    if size and not only:
        raise click.UsageError("--size is of one campaign: name it with --only")
    chosen = [one for one in CAMPAIGNS if not only or one.name in only]
    sizes = [size or (one.short if short else one.full) for one in chosen]
    rows = run(list(zip(chosen, sizes, strict=True)), seed)
    Console(width=None if sys.stdout.isatty() else 200).print(scorecard.screen(rows))
    if write:
        scorecard.write(rows, seed)
    fallen_short = [row.campaign.name for row in rows if not row.is_reached]
    if fallen_short:
        click.echo(f"not reached: {', '.join(fallen_short)}")
    sys.exit(1 if fallen_short else 0)


def run(chosen: Sequence[tuple[Campaign, int]], seed: int) -> list[Row]:
    """The rows of these campaigns, each at its size; of size 0 is none. Failing cases are told at once."""
    rows: list[Row] = []
    for campaign, size in chosen:
        if size:
            rows.append(row := campaign.measured(size, seed))
            click.echo(f"{campaign.name}: {row.came_to}; {row.seconds:.1f} s", err=True)
            places = row.findings.places if row.findings and not campaign.is_control else []
            for place in places[:_SHOWN]:
                click.echo(f"  --only {campaign.name} --size {size} {place}", err=True)
    return rows


if __name__ == "__main__":
    main()
