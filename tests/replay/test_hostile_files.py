"""Every hostile file is refused, with file, line and reason, in half a second and a hundred megabytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.documents import ROOT
from tests.replay.answers import STEERS
from tests.replay.hostile_files import ALL, content

SECONDS, MEGABYTES = 0.5, 100


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """What one process of its own, which is asked of all of them, answers."""
    folder: Path = tmp_path_factory.mktemp("hostile")
    for name, (text, _) in ALL.items():
        (folder / name).write_bytes(content(text))
    done = subprocess.run(
        [sys.executable, "-m", "tests.replay.answers", folder],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    assert not (ROOT / "x.db").exists(), "nothing is made where a file is refused"
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", ALL)
def test_it_is_refused_with_place_and_reason(told: Any, name: str) -> None:
    answer = told["answers"][name]
    assert answer["code"] == 4
    assert f"{name}:" in answer["said"]
    assert ALL[name][1] in answer["said"]
    assert "Traceback" not in answer["said"]
    assert not STEERS.search(answer["said"])
    assert len(answer["said"]) < 600_000


@pytest.mark.parametrize("name", ALL)
def test_it_costs_little_time(told: Any, name: str) -> None:
    assert told["answers"][name]["seconds"] < SECONDS


def test_they_cost_little_memory(told: Any) -> None:
    assert 0 < told["peak"] < MEGABYTES * 1024
