"""Record: take a journal over into a register. The one rule: all of its new events, or none of them.

What is stored already must be what the journal tells: then only what is new is added, and recording the
same journal again adds nothing. A journal that tells it otherwise is refused, naming the first difference.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import (
    Agreement,
    Event,
    Malformed,
    ReciprocityError,
    Recorded,
    Refused,
)
from reciprocity.domain.commands import outcome
from reciprocity.store import Dated, OutOfOrder, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reciprocity.replay.journal import Entry, Journal
    from reciprocity.store import Register


class RefusedJournal(ReciprocityError):
    """A journal's event breaks rules; nothing of the journal was recorded."""

    def __init__(self, journal: Journal, line: int, refused: Refused) -> None:
        self.line = line
        self.refused = refused
        broken = "".join(f"\n  {violation}" for violation in refused.violations)
        super().__init__(f"{journal.name}:{line}: refused:{broken}")


class Contradiction(ReciprocityError):
    """A journal tells otherwise what is stored; nothing of it was recorded."""

    def __init__(self, journal: Journal, line: int, stored: Recorded, difference: str) -> None:
        self.line = line
        self.version = stored.version
        super().__init__(
            f"{journal.name}:{line}: contradicts what is stored as version {stored.version} "
            f"of {stored.agreement_id} ({name_of(stored.event)}): {difference}"
        )


@attrs.frozen
class _Told:
    """An event as the journal tells it, or as it follows from what the journal tells."""

    entry: Entry
    event: Event


def record(register: Register, journal: Journal) -> list[Recorded]:
    """Add to *register* what *journal* tells and is not yet stored; what was added.

    Raises:
        RefusedJournal: the first event that breaks rules, with all its violations.
        Contradiction: the first event that differs from what is stored.
        OutOfOrder: an instant that lies before what is stored, or ahead of the clock.
    """
    told = list(_told(journal))

    def what_is_new(agreement: Agreement) -> Iterable[Dated]:
        _compare(journal, told, register.history(agreement.id))
        return [Dated(one.event, one.entry.recorded_at) for one in told[agreement.version :]]

    try:
        return register.command(journal.agreement_id, what_is_new)
    except OutOfOrder as error:
        raise OutOfOrder(f"{journal.name}: {error}") from error
    except Malformed as error:
        raise Malformed(f"{journal.name}: {error}") from error


def _told(journal: Journal) -> Iterator[_Told]:
    """Every event that recording *journal* from its beginning leads to."""
    agreement = Agreement(journal.agreement_id)
    for entry in journal.entries:
        try:
            events, agreement = outcome(agreement, entry.event)
        except Refused as refused:
            raise RefusedJournal(journal, entry.line, refused) from refused
        yield from (_Told(entry, event) for event in events)


def _compare(journal: Journal, told: list[_Told], history: Iterable[Recorded]) -> None:
    for stored, one in zip(history, told, strict=False):
        at = one.entry.recorded_at if one.entry.is_told else None
        if stored.event != one.event:
            raise Contradiction(journal, one.entry.line, stored, difference(stored.event, one.event))
        if at is not None and stored.recorded_at != at:
            instants = f"recorded_at is {stored.recorded_at} there, {at} here"
            raise Contradiction(journal, one.entry.line, stored, instants)


def difference(stored: Event, told: Event) -> str:
    """In what two events differ: their names, or the fields."""
    if type(stored) is not type(told):
        return f"here it is {name_of(told)}"
    differing = [
        field.name
        for field in attrs.fields(type(stored))
        if getattr(stored, field.name) != getattr(told, field.name)
    ]
    return f"{', '.join(differing)} differ{'s' if len(differing) == 1 else ''}"
