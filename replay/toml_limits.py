"""TOML limits: whether a text may be parsed at all. The one rule: it is asked before, in linear time.

``tomllib`` reads every text that is TOML, whatever that costs: a key of 20,000 dotted parts in 40 kB takes it
15 seconds and 2 GB, and a table of such a name makes every key under it as dear. This looks through a text
once, knows strings, comments and signs, and stops at the first limit that is passed. Whether the text is
TOML is not its question.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reciprocity.replay.toml_lines import STRING

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEPEST = 12
"""Brackets inside one another. The deepest of a journal are three: the counts of a row in a list of rows."""

MOST_DOTS = 8
"""In one key. The longest that has a meaning, ``agreement.parties.CCC.members.CC1``, has four."""

LONGEST_WORD = 256
"""Characters of a key, a number or a date without quotes. A number of 4,300 digits is refused by Python,
and one of millions costs it hundreds of megabytes; the longest word of a journal is a category of 64."""

MOST_SIGNS = 30_000
"""Keys, values, dots, commas, equals signs and brackets. The longest journal of the seeds has 13,500 in
85 kB; reading twice as many takes about a third of a second."""

_SIGN = re.compile(
    r"""
    (?P<string>"""
    + STRING
    + r""")
  | (?P<blank>(?:[ \t\r\n]++|\#[^\n]*+)++)
  | (?P<opens>[\[{])
  | (?P<closes>[\]}])
  | (?P<between>[,=])
  | (?P<word>[^\s"'\#\[\]{},=]++)
  | (?P<stray>.)
    """,
    re.VERBOSE | re.DOTALL,
)


def passed(text: str) -> tuple[int, str] | None:
    """The line, counted from 1, at which *text* passes a limit, and which; ``None`` if it passes none.

    >>> passed("a = 1"), passed("a = [" + "[" * 20)
    (None, (1, 'more than 12 brackets inside one another'))
    """
    found = next(_passed(text), None)
    return found and (text.count("\n", 0, found[0]) + 1, found[1])


def _passed(text: str) -> Iterator[tuple[int, str]]:
    depth = dots = signs = 0
    for sign in _SIGN.finditer(text):
        kind = sign.lastgroup
        if kind == "blank":
            dots = 0 if "\n" in sign[0] else dots
            continue
        signs += 1
        if kind == "word":
            more = sign[0].count(".")
            dots, signs = dots + more, signs + more
            if dots > MOST_DOTS:
                yield sign.start(), f"more than {MOST_DOTS} dots in a key"
            if sign.end() - sign.start() > LONGEST_WORD:
                yield sign.start(), f"a number or a word out of all bounds ({LONGEST_WORD} characters)"
        elif kind != "string":
            dots = 0
            depth += (kind == "opens") - (kind == "closes")
            if depth > DEEPEST:
                yield sign.start(), f"more than {DEEPEST} brackets inside one another"
        if signs > MOST_SIGNS:
            yield sign.start(), f"more than {MOST_SIGNS:,} keys, values and signs"
