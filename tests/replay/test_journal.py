"""What a well-formed journal is read as."""

from __future__ import annotations

import datetime as dt

import pytest

from reciprocity import seeds
from reciprocity.domain import (
    OPEN,
    UNKNOWN,
    AgreementSigned,
    Claimed,
    ClaimRecorded,
    Count,
    Handover,
    Kept,
    Manner,
    Obligation,
    Party,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Range,
    Source,
    Symmetry,
    Terms,
    TermsAmended,
    Transfer,
    Weight,
    Window,
)
from reciprocity.replay.journal import Journal, parse_journal, read_journal
from reciprocity.store import KINDS

SIGNED = """
[agreement]
id = "swap"
title = "A swap"
parties = { AAA = "A", BBB = "B" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = 10 }]
"""
ONE_OF_EACH = (
    SIGNED
    + """
[[event]]
event = "phase-announced"
phase = 1
expected_on = 2001-03-04
planned = [{ by = "AAA", to = "BBB", counts = { civilian = "?" } }]
[[event]]
event = "phase-postponed"
phase = 1
[[event]]
event = "phase-completed"
phase = 1
released = [{ by = "AAA", to = "BBB", counts = { civilian = 2 } }]
[[event]]
event = "phase-corrected"
phase = 1
reason = "A list."
released = [{ by = "AAA", to = "BBB", counts = { civilian = 3 } }]
[[event]]
event = "phase-voided"
phase = 1
reason = "It never took place."
[[event]]
event = "claim-recorded"
claimant = "Somebody"
released = [{ by = "AAA", to = "BBB", total = 3 }]
[[event]]
event = "terms-amended"
reason = "A new title."
title = "Another title"
[[event]]
event = "agreement-suspended"
reason = "Snow."
[[event]]
event = "agreement-resumed"
[[event]]
event = "agreement-fulfilled"
[[event]]
event = "agreement-terminated"
manner = "lapsed"
reason = "The window closed."
"""
)


def parsed(text: str) -> Journal:
    return parse_journal(text.encode(), "journal.toml")


def with_counts(counts: str) -> str:
    released = f'released = [{{ by = "AAA", to = "BBB", counts = {{ civilian = {counts} }} }}]'
    return f'{SIGNED}\n[[event]]\nevent = "phase-completed"\nphase = 1\n{released}\n'


def last_event(text: str) -> object:
    return parsed(text).entries[-1].event


def test_the_founding_seed_reads() -> None:
    path = seeds.path("ua-ru-2025-05-16")
    assert path is not None
    journal = read_journal(path)
    assert journal.agreement_id == "ua-ru-2025-05-16"
    signed = journal.entries[0].event
    assert isinstance(signed, AgreementSigned)
    assert [o.total for o in signed.terms.obligations] == [1000, 1000]
    phases = [entry.event for entry in journal.entries if isinstance(entry.event, PhaseCompleted)]
    assert [sum(t.count for t in phase.released if t.releasing == "RUS") for phase in phases] == [
        390,
        307,
        303,
    ]
    lines = path.read_text().splitlines()
    assert [lines[entry.line - 1] for entry in journal.entries] == ["[agreement]"] + ["[[event]]"] * 12


def test_every_event_can_be_told() -> None:
    told = [type(entry.event) for entry in parsed(ONE_OF_EACH).entries]
    assert len(told) == 12
    assert set(told) == {kind.event for kind in KINDS}


def test_the_whole_of_the_terms_is_read() -> None:
    text = """
        [agreement]
        id = "swap"
        title = "A swap"
        signed_on = 2001-03-01
        signed_at = "Somewhere"
        parent = "an-older-one"
        series = true
        mediators = ["M"]
        facilitators = ["F", "G"]
        parties = { GGG = { name = "Group", members = { AAA = "A", CCC = "C" } }, BBB = "B" }
        obligations = [
          { releasing = "AAA", receiving = "BBB", total = "open" },
          { releasing = "BBB", receiving = "CCC", total = "5..7", categories = ["hostage", "civilian"] },
        ]
        symmetry = { kept = "at-fulfilment", weights = { hostage = 30, mortal_remains = 0 } }
        window = { starts_on = 2001-03-02 }
        sources = ["s"]
        notes = ["First.", "Second."]
        [sources]
        s = { publisher = "P", date = 2001-03-02, url = "https://example.org/a", note = "N" }
    """
    source = Source("s", "P", dt.date(2001, 3, 2), "https://example.org/a", "N")
    terms = Terms(
        title="A swap",
        signed_on=dt.date(2001, 3, 1),
        signed_at="Somewhere",
        parent="an-older-one",
        series=True,
        mediators=("M",),
        facilitators=("F", "G"),
        parties=(Party("GGG", "Group", (Party("AAA", "A"), Party("CCC", "C"))), Party("BBB", "B")),
        obligations=(
            Obligation("AAA", "BBB", OPEN),
            Obligation("BBB", "CCC", Range(5, 7), ("hostage", "civilian")),
        ),
        symmetry=Symmetry(Kept.AT_FULFILMENT, (Weight("hostage", 30), Weight("mortal_remains", 0))),
        window=Window(dt.date(2001, 3, 2)),
        sources=(source,),
    )
    assert last_event(text) == AgreementSigned(terms=terms, notes=("First.", "Second."))


