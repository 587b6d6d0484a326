"""Which texts are strict JSON, and why the others are not: up to each limit and not beyond it."""

from __future__ import annotations

import pytest

from reciprocity.replay.strict_json import MOST_SIGNS, NotStrict, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (b"{}", {}),
        (b' {"a": [1, -2, true, null], "b": {"a": ""}}\n', {"a": [1, -2, True, None], "b": {"a": ""}}),
        ('"é"'.encode(), "é"),
        (rb'"\u00e9\uD83D\uDE00"', "é\U0001f600"),
        (b"[[],{}]", [[], {}]),
    ],
)
def test_a_text_of_one_meaning_is_read(text: bytes, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"\xef\xbb\xbf{}", "starts with a byte order mark"),
        (b'"a\xff"', "not UTF-8, at byte 3"),
        (b"", "not JSON: Expecting value, at character 1"),
        (b'{"a": 1', "not JSON: Expecting ',' delimiter, at character 8"),
        (b"{} {}", "not JSON: Extra data, at character 4"),
        (b"[" * 50_000, "nested too deeply"),
        (b'{"a": 1, "b": 2, "b": 2}', "'b' stands there twice"),
        (b'[{"a": {"' + b"k" * 60 + b'": 1, "' + b"k" * 60 + b'": 2}}]', f"'{'k' * 40}' stands there twice"),
        (b"1.0", "1.0 is not a whole number"),
        (b"[1e3]", "1e3 is not a whole number"),
        (b"0." + b"1" * 60, f"0.{'1' * 38} is not a whole number"),
        (b"[NaN]", "not JSON: NaN"),
        (b"-Infinity", "not JSON: -Infinity"),
        (b'{"a": Infinity}', "not JSON: Infinity"),
        (b"[" + b"1," * MOST_SIGNS + b"1]", "more than 100,000 values"),
    ],
)
def test_any_other_is_refused_with_the_reason(text: bytes, reason: str) -> None:
    with pytest.raises(NotStrict) as refused:
        parse(text)
    assert str(refused.value) == reason
