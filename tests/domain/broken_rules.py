"""Each rule broken alone, by hand: which, before what, by which event, and what is said of it."""

from __future__ import annotations

import attrs

from reciprocity.domain import (
    OPEN,
    Agreement,
    AgreementFulfilled,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    Claimed,
    ClaimRecorded,
    Event,
    Handover,
    Kept,
    Manner,
    Obligation,
    Party,
    PhaseAnnounced,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    Range,
    Terms,
    TermsAmended,
    Transfer,
    Weight,
)
from tests.examples import SIGNED_ON, agreement, back, may, out, phase, swap

ONE_EACH = phase(1, out(1), back(1))
GROUP = Terms(
    title="with a group",
    parties=(
        Party("HAMAS", "Hamas", (Party("PIJ", "Islamic Jihad"), Party("PRC", "Resistance Committees"))),
        Party("ISR", "Israel"),
    ),
    obligations=(Obligation("PIJ", "ISR", OPEN), Obligation("ISR", "HAMAS", OPEN)),
)
IN_FORCE = (
    "TermsAmended, PhaseAnnounced, PhasePostponed, PhaseCompleted, PhaseCorrected, PhaseVoided, "
    "ClaimRecorded, AgreementSuspended, AgreementFulfilled, AgreementTerminated"
)
SUSPENDED = (
    "TermsAmended, PhasePostponed, PhaseCorrected, PhaseVoided, ClaimRecorded, AgreementResumed, "
    "AgreementTerminated"
)
ENDED = "PhaseCorrected, PhaseVoided, ClaimRecorded"
AS_RECORDED = "UKR>RUS civilian 1, RUS>UKR civilian 1 on an unknown day"
UNDATED = attrs.evolve(swap(), signed_on=None)
UNSIGNED = Agreement("swap")
IN_USE = agreement(swap(), ONE_EACH)

