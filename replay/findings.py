"""Findings: what is wrong with a store. The one rule: each says what it is, and where."""

from __future__ import annotations

from typing import Any

import attrs

DAMAGE = frozenset({"file", "unreadable", "missing"})
"""Kinds of findings for which a store is called damaged: it cannot be read as a whole."""


def plain(text: object) -> str:
    r"""A text that whoever wrote a store may have chosen, fit for a terminal.

    >>> plain("Kyiv\x1b[2J")
    'Kyiv\\x1b[2J'
    """
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in str(text))


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

    def __str__(self) -> str:
        place = [] if self.position is None else [f"position {self.position}"]
        if self.agreement is not None:
            place.append(self.agreement + ("" if self.version is None else f" version {self.version}"))
        where = f"{', '.join(place)}: " if place else ""
        return f"{self.kind}: {where}{self.reason}"
