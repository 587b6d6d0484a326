"""Each rule broken alone, by hand; and what ranges leave undecided."""

from __future__ import annotations

import datetime as dt

import attrs
import pytest

from reciprocity.domain import (
    OPEN,
    RULES,
    Agreement,
    AgreementFulfilled,
    AgreementSigned,
    Claimed,
    ClaimRecorded,
    Direction,
    Event,
    Handover,
    Kept,
    Obligation,
    Party,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    Range,
    Refused,
    Symmetry,
    Tally,
    Terms,
    TermsAmended,
    Transfer,
    Verdict,
    Weight,
    decide,
    evolve,
    judge,
)
from tests.domain.broken_rules import BROKEN_ALONE, GROUP, IN_USE, UNSIGNED
from tests.examples import agreement, back, may, out, phase, swap


@pytest.mark.parametrize(("rule", "before", "event", "said"), BROKEN_ALONE)
def test_a_rule_is_broken_alone(rule: str, before: Agreement, event: Event, said: list[str]) -> None:
    with pytest.raises(Refused) as refused:
        decide(before, event)
    assert refused.value.rules == (rule,)
    where = f"refused by {before.id} at version {before.version}:"
    lines = [f"  {rule} is violated: {one}" for one in said]
    assert str(refused.value).splitlines() == [where, *lines]


def test_every_rule_has_an_example() -> None:
    assert {rule for rule, *_ in BROKEN_ALONE} == {rule.__name__ for rule in RULES}


def test_a_refusal_names_every_broken_rule_in_order() -> None:
    with pytest.raises(Refused) as refused:
        decide(agreement(), phase(3, out(12), Transfer("UKR", "BLR", "civilian", 1), day=1))
    assert refused.value.rules == (
        "numbers_phases_in_order",
        "names_parties_to_the_agreement",
        "serves_an_agreed_obligation",
        "stays_within_the_agreed_total",
        "keeps_the_agreed_symmetry",
        "happens_after_the_signature",
    )


def test_a_refusal_says_what_was_seen_and_what_is_allowed() -> None:
    with pytest.raises(Refused) as refused:
        decide(agreement(), phase(1, Transfer("UKR", "BLR", "civilian", 1)))
    said = {(one.rule, one.seen, one.allowed) for one in refused.value.violations}
    assert ("serves_an_agreed_obligation", "UKR>BLR civilian", "UKR>RUS, RUS>UKR") in said
    with pytest.raises(Refused) as refused:
        decide(agreement(), PhasePostponed(phase=1))
    [one] = [one for one in refused.value.violations if one.rule == "follows_the_life_cycle_of_the_phase"]
    assert (one.seen, one.allowed) == (
        "PhasePostponed while phase 1 is unknown",
        "PhaseAnnounced, PhaseCompleted",
    )


def test_a_refusal_says_so_where_there_is_nothing_to_name() -> None:
    claim = ClaimRecorded(claimant="TASS", claimed=(Claimed("UKR", "RUS", None, 1),))
    emptied = TermsAmended(terms=attrs.evolve(swap(), obligations=()), reason="all is void")
    never = PhaseVoided(phase=2, reason="an error", reverses=Handover(None, None, ()))
    said = []
    for before, event in ((UNSIGNED, claim), (IN_USE, emptied), (agreement(), never)):
        with pytest.raises(Refused) as refused:
            decide(before, event)
        said += [f"{one.seen}; allowed: {one.allowed}" for one in refused.value.violations]
    assert set(said) >= {
        "UKR in UKR>RUS; allowed: no party",
        "UKR>RUS civilian; allowed: nothing",
        "phase 2 reversed as nobody on an unknown day; allowed: as not on record",
    }


def test_a_correction_must_fit_the_terms_of_its_own_moment() -> None:
    before = agreement(
        swap(10, 10), phase(1, out(5), back(5)), TermsAmended(terms=swap(20, 20), reason="more")
    )
    with pytest.raises(Refused) as refused:
        decide(before, PhaseCorrected(phase=1, released=(out(11), back(11)), reason="six more each"))
    assert refused.value.violations[0].seen == "UKR>RUS 11 exchanged after phase 1, under the terms of then"


