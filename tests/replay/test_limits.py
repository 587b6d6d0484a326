"""What may be parsed at all: of TOML and JSON, up to each limit and not beyond it."""

from __future__ import annotations

import pytest

from reciprocity.replay.strict_json import MOST_SIGNS as MOST_JSON_SIGNS
from reciprocity.replay.strict_json import NotStrict, check_size, parse
from reciprocity.replay.toml_limits import DEEPEST, LONGEST_WORD, MOST_DOTS, MOST_SIGNS, passed

_DEPTH = "more than 12 brackets inside one another"
_DOTS = "more than 8 dots in a key"
_SIGNS = "more than 30,000 keys, values and signs"
_WORD = "a number or a word out of all bounds (256 characters)"


def _key(dots: int, between: str = ".") -> str:
    return between.join("a" * (dots + 1))


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        (f"a = {'[' * DEEPEST}{']' * DEEPEST}", None),
        (f"\na = {'[' * (DEEPEST + 1)}{']' * (DEEPEST + 1)}", (2, _DEPTH)),
        (f"a = [{'[],' * DEEPEST}{'{},' * DEEPEST}]", None),
        (f"{_key(MOST_DOTS)} = 1", None),
        (f"\n\n{_key(MOST_DOTS + 1)} = 1", (3, _DOTS)),
        (f"{_key(MOST_DOTS + 1, ' . ')} = 1", (1, _DOTS)),
        (f"{_key(MOST_DOTS + 1, '.' + chr(34) + '.' + chr(34) + '.')} = 1", (1, _DOTS)),
        (f"{_key(MOST_DOTS)}\n{_key(MOST_DOTS)}", None),
        (f"[{_key(MOST_DOTS)}]{_key(MOST_DOTS)}", None),
        ("a" * LONGEST_WORD, None),
        ("a" * (LONGEST_WORD + 1), (1, _WORD)),
        (f"'{'a' * (LONGEST_WORD + 1)}'", None),
        ("a\n" * MOST_SIGNS, None),
        ("a\n" * (MOST_SIGNS + 1), (MOST_SIGNS + 1, _SIGNS)),
        ("a.a\n" * (MOST_SIGNS // 2), None),
        ("a.a\n" * (MOST_SIGNS // 2 + 1), (MOST_SIGNS // 2 + 1, _SIGNS)),
        ("# a\n" * (MOST_SIGNS + 1), None),
    ],
)
def test_toml_is_parsed_up_to_its_limits(text: str, limit: tuple[int, str] | None) -> None:
    assert passed(text) == limit


@pytest.mark.parametrize("sign", [b",", b"[", b"{"])
def test_json_is_parsed_up_to_its_limit(sign: bytes) -> None:
    check_size(sign * MOST_JSON_SIGNS)
    check_size(b" " * (MOST_JSON_SIGNS + 1))
    with pytest.raises(NotStrict, match="more than 100,000 values"):
        check_size(sign * (MOST_JSON_SIGNS + 1))


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_a_number_of_64_bits_is_one(number: int) -> None:
    assert parse(b"[%d]" % number) == [number]


@pytest.mark.parametrize("digits", ["9223372036854775808", "-9223372036854775809", "1" * 21, "1" * 5000])
def test_a_number_beyond_is_refused(digits: str) -> None:
    with pytest.raises(NotStrict, match="a number out of all bounds"):
        parse(f"[{digits}]".encode())


@pytest.mark.parametrize("half", [rb'"\ud800"', rb'"\uD800"', rb'["\udfff\ud800"]', rb'{"\uDC00": 1}'])
def test_half_a_surrogate_pair_is_refused(half: bytes) -> None:
    with pytest.raises(NotStrict, match="half of a surrogate pair"):
        parse(half)


def test_a_whole_surrogate_pair_is_a_character() -> None:
    assert parse(rb'"\ud83d\uDE00"') == "\U0001f600"
