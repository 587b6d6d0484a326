"""The manual page: every command and option is in it, and man finds nothing to complain of."""

from __future__ import annotations

import datetime as dt
import shutil
import subprocess
from pathlib import Path

import click
import pytest

from reciprocity.replay.cli import main
from reciprocity.replay.man_page import manual

DAY = dt.date(2025, 5, 25)
PAGE = manual(DAY)


def test_every_command_and_option_is_in_it() -> None:
    told = PAGE.replace("\\-", "-")
    for name, command in main.commands.items():
        assert f"\n.SS {name}\n" in told
        within = told.partition(f"\n.SS {name}\n")[2].partition("\n.SS ")[0]
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                assert f".B {parameter.opts[0]}" in within, parameter.name


def test_examples_stand_as_they_are_written() -> None:
    assert ".nf\nExamples:\n  reciprocity check seeds/*.toml\n" in PAGE


def test_it_holds_no_control_character_and_no_request_of_a_text() -> None:
    assert not [sign for sign in PAGE if ord(sign) < 32 and sign != "\n"]
    requests = {line.split(" ")[0] for line in PAGE.splitlines() if line.startswith((".", "'"))}
    assert requests == {".TH", ".SH", ".SS", ".B", ".PP", ".TP", ".nf", ".fi"}


@pytest.mark.skipif(shutil.which("mandoc") is None, reason="apt-get install mandoc")
def test_mandoc_finds_nothing_wrong(tmp_path: Path) -> None:
    (tmp_path / "reciprocity.1").write_text(PAGE, "utf-8")
    linted = subprocess.run(
        ["mandoc", "-Tlint", "-W", "warning", tmp_path / "reciprocity.1"], check=False, stdout=subprocess.PIPE
    )
    assert linted.stdout.decode() == ""
