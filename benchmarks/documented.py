"""(a): `eventsourcing` used as its documentation shows, on SQLite with the library's defaults.

Where the documentation leaves a choice, the one that is faster for the library is taken:

- a fact is plain values in an event's fields, which its JSON transcoder takes as they are;
- events are classes with an ``apply`` method, about a tenth faster than decorated methods of the aggregate;
- the aggregate keeps its terms and its totals, and nothing else;
- the notification log has sections of 1,000 (its default is 10), and its events are folded with
  ``isinstance`` into a plain dict, not through a dispatching policy;
- its SQLite recorder has no subscriptions, so the projection is fed from the notification log, in the
  calling thread, as `ProjectionRunner` feeds one from a subscription;
- the view is a file of its own, and a fact's rows are one ``executemany`` beside its tracking;
- no rule is asked and no type is checked: nothing in the documented way does.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias, cast
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import Application
from eventsourcing.dispatch import singledispatchmethod
from eventsourcing.domain import Aggregate
from eventsourcing.persistence import Tracking, TrackingRecorder
from eventsourcing.projection import Projection
from eventsourcing.sqlite import SQLiteDatastore, SQLiteFactory, SQLiteTrackingRecorder
from eventsourcing.system import NotificationLogReader
from eventsourcing.utils import get_topic

from benchmarks.workload import COMPLETED, SIGNED, Plain, Told

SECTION = 1_000
"""Notifications in a section of the log."""

Lane: TypeAlias = tuple[str, str, str, str]
Totals: TypeAlias = dict[Lane, int]
"""How many, by agreement, releasing and receiving party, and category."""


class Agreement(Aggregate):
    """An agreement as a user of the library would write it."""

    class Signed(Aggregate.Created):
        """The parties agreed on terms."""

        terms: Plain
        sources: list[Plain]

    class PhaseCompleted(Aggregate.Event):
        """A phase took place."""

        phase: int
        completed_on: str
        released: list[Plain]
        sources: list[Plain]

        def apply(self, aggregate: Aggregate) -> None:
            """Add what was released."""
            cast("Agreement", aggregate).add(self.phase, self.released)

    def __init__(self, terms: Plain, sources: list[Plain]) -> None:
        self.terms = terms
        self.sources = sources
        self.phase = 0
        self.exchanged: dict[tuple[str, str, str], int] = {}

    def add(self, phase: int, released: list[Plain]) -> None:
        """Add what was released in a phase."""
        self.phase = phase
        exchanged = self.exchanged
        for transfer in released:
            if transfer["within_agreement"]:
                lane = (transfer["releasing"], transfer["receiving"], transfer["category"])
                exchanged[lane] = exchanged.get(lane, 0) + transfer["count"]


class Agreements(Application[UUID]):
    """The application."""

    log_section_size = SECTION


_CLASSES = {SIGNED: Agreement.Signed, COMPLETED: Agreement.PhaseCompleted}


def id_of(agreement: str) -> UUID:
    """The aggregate id that stands for an agreement's."""
    return uuid5(NAMESPACE_URL, f"/agreements/{agreement}")


def open_at(path: Path) -> Agreements:
    """The application on the database at *path*, which is made if it is not there."""
    return Agreements(env=_environment(path))


def _environment(path: Path) -> dict[str, str]:
    return {"PERSISTENCE_MODULE": "eventsourcing.sqlite", "SQLITE_DBNAME": str(path)}


def events(told: Iterable[Told]) -> Iterator[Any]:
    """The library's events of the same facts."""
    for one in told:
        values = {**one.fact, "originator_topic": get_topic(Agreement)} if one.version == 1 else one.fact
        yield _CLASSES[one.name](
            originator_id=id_of(one.agreement),
            originator_version=one.version,
            timestamp=one.recorded_at,
            **values,
        )


def build(path: Path, told: Iterable[Told]) -> None:
    """Record these facts through the library, in large transactions; memory does not grow with them."""
    remaining = events(told)
    with open_at(path) as application:
        while batch := list(islice(remaining, 10 * SECTION)):
            application.events.put(batch)


def load(application: Agreements, agreement: str) -> Agreement:
    """The aggregate, from all of its events; the library keeps none unless it is told to."""
    return application.repository.get(id_of(agreement))


def totals(application: Agreements) -> Totals:
    """The totals of the whole log."""
    counted: Totals = {}
    add(counted, application)
    return counted