def test_one_party_has_nobody_to_exchange_with() -> None:
    with pytest.raises(Refused) as refused:
        decide(
            UNSIGNED,
            AgreementSigned(terms=Terms(title="alone", parties=(Party("UKR", "a"),), obligations=())),
        )
    assert refused.value.rules == ("is_agreed_between_two_or_more_parties",)
    assert [(one.seen, one.allowed) for one in refused.value.violations] == [
        ("1 named", "2 parties or more"),
        ("no obligation", "1 obligation or more"),
    ]


def test_one_rule_reports_each_place_where_it_is_broken() -> None:
    with pytest.raises(Refused) as refused:
        decide(agreement(), phase(1, out(11), back(12)))
    seen = [v.seen for v in refused.value.violations if v.rule == "stays_within_the_agreed_total"]
    assert seen == ["UKR>RUS 11 exchanged", "RUS>UKR 12 exchanged"]


UNDECIDABLE: list[tuple[str, Agreement, Event, list[str]]] = [
    (
        "stays_within_the_agreed_total",
        agreement(swap(10, 10)),
        phase(1, out(Range(9, 11)), back(10)),
        [
            "UKR>RUS 9 to 11 exchanged; allowed: at most 10",
            "UKR released 9 to 11 and received 10 in phase 1; allowed: equal value",
            "RUS released 10 and received 9 to 11 in phase 1; allowed: equal value",
        ],
    ),
    (
        "keeps_the_agreed_symmetry",
        agreement(swap(OPEN, OPEN)),
        phase(1, out(Range(200)), back(270)),
        [
            "UKR released at least 200 and received 270 in phase 1; allowed: equal value",
            "RUS released 270 and received at least 200 in phase 1; allowed: equal value",
        ],
    ),
    (
        "keeps_the_agreed_symmetry",
        agreement(swap(OPEN, OPEN)),
        phase(1, out(3), back(4, within=None), back(1)),
        [
            "UKR released 3 and received 1 to 5 in phase 1; allowed: equal value",
            "RUS released 1 to 5 and received 3 in phase 1; allowed: equal value",
        ],
    ),
    (
        "is_fulfilled_when_every_obligation_is_met",
        agreement(swap(OPEN, OPEN)),
        AgreementFulfilled(),
        ["UKR>RUS 0 exchanged; allowed: unknown", "RUS>UKR 0 exchanged; allowed: unknown"],
    ),
    (
        "is_fulfilled_when_every_obligation_is_met",
        agreement(swap(5, 5, kept=Kept.NOT_REQUIRED), phase(1, out(Range(4)), back(5))),
        AgreementFulfilled(),
        ["UKR>RUS at least 4 exchanged; allowed: 5"],
    ),
]


@pytest.mark.parametrize(("rule", "before", "event", "said"), UNDECIDABLE)
def test_what_a_range_leaves_open_is_recorded_and_reported(
    rule: str, before: Agreement, event: Event, said: list[str]
) -> None:
    [recorded, *_] = decide(before, event)
    findings = judge(before, recorded, evolve(before, recorded))
    assert {f.verdict for f in findings} == {Verdict.UNDECIDABLE}
    assert rule in {f.rule for f in findings}
    assert [f"{f.seen}; allowed: {f.allowed}" for f in findings] == said


ACCEPTED: list[tuple[Agreement, Event]] = [
    (agreement(), phase(1, out(10), back(10), day=16)),
    (agreement(), phase(1)),
    (agreement(), phase(1, Transfer("UKR", "BLR", "civilian", 500, within_agreement=False))),
    (agreement(), phase(1, Transfer("BLR", "UKR", "civilian", 2, within_agreement=None))),
    (agreement(swap(OPEN, OPEN)), phase(1, out(1_000_000), back(1_000_000))),
    (agreement(swap(kept=Kept.NOT_REQUIRED)), phase(1, out(10))),
    (agreement(swap(Range(5, 10), Range(5))), phase(1, out(7), back(7))),
    (agreement(swap(weights=[Weight("hostage", 2)])), phase(1, out(1, "hostage"), back(2))),
    (agreement(swap(weights=[Weight("mortal_remains", 0)])), phase(1, out(9, "mortal_remains"))),
    (
        agreement(),
        ClaimRecorded(claimant="TASS", stated_on=may(1), claimed=(Claimed("UKR", "BLR", None, 1),)),
    ),
    (
        agreement(GROUP),
        phase(1, Transfer("PIJ", "ISR", "hostage", 1), Transfer("ISR", "HAMAS", "detainee", 1)),
    ),
]


