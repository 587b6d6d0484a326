"""Why a malformed journal is refused, word by word: a reader has nothing else to mend it by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from reciprocity.replay import journal
from reciprocity.replay.journal import parse_journal, read_events, read_journal, read_journals
from reciprocity.replay.problems import MalformedFile
from tests.examples import swap

SIGNED = """[agreement]
id = "swap"
title = "A swap"
parties = { AAA = "A", BBB = "B" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = 10 }]
"""  # five lines; what follows begins on the sixth

EACH_PART_UNSOUND = """\
[agreement]
id = 7
title = "A swap"
parties.AAA = "A"
parties.BBB = "B"
parties.GGG = { name = "", members = { CCC = "C", ddd = "D" } }
obligations = [
  7,
  { releasing = "AAA", receiving = "AAA", total = 10 },
  { releasing = "AAA", receiving = "BBB", total = 10, categories = [
    "civilian",
    "Hostage",
  ] },
]
mediators = ["M", "", 7]
signed_at = ""
parent = "Not An Id"
series = 1
sources = ["here", 7, "gone"]
notes = ["N", ""]
[agreement.symmetry]
kept = "each-phase"
[agreement.symmetry.weights]
Civilian = 2
hostage = 1_000_001
[agreement.window]
starts_on = 2001-03-05
ends_on = 2001-03-01

[[event]]
event = "phase-announced"
phase = 0
expected_on = 2001-03-04T00:00:00
planned = [
  7,
  { by = "AAA", to = "BBB", counts = {} },
  { by = "AAA", to = "bbb", counts = { civilian = "..", hostage = 1 } },
]
sources = ["here", "gone"]

[[event]]
event = "phase-corrected"
phase = 1
reason = ""
released = 7
[event.reverses]
completed_on = 2001-03-04
place = ""
released = [
  7,
  { by = "AAA", to = "BBB", counts = {} },
  { by = "AAA", to = "BBB", counts = { civilian = "x" } },
]

[[event]]
event = "claim-recorded"
claimant = ""
released = [
  7,
  { by = "AAA", to = "BBB", total = "x", counts = { civilian = "..", hostage = 1 } },
  { by = "AAA", to = "AAA", total = 3 },
  { by = "AAA", to = "BBB" },
]

[[event]]
event = "terms-amended"
reason = "R."
parties = { AAA = "A", bbb = "B" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = "..x" }]
window = { starts_on = 2001-03-05, ends_on = 2001-03-01 }
symmetry = { weights = { civilian = -1 } }
title = ""

[[event]]
event = "agreement-terminated"
manner = "somehow"
reason = "R."

[[event]]
event = 7

[sources.here]
publisher = "P"
date = 2001-03-05

[sources."Not A Key"]
publisher = "P"
"""

ITS_REASONS = """\
2 agreement.id | expected `str`, got `int`
6 agreement.parties.GGG | code: 'ddd' is not a party code (upper-case letters and digits, such as UKR)
8 agreement.obligations[1] | is not a table
10 agreement.obligations[3].categories | 'Hostage' is not a category (lower-case words joined by underscores; not 'total')
15 agreement.mediators | '' is not a line of plain text (1 to 4,000 visible characters)
15 agreement.mediators[3] | expected `str`, got `int`
16 agreement.signed_at | '' is not a line of plain text (1 to 4,000 visible characters)
17 agreement.parent | 'Not An Id' is not an agreement id (lower-case letters, digits, single hyphens)
18 agreement.series | expected `bool`, got `int`
19 agreement.sources[2] | expected `str`, got `int`
19 agreement.sources[3] | 'gone' is not among the [sources]
20 agreement.notes | '' is not a line of plain text (1 to 4,000 visible characters)
21 agreement.symmetry | category: 'Civilian' is not a category (lower-case words joined by underscores; not 'total')
28 agreement.window.ends_on | 2001-03-01 is before starts_on, 2001-03-05
32 event[1].phase | 0 is not a whole number from 1 to 1,000,000
33 event[1].expected_on | expected `date`, got `datetime`
35 event[1].planned[1] | is not a table
36 event[1].planned[2].counts | is empty; of unknown numbers say "?"
37 event[1].planned[3].counts.civilian | '..' is not a count (a number, "200..", "33..84", "..500" or "?")
37 event[1].planned[3].counts.hostage | receiving: 'bbb' is not a party code (upper-case letters and digits, such as UKR)
39 event[1].sources[2] | 'gone' is not among the [sources]
44 event[2].reason | '' is not a line of plain text (1 to 4,000 visible characters)
45 event[2].released | expected `array`, got `int`
48 event[2].reverses.place | '' is not a line of plain text (1 to 4,000 visible characters)
50 event[2].reverses.released[1] | is not a table
51 event[2].reverses.released[2].counts | is empty; of unknown numbers say "?"
52 event[2].reverses.released[3].counts.civilian | 'x' is not a count (a number, "200..", "33..84", "..500" or "?")
57 event[3].claimant | '' is not a line of plain text (1 to 4,000 visible characters)
59 event[3].released[1] | is not a table
60 event[3].released[2].counts.civilian | '..' is not a count (a number, "200..", "33..84", "..500" or "?")
60 event[3].released[2].total | 'x' is not a count (a number, "200..", "33..84", "..500" or "?")
61 event[3].released[3].total | receiving: AAA cannot release to itself
62 event[3].released[4] | neither counts nor total
68 event[4].parties.bbb | code: 'bbb' is not a party code (upper-case letters and digits, such as UKR)
69 event[4].obligations[1] | '..x' is not a count (a number, "200..", "33..84", "..500" or "?")
70 event[4].window.ends_on | 2001-03-01 is before starts_on, 2001-03-05
71 event[4].symmetry.weights.civilian | expected `int` >= 0
72 event[4].title | '' is not a line of plain text (1 to 4,000 visible characters)
76 event[5].manner | invalid enum value 'somehow'
80 event[6].event | is not the name of an event
86 sources.Not A Key | key: 'Not A Key' is not a source key (letters, digits, single dots or hyphens)
"""  # noqa: E501  # as they are told


def reasons(text: str | bytes) -> str:
    """What a journal is refused with, a line for each reason: the journal's line, the field, the reason."""
    with pytest.raises(MalformedFile) as refused:
        parse_journal(text if isinstance(text, bytes) else text.encode(), "journal.toml")
    return told(refused.value)