def test_what_is_left_out_is_unknown_and_symmetry_is_kept_in_each_phase() -> None:
    signed = last_event(SIGNED)
    assert isinstance(signed, AgreementSigned)
    assert (signed.terms.signed_on, signed.terms.signed_at, signed.terms.parent) == (None, None, None)
    assert signed.terms.symmetry == Symmetry(Kept.EACH_PHASE)
    assert signed.terms.window == Window()
    completed = last_event(SIGNED + '[[event]]\nevent = "phase-completed"\nphase = 1\nreleased = []')
    assert completed == PhaseCompleted(phase=1, released=())
    assert parsed(SIGNED).entries[0].recorded_at is None


@pytest.mark.parametrize(
    ("written", "count"),
    [
        ("0", 0),
        ("270", 270),
        ("10_000_000_000", 10_000_000_000),
        ('"200.."', Range(200)),
        ('"33..84"', Range(33, 84)),
        ('"..500"', Range(0, 500)),
        ('"1..1"', 1),
        ('"..0"', 0),
        ('"0.."', UNKNOWN),
        ('"?"', UNKNOWN),
    ],
)
def test_a_count_is_a_number_or_a_range(written: str, count: Count) -> None:
    assert last_event(with_counts(written)) == PhaseCompleted(
        phase=1, released=(Transfer("AAA", "BBB", "civilian", count),)
    )


def test_within_agreement_is_true_false_or_unclear() -> None:
    text = (
        SIGNED
        + """
        [[event]]
        event = "phase-announced"
        phase = 1
        planned = [
          { by = "AAA", to = "BBB", counts = { civilian = 1 } },
          { by = "AAA", to = "BBB", counts = { civilian = 2 }, within_agreement = false },
          { by = "AAA", to = "BBB", counts = { civilian = 3 }, within_agreement = "unclear" },
        ]
    """
    )
    announced = last_event(text)
    assert isinstance(announced, PhaseAnnounced)
    assert [row.within_agreement for row in announced.planned] == [True, False, None]


def test_a_claim_without_a_figure_is_silence_and_never_zero() -> None:
    text = (
        SIGNED
        + """
        [[event]]
        event = "claim-recorded"
        claimant = "AAA"
        released = [
          { by = "AAA", to = "BBB", total = "?", counts = { civilian = "?", hostage = 0, detainee = "4.." } },
          { by = "BBB", to = "AAA", total = 7 },
        ]
    """
    )
    claim = last_event(text)
    assert isinstance(claim, ClaimRecorded)
    assert claim.claimed == (
        Claimed("AAA", "BBB", None, None),
        Claimed("AAA", "BBB", "civilian", None),
        Claimed("AAA", "BBB", "hostage", 0),
        Claimed("AAA", "BBB", "detainee", Range(4)),
        Claimed("BBB", "AAA", None, 7),
    )


def test_an_amendment_names_only_what_changes_and_later_ones_build_on_it() -> None:
    text = (
        SIGNED
        + """
        [[event]]
        event = "terms-amended"
        reason = "One."
        symmetry = { kept = "not-required" }
        [[event]]
        event = "terms-amended"
        reason = "Two."
        amended_on = 2001-03-09
        obligations = [{ releasing = "BBB", receiving = "AAA", total = "open" }]
    """
    )
    signed, first, second = (entry.event for entry in parsed(text).entries)
    assert isinstance(signed, AgreementSigned)
    assert isinstance(first, TermsAmended)
    assert isinstance(second, TermsAmended)
    assert first.terms.symmetry.kept is Kept.NOT_REQUIRED
    assert first.terms.obligations == signed.terms.obligations
    assert second.terms.symmetry == first.terms.symmetry
    assert second.terms.obligations == (Obligation("BBB", "AAA", OPEN),)
    assert (second.terms.title, second.terms.parties) == (signed.terms.title, signed.terms.parties)
    assert second.amended_on == dt.date(2001, 3, 9)


def test_what_a_correction_or_a_voiding_reverses_may_be_told() -> None:
    reverses = (
        'reverses = { place = "P", released = [{ by = "AAA", to = "BBB", counts = { civilian = 2 } }] }\n'
    )
    corrected = '[[event]]\nevent = "phase-corrected"\nphase = 1\nreason = "R."\nreleased = []\n'
    voided = '[[event]]\nevent = "phase-voided"\nphase = 1\nreason = "R."\n'
    told = Handover(None, "P", (Transfer("AAA", "BBB", "civilian", 2),))
    assert last_event(SIGNED + corrected + reverses) == PhaseCorrected(
        phase=1, reason="R.", released=(), reverses=told
    )
    assert last_event(SIGNED + voided + reverses) == PhaseVoided(phase=1, reason="R.", reverses=told)


def test_every_manner_of_ending_can_be_told() -> None:
    for manner in Manner:
        text = f'[[event]]\nevent = "agreement-terminated"\nreason = "R."\nmanner = "{manner.value}"'
        assert getattr(last_event(SIGNED + text), "manner", None) is manner


def test_instants_may_have_any_offset_and_may_repeat() -> None:
    text = (
        SIGNED
        + "recorded_at = 2001-03-01T20:00:00+02:00\n"
        + ('[[event]]\nevent = "agreement-resumed"\nrecorded_at = 2001-03-01T18:00:00Z\n')
    )
    first, second = (entry.recorded_at for entry in parsed(text).entries)
    assert first == second == dt.datetime(2001, 3, 1, 18, tzinfo=dt.UTC)
