"""One stored shape changed, worked through: a store written by an older release, read by the next."""

from __future__ import annotations

from typing import Any

import pytest
from eventsourcing.persistence import StoredEvent

from reciprocity.domain import AgreementSuspended, PhaseCompleted, Range, Status, Transfer
from reciprocity.store import KINDS, Kind, Register, Unreadable, Wire
from reciprocity.store.urls import open_url
from tests.store.wire_lines import LINES, envelope
from tests.stores import execute

# Suppose that schema 1 of phase-completed had told ranges as texts, and schema 2 tells them as we do now.
SCHEMA_1 = '{"completed_on":"2025-05-23","phase":1,"released":[["RUS","UKR","civilian","100-120",true]]}'


def counts_as_objects(event: dict[str, Any]) -> dict[str, Any]:
    def changed(row: list[Any]) -> list[Any]:
        if not isinstance(row[3], str):
            return row
        low, high = row[3].split("-")
        return [*row[:3], {"at_least": int(low), "at_most": int(high)}, row[4]]

    return {**event, "released": [changed(row) for row in event["released"]]}


NEXT = Wire(
    tuple(Kind(kind.name, 2, kind.event) if kind.event is PhaseCompleted else kind for kind in KINDS),
    {"phase-completed/1": counts_as_objects},
)


@pytest.fixture
def older(kept_url: str) -> str:
    """A store as the older release left it: signed, then one phase in schema 1."""
    signed = LINES[0][1].replace(b'"kept":"each-phase"', b'"kept":"not-required"')
    rows = [("agreement-signed/1", signed), ("phase-completed/1", envelope(SCHEMA_1))]
    events = [StoredEvent("swap", version, topic, state) for version, (topic, state) in enumerate(rows, 1)]
    with Register.open(kept_url, create=True) as register:
        register._recorder.insert_events(events, command_ids=["c-1", "c-2"])
    return kept_url


def test_the_next_release_reads_what_the_older_wrote(older: str) -> None:
    with Register(open_url(older, create=False), wire=NEXT) as register:
        assert register.agreement("swap").phase(1).released == (
            Transfer("RUS", "UKR", "civilian", Range(100, 120)),
        )
        assert [recorded.version for recorded in register.log()] == [1, 2]


def test_what_the_next_release_adds_stands_beside_it_and_nothing_is_rewritten(older: str) -> None:
    with Register(open_url(older, create=False), wire=NEXT) as register:
        register.complete_phase("swap", 2, [Transfer("RUS", "UKR", "civilian", Range(1, 2))])
        register.suspend("swap", reason="attack")
    with Register(open_url(older, create=False), wire=NEXT) as register:
        assert register.agreement("swap").status is Status.SUSPENDED
        assert isinstance(list(register.history("swap"))[-1].event, AgreementSuspended)
    stored = execute(older, "SELECT topic, state FROM stored_events ORDER BY originator_version")
    assert [topic for topic, _ in stored][1:3] == ["phase-completed/1", "phase-completed/2"]
    assert stored[1][1] == envelope(SCHEMA_1)


def test_the_older_release_refuses_what_the_next_wrote(older: str) -> None:
    with Register(open_url(older, create=False), wire=NEXT) as register:
        register.complete_phase("swap", 2, [])
    execute(older, "DELETE FROM stored_events WHERE originator_version=2")
    execute(older, "UPDATE stored_events SET originator_version=2 WHERE originator_version=3")
    with (
        Register.open(older) as register,
        pytest.raises(Unreadable, match=r"swap version 2, phase-completed/2: .*upgrade"),
    ):
        register.agreement("swap")


def test_a_schema_1_text_with_more_than_its_facts_is_refused(older: str) -> None:
    more = envelope(SCHEMA_1.replace('"phase":1', '"city":"Kyiv","phase":1'))
    execute(older, "UPDATE stored_events SET state=? WHERE originator_version=2", (more,))
    with (
        Register(open_url(older, create=False), wire=NEXT) as register,
        pytest.raises(Unreadable, match=r"swap version 2, phase-completed/1"),
    ):
        register.agreement("swap")
