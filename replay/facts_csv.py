"""Facts as CSV, for spreadsheets, plain or with HXL hashtags. The one rule: what is written can be read back.

RFC 4180, UTF-8, with a header. A text that a spreadsheet might take for a formula has an apostrophe put
before it, as has one that begins with an apostrophe; reading takes one off again.
HXL: https://hxlstandard.org/standard/1-1final/dictionary/
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TYPE_CHECKING, Any

import attrs

from reciprocity.domain import forms
from reciprocity.projections import FactRow
from reciprocity.replay.problems import Problems

if TYPE_CHECKING:
    from typing import TypeAlias

    Read: TypeAlias = Callable[[str], Any]

STARTS_FORMULA = "=+-@\t\r\n＝＋－＠"
"""What a spreadsheet may take for the beginning of a formula
(https://owasp.org/www-community/attacks/CSV_Injection, with the full-width forms of the same signs)."""

LONGEST_LINE = 1024 * 1024
"""Bytes. The longest row that is written has the addresses of its sources: 2,000 characters each."""

NO_URL = "none"
"""Stands in ``urls`` for a source without an address; no address is written so."""

_GUARD = "'"
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{6})?Z")
_WORDS = {True: "true", False: "false", None: ""}


@attrs.frozen
class Column:
    """One column: its name, its HXL hashtag, how a value is written, and how a cell is read."""

    name: str
    hashtag: str
    write: Callable[[Any], str]
    read: Read


class _TooLong(ValueError):
    """A line that the reader of CSV is not given, and so has not counted."""


def write(rows: Iterable[FactRow], *, hashtags: bool = False) -> Iterator[bytes]:
    """The rows as CSV, line by line, after the header and, if wanted, a row of HXL hashtags."""
    yield _line([column.name for column in COLUMNS])
    if hashtags:
        yield _line([column.hashtag for column in COLUMNS])
    for row in rows:
        yield _line([column.write(getattr(row, column.name)) for column in COLUMNS])


def read(file: IO[bytes], name: str) -> list[FactRow]:
    """The rows that `write` wrote, with hashtags or without; *name* is how errors call the file.

    Raises:
        MalformedFile: with every error in it, by line and column.
    """
    problems = Problems(name, {})
    rows: list[FactRow] = []
    try:
        table = csv.reader(_lines(file), strict=True)
        for number, cells in enumerate(table):
            problems.lines = {(): table.line_num}
            if number == 0 and cells != [column.name for column in COLUMNS]:
                problems.add((), f"the header is not {','.join(column.name for column in COLUMNS)}")
                break
            if number == 0 or (number == 1 and cells == [column.hashtag for column in COLUMNS]):
                continue
            rows += _row(cells, problems)
    except UnicodeDecodeError as error:
        problems.lines = {(): table.line_num + 1}
        problems.add((), f"not UTF-8, at byte {error.start + 1} of the line")
    except _TooLong as error:
        problems.lines = {(): table.line_num + 1}
        problems.add((), str(error))
    except csv.Error as error:
        problems.lines = {(): table.line_num}
        problems.add((), f"not CSV: {error}")
    problems.raise_if_any()
    return rows


def _lines(file: IO[bytes]) -> Iterator[str]:
    """The file's lines, with their line breaks; a byte order mark, which some editors put first, left out."""
    encoding = "utf-8-sig"
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) > LONGEST_LINE:
            raise _TooLong(f"not CSV: a line longer than {LONGEST_LINE:,} bytes")
        yield line.decode(encoding)
        encoding = "utf-8"


def _row(cells: list[str], problems: Problems) -> list[FactRow]:
    if len(cells) != len(COLUMNS):
        problems.add((), f"{len(cells)} cells, where there are {len(COLUMNS)} columns")
        return []
    mark = problems.count
    values = {}
    for column, cell in zip(COLUMNS, cells, strict=True):
        try:
            values[column.name] = column.read(cell)
        except ValueError as error:
            problems.add((column.name,), str(error))
    if problems.count > mark:
        return []
    row = FactRow(**values)
    if row.at_most is not None and row.at_most < row.at_least:
        problems.add(("at_most",), f"{row.at_most} is less than at_least, {row.at_least}")
    if len(row.urls) != len(row.sources):
        problems.add(("urls",), f"{len(row.urls)} addresses for {len(row.sources)} sources")
    return [row]


