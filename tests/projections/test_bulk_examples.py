"""Fold and relation agree where it is easy to be wrong: each of these has gone wrong in a mutant."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import attrs
import pytest

from reciprocity.domain import (
    MORTAL_REMAINS,
    UNKNOWN,
    Agreement,
    AgreementSigned,
    Event,
    Kept,
    Obligation,
    Party,
    PhaseVoided,
    Range,
    Recorded,
    Terms,
    TermsAmended,
    Transfer,
    Weight,
    decide,
    fold,
)
from reciprocity.projections import Standing, Timeline, ask, bulk
from reciprocity.testing.recorded import positioned
from tests.examples import back, out, phase, swap
from tests.projections.data_sets import CHECKS, Check, written
from tests.projections.recorded_histories import corrected

UNEVEN = Kept.NOT_REQUIRED


def told(agreement_id: str, *requests: Event) -> Iterator[Recorded]:
    """A lawful history, recorded in the course of a day."""
    agreement, instant = Agreement(agreement_id), dt.datetime(2025, 6, 1, tzinfo=dt.UTC)
    for request in requests:
        for event in decide(agreement, request):
            agreement = fold(agreement, [event])
            instant += dt.timedelta(minutes=1)
            yield Recorded(agreement_id, agreement.version, instant, f"{instant}", event)


def signed(terms: Terms) -> AgreementSigned:
    return AgreementSigned(terms=terms)


GROUPS = Terms(
    title="two groups",
    parties=(
        Party("ONE", "One", (Party("ONE-1", "First of one"), Party("ONE-2", "Second of one"))),
        Party("TWO", "Two", (Party("TWO-1", "First of two"), Party("TWO-2", "Second of two"))),
    ),
    obligations=(
        Obligation("ONE", "TWO", 100),
        Obligation("ONE-1", "TWO", 10, ("civilian",)),
        Obligation("TWO", "ONE", Range(5), ("civilian", "hostage")),
    ),
    symmetry=swap(kept=UNEVEN).symmetry,
)
ONE_TO_ANOTHER = (
    Transfer("ONE-1", "TWO-1", "civilian", 3),
    Transfer("ONE-2", "TWO", "civilian", 4),
    Transfer("ONE", "TWO-2", "hostage", 5),
    Transfer("TWO-2", "ONE-1", "hostage", Range(2, 9)),
    Transfer("TWO-2", "ONE-1", "civilian", 9, within_agreement=False),
)
RAISED = attrs.evolve(swap(20, 20), title="raised")
MORE_ONE_WAY = swap(Range(10), Range(10), kept=UNEVEN)
REMAINS_BESIDE = swap(UNKNOWN, UNKNOWN, weights=[Weight(MORTAL_REMAINS, 0)])

HISTORIES: dict[str, tuple[Event, ...]] = {
    "groups-on-both-sides": (signed(GROUPS), phase(1, *ONE_TO_ANOTHER[:3]), phase(2, *ONE_TO_ANOTHER[3:])),
    "fulfilled": (signed(swap()), phase(1, out(10), back(10), day=20)),
    "fulfilled-and-raised": (
        signed(swap()),
        phase(1, out(10), back(10), day=20),
        TermsAmended(terms=RAISED, reason="more"),
    ),
    "fulfilled-and-corrected": (
        signed(swap()),
        phase(1, out(4), back(4), day=20),
        phase(2, out(6, "hostage"), back(6), day=21),
        corrected(2, out(5), back(5), day=22),
        PhaseVoided(phase=1, reason="it never was"),
    ),
    "more-one-way": (signed(MORE_ONE_WAY), phase(1, out(15), back(2))),
    "more-one-way-perhaps": (signed(MORE_ONE_WAY), phase(1, out(Range(3)), back(2))),
    "perhaps-many": (signed(MORE_ONE_WAY), phase(1, out(Range(5, 100)), day=20)),
    "remains-beside": (
        signed(REMAINS_BESIDE),
        phase(1, out(UNKNOWN, MORTAL_REMAINS), back(5), out(5)),
        phase(2, out(7, MORTAL_REMAINS)),
    ),
    "nothing-yet": (signed(swap()),),
    "nobody-came": (signed(swap()), phase(1), phase(2, day=23)),
}
LOG = positioned(one for name, requests in HISTORIES.items() for one in told(name, *requests))


@pytest.mark.parametrize("check", CHECKS)
def test_fold_and_relation_agree(check: Check, tmp_path: Path) -> None:
    with bulk.opened(written(tmp_path / "told", LOG, [7, 20])) as tables:
        check(tables, LOG)


def test_the_examples_are_what_their_names_say() -> None:
    """So that a change of the folds does not make them examples of nothing."""
    rows = {row.agreement: row for row in ask(Standing(), LOG)}
    assert {name: row.status for name, row in rows.items() if name.startswith("fulfilled")} == {
        "fulfilled": "fulfilled",
        "fulfilled-and-raised": "in-force",
        "fulfilled-and-corrected": "in-force",
    }
    assert str(rows["more-one-way"].progress) == "60.0 %"
    assert str(rows["more-one-way-perhaps"].progress) == "25.0 to 60.0 %"
    assert rows["perhaps-many"].persons == Range(5, 100)
    last = {row.agreement: row for row in ask(Timeline(), LOG)}
    assert last["remains-beside"].balanced is True
    assert set(last["fulfilled-and-raised"].remaining.values()) == {10}
