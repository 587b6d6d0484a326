"""What changed between two histories, and because of which events? The one rule: every figure, and its cause.

A figure is named by agreement, phase (``None`` for now), direction, category (``None`` for all together)
and measure: ``exchanged``, ``agreed`` or ``remaining``; an agreement's ``status`` has no direction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import attrs

from reciprocity.domain import (
    AgreementSigned,
    ClaimRecorded,
    Count,
    Direction,
    Recorded,
    Source,
    TermsAmended,
)
from reciprocity.projections import trace
from reciprocity.projections.cumulative import Totals
from reciprocity.projections.projection import fold_log
from reciprocity.projections.timeline import Timeline

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Figure(NamedTuple):
    """The name of a figure."""

    agreement: str
    phase: int | None
    direction: Direction | None
    category: str | None
    measure: str


Figures: TypeAlias = dict[Figure, Count | str]


@attrs.frozen
class Change:
    """One figure that differs, from what to what (``None`` where there is no such figure), and why.

    *because* are the events that one history has and the other has not, and that bear on this figure.
    """

    figure: Figure
    before: Count | str | None
    after: Count | str | None
    because: tuple[Recorded, ...]

    @property
    def sources(self) -> tuple[Source, ...]:
        """Where the events that changed the figure were published."""
        return tuple(dict.fromkeys(source for one in self.because for source in _sources(one)))


def figures(history: Iterable[Recorded]) -> Figures:
    """Every figure that a history comes to: now, and after each phase."""
    found: Figures = {}
    state = fold_log(Timeline(), history)
    for row in Timeline().rows(state):
        found |= _figures(row.agreement, row.phase, row.after)
    for agreement in sorted(state):
        found |= _figures(agreement, None, state[agreement].totals)
        found[Figure(agreement, None, None, None, "status")] = state[agreement].totals.status.value
    return found


def diff(before: Sequence[Recorded], after: Sequence[Recorded]) -> list[Change]:
    """Every figure that differs between two histories, in order of agreement, phase and direction.

    >>> diff([], [])
    []
    """
    old, new = figures(before), figures(after)
    only = _only_in_one(before, after)
    return [
        Change(figure, old.get(figure), new.get(figure), _causes(only, figure))
        for figure in sorted(old.keys() | new.keys(), key=_order)
        if old.get(figure) != new.get(figure)
    ]


def applied(changes: Iterable[Change], to: Figures) -> Figures:
    """The figures after the changes."""
    result = dict(to)
    for change in changes:
        if change.after is None:
            result.pop(change.figure, None)
        else:
            result[change.figure] = change.after
    return result


def _figures(agreement: str, phase: int | None, totals: Totals) -> Figures:
    found: Figures = {}
    remaining = totals.remaining()
    for direction in totals.directions():
        found[Figure(agreement, phase, direction, None, "exchanged")] = totals.over(direction)
        for category in totals.categories(direction):
            exchanged = totals.over(direction, (category,))
            found[Figure(agreement, phase, direction, category, "exchanged")] = exchanged
        agreed = totals.terms.agreed(direction)
        if agreed is not None:
            found[Figure(agreement, phase, direction, None, "agreed")] = agreed
            found[Figure(agreement, phase, direction, None, "remaining")] = remaining[direction]
    return found


def _only_in_one(before: Sequence[Recorded], after: Sequence[Recorded]) -> list[Recorded]:
    """The events that the other history does not tell: by what they say, not by who recorded them when."""
    old = {(one.agreement_id, one.event) for one in before}
    new = {(one.agreement_id, one.event) for one in after}
    gone = [one for one in before if (one.agreement_id, one.event) not in new]
    return gone + [one for one in after if (one.agreement_id, one.event) not in old]


def _causes(only: list[Recorded], figure: Figure) -> tuple[Recorded, ...]:
    """Those events that bear on a figure; where a figure of nothing appears or goes, the terms are why."""
    of_terms = [one for one in only if isinstance(one.event, AgreementSigned | TermsAmended)]
    mine = tuple(one for one in only if one.agreement_id == figure.agreement and _bears_on(one, figure))
    return mine or tuple(one for one in of_terms if one.agreement_id == figure.agreement)


def _bears_on(recorded: Recorded, figure: Figure) -> bool:
    if figure.measure == "status":
        return not isinstance(recorded.event, ClaimRecorded)
    if isinstance(recorded.event, AgreementSigned | TermsAmended):
        return figure.measure != "exchanged"
    return figure.measure != "agreed" and any(
        part.direction == figure.direction and figure.category in (None, part.category)
        for part in trace.of(recorded)
    )


def _sources(recorded: Recorded) -> tuple[Source, ...]:
    event = recorded.event
    of_terms = event.terms.sources if isinstance(event, AgreementSigned | TermsAmended) else ()
    return (*event.sources, *of_terms)


def _order(figure: Figure) -> tuple[str, bool, int, str, str, str]:
    return (
        figure.agreement,
        figure.phase is None,
        figure.phase or 0,
        str(figure.direction or ""),
        figure.category or "",
        figure.measure,
    )
