"""What recording a journal adds to a register: what is new, all of it or nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from reciprocity import seeds
from reciprocity.domain import (
    AgreementFulfilled,
    AgreementSigned,
    Event,
    Malformed,
    PhaseAnnounced,
    PhaseCompleted,
    Recorded,
)
from reciprocity.replay.journal import Journal, parse_journal, read_journal
from reciprocity.replay.record import Contradiction, RefusedJournal, difference, record
from reciprocity.store import OutOfOrder, Register

NOW = dt.datetime(2001, 3, 31, 12, tzinfo=dt.UTC)
BROKEN = Path(__file__).parents[2] / "seeds" / "broken"

SIGNED = """
[agreement]
id = "swap"
title = "A swap"
parties = { AAA = "A", BBB = "B" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = 10 }]
symmetry = { kept = "not-required" }
recorded_at = 2001-03-01T18:00:00Z
"""


def phase(number: int, count: int, day: int | None = None) -> str:
    rows = f'[{{ by = "AAA", to = "BBB", counts = {{ civilian = {count} }} }}]'
    at = f"recorded_at = 2001-03-{day:02}T18:00:00Z\n" if day else ""
    return f'[[event]]\nevent = "phase-completed"\nphase = {number}\nreleased = {rows}\n{at}'


SHORT = SIGNED + phase(1, 4, 5)
LONG = SHORT + phase(2, 4, 9)


def parsed(text: str) -> Journal:
    return parse_journal(text.encode(), "journal.toml")


@pytest.fixture
def register() -> Iterator[Register]:
    with Register.open("memory:", clock=lambda: NOW) as opened:
        yield opened


def kinds(recorded: list[Recorded]) -> list[str]:
    return [type(one.event).__name__ for one in recorded]


def test_a_journal_is_recorded_event_by_event_with_its_instants(register: Register) -> None:
    added = record(register, parsed(LONG))
    assert added == list(register.history("swap"))
    assert kinds(added) == ["AgreementSigned", "PhaseCompleted", "PhaseCompleted"]
    assert [one.version for one in added] == [1, 2, 3]
    assert [(one.recorded_at.day, one.recorded_at.hour) for one in added] == [(1, 18), (5, 18), (9, 18)]
    assert len({one.command_id for one in added}) == 1


def test_the_founding_seed_is_recorded_whole_and_fulfilled_by_its_last_phase() -> None:
    path = seeds.path("ua-ru-2025-05-16")
    assert path is not None
    journal = read_journal(path)
    with Register.open("memory:") as register:
        added = record(register, journal)
        assert len(added) == len(journal.entries) + 1
        [fulfilled] = [one for one in added if isinstance(one.event, AgreementFulfilled)]
        assert isinstance(added[fulfilled.version - 2].event, PhaseCompleted)
        assert fulfilled.event == AgreementFulfilled(fulfilled_on=dt.date(2025, 5, 25))
        assert record(register, journal) == []


def test_recording_again_adds_nothing(register: Register) -> None:
    first = record(register, parsed(LONG))
    assert record(register, parsed(LONG)) == []
    assert list(register.history("swap")) == first


def test_a_longer_journal_adds_what_is_new(register: Register) -> None:
    record(register, parsed(SHORT))
    added = record(register, parsed(LONG))
    assert [(one.version, one.event.phase) for one in added if isinstance(one.event, PhaseCompleted)] == [
        (3, 2)
    ]
    with Register.open("memory:", clock=lambda: NOW) as other:
        at_once = record(other, parsed(LONG))
    assert [one.event for one in register.history("swap")] == [one.event for one in at_once]


def test_a_shorter_journal_adds_nothing(register: Register) -> None:
    record(register, parsed(LONG))
    assert record(register, parsed(SHORT)) == []
    assert len(list(register.history("swap"))) == 3


def test_what_follows_from_an_entry_is_recorded_at_its_instant_and_is_not_new_again(
    register: Register,
) -> None:
    journal = parsed(SIGNED + phase(1, 10, 5))
    added = record(register, journal)
    assert kinds(added) == ["AgreementSigned", "PhaseCompleted", "AgreementFulfilled"]
    assert added[2].recorded_at == added[1].recorded_at
    assert record(register, journal) == []


def test_a_journal_without_instants_is_recorded_now_and_agrees_with_any_later(register: Register) -> None:
    text = SIGNED.replace("recorded_at = 2001-03-01T18:00:00Z\n", "") + phase(1, 4)
    assert {one.recorded_at for one in record(register, parsed(text))} == {NOW}
    assert record(register, parsed(text)) == []


def test_an_entry_without_an_instant_takes_that_of_its_neighbours(register: Register) -> None:
    unsaid = SIGNED.replace("recorded_at = 2001-03-01T18:00:00Z\n", "")
    claim = '[[event]]\nevent = "claim-recorded"\nclaimant = "AAA"\n'
    claim += 'released = [{ by = "AAA", to = "BBB", total = 4 }]\n'
    added = record(register, parsed(unsaid + phase(1, 4, 5) + claim + phase(2, 4, 9)))
    assert [one.recorded_at.day for one in added] == [5, 5, 5, 9]


def test_an_entry_that_had_not_happened_by_the_instant_above_is_recorded_later(register: Register) -> None:
    late = phase(1, 4).replace("phase = 1", "phase = 1\ncompleted_on = 2001-03-04")
    assert [one.recorded_at for one in record(register, parsed(SIGNED + late))][-1] == NOW


@pytest.mark.parametrize(
    ("text", "line", "version", "difference"),
    [
        (LONG.replace("A swap", "Another"), 2, 1, "(agreement-signed): terms differs"),
        (SIGNED + phase(1, 5, 5) + phase(2, 4, 9), 9, 2, "(phase-completed): released differs"),
        (
            SIGNED + phase(1, 4, 6),
            9,
            2,
            (
                "(phase-completed): recorded_at is "
                "2001-03-05 18:00:00+00:00 there, 2001-03-06 18:00:00+00:00 here"
            ),
        ),
        (
            SHORT + '[[event]]\nevent = "agreement-suspended"\nreason = "R."',
            14,
            3,
            "(phase-completed): here it is agreement-suspended",
        ),
    ],
)
def test_a_contradiction_is_refused_naming_the_first_event_that_differs(
    register: Register, text: str, line: int, version: int, difference: str
) -> None:
    record(register, parsed(LONG))
    with pytest.raises(Contradiction) as refused:
        record(register, parsed(text))
    assert (refused.value.line, refused.value.version) == (line, version)
    assert str(refused.value) == (
        f"journal.toml:{line}: contradicts what is stored as version {version} of swap {difference}"
    )


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (PhaseCompleted(phase=1, released=(), place="P"), "place differs"),
        (PhaseCompleted(phase=2, released=(), place="P", notes=("N.",)), "notes, phase, place differ"),
        (PhaseAnnounced(phase=1), "here it is phase-announced"),
    ],
)
def test_events_differ_by_their_names_or_by_fields(told: Event, said: str) -> None:
    assert difference(PhaseCompleted(phase=1, released=()), told) == said


def test_a_refused_or_contradicting_journal_leaves_the_store_as_it_was_byte_for_byte(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/register.db"
    with Register.open(url, create=True) as register:
        record(register, parsed(LONG))
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    with Register.open(url) as register:
        with pytest.raises(Contradiction):
            record(register, parsed(SIGNED + phase(1, 4, 5) + phase(2, 5, 9) + phase(3, 1, 9)))
        with pytest.raises(RefusedJournal):
            record(register, parsed(LONG + phase(3, 1, 10) + phase(9, 1, 11)))
        with pytest.raises(OutOfOrder):
            record(register, parsed(LONG + phase(3, 1, 10).replace("2001", "9999")))
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_of_a_refused_journal_nothing_is_recorded_at_all(register: Register) -> None:
    with pytest.raises(RefusedJournal) as refused:
        record(register, parsed(LONG + phase(9, 9, 10)))
    assert refused.value.line == 19
    assert refused.value.refused.rules == ("numbers_phases_in_order", "stays_within_the_agreed_total")
    assert str(refused.value) == "journal.toml:19: refused:" + "".join(
        f"\n  {violation}" for violation in refused.value.refused.violations
    )
    assert (refused.value.refused.agreement_id, refused.value.refused.version) == ("swap", 3)
    assert list(register.log()) == []


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.toml")), ids=lambda path: path.stem)
def test_a_broken_seed_is_refused_by_its_rule(register: Register, path: Path) -> None:
    with pytest.raises(RefusedJournal) as refused:
        record(register, read_journal(path))
    assert refused.value.refused.rules == (path.stem,)
    assert list(register.log()) == []


def test_an_instant_before_what_is_stored_is_refused(register: Register) -> None:
    unsaid = SIGNED.replace("recorded_at = 2001-03-01T18:00:00Z\n", "")
    record(register, parsed(unsaid + phase(1, 4)))  # at the clock's instant, 31 March
    with pytest.raises(OutOfOrder, match=r"journal\.toml"):
        record(register, parsed(unsaid + phase(1, 4) + phase(2, 4, 9)))
    assert len(list(register.log())) == 2


def test_an_instant_ahead_of_the_clock_is_refused(register: Register) -> None:
    with pytest.raises(OutOfOrder):
        record(register, parsed(SHORT + phase(2, 1, 31)))
    assert list(register.log()) == []


def test_what_lies_after_the_clock_is_refused_by_the_journals_name(register: Register) -> None:
    late = phase(1, 4).replace("phase = 1", "phase = 1\ncompleted_on = 2001-04-04")
    with pytest.raises(Malformed, match=r"^journal\.toml: 2001-04-04 lies after the instant"):
        record(register, parsed(SIGNED + late))
    assert list(register.log()) == []


def test_agreements_are_recorded_beside_each_other(register: Register) -> None:
    record(register, parsed(LONG))
    record(register, parsed(LONG.replace('"swap"', '"another"')))
    assert register.agreement_ids() == ["swap", "another"]
    assert [type(one.event) for one in register.log() if one.version == 1] == [AgreementSigned] * 2
