"""The register: every agreement on record, in one log. The one rule: what is recorded stays recorded.

`Register` is an `eventsourcing` application whose aggregates are `reciprocity.domain.Agreement`. It loads,
asks the domain, and records; on a conflict with another writer it starts again from what is now recorded.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, cast
from weakref import WeakSet

import attrs
from eventsourcing.application import Application, LRUCache
from eventsourcing.persistence import IntegrityError
from eventsourcing.utils import Environment

from reciprocity.domain import Agreement, Event, Recorded
from reciprocity.store import takeover
from reciprocity.store.asking import Commands, Once
from reciprocity.store.backup import Copied, back_up
from reciprocity.store.encryption import wire_with
from reciprocity.store.errors import CommandTaken, Conflict, NotAllowed
from reciprocity.store.follow import Following, Waiting
from reciprocity.store.log import Log, missing
from reciprocity.store.streams import ClosedMapper, Dated, Stream
from reciprocity.store.urls import open_url
from reciprocity.store.views import Views, dialect_of
from reciprocity.store.wire import WIRE, Wire

if TYPE_CHECKING:
    from eventsourcing.persistence import InfrastructureFactory, Mapper
    from eventsourcing.utils import EnvType

    from reciprocity.store.encryption_keys import Key
    from reciprocity.store.log import Between
    from reciprocity.store.sqlite import Recorder


Clock: TypeAlias = Callable[[], dt.datetime]
Decision: TypeAlias = Callable[[Agreement], Iterable[Event | Dated]]

ATTEMPTS = 5
"""How often a command is tried before another writer's coming first is reported."""

