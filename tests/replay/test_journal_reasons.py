"""Why a malformed journal is refused, word by word: a reader has nothing else to mend it by."""

from __future__ import annotations

import pytest

from reciprocity.replay.journal import parse_journal
from reciprocity.replay.journal_shape import ENTRIES, AgreementTable
from reciprocity.replay.problems import MalformedFile

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


def reasons(text: str) -> str:
    """What a journal is refused with, a line for each reason: the journal's line, the field, the reason."""
    with pytest.raises(MalformedFile) as refused:
        parse_journal(text.encode(), "journal.toml")
    return "".join(f"{one.line} {one.field} | {one.reason}\n" for one in refused.value.problems)


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
        (
            '[sources.s]\npublisher = "P"\nnote = "a: \\u0007"',
            r"8 sources.s.note | 'a: \x07' is not a line of plain text (1 to 4,000 visible characters)",
        ),
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


@pytest.mark.parametrize("kind", ENTRIES)
def test_a_value_of_another_kind_is_refused_at_its_place_whatever_else_there_is(kind: str) -> None:
    for key in ENTRIES[kind].__struct_fields__:
        text = f'{SIGNED}[[event]]\nevent = "{kind}"\n{key} = 18:00:00\n'
        assert f"8 event[1].{key} | expected " in reasons(text), key


def test_a_value_of_another_kind_is_refused_in_an_agreement_whatever_else_there_is() -> None:
    for key in AgreementTable.__struct_fields__:
        assert f"2 agreement.{key} | " in reasons(f"[agreement]\n{key} = 18:00:00\n"), key


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


def test_an_instant_out_of_all_bounds_is_the_only_error_of_what_follows_it() -> None:
    first = "recorded_at = 0001-01-01T00:00:00+10:00\n"
    assert the_reason(first + '[[event]]\nevent = "agreement-resumed"').startswith("6 agreement.recorded_at")
