"""A history told again, with something left out or changed. The one rule: what follows, follows anew.

An event may say what it takes out of the record, and may have followed from another by itself. Both are
worked out again from what is left, so that a retold history is one that could have been recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import (
    Agreement,
    AgreementFulfilled,
    ClaimRecorded,
    Event,
    PhaseCorrected,
    PhaseVoided,
    Recorded,
    evolve,
    judge,
    violations,
)
from reciprocity.domain.commands import consequences, follows_from

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@attrs.frozen
class Retelling:
    """What was asked for, in order, and what followed from it, by agreement and version."""

    requests: tuple[Recorded, ...]
    followed: dict[tuple[str, int], Recorded]

    @classmethod
    def of(cls, history: Iterable[Recorded]) -> Retelling:
        """The requests behind a history, with what each took out of the record left open."""
        requests: list[Recorded] = []
        followed: dict[tuple[str, int], Recorded] = {}
        agreements: dict[str, Agreement] = {}
        last: dict[str, Event] = {}
        for recorded in history:
            before = agreements.get(recorded.agreement_id) or Agreement(recorded.agreement_id)
            trigger = last.get(recorded.agreement_id)
            last[recorded.agreement_id] = recorded.event
            if trigger is not None and recorded.event in follows_from(before, trigger):
                followed[recorded.agreement_id, recorded.version] = recorded
            else:
                requests.append(attrs.evolve(recorded, event=left_open(recorded.event)))
            agreements[recorded.agreement_id] = evolve(before, recorded.event)
        return cls(tuple(requests), followed)

    def told(self, requests: Iterable[Recorded]) -> Iterator[Recorded]:
        """The history that these requests lead to.

        What follows stands under its old envelope if it has one, else under that of the event from which
        it follows. What has lost its subject falls away.
        """
        agreements: dict[str, Agreement] = {}
        for request in requests:
            agreement = agreements.get(request.agreement_id) or Agreement(request.agreement_id)
            if _has_lost_its_subject(agreement, request.event):
                continue
            for number, event in enumerate(consequences(agreement, request.event)):
                agreement = evolve(agreement, event)
                yield self._envelope(request, number, event)
            agreements[request.agreement_id] = agreement

    def _envelope(self, request: Recorded, number: int, event: Event) -> Recorded:
        before = self.followed.get((request.agreement_id, request.version + number))
        if before is not None and before.event == event:
            return before
        return attrs.evolve(request, event=event)


def left_open(event: Event) -> Event:
    """The event without what it says it takes out of the record."""
    if isinstance(event, PhaseCorrected | PhaseVoided):
        return attrs.evolve(event, reverses=None)
    return event


def _has_lost_its_subject(agreement: Agreement, event: Event) -> bool:
    """Whether there is nothing left to correct, to void, to speak of, or to declare fulfilled."""
    if isinstance(event, ClaimRecorded):
        return event.phase is not None and event.phase not in agreement.phases
    if isinstance(event, PhaseCorrected):
        return agreement.phase(event.phase).handover is None
    if isinstance(event, PhaseVoided):
        return event.phase not in agreement.phases
    if isinstance(event, AgreementFulfilled):
        return bool(violations(judge(agreement, event, evolve(agreement, event))))
    return False
