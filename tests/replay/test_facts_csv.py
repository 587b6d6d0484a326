"""Facts as CSV, with hashtags, and as Parquet: what is written is read back, and no cell is a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import sys
from contextlib import suppress
from typing import Any

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reciprocity.domain import Recorded, forms
from reciprocity.projections import FactRow, Facts, ask
from reciprocity.replay import facts_csv, facts_parquet
from reciprocity.replay.facts_csv import COLUMNS
from reciprocity.replay.problems import MalformedFile
from tests.documents import ROOT
from tests.replay.registers import logs
from tests.replay.watched import Watched

# Whatever may stand in a text of the model, formulas and separators rather often.
hostile_texts = st.text(
    st.sampled_from("=+-@'\"＝＠,;|\t !(1A") | st.characters(exclude_categories=["Cc", "Cs"]),
    min_size=1,
    max_size=8,
).filter(forms.is_text)
numbers = st.integers(0, forms.LARGEST_COUNT)
rows = st.builds(
    FactRow,
    agreement=st.just("swap-1"),
    phase=st.integers(1, 1_000_000),
    completed_on=st.none() | st.dates(),
    place=st.none() | hostile_texts,
    releasing=st.sampled_from(["UKR", "HAMAS-1"]),
    receiving=st.just("RUS"),
    category=st.sampled_from(["civilian", "prisoner_of_war"]),
    at_least=st.just(0),
    at_most=st.none() | numbers,
    within_agreement=st.none() | st.booleans(),
    version=st.integers(1, 2**62),
    position=st.integers(0, 2**62),
    recorded_at=st.datetimes(timezones=st.just(dt.UTC)),
    sources=st.lists(st.sampled_from(["gur.1", "1", "TASS-2"]), max_size=3).map(tuple),
    urls=st.just(()),
).map(
    lambda row: attrs.evolve(row, urls=tuple([None, "https://e.org/a,b'=1"][len(k) % 2] for k in row.sources))
)
ROW = FactRow(
    agreement="swap",
    phase=1,
    completed_on=dt.date(2025, 5, 23),
    place="Novi Yarylovychi",
    releasing="UKR",
    receiving="RUS",
    category="civilian",
    at_least=100,
    at_most=120,
    within_agreement=None,
    version=2,
    position=9,
    recorded_at=dt.datetime(2025, 5, 23, 18, tzinfo=dt.UTC),
    sources=("gur.1", "mod"),
    urls=("https://example.org/1", None),
)


def text(*facts: FactRow, hashtags: bool = False) -> bytes:
    return b"".join(facts_csv.write(facts, hashtags=hashtags))


def read(content: bytes) -> list[FactRow]:
    return facts_csv.read(io.BytesIO(content), "facts.csv")


def problems(content: bytes) -> list[str]:
    with pytest.raises(MalformedFile) as malformed:
        read(content)
    return [str(problem) for problem in malformed.value.problems]


@given(st.lists(rows, max_size=3), st.booleans())
@example(
    [attrs.evolve(ROW, place="=1+1"), attrs.evolve(ROW, place="@x"), attrs.evolve(ROW, place="-2")], False
)
@example([attrs.evolve(ROW, place="'=1"), attrs.evolve(ROW, place='"'), attrs.evolve(ROW, place="a,b")], True)
def test_what_is_written_is_read_back(facts: list[FactRow], hashtags: bool) -> None:
    assert read(text(*facts, hashtags=hashtags)) == facts
    assert read(b"\xef\xbb\xbf" + text(*facts, hashtags=hashtags)) == facts  # as a spreadsheet may save it


@settings(max_examples=settings().max_examples * 3 // 5)
@given(logs)
def test_the_facts_of_every_log_are_read_back(log: list[Recorded]) -> None:
    facts = ask(Facts(), log)
    assert read(text(*facts)) == facts


@given(rows)
def test_no_cell_begins_as_a_formula_does(fact: FactRow) -> None:
    [_, *table] = csv.reader(io.StringIO(text(fact).decode(), newline=""))
    for cell in table[0]:
        assert cell[:1] not in {*"=+-@\t\r\n＝＋－＠"}


@pytest.mark.parametrize("sign", "=+-@\t\r\n＝＋－＠'")
def test_a_text_that_begins_with_such_a_sign_is_guarded(sign: str) -> None:
    assert facts_csv.guarded(f"{sign}1") == f"'{sign}1"
    assert facts_csv.unguarded(f"'{sign}1") == f"{sign}1"
    assert facts_csv.guarded(f"1{sign}") == f"1{sign}"


def test_no_other_text_is_guarded() -> None:
    for sign in map(chr, range(32, 127)):
        assert facts_csv.guarded(sign) == (f"'{sign}" if sign in "=+-@'" else sign)


def test_a_row_is_written_as_documented() -> None:
    assert b"".join(facts_csv.write([ROW])) == text(ROW)
    header, row, end = text(ROW).decode().split("\r\n")
    assert header == ",".join(field.name for field in attrs.fields(FactRow))
    assert row == (
        "swap,1,2025-05-23,Novi Yarylovychi,UKR,RUS,civilian,100,120,,2,9,2025-05-23T18:00:00Z,"
        "gur.1 mod,https://example.org/1 none"
    )
    assert end == ""
    assert "'=1+1" in text(attrs.evolve(ROW, place="=1+1")).decode()


@pytest.mark.parametrize(
    ("change", "cells"),
    [
        ({"within_agreement": True}, ",100,120,true,2,"),
        ({"within_agreement": False}, ",100,120,false,2,"),
        ({"completed_on": None, "place": None}, "swap,1,,,UKR,"),
        ({"at_most": None}, ",100,,,2,"),
        ({"sources": (), "urls": ()}, "T18:00:00Z,,"),
        ({"recorded_at": dt.datetime(2025, 5, 23, 18, 0, 0, 5, dt.UTC)}, "T18:00:00.000005Z,"),
    ],
)
def test_each_value_is_written_in_one_way(change: dict[str, Any], cells: str) -> None:
    row = attrs.evolve(ROW, **change)
    assert cells in text(row).decode()
    assert read(text(row)) == [row]


def test_every_column_is_documented_with_its_hashtag() -> None:
    text = (ROOT / "docs" / "formats.md").read_text("utf-8")
    documented = re.findall(r"^\| `(\w+)` \|.*\| `(#[^`]+)` \|", text, re.MULTILINE)
    assert documented == [(column.name, column.hashtag) for column in COLUMNS]


def test_every_column_has_a_hashtag_of_its_own() -> None:
    _, hashtags, _ = text(hashtags=True).decode().split("\r\n")
    tags = hashtags.split(",")
    # https://hxlstandard.org/standard/1-1final/tagging/
    assert all(re.fullmatch(r"#[a-z][a-z0-9_]*(\+[a-z][a-z0-9_]*)*", tag) for tag in tags)
    assert len(set(tags)) == len(tags) == len(COLUMNS)
    core = {"#activity", "#date", "#group", "#indicator", "#loc", "#meta"}
    assert {tag.split("+")[0] for tag in tags} == core


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("agreement,", "", "1: the header is not agreement,phase,"),
        ("swap,1,", "Swap,1,", "2: agreement: 'Swap' is not an agreement id"),
        ("swap,1,", "swap,1.0,", "2: phase: '1.0' is not a whole number"),
        ("swap,1,", "swap,01,", "2: phase: '01' is not a whole number"),
        ("2025-05-23,", "23.05.2025,", "2: completed_on: '23.05.2025' is not a date (YYYY-MM-DD)"),
        ("2025-05-23,", "2025-02-30,", "2: completed_on: day "),
        ("Novi", "=Novi", "2: place: '=Novi Yarylovychi' is not written with an apostrophe"),
        ("Novi", "'Novi", '2: place: "\'Novi Yarylovychi" is not written with an apostrophe'),
        ("UKR", "ukr", "2: releasing: 'ukr' is not a party code"),
        ("100,120,", "-1,120,", "2: at_least: '-1' is not a whole number"),
        ("100,120,", "130,120,", "2: at_most: 120 is less than at_least, 130"),
        ("100,120,", f"100,{'9' * 5000},", "2: at_most: '9999"),
        ("120,,2", "120,TRUE,2", "2: within_agreement: 'TRUE' is not true, false or empty"),
        ("18:00:00Z", "18:00:00", "2: recorded_at: '2025-05-23T18:00:00' is not an instant in UTC"),
        ("gur.1 mod", "gur.1  mod", "2: sources: '' is not a source key"),
        (" none", "", "2: urls: 1 addresses for 2 sources"),
        (" none", " ftp://x", "2: urls: 'ftp://x' is not an http or https address, or none"),
        ("swap,", "swap,swap,", "2: 16 cells, where there are 15 columns"),
        ("Novi", '"Novi', "2: not CSV: "),
        ("Novi", "\xff", "2: not UTF-8, at byte 19 of the line"),
        (",civilian,", ",Civilian,", "2: category: 'Civilian' is not a category"),
        ("RUS", "R.", "2: receiving: 'R.' is not a party code"),
        ("Novi Y", "Novi\x7fY", "2: place: 'Novi\\x7fYarylovychi' is not a line of text"),
        (",2,9,", ",0x2,9,", "2: version: '0x2' is not a whole number"),
        (",2,9,", ",2,9 ,", "2: position: '9 ' is not a whole number"),
        (",2,9,", ",2,1" + "0" * 19 + ",", "2: position: '1" + "0" * 19 + "' is not a whole number"),
        ("T18:00:00Z", "T18:00:00.5Z", "2: recorded_at: '2025-05-23T18:00:00.5Z' is not an instant in UTC"),
        (
            "gur.1 mod",
            "gur.1 =mod",
            "2: sources: '=mod' is not written with an apostrophe just where one is due",
        ),
        ("\r\nswap", '\r\n"\r\n"swap', "3: not CSV: ',' expected after '\"'"),
    ],
)
def test_what_is_not_as_it_was_written_is_refused_by_line_and_column(
    before: str, after: str, found: str
) -> None:
    content = text(ROW).replace(before.encode(), after.encode("latin-1"), 1)
    [problem] = problems(content)
    assert problem.startswith(f"facts.csv:{found}")


def test_what_is_written_in_a_row_that_is_broken_is_told_in_full() -> None:
    names = ",".join(column.name for column in COLUMNS)
    assert problems(b"swap\r\n" + text(ROW)) == [f"facts.csv:1: the header is not {names}"]
    assert problems(text(ROW).replace(b"120", b"20")) == [
        "facts.csv:2: at_most: 20 is less than at_least, 100"
    ]
    assert problems(text(ROW).replace(b" none", b" none none")) == [
        "facts.csv:2: urls: 3 addresses for 2 sources"
    ]
    hashtags = text(hashtags=True).splitlines(keepends=True)[1]
    assert (
        problems(text(ROW) + hashtags)[0]
        == "facts.csv:3: agreement: '#activity+agreement+code' is not an agreement id"
    )


@pytest.mark.parametrize("before", [0, 1, 4])
def test_a_line_that_is_too_long_is_told_and_ends_the_reading(before: int) -> None:
    above = b"".join(text(*[ROW] * before).splitlines(keepends=True)[:before])
    longest = b"," * 1024 * 1024
    [problem] = problems(above + longest + b",\n\xff")
    assert problem == f"facts.csv:{before + 1}: not CSV: a line longer than 1,048,576 bytes"
    [problem] = problems(above + longest)
    assert problem.startswith(
        f"facts.csv:{before + 1}: " + ("1048577 cells" if before else "the header is not ")
    )


def test_no_more_of_a_line_is_read_than_shows_that_it_is_too_long() -> None:
    file = Watched(text(ROW))
    assert facts_csv.read(file, "facts.csv") == [ROW]
    assert file.asked == 1024 * 1024 + 1


def test_every_error_is_reported() -> None:
    content = text(ROW, ROW, ROW).replace(b"UKR,RUS", b"ukr,rus")
    assert [problem.split(": ")[0] for problem in problems(content)] == [
        f"facts.csv:{line}" for line in (2, 2, 3, 3, 4, 4)
    ]


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_nothing_that_is_read_ends_in_another_error(content: bytes) -> None:
    for whole in (content, text() + content, text(ROW)[:-20] + content):
        with suppress(MalformedFile):
            read(whole)


@given(st.lists(rows, max_size=3))
def test_parquet_is_read_back_with_its_types(facts: list[FactRow]) -> None:
    file = io.BytesIO()
    facts_parquet.write(facts, file)
    assert facts_parquet.read(file) == facts


def test_parquet_has_a_type_for_each_column() -> None:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    file = io.BytesIO()
    facts_parquet.write([ROW], file)
    schema = parquet.read_schema(file)
    assert schema.names == [field.name for field in attrs.fields(FactRow)]
    kinds = dict(zip(schema.names, schema.types, strict=True))
    assert kinds["at_most"] == kinds["version"] == pa.int64()
    assert kinds["completed_on"] == pa.date32()
    assert kinds["recorded_at"] == pa.timestamp("us", tz="UTC")
    assert kinds["within_agreement"] == pa.bool_()
    assert pa.types.is_list(kinds["urls"])
    assert [name for name in schema.names if schema.field(name).nullable] == [
        "completed_on",
        "place",
        "at_most",
        "within_agreement",
    ]


def test_many_rows_are_written_a_group_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts_parquet, "_BATCH", 2)
    file = io.BytesIO()
    facts_parquet.write([attrs.evolve(ROW, phase=number) for number in range(1, 6)], file)
    assert [row.phase for row in facts_parquet.read(file)] == [1, 2, 3, 4, 5]


def test_without_pyarrow_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(facts_parquet.ExtraMissing, match=r"pip install 'reciprocity\[bulk\]'"):
        facts_parquet.write([], io.BytesIO())


def test_the_place_of_what_is_not_text_is_told() -> None:
    assert problems(text(ROW) + b"ab\xff\n") == ["facts.csv:3: not UTF-8, at byte 3 of the line"]
