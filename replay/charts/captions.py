"""Captions: which record a picture is of, and who published it. The one rule: every picture has one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from reciprocity.domain import Recorded, Source
    from reciprocity.replay.language import Language
    from reciprocity.replay.options import Clocks


class Extent:
    """How far the record reaches that a picture is made of, noted while it is gone through once."""

    def __init__(self) -> None:
        self.events = 0
        self._positions: tuple[int, int] | None = None
        self._instants: tuple[dt.datetime, dt.datetime] | None = None
        self._sources: dict[Source, None] = {}

    @classmethod
    def of(cls, history: Iterable[Recorded]) -> Extent:
        """How far these events reach."""
        extent = cls()
        for _ in extent.noted(history):
            pass
        return extent

    def noted(self, history: Iterable[Recorded]) -> Iterator[Recorded]:
        """The same events, noted as they go by."""
        for one in history:
            first, last = self._positions or (one.position, one.position)
            since, until = self._instants or (one.recorded_at, one.recorded_at)
            self.events += 1
            self._positions = min(first, one.position), max(last, one.position)
            self._instants = min(since, one.recorded_at), max(until, one.recorded_at)
            self._sources.update(dict.fromkeys(one.event.sources))
            yield one

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources of the events, each once, in the order of the record."""
        return tuple(self._sources)

    def words(self, clocks: Clocks, language: Language) -> Iterator[str]:
        """Which events they are, as which clocks show them, and who published what they say."""
        if self._positions is not None and self._instants is not None:
            record = self._record(self._positions, self._instants, language)
            yield " ".join([record, *_seen(clocks, language)])
        yield self._published(language)

    def _record(
        self, positions: tuple[int, int], instants: tuple[dt.datetime, dt.datetime], language: Language
    ) -> str:
        return language.say(
            "Record: {events}, positions {first} to {last}, recorded from {since} to {until} (UTC).",
            events=language.say_many("{n} event", "{n} events", self.events),
            first=language.number(positions[0]),
            last=language.number(positions[1]),
            since=language.day(instants[0].date()),
            until=language.day(instants[1].date()),
        )

    def _published(self, language: Language) -> str:
        if not self._sources:
            return language.say("Sources: none is on record.")
        return language.say(
            "Sources ({number}): {publishers}",
            number=language.number(len(self._sources)),
            publishers="; ".join(dict.fromkeys(source.publisher for source in self._sources)),
        )


def _seen(clocks: Clocks, language: Language) -> Iterator[str]:
    if clocks.as_of:
        yield language.say("Only what had happened by {day}.", day=language.day(clocks.as_of))
    if clocks.known_at:
        at = clocks.known_at.strftime("%Y-%m-%d %H:%M")
        yield language.say("Only what was recorded by {instant} UTC.", instant=at)