def told(refused: MalformedFile) -> str:
    return "".join(f"{one.line} {one.field} | {one.reason}\n" for one in refused.problems)


def the_reason(text: str) -> str:
    """The only reason of a journal with these lines, from the sixth on."""
    return reasons(SIGNED + text).removesuffix("\n")


def test_each_unsound_part_is_told_with_its_own_reason_and_hides_no_other() -> None:
    assert reasons(EACH_PART_UNSOUND) == ITS_REASONS


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (
            '[[event]]\nevent = "agreement-signed"',
            "7 event[1].event | 'agreement-signed' is not an event; is agreement-suspended meant?",
        ),
        (
            '[[event]]\nevent = "zzz"',
            (
                "7 event[1].event | 'zzz' is not an event; those are terms-amended, phase-announced, "
                "phase-postponed, phase-completed, phase-corrected, phase-voided, claim-recorded, "
                "agreement-suspended, agreement-resumed, agreement-fulfilled, agreement-terminated"
            ),
        ),
        ("event = 3", "6 agreement.event | no such field"),
        ("[event]\nphase = 1", "6 event | not a list of [[event]] tables"),
        ("[sources]\ns = 3", "7 sources.s | is not a table"),
        ("[extras]", "6 extras | not a table of a journal (agreement, event, sources)"),
        ('id = "x"\n', "6  | not TOML: Cannot overwrite a value"),
        (
            '[[event]]\nevent = "terms-amended"\nreason = "R."',
            (
                "6 event[1] | changes nothing; it can change facilitators, mediators, obligations, parties, "
                "symmetry, title, window"
            ),
        ),
        (
            '[[event]]\nevent = "terms-amended"\nreason = "R."\nmediators = 7',
            "9 event[1].mediators | expected `array`, got `int`",
        ),
        (
            (
                '[[event]]\nevent = "agreement-resumed"\nresumed_on = 2001-03-05\n'
                "recorded_at = 2001-03-01T02:00:00+02:00"
            ),
            (
                "9 event[1].recorded_at | 2001-03-05 lies after the instant at which it was recorded, "
                "2001-03-01 00:00:00+00:00"
            ),
        ),
        (
            (
                'recorded_at = 2001-03-02T00:00:00Z\n[[event]]\nevent = "agreement-resumed"\n'
                "recorded_at = 2001-03-01T23:59:59Z"
            ),
            (
                "9 event[1].recorded_at | 2001-03-01 23:59:59+00:00 is before an entry above it, "
                "of 2001-03-02 00:00:00+00:00"
            ),
        ),
    ],
)
def test_a_reason_says_what_would_be_right(lines: str, reason: str) -> None:
    assert the_reason(lines) == reason


