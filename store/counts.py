"""Counts: of a stored event only what is counted. The one rule: it is what `wire` would read.

A question that only adds up needs no source, note, day or envelope: of a completed phase just the transfers
are decoded, as plain rows. Whatever is not the ordinary case (a range, an unclear standing, another event,
an older schema, a text that is not as expected) is read whole, and refused there if it must be. What is
skipped is not judged: that is for those who read whole events.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, TypeAlias

import msgspec

from reciprocity.domain import AgreementSigned, Event, Terms, TermsAmended, moved
from reciprocity.domain.forms import LARGEST_COUNT
from reciprocity.domain.tally import Row, rows_of

Counted: TypeAlias = tuple[type[Event], Sequence[Row], Sequence[Row], Terms | None]
"""An event's class, the rows that it takes out of the totals, those that it puts in, and its terms."""

_Ordinary: TypeAlias = tuple[str, str, str, Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUNT)], bool]


class _Released(msgspec.Struct, gc=False):
    released: list[_Ordinary]


class _Stored(msgspec.Struct, gc=False):
    event: _Released


_decode = msgspec.json.Decoder(_Stored).decode


def released_ordinarily(state: bytes) -> Sequence[Row] | None:
    """What an ordinary completed phase released; ``None`` if this text is of another one."""
    # The decoder would take the last of two fields of one name, and of two events, each of which needs the
    # field. A key can be written in one way only if nothing is escaped.
    if state.count(b'"released"') != 1 or b"\\" in state:
        return None
    try:
        return _decode(state).event.released
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def counted(event: Event) -> Counted:
    """What a whole event means for the totals."""
    terms = event.terms if isinstance(event, AgreementSigned | TermsAmended) else None
    taken_out, put_in = moved(event)
    return type(event), rows_of(taken_out), rows_of(put_in), terms
