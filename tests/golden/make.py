"""Makes the golden store of the present schemas, once: ``python -m tests.golden.make``.

A golden store is a file that a release wrote. It is never made again: what is there is refused, and a new
one is made when `KINDS` or the store's format has grown. Every later release must open each of them.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import partial
from pathlib import Path

import attrs

from reciprocity.domain import (
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    Claimed,
    ClaimRecorded,
    Event,
    Kept,
    Manner,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    Range,
    Source,
    TermsAmended,
    decide,
)
from reciprocity.replay.journal import read_journal
from reciprocity.replay.record import record
from reciprocity.replay.sealing import sealed
from reciprocity.seeds import path
from reciprocity.store import Register, kind_of
from reciprocity.store.sqlite_tables import STORE_FORMAT
from tests.examples import back, may, out, swap
from tests.golden.reading import Expected, content_sha256, exchanged, exported
from tests.store.wire_lines import TERMS

FOLDER = Path(__file__).parent
SEEDS = ("ua-ru-2025-05-16", "il-hamas-2023-11")
MADE_AT = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)
EVEN_LATER = attrs.evolve(TERMS, symmetry=attrs.evolve(TERMS.symmetry, kept=Kept.AT_FULFILMENT))
RELEASED = (out(20), back(Range(20, 25)), back(Range(1), "mortal_remains", within=None))

REQUESTS: tuple[Event, ...] = (
    AgreementSigned(terms=swap(kept=Kept.NOT_REQUIRED), notes=("оголошено", "second note")),
    TermsAmended(terms=EVEN_LATER, reason="more than ten", amended_on=may(20)),
    PhaseAnnounced(phase=1, planned=RELEASED[:2], expected_on=may(22)),
    PhasePostponed(phase=1, expected_on=may(23), reason="no list yet"),
    PhaseCompleted(
        phase=1,
        completed_on=may(23),
        place="Novi Yarylovychi",
        released=RELEASED,
        sources=(Source("gur.1", "ГУР", may(23), "https://example.org/1"),),
    ),
    ClaimRecorded(
        claimant="RUS",
        office="Ministry of Defence",
        phase=1,
        stated_on=may(23),
        claimed=(Claimed("UKR", "RUS", None, None), Claimed("RUS", "UKR", "civilian", Range(20))),
    ),
    PhaseCorrected(phase=1, completed_on=may(23), released=RELEASED[:2], reason="recounted"),
    PhaseAnnounced(phase=2),
    PhaseVoided(phase=2, reason="called off", voided_on=may(24)),
    AgreementSuspended(reason="напад", suspended_on=may(25)),
    AgreementResumed(resumed_on=may(26)),
    AgreementTerminated(manner=Manner.BROKEN_OFF, reason="no word", terminated_on=may(27)),
)
"""One agreement with every kind of event but ``agreement-fulfilled``, which the real ones have."""


def make(folder: Path) -> None:
    """A store in *folder* with every kind of event and two real agreements, and what it is to come to.

    Raises:
        FileExistsError: there is one.
    """
    folder.mkdir()
    store = folder / "store.db"
    with Register.open(f"sqlite:///{store}", create=True, clock=lambda: MADE_AT) as register:
        for number, request in enumerate(REQUESTS, start=1):
            asked = partial(decide, event=request)
            register.command("every-kind", asked, command_id=f"golden-{number}")
        for name in SEEDS:
            journal = path(name)
            if journal is None:
                raise FileNotFoundError(name)
            record(register, read_journal(journal))
        log = list(register.log())
        root = sealed(register).root.hex()
        statuses = {name: register.agreement(name).status.value for name in register.agreement_ids()}
    (folder / "export.jsonl").write_bytes(exported(log))
    expected = Expected(
        store_format=STORE_FORMAT,
        topics=sorted({kind_of(recorded.event).topic for recorded in log}),
        events=len(log),
        content_sha256=content_sha256(store),
        merkle_root=root,
        exchanged=exchanged(log),
        statuses=statuses,
    )
    text = json.dumps(expected, indent=2, sort_keys=True, ensure_ascii=False)
    (folder / "expected.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    make(FOLDER / f"format-{STORE_FORMAT}")