def test_an_amendment_is_asked_on_where_what_was_agreed_is_unsound() -> None:
    amended = '[[event]]\nevent = "terms-amended"\nreason = "R."\n'
    text = SIGNED.replace('"A swap"', '""') + amended + amended
    row = '{ releasing = "AAA", receiving = "BBB", total = 1 }'
    text += f'title = "T"\nobligations = [{row}, {row}]\n'
    assert reasons(text) == (
        "3 agreement.title | '' is not a line of plain text (1 to 4,000 visible characters)\n"
        "6 event[1] | changes nothing; it can change facilitators, mediators, obligations, parties, "
        "symmetry, title, window\n"
        "13 event[2].obligations | AAA, BBB stands there twice\n"
    )


def test_a_long_name_that_is_no_event_is_shown_by_its_ends() -> None:
    longest = "phase-" + "x" * 70 + "last"
    assert f"'{longest}' is not an event" in the_reason(f'[[event]]\nevent = "{longest}"')
    shown = "'" + "phase-" + "x" * 51 + "..." + "x" * 16 + "last" + "' is not an event; those are "
    assert shown in the_reason(f'[[event]]\nevent = "{longest.replace("x", "xx", 1)}"')


@pytest.mark.parametrize("lines", ["x =", 'x = """', "[a", "x = [1,"])
def test_a_text_that_breaks_off_is_refused_on_its_last_line(lines: str) -> None:
    assert the_reason(lines).startswith("6  | not TOML: ")


@pytest.mark.parametrize(
    ("content", "line"), [(b"\n\xff\n\n", 2), (b"\xff\n\n", 1), (b"a = 1\n\n'\xff'\n", 3), (b"\n\n\n\xc3", 4)]
)
def test_what_is_not_utf_8_is_told_with_its_line_only(content: bytes, line: int) -> None:
    assert reasons(content) == f"{line}  | not UTF-8\n"


def test_an_instant_out_of_all_bounds_is_the_only_error_of_what_follows_it() -> None:
    first = "recorded_at = 0001-01-01T00:00:00+10:00\n"
    assert the_reason(first + '[[event]]\nevent = "agreement-resumed"').startswith("6 agreement.recorded_at")


def test_of_several_files_every_error_is_told_and_all_are_read_or_none(tmp_path: Path) -> None:
    texts = {"a.toml": SIGNED + "x = 1", "b.toml": SIGNED, "c.toml": "", "d.toml": SIGNED}
    for name, text in texts.items():
        (tmp_path / name).write_text(text.replace('"swap"', f'"swap-{name[0]}"'), "utf-8")
    sound, all_of_them = [tmp_path / "d.toml", tmp_path / "b.toml"], [tmp_path / name for name in texts]
    assert [one.agreement_id for one in read_journals(sound)] == ["swap-d", "swap-b"]
    assert read_journals([]) == []
    with pytest.raises(MalformedFile) as refused:
        read_journals(all_of_them)
    assert str(refused.value) == (
        f"{tmp_path}/a.toml:6: agreement.x: no such field\n{tmp_path}/c.toml:1: agreement: is missing"
    )


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"\n\xff", "2: not UTF-8"),
        (b"\nx = ", "2: not TOML: Invalid value (at end of document)"),
        (b"\nx.a.a.a.a.a.a.a.a.a = 1", "2: more than 8 dots in a key"),
        (b"\n\n[event]", "3: event: not a list of [[event]] tables"),
        (b"\nsources = 3", "2: sources: not a table of sources"),
        (b'[[event]]\nevent = "phase-voided"\nreason = "R."', "1: event[1]: phase is missing"),
        (
            b'[[event]]\nevent = "phase-voided"\nphase = 1\nreason = "R."\nsources = ["s"]',
            "5: event[1].sources[1]: 's' is not among the [sources]",
        ),
    ],
)
def test_a_file_of_what_might_happen_is_refused_by_its_name(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "might.toml"
    file.write_bytes(content)
    with pytest.raises(MalformedFile) as refused:
        read_events(file, swap())
    assert str(refused.value) == f"{file}:{reason}"


@pytest.mark.parametrize("read", [lambda path: read_events(path, swap()), read_journal])
def test_a_file_is_read_up_to_its_last_byte_and_not_beyond_the_largest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, read: Callable[[Path], object]
) -> None:
    file = tmp_path / "file.toml"
    file.write_text(SIGNED + '[[event]]\nevent = "agreement-resumed"', "utf-8")
    size = file.stat().st_size
    monkeypatch.setattr(journal, "LARGEST_FILE", size)
    whole = read(file)
    monkeypatch.setattr(journal, "LARGEST_FILE", size + 1)
    assert read(file) == whole
    monkeypatch.setattr(journal, "LARGEST_FILE", size - 1)
    with pytest.raises(MalformedFile) as refused:
        read(file)
    assert str(refused.value) == f"{file}:1: larger than {size - 1:,} bytes"
