"""Each broken seed breaks its own rule and no other; the seeds of real agreements break none."""

from __future__ import annotations

from pathlib import Path

import pytest

from reciprocity.domain import RULES, Verdict
from reciprocity.replay.check import Located, check
from reciprocity.replay.journal import parse_journal, read_journal

SEEDS = Path(__file__).parents[2] / "seeds"
BROKEN = SEEDS / "broken"
RULE_NAMES = [rule.__name__ for rule in RULES]

SIGNED = """
[agreement]
id = "swap"
title = "A swap"
parties = { AAA = "A", BBB = "B" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = 10 }]
symmetry = { kept = "not-required" }
"""


def findings(text: str) -> list[Located]:
    return list(check(parse_journal(text.encode(), "journal.toml")))


def phase(number: int, counts: str) -> str:
    rows = f'[{{ by = "AAA", to = "BBB", counts = {{ civilian = {counts} }} }}]'
    return f'[[event]]\nevent = "phase-completed"\nphase = {number}\nreleased = {rows}\n'


@pytest.mark.parametrize("rule", RULE_NAMES)
def test_the_broken_seed_of_a_rule_breaks_that_rule_and_nothing_else(rule: str) -> None:
    journal = read_journal(BROKEN / f"{rule}.toml")
    found = list(check(journal))
    assert {located.finding.rule for located in found} == {rule}
    assert {located.finding.verdict for located in found} == {Verdict.VIOLATED}
    assert {located.line for located in found} == {journal.entries[-1].line}, "what is broken stands last"


def test_there_is_a_broken_seed_for_each_rule_and_no_other() -> None:
    assert sorted(path.name for path in BROKEN.iterdir()) == sorted(f"{name}.toml" for name in RULE_NAMES)


def test_a_broken_seed_cannot_be_taken_for_a_real_agreement() -> None:
    for path in BROKEN.glob("*.toml"):
        journal = read_journal(path)
        assert journal.agreement_id == "broken-" + path.stem.replace("_", "-")
        assert f"# Invented, and broken on purpose: {path.stem}." in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(SEEDS.glob("*.toml")), ids=lambda path: path.stem)
def test_a_seed_breaks_no_rule(path: Path) -> None:
    found = [str(located) for located in check(read_journal(path))]
    assert not [line for line in found if "is violated" in line]


def test_checking_goes_on_after_a_violation() -> None:
    found = findings(SIGNED + phase(2, "3") + phase(4, "4") + phase(5, "4"))
    assert [(located.line, located.finding.rule) for located in found] == [
        (8, "numbers_phases_in_order"),
        (12, "numbers_phases_in_order"),
        (16, "stays_within_the_agreed_total"),
    ]


def test_a_finding_names_file_and_line() -> None:
    [found] = findings(SIGNED + phase(1, "11"))
    assert str(found).startswith("journal.toml:8: stays_within_the_agreed_total is violated: ")


def test_what_ranges_leave_open_is_found_as_undecidable() -> None:
    [found] = findings(SIGNED + phase(1, '"5.."'))
    assert found.finding.verdict is Verdict.UNDECIDABLE


def test_an_entry_that_says_again_what_is_on_record_is_no_finding() -> None:
    assert findings(SIGNED + phase(1, "5") + phase(1, "5")) == []


def test_fulfilment_comes_by_itself_where_counting_shows_it() -> None:
    [found] = findings(
        SIGNED
        + phase(1, "10")
        + phase(2, "1").replace("phase-completed", "phase-announced").replace("released", "planned")
    )
    assert found.finding.rule == "follows_the_life_cycle"
    assert "fulfilled" in found.finding.seen
