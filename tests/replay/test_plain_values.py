"""Plain values read into the model's classes: what the files of event lines do not show by themselves."""

from __future__ import annotations

import pytest

from reciprocity.domain import Count, Party, Range
from reciprocity.replay.plain_values import read
from reciprocity.replay.problems import MalformedFile, Problems


def reported(problems: Problems) -> list[str]:
    with pytest.raises(MalformedFile) as malformed:
        problems.raise_if_any()
    return [str(problem) for problem in malformed.value.problems]


def test_a_reason_is_text_for_a_terminal_and_no_longer_than_a_few_lines() -> None:
    problems = Problems("file", {})
    problems.add(("a",), "\x1b[2J\u202eé")
    problems.add(("b",), "x" * 1_000)
    problems.add(("\x9b", "c" * 1_000), "is missing")
    assert reported(problems) == [
        f"file:1: \\x9b.{'c' * 85}...{'c' * 30}: is missing",
        "file:1: a: \\x1b[2J\\u202eé",
        f"file:1: b: {'x' * 297}...{'x' * 100}",
    ]


def test_a_count_is_a_number_or_a_range() -> None:
    problems = Problems("file", {})
    assert read(5, Count, (), problems) == 5
    assert read({"at_least": 5, "at_most": None}, Count, (), problems) == Range(5)
    assert problems.count == 0
    assert read({"at_least": 5}, Count, ("count",), problems) is None
    assert reported(problems) == ["file:1: count.at_most: is missing"]


def test_a_field_that_asks_its_neighbours_is_reported_by_its_reason() -> None:
    inner = {"code": "B", "name": "B", "members": [{"code": "C", "name": "C", "members": []}]}
    problems = Problems("file", {})
    assert read({"code": "A", "name": "A", "members": [inner]}, Party, ("party",), problems) is None
    assert reported(problems) == ["file:1: party.members: a member of A has members of its own"]
