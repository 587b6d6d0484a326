"""Counts: of a stored event only what is counted. The one rule: it is what `wire` would read.

A question that only adds up needs no source, note, day or envelope: of a completed phase just the transfers
are decoded, as plain rows. Whatever is not the ordinary case (a range, an unclear standing, another event,
an older schema, a text that is not as expected) is read whole, and refused there if it must be. What is
skipped is not judged: that is for those who read whole events.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import msgspec

from reciprocity.domain import AgreementSigned, Event, PhaseCompleted, Terms, TermsAmended, moved
from reciprocity.domain.forms import LARGEST_COUNT
from reciprocity.domain.tally import Row, rows_of

if TYPE_CHECKING:
    from reciprocity.store.wire import Wire

Counted: TypeAlias = tuple[type[Event], Sequence[Row], Sequence[Row], Terms | None]
"""An event's class, the rows that it takes out of the totals, those that it puts in, and its terms."""

_Ordinary: TypeAlias = tuple[str, str, str, Annotated[int, msgspec.Meta(ge=0, le=LARGEST_COUNT)], bool]


class _Released(msgspec.Struct, gc=False):
    released: list[_Ordinary]


class _Stored(msgspec.Struct, gc=False):
    event: _Released


_decode = msgspec.json.Decoder(_Stored).decode


def counter(wire: Wire) -> Callable[[int, str, int, str, bytes], Counted]:
    """A function that reads what a stored row means for the totals.

    It raises `Unreadable` where what is counted cannot be read.
    """
    ordinary = wire.topic_of(PhaseCompleted)

    def counted(position: int, agreement_id: str, version: int, topic: str, state: bytes) -> Counted:
        if topic == ordinary:
            try:
                return PhaseCompleted, (), _decode(state).event.released, None
            except (msgspec.MsgspecError, ValueError, RecursionError):
                pass  # not an ordinary one: read whole
        event = wire.decode(agreement_id, version, topic, state, position).event
        terms = event.terms if isinstance(event, AgreementSigned | TermsAmended) else None
        taken_out, put_in = moved(event)
        return type(event), rows_of(taken_out), rows_of(put_in), terms

    return counted
