"""Answers for programs, whole: each word and the figure that stands under it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest

from reciprocity.domain import Direction, Finding, Range, Recorded, Source, Status, Tally, Verdict
from reciprocity.projections import (
    Agrees,
    BalanceAssertion,
    Candidate,
    Cell,
    Change,
    Figure,
    Gap,
    Label,
    Largest,
    StandingRow,
    Statement,
    TimelineRow,
    Totals,
    VerdictRow,
)
from reciprocity.replay import json_lines
from reciprocity.replay.check import Located
from tests.examples import back, may, out, phase, swap

AT = dt.datetime(2025, 5, 23, 18, tzinfo=dt.UTC)
WAY = Direction("UKR", "RUS")
RELEASED = (out(7), back(5, within=None))
TOTALS = Totals(swap(), Status.IN_FORCE, Tally().plus(RELEASED))
SOURCE = Source("gur.1", "GUR", may(23), "https://example.org/1")
SOURCE_TOLD = {
    "key": "gur.1",
    "publisher": "GUR",
    "date": "2025-05-23",
    "url": "https://example.org/1",
    "note": None,
}
RECORDED = Recorded("swap", 2, AT, "c-1", phase(1, *RELEASED, day=23), position=9)
BEHIND = Recorded("swap", 2, AT, "c-1", phase(1), position=9, clock_at=AT - dt.timedelta(hours=1))
FINDING = Finding("stays_within", Verdict.VIOLATED, "12", "at most 10")
FINDING_TOLD = {"rule": "stays_within", "verdict": "violated", "seen": "12", "allowed": "at most 10"}
STATEMENT = Statement("RUS", "the ministry", 8, Agrees.DIFFERENT, may(24), (SOURCE,), 3, 10)
STATEMENT_TOLD = {
    "claimant": "RUS",
    "office": "the ministry",
    "count": 8,
    "agrees": "different",
    "stated_on": "2025-05-24",
    "version": 3,
    "position": 10,
    "sources": [SOURCE_TOLD],
}
CELL = Cell("swap", None, 2, WAY, "civilian", 7, (STATEMENT,), Label.DISPUTED, 4)
CANDIDATE = Candidate("a phase", "swap", 1, 1)
EXACT, OPEN_GAP = (BalanceAssertion(CELL, STATEMENT, Gap(1, end), (CANDIDATE,)) for end in (1, None))
BALANCE_TOLD = {
    "balance": False,
    "agreement": "swap",
    "after": 2,
    "direction": "UKR>RUS",
    "category": "civilian",
    "recorded": 7,
    "said": STATEMENT_TOLD,
    "gap": 1,
    "candidates": [{"what": "a phase", "agreement": "swap", "phase": 1, "size": 1}],
}

ANSWERS: dict[str, tuple[Callable[[], dict[str, Any]], dict[str, Any]]] = {
    "phase": (
        lambda: json_lines.phase(TimelineRow("swap", 1, may(23), None, RELEASED, TOTALS, 2, 9), "in-force"),
        {
            "agreement": "swap",
            "phase": 1,
            "completed_on": "2025-05-23",
            "transfers": [
                {
                    "releasing": "UKR",
                    "receiving": "RUS",
                    "category": "civilian",
                    "count": 7,
                    "within_agreement": True,
                },
                {
                    "releasing": "RUS",
                    "receiving": "UKR",
                    "category": "civilian",
                    "count": 5,
                    "within_agreement": None,
                },
            ],
            "cumulative": {
                "UKR>RUS": {"total": 7, "civilian": 7},
                "RUS>UKR": {
                    "total": {"at_least": 0, "at_most": 5},
                    "civilian": {"at_least": 0, "at_most": 5},
                },
            },
            "remaining": {"UKR>RUS": 3, "RUS>UKR": {"at_least": 5, "at_most": 10}},
            "balanced": False,
            "status": "in-force",
            "position": 9,
        },
    ),
    "standing": (
        lambda: json_lines.standing(
            StandingRow("swap", "a swap", "in-force", False, TOTALS, 1, 12, None, may(23), 2, AT)
        ),
        {
            "agreement": "swap",
            "title": "a swap",
            "status": "in-force",
            "series": False,
            "phases": 1,
            "persons": 12,
            "exchanged": {"UKR>RUS": 7, "RUS>UKR": {"at_least": 0, "at_most": 5}},
            "remaining": {"UKR>RUS": 3, "RUS>UKR": {"at_least": 5, "at_most": 10}},
            "progress": None,
            "last_completed_on": "2025-05-23",
            "events": 2,
            "last_recorded_at": "2025-05-23T18:00:00Z",
        },
    ),
    "largest phase": (
        lambda: json_lines.largest(Largest("swap", 1, may(23), Range(7))),
        {
            "largest": "phase",
            "agreement": "swap",
            "phase": 1,
            "completed_on": "2025-05-23",
            "persons": {"at_least": 7, "at_most": None},
        },
    ),
    "largest agreement": (
        lambda: json_lines.largest(Largest("swap", None, None, 12)),
        {"largest": "agreement", "agreement": "swap", "phase": None, "completed_on": None, "persons": 12},
    ),
    "cell": (
        lambda: json_lines.cell(CELL),
        {
            "agreement": "swap",
            "phase": None,
            "after": 2,
            "direction": "UKR>RUS",
            "category": "civilian",
            "recorded": 7,
            "label": "disputed",
            "apart": 4,
            "said": [STATEMENT_TOLD],
        },
    ),
    "balance": (lambda: json_lines.balance(EXACT), BALANCE_TOLD),
    "balance of an open gap": (
        lambda: json_lines.balance(OPEN_GAP),
        {**BALANCE_TOLD, "gap": {"at_least": 1, "at_most": None}},
    ),
    "change": (
        lambda: json_lines.change(Change(Figure("swap", 1, WAY, "civilian", "exchanged"), 5, 7, (RECORDED,))),
        {
            "agreement": "swap",
            "phase": 1,
            "direction": "UKR>RUS",
            "category": "civilian",
            "measure": "exchanged",
            "from": 5,
            "to": 7,
            "because": [{"version": 2, "position": 9, "event": "phase-completed"}],
            "sources": [],
        },
    ),
    "change of a status": (
        lambda: json_lines.change(Change(Figure("swap", None, None, None, "status"), None, "in-force", ())),
        {
            "agreement": "swap",
            "phase": None,
            "direction": None,
            "category": None,
            "measure": "status",
            "from": None,
            "to": "in-force",
            "because": [],
            "sources": [],
        },
    ),
    "verdict": (
        lambda: json_lines.verdict(VerdictRow("swap", 2, 9, FINDING)),
        {"agreement": "swap", "version": 2, **FINDING_TOLD},
    ),
    "finding": (
        lambda: json_lines.finding(Located("a\u2028.toml", 4, FINDING)),
        {"file": "a\\u2028.toml", "line": 4, **FINDING_TOLD},
    ),
}


@pytest.mark.parametrize("answer", ANSWERS)
def test_each_answer_has_its_words_and_figures_in_order(answer: str) -> None:
    told, expected = ANSWERS[answer]
    written = json.loads(json_lines.line(told()))
    assert written == expected
    assert list(written) == list(expected)


def test_an_event_is_told_with_its_envelope() -> None:
    told = {
        "position": 9,
        "agreement": "swap",
        "version": 2,
        "recorded_at": "2025-05-23T18:00:00Z",
        "command_id": "c-1",
        "event": "phase-completed",
    }
    written = json.loads(json_lines.line(json_lines.recorded(RECORDED)))
    fact = written.pop("fact")
    assert written == told
    assert (fact["phase"], fact["completed_on"], len(fact["released"])) == (1, "2025-05-23", 2)
    behind = json.loads(json_lines.line(json_lines.recorded(BEHIND)))
    assert behind == {**told, "clock_at": "2025-05-23T17:00:00Z", "fact": behind["fact"]}


def test_a_line_writes_out_each_sign_that_steers_and_no_other() -> None:
    assert json_lines.line({"a": "é\u00a0Київ"}) == '{"a":"é\u00a0Київ"}'
    written = json_lines.line({"a": "é\u00a0\u0085\u202e\u2028\x1b"})
    assert written == '{"a":"é\u00a0\\u0085\\u202e\\u2028\\u001b"}'
    assert json.loads(written) == {"a": "é\u00a0\u0085\u202e\u2028\x1b"}
