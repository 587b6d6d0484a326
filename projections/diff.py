"""What changed between two histories, and because of which events? The one rule: every figure, and its cause.

A figure is named by agreement, phase (``None`` for now), direction, category (``None`` for all together)
and measure: ``exchanged``, ``agreed`` or ``remaining``; an agreement's ``status`` has no direction.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import attrs
from rpds import HashTrieMap

from reciprocity.domain import (
    OPEN,
    AgreementSigned,
    ClaimRecorded,
    Count,
    Direction,
    Event,
    Obligation,
    PhaseCompleted,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    Source,
    Terms,
    TermsAmended,
)
from reciprocity.projections import trace
from reciprocity.projections.cumulative import Totals
from reciprocity.projections.projection import fold_log
from reciprocity.projections.timeline import Course, Timeline

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

    *because* are the events that one history tells and the other does not, or not in that place, and that
    bear on this figure.
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
    return figures_of(fold_log(Timeline(), history))


def figures_of(state: HashTrieMap[str, Course]) -> Figures:
    """The same of what `Timeline` knows after a history."""
    found: Figures = {}
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
    evidence = _Evidence.of(before, after)
    return [
        Change(
            figure,
            old.get(figure),
            new.get(figure),
            evidence.of_change(figure, in_both=figure in old and figure in new),
        )
        for figure in sorted(old.keys() | new.keys(), key=_order)
        if old.get(figure) != new.get(figure)
    ]


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


@attrs.frozen
class _Evidence:
    """The events that tell two histories apart, and what it takes to say on which figures they bear.

    *only* are those that the other history does not tell, by what they say, not by who recorded them when;
    *moved* those that it tells in another place. *terms* are all that were ever in force in either;
    *places* say, for each history, after how many others a phase was completed.
    """

    only: dict[str, list[Recorded]]
    moved: dict[str, list[Recorded]]
    terms: dict[str, list[Terms]]
    places: tuple[dict[tuple[str, int], int], ...]

    @classmethod
    def of(cls, before: Sequence[Recorded], after: Sequence[Recorded]) -> _Evidence:
        only: dict[str, list[Recorded]] = {}
        moved: dict[str, list[Recorded]] = {}
        for these, those in ((before, after), (after, before)):
            told = {(one.agreement_id, one.event) for one in those}
            told_there = {(one.agreement_id, one.event, one.version) for one in those}
            for one in these:
                if (one.agreement_id, one.event) not in told:
                    only.setdefault(one.agreement_id, []).append(one)
                elif (one.agreement_id, one.event, one.version) not in told_there:
                    moved.setdefault(one.agreement_id, []).append(one)
        terms: dict[str, list[Terms]] = {}
        for one in chain(before, after):
            if isinstance(one.event, AgreementSigned | TermsAmended):
                terms.setdefault(one.agreement_id, []).append(one.event.terms)
        return cls(only, moved, terms, (_places(before), _places(after)))

    def of_change(self, figure: Figure, *, in_both: bool) -> tuple[Recorded, ...]:
        """The events because of which a figure is another one, or is not *in_both*.

        Where none counts toward it, the terms say what is counted together, or another phase has become
        the last, which stands under the terms of now. Where both histories tell the same, they tell it in
        another order.
        """
        only = self.only.get(figure.agreement, [])
        moved = self.moved.get(figure.agreement, [])
        return self._among(only, figure, in_both) or self._among(moved, figure, in_both)

    def _among(self, events: list[Recorded], figure: Figure, in_both: bool) -> tuple[Recorded, ...]:
        mine = tuple(
            one for one in events if self._bears_on(one, figure) or (not in_both and _made(one, figure))
        )
        return mine or _of_kind(events, _TERMS) or _of_kind(events, _PHASES)

    def _bears_on(self, recorded: Recorded, figure: Figure) -> bool:
        if figure.measure == "status":
            return not isinstance(recorded.event, ClaimRecorded)
        if isinstance(recorded.event, AgreementSigned | TermsAmended):
            return figure.measure != "exchanged"
        return figure.measure != "agreed" and any(
            figure.category in (None, part.category)
            and self._goes(part, figure)
            and self._by_then(part, figure)
            for part in trace.of(recorded)
        )

    def _goes(self, part: trace.Contribution, figure: Figure) -> bool:
        """Whether what was released counts in the figure's direction, under any of the terms."""
        if figure.direction is None or part.direction == figure.direction:
            return True
        wanted = Obligation(*figure.direction, OPEN)
        terms = self.terms.get(figure.agreement, [])
        return any(one.serves(part.direction, part.category, wanted) for one in terms)

    def _by_then(self, part: trace.Contribution, figure: Figure) -> bool:
        """Whether the phase of a part comes no later than that of the figure."""
        if figure.phase is None:
            return True
        mine, its = (part.agreement, part.phase), (figure.agreement, figure.phase)
        return any(mine in places and places[mine] <= places.get(its, -1) for places in self.places)


_TERMS = (AgreementSigned, TermsAmended)
_PHASES = (PhaseCompleted, PhaseVoided)


def _of_kind(events: Iterable[Recorded], kinds: tuple[type[Event], ...]) -> tuple[Recorded, ...]:
    return tuple(one for one in events if isinstance(one.event, kinds))


def _places(history: Iterable[Recorded]) -> dict[tuple[str, int], int]:
    completed = (
        (one.agreement_id, one.event.phase) for one in history if isinstance(one.event, PhaseCompleted)
    )
    return {phase: place for place, phase in enumerate(completed)}


def _made(recorded: Recorded, figure: Figure) -> bool:
    """Whether there may be such a figure because of an event: any makes an agreement known."""
    event = recorded.event
    if figure.measure == "status":
        return True
    return isinstance(event, PhaseCompleted | PhaseCorrected | PhaseVoided) and event.phase == figure.phase


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