@pytest.mark.parametrize(("before", "event"), ACCEPTED)
def test_what_lies_just_within_is_accepted(before: Agreement, event: Event) -> None:
    assert decide(before, event)[0] == event


def test_extra_releases_count_toward_nothing() -> None:
    before = agreement(swap(1, 1))
    after = evolve(before, phase(1, out(5, within=False)))
    assert after.exchanged.over(swap().obligations[0].direction) == 0


def test_a_handover_that_is_not_on_record_cannot_be_reversed() -> None:
    never = PhaseVoided(phase=1, reason="it was not", reverses=Handover(may(20), None, (out(1), back(1))))
    with pytest.raises(Refused, match="not on record") as refused:
        decide(agreement(swap(), PhaseAnnounced(phase=1)), never)
    assert refused.value.rules == ("reverses_what_is_on_record",)


def test_a_group_counts_what_its_members_did_by_category() -> None:
    released = phase(
        1,
        Transfer("HAMAS", "ISR", "hostage", 2),
        Transfer("PIJ", "ISR", "hostage", Range(1)),
        Transfer("PIJ", "ISR", "mortal_remains", 3),
        Transfer("ISR", "HAMAS", "detainee", 4),
    )
    tally = Tally().plus(released.released)
    group = next(party for party in GROUP.parties if party.members)
    there, here = Direction(group.code, "ISR"), Direction("ISR", group.code)
    assert GROUP.by_category(tally, there) == {"hostage": Range(3), "mortal_remains": 3}
    assert GROUP.categories(tally, there) == ["hostage", "mortal_remains"]
    assert GROUP.by_category(tally, here) == {"detainee": 4}
    assert GROUP.categories(tally, Direction("UKR", "RUS")) == []


def test_terms_name_a_group_as_one_side() -> None:
    inner = attrs.evolve(GROUP, obligations=(Obligation("PIJ", "HAMAS", 1),))
    with pytest.raises(Refused) as refused:
        decide(UNSIGNED, AgreementSigned(terms=inner))
    assert refused.value.rules == ("names_parties_to_the_agreement",)


def test_a_day_before_the_signature_matters_only_where_both_are_known() -> None:
    undated = attrs.evolve(swap(), signed_on=None, symmetry=Symmetry())
    event = PhaseCompleted(phase=1, released=(out(1), back(1)), completed_on=dt.date(1999, 1, 1))
    assert decide(agreement(undated), event) == (event,)


def test_a_correction_must_fit_the_terms_of_each_moment_that_it_changes() -> None:
    before = agreement(
        swap(10, 10),
        phase(1, out(5), back(5)),
        phase(2, out(5), back(5)),
        TermsAmended(terms=swap(20, 20), reason="more"),
        phase(3, out(2), back(2)),
    )
    with pytest.raises(Refused) as refused:
        decide(before, PhaseCorrected(phase=1, released=(out(6), back(6)), reason="one more each"))
    assert refused.value.rules == ("stays_within_the_agreed_total",)
    assert {violation.seen for violation in refused.value.violations} == {
        "UKR>RUS 11 exchanged after phase 2, under the terms of then",
        "RUS>UKR 11 exchanged after phase 2, under the terms of then",
    }
    assert decide(before, PhaseCorrected(phase=3, released=(out(9), back(9)), reason="seven more each"))
    assert decide(before, PhaseCorrected(phase=1, released=(out(4), back(4)), reason="one less each"))


def test_a_correction_is_asked_only_of_the_moments_that_it_changes() -> None:
    before = agreement(
        swap(10, 10),
        phase(1, out(Range(9, 11)), back(10)),
        TermsAmended(terms=swap(12, 12), reason="two more"),
        phase(2, out(1), back(1)),
    )
    corrected, *_ = decide(before, PhaseCorrected(phase=2, released=(out(2), back(2)), reason="two each"))
    findings = judge(before, corrected, evolve(before, corrected))
    seen = [one.seen for one in findings if one.rule == "stays_within_the_agreed_total"]
    assert seen == ["UKR>RUS 11 to 13 exchanged"]  # and not again what phase 1 left open under the old terms
