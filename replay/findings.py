"""Findings: what is wrong with a store. The one rule: each says what it is, and where."""

from __future__ import annotations

from typing import Any

import attrs

from reciprocity.replay.language import say, to_say

_NO_BREAK = "\u00a0\u202f"  # the spaces that set thousands apart
_KINDS = (
    to_say("file"),
    to_say("unreadable"),
    to_say("missing"),
    to_say("cut-off"),
    to_say("order"),
    to_say("rule"),
    to_say("command"),
    to_say("seal"),
    to_say("edited"),
    to_say("inserted"),
    to_say("deleted"),
    to_say("moved"),
    to_say("signature"),
    to_say("proof"),
    to_say("list"),
)

DAMAGE = frozenset({"file", "unreadable", "missing"})
"""Kinds of findings for which a store is called damaged: it cannot be read as a whole."""


def plain(text: object) -> str:
    r"""A text that whoever wrote a store may have chosen, fit for a terminal.

    >>> plain("Kyiv\x1b[2J")
    'Kyiv\\x1b[2J'
    """
    return "".join(
        sign if sign.isprintable() or sign in _NO_BREAK else repr(sign)[1:-1] for sign in str(text)
    )


@attrs.frozen
class Found:
    """One thing that is wrong: of which kind, where in the log, and what is to be said of it.

    Kinds: ``file``, ``unreadable``, ``missing``, ``cut-off``, ``order``, ``rule``, ``command``; against a
    seal ``seal``, ``edited``, ``inserted``, ``deleted``, ``moved``; of what was brought along ``signature``,
    ``proof``, ``list``.
    """

    kind: str
    reason: str = attrs.field(converter=plain)
    position: int | None = None
    agreement: str | None = attrs.field(default=None, converter=attrs.converters.optional(plain))
    version: Any = None  # what stands there is not always a number

    def said(self) -> str:
        """The finding in a line, for people."""
        place = [] if self.position is None else [say("position {position}", position=str(self.position))]
        if self.agreement is not None and self.version is None:
            place.append(self.agreement)
        elif self.agreement is not None:
            version = str(self.version)
            place.append(say("{agreement} version {version}", agreement=self.agreement, version=version))
        where = f"{', '.join(place)}: " if place else ""
        return f"{say(self.kind)}: {where}{self.reason}"
