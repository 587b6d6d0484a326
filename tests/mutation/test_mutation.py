"""The mutants of a small project: those that its tests notice are killed, and no others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents import ROOT
from tests.mutation.mutants import mutants
from tests.mutation.reach import Reach
from tests.mutation.report import KINDS, reasons
from tests.mutation.swapping import NotInAFunction, differing

COUNTING = '''
from functools import cache

LARGEST = 3


@cache
def largest() -> int:
    return LARGEST + 2


largest()


def is_large(number: int) -> bool:
    """Whether it is."""
    return number > LARGEST


def above(least: int):
    def is_above(number: int) -> bool:
        return number > least

    return is_above


above_two = above(2)


def least(number: int) -> int:
    while number < LARGEST:
        number = LARGEST
    return number


def unused() -> int:
    return 1
'''
TESTS = """
from counting.counting import above_two, is_large, largest, least


def test_above():
    assert above_two(3)
    assert not above_two(2)


def test_large():
    assert is_large(5)
    assert largest() == 5
    assert not is_large(2)


def test_least():
    assert least(3) == 3
    assert least(1) == 3
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What became of each mutant of a module whose tests do not try the bound itself."""
    root = tmp_path_factory.mktemp("project")
    for name, text in {"counting/counting.py": COUNTING, "tests/test_counting.py": TESTS}.items():
        (root / name).parent.mkdir()
        (root / name).write_text(text)
    command = [sys.executable, "-m", "tests.mutation", "--root", str(root), "--jobs", "1", "counting/*.py"]
    path = os.pathsep.join([str(ROOT), str(root)])
    environment = {**os.environ, "PYTHONPATH": path}
    ran = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    kept = root / "build/mutants/outcomes.jsonl"
    assert kept.exists(), ran.stdout + ran.stderr
    assert ran.returncode == 1, "too few are killed"
    control = subprocess.run(
        [*command, "--control"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    found = {one["change"]: one for one in map(json.loads, kept.read_text("utf-8").splitlines())}
    return found | {"control": {"outcome": "", "said": control.stdout}}


@pytest.mark.parametrize(
    ("change", "outcome"),
    [
        ("number = LARGEST -> number = None", "killed"),
        ("while number < LARGEST: -> while number <= LARGEST:", "timed out"),
        ("return number > LARGEST -> return number >= LARGEST", "survived"),
        ("return number > least -> return number >= least", "killed"),
        ("return LARGEST + 2 -> return LARGEST + 3", "killed"),
        ("LARGEST = 3 -> LARGEST = None", "killed"),
        ("LARGEST = 3 -> LARGEST = 4", "killed"),
        ("return 1 -> return 2", "unreached"),
    ],
)
def test_what_becomes_of_a_mutant(outcomes: dict[str, dict[str, str]], change: str, outcome: str) -> None:
    assert outcomes[change]["outcome"] == outcome


def test_what_killed_passes_without_a_mutant(outcomes: dict[str, dict[str, str]]) -> None:
    assert "tests killed" in outcomes["control"]["said"]
    assert "fails without" not in outcomes["control"]["said"]


def test_a_killed_one_says_by_which_test(outcomes: dict[str, dict[str, str]]) -> None:
    killed = [one for one in outcomes.values() if one["outcome"] == "killed"]
    assert killed
    for one in killed:
        tests = {f"tests/test_counting.py::test_{of}" for of in ("above", "large", "least")}
        assert one["by"] in tests | ({"exit 11"} if one["imported"] else set())
        assert bool(one["imported"]) == one["change"].startswith(
            ("LARGEST", "above_two", "largest", "@cache")
        )


def test_what_was_measured_of_tests_that_are_measured_anew_is_forgotten(tmp_path: Path) -> None:
    seconds = {"tests/a/test_b.py::test_c": 1.0, "tests/a/test_d.py::test_e": 2.0, "tests/f.py::test_g": 3.0}
    for tests, left in (("tests/a/test_b.py",), 2), (("tests/a",), 1), ((), 0):
        (tmp_path / "1.json").write_text(
            json.dumps({"seconds": seconds, "runs": {"a.py": {"h": [*seconds]}}})
        )
        Reach.forget(tmp_path, tests)
        assert len(Reach.read(tmp_path).seconds) == left


def test_what_a_reader_is_told_is_left_as_it_is() -> None:
    source = (
        '"""About."""\n__all__ = ["a"]\nC: TypeAlias = D\ndef a(b: "B" = 1):\n  raise ValueError(f"b {b}", b)'
    )
    changes = {(one.before, one.after) for one in mutants("a.py", source)}
    assert changes == {
        ('def a(b: "B" = 1):', 'def a(b: "B" = 2):'),
        ('raise ValueError(f"b {b}", b)', "pass"),
        ('raise ValueError(f"b {b}", b)', 'raise ValueError(f"b {b}", None)'),
        ('raise ValueError(f"b {b}", b)', 'raise ValueError(f"b {b}", )'),
    }


def test_sql_in_other_letters_is_none() -> None:
    source = """a = "SELECT b FROM c"\nd = "SELECT 'b'"\ne = "and" """
    changed = [one.after for one in mutants("a.py", source)]
    assert not [one for one in changed if one.lower() == 'a = "select b from c"']
    assert {"""d = "select 'b'\"""", 'e = "AND"'} <= set(changed)


def test_no_two_mutants_do_the_same() -> None:
    found = list(mutants("a.py", "def a(b):\n    if b not in c:\n        return b + 1\n    return b == 2"))
    assert len({one.source for one in found}) == len(found) > 3


@pytest.mark.parametrize("source", ["A = 2\ndef b(): return 1", "A = 1\ndef b(c=1): return 1"])
def test_what_is_run_at_import_is_not_swapped(source: str) -> None:
    codes = [compile(one, "a.py", "exec") for one in ("A = 1\ndef b(): return 1", source)]
    with pytest.raises(NotInAFunction):
        differing(*codes)


def test_each_reason_is_of_code_that_there_is() -> None:
    for (file, _, before, after), (kind, reason) in reasons().items():
        assert before in " ".join(Path(ROOT, file).read_text("utf-8").split())
        assert before != after
        assert kind in KINDS
        assert reason