_CACHED = 1_000  # agreements kept between commands


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class Register(Commands, Application[str]):
    """Every agreement on record.

    >>> from reciprocity.domain import Terms, Transfer
    >>> with Register.open("memory:") as register:
    ...     signed = register.sign("swap", Terms.symmetric("UKR", "RUS", total=1))
    ...     completed = register.complete_phase(
    ...         "swap", 1, [Transfer("UKR", "RUS", "civilian", 1), Transfer("RUS", "UKR", "civilian", 1)]
    ...     )
    ...     [type(recorded.event).__name__ for recorded in register.history("swap")]
    ['AgreementSigned', 'PhaseCompleted', 'AgreementFulfilled']
    """

    def __init__(
        self, factory: InfrastructureFactory[Any], *, clock: Clock = _now, wire: Wire = WIRE
    ) -> None:
        self._factory = factory
        self._clock = clock
        self._wire = wire
        self._streams: LRUCache[str, Stream] = LRUCache(maxsize=_CACHED)
        self._waiting: WeakSet[Waiting] = WeakSet()
        self._has_the_key = False
        super().__init__()

    @classmethod
    def open(
        cls,
        url: str,
        *,
        create: bool = False,
        reading: bool = False,
        clock: Clock = _now,
        key: Key | None = None,
    ) -> Register:
        """Open the register at *url*.

        A URL is ``sqlite:///relative.db``, ``sqlite:////absolute.db``, ``postgresql://user@host/database``
        or ``memory:``. *create* makes the store if nothing is there. One that is opened for *reading* sees
        what others record, but leaves the store as it is, and raises `NotAllowed` when it is to record.
        *clock* gives the present instant, in UTC. With a *key* every fact is stored encrypted, and only such
        are read; see `encryption`.

        Raises:
            NotAStore: if nothing is there, or something that is not a store of ours.
            Unreadable: if it is a store that is damaged.
            KeyUnusable: if what encryption needs is not installed.
        """
        if create and reading:
            raise ValueError("a store that is to be created is not for reading alone")
        wire = WIRE if key is None else wire_with(key)
        return cls(open_url(url, create=create, reading=reading), clock=clock, wire=wire)

    def once(self, command_id: str) -> Once:
        """The same commands under an id of the caller's: asked again, they return what they first recorded.

        That makes a retry safe where nobody knows whether a command was recorded: after a lost answer, a
        killed process, a server that was replaced. Each id stands for one command.

        Raises:
            CommandTaken: when a command is asked, if its id has recorded something of another agreement.

        >>> from reciprocity.domain import Terms
        >>> with Register.open("memory:") as register:
        ...     first = register.once("c-1").sign("swap", Terms.symmetric("UKR", "RUS", total=1))
        ...     again = register.once("c-1").sign("swap", Terms.symmetric("UKR", "RUS", total=1))
        ...     first == again, len(list(register.log()))
        (True, 1)
        """
        return Once(self, command_id)

    def command(
        self,
        agreement_id: str,
        decision: Decision,
        *,
        command_id: str | None = None,
    ) -> list[Recorded]:
        """Record what *decision* makes of the agreement as it stands; in one transaction, or not at all.

        A *command_id* of the caller's makes a retry safe: if it is on record, what it recorded is
        returned and nothing is added. A decision that takes over an older record returns `Dated` events.

        Raises:
            Refused: the decision breaks rules.
            Conflict: another writer came first, each of several times.
            OutOfOrder: a given instant lies before the agreement's last event, or ahead of the clock.
        """
        by = command_id or uuid.uuid4().hex
        # What is cached may be behind the store. Then the next version is taken, and recording it fails.
        stream = self._cached(agreement_id) or self._stream(agreement_id)
        for _ in range(ATTEMPTS):
            conflict, refused = False, None
            try:
                if recorded := self._put_on_record(stream, decision, by):
                    return recorded
            except IntegrityError:
                conflict = True
            except Exception as error:  # noqa: BLE001  # raised again below, unless it spoke of an old state
                refused = error
            # Asked even if nobody gave an id: the answer to a commit may have been lost.
            if (outcome := self._outcome(by, agreement_id)) is not None:
                return outcome
            known, stream = stream, self._stream(agreement_id)
            if not conflict and stream.version == known.version:
                if refused is not None:
                    raise refused
                return []
        raise Conflict(agreement_id, stream.version + 1, ATTEMPTS)

    def take_over(self, history: Iterable[Recorded]) -> int:
        """Record what another register holds and this one does not, as it is; how many events that was.

        *history* has every agreement in it from its first version on. Instants and command ids are kept;
        positions are those of this log. It is one transaction. The caller asks whether the rules hold.

        Raises:
            Differs: what is stored already is told otherwise.
            CommandTaken: a command id is on record for something else.
            OutOfOrder: a version is not the next; an instant runs backwards, or lies ahead of the clock.
            Conflict: another writer came first, each of several times.
        """
        told, new = list(history), list[Recorded]()
        for _ in range(ATTEMPTS):
            new = takeover.what_is_new(told, self.history, self._clock().astimezone(dt.UTC))
            if not new:
                return 0
            continued = takeover.check_commands(new, self._command_ends({one.command_id for one in new}))
            try:
                self._append(new, continued)
            except IntegrityError:
                continue
            return len(new)
        raise Conflict(new[0].agreement_id, new[0].version, ATTEMPTS)

    @property
    def wire(self) -> Wire:
        """How its events are stored."""
        return self._wire

    def agreement(self, agreement_id: str) -> Agreement:
        """The agreement as it stands; unsigned, if nothing is on record under that id."""
        return self._stream(agreement_id).agreement

    def agreement_ids(self) -> list[str]:
        """The ids of all agreements on record, in the order of their first events."""
        return self._recorder.agreement_ids()

    def history(self, agreement_id: str, *, after: int = 0) -> Iterator[Recorded]:
        """The events of one agreement in order, those *after* a version; none, if it is not on record.

        Raises:
            Unreadable: an event cannot be read, or one is missing.
        """
        decode = self._wire.decode
        rows = self._recorder.select_history(agreement_id, after=after)
        for due, (position, _, version, topic, state) in enumerate(rows, start=after + 1):
            if version != due:
                raise missing(agreement_id, due, version)
            yield decode(agreement_id, version, topic, state, position)

    def log(  # type: ignore[override]  # deprecated upstream
        self, *, after: int = 0, up_to: int | None = None, between: Between | None = None
    ) -> Log:
        """The events in the order of their positions: those *after* one, *up_to* one.

        Of all agreements, or only of those *between* two ids, of which the second is not included.
        """
        return Log(self._recorder, self._wire, after, up_to, between)

    def last_position(self) -> int:
        """The position of the last event in the log; 0 if it is empty."""
        return self._recorder.last_position()

    def views(self) -> Views:
        """The tables in which answers of projections are kept, in the same database.

        Raises:
            NotAllowed, NeedsKey: the register is encrypted. Views would tell in plain what it hides.
        """
        if self._wire.plain is not self._wire:
            raise NotAllowed("an encrypted register keeps no views: they would tell in plain what it hides")
        self._check_key()
        return Views(self._recorder, self._wire, dialect_of(self._recorder))

    def back_up(self, path: Path) -> Copied:
        """Copy the record as it is now into a new file: a store with the same positions; see `backup`.

        Raises:
            NotCopied: the name is taken, or the file cannot be made. Nothing is left of it.
            Unreadable: a row cannot be read.
        """
        return back_up(self._recorder, path)

    def follow(self, *, after: int = 0, timeout: float | None = None) -> Following:
        """The events *after* a position, and then each as it is recorded, by this process or another.

        It waits for the next event without end; with a *timeout*, until nothing was recorded for so many
        seconds: 0 gives what is there. Another thread may end it, by closing it or the register. After an
        error it is at its end, too: follow anew, after the last position it gave.

        Raises:
            Unreadable: while reading, if an event cannot be read, or one is missing.
            ConnectionLost: while reading or waiting, if the server is gone.

        >>> from reciprocity.domain import Terms
        >>> with Register.open("memory:") as register:
        ...     signed = register.sign("swap", Terms.symmetric("UKR", "RUS", total=1))
        ...     with register.follow(timeout=0) as events:
        ...         [(recorded.position, recorded.agreement_id) for recorded in events]
        [(1, 'swap')]
        """
        return Following(self._someone_waiting(), self._wire, after, timeout)

    def wait(self, *, after: int, timeout: float | None = None) -> bool:
        """Wait until something is recorded *after* a position; whether it was, within *timeout* seconds.

        This is for who reads the log in rounds: all that is there, then all that has come since.
        """
        return self._someone_waiting().for_more(after, timeout)

    def close(self) -> None:
        """Close the store. Whoever follows its log, or waits, is at the end."""
        self.closing.set()
        with suppress(KeyError):  # there is none left
            while True:
                self._waiting.pop().close()
        super().close()

    def _someone_waiting(self) -> Waiting:
        waiting = Waiting(self._recorder, self)
        self._waiting.add(waiting)
        return waiting

    @property
    def _recorder(self) -> Recorder:
        return cast("Recorder", self.recorder)

    def _cached(self, agreement_id: str) -> Stream | None:
        try:
            return self._streams.get(agreement_id)
        except KeyError:
            return None

    def _stream(self, agreement_id: str) -> Stream:
        known = self._cached(agreement_id) or Stream(Agreement(agreement_id))
        # Whatever is cached is brought up to what the store holds now: others write to it too.
        stream = known.after(self.history(agreement_id, after=known.version))
        self._streams.put(agreement_id, stream)
        return stream

    def _put_on_record(self, stream: Stream, decision: Decision, by: str) -> list[Recorded]:
        """What was recorded of *decision*, each event with its position."""
        decided = decision(stream.agreement)
        pending = stream.enveloped(decided, by=by, now=self._clock().astimezone(dt.UTC))
        if not pending:
            return []
        positions = self._append(pending)
        self._streams.put(stream.agreement.id, stream.after(pending))
        pairs = zip(pending, positions, strict=True)
        return [attrs.evolve(recorded, position=position) for recorded, position in pairs]

    def _append(self, new: list[Recorded], continued: Collection[str] = ()) -> Sequence[int]:
        """The positions of these events, now recorded in one transaction; see `takeover` for *continued*."""
        self._check_key()
        stored = list(map(self.mapper.to_stored_event, cast("Any", new)))
        by = [recorded.command_id for recorded in new]
        return cast(
            "Sequence[int]", self._recorder.insert_events(stored, command_ids=by, continued=continued)
        )

    def _check_key(self) -> None:
        """Once, before the first writing: what is stored is of this key, or plain if there is none."""
        if self._has_the_key:
            return
        last = self._recorder.last_position()
        ends = [row for after in (0, last - 1) for row in self._recorder.select_rows(after=after, limit=1)]
        self._wire.check_beside(ends if last else [])
        self._has_the_key = last > 0

    def _outcome(self, command_id: str, asked_of: str) -> list[Recorded] | None:
        """What a command recorded; ``None`` if it recorded nothing."""
        start = self._recorder.command_starts([command_id]).get(command_id)
        if start is None:
            return None
        agreement_id, first = start
        if agreement_id != asked_of:
            raise CommandTaken(command_id, asked_of)
        return self._recorded_by(command_id, agreement_id, first)

    def _command_ends(self, command_ids: Collection[str]) -> takeover.Ends:
        """The agreement and the last version of what is stored of these commands."""
        starts = self._recorder.command_starts(command_ids).items()
        recorded = [self._recorded_by(command_id, *start) for command_id, start in starts]
        return {one[-1].command_id: (one[-1].agreement_id, one[-1].version) for one in recorded if one}

    def _recorded_by(self, command_id: str, agreement_id: str, first: int) -> list[Recorded]:
        """The events of a command, which begin at a version of an agreement."""
        history = self.history(agreement_id, after=first - 1)
        return list(takewhile(lambda recorded: recorded.command_id == command_id, history))

    # How the application is put together: from what it was given, never from the environment.

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Only what is passed: the library would let the process's environment override it."""
        return Environment(name, env)

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:  # noqa: ARG002
        """The factory that the register was opened with."""
        return self._factory

    def construct_mapper(self) -> Mapper[str]:
        """Our closed table: the library would import whatever module a stored topic names."""
        return ClosedMapper(self._wire)