def add(counted: Totals, application: Agreements, after: int = 0, up_to: int | None = None) -> None:
    """The loop over the notification log, or a stretch of it, which adds up what was released."""
    reader = NotificationLogReader(application.notification_log, section_size=SECTION)
    to_event = application.mapper.to_domain_event
    for section in reader.select(start=after, stop=up_to, inclusive_of_start=False):
        for notification in section:
            event = to_event(notification)
            if isinstance(event, Agreement.PhaseCompleted):
                agreement = str(event.originator_id)
                for transfer in event.released:
                    if transfer["within_agreement"]:
                        lane = (agreement, transfer["releasing"], transfer["receiving"], transfer["category"])
                        counted[lane] = counted.get(lane, 0) + transfer["count"]


def record(application: Agreements, agreements: Iterable[list[Told]]) -> None:
    """Record whole agreements by the aggregate's commands, each in one transaction."""
    for signed, *phases in agreements:
        agreement = Agreement(**signed.fact)
        for one in phases:
            agreement.trigger_event(Agreement.PhaseCompleted, **one.fact)
        application.save(agreement)


def view_at(path: Path, application: Agreements, begin: int = 0) -> SQLiteCumulativeView:
    """A new view in a database at *path*, to begin after a position."""
    view = SQLiteFactory(_environment(path)).tracking_recorder(SQLiteCumulativeView)
    if begin:
        view.insert_tracking(Tracking(application.name, begin))
    return cast("SQLiteCumulativeView", view)


def catch_up(application: Agreements, view: SQLiteCumulativeView, *, stop: int) -> None:
    """Project what was recorded since the view was last brought up, up to a position."""
    projection = Cumulative(view)
    reader = NotificationLogReader(application.notification_log, section_size=SECTION)
    start = view.max_tracking_id(application.name)
    for section in reader.select(start=start, stop=stop, inclusive_of_start=False):
        for notification in section:
            tracking = Tracking(application.name, notification.id)
            projection.process_event(application.mapper.to_domain_event(notification), tracking)


class CumulativeView(TrackingRecorder, ABC):
    """How many were exchanged, by agreement, direction and category."""

    @abstractmethod
    def add(self, agreement: str, released: list[Plain], tracking: Tracking) -> None:
        """Add a phase."""


class SQLiteCumulativeView(SQLiteTrackingRecorder, CumulativeView):
    """The view as a table."""

    def __init__(self, datastore: SQLiteDatastore, **kwargs: Any) -> None:
        super().__init__(datastore, **kwargs)
        self.create_table_statements.append(
            "CREATE TABLE IF NOT EXISTS cumulative ("
            "agreement TEXT, releasing TEXT, receiving TEXT, category TEXT, exchanged INTEGER, "
            "PRIMARY KEY (agreement, releasing, receiving, category)) WITHOUT ROWID"
        )

    def add(self, agreement: str, released: list[Plain], tracking: Tracking) -> None:
        """Add a phase, and its tracking in the same transaction."""
        with self.datastore.transaction(commit=True) as cursor:
            self._insert_tracking(cursor, tracking)
            cursor.executemany(
                "INSERT INTO cumulative VALUES (?,?,?,?,?) "
                "ON CONFLICT DO UPDATE SET exchanged = exchanged + excluded.exchanged",
                [
                    (agreement, one["releasing"], one["receiving"], one["category"], one["count"])
                    for one in released
                    if one["within_agreement"]
                ],
            )

    def close(self) -> None:
        """Close the database."""
        self.datastore.close()

    def totals(self) -> Totals:
        """Everything in the view."""
        with self.datastore.transaction(commit=False) as cursor:
            cursor.execute("SELECT agreement, releasing, receiving, category, exchanged FROM cumulative")
            return {tuple(row)[:4]: row[4] for row in cursor.fetchall()}


class Cumulative(Projection[CumulativeView]):
    """Projects the events into the view, tracking each."""

    @singledispatchmethod
    def process_event(self, domain_event: Any, tracking: Tracking) -> None:  # noqa: ARG002
        """Only track what adds nothing."""
        self.view.insert_tracking(tracking)

    @process_event.register
    def _(self, domain_event: Agreement.PhaseCompleted, tracking: Tracking) -> None:
        self.view.add(str(domain_event.originator_id), domain_event.released, tracking)