def _line(cells: list[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue().encode("utf-8")


def guarded(text: str) -> str:
    """The text as a cell that is no formula.

    >>> guarded("=1+1"), guarded("'tis"), guarded("Kyiv")
    ("'=1+1", "''tis", 'Kyiv')
    """
    return _GUARD + text if text.startswith((*STARTS_FORMULA, _GUARD)) else text


def unguarded(cell: str) -> str:
    """The text that a cell stands for.

    >>> unguarded("'=1+1"), unguarded("''tis"), unguarded("Kyiv")
    ('=1+1', "'tis", 'Kyiv')
    """
    text = cell.removeprefix(_GUARD)
    if guarded(text) != cell:
        raise ValueError(f"{cell!r} is not written with an apostrophe just where one is due")
    return text


def _text(form: Callable[[str], bool], wanted: str) -> Read:
    def read_text(cell: str) -> str:
        text = unguarded(cell)
        if not form(text):
            raise ValueError(f"{cell!r} is not {wanted}")
        return text

    return read_text


def _maybe(read_cell: Read) -> Read:
    return lambda cell: None if cell == "" else read_cell(cell)


def _each(read_cell: Read) -> Read:
    return lambda cell: tuple(read_cell(one) for one in unguarded(cell).split(" ")) if cell else ()


def _whole(cell: str) -> int:
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{cell!r} is not a whole number")
    return int(cell)


def _day(cell: str) -> dt.date:
    if not _DAY.fullmatch(cell):
        raise ValueError(f"{cell!r} is not a date (YYYY-MM-DD)")
    return dt.date.fromisoformat(cell)


def _instant(cell: str) -> dt.datetime:
    if not _INSTANT.fullmatch(cell):
        raise ValueError(f"{cell!r} is not an instant in UTC (YYYY-MM-DDTHH:MM:SSZ)")
    return dt.datetime.fromisoformat(cell)


def _word(cell: str) -> bool | None:
    for value, word in _WORDS.items():
        if cell == word:
            return value
    raise ValueError(f"{cell!r} is not true, false or empty")


def _written(value: object) -> str:
    """A number or a date as it is; nothing for ``None``."""
    return "" if value is None else str(value)


def _written_text(value: str | None) -> str:
    return "" if value is None else guarded(value)


def _written_instant(value: dt.datetime) -> str:
    return value.isoformat().replace("+00:00", "Z")


def _written_list(values: Iterable[str | None]) -> str:
    return guarded(" ".join(NO_URL if value is None else value for value in values))


_CODE = _text(forms.is_party_code, "a party code")
_SOURCE = _text(forms.is_source_key, "a source key")
_URL = _text(forms.is_url, f"an http or https address, or {NO_URL}")

COLUMNS = (
    Column(
        "agreement",
        "#activity+agreement+code",
        _written_text,
        _text(forms.is_agreement_id, "an agreement id"),
    ),
    Column("phase", "#activity+num+phase", _written, _whole),
    Column("completed_on", "#date+occurred", _written, _maybe(_day)),
    Column("place", "#loc+name", _written_text, _maybe(_text(forms.is_text, "a line of text"))),
    Column("releasing", "#group+code+releasing", _written_text, _CODE),
    Column("receiving", "#group+code+receiving", _written_text, _CODE),
    Column("category", "#indicator+category+code", _written_text, _text(forms.is_category, "a category")),
    Column("at_least", "#indicator+min+num", _written, _whole),
    Column("at_most", "#indicator+max+num", _written, _maybe(_whole)),
    Column("within_agreement", "#meta+within_agreement", lambda value: _WORDS[value], _word),
    Column("version", "#meta+version", _written, _whole),
    Column("position", "#meta+id+position", _written, _whole),
    Column("recorded_at", "#date+reported", _written_instant, _instant),
    Column("sources", "#meta+source", _written_list, _each(_SOURCE)),
    Column("urls", "#meta+url", _written_list, _each(lambda one: None if one == NO_URL else _URL(one))),
)
"""The columns of the relation, in order."""
