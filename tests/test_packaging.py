"""The wheel: it installs nothing but ``reciprocity``, and works alone in an empty environment."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from reciprocity.replay.sealing import checkpoint_text, sealed
from reciprocity.store import Register
from tests.documents import ROOT
from tests.replay.registers import given_out
from tests.store.sealed import SEALED_AT, told


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    for name in tracked.stdout.decode().splitlines():
        if (ROOT / name).is_file():
            (source / name).parent.mkdir(parents=True, exist_ok=True)
            (source / name).write_bytes((ROOT / name).read_bytes())
    _run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "-w", folder, source)
    [made] = folder.glob("*.whl")
    return made


def test_the_wheel_holds_only_reciprocity_with_its_types_and_seeds(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"reciprocity"}
    assert "reciprocity/__init__.py" not in names
    for room in ("domain", "store", "projections", "replay", "seeds", "testing"):
        assert f"reciprocity/{room}/__init__.py" in names
        assert f"reciprocity/{room}/py.typed" in names
    packed = {name for name in names if name.endswith((".toml", ".sql", ".mo", ".css", ".js", ".html"))}
    files = (
        *ROOT.glob("seeds/**/*.toml"),
        *ROOT.glob("store/*.sql"),
        *ROOT.glob("replay/locale/*/LC_MESSAGES/*.mo"),
        *ROOT.glob("replay/report/*.[cj]s*"),
        *ROOT.glob("replay/report/templates/*.html"),
    )
    assert packed == {f"reciprocity/{path.relative_to(ROOT)}" for path in files}


def test_the_wheel_works_alone_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "empty")
    binaries = tmp_path / "empty" / "bin"
    pip = (sys.executable, "-m", "pip", "--python", binaries / "python", "--disable-pip-version-check")
    _run(*pip, "install", "--quiet", "--no-compile", wheel)
    assert "Examples:" in _run(binaries / "reciprocity", "--help", cwd=tmp_path)
    printed = _run(binaries / "reciprocity", "replay", "ua-ru-2025-05-16", "--json", cwd=tmp_path)
    last = json.loads(printed.splitlines()[-1])
    assert last["cumulative"]["RUS>UKR"]["total"] == last["cumulative"]["UKR>RUS"]["total"] == 1000
    assert last["status"] == "fulfilled"
    without_babel = [str(binaries / "reciprocity"), "status", "ua-ru-2025-05-16", "--lang", "uk"]
    refused = subprocess.run(without_babel, cwd=tmp_path, check=False, stderr=subprocess.PIPE)
    assert refused.returncode == 2
    assert refused.stderr.decode().endswith('uk needs pip install "reciprocity[languages]"\n')
    without_jinja = [str(binaries / "reciprocity"), "report", "ua-ru-2025-05-16", "-o", "report.html"]
    refused = subprocess.run(without_jinja, cwd=tmp_path, check=False, stderr=subprocess.PIPE)
    assert refused.returncode == 2
    assert refused.stderr.decode().endswith('a report needs pip install "reciprocity[report]"\n')
    assert not (tmp_path / "report.html").exists()
    without_driver = [str(binaries / "reciprocity"), "status", "postgresql://nowhere/exchange"]
    refused = subprocess.run(without_driver, cwd=tmp_path, check=False, stderr=subprocess.PIPE)
    assert refused.returncode == 2
    assert refused.stderr.decode().endswith('PostgreSQL needs pip install "reciprocity[postgres]"\n')


def test_the_single_file_verifies_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    name = "reciprocity/replay/verify_alone.py"
    taken_out = Path(zipfile.ZipFile(wheel).extract(name, tmp_path))
    assert taken_out.read_bytes() == (ROOT / "replay/verify_alone.py").read_bytes()
    with Register.open("memory:") as register:
        register.take_over(told())
        text = checkpoint_text(sealed(register), "a-log", SEALED_AT)
        (tmp_path / "log.jsonl").write_bytes(given_out(register.log(), "jsonl"))
    (tmp_path / "seal").write_text(text, "utf-8")
    alone = (sys.executable, "-I", "-S", taken_out)
    assert "yes: log as sealed at 10" in _run(*alone, "log", "log.jsonl", "seal", cwd=tmp_path)
    (tmp_path / "seal").write_text(text.replace("\n10\n", "\n9\n"), "utf-8")
    asked = [str(part) for part in (*alone, "log", "log.jsonl", "seal")]
    refused = subprocess.run(asked, cwd=tmp_path, check=False, stdout=subprocess.PIPE)
    assert (refused.returncode, b"NO: log as sealed at 9" in refused.stdout) == (1, True)


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()
