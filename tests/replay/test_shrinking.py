"""A shrunk journal still fails, breaks no rule that was kept, and nothing of it can be left out."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reciprocity.domain import RULES, ClaimRecorded, Event, PhaseCorrected, PhaseVoided, Verdict
from reciprocity.replay import smaller
from reciprocity.replay.check import check
from reciprocity.replay.journal import Journal, parse_journal
from reciprocity.replay.journal_text import journal_tables, journal_text
from reciprocity.replay.problems import MalformedFile
from reciprocity.replay.shrinking import Fails, NothingToShrink, Shrunk, breaks, shrink
from reciprocity.replay.smaller import Tables
from reciprocity.testing import History, histories
from tests.documents import ROOT

SOME = settings(max_examples=max(2, settings().max_examples // 10))


def tables_of(history: History) -> Tables:
    return journal_tables("told", [(request, None) for request in history.requests])


def tells(kind: type[Event], at_least: int = 0) -> Fails:
    """Fails where an event of a kind is told, and so many persons were released in all."""

    def fails(journal: Journal, _: str) -> bool:
        events = [entry.event for entry in journal.entries]
        rows = [row for event in events for row in getattr(event, "released", ())]
        return any(type(event) is kind for event in events) and at_least <= sum(
            row.count if isinstance(row.count, int) else row.count.at_least for row in rows
        )

    return fails


def broken(journal: Journal) -> set[str]:
    return {one.finding.rule for one in check(journal) if one.finding.verdict is Verdict.VIOLATED}


def fails_still(tables: Tables, fails: Fails, kept: set[str]) -> bool:
    try:
        journal = parse_journal(journal_text(tables).encode(), "smaller")
    except MalformedFile:
        return False
    return broken(journal) <= kept and fails(journal, journal_text(tables))


@SOME
@given(
    st.sampled_from([PhaseCorrected, PhaseVoided, ClaimRecorded]).flatmap(
        lambda kind: histories(ending=kind, longest=5)
    )
)
def test_what_is_left_fails_and_is_lawful_and_nothing_of_it_can_go(history: History) -> None:
    tables = tables_of(history)
    before = journal_text(tables)
    fails = tells(type(history.requests[-1]))
    shrunk = shrink(tables, fails)
    assert journal_text(tables) == before, "what was given stays as it was"
    assert shrunk.is_smallest
    assert parse_journal(shrunk.text.encode(), "journal").entries == shrunk.journal.entries
    assert fails(shrunk.journal, shrunk.text)
    assert not broken(shrunk.journal)
    left = tomllib.loads(shrunk.text)
    for part in (*smaller.happenings(left), *smaller.each_place(left)):
        assert not fails_still(smaller.renumbered(smaller.without(left, part)), fails, set()), part
    for number, paths in smaller.numbers(left).items():
        if number:
            lower = smaller.put(left, dict.fromkeys(paths, number - 1))
            assert not fails_still(lower, fails, set())


@settings(max_examples=2)
@given(histories(ending=PhaseCorrected, longest=5))
def test_the_same_is_found_again(history: History) -> None:
    fails = tells(PhaseCorrected)
    once, again = (shrink(tables_of(history), fails) for _ in range(2))
    assert (once.text, once.tries) == (again.text, again.tries)


@SOME
@given(histories(ending=ClaimRecorded, longest=5), st.integers(1, 12))
def test_no_more_is_tried_than_may_be(history: History, most: int) -> None:
    asked = []

    def fails(journal: Journal, text: str) -> bool:
        asked.append(text)
        return tells(ClaimRecorded)(journal, text)

    shrunk = shrink(tables_of(history), fails, tries=most)
    assert len(asked) == shrunk.tries <= most
    assert fails(shrunk.journal, shrunk.text)
    assert len(set(asked)) == shrunk.tries, "nothing is tried twice"
    assert shrunk.is_smallest or shrunk.tries == most


@pytest.mark.parametrize("rule", [rule.__name__ for rule in RULES])
def test_a_broken_rule_stays_broken_and_no_other_is(rule: str) -> None:
    tables = tomllib.loads((ROOT / f"seeds/broken/{rule}.toml").read_text("utf-8"))
    before = parse_journal(journal_text(tables).encode(), rule)
    shrunk = shrink(tables, breaks(rule, Verdict.VIOLATED))
    assert broken(shrunk.journal) == {rule}
    assert len(shrunk.journal.entries) <= len(before.entries)
    assert len(shrunk.text) < 700


def test_numbers_that_are_bound_together_are_lowered_together() -> None:
    """One thousand for one thousand is one for one, if it only has to be fulfilled after three phases."""
    shrunk = _founding(lambda journal, _: _phases(journal) == 3 and _is_fulfilled(journal))
    assert [entry.event for entry in shrunk.journal.entries if hasattr(entry.event, "released")]
    assert smaller.numbers(tomllib.loads(shrunk.text)).keys() == {1}


def test_who_ends_it_has_what_was_found_by_then() -> None:
    asked = []

    def fails(journal: Journal, _: str) -> bool:
        asked.append(journal)
        if len(asked) == 6:
            raise KeyboardInterrupt
        return _phases(journal) >= 1

    shrunk = _founding(fails)
    assert not shrunk.is_smallest
    assert shrunk.tries == len(asked)
    assert _phases(shrunk.journal) >= 1


def test_what_does_not_fail_is_not_shrunk() -> None:
    with pytest.raises(NothingToShrink):
        _founding(lambda _, __: False)


def _founding(fails: Fails) -> Shrunk:
    return shrink(tomllib.loads((ROOT / "seeds/ua-ru-2025-05-16.toml").read_text("utf-8")), fails)


def _phases(journal: Journal) -> int:
    return sum(type(entry.event).__name__ == "PhaseCompleted" for entry in journal.entries)


def _is_fulfilled(journal: Journal) -> bool:
    owed = journal.terms.obligations[0].total if journal.terms else 0
    rows = [row for entry in journal.entries for row in getattr(entry.event, "released", ())]
    return bool(owed) and sum(row.count for row in rows if row.releasing == "RUS") == owed
