"""What docs/embedding.md shows is true: its service runs on a server, its programs print what they say."""

from __future__ import annotations

import importlib.util
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from reciprocity.domain import Terms, Transfer
from reciprocity.replay.journal import read_journal
from reciprocity.replay.record import record
from reciprocity.seeds import path as seed
from reciprocity.store import Register
from tests.documents import ROOT, fences

TEXT = (ROOT / "docs/embedding.md").read_text("utf-8")
PROGRAMS = re.findall(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```)?", TEXT, re.MULTILINE | re.DOTALL)
SERVICE, JOB = (
    next(code for code, _ in PROGRAMS if code.startswith(f'"""{name}'))
    for name in ("service.py", "nightly.py")
)
PRINTING = [(code, printed) for code, printed in PROGRAMS if code not in (SERVICE, JOB)]
PATIENCE = 20  # seconds


def module(folder: Path, name: str, code: str) -> ModuleType:
    (folder / f"{name}.py").write_text(code, "utf-8")
    spec = importlib.util.spec_from_file_location(name, folder / f"{name}.py")
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made  # where annotations are looked up
    spec.loader.exec_module(made)
    return made


@pytest.fixture
def client(server_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of the service, whose store has one agreement."""
    pytest.importorskip("fastapi", reason="pip install fastapi httpx")
    from fastapi.testclient import TestClient  # noqa: PLC0415  # not everybody has it

    with Register.open(server_url, create=True) as register:
        register.sign("swap", Terms.symmetric("UKR", "RUS", total=1000))
    monkeypatch.setenv("EXCHANGE_STORE", server_url)
    with TestClient(module(tmp_path, "service", SERVICE).app) as running:
        yield running


def completion(number: int) -> dict[str, Any]:
    released = [
        {"releasing": by, "receiving": to, "category": "prisoner_of_war", "count": count}
        for by, to, count in (("UKR", "RUS", number), ("RUS", "UKR", 390))
    ]
    return {"completed_on": "2025-05-23", "released": released}


def asked(client: Any, position: int) -> dict[str, Any]:
    """The progress, once the service has followed the log up to a position."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        answer: dict[str, Any] = client.get("/agreements/swap").json()
        if answer.get("as_of_position", 0) >= position:
            return answer
        time.sleep(0.02)
    raise AssertionError("the service does not follow its log")


def test_the_service_records_once_refuses_and_follows(client: Any, server_url: str) -> None:
    for _ in range(2):
        done = client.post(
            "/agreements/swap/phases/1", json=completion(390), headers={"Idempotency-Key": "c-1"}
        )
        assert (done.status_code, done.json()) == (201, {"positions": [2]})
    refused = client.post(
        "/agreements/swap/phases/2", json=completion(389), headers={"Idempotency-Key": "c-2"}
    )
    assert refused.status_code == 409
    assert "keeps_the_agreed_symmetry" in refused.json()["detail"][0]
    malformed = client.post(
        "/agreements/swap/phases/2", json=completion(-1), headers={"Idempotency-Key": "c-3"}
    )
    assert malformed.status_code == 422
    assert asked(client, 2)["exchanged"] == {"UKR>RUS": "390", "RUS>UKR": "390"}
    with Register.open(server_url) as elsewhere:
        each_way = [Transfer("UKR", "RUS", "civilian", 7), Transfer("RUS", "UKR", "civilian", 7)]
        elsewhere.complete_phase("swap", 2, each_way)
    assert asked(client, 3)["exchanged"] == {"UKR>RUS": "397", "RUS>UKR": "397"}
    assert client.get("/agreements/nobody").status_code == 404


def test_the_job_counts_nobody_twice(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = f"sqlite:///{tmp_path / 'exchange.db'}"
    with Register.open(store, create=True) as register:
        register.sign("swap", Terms.symmetric("UKR", "RUS", total=1000))
    (tmp_path / "phases.csv").write_text(
        "id,agreement,phase,completed_on,releasing,receiving,category,count\n"
        "l-1,swap,1,2025-05-23,UKR,RUS,prisoner_of_war,390\n"
        "l-2,swap,2,2025-05-24,UKR,RUS,prisoner_of_war,1307\n"
    )
    job = module(tmp_path, "nightly", JOB)
    for _ in range(2):
        assert job.main(str(tmp_path / "phases.csv"), store) == 1
        printed = capsys.readouterr()
        assert printed.out.splitlines()[0] == "l-1: position 2"
        assert printed.err == "l-2: stays_within_the_agreed_total\n"
    assert "view: up to date, as of position 2" in printed.out


@pytest.mark.parametrize(("code", "printed"), PRINTING, ids=range(len(PRINTING)))
def test_the_other_programs_print_what_they_say(
    code: str,
    printed: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    journal = seed("ua-ru-2025-05-16")
    assert journal
    with Register.open("sqlite:///exchange.db", create=True) as register:
        record(register, read_journal(journal))
    exec(compile(code, "embedding.md", "exec"), {"__name__": "embedding"})  # noqa: S102  # the project's own document
    assert capsys.readouterr().out == printed


def test_every_program_is_of_a_kind_that_is_tried() -> None:
    assert len(PROGRAMS) == len(fences(TEXT, "python"))
    assert all(printed for _, printed in PRINTING)
