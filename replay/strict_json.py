"""Strict JSON: one text, one meaning. The one rule: what other readers would read otherwise is refused.

No key twice, no number with a fraction or beyond 64 bits (no fact has one), nothing that is not JSON
(``NaN``), no half of a surrogate pair, no byte order mark; nor so many values that they would fill memory.
"""

from __future__ import annotations

import codecs
import json
from collections import Counter
from typing import Any, NoReturn

MOST_SIGNS = 100_000
"""Commas and brackets in one text. A value of two bytes may take a hundred times as many when it is read;
a fact of a thousand rows has about 12,000."""

_INTEGERS = 2**63


class NotStrict(ValueError):
    """The text is not JSON, or not JSON of one meaning; the message says what is wrong."""


def parse(line: bytes) -> Any:
    """The value that *line* says.

    Raises:
        NotStrict: it says none, or more than one.

    >>> parse(b'{"phase": 1}')
    {'phase': 1}
    """
    check_size(line)
    if line.startswith(codecs.BOM_UTF8):
        raise NotStrict("starts with a byte order mark")
    try:
        value = json.loads(
            line.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=_constant,
        )
        if b"\\ud" in line or b"\\uD" in line:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except UnicodeDecodeError as error:
        raise NotStrict(f"not UTF-8, at byte {error.start + 1}") from error
    except UnicodeEncodeError as error:
        raise NotStrict("not JSON: half of a surrogate pair") from error
    except json.JSONDecodeError as error:
        raise NotStrict(f"not JSON: {error.msg}, at character {error.pos + 1}") from error
    except RecursionError as error:
        raise NotStrict("nested too deeply") from error
    return value


def check_size(line: bytes) -> None:
    """Count before anything is read.

    Raises:
        NotStrict: there are too many values.
    """
    if len(line) > MOST_SIGNS and sum(map(line.count, (b",", b"[", b"{"))) > MOST_SIGNS:
        raise NotStrict(f"more than {MOST_SIGNS:,} values")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        [(twice, _)] = Counter(key for key, _ in pairs).most_common(1)
        raise NotStrict(f"{twice[:40]!r} stands there twice")
    return found


def _whole(digits: str) -> int:
    if len(digits) > 20 or not -_INTEGERS <= int(digits) < _INTEGERS:
        raise NotStrict("a number out of all bounds")
    return int(digits)


def _fraction(digits: str) -> NoReturn:
    raise NotStrict(f"{digits[:40]} is not a whole number")


def _constant(name: str) -> NoReturn:
    raise NotStrict(f"not JSON: {name}")
