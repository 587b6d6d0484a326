"""Streams: agreements as kept between commands. The one rule: recorded instants never run backwards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import attrs
from eventsourcing.persistence import Mapper, StoredEvent

from reciprocity.domain import Agreement, Event, Recorded, fold, forms
from reciprocity.store.errors import OutOfOrder

if TYPE_CHECKING:
    from reciprocity.store.wire import Wire


@attrs.frozen
class Dated:
    """An event that an older record learned of at *recorded_at*, in any time zone; ``None`` is now."""

    event: Event
    recorded_at: dt.datetime | None = attrs.field(validator=attrs.validators.optional(forms.aware_instant))


@attrs.frozen
class Stream:
    """What is kept of an agreement between commands: its state, and the instant of its last event."""

    agreement: Agreement
    recorded_at: dt.datetime | None = None

    @property
    def version(self) -> int:
        """Of its last event."""
        return self.agreement.version

    def after(self, history: Iterable[Recorded]) -> Stream:
        """The stream with all that was recorded since."""
        last = self.recorded_at

        def events() -> Iterator[Event]:
            nonlocal last
            for recorded in history:
                last = recorded.recorded_at
                yield recorded.event

        agreement = fold(self.agreement, events())
        return Stream(agreement, last)

    def enveloped(self, decided: Iterable[Event | Dated], *, by: str, now: dt.datetime) -> list[Recorded]:
        """What was decided, as it is to be recorded: by a command of that id, *now* unless it is dated.

        Raises:
            OutOfOrder: an event is dated before the one ahead of it, or after *now*.
        """
        last = self.recorded_at
        pending: list[Recorded] = []
        for version, one in enumerate(decided, start=self.version + 1):
            dated = one if isinstance(one, Dated) else Dated(one, None)
            behind = last is not None and now < last and dated.recorded_at is None
            last = _instant(self.agreement.id, dated.recorded_at, last, now)
            clock_at = now if behind else None
            pending.append(Recorded(self.agreement.id, version, last, by, dated.event, clock_at=clock_at))
        return pending


def _instant(
    agreement_id: str, given: dt.datetime | None, last: dt.datetime | None, now: dt.datetime
) -> dt.datetime:
    if given is None:
        # A clock that was set back must not make the record run backwards.
        return max(now, last) if last else now
    if last and given < last:
        raise OutOfOrder(f"{agreement_id}: {given} is before its last event, of {last}")
    if given > now:
        raise OutOfOrder(f"{agreement_id}: {given} is ahead of the clock, {now}")
    return given.astimezone(dt.UTC)


class ClosedMapper(Mapper[str]):
    """Between `Recorded` and the library's rows, by our closed table instead of by importing topics."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The row of an event."""
        topic, state = self._wire.encode(domain_event)
        return StoredEvent(
            originator_id=domain_event.agreement_id,
            originator_version=domain_event.version,
            topic=topic,
            state=state,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> Any:
        """The event of a row."""
        return self._wire.decode(
            str(stored_event.originator_id),
            stored_event.originator_version,
            stored_event.topic,
            stored_event.state,
            getattr(stored_event, "id", 0),  # a notification has a position, a row of a stream has not
        )
