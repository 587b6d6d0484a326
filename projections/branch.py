"""What if? The one rule: a branch is a value; nothing of it is ever written.

A branch retells a history with something changed: under other terms, without some events, with others
after it. What would have followed follows; what rules it would break is reported, not refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import Agreement, AgreementSigned, Event, Recorded, Terms, TermsAmended, evolve, fold
from reciprocity.domain.commands import consequences
from reciprocity.projections.projection import ask
from reciprocity.projections.retelling import Retelling
from reciprocity.projections.verdicts import VerdictRow, Verdicts

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence


@attrs.frozen
class Branch:
    """A history that was not, and what rules it would break."""

    history: tuple[Recorded, ...]
    verdicts: tuple[VerdictRow, ...]


def what_if(
    history: Sequence[Recorded],
    *,
    terms: Terms | None = None,
    without: Collection[int] = (),
    then: Iterable[Event] = (),
) -> Branch:
    """The branch of one agreement's *history* under other *terms*, *without* some versions, and with *then*.

    Other terms stand from the signing on, so that amendments of the old ones fall away. A phase left out
    takes its corrections and its voiding with it. Events of *then* are recorded at the last known instant.
    With nothing changed, the branch is the history.

    >>> what_if([]).history
    ()
    """
    if not history:
        return Branch((), ())
    retelling = Retelling.of(history)
    told = [*retelling.told(_changed(retelling.requests, terms, frozenset(without)))]
    last = history[-1]
    agreement = fold(Agreement(last.agreement_id), (one.event for one in told))
    for imagined in then:
        for event in consequences(agreement, imagined):
            agreement = evolve(agreement, event)
            told.append(attrs.evolve(last, command_id="what-if", event=event, position=0))
    numbered = tuple(attrs.evolve(one, version=version) for version, one in enumerate(told, start=1))
    return Branch(numbered, tuple(ask(Verdicts(), numbered)))


def _changed(
    requests: Iterable[Recorded], terms: Terms | None, without: frozenset[int]
) -> Iterator[Recorded]:
    for request in requests:
        event = request.event
        if request.version in without or (terms is not None and isinstance(event, TermsAmended)):
            continue
        if isinstance(event, AgreementSigned) and terms is not None:
            event = attrs.evolve(event, terms=terms)
        yield attrs.evolve(request, event=event)
