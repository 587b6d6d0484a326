"""The words of what is told with ``--json``: a program that reads them must not find others one day."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from click.testing import CliRunner

from reciprocity.replay import json_lines
from reciprocity.replay.cli import main
from reciprocity.replay.findings import Found
from reciprocity.seeds import path

_STATED = "claimant office count agrees stated_on version position sources"
_STANDS = "agreement title status series phases persons exchanged remaining"
_RULE = "rule verdict seen allowed"
WORDS = {
    "log STORE --json": {"position agreement version recorded_at command_id event fact"},
    "status STORE --json": {
        f"{_STANDS} progress last_completed_on events last_recorded_at",
        "largest agreement phase completed_on persons",
    },
    "claims STORE --all --json": {
        "agreement phase after direction category recorded label apart said",
        "balance agreement after direction category recorded said gap candidates",
        _STATED,
    },
    "diff STORE 2025-05-23 2025-05-24 --json": {
        "agreement phase direction category measure from to because sources",
        "version position event",
    },
    "check BROKEN --json": {f"file line {_RULE}"},
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = str(tmp_path_factory.mktemp("words") / "swaps.db")
    told = CliRunner().invoke(main, ["record", "ua-ru-2025-05-16", "ua-ru-remains", "--store", file])
    assert told.exit_code == 0
    return file


def _words(told: dict[str, Any]) -> Iterator[str]:
    yield " ".join(told)
    said = told.get("said", [])
    for inner in (*(said if isinstance(said, list) else [said]), *told.get("because", [])):
        yield " ".join(inner)


@pytest.mark.parametrize("line", WORDS)
def test_each_line_has_its_words(store: str, line: str) -> None:
    seed = path("ua-ru-2025-05-16")
    assert seed is not None
    broken = str(next(seed.parent.glob("broken/*.toml")))
    arguments = line.replace("STORE", store).replace("BROKEN", broken).split()
    told = CliRunner().invoke(main, arguments).stdout.splitlines()
    assert {words for one in map(json.loads, told) for words in _words(one)} == WORDS[line]


def test_a_finding_has_its_words() -> None:
    told = json_lines.found(Found("edited", "since it was sealed", 3, "swap", 2))
    assert told == {
        "finding": "edited",
        "position": 3,
        "agreement": "swap",
        "version": 2,
        "reason": "since it was sealed",
    }
