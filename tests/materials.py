"""A bill of materials: ``python -m tests.materials`` writes build/sbom.json, in CycloneDX.

It lists what is installed with the package by its extras, each in the version of the lock: not what
development needs, nor Spark, which is half a gigabyte and has a lock and an environment of its own. Two runs
write the same bytes, so that two bills can be compared.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.documents import ROOT

LEFT_OUT = {"dev", "spark"}
BILL = ROOT / "build/sbom.json"


def extras() -> list[str]:
    """The extras whose projects are on the bill."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return sorted(project["optional-dependencies"].keys() - LEFT_OUT)


def install(folder: Path) -> Path:
    """The Python of a new environment in a folder, with the package's dependencies in it and nothing else."""
    python = folder / "bin/python"
    _run("uv", "venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
    wanted = [part for extra in extras() for part in ("--extra", extra)]
    locked = ["--requirements", "pyproject.toml", "--constraints", "requirements/dev.txt"]
    _run("uv", "pip", "install", "--quiet", "--python", str(python), *locked, *wanted)
    return python


def bill(python: Path) -> bytes:
    """The bill of an environment; it is checked against the schema of CycloneDX.

    Raises:
        subprocess.CalledProcessError: it is not valid, or the environment cannot be read.
    """
    kind = ["--pyproject", "pyproject.toml", "--mc-type", "library", "--output-reproducible"]
    return _run("cyclonedx_py", "environment", *kind, "--validate", "--output-file", "-", str(python))


def _run(module: str, *arguments: str) -> bytes:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout


if __name__ == "__main__":
    BILL.parent.mkdir(exist_ok=True)
    BILL.write_bytes(bill(install(ROOT / "build/sbom")))
    print(f"{BILL.relative_to(ROOT)}: reciprocity with {', '.join(extras())}")  # noqa: T201
