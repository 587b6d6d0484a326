"""Answers: what each question is answered of one history. The one rule: projections answer, a page asks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import attrs

from reciprocity.domain import Agreement, Phase, PhaseStatus
from reciprocity.projections import Claims, Timeline, Verdicts
from reciprocity.projections.cumulative import Totals
from reciprocity.projections.diff import figures_of
from reciprocity.projections.timeline import Course

if TYPE_CHECKING:
    from reciprocity.domain import Recorded
    from reciprocity.projections import Cell, TimelineRow, VerdictRow
    from reciprocity.projections.diff import Figures


@attrs.frozen
class Answers:
    """One agreement by one history: where it stands, its phases and plans, claims, verdicts and figures."""

    history: Sequence[Recorded]
    agreement: Agreement
    totals: Totals
    phases: tuple[TimelineRow, ...]
    planned: tuple[Phase, ...]
    cells: tuple[Cell, ...]
    verdicts: tuple[VerdictRow, ...]
    figures: Figures


@attrs.frozen
class _Known:
    """What the projections know after some events."""

    timeline: Any
    claims: Any
    verdicts: Any

    def after(self, one: Recorded) -> _Known:
        return _Known(
            Timeline().apply(self.timeline, one),
            Claims().apply(self.claims, one),
            Verdicts().apply(self.verdicts, one),
        )


_NOTHING = _Known(Timeline().initial(), Claims().initial(), Verdicts().initial())


@attrs.define
class Answering:
    """Answers for one agreement, history after history.

    Most histories begin as the one before did: what was known after each of its events is kept, and gone on
    from.
    """

    agreement_id: str
    _history: Sequence[Recorded] = ()
    _known: list[_Known] = attrs.field(factory=lambda: [_NOTHING])

    def of(self, history: Sequence[Recorded]) -> Answers:
        """What is answered by a history, which may be empty."""
        pairs = zip(self._history, history, strict=False)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
        self._history = history
        del self._known[same + 1 :]
        for one in history[same:]:
            self._known.append(self._known[-1].after(one))
        known = self._known[-1]
        agreement = known.verdicts.agreements.get(self.agreement_id) or Agreement(self.agreement_id)
        course = known.timeline.get(self.agreement_id) or Course()
        return Answers(
            history,
            agreement,
            course.totals,
            tuple(Timeline().rows(known.timeline)),
            tuple(
                phase
                for _, phase in sorted(agreement.phases.items())
                if phase.status in {PhaseStatus.ANNOUNCED, PhaseStatus.POSTPONED}
            ),
            tuple(Claims().rows(known.claims)),
            tuple(Verdicts().rows(known.verdicts)),
            figures_of(known.timeline),
        )
