"""What if? The one rule: a branch is a value; nothing of it is ever written.

A branch retells a history with something changed: under other terms, without some events, with others
after it. What would have followed follows; what rules it would break is reported, not refused.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import (
    Agreement,
    AgreementSigned,
    Event,
    PhaseCompleted,
    PhaseVoided,
    Recorded,
    Terms,
    TermsAmended,
    evolve,
    fold,
    happened_on,
)
from reciprocity.domain.commands import consequences, is_on_record, with_reversal
from reciprocity.projections.projection import ask
from reciprocity.projections.retelling import Retelling, left_open
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
    takes its corrections and its voiding with it. Events of *then* are recorded at the last known instant,
    or on their own day if that is later; one that is on record already adds nothing. What they take out of
    the record is what the branch holds: if they say otherwise, the verdicts say so.
    With nothing changed, the branch is the history.

    Raises:
        Malformed: if *terms* were signed on a day after the instant at which the history has the signature.

    >>> what_if([]).history
    ()
    """
    if not history:
        return Branch((), ())
    retelling = Retelling.of(history)
    told = [*retelling.told(_changed(retelling.requests, terms, frozenset(without)))]
    said = list(told)
    agreement = fold(Agreement(history[-1].agreement_id), (one.event for one in told))
    last = attrs.evolve(history[-1], command_id="what-if", position=0)
    for imagined in then:
        if is_on_record(agreement, imagined):
            continue
        for event in consequences(agreement, imagined):
            last = attrs.evolve(last, recorded_at=_by_then(last.recorded_at, event), event=event)
            said.append(last)
            told.append(attrs.evolve(last, event=with_reversal(agreement, left_open(event))))
            agreement = evolve(agreement, event)
    return Branch(_numbered(told), tuple(ask(Verdicts(), _numbered(said))))


def _numbered(told: Iterable[Recorded]) -> tuple[Recorded, ...]:
    return tuple(attrs.evolve(one, version=version) for version, one in enumerate(told, start=1))


def _by_then(instant: dt.datetime, event: Event) -> dt.datetime:
    """The instant, or the day of the event if that is later: nothing is recorded before it happens."""
    day = happened_on(event)
    return instant if day is None else max(instant, dt.datetime.combine(day, dt.time(), dt.UTC))


def _changed(
    requests: Sequence[Recorded], terms: Terms | None, without: frozenset[int]
) -> Iterator[Recorded]:
    left_out = {
        request.event.phase
        for request in requests
        if request.version in without and isinstance(request.event, PhaseCompleted)
    }
    for request in requests:
        event = request.event
        if request.version in without or (terms is not None and isinstance(event, TermsAmended)):
            continue
        if isinstance(event, PhaseVoided) and event.phase in left_out:
            continue  # or it would call off what had only been announced
        if isinstance(event, AgreementSigned) and terms is not None:
            event = attrs.evolve(event, terms=terms)
        yield attrs.evolve(request, event=event)