BROKEN_ALONE: list[tuple[str, Agreement, Event, list[str]]] = [
    (
        "follows_the_life_cycle",
        agreement(),
        AgreementSigned(terms=swap(20, 20)),
        [f"AgreementSigned while the agreement is in-force; allowed: {IN_FORCE}"],
    ),
    (
        "follows_the_life_cycle",
        agreement(),
        AgreementResumed(),
        [f"AgreementResumed while the agreement is in-force; allowed: {IN_FORCE}"],
    ),
    (
        "follows_the_life_cycle",
        agreement(swap(), AgreementSuspended(reason="attack")),
        ONE_EACH,
        [f"PhaseCompleted while the agreement is suspended; allowed: {SUSPENDED}"],
    ),
    (
        "follows_the_life_cycle",
        agreement(swap(), AgreementTerminated(manner=Manner.LAPSED, reason="no news")),
        phase(1, out(1), back(1)),
        [f"PhaseCompleted while the agreement is terminated; allowed: {ENDED}"],
    ),
    (
        "follows_the_life_cycle_of_the_phase",
        IN_USE,
        phase(1, out(2), back(2)),
        [f"PhaseCompleted while phase 1 is completed; allowed: {ENDED}"],
    ),
    (
        "follows_the_life_cycle_of_the_phase",
        agreement(),
        PhasePostponed(phase=1),
        ["PhasePostponed while phase 1 is unknown; allowed: PhaseAnnounced, PhaseCompleted"],
    ),
    (
        "follows_the_life_cycle_of_the_phase",
        IN_USE,
        PhaseAnnounced(phase=1),
        [f"PhaseAnnounced while phase 1 is completed; allowed: {ENDED}"],
    ),
    (
        "follows_the_life_cycle_of_the_phase",
        agreement(),
        PhaseVoided(phase=1, reason="an error"),
        ["PhaseVoided while phase 1 is unknown; allowed: PhaseAnnounced, PhaseCompleted"],
    ),
    (
        "follows_the_life_cycle_of_the_phase",
        agreement(),
        ClaimRecorded(claimant="TASS", phase=1, claimed=()),
        ["ClaimRecorded while phase 1 is unknown; allowed: PhaseAnnounced, PhaseCompleted"],
    ),
    (
        "numbers_phases_in_order",
        agreement(),
        phase(2, out(1), back(1)),
        ["phase 2; allowed: up to phase 1"],
    ),
    (
        "numbers_phases_in_order",
        IN_USE,
        PhaseAnnounced(phase=3),
        ["phase 3; allowed: up to phase 2"],
    ),
    (
        "is_agreed_between_two_or_more_parties",
        UNSIGNED,
        AgreementSigned(terms=attrs.evolve(swap(), obligations=())),
        ["no obligation; allowed: 1 obligation or more"],
    ),
    (
        "is_agreed_between_two_or_more_parties",
        agreement(),
        TermsAmended(terms=attrs.evolve(swap(), obligations=()), reason="all is void"),
        ["no obligation; allowed: 1 obligation or more"],
    ),
    (
        "names_parties_to_the_agreement",
        UNSIGNED,
        AgreementSigned(
            terms=attrs.evolve(swap(), obligations=(*swap().obligations, Obligation("BLR", "UKR", 3)))
        ),
        ["BLR in BLR>UKR; allowed: UKR, RUS"],
    ),
    (
        "names_parties_to_the_agreement",
        UNSIGNED,
        AgreementSigned(
            terms=attrs.evolve(swap(), obligations=(*swap().obligations, Obligation("UKR", "BLR", 3)))
        ),
        ["BLR in UKR>BLR; allowed: UKR, RUS"],
    ),
    (
        "names_parties_to_the_agreement",
        agreement(),
        ClaimRecorded(claimant="TASS", claimed=(Claimed("BLR", "POL", None, 3),)),
        ["BLR in BLR>POL; allowed: UKR, RUS"],
    ),
    (
        "names_parties_to_the_agreement",
        agreement(),
        phase(1, out(1), back(1), Transfer("BLR", "POL", "civilian", 1, within_agreement=False)),
        ["BLR in BLR>POL; allowed: UKR, RUS"],
    ),
    (
        "names_parties_to_the_agreement",
        agreement(GROUP),
        phase(1, Transfer("PIJ", "PRC", "detainee", 1, within_agreement=False)),
        ["PIJ>PRC within one party; allowed: releases to another party"],
    ),
    (
        "names_parties_to_the_agreement",
        agreement(swap(), phase(1, Transfer("RUS", "BLR", "civilian", 1, within_agreement=False))),
        TermsAmended(
            terms=Terms(
                title="without RUS",
                parties=(Party("UKR", "Ukraine"), Party("POL", "Poland")),
                obligations=(Obligation("UKR", "POL", 5),),
            ),
            reason="RUS withdrew, yet it is on record",
        ),
        ["RUS in RUS>BLR; allowed: UKR, POL"],
    ),
    (
        "serves_an_agreed_obligation",
        agreement(attrs.evolve(swap(), obligations=(Obligation("UKR", "RUS", 10, ("civilian",)),))),
        PhaseAnnounced(phase=1, planned=(out(1, "hostage"),)),
        ["UKR>RUS hostage; allowed: UKR>RUS civilian"],
    ),
    (
        "serves_an_agreed_obligation",
        agreement(swap(0, OPEN, kept=Kept.NOT_REQUIRED), phase(1, back(1))),
        TermsAmended(
            terms=attrs.evolve(swap(), obligations=(Obligation("RUS", "UKR", 9, ("hostage",)),)), reason="new"
        ),
        ["RUS>UKR civilian; allowed: RUS>UKR hostage"],
    ),
    (
        "stays_within_the_agreed_total",
        agreement(),
        phase(1, out(11), back(11)),
        ["UKR>RUS 11 exchanged; allowed: at most 10", "RUS>UKR 11 exchanged; allowed: at most 10"],
    ),
    (
        "stays_within_the_agreed_total",
        agreement(swap(10, Range(5, 10))),
        phase(1, out(Range(10, 12)), back(Range(11, 12))),
        ["RUS>UKR 11 to 12 exchanged; allowed: at most 10"],
    ),
    (
        "stays_within_the_agreed_total",
        agreement(swap(quotas=[Obligation("UKR", "RUS", 1, ("hostage", "detainee"))])),
        phase(1, out(1, "hostage"), out(1, "detainee"), back(2)),
        ["UKR>RUS hostage + detainee 2 exchanged; allowed: at most 1"],
    ),
    (
        "stays_within_the_agreed_total",
        IN_USE,
        TermsAmended(terms=swap(10, 0), reason="nothing back"),
        ["RUS>UKR 1 exchanged; allowed: at most 0"],
    ),
    (
        "keeps_the_agreed_symmetry",
        agreement(),
        phase(1, out(3), back(2)),
        [
            "UKR released 3 and received 2 in phase 1; allowed: equal value",
            "RUS released 2 and received 3 in phase 1; allowed: equal value",
        ],
    ),
    (
        "keeps_the_agreed_symmetry",
        IN_USE,
        PhaseCorrected(phase=1, released=(out(1),), reason="none came"),
        [
            "UKR released 1 and received 0 in phase 1; allowed: equal value",
            "RUS released 0 and received 1 in phase 1; allowed: equal value",
        ],
    ),
    (
        "keeps_the_agreed_symmetry",
        agreement(swap(weights=[Weight("hostage", 2)])),
        phase(1, out(1, "hostage"), back(1)),
        [
            "UKR released 2 and received 1 in phase 1; allowed: equal value",
            "RUS released 1 and received 2 in phase 1; allowed: equal value",
        ],
    ),
    (
        "keeps_the_agreed_symmetry",
        agreement(swap(OPEN, OPEN, kept=Kept.AT_FULFILMENT), phase(1, out(3), back(2))),
        AgreementFulfilled(),
        [
            "UKR released 3 and received 2 at fulfilment; allowed: equal value",
            "RUS released 2 and received 3 at fulfilment; allowed: equal value",
        ],
    ),
    (
        "is_fulfilled_when_every_obligation_is_met",
        IN_USE,
        AgreementFulfilled(),
        ["UKR>RUS 1 exchanged; allowed: 10", "RUS>UKR 1 exchanged; allowed: 10"],
    ),
    (
        "is_fulfilled_when_every_obligation_is_met",
        agreement(swap(OPEN, 1)),
        AgreementFulfilled(),
        ["RUS>UKR 0 exchanged; allowed: 1"],
    ),
    (
        "happens_after_the_signature",
        agreement(),
        phase(1, out(1), back(1), day=15),
        ["PhaseCompleted on 2025-05-15; allowed: from 2025-05-16"],
    ),
    (
        "happens_after_the_signature",
        agreement(),
        AgreementSuspended(reason="attack", suspended_on=may(15)),
        ["AgreementSuspended on 2025-05-15; allowed: from 2025-05-16"],
    ),
    (
        "reverses_what_is_on_record",
        IN_USE,
        PhaseVoided(phase=1, reason="an error", reverses=Handover(None, None, (out(1),))),
        [f"phase 1 reversed as UKR>RUS civilian 1 on an unknown day; allowed: as {AS_RECORDED}"],
    ),
    (
        "reverses_what_is_on_record",
        IN_USE,
        PhaseCorrected(
            phase=1,
            released=(out(2), back(2)),
            reason="recounted",
            reverses=Handover(SIGNED_ON, None, (out(1), back(1))),
        ),
        [
            (
                "phase 1 reversed as UKR>RUS civilian 1, RUS>UKR civilian 1 on 2025-05-16; "
                f"allowed: as {AS_RECORDED}"
            )
        ],
    ),
    (
        "reverses_what_is_on_record",
        IN_USE,
        PhaseVoided(phase=1, reason="an error", reverses=Handover(None, None, ())),
        [f"phase 1 reversed as nobody on an unknown day; allowed: as {AS_RECORDED}"],
    ),
    (
        "names_parties_to_the_agreement",
        agreement(),
        ClaimRecorded(claimant="U\u041aR", claimed=()),
        ["the claimant 'U\u041aR', which looks like 'UKR'; allowed: UKR, RUS"],
    ),
    (
        "names_parties_to_the_agreement",
        agreement(),
        PhaseAnnounced(phase=1, planned=(Transfer("BLR", "POL", "civilian", 1, within_agreement=False),)),
        ["BLR in BLR>POL; allowed: UKR, RUS"],
    ),
    (
        "happens_after_the_signature",
        agreement(UNDATED, phase(1, out(1), back(1), day=10), phase(2, out(1), back(1), day=16)),
        TermsAmended(terms=swap(20, 20), reason="now dated"),
        ["phase 1 on 2025-05-10, under the amended terms; allowed: from 2025-05-16"],
    ),
    (
        "stays_within_the_agreed_total",
        agreement(swap(OPEN, OPEN, quotas=[Obligation("UKR", "RUS", 1, ("hostage",))])),
        phase(1, out(2, "hostage"), back(2)),
        ["UKR>RUS hostage 2 exchanged; allowed: at most 1"],
    ),
    (
        "stays_within_the_agreed_total",
        agreement(swap(1_000, 1_200, kept=Kept.NOT_REQUIRED)),
        phase(1, out(1_500), back(1_200)),
        ["UKR>RUS 1,500 exchanged; allowed: at most 1,000"],
    ),
    (
        "keeps_the_agreed_symmetry",
        agreement(swap(OPEN, OPEN)),
        phase(1, out(1_500), back(Range(1_600))),
        [
            "UKR released 1,500 and received at least 1,600 in phase 1; allowed: equal value",
            "RUS released at least 1,600 and received 1,500 in phase 1; allowed: equal value",
        ],
    ),
]
