"""Known vulnerabilities of what development and the package install: ``python -m tests.audit``.

The one rule: what was not looked up is never called safe. It asks pip-audit of each project in the locks, in
which the package's own dependencies stand too, and exits with 0 if none is known to be vulnerable, or if the
advisory service cannot be reached; with 1 if one is; with 2 if a lock cannot be read.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.documents import ROOT

LOCKS = (ROOT / "requirements/dev.txt", ROOT / "requirements/spark.txt")

# pip-audit says it in one sentence, or lets the error of its HTTP library through.
_UNREACHED = re.compile(r"requests\.exceptions\.|ServiceError|network may be blocking")


def audit(locks: Iterable[Path], *options: str) -> tuple[int, str]:
    """The exit code, and what is to be said; *options* are pip-audit's."""
    command = [sys.executable, "-m", "pip_audit", "--require-hashes"]
    command += [part for lock in locks for part in ("--requirement", str(lock))]
    quiet = ["--disable-pip", "--progress-spinner", "off", "--format", "json"]
    done = subprocess.run([*command, *quiet, *options], check=False, capture_output=True, text=True)
    if done.stdout:
        return _judged(json.loads(done.stdout)["dependencies"])
    if _UNREACHED.search(done.stderr):
        return 0, "the advisory service cannot be reached: nothing was audited"
    return 2, done.stderr.strip()


def _judged(told: list[dict[str, Any]]) -> tuple[int, str]:
    unknown = [one["name"] for one in told if "skip_reason" in one]
    if len(unknown) == len(told):
        return 0, f"the advisory service cannot be reached, or knows none of {len(told)} projects"
    lines = [
        f"{one['name']} {one['version']}: {found['id']}, {_mended(found['fix_versions'])}"
        for one in told
        for found in one.get("vulns", ())
    ]
    said = f"{len(told) - len(unknown)} projects audited, known vulnerabilities: {len(lines)}"
    if unknown:
        said += f"; not known to the advisory service: {', '.join(unknown)}"
    return int(bool(lines)), "\n".join([*lines, said])


def _mended(versions: list[str]) -> str:
    return f"mended in {', '.join(versions)}" if versions else "not mended yet"


if __name__ == "__main__":
    code, said = audit(LOCKS)
    print(said)  # noqa: T201  # it is a program of its own
    sys.exit(code)
