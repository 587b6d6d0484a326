"""Workload: a living log of exchanges between two parties. The one rule: it is the same log every time.

Each agreement is signed and then carried out in phases. A phase has a day, four transfers (two parties, two
categories) and two sources. The agreements take turns, in an order shuffled anew in each round.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from itertools import permutations
from typing import Any, NamedTuple, TypeAlias

import attrs

Plain: TypeAlias = dict[str, Any]
"""A fact as plain values: dicts, lists, strings and numbers."""

SIGNED, COMPLETED = "AgreementSigned", "PhaseCompleted"

_FIRST_INSTANT = dt.datetime(2010, 1, 1, tzinfo=dt.UTC)
_HOUR, _MILLISECOND = dt.timedelta(hours=1), dt.timedelta(milliseconds=1)
_DIRECTIONS = (("UKR", "RUS"), ("RUS", "UKR"))
_MOST_PRISONERS, _MOST_CIVILIANS = 300, 120
_OFFICES = (
    ("ua-hq", "Coordination Headquarters for the Treatment of Prisoners of War"),
    ("ua-president", "Office of the President of Ukraine"),
    ("ua-ombudsman", "Ukrainian Parliament Commissioner for Human Rights"),
    ("ru-mod", "Ministry of Defence of the Russian Federation"),
    ("ru-ombudsman", "High Commissioner for Human Rights in the Russian Federation"),
    ("mediator", "Ministry of Foreign Affairs of the United Arab Emirates"),
)
_CITED = list(permutations(_OFFICES, 2))
_TERMS = {
    "title": "1,000,000,000 for 1,000,000,000",
    "parties": [{"code": "UKR", "name": "Ukraine"}, {"code": "RUS", "name": "Russian Federation"}],
    "obligations": [
        {"releasing": releasing, "receiving": receiving, "total": 1_000_000_000}
        for releasing, receiving in _DIRECTIONS
    ],
    "symmetry": "each-phase",
}


class Told(NamedTuple):
    """One event: of which agreement, its how-manieth, when it was recorded, and what it says."""

    agreement: str
    version: int
    recorded_at: dt.datetime
    name: str
    fact: Plain


@attrs.frozen
class Workload:
    """So many agreements of so many events each.

    Two offices are cited in each event: the same few pages again and again, or (*fresh_urls*) a new page
    every time.
    """

    agreements: int
    versions: int
    fresh_urls: bool = False

    @property
    def events(self) -> int:
        """How many events that makes."""
        return self.agreements * self.versions

    def day(self, version: int) -> dt.date:
        """The day on which the events of that version came about."""
        return (_FIRST_INSTANT + version * _HOUR).date()

    def told(self) -> Iterator[Told]:
        """Every event, in the order of the log; memory does not grow with it."""
        rng = random.Random(self.versions)  # noqa: S311  # the same log every time
        names = [name_of(number) for number in range(self.agreements)]
        for version in range(1, self.versions + 1):
            rng.shuffle(names)
            for place, agreement in enumerate(names):
                yield self._told(agreement, version, place, rng)

    def more(self, versions: Iterable[tuple[str, int]]) -> Iterator[Told]:
        """The next event of each of these agreements, of which so many versions are told."""
        rng = random.Random(self.versions)  # noqa: S311
        for place, (agreement, version) in enumerate(versions):
            yield self._told(agreement, version + 1, place, rng)

    def _told(self, agreement: str, version: int, place: int, rng: random.Random) -> Told:
        at = _FIRST_INSTANT + version * _HOUR + place * _MILLISECOND
        page = f"{version}-{place}" if self.fresh_urls else None
        sources = [_source(key, publisher, page) for key, publisher in rng.choice(_CITED)]
        return _told(agreement, version, at, sources, rng)


def name_of(number: int) -> str:
    """The id of the agreement of that number, from 0."""
    return f"exchange-{number:05d}"


def _told(agreement: str, version: int, at: dt.datetime, sources: list[Plain], rng: random.Random) -> Told:
    if version == 1:
        terms = {**_TERMS, "signed_on": at.date().isoformat()}
        return Told(agreement, version, at, SIGNED, {"terms": terms, "sources": sources})
    prisoners, civilians = int(rng.random() * _MOST_PRISONERS) + 1, int(rng.random() * _MOST_CIVILIANS) + 1
    released = [
        {"releasing": a, "receiving": b, "category": category, "count": count, "within_agreement": True}
        for a, b in _DIRECTIONS
        for category, count in (("prisoner_of_war", prisoners), ("civilian", civilians))
    ]
    day = at.date().isoformat()
    fact = {"phase": version - 1, "completed_on": day, "released": released, "sources": sources}
    return Told(agreement, version, at, COMPLETED, fact)


def _source(key: str, publisher: str, page: str | None) -> Plain:
    url = f"https://example.org/{key}" if page is None else f"https://example.org/{key}/{page}"
    return {"key": key, "publisher": publisher, "url": url}
