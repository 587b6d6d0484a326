"""The locks of what development and Spark need: every file by its hash, and nothing but names of projects."""

from __future__ import annotations

import re
import tomllib

import pytest

from tests.documents import ROOT

LOCKS = {extra: (ROOT / f"requirements/{extra}.txt").read_text("utf-8") for extra in ("dev", "spark")}
EACH = pytest.mark.parametrize("extra", LOCKS)
_PINNED = re.compile(r"^([a-z0-9-]+)(\[[a-z,]+\])?==([^ ]+)( ; [^\\\n]+)? \\$", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9-]+")


def pinned(extra: str) -> set[tuple[str, str]]:
    """The projects of a lock with their versions: of some there is one for each of several Pythons."""
    return {(found[1], found[3]) for found in _PINNED.finditer(LOCKS[extra])}


@EACH
def test_each_line_pins_a_project_or_is_a_hash_of_one(extra: str) -> None:
    for line in LOCKS[extra].splitlines():
        assert _PINNED.fullmatch(line) or re.fullmatch(r"    --hash=sha256:[0-9a-f]{64}( \\)?", line), line


@EACH
def test_each_dependency_is_locked(extra: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = [*project["dependencies"], *project["optional-dependencies"][extra]]
    names = {found[0].lower() for found in map(_NAME.match, wanted) if found} - {"reciprocity"}
    assert len(names) > 5
    assert names <= {name for name, _ in pinned(extra)}, "make lock"


@EACH
def test_each_project_has_at_least_one_hash(extra: str) -> None:
    entries = re.split(r"^(?=[a-z])", LOCKS[extra], flags=re.MULTILINE)[1:]
    assert len(entries) == len(_PINNED.findall(LOCKS[extra]))
    assert all("--hash=sha256:" in entry for entry in entries)


def test_what_both_locks_name_they_name_in_the_same_versions() -> None:
    shared = {name for name, _ in pinned("dev")} & {name for name, _ in pinned("spark")}
    assert len(shared) > 10
    assert {one for one in pinned("spark") if one[0] in shared} <= pinned("dev"), "make lock"
