"""The lock of what development needs: every file by its hash, and nothing but names of projects."""

from __future__ import annotations

import re
import tomllib

from tests.documents import ROOT

LOCK = (ROOT / "requirements/dev.txt").read_text("utf-8")
_PINNED = re.compile(r"^([a-z0-9-]+)(\[[a-z,]+\])?==([^ ]+)( ; [^\\\n]+)? \\$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9-]+")


def test_each_line_pins_a_project_or_is_a_hash_of_one() -> None:
    for line in LOCK.splitlines():
        assert _PINNED.fullmatch(line) or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), line


def test_each_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"]["dev"]]
    names = {found[0].lower() for found in map(_NAME.match, wanted) if found}
    assert len(names) > 10
    assert names <= {found[1] for found in _PINNED.finditer(LOCK)}, "make lock"


def test_each_project_has_at_least_one_hash() -> None:
    entries = re.split(r"^(?=[a-z])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(_PINNED.findall(LOCK))
    assert all("--hash=sha256:" in entry for entry in entries)
