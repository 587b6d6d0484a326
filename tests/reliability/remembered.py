"""What a verification found out once. The one rule: only of what is the same is the answer the same.

Where one event of a thousand is touched, decoding and judging the others takes most of the time. Both are
functions of nothing but what they are given, so what they answered for the original is given again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from reciprocity.domain import Agreement, Event, evolve, judge
from reciprocity.projections import verdicts
from reciprocity.store import Register, Wire


class _Remembered:
    """A function of an agreement and an event, which knows what it answered while it was *learning*."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._answers: dict[tuple[str, int], tuple[Agreement, Event, Any]] = {}
        self.learning = True

    def __call__(self, before: Agreement, event: Event, *after: Agreement) -> Any:
        place = (before.id, before.version)
        if self.learning:
            self._answers[place] = before, event, self._function(before, event, *after)
            return self._answers[place][2]
        if (known := self._answers.get(place)) is not None:
            known_before, known_event, answer = known
            # An agreement is the very same, because it was answered before, too, but for one without events.
            if (before is known_before or before.version == 0) and event == known_event:
                return answer
        return self._function(before, event, *after)


@contextmanager
def remembering(register: Register, learn: Callable[[], object]) -> Iterator[None]:
    """Within it, what decoding and the rules answered while *learn* ran is not asked of them again."""
    decoded: dict[tuple[Any, ...], Any] = {}
    decode = register.wire.decode
    evolved, judged = _Remembered(evolve), _Remembered(judge)

    def remembered(_: Wire, *row: Any) -> Any:
        return decoded[row] if row in decoded else decode(*row)

    def learned(_: Wire, *row: Any) -> Any:
        return decoded.setdefault(row, decode(*row))

    with ExitStack() as patched:
        patched.enter_context(patch.object(verdicts, "evolve", evolved))
        patched.enter_context(patch.object(verdicts, "judge", judged))
        with patch.object(Wire, "decode", learned):
            learn()
        evolved.learning = judged.learning = False
        patched.enter_context(patch.object(Wire, "decode", remembered))
        yield
