"""What a malformed journal is refused with: every error at once, each with file, line, field and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from reciprocity.replay.journal import parse_journal, read_events
from reciprocity.replay.problems import MalformedFile, Problem
from tests.examples import swap

SIGNED = """[agreement]
id = "swap"
title = "A swap"
parties = { AAA = "A", BBB = "B" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = 10 }]
"""  # five lines; what follows begins on the sixth


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(MalformedFile) as refused:
        parse_journal(text.encode(), "journal.toml")
    return refused.value.problems


def places(text: str) -> list[tuple[int, str]]:
    return [(problem.line, problem.field) for problem in problems_of(text)]


def the_problem(text: str) -> Problem:
    [problem] = problems_of(text)
    return problem


def phase(line: str) -> str:
    """A journal with one phase and *line*, its tenth."""
    return f'{SIGNED}[[event]]\nevent = "phase-completed"\nphase = 1\nplace = "P"\n{line}\n'


def with_counts(counts: str) -> str:
    return phase(f'released = [{{ by = "AAA", to = "BBB", counts = {{ civilian = {counts} }} }}]')


MANY_ERRORS = """
[agreement]
id = "Not An Id"
titel = "A swap"
signed_on = "soon"
parties = { AAA = "A", bbb = "B" }
obligations = [
  { releasing = "AAA", receiving = "BBB", total = "all" },
  { releasing = "AAA", total = 3 },
]
sources = ["nowhere"]
recorded_at = 2001-03-01T18:00:00Z

[[event]]
event = "phase-complete"

[[event]]
event = "phase-completed"
phase = "one"
place = ""
released = [
  { by = "AAA", to = "AAA", counts = { civilian = 1 } },
  { by = "AAA", to = "BBB", counts = { civilian = -1, Hostage = 2 } },
  { by = "AAA", to = "BBB", counts = { detainee = "7..3" }, within_agreement = "perhaps" },
]
notes = ["", 7]
recorded_at = 2001-02-01T18:00:00Z

[[event]]
event = "claim-recorded"
claimant = "AAA"
released = [{ by = "AAA", to = "BBB" }]
recorded_at = 2001-03-02T18:00:00

[sources.s]
publisher = "P"
url = "ftp://example.org"

