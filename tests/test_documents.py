"""What the documents show is what happens."""

from __future__ import annotations

import contextlib
import io
import re
import subprocess
from pathlib import Path

import pytest

from reciprocity.domain import RULES
from reciprocity.replay.cli import main
from reciprocity.store import postgres_opening, sqlite_tables
from tests.documents import ROOT, WITH_TRANSCRIPTS, fences, in_a_shell, in_this_process, run

DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])


@pytest.mark.parametrize("name", WITH_TRANSCRIPTS)
def test_transcripts_are_what_the_commands_print(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    assert fences(text, "console")
    way = in_a_shell if name == "README.md" else in_this_process
    assert run(text, way) == text, "python -m tests.documents writes them anew"


def test_the_snippet_of_the_readme_prints_what_it_says() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    [snippet], [expected] = fences(text, "python"), fences(text, "text")
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(snippet, "README.md", "exec"), {})  # noqa: S102  # the project's own document
    assert printed.getvalue() == expected


def test_the_targets_of_the_readme_exist() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    named = re.findall(r"^make (\w+)", "\n".join(fences(text, "sh")), re.MULTILINE)
    assert named
    subprocess.run(["make", "--dry-run", *named], cwd=ROOT, check=True, stdout=subprocess.PIPE)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_to_files_lead_somewhere(document: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", document.read_text("utf-8")):
        if "://" not in target:
            assert (document.parent / target).exists(), target


def test_every_document_with_a_program_has_a_test_that_runs_it() -> None:
    tests = "".join(test.read_text("utf-8") for test in ROOT.glob("tests/**/test_*.py"))
    for document in DOCUMENTS:
        if fences(document.read_text("utf-8"), "python"):
            assert document.name in tests, document.name


def test_every_rule_is_documented_in_the_order_in_which_it_is_asked() -> None:
    text = (ROOT / "docs/rules.md").read_text("utf-8")
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == [rule.__name__ for rule in RULES]


def test_every_command_is_documented_with_a_transcript() -> None:
    text = (ROOT / "docs/commands.md").read_text("utf-8")
    shown = "".join(fences(text, "console"))
    for name in main.commands:
        assert f"\n## {name}\n" in text
        assert f"$ reciprocity {name} " in shown


def test_the_formats_of_stores_are_those_that_the_page_on_versions_names() -> None:
    text = (ROOT / "docs/versioning.md").read_text("utf-8")
    named = re.findall(r"^\| the tables of a (\w+) \| the format, now (\d+) \|", text, re.MULTILINE)
    assert named == [
        ("file", str(sqlite_tables.STORE_FORMAT)),
        ("server", str(postgres_opening.STORE_FORMAT)),
    ]
