"""Hostile files: what may be sent to somebody who reads records. Each is refused, and its reason told.

Most are small, and dear to a parser that takes them up; others stay just within the limits.
"""

from __future__ import annotations

import json
from typing import Any

from reciprocity.replay import facts_csv, strict_json, taking_in, toml_limits
from reciprocity.replay.journal import LARGEST_FILE

SIGNED = """[agreement]
id = "swap"
title = "1 for 1"
parties = { AAA = "First", BBB = "Second" }
obligations = [{ releasing = "AAA", receiving = "BBB", total = 10 }]
symmetry = { kept = "not-required" }
"""
PHASE = '[[event]]\nevent = "phase-completed"\nphase = 1\nreleased = '
ROW = '{ by = "AAA", to = "BBB", counts = { civilian = 1 } },'

_SIGNS = toml_limits.MOST_SIGNS - 500
_ROOM = LARGEST_FILE - len(SIGNED) - 100
_DOTTED = ".".join("a" * 20_000)
_LONG = ".".join("a" * (toml_limits.MOST_DOTS + 1))
_DEEP = "[" * (toml_limits.DEEPEST - 1) + "]" * (toml_limits.DEEPEST - 1) + ","


def _total(written: str) -> str:
    return SIGNED.replace("total = 10", f"total = {written}")


def _titled(written: str) -> str:
    return SIGNED.replace('"1 for 1"', written)