[extras]
"""


def test_every_error_is_reported_with_its_line_and_field() -> None:
    assert places(MANY_ERRORS) == [
        (2, "agreement"),  # the title is missing
        (3, "agreement.id"),
        (4, "agreement.titel"),
        (5, "agreement.signed_on"),
        (6, "agreement.parties.bbb"),
        (8, "agreement.obligations[1]"),
        (9, "agreement.obligations[2]"),
        (11, "agreement.sources[1]"),
        (15, "event[1].event"),
        (19, "event[2].phase"),
        (20, "event[2].place"),
        (22, "event[2].released[1].counts.civilian"),
        (23, "event[2].released[2].counts.Hostage"),
        (23, "event[2].released[2].counts.civilian"),
        (24, "event[2].released[3].counts.detainee"),
        (24, "event[2].released[3].within_agreement"),
        (26, "event[2].notes"),
        (26, "event[2].notes[2]"),
        (27, "event[2].recorded_at"),
        (32, "event[3].released[1]"),
        (33, "event[3].recorded_at"),
        (37, "sources.s.url"),
        (39, "extras"),
    ]


def test_every_error_names_file_line_field_and_reason() -> None:
    with pytest.raises(MalformedFile) as refused:
        parse_journal(MANY_ERRORS.encode(), "some/file.toml")
    assert str(refused.value).splitlines() == [str(problem) for problem in refused.value.problems]
    assert "some/file.toml:4: agreement.titel: no such field; is title meant?" in str(refused.value)
    assert all(problem.reason for problem in refused.value.problems)


def test_a_journal_without_an_agreement_is_refused() -> None:
    assert str(the_problem("")) == "journal.toml:1: agreement: is missing"


def test_tables_of_the_wrong_kind_are_refused() -> None:
    assert places("agreement = 3\nevent = [1]\nsources = 3") == [
        (1, "agreement"),
        (2, "event"),
        (3, "sources"),
    ]
    assert places(SIGNED + "[event]\nphase = 1") == [(6, "event")]


def test_what_is_missing_is_named() -> None:
    text = SIGNED + '[[event]]\nevent = "phase-completed"\n[[event]]\nphase = 1\n'
    assert [(p.line, p.field, p.reason) for p in problems_of(text)] == [
        (6, "event[1]", "phase is missing"),
        (6, "event[1]", "released is missing"),
        (8, "event[2].event", "is missing"),
    ]


@pytest.mark.parametrize("name", ["agreement-signed", "phase_completed", ""])
def test_an_event_of_no_such_name_is_refused(name: str) -> None:
    assert places(f'{SIGNED}[[event]]\nevent = "{name}"') == [(7, "event[1].event")]


@pytest.mark.parametrize("key", ["relaesed", "complete_on", "terms", "claimed", "zzz"])
def test_an_unknown_field_is_refused(key: str) -> None:
    problem = the_problem(phase(f"released = []\n{key} = 1"))
    assert (problem.line, problem.field) == (11, f"event[1].{key}")
    assert problem.reason.startswith("no such field")


def test_an_unknown_field_that_looks_like_a_known_one_suggests_it() -> None:
    assert "; is completed_on meant?" in the_problem(phase("released = []\ncomplete_on = 1")).reason
    assert "meant" not in the_problem(phase("released = []\nzzz = 1")).reason


def test_an_unknown_field_of_an_inner_table_is_refused_with_a_suggestion() -> None:
    entry = '[[event]]\nevent = "terms-amended"\nreason = "R."\n'
    text = SIGNED + entry + 'symmetry = { keep = "x" }\nparties = { AAA = { nam = "A", member = {} } }'
    assert [(p.line, p.field, p.reason) for p in problems_of(text) if "meant" in p.reason] == [
        (9, "event[1].symmetry.keep", "no such field; is kept meant?"),
        (10, "event[1].parties.AAA.member", "no such field; is members meant?"),
        (10, "event[1].parties.AAA.nam", "no such field; is name meant?"),
    ]


@pytest.mark.parametrize(
    "counts",
    [
        *(
            "-1",
            "10_000_000_001",
            "1_000_000_000_000_000_000_000",
            "0x" + "f" * 250,
        ),  # numbers out of bounds
        *("true", "1.5", "1.0", "inf", "[1]", "{ women = 1 }", "2001-03-01"),  # no numbers
        *('"open"', '""', '".."', '"7"', '"7..3"', '"-1..3"', '" 3.."', '"1...3"', '"٣.."'),  # no ranges
        *('"10_000_000_001.."', '"99999999999999999999999.."', '"..99999999999"'),
    ],
)
def test_what_is_no_count_is_refused(counts: str) -> None:
    problem = the_problem(with_counts(counts))
    assert (problem.line, problem.field) == (10, "event[1].released[1].counts.civilian")
    assert len(problem.reason) < 200


def test_a_row_without_any_count_is_refused() -> None:
    row = '{ by = "AAA", to = "BBB", counts = {} }'
    assert the_problem(phase(f"released = [{row}]")).field == "event[1].released[1].counts"


def test_two_rows_of_the_same_direction_category_and_standing_are_refused() -> None:
    row = '{ by = "AAA", to = "BBB", counts = { civilian = 1 } }'
    problem = the_problem(phase(f"released = [{row}, {row}]"))
    assert str(problem) == "journal.toml:10: event[1].released: AAA>BBB civilian stands there twice"


def test_a_claim_that_says_the_same_twice_is_refused_under_the_journals_name_for_it() -> None:
    row = '{ by = "AAA", to = "BBB", total = 1 }'
    text = f'{SIGNED}[[event]]\nevent = "claim-recorded"\nclaimant = "AAA"\nreleased = [{row}, {row}]'
    assert str(the_problem(text)) == "journal.toml:9: event[1].released: AAA>BBB, in total stands there twice"


def test_two_obligations_for_the_same_are_refused() -> None:
    row = '{ releasing = "AAA", receiving = "BBB", total = 1 }'
    text = SIGNED.replace("obligations = [", f"obligations = [{row}, ")
    assert the_problem(text).field == "agreement.obligations"


def test_a_party_code_that_stands_there_twice_is_refused() -> None:
    text = SIGNED.replace('AAA = "A"', 'AAA = "A", GGG = { name = "G", members = { AAA = "A" } }')
    assert str(the_problem(text)) == "journal.toml:4: agreement.parties: AAA stands there twice"


def test_a_source_that_is_not_among_the_sources_is_refused_where_it_is_named() -> None:
    text = phase('released = []\nsources = ["here", "gone"]') + '[sources.here]\npublisher = "P"'
    assert str(the_problem(text)) == "journal.toml:11: event[1].sources[2]: 'gone' is not among the [sources]"


def test_an_unsound_source_is_one_error_and_not_one_for_each_that_names_it() -> None:
    text = phase('released = []\nsources = ["here"]') + '[sources.here]\npublisher = ""'
    assert [problem.field for problem in problems_of(text)] == ["sources.here.publisher"]


def test_recorded_at_that_runs_backwards_is_refused_even_past_entries_without_one() -> None:
    entry = '[[event]]\nevent = "agreement-resumed"\n'
    text = (
        f"{SIGNED}recorded_at = 2001-03-05T00:00:00Z\n"
        f"{entry}{entry}recorded_at = 2001-03-05T00:30:00+01:00\n"  # the day before, in UTC
        f"{entry}recorded_at = 2001-03-07T00:00:00Z\n"
        f"{entry}recorded_at = 2001-03-06T00:00:00Z\n"
    )
    assert places(text) == [(11, "event[2].recorded_at"), (17, "event[4].recorded_at")]


def test_an_error_hides_no_other_that_shows_only_when_the_whole_entry_is_made() -> None:
    days = "resumed_on = 2001-03-05\nrecorded_at = 2001-03-01T00:00:00Z\n"
    entry = f'[[event]]\nevent = "agreement-resumed"\n{days}'
    assert places(f"{SIGNED}signed_on = 7\n{entry}") == [
        (6, "agreement.signed_on"),
        (10, "event[1].recorded_at"),
    ]


@pytest.mark.parametrize(
    "instant",
    [
        *("2001-03-05T18:00:00", "2001-03-05", "18:00:00", '"2001-03-05T18:00:00"', '"soon"', "0"),
        *("0001-01-01T00:00:00+10:00", "9999-12-31T23:59:59Z"),  # its day in UTC, or a day later, has no date
    ],
)
def test_an_instant_without_an_offset_or_out_of_bounds_is_refused(instant: str) -> None:
    text = phase(f"released = []\ncompleted_on = 2001-03-01\nrecorded_at = {instant}")
    assert places(text) == [(12, "event[1].recorded_at")]


def test_a_fact_that_lies_after_its_own_recording_is_refused() -> None:
    text = phase("released = []\ncompleted_on = 2001-03-05\nrecorded_at = 2001-03-01T00:00:00Z")
    assert places(text) == [(12, "event[1].recorded_at")]


@pytest.mark.parametrize("day", ["2001-03-05T18:00:00Z", "2001-03-05T18:00:00", '"5 March"', "20010305"])
def test_what_is_no_day_is_refused(day: str) -> None:
    problem = the_problem(phase(f"released = []\ncompleted_on = {day}"))
    assert (problem.line, problem.field) == (11, "event[1].completed_on")
    assert "null" not in problem.reason, "TOML has none"


def test_an_amendment_that_changes_nothing_is_refused() -> None:
    problem = the_problem(SIGNED + '[[event]]\nevent = "terms-amended"\nreason = "R."')
    assert (problem.line, problem.field) == (6, "event[1]")
    assert problem.reason.startswith("changes nothing")


def test_what_a_correction_reverses_must_say_what_was_released() -> None:
    entry = '[[event]]\nevent = "phase-voided"\nphase = 1\nreason = "R."\nreverses = { place = "P" }\n'
    assert the_problem(SIGNED + entry).reason == "released is missing"


def test_an_error_in_what_a_correction_reverses_has_its_own_place() -> None:
    entry = '[[event]]\nevent = "phase-voided"\nphase = 1\nreason = "R."\n[event.reverses]\nreleased = [\n'
    row = '{ by = "AAA", to = "AAA", counts = { civilian = 1 } },\n'
    assert places(f"{SIGNED}{entry}{row}]") == [(12, "event[1].reverses.released[1].counts.civilian")]


def test_a_file_of_what_might_happen_is_refused_with_every_error(tmp_path: Path) -> None:
    file = tmp_path / "might.toml"
    file.write_text('[[event]]\nevent = "phase-voided"\nphase = 0\n[[event]]\nevent = "nothing"\n', "utf-8")
    with pytest.raises(MalformedFile) as refused:
        read_events(file, swap())
    found = {(problem.line, problem.field) for problem in refused.value.problems}
    assert found == {(1, "event[1]"), (3, "event[1].phase"), (5, "event[2].event")}
