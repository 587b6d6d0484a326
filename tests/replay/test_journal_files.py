"""Which files can be journals: UTF-8, TOML, of a size and depth that can be read; one or several at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from reciprocity.domain import TermsAmended
from reciprocity.replay import journal
from reciprocity.replay.journal import parse_journal, read_events, read_journal, read_journals
from reciprocity.replay.problems import MalformedFile, Problem
from tests.examples import swap

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


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (SIGNED.encode() + 'place = "Zürich"\n'.encode("latin-1"), 6),
        (b"\n\xff\n\n", 2),
        (b"\xff\n\n", 1),
        (b"\n\n\n\xc3", 4),
    ],
)
def test_what_is_not_utf_8_is_refused_with_its_line(content: bytes, line: int) -> None:
    problem = the_problem(content)
    assert (problem.line, problem.field, problem.reason) == (line, "", "not UTF-8")


def test_of_several_files_every_error_is_told_and_all_are_read_or_none(tmp_path: Path) -> None:
    texts = {"a.toml": SIGNED + "x = 1", "b.toml": SIGNED, "c.toml": "", "d.toml": SIGNED}
    for name, text in texts.items():
        (tmp_path / name).write_text(text.replace('"swap"', f'"swap-{name[0]}"'), "utf-8")
    sound, all_of_them = [tmp_path / "d.toml", tmp_path / "b.toml"], [tmp_path / name for name in texts]
    assert [one.agreement_id for one in read_journals(sound)] == ["swap-d", "swap-b"]
    assert read_journals([]) == []
    with pytest.raises(MalformedFile) as refused:
        read_journals(all_of_them)
    assert str(refused.value) == (
        f"{tmp_path}/a.toml:6: agreement.x: no such field\n{tmp_path}/c.toml:1: agreement: is missing"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\n\xff", "2: not UTF-8"),
        (b"\nx = ", "2: not TOML: Invalid value (at end of document)"),
        (b"\nx.a.a.a.a.a.a.a.a.a = 1", "2: more than 8 dots in a key"),
        (b"\n\n[event]", "3: event: not a list of [[event]] tables"),
        (b"\nsources = 3", "2: sources: not a table of sources"),
        (b'[[event]]\nevent = "phase-voided"\nreason = "R."', "1: event[1]: phase is missing"),
        (
            b'[[event]]\nevent = "phase-voided"\nphase = 1\nreason = "R."\nsources = ["s"]',
            "5: event[1].sources[1]: 's' is not among the [sources]",
        ),
    ],
)
def test_a_file_of_what_might_happen_is_refused_by_its_name(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "might.toml"
    file.write_bytes(content)
    with pytest.raises(MalformedFile) as refused:
        read_events(file, swap())
    assert str(refused.value) == f"{file}:{reason}"


def test_a_journal_has_up_to_512_kib() -> None:
    largest = SIGNED + "#" * (524_288 - len(SIGNED))
    assert parse_journal(largest.encode(), "journal.toml").agreement_id == "swap"
    assert the_problem(largest + "#").reason == "larger than 524,288 bytes"


@pytest.mark.parametrize("read", [lambda path: read_events(path, swap()), read_journal])
def test_a_file_is_read_up_to_its_last_byte_and_not_beyond_the_largest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], object]
) -> None:
    file = tmp_path / "file.toml"
    file.write_text(SIGNED + '[[event]]\nevent = "agreement-resumed"', "utf-8")
    size = file.stat().st_size
    monkeypatch.setattr(journal, "LARGEST_FILE", size)
    whole = read(file)
    monkeypatch.setattr(journal, "LARGEST_FILE", size + 1)
    assert read(file) == whole
    monkeypatch.setattr(journal, "LARGEST_FILE", size - 1)
    with pytest.raises(MalformedFile) as refused:
        read(file)
    assert str(refused.value) == f"{file}:1: larger than {size - 1:,} bytes"


def test_what_might_happen_builds_on_the_terms_in_force(tmp_path: Path) -> None:
    file = tmp_path / "might.toml"
    amended = '[[event]]\nevent = "terms-amended"\nreason = "R."\n'
    file.write_text(
        f'{amended}title = "Another"\n{amended}mediators = ["M"]\nsources = ["s"]\n'
        '[sources.s]\npublisher = "P"\n[agreement]\nid = 7\n',
        "utf-8",
    )
    first, second = read_events(file, swap())
    assert isinstance(first, TermsAmended)
    assert isinstance(second, TermsAmended)
    assert first.terms == attrs.evolve(swap(), title="Another")
    assert second.terms == attrs.evolve(swap(), title="Another", mediators=("M",))
    assert [source.publisher for source in second.sources] == ["P"]
