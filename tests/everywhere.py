"""What the tool gives out for every seed, as digests: ``python -m tests.everywhere``.

``--all`` runs that in every environment, and fails with the names of what differs.

It is run in several environments, and must not know in which. Only what is random by purpose is put in
order: the clock stands still, and a command is called after its agreement. Digested are the stored rows, the
exports in every format, the views, and what each command prints, for people and with ``--json``.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import attrs
from click.testing import CliRunner

from reciprocity.domain import Recorded
from reciprocity.projections import Runner
from reciprocity.projections.views import VIEWS
from reciprocity.replay.cli import main
from reciprocity.replay.giving_out import FORMATS
from reciprocity.replay.journal import read_journal
from reciprocity.replay.record import record
from reciprocity.seeds import names, path
from reciprocity.store import Register
from tests.documents import ROOT
from tests.golden.reading import content_sha256

ENVIRONMENTS: dict[str, tuple[tuple[str, ...], dict[str, str]]] = {
    "optimised, seed 0, UTC, C": (("-O",), {"PYTHONHASHSEED": "0", "TZ": "UTC", "LC_ALL": "C"}),
    "seed 1, Kyiv, UTF-8": ((), {"PYTHONHASHSEED": "1", "TZ": "Europe/Kyiv", "LC_ALL": "C.UTF-8"}),
    "seed 2, Line Islands, C": ((), {"PYTHONHASHSEED": "2", "TZ": "XXX-14", "LC_ALL": "C"}),
    "seed 3, west of all, Turkish": ((), {"PYTHONHASHSEED": "3", "TZ": "XXX+12", "LC_ALL": "tr_TR.UTF-8"}),
    "optimised, seed 4, Kyiv, UTF-8": (
        ("-O",),
        {"PYTHONHASHSEED": "4", "TZ": "Europe/Kyiv", "LC_ALL": "C.UTF-8"},
    ),
}
"""Five hash seeds, with and without asserts, four zones, three locales (C, where Turkish is not there)."""

NOW = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)
_COMMANDS = (
    "replay STORE",
    "replay STORE --json",
    "status STORE",
    "status STORE --json",
    "log STORE --json",
    "log STORE --as-of 2025-05-24 --known-at 2025-05-25",
    "claims STORE --all",
    "claims STORE --json",
    "check ua-ru-2025-05-16 il-hamas-2023-11 ua-ru-remains --undecidable",
    "diff STORE 2025-05-23 2025-05-24 --json",
)


def parts() -> Iterator[tuple[str, bytes]]:
    """Each thing that is given out, under its name."""
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "seeds.db"
        with Register.open(f"sqlite:///{store}", create=True, clock=lambda: NOW) as register:
            register.take_over(_recorded())
            for name, write in FORMATS.items():
                file = io.BytesIO()
                write(register.log(), file)
                yield name, file.getvalue()
            for view in VIEWS:
                Runner(register, view).run()
                yield f"view {view}", repr(Runner(register, view).digest()).encode()
        yield "rows", content_sha256(store).encode()
        for line in _COMMANDS:
            told = CliRunner().invoke(main, line.replace("STORE", str(store)).split(), env={"COLUMNS": "100"})
            if told.exit_code not in {0, 1}:
                raise RuntimeError(f"{line}: {told.output}")
            yield line, told.stdout_bytes


def _recorded() -> list[Recorded]:
    with Register.open("memory:", clock=lambda: NOW) as register:
        for name in names():
            journal = path(name)
            if journal is not None:
                record(register, read_journal(journal))
        return [attrs.evolve(one, command_id=one.agreement_id) for one in register.log()]


def digests(environments: Mapping[str, tuple[tuple[str, ...], dict[str, str]]]) -> dict[str, dict[str, str]]:
    """What this module prints in each of these environments, all at once; by environment and part."""
    running = {
        name: subprocess.Popen(
            [sys.executable, *options, "-m", "tests.everywhere"],
            cwd=ROOT,
            env={**os.environ, **variables},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name, (options, variables) in environments.items()
    }
    printed = {name: process.communicate()[0] for name, process in running.items()}
    return {name: dict(line.split("\t") for line in text.splitlines()) for name, text in printed.items()}


def differing() -> list[str]:
    """The parts that are not the same in all environments."""
    found = list(digests(ENVIRONMENTS).values())
    return sorted({part for one in found for part, digest in one.items() if found[0].get(part) != digest})


if __name__ == "__main__":
    if sys.argv[1:] == ["--all"]:
        sys.exit("\n".join(differing()) or None)
    for name, content in parts():
        print(name, hashlib.sha256(content).hexdigest(), sep="\t")  # noqa: T201  # it is what it is for
