"""The JSON Schema of a journal: what editors complete and check journals with."""

from __future__ import annotations

import datetime as dt
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from reciprocity.domain import (
    AgreementSigned,
    Claimed,
    ClaimRecorded,
    Handover,
    Obligation,
    Party,
    PhaseCompleted,
    PhaseVoided,
    Terms,
    Transfer,
)
from reciprocity.replay.journal import parse_journal
from reciprocity.replay.journal_shape import ENTRIES, json_schema, schema_text

ROOT = Path(__file__).parents[2]
COMMITTED = ROOT / "docs" / "journal.schema.json"
VALIDATOR = Draft202012Validator(json_schema(), format_checker=FormatChecker())

SIGNED = """
[agreement]
id = "swap"
title = "A swap"
parties = { AAA = "A", BBB = "B" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = 10 }]
"""


def as_json(value: Any) -> Any:
    """What TOML says, as an editor shows it to a schema: days and instants are strings."""
    match value:
        case dict():
            return {key: as_json(inner) for key, inner in value.items()}
        case list():
            return [as_json(inner) for inner in value]
        case dt.date():
            return value.isoformat()
        case _:
            return value


def is_valid(text: str) -> bool:
    return bool(VALIDATOR.is_valid(as_json(tomllib.loads(text))))


def phase(line: str) -> str:
    return f'{SIGNED}[[event]]\nevent = "phase-completed"\nphase = 1\n{line}\n'


def released(counts: str) -> str:
    return phase(f'released = [{{ by = "AAA", to = "BBB", counts = {counts} }}]')


def tables(schema: Any) -> list[tuple[str, dict[str, Any]]]:
    return [(name, table) for name, table in schema["$defs"].items() if "properties" in table]


def test_the_committed_schema_is_what_is_generated_now() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == schema_text() + "\n", "write it anew: make schema"


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())
    assert json_schema()["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "seeds").rglob("*.toml")), ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_every_seed_is_valid_and_names_the_schema(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [error.message for error in VALIDATOR.iter_errors(as_json(tomllib.loads(text)))] == []
    directive, _, where = text.partition("\n")[0].partition(" ")
    assert directive == "#:schema"
    assert (path.parent / where).resolve() == COMMITTED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[agreement]",
        SIGNED.replace('"swap"', '"Not An Id"'),
        SIGNED.replace("AAA =", "aaa ="),
        SIGNED.replace("total = 10", 'total = "all"'),
        SIGNED.replace("total = 10", "total = -1"),
        SIGNED.replace('"A swap"', '""'),
        SIGNED + "titel = 1",
        SIGNED + "signed_on = 18:00:00",
        SIGNED + 'symmetry = { kept = "sometimes" }',
        SIGNED + "[sources]\n'a b' = { publisher = 'P' }",
        SIGNED + "[sources.s]\npublisher = 'P'\nurl = 'ftp://example.org'",
        SIGNED + "[extras]",
        SIGNED + "[[event]]",
        SIGNED + '[[event]]\nevent = "phase-complete"',
        SIGNED + '[[event]]\nevent = "phase-completed"\nphase = 1',
        SIGNED + '[[event]]\nevent = "agreement-terminated"\nreason = "R."\nmanner = "somehow"',
        SIGNED
        + '[[event]]\nevent = "claim-recorded"\nclaimant = "A"\nreleased = [{ by = "AAA", to = "BBB" }]',
        phase("released = []\nrelaesed = []"),
        phase("released = []").replace("phase = 1", "phase = 0"),
        phase("released = []\nrecorded_at = 2001-03-01"),
        released("{}"),
        released("{ Civilian = 1 }"),
        released("{ civilian = true }"),
        released("{ civilian = 1.5 }"),
        released('{ civilian = "open" }'),
        released('{ civilian = ".." }'),
    ],
)
def test_a_malformed_journal_is_not_valid(text: str) -> None:
    assert is_valid(SIGNED)
    assert not is_valid(text)


def test_an_editor_can_offer_the_name_of_every_event() -> None:
    entries = json_schema()["$defs"]["JournalFile"]["properties"]["event"]["items"]
    assert entries["properties"]["event"]["enum"] == list(ENTRIES)
    offered = [
        table["properties"]["event"]["enum"]
        for _, table in tables(json_schema())
        if "event" in table["required"]
    ]
    assert offered == [[name] for name in ENTRIES]


def test_every_key_and_table_is_described() -> None:
    bare = [
        f"{name}.{key}"
        for name, table in tables(json_schema())
        for key, value in {"": table, **table["properties"]}.items()
        if not value.get("description")
    ]
    assert bare == []


def test_nothing_is_null_because_toml_has_no_null() -> None:
    assert "null" not in json.dumps(json_schema())


def test_what_the_schema_lets_be_left_out_the_reader_does_without() -> None:
    least = """
        [[event]]
        event = "phase-completed"
        phase = 1
        released = [{ by = "AAA", to = "BBB", counts = { civilian = 1 } }]
        [[event]]
        event = "claim-recorded"
        claimant = "AAA"
        released = [
          { by = "AAA", to = "BBB", total = 2 },
          { by = "BBB", to = "AAA", counts = { hostage = 3 } },
        ]
        [[event]]
        event = "phase-voided"
        phase = 1
        reason = "R."
        reverses = { released = [] }
        [sources.s]
        publisher = "P"
    """
    assert Draft202012Validator(json_schema()).is_valid(as_json(tomllib.loads(SIGNED + least)))
    terms = Terms(
        title="A swap",
        parties=(Party("AAA", "A"), Party("BBB", "B")),
        obligations=(Obligation("AAA", "BBB", 10),),
    )
    claimed = (Claimed("AAA", "BBB", None, 2), Claimed("BBB", "AAA", "hostage", 3))
    assert [entry.event for entry in parse_journal((SIGNED + least).encode(), "journal.toml").entries] == [
        AgreementSigned(terms=terms),
        PhaseCompleted(phase=1, released=(Transfer("AAA", "BBB", "civilian", 1),)),
        ClaimRecorded(claimant="AAA", claimed=claimed),
        PhaseVoided(phase=1, reason="R.", reverses=Handover(None, None, ())),
    ]