JOURNALS: dict[str, tuple[str | bytes, str]] = {
    "a dotted key": (SIGNED + f"{_DOTTED} = 1", ":7: more than 8 dots in a key"),
    "dotted keys under a dotted table": (f"[{_DOTTED}]\n" + "k.k = 1\n" * 5_000, ":1: more than 8 dots"),
    "a dotted key with blanks": ("a" + " . a" * 20_000 + " = 1", ":1: more than 8 dots"),
    "a dotted key in quotes": ('"a"' + '."a"' * 20_000 + " = 1", ":1: more than 8 dots"),
    "arrays in arrays": (SIGNED + "x = " + "[" * 20_000 + "]" * 20_000, ":7: more than 12 brackets"),
    "arrays in arrays over lines": (SIGNED + "x = " + "[\n" * 20_000, ":19: more than 12 brackets"),
    "tables in tables": ("x = " + "{a=" * 20_000 + "1" + "}" * 20_000, ":1: more than 12 brackets"),
    "very many values": (SIGNED + "x = [" + "1," * _ROOM, ":1: larger than 524,288 bytes"),
    "many values": (SIGNED + "x = [" + "[]," * 100_000 + "]", ":7: more than 30,000 keys, values and signs"),
    "a long number": (SIGNED + "x = " + "1" * 500_000, ":7: a number or a word out of all bounds"),
    "a long number with underscores": (SIGNED + "x = 1" + "_1" * 200_000, ":7: a number or a word"),
    "a long hexadecimal": (SIGNED + "x = 0x" + "f" * 500_000, ":7: a number or a word"),
    "a long fraction": (SIGNED + "x = 0." + "1" * 500_000, ":7: a number or a word"),
    "a long key": ("a" * 500_000 + " = 1", ":1: a number or a word"),
    "a long key in quotes": (f'"{"a" * _ROOM}" = 1', ":1: aaaaaaaa"),
    "a long value": (f'[agreement]\nid = "{"a" * _ROOM}"', ":2: agreement.id: 'aaaaa"),
    "a long name of an event": (f'{SIGNED}[[event]]\nevent = "{"phase-" * 60_000}"', "is not an event"),
    "blanks only": ("\n" * _ROOM, ":1: agreement: is missing"),
    "comments only": ("#\n" * (_ROOM // 2), ":1: agreement: is missing"),
    "escapes only": ('x = "' + "\\n" * (_ROOM // 2) + '"', ":1: x: not a table of a journal"),
    "quotes only": ('x = """' + '""a' * (_ROOM // 3) + '"""', ":1: x: not a table of a journal"),
    "keys that are not known": (
        SIGNED + "".join(f"phase_{n} = 1\n" for n in range(_SIGNS // 3)),
        "reading stopped here, after 1,000 errors",
    ),
    "tables that are not known": (
        "".join(f"[k{n}]\n" for n in range(_SIGNS // 3)),
        "reading stopped here, after 1,000 errors",
    ),
    "events that are not known": (
        SIGNED + "[[event]]\nevent = 'phase-complet'\n" * (_SIGNS // 8),
        "reading stopped here",
    ),
    "empty events": ("[[event]]\n" * (_SIGNS // 5), "reading stopped here"),
    "notes of another kind": (SIGNED + "notes = [" + "1," * (_SIGNS // 2) + "]", "reading stopped here"),
    "long keys under a long table": (
        f"[{_LONG}]\n" + "".join(f"{_LONG[2:]}.k{n} = 1\n" for n in range(_SIGNS // 20)),
        ":1: a: not a table of a journal",
    ),
    "deep values": (SIGNED + "x = [" + _DEEP * (_SIGNS // 23) + "]", ":7: agreement.x: no such field"),
    "parties": (
        SIGNED.replace("AAA =", "".join(f'B{n} = "N{n}", ' for n in range(_SIGNS // 4)) + "AAA ="),
        ":4: agreement.parties: 7,377 in one list, where 1,000 is the most",
    ),
    "obligations": (
        SIGNED.replace("[{", "[" + '{releasing="AAA",receiving="BBB",total=1},' * 101 + "{"),
        "agreement.obligations: 102 in one list, where 100 is the most",
    ),
    "rows": (SIGNED + PHASE + f"[{ROW * (_SIGNS // 19)}]", "in one list, where 1,000 is the most"),
    "a key twice": (SIGNED + 'id = "other"', ":7: not TOML: Cannot overwrite a value"),
    "a number that is none": (_total("nan"), ":5: agreement.obligations[1].total: expected `int | str`"),
    "infinity": (_total("-inf"), ":5: agreement.obligations[1].total: expected `int | str`"),
    "a number below zero": (_total("-1"), ":5: agreement.obligations[1].total: expected `int` >= 0"),
    "a boolean": (_total("true"), ":5: agreement.obligations[1].total: expected `int | str`, got `bool`"),
    "a fraction": (_total("1.5"), ":5: agreement.obligations[1].total: expected `int | str`, got `float`"),
    "5,000 digits": (_total("1" * 5_000), ":5: a number or a word out of all bounds"),
    "5,000 digits in quotes": (_total(f'"{"1" * 5_000}.."'), ":5: agreement.obligations[1]: '1111"),
    "200 digits": (_total("1" * 200), ":5: agreement.obligations[1].total: a number out of all bounds"),
    "a zero byte": (SIGNED + "\0", ":7: not TOML: Invalid statement"),
    "a zero byte in a text": (_titled('"a\\u0000"'), ":3: agreement.title: 'a\\x00' is not a line of plain"),
    "half of a surrogate pair": (_titled('"\\uD800"'), ":3: not TOML: Escaped character is not a Unicode"),
    "UTF-16": (SIGNED.encode("utf-16"), ":1: not UTF-8"),
    "two byte order marks": ("\ufeff\ufeff" + SIGNED, ":1: not TOML: Invalid statement"),
    "half of a character": (SIGNED.encode() + b"# \xd0\n", ":7: not UTF-8"),
    "line breaks of old": (SIGNED.replace("\n", "\r"), ":1: not TOML: Expected newline"),
    "an escape in a text": (_titled('"\\u001b[2J"'), ":3: agreement.title: '\\x1b[2J' is not a line"),
    "an escape in a key": (
        SIGNED + '"\\u001b]0;x\\u009b" = 1',
        ":7: agreement.\\x1b]0;x\\x9b: no such field",
    ),
    "a line break in a key": (SIGNED + '"a\\nb:1: fine" = 1', ":7: agreement.a\\nb:1: fine: no such field"),
    "another direction": (_titled('"a\\u202Eb"'), ":3: agreement.title: 'a\\u202eb' is not a line of plain"),
    "a path for an id": (_titled('"t"').replace('"swap"', '"../../x"'), ":2: agreement.id: '../../x' is not"),
    "a path for a parent": (SIGNED + 'parent = "../../x"', ":7: agreement.parent: '../../x' is not an"),
    "a path for a source": (
        SIGNED + '[sources."../x"]\npublisher = "p"',
        ":7: sources.../x: key: '../x' is not a source key",
    ),
    "an instant before all": (
        SIGNED + "recorded_at = 0001-01-01T00:00:00+14:00",
        ":7: agreement.recorded_at: date value out of range",
    ),
    "names that look alike": (
        SIGNED.replace('"First"', '"Ukraine"').replace('"Second"', '"Ukr\u0430ine"'),
        ":4: agreement.parties: 'Ukraine' and 'Ukr\u0430ine' look alike",
    ),
}
"""By what they are: the text of a journal, and what the error says of it."""

LINE: dict[str, Any] = {
    "agreement": "swap",
    "version": 1,
    "recorded_at": "2025-05-23T18:00:00Z",
    "command_id": "c-1",
    "event": "agreement-resumed",
    "schema": 1,
    "fact": {"resumed_on": None, "reason": None, "sources": [], "notes": []},
}
_LINE = json.dumps(LINE)
_LONGEST = taking_in.LONGEST_LINE - 20
_VALUES = strict_json.MOST_SIGNS - 10


def _with(**fields: object) -> str:
    return json.dumps(LINE | fields)


LINES: dict[str, tuple[str | bytes, str]] = {
    "a line without end": ("x" * 20_000_000, ":1: longer than 2,097,152 bytes"),
    "arrays in arrays": ("[" * 90_000, ":1: nested too deeply"),
    "objects in objects": ('{"a":' * 90_000, ":1: nested too deeply"),
    "arrays in arrays, very many": ("[" * _LONGEST, ":1: more than 100,000 values"),
    "many values": ("[" + "[]," * (_LONGEST // 3), ":1: more than 100,000 values"),
    "values": ('[{"":0}' + ',{"":0}' * (_VALUES // 2 - 2) + "]", ":1: is not an object with the keys"),
    "keys": (
        "{" + ",".join(f'"{n}":0' for n in range(_VALUES)) + "}",
        ":1: reading stopped here, after 1,000 errors",
    ),
    "a long text": ('{"a":"' + "a" * (_LONGEST - 10) + '\U0001f600"}', ":1: agreement: is missing"),
    "a long number": ('{"a":' + "1" * (_LONGEST - 10) + "}", ":1: a number out of all bounds"),
    "a long fraction": ('{"a":0.' + "1" * (_LONGEST - 10) + "}", " is not a whole number"),
    "empty lines": ("\n" * 1_000_000, ":1000: reading stopped here, after 1,000 errors"),
    "empty objects": ("{}\n" * 1_000_000, "reading stopped here, after 1,000 errors"),
    "a key twice": (_LINE.replace("{", '{"agreement": "b", ', 1), ":1: 'agreement' stands there twice"),
    "a key twice after very many": (
        "{" + ",".join(f'"{n}":0' for n in range(_VALUES - 2)) + ',"7":0}',
        ":1: '7' stands there twice",
    ),
    "a number that is none": (_LINE.replace('"version": 1', '"version": NaN'), ":1: not JSON: NaN"),
    "infinity": (_LINE.replace('"version": 1', '"version": -Infinity'), ":1: not JSON: -Infinity"),
    "a number beyond all": (_LINE.replace('"version": 1', '"version": 1e999'), ":1: 1e999 is not a whole"),
    "a boolean": (_with(version=True), ":1: version: expected `int`, got `bool`"),
    "a number below zero": (_with(version=-1), ":1: version: -1 is not a whole number of 1 or more"),
    "5,000 digits": (_LINE.replace('"version": 1', f'"version": {"1" * 5_000}'), ":1: a number out of all"),
    "a byte order mark": (b"\xef\xbb\xbf" + _LINE.encode(), ":1: starts with a byte order mark"),
    "UTF-16": (_LINE.encode("utf-16"), ":1: not UTF-8, at byte 1"),
    "half of a surrogate pair": (_with(command_id="\ud800"), ":1: not JSON: half of a surrogate pair"),
    "a zero byte": (_with(command_id="a\0"), ":1: command_id: 'a\\x00' is not a line of plain text"),
    "an escape in a text": (_with(event="\x1b[2J"), ":1: event: '\\x1b[2J', schema 1: no event of that name"),
    "an escape in a key": (_with(**{"\x1b[2J\x9b": 1}), ":1: '\\x1b[2J\\x9b': no such field"),
    "a path for an id": (_with(agreement="../../x"), ":1: agreement: '../../x' is not an agreement id"),
}
"""By what they are: the text of a file of events, and what the error says of it."""

_HEADER = ",".join(column.name for column in facts_csv.COLUMNS) + "\r\n"

FACTS: dict[str, tuple[str | bytes, str]] = {
    "a line without end": ("x" * 20_000_000, ":1: not CSV: a line longer than 1,048,576 bytes"),
    "a cell without end": (_HEADER + '"' + "x\n" * 500_000, "not CSV: field larger than field limit"),
    "cells": (_HEADER + "," * 1_000_000, ":2: 1000001 cells, where there are 15 columns"),
    "empty lines": (_HEADER + "\r\n" * 500_000, "reading stopped here, after 1,000 errors"),
    "another header": ("\x1b[2J\r\n" * 9, ":1: the header is not agreement,"),
    "half of a character": (_HEADER.encode() + b"\xd0\r\n", ":2: not UTF-8, at byte 1 of the line"),
    "a formula": (_HEADER + "=1+1" + "," * 14, ":2: agreement: '=1+1' is not written with an apostrophe"),
    "5,000 digits": (_HEADER + "swap," + "1" * 5_000 + "," * 13, ":2: phase: '1111"),
}
"""By what they are: the text of a table of facts, and what the error says of it."""

ALL = {
    **{f"{name}.toml": told for name, told in JOURNALS.items()},
    **{f"{name}.jsonl": told for name, told in LINES.items()},
    **{f"{name}.csv": told for name, told in FACTS.items()},
}


def content(told: str | bytes) -> bytes:
    return told if isinstance(told, bytes) else told.encode()
