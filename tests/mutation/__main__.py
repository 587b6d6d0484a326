"""``python -m tests.mutation``: tries mutants, prints the table, and fails if too few are killed."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click

from tests.mutation import report
from tests.mutation.campaign import Campaign, sample

ROOT = Path(__file__).parent.parent.parent
FILES = (
    "domain/*.py", "store/*.py",
    "replay/verify_alone.py", "replay/verifying.py", "replay/walking.py", "replay/proving.py",
    "replay/sealing.py", "replay/findings.py", "replay/keys.py", "replay/leaf_lists.py",
    "replay/journal.py", "replay/journal_events.py", "replay/journal_shape.py", "replay/record.py",
    "replay/json_lines.py", "replay/event_lines.py", "replay/taking_in.py", "replay/facts_csv.py",
    "replay/plain_values.py", "replay/strict_json.py", "replay/toml_*.py",
)  # fmt: skip
"""The domain, the store, the verifier and the importers; not what is only a table of texts."""

NEED_A_SERVER = ("store/postgres*.py", "store/view_postgres.py")
"""What only a server runs: a process that is forked off cannot share the connections of this one."""

TESTS = (
    "tests/domain", "tests/store", "tests/replay", "tests/seeds", "tests/projections",
    "tests/test_state_machine.py", "tests/test_golden.py", "domain", "store", "replay", "projections",
)  # fmt: skip
"""Not the campaigns, whose time is longer."""

LEFT_OUT = "postgres or several_processes or chart"
"""Nothing that needs a server, nor what draws pictures: its engine does not outlive a fork."""

NEEDED = (
    "attrs", "click.testing", "cryptography.hazmat.primitives.asymmetric.ed25519",
    "eventsourcing.application", "eventsourcing.sqlite", "hypothesis.strategies", "msgspec", "rich.live",
    "rich.table", "rpds",
)  # fmt: skip
"""What the rooms import of others."""

WANTED = 95.0  # per cent killed


@click.command()
@click.argument("files", nargs=-1)
@click.option("--sample", "size", type=click.IntRange(1), help="So many mutants of each file, at random.")
@click.option("--seed", type=int, default=1, show_default=True, help="Which of them.")
@click.option("--again", is_flag=True, help="Try also what survived before.")
@click.option("--control", is_flag=True, help="Run what killed without any mutant: it must pass.")
@click.option("--known", is_flag=True, help="Try nothing: tell what is known.")
@click.option(
    "--measure", multiple=True, help="Measure these tests first, which are new or changed; or 'all'."
)
@click.option("--jobs", type=click.IntRange(1), default=os.cpu_count(), help="How many at once.")
@click.option("--write", is_flag=True, help="Write it into docs/mutants.md, the lines of these files.")
@click.option("--root", type=click.Path(path_type=Path), default=ROOT, help="Another project than this one.")
def main(
    *,
    files: tuple[str, ...],
    size: int | None,
    seed: int,
    again: bool,
    known: bool,
    control: bool,
    measure: tuple[str, ...],
    jobs: int,
    write: bool,
    root: Path,
) -> None:
    """Try whether the tests notice when FILES (patterns) are changed; without any, all that this is asked of.

    What was found is kept in build/mutants/, and not tried again until the file changes. It exits with 1 if
    less than 95 per cent are killed.
    """
    os.environ["HYPOTHESIS_PROFILE"] = "fixed"
    os.chdir(root)
    found = _files(root, files)
    kept = root / "build" / "mutants"
    if root == ROOT:
        campaign = Campaign(root, ("domain", "store", "replay"), TESTS, kept, jobs, NEEDED, LEFT_OUT)
    else:
        campaign = Campaign(root, sorted({one.partition("/")[0] for one in found}), ("tests",), kept, jobs)
    if measure:
        campaign.measure(() if measure == ("all",) else measure)
    if control:
        sys.exit(0 if campaign.control(found[0]) else 1)
    of_files = {file: campaign.mutants(file) for file in found}
    chosen = {file: sample(of_it, size, seed) for file, of_it in of_files.items() if of_it}
    if not known:
        campaign.run([mutant for of_it in chosen.values() for mutant in of_it], again=again)
    outcomes = campaign.outcomes()
    lines = [report.line(file, len(of_files[file]), of_it, outcomes) for file, of_it in chosen.items()]
    report.show(lines)
    if write:
        report.write(lines, f", seed {seed}" if size else "")
    tried, killed = (sum(getattr(one, name) for one in lines) for name in ("tried", "killed"))
    sys.exit(0 if 100 * killed >= WANTED * tried else 1)


def _files(root: Path, patterns: Sequence[str]) -> list[str]:
    """The files of these patterns; without any, those that this is asked of."""
    found = {path for one in patterns or FILES for path in root.glob(one)}
    left = {path for one in NEED_A_SERVER for path in root.glob(one)} if not patterns else set()
    return sorted(str(path.relative_to(root)) for path in found - left)


if __name__ == "__main__":
    main()
