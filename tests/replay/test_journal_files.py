"""Which files can be journals at all: UTF-8, TOML, of a size and depth that can be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from reciprocity.replay import journal
from reciprocity.replay.journal import parse_journal, read_journal
from reciprocity.replay.problems import MalformedFile, Problem

SIGNED = """[agreement]
id = "swap"
title = "A swap"
parties = { AAA = "A", BBB = "B" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = 10 }]
"""  # five lines; what follows begins on the sixth


def the_problem(text: str | bytes) -> Problem:
    with pytest.raises(MalformedFile) as refused:
        parse_journal(text if isinstance(text, bytes) else text.encode(), "journal.toml")
    [problem] = refused.value.problems
    return problem


def test_a_byte_order_mark_is_no_error() -> None:
    assert parse_journal(("\ufeff" + SIGNED).encode(), "journal.toml").agreement_id == "swap"


def test_text_that_is_not_toml_is_refused_with_its_line() -> None:
    assert the_problem("[agreement]\nid = \ntitle = 1\n").line == 2
    problem = the_problem(SIGNED + "x")
    assert (problem.line, problem.field) == (6, "")
    assert problem.reason.startswith("not TOML: ")


def test_a_number_too_long_to_be_read_is_refused_with_its_line() -> None:
    problem = the_problem(SIGNED + "\nphase = " + "1" * 5_000)
    assert (problem.line, problem.reason) == (7, "a number or a word out of all bounds (256 characters)")


@pytest.mark.parametrize("depth", [500, 100_000])
def test_what_is_nested_too_deeply_is_refused(depth: int) -> None:
    assert (
        the_problem("x = " + "[" * depth + "]" * depth).reason == "more than 12 brackets inside one another"
    )


def test_what_is_not_utf_8_is_refused_with_its_line() -> None:
    problem = the_problem(SIGNED.encode() + 'place = "Zürich"\n'.encode("latin-1"))
    assert (problem.line, problem.reason) == (6, "not UTF-8")


def test_a_file_that_is_too_large_is_refused_unread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "large.toml"
    path.write_text(SIGNED)
    monkeypatch.setattr(journal, "LARGEST_FILE", len(SIGNED))
    assert read_journal(path).agreement_id == "swap"
    monkeypatch.setattr(journal, "LARGEST_FILE", len(SIGNED) - 1)
    with pytest.raises(MalformedFile) as refused:
        read_journal(path)
    [problem] = refused.value.problems
    assert problem.reason == f"larger than {len(SIGNED) - 1:,} bytes"
