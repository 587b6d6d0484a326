"""The wheel: it installs nothing but ``reciprocity``, and works alone in an empty environment."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.documents import ROOT


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
    for room in ("domain", "store", "projections", "replay", "seeds"):
        assert f"reciprocity/{room}/__init__.py" in names
        assert f"reciprocity/{room}/py.typed" in names
    packed = {name for name in names if name.endswith((".toml", ".sql", ".mo"))}
    files = (
        *ROOT.glob("seeds/**/*.toml"),
        *ROOT.glob("store/*.sql"),
        *ROOT.glob("replay/locale/*/LC_MESSAGES/*.mo"),
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
    assert refused.returncode == 1
    assert refused.stderr.decode().endswith('uk needs pip install "reciprocity[languages]"\n')
    without_driver = [str(binaries / "reciprocity"), "status", "postgresql://nowhere/exchange"]
    refused = subprocess.run(without_driver, cwd=tmp_path, check=False, stderr=subprocess.PIPE)
    assert refused.returncode == 2
    assert refused.stderr.decode().endswith('PostgreSQL needs pip install "reciprocity[postgres]"\n')


def _run(*command: str | Path, cwd: Path | None = None) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode()
