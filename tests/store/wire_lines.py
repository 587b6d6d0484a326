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
    '{"facilitators":[],"mediators":["Türkiye"],'
    '"obligations":[{"categories":[],"receiving":"RUS","releasing":"UKR","total":1000},'
    '{"categories":["civilian"],"receiving":"UKR","releasing":"RUS",'
    '"total":{"at_least":1000,"at_most":null}}],'
    '"parent":"talks-2025",'
    '"parties":[{"code":"UKR","members":[],"name":"Україна"},'
    '{"code":"RUS","members":[{"code":"RUS_1","members":[],"name":"A member"}],"name":"Russia"}],'
    '"series":false,"signed_at":"Istanbul","signed_on":"2025-05-16","sources":[],'
    '"symmetry":{"kept":"each-phase","weights":[{"category":"civilian","value":2}]},'
    '"title":"1,000 for 1,000","window":{"ends_on":null,"starts_on":"2025-05-23"}}'
)
ROWS = (
    Transfer("UKR", "RUS", "civilian", 120),
    Transfer("RUS", "UKR", "civilian", Range(100, 120), within_agreement=None),
)
ROWS_TEXT = (
    '[{"category":"civilian","count":120,"receiving":"RUS","releasing":"UKR","within_agreement":true},'
    '{"category":"civilian","count":{"at_least":100,"at_most":120},'
    '"receiving":"UKR","releasing":"RUS","within_agreement":null}]'
)

_FACTS: dict[str, tuple[str, Event]] = {
    "agreement-signed/1": (
        f'{{"notes":[],"sources":[],"terms":{TERMS_TEXT}}}',
        AgreementSigned(terms=TERMS),
    ),
    "terms-amended/1": (
        f'{{"amended_on":"2025-05-20","notes":[],"reason":"one more","sources":[],"terms":{TERMS_TEXT}}}',
        TermsAmended(terms=TERMS, reason="one more", amended_on=dt.date(2025, 5, 20)),
    ),
    "phase-announced/1": (
        f'{{"expected_on":"2025-05-24","notes":[],"phase":1,"planned":{ROWS_TEXT},"sources":[]}}',
        PhaseAnnounced(phase=1, planned=ROWS, expected_on=dt.date(2025, 5, 24)),
    ),
    "phase-postponed/1": (
        '{"expected_on":null,"notes":[],"phase":1,"reason":"no list yet","sources":[]}',
        PhasePostponed(phase=1, reason="no list yet"),
    ),
    "phase-completed/1": (
        (
            '{"completed_on":"2025-05-23","notes":["of whom 3 women"],"phase":1,"place":null,'
            f'"released":{ROWS_TEXT},"sources":[{{"date":"2025-05-23","key":"gur.1","note":null,'
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
            '{"completed_on":null,"notes":[],"phase":1,"place":"Novi Yarylovychi","reason":"recounted",'
            f'"released":[],"reverses":{{"completed_on":"2025-05-23","place":null,"released":{ROWS_TEXT}}},'
            '"sources":[]}'
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
        '{"notes":[],"phase":2,"reason":"called off","reverses":null,"sources":[],"voided_on":"2025-05-24"}',
        PhaseVoided(phase=2, reason="called off", voided_on=dt.date(2025, 5, 24)),
    ),
    "claim-recorded/1": (
        (
            '{"claimant":"RUS","claimed":[{"category":null,"count":null,"receiving":"RUS","releasing":"UKR"},'
            '{"category":"civilian","count":120,"receiving":"UKR","releasing":"RUS"}],'
            '"notes":[],"office":"Ministry of Defence","phase":1,"sources":[],"stated_on":null}'
        ),
        ClaimRecorded(
            claimant="RUS",
            office="Ministry of Defence",
            phase=1,
            claimed=(Claimed("UKR", "RUS", None, None), Claimed("RUS", "UKR", "civilian", 120)),
        ),
    ),
    "agreement-suspended/1": (
        '{"notes":[],"reason":"напад","sources":[],"suspended_on":null}',
        AgreementSuspended(reason="напад"),
    ),
    "agreement-resumed/1": (
        '{"notes":[],"reason":null,"resumed_on":"2025-05-24","sources":[]}',
        AgreementResumed(resumed_on=dt.date(2025, 5, 24)),
    ),
    "agreement-fulfilled/1": (
        '{"fulfilled_on":"2025-05-25","notes":[],"sources":[]}',
        AgreementFulfilled(fulfilled_on=dt.date(2025, 5, 25)),
    ),
    "agreement-terminated/1": (
        '{"manner":"broken-off","notes":[],"reason":"no word","sources":[],"terminated_on":null}',
        AgreementTerminated(manner=Manner.BROKEN_OFF, reason="no word"),
    ),
}


def envelope(fact: str) -> bytes:
    """The whole stored text around a fact."""
    return f'{{"command_id":"c-1","event":{fact},"recorded_at":"2025-05-25T16:00:00Z"}}'.encode()


LINES = [(topic, envelope(fact), event) for topic, (fact, event) in _FACTS.items()]
