"""Registers that hold two lawful histories in turn, and what is given out of them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterable
from contextlib import closing
from itertools import count, zip_longest

from hypothesis import strategies as st

from reciprocity.domain import Recorded, decide
from reciprocity.replay.event_lines import EventFormat
from reciprocity.replay.giving_out import FORMATS
from reciprocity.replay.taking_in import Told, read_events
from reciprocity.store import Register
from tests.free_steps import histories

NOW = dt.datetime(2026, 1, 2, tzinfo=dt.UTC)


def recorded(*requests: Iterable[object]) -> list[Recorded]:
    """The log of a register that was asked these in turn, an agreement each: a-1, a-2, …"""
    ticks = count()

    def clock() -> dt.datetime:
        return dt.datetime(2026, 1, 1, tzinfo=dt.UTC) + dt.timedelta(microseconds=next(ticks) // 3 * 500_000)

    with closing(Register.open("memory:", clock=clock)) as register:
        for turn in zip_longest(*requests):
            for number, request in enumerate(turn, start=1):
                if request is not None:
                    register.command(f"a-{number}", lambda agreement, r=request: decide(agreement, r))  # type: ignore[misc]  # bound early
        return list(register.log())


logs = st.lists(histories(), min_size=1, max_size=2).map(
    lambda told: recorded(*(history.requests for history in told))
)
"""Logs of one or two agreements, told in turn."""


def given_out(log: Iterable[Recorded], form: str) -> bytes:
    """The log in a format."""
    file = io.BytesIO()
    FORMATS[form](log, file)
    return file.getvalue()


def read_back(content: bytes, form: EventFormat | None = None) -> Told:
    """The events in a text."""
    return read_events(io.BytesIO(content), "file", form, now=NOW)
