"""What docs/journal.md shows is true: its examples are read, its errors are those that are reported."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from reciprocity.replay.check import check
from reciprocity.replay.journal import LARGEST_FILE, parse_journal
from reciprocity.replay.journal_shape import ENTRIES, json_schema
from reciprocity.replay.problems import MalformedFile

TEXT = (Path(__file__).parents[1] / "docs" / "journal.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, flags=re.DOTALL | re.MULTILINE)


WHOLE = [block for block in blocks("toml") if "[agreement]" in block]
ENTRIES_ONLY = [block for block in blocks("toml") if block.startswith("[[event]]")]
SIGNING = WHOLE[0][: WHOLE[0].index("[[event]]")].replace('sources = ["gazette-0301"]', "")


@pytest.mark.parametrize("block", blocks("toml"))
def test_every_toml_block_is_toml(block: str) -> None:
    tomllib.loads(block)


@pytest.mark.parametrize("block", [*WHOLE, *(SIGNING + block for block in ENTRIES_ONLY)])
def test_every_example_is_a_journal_that_breaks_no_rule(block: str) -> None:
    found = [str(located) for located in check(parse_journal(block.encode(), "docs/journal.md"))]
    assert not [line for line in found if "is violated" in line]


def test_every_block_is_of_a_kind_that_is_tried() -> None:
    rest = [block for block in blocks("toml") if block not in WHOLE + ENTRIES_ONLY]
    assert [block.split()[0] for block in rest] == ["[sources]", "#:schema"]
    assert (len(WHOLE), len(ENTRIES_ONLY)) == (2, 3)
    sources = rest[0].replace("gazette-0305", "gazette-0301")
    parse_journal((WHOLE[0][: WHOLE[0].index("[[event]]")] + sources).encode(), "docs/journal.md")


def test_the_errors_it_shows_are_those_that_are_reported() -> None:
    wrong = (
        WHOLE[0]
        .replace("completed_on", "complete_on")
        .replace("civilian = 1", 'civilian = "some"')
        .replace('["gazette-0305"]', '["gazette"]', 1)
    )
    with pytest.raises(MalformedFile) as refused:
        parse_journal(wrong.encode(), "aaa-bbb-2001.toml")
    assert [str(refused.value) + "\n"] == blocks("text")


def test_it_names_every_event_and_every_key() -> None:
    tables = json_schema()["$defs"].values()
    keys = {key for table in tables for key in table.get("properties", {})} - {"agreement"}
    named = set(re.findall(r"`([a-z_-]+)`", TEXT))
    assert sorted((keys | set(ENTRIES)) - named) == []


def test_it_names_the_largest_size() -> None:
    assert f"{LARGEST_FILE // 2**10} KiB" in TEXT
