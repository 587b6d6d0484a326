"""Words that are typed, or name files and stores: refused by name, and never shown raw."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.table import Table
from rich.text import Text

from reciprocity.replay import json_lines, screen
from reciprocity.replay.cli import main
from reciprocity.replay.visible import visible_lines
from tests.replay.answers import STEERS
from tests.replay.hostile_files import PHASE, SIGNED

ESCAPE = "\x1b[2J\x9b31m"
DIGITS = "9" * 5_000


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words: str) -> Result:
    """What the tool says, which is never a traceback and never steers a terminal."""
    result = CliRunner().invoke(main, words)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert not STEERS.search(result.output)
    return result


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ([ESCAPE], 2),
        (["check", f"--{ESCAPE}"], 2),
        (["check", f"{ESCAPE}.toml"], 2),
        (["replay", ESCAPE], 2),
        (["replay", "seed", ESCAPE], 2),
        (["replay", "../../etc/passwd"], 2),
        (["replay", "../seeds/ua-ru-2025-05-16"], 2),
        (["replay", "x" * 5_000], 2),
        (["replay", "a\0b"], 2),
        (["replay", "seed", "--as-of", ESCAPE], 2),
        (["replay", "seed", "--as-of", "2025-02-30"], 2),
        (["replay", "seed", "--as-of", "٢٠٢٥-٠١-٠١"], 2),
        (["replay", "seed", "--known-at", "0001-01-01T00:00:00+14:00"], 2),
        (["replay", "seed", "--known-at", "9999-12-31T23:59:59-14:00"], 2),
        (["diff", "seed", "0001-01-01T00:00:00+14:00", "2"], 2),
        (["diff", "seed", DIGITS, "2"], 2),
        (["diff", "seed", "²", "2"], 2),
        (["what-if", "seed", "--without", DIGITS], 2),
        (["what-if", "seed", "--terms", "/dev/zero"], 4),
        (["what-if", "seed", "--then", "/dev/zero"], 4),
        (["what-if", "seed", "--then", "."], 2),
        (["watch", "s.db", "--timeout", "nan"], 2),
        (["watch", "s.db", "--timeout", "inf"], 2),
        (["watch", "s.db", "--timeout", "1e300"], 2),
        (["watch", "s.db", "--timeout", "-1"], 2),
        (["watch", "s.db", "--after", DIGITS[:30]], 2),
        (["rebuild", "s.db", "--processes", "1000000"], 2),
        (["rebuild", "s.db", "--batch", DIGITS[:30]], 2),
        (["import", "/dev/zero", "--store", "s.db"], 4),
        (["import", f"{ESCAPE}.jsonl", "--store", "s.db"], 2),
        (["import", ".", "--store", "s.db"], 2),
        (["status", f"sqlite:///{ESCAPE}.db"], 2),
        (["status", f"http://user:secret@{ESCAPE}"], 2),
        (["status", "sqlite:///a\0b"], 2),
        (["status", "."], 2),
        (["export", "seed", "--format", "jsonl", "-o", f"none/{ESCAPE}"], 2),
        (["chart", "seed", "-o", ESCAPE], 2),
        (["chart", "seed", "-o", f"none/{ESCAPE}.svg"], 2),
        (["chart", "seed", "--kind", ESCAPE, "-o", "x.svg"], 2),
    ],
)
def test_what_is_typed_is_refused_by_name(words: list[str], code: int) -> None:
    result = run(*("ua-ru-2025-05-16" if word == "seed" else word for word in words))
    assert result.exit_code == code
    assert "Error: " in result.output
    assert not os.path.lexists("s.db")


@pytest.mark.parametrize("name", [f"{ESCAPE}.toml", os.fsdecode(b"\xff\xfe.toml"), "a\nb:1: fine.toml"])
@pytest.mark.parametrize("words", [["check"], ["check", "--json"], ["record", "--store", "s.db"], ["replay"]])
def test_the_name_of_a_file_is_shown_without_what_steers(name: str, words: list[str]) -> None:
    Path(name).write_text(SIGNED + PHASE.replace("phase = 1", "phase = 3") + "[]", "utf-8")
    result = run(*words, name)
    assert result.exit_code == 1
    assert "numbers_phases_in_order" in result.output
    assert result.output.encode("utf-8")


def test_markup_in_a_record_is_text() -> None:
    title = "[red]1[/red] :smile: [link=http://example.org]for[/link] 1"
    Path("markup.toml").write_text(SIGNED.replace("1 for 1", title), "utf-8")
    assert title in run("replay", "markup.toml").output


def test_the_console_shows_nothing_that_steers_whatever_it_is_given() -> None:
    on = screen.console()
    on.file = io.StringIO()
    table = Table("One")
    table.add_row(f"a{ESCAPE}\u202eb")
    screen.show(on, ESCAPE, Text(ESCAPE), table)
    on.print(f"one\ntwo{ESCAPE}")
    shown = on.file.getvalue()
    assert not STEERS.search(shown)
    assert "one\ntwo\\x1b[2J" in shown


def test_a_line_of_json_stays_json_and_shows_nothing_that_steers() -> None:
    assert json_lines.line({"a": "\x9b\u202e\x7f é"}) == '{"a":"\\u009b\\u202e\\u007f é"}'


def test_what_people_write_is_shown_as_it_is() -> None:
    for text in ("Київ\u00a0— 1\u202f000", "می\u200cخواهم", "👩\u200d⚕️", "日本", "é"):
        assert visible_lines(text) == text
