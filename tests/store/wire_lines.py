"""One stored line per event class, written by hand as a store file holds it, and the fact that it states.

These lines are what older stores contain. A change that makes one unreadable needs a schema and an upcast.
"""

from __future__ import annotations

import datetime as dt

from reciprocity.domain import (
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
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
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

RECORDED_AT = dt.datetime(2025, 5, 25, 16, 0, 0, tzinfo=dt.UTC)
TERMS = Terms(
    title="1,000 for 1,000",
    parties=(Party("UKR", "Україна"), Party("RUS", "Russia", (Party("RUS_1", "A member"),))),
    obligations=(Obligation("UKR", "RUS", 1000), Obligation("RUS", "UKR", Range(1000), ("civilian",))),
    symmetry=Symmetry(Kept.EACH_PHASE, (Weight("civilian", 2),)),
    window=Window(dt.date(2025, 5, 23), None),
    signed_on=dt.date(2025, 5, 16),
    signed_at="Istanbul",
    mediators=("Türkiye",),
    parent="talks-2025",
)
TERMS_TEXT = (
    '{"mediators":["Türkiye"],'
    '"obligations":[{"receiving":"RUS","releasing":"UKR","total":1000},'
    '{"categories":["civilian"],"receiving":"UKR","releasing":"RUS",'
    '"total":{"at_least":1000}}],'
    '"parent":"talks-2025",'
    '"parties":[{"code":"UKR","name":"Україна"},'
    '{"code":"RUS","members":[{"code":"RUS_1","name":"A member"}],"name":"Russia"}],'
    '"series":false,"signed_at":"Istanbul","signed_on":"2025-05-16",'
    '"symmetry":{"kept":"each-phase","weights":[{"category":"civilian","value":2}]},'
    '"title":"1,000 for 1,000","window":{"starts_on":"2025-05-23"}}'
)
ROWS = (
    Transfer("UKR", "RUS", "civilian", 120),
    Transfer("RUS", "UKR", "civilian", Range(100, 120), within_agreement=None),
)
ROWS_TEXT = '[["UKR","RUS","civilian",120,true],["RUS","UKR","civilian",{"at_least":100,"at_most":120},null]]'

_FACTS: dict[str, tuple[str, Event]] = {
    "agreement-signed/1": (
        f'{{"terms":{TERMS_TEXT}}}',
        AgreementSigned(terms=TERMS),
    ),
    "terms-amended/1": (
        f'{{"amended_on":"2025-05-20","reason":"one more","terms":{TERMS_TEXT}}}',
        TermsAmended(terms=TERMS, reason="one more", amended_on=dt.date(2025, 5, 20)),
    ),
    "phase-announced/1": (
        f'{{"expected_on":"2025-05-24","phase":1,"planned":{ROWS_TEXT}}}',
        PhaseAnnounced(phase=1, planned=ROWS, expected_on=dt.date(2025, 5, 24)),
    ),
    "phase-postponed/1": (
        '{"phase":1,"reason":"no list yet"}',
        PhasePostponed(phase=1, reason="no list yet"),
    ),
    "phase-completed/1": (
        (
            '{"completed_on":"2025-05-23","notes":["of whom 3 women"],"phase":1,'
            f'"released":{ROWS_TEXT},"sources":[{{"date":"2025-05-23","key":"gur.1",'
            '"publisher":"ГУР","url":"https://example.org/1"}]}'
        ),
        PhaseCompleted(
            phase=1,
            completed_on=dt.date(2025, 5, 23),
            released=ROWS,
            notes=("of whom 3 women",),
            sources=(Source("gur.1", "ГУР", dt.date(2025, 5, 23), "https://example.org/1"),),
        ),
    ),
    "phase-corrected/1": (
        (
            '{"phase":1,"place":"Novi Yarylovychi","reason":"recounted",'
            f'"reverses":{{"completed_on":"2025-05-23","released":{ROWS_TEXT}}}}}'
        ),
        PhaseCorrected(
            phase=1,
            place="Novi Yarylovychi",
            released=(),
            reason="recounted",
            reverses=Handover(dt.date(2025, 5, 23), None, ROWS),
        ),
    ),
    "phase-voided/1": (
        '{"phase":2,"reason":"called off","voided_on":"2025-05-24"}',
        PhaseVoided(phase=2, reason="called off", voided_on=dt.date(2025, 5, 24)),
    ),
    "claim-recorded/1": (
        (
            '{"claimant":"RUS","claimed":[{"receiving":"RUS","releasing":"UKR"},'
            '{"category":"civilian","count":120,"receiving":"UKR","releasing":"RUS"}],'
            '"office":"Ministry of Defence","phase":1}'
        ),
        ClaimRecorded(
            claimant="RUS",
            office="Ministry of Defence",
            phase=1,
            claimed=(Claimed("UKR", "RUS", None, None), Claimed("RUS", "UKR", "civilian", 120)),
        ),
    ),
    "agreement-suspended/1": (
        '{"reason":"напад"}',
        AgreementSuspended(reason="напад"),
    ),
    "agreement-resumed/1": (
        '{"resumed_on":"2025-05-24"}',
        AgreementResumed(resumed_on=dt.date(2025, 5, 24)),
    ),
    "agreement-fulfilled/1": (
        '{"fulfilled_on":"2025-05-25"}',
        AgreementFulfilled(fulfilled_on=dt.date(2025, 5, 25)),
    ),
    "agreement-terminated/1": (
        '{"manner":"broken-off","reason":"no word"}',
        AgreementTerminated(manner=Manner.BROKEN_OFF, reason="no word"),
    ),
}


def envelope(fact: str) -> bytes:
    """The whole stored text around a fact."""
    return f'{{"command_id":"c-1","event":{fact},"recorded_at":"2025-05-25T16:00:00Z"}}'.encode()


LINES = [(topic, envelope(fact), event) for topic, (fact, event) in _FACTS.items()]
