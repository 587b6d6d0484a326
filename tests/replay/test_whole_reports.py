"""Whole reports: all that verifying says of a log that something befell, line by line, and nothing more."""

from __future__ import annotations

import pytest

from tests.replay.befallen import DIFFERS, Done, after, junk, kind, phase, state
from tests.store.tampering import Victim

POISON = "CAST(x'ff41' AS TEXT)"  # a text that is none: the database gives no row that has it
AT_FIRST = "seal: at-5: " + DIFFERS + ". The first difference is within positions 1 to 5"
TOO = "seal: at-8: " + DIFFERS + ". It seals the positions of the seal before it, too"
LATER = "seal: at-8: " + DIFFERS + ". The first difference is within positions 6 to 8"
OF_5 = "at-5: the first 5 events are as sealed at 2025-05-26T00:00:00Z"
OF_8 = "at-8: the first 8 events are as sealed at 2025-05-26T00:00:00Z"
GONE = "nothing is here: deleted, or never recorded"
BEGIN = "its events begin here"


CASES: dict[str, tuple[list[Done], list[str], list[str]]] = {
    "nothing": ([], [OF_5, OF_8], []),
    "an event of another kind": (
        [kind("edit the name", 3)],
        [],
        [
            "unreadable: position 3, swap version 2: Object contains unknown field `phase`…",
            AT_FIRST,
            TOO,
            (
                "edited: position 3, swap version 2: since it was sealed. It says now: agreement-resumed/1: "
                'b\'{"command_id":"c-3","event":{"phase":1,"released":[["UKR","RUS","civilian",1,true],'
                '["RUS","UKR","civilian",1,true]]},"recorded_at":"2025-05-16T18:40:00Z"}\''
            ),
        ],
    ),
    "long nonsense": (
        [junk],
        [],
        [
            "unreadable: position 3, swap version 2: JSON is malformed: …",
            AT_FIRST,
            TOO,
            (
                "edited: position 3, swap version 2: since it was sealed. It says now: phase-completed/1: "
                f"b'{198 * '-'}"
            ),
        ],
    ),
    "a newer schema": (
        [kind("edit the schema", 8)],
        [OF_5],
        [
            "unreadable: position 8, other version 4: schema 11 is newer than this …",
            LATER,
            (
                "edited: position 8, other version 4: since it was sealed. It says now: phase-completed/11: "
                'b\'{"command_id":"c-8","event":{"phase":3,"released":[["UKR","RUS","civilian",3,true],'
                '["RUS","UKR","civilian",3,true]]},"recorded_at":"2025-05-16T20:20:00Z"}\''
            ),
        ],
    ),
    "one deleted": (
        [kind("delete", 3)],
        [],
        [
            f"missing: position 3: {GONE}",
            "missing: position 5, swap version 3: version 2 is missing before it",
            f"command: swap version 3: the table of commands has c-3 at swap version 2; {BEGIN}",
            (
                f"seal: at-5: {DIFFERS}; 5 events were sealed, 4 of these positions are here. "
                "The first difference is within positions 1 to 5"
            ),
            (
                f"seal: at-8: {DIFFERS}; 8 events were sealed, 7 of these positions are here. "
                "It seals the positions of the seal before it, too"
            ),
            "deleted: position 3, swap version 2: sealed here was swap version 2, phase-completed/1",
        ],
    ),
    "two deleted, and the last": (
        [kind("delete", 3), kind("delete", 4), kind("cut the tail", 8)],
        [],
        [
            "missing: position 3: nothing is here, up to position 4: deleted, or never recorded",
            "missing: position 5, swap version 3: version 2 is missing before it",
            "missing: position 6, other version 3: version 2 is missing before it",
            f"command: swap version 3: the table of commands has c-3 at swap version 2; {BEGIN}",
            "command: other version 2: no event is recorded by c-4",
            (
                f"seal: at-5: {DIFFERS}; 5 events were sealed, 3 of these positions are here. "
                "The first difference is within positions 1 to 5"
            ),
            (
                f"seal: at-8: {DIFFERS}; 8 events were sealed, 5 of these positions are here: the log ends "
                "at position 7. It seals the positions of the seal before it, too"
            ),
            "deleted: position 3, swap version 2: sealed here was swap version 2, phase-completed/1",
            "deleted: position 4, other version 2: sealed here was other version 2, phase-completed/1",
            "deleted: position 8, other version 4: sealed here was other version 4, phase-completed/1",
        ],
    ),
    "two that changed places": (
        [kind("swap", 4)],
        [],
        [
            AT_FIRST,
            TOO,
            (
                "moved: position 4, swap version 3: sealed at position 5; sealed here was other version 2, "
                f"phase-completed/1. It says now: {phase(2)}"
            ),
            "moved: position 4, other version 2: it is at position 5 now",
            (
                "moved: position 5, other version 2: sealed at position 4; sealed here was swap version 3, "
                f"phase-completed/1. It says now: {phase(1)}"
            ),
            "moved: position 5, swap version 3: it is at position 4 now",
        ],
    ),
    "one inserted": (
        [kind("insert", 7)],
        [OF_5],
        [
            "command: position 8, swap version 4: c-7 has recorded inserted version 1 before",
            (
                "rule: position 7, inserted version 1: follows_the_life_cycle is violated: PhaseCompleted "
                "while the agreement is unsigned; allowed: AgreementSigned"
            ),
            (
                "rule: position 7, inserted version 1: numbers_phases_in_order is violated: phase 3; "
                "allowed: up to phase 1"
            ),
            (
                "rule: position 7, inserted version 1: names_parties_to_the_agreement is violated: UKR in "
                "UKR>RUS; allowed: no party"
            ),
            (
                "rule: position 7, inserted version 1: names_parties_to_the_agreement is violated: RUS in "
                "RUS>UKR; allowed: no party"
            ),
            (
                "rule: position 7, inserted version 1: serves_an_agreed_obligation is violated: UKR>RUS "
                "civilian; allowed: nothing"
            ),
            (
                "rule: position 7, inserted version 1: serves_an_agreed_obligation is violated: RUS>UKR "
                "civilian; allowed: nothing"
            ),
            f"command: inserted version 1: the table of commands has c-7 at swap version 4; {BEGIN}",
            LATER,
            (
                "inserted: position 7, inserted version 1: not in what was sealed; sealed here was swap "
                f"version 4, phase-completed/1. It says now: {phase(3)}"
            ),
            "moved: position 7, swap version 4: it is at position 8 now",
            (
                "moved: position 8, swap version 4: sealed at position 7; sealed here was other version 4, "
                f"phase-completed/1. It says now: {phase(3)}"
            ),
            "moved: position 8, other version 4: it is at position 9 now",
        ],
    ),
    "the first edited": (
        [kind("edit a text", 1)],
        [],
        [
            AT_FIRST,
            TOO,
            (
                "edited: position 1, swap version 1: since it was sealed. It says now: agreement-signed/1: a "
                "swap: UKR>RUS open; RUS>UKR open"
            ),
        ],
    ),
    "the last two edited": (
        [kind("edit a text", 7), kind("edit a text", 8)],
        [OF_5],
        [
            LATER,
            f"edited: position 7, swap version 4: since it was sealed. It says now: {phase(3)}",
            f"edited: position 8, other version 4: since it was sealed. It says now: {phase(3)}",
        ],
    ),
    "an earlier instant": (
        [state(7, b'"recorded_at":"2025-05-16T20:00', b'"recorded_at":"2025-05-16T18:39')],
        [OF_5],
        [
            (
                "order: position 7, swap version 4: recorded at 2025-05-16 18:39:00+00:00, before "
                "2025-05-16 18:40:00+00:00"
            ),
            LATER,
            f"edited: position 7, swap version 4: since it was sealed. It says now: {phase(3)}",
        ],
    ),
    "one deleted before two that cannot be read": (
        [
            "DELETE FROM stored_events WHERE POSITION=3",
            f"UPDATE stored_events SET topic={POISON} WHERE POSITION IN (4, 8)",  # noqa: S608  # a constant
        ],
        [],
        [
            f"missing: position 3: {GONE}",
            "unreadable: position 4: the store cannot be used: Could not decode to UTF-8 …",
            "missing: position 5, swap version 3: version 2 is missing before it",
            "missing: position 6, other version 3: version 2 is missing before it",
            "unreadable: position 8: the store cannot be used: Could not decode to UTF-8 …",
            f"command: swap version 3: the table of commands has c-3 at swap version 2; {BEGIN}",
            (
                f"seal: at-5: {DIFFERS}; 5 events were sealed, 3 of these positions are here. "
                "The first difference is within positions 1 to 5"
            ),
            (
                f"seal: at-8: {DIFFERS}; 8 events were sealed, 5 of these positions are here. "
                "It seals the positions of the seal before it, too"
            ),
            "deleted: position 3, swap version 2: sealed here was swap version 2, phase-completed/1",
        ],
    ),
    "gaps, one of them beyond what was sealed": (
        [
            "DELETE FROM stored_events WHERE POSITION=6",
            "UPDATE stored_events SET POSITION=12 WHERE POSITION=8",
            Victim.count,
        ],
        [OF_5],
        [
            f"missing: position 6: {GONE}",
            "missing: position 8: nothing is here, up to position 11: deleted, or never recorded",
            "missing: position 12, other version 4: version 3 is missing before it",
            "command: other version 3: no event is recorded by c-6",
            (
                f"seal: at-8: {DIFFERS}; 8 events were sealed, 6 of these positions are here. "
                "The first difference is within positions 6 to 8"
            ),
            "deleted: position 6, other version 3: sealed here was other version 3, phase-completed/1",
            "moved: position 8, other version 4: it is at position 12 now",
        ],
    ),
    "a count of positions that is too high": (
        ["UPDATE sqlite_sequence SET seq=1234 WHERE name='stored_events'"],
        [OF_5, OF_8],
        [
            (
                "cut-off: position 9: 1,234 positions were given, by the store's own count; the last that is "
                "here is 8"
            )
        ],
    ),
    "a count of positions that is too low": (
        ["UPDATE sqlite_sequence SET seq=7 WHERE name='stored_events'"],
        [OF_5, OF_8],
        ["cut-off: position 9: the store's own count of positions is 7, but there are events up to 8"],
    ),
    "commands that are forged, renamed and given away": (
        [
            kind("insert a command", 8),
            kind("rename a command", 4),
            kind("edit a command", 6),
            kind("give a command to another", 7),
            "INSERT INTO commands VALUES ('c-x', 'swap', 'two')",
        ],
        [OF_5, OF_8],
        [
            f"command: other version 3: the table of commands has c-6 at other version 1003; {BEGIN}",
            f"command: swap version 4: the table of commands has c-7 at another version 4; {BEGIN}",
            "command: swap version two: no event is recorded by c-x",
            "command: other version 2: no event is recorded by forged-4",
            "command: other version 4: no event is recorded by forged-8",
            "command: other version 2: c-4 is not in the table of commands",
        ],
    ),
    "commands that go on elsewhere": (
        [
            state(6, b'"c-6"', b'"c-3"'),
            state(7, b'"c-7"', b'"c-1"'),
            state(8, b'"c-8"', b'"c-3"'),
        ],
        [OF_5],
        [
            "command: position 6, other version 3: c-3 has recorded swap version 2 before",
            "command: position 7, swap version 4: c-1 has recorded swap version 1 before",
            "command: position 8, other version 4: c-3 has recorded swap version 2 before",
            "command: other version 3: no event is recorded by c-6",
            "command: swap version 4: no event is recorded by c-7",
            "command: other version 4: no event is recorded by c-8",
            LATER,
            f"edited: position 6, other version 3: since it was sealed. It says now: {phase(2)}",
            f"edited: position 7, swap version 4: since it was sealed. It says now: {phase(3)}",
            f"edited: position 8, other version 4: since it was sealed. It says now: {phase(3)}",
        ],
    ),
    "versions and agreements that are none": (
        [
            "UPDATE stored_events SET originator_version=0 WHERE POSITION=8",
            "UPDATE stored_events SET originator_id='third' WHERE POSITION=6",
        ],
        [OF_5],
        [
            "missing: position 6, third version 3: the first version is missing before it",
            "unreadable: position 8, other version 0: version 0 is none",
            "missing: position 8, other version 0: version 3 is missing before it",
            f"command: third version 3: the table of commands has c-6 at other version 3; {BEGIN}",
            "command: other version 4: no event is recorded by c-8",
            LATER,
            (
                "inserted: position 6, third version 3: not in what was sealed; sealed here was other "
                f"version 3, phase-completed/1. It says now: {phase(2)}"
            ),
            "deleted: position 6, other version 3: sealed here was other version 3, phase-completed/1",
            (
                "inserted: position 8, other version 0: not in what was sealed; sealed here was other "
                "version 4, phase-completed/1. It says now: phase-completed/1: "
                'b\'{"command_id":"c-8","event":{"phase":3,"released":[["UKR","RUS","civilian",3,true],'
                '["RUS","UKR","civilian",3,true]]},"recorded_at":"2025-05-16T20:20:00Z"}\''
            ),
            "deleted: position 8, other version 4: sealed here was other version 4, phase-completed/1",
        ],
    ),
}
"""What befalls a log, which seals hold, and what is found; what ends in … is the beginning of a line."""


@pytest.mark.parametrize("case", CASES)
def test_all_that_is_said_of_a_log(case: str) -> None:
    done, holds, lines = CASES[case]
    report = after(*done)
    said = [one.said() for one in report.found]
    assert list(map(_as_short, said, lines)) == lines
    assert len(said) == len(lines)
    assert list(report.holds) == holds


def _as_short(said: str, line: str) -> str:
    """What was said; where only its beginning is known, as much of it as that."""
    return f"{said[: len(line) - 1]}…" if line.endswith("…") else said
