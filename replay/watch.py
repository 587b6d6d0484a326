"""Watching: the status on the screen, as it is now. The one rule: each event is folded once.

And what is shown of an agreement is worked out anew only when something was recorded about it, so that the
work does not grow with the record.
"""

from __future__ import annotations

import time
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from rich.console import Group
from rich.live import Live
from rich.text import Text
from rpds import HashTrieMap

from reciprocity.projections import (
    Standing,
    fold_log,
    largest_agreement,
    largest_of,
    largest_phase,
)
from reciprocity.replay import laying_out, wording
from reciprocity.replay.language import say, say_many, spoken
from reciprocity.replay.terminal import Visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console, ConsoleDimensions, RenderableType

    from reciprocity.domain import Recorded
    from reciprocity.projections import Largest, StandingRow
    from reciprocity.store import Register

_ROUND = 1_000  # events between two looks at the clock
_LISTED = 5  # events, the last ones
_PAUSE = 0.1  # seconds between two drawings, or longer: at most a fifth of the time is spent on drawing
_RESIZED = 1.0  # seconds after which a window of another size is noticed


class Board:
    """Where every agreement stands, and what was recorded last, as far as the log was read."""

    def __init__(self, *, listed_after: int = 0) -> None:
        self.position = 0
        """Of the last event."""
        self._listed_after = listed_after
        self._listed: deque[Recorded] = deque(maxlen=_LISTED)
        self._state = Standing().initial()
        self._rows: dict[str, StandingRow] = {}  # those with the latest events last
        self._phases: dict[str, Largest | None] = {}
        self._agreements: dict[str, Largest | None] = {}
        self._changed: dict[str, None] = {}  # in the same order

    def add(self, log: Iterable[Recorded]) -> None:
        """Fold what came next in the log."""
        self._state = fold_log(Standing(), self._noted(log), self._state)

    def parts(self, height: int) -> Iterator[RenderableType]:
        """What is shown in so many lines; of too many agreements, those with the latest events."""
        self._work_out()
        above = [*laying_out.largest(_most(self._phases), _most(self._agreements))]
        room = max(1, height - 2 - len(above) - 2 - len(self._listed) - 2)  # header; a line, heading; the end
        shown = list(self._rows)[-room:]
        if shown:
            yield laying_out.standing(self._rows[agreement] for agreement in sorted(shown))
        else:
            yield Text(say("No agreement is on record yet."))
        if len(shown) < len(self._rows):
            yield Text(
                say_many(
                    "The {shown} with the latest events, of {n} agreements.",
                    "The {shown} with the latest events, of {n} agreements.",
                    len(self._rows),
                    shown=spoken().number(len(shown)),
                )
            )
        yield from above
        if self._listed:
            yield Text("\n" + say("Recorded last:"))
            for one in self._listed:
                yield Text(wording.recorded(one), no_wrap=True, overflow="ellipsis")
        end = say_many(
            "{n} event on record. Ctrl-C ends.", "{n} events on record. Ctrl-C ends.", self.position
        )
        yield Text(end, style="dim")

    def _noted(self, log: Iterable[Recorded]) -> Iterator[Recorded]:
        for recorded in log:
            self.position = recorded.position
            self._changed.pop(recorded.agreement_id, None)
            self._changed[recorded.agreement_id] = None
            if recorded.position > self._listed_after:
                self._listed.append(recorded)
            yield recorded

    def _work_out(self) -> None:
        for agreement in self._changed:
            alone = HashTrieMap({agreement: self._state[agreement]})
            self._rows.pop(agreement, None)
            [self._rows[agreement]] = Standing().rows(alone)
            self._phases[agreement] = largest_phase(alone)
            self._agreements[agreement] = largest_agreement(alone)
        self._changed.clear()


def _most(known: dict[str, Largest | None]) -> Largest | None:
    return largest_of(one for agreement in sorted(known) if (one := known[agreement]) is not None)


def keep_on_screen(
    register: Register, on: Console, *, listed_after: int = 0, timeout: float | None = None
) -> None:
    """Show the status, and draw it anew as events are recorded, until nothing was for *timeout* seconds."""
    board = Board(listed_after=listed_after)
    with Live(console=on, auto_refresh=False) as live:
        draw_after = time.monotonic()
        while True:
            board.add(islice(register.log(after=board.position), _ROUND))
            more = register.wait(after=board.position, timeout=0)
            early = draw_after - time.monotonic()
            if early > 0:
                if not more:
                    time.sleep(early)  # what is recorded meanwhile is shown together
                continue
            started, size = time.monotonic(), on.size
            live.update(Visible(Group(*board.parts(size.height))), refresh=True)
            draw_after = time.monotonic() + max(_PAUSE, 4 * (time.monotonic() - started))
            if not more and not _more_to_show(register, board.position, on, size, timeout):
                return


def _more_to_show(
    register: Register, after: int, on: Console, size: ConsoleDimensions, timeout: float | None
) -> bool:
    """Wait for an event, or for a window of another size; false if there was neither in time."""
    deadline = None if timeout is None else time.monotonic() + timeout
    while on.size == size:
        left = _RESIZED if deadline is None else max(0.0, deadline - time.monotonic())
        if register.wait(after=after, timeout=min(left, _RESIZED)):
            return True
        if left < _RESIZED:
            return False
    return True
