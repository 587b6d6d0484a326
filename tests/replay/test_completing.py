"""Completing: what may come next, out of what is there; and nothing is changed, asked or shown."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from click.shell_completion import ShellComplete
from click.testing import CliRunner

from reciprocity.domain import Terms
from reciprocity.replay.cli import main
from reciprocity.seeds import names
from reciprocity.store import Key, Register
from tests.store_files import untouched


def offered(*words: str) -> list[str]:
    """What is offered for the last of the words; a file stands for all files."""
    *before, begun = words
    completed = ShellComplete(main, {}, "reciprocity", "_RECIPROCITY_COMPLETE").get_completions(before, begun)
    return [item.value if item.type == "plain" else item.type for item in completed]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "there" / "swaps.db"
    path.parent.mkdir()
    with Register.open(f"sqlite:///{path}", create=True, key=Key.new()) as register:
        for name in ("swap-1", "swap-2", "other"):
            register.sign(name, Terms.symmetric("UKR", "RUS", total=1))
    return path


def test_commands_are_offered() -> None:
    assert offered("com") == ["completion"]
    assert offered("completion", "") == ["bash", "fish", "zsh"]


def test_seeds_and_files_are_offered_where_a_journal_is_named() -> None:
    assert offered("replay", "") == [*names(), "file"]
    assert offered("record", "il-hamas-2023") == ["il-hamas-2023-11", "file"]
    assert offered("record", "--store", "") == ["file"]
    assert offered("watch", "") == ["file"]


def test_agreements_are_offered_out_of_what_was_named_before_without_a_key(store: Path) -> None:
    before = untouched(store)
    assert offered("log", str(store), "swap") == ["swap-1", "swap-2"]
    assert untouched(store) == before
    assert offered("replay", "ua-ru-2025-05-16", "") == ["ua-ru-2025-05-16"]


def test_what_a_stranger_wrote_in_the_place_of_an_id_is_not_offered(store: Path) -> None:
    with closing(sqlite3.connect(store)) as file:
        file.execute("UPDATE stored_events SET originator_id='$(touch gone)' WHERE originator_id='other'")
        file.commit()
    assert offered("log", str(store), "") == []


@pytest.mark.parametrize("source", ["nothing.toml", "nothing.db", "postgresql://nowhere.invalid/exchange"])
def test_what_cannot_be_read_offers_nothing(source: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert offered("replay", source, "") == []
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_reads_what_is_printed_for_it(shell: str) -> None:
    printed = CliRunner().invoke(main, ["completion", shell])
    assert printed.exit_code == 0
    assert f"_RECIPROCITY_COMPLETE={shell}_complete" in printed.stdout
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=printed.stdout.encode(), check=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
def test_bash_gets_what_is_offered() -> None:
    typed = {"COMP_WORDS": "reciprocity replay il-hamas-2025", "COMP_CWORD": "2"}
    ran = subprocess.run(
        [Path(sys.executable).parent / "reciprocity"],
        env={**os.environ, **typed, "_RECIPROCITY_COMPLETE": "bash_complete"},
        check=True,
        stdout=subprocess.PIPE,
    )
    assert ran.stdout == b"plain,il-hamas-2025-01\nfile,il-hamas-2025\n"
