"""Envelopes for events that no store has recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from reciprocity.domain import Event, Recorded

LATE_ENOUGH = dt.datetime(9999, 12, 30, tzinfo=dt.UTC)
"""Whatever day an event is of, it was before."""


def enveloped(events: Iterable[Event], agreement_id: str = "told") -> list[Recorded]:
    """The events as recorded one after the other."""
    return [
        Recorded(agreement_id, version, LATE_ENOUGH, f"{agreement_id}-{version}", event, version)
        for version, event in enumerate(events, start=1)
    ]
