"""Wire: between an event and its stored bytes. The one rule: a closed table, and nothing is read past it.

A stored event is a name with a schema number (``phase-completed/1``) and a JSON text. Reading is strict:
a name or schema that is not in the table, a field too many, a field twice, a number that is a boolean:
each is refused. A text is accepted only if writing what was read gives the same bytes again. Texts of an
older schema are brought up to the present one by `upcasts` first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, cast

import attrs
import msgspec

from reciprocity.domain import (
    AgreementFulfilled,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    ClaimRecorded,
    Event,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    Recorded,
    TermsAmended,
)
from reciprocity.store import shapes
from reciprocity.store.errors import NeedsKey, Unreadable, shown
from reciprocity.store.upcasts import UPCASTS, Upcast

if TYPE_CHECKING:
    from reciprocity.store.log import Row


@attrs.frozen
class Kind:
    """One row of the table: a stored name, its present schema, and the class it stands for."""

    name: str
    schema: int
    event: type[Event]

    @property
    def topic(self) -> str:
        """What stands in the store's ``topic`` column."""
        return f"{self.name}/{self.schema}"


KINDS = (
    Kind("agreement-signed", 1, AgreementSigned),
    Kind("terms-amended", 1, TermsAmended),
    Kind("phase-announced", 1, PhaseAnnounced),
    Kind("phase-postponed", 1, PhasePostponed),
    Kind("phase-completed", 1, PhaseCompleted),
    Kind("phase-corrected", 1, PhaseCorrected),
    Kind("phase-voided", 1, PhaseVoided),
    Kind("claim-recorded", 1, ClaimRecorded),
    Kind("agreement-suspended", 1, AgreementSuspended),
    Kind("agreement-resumed", 1, AgreementResumed),
    Kind("agreement-fulfilled", 1, AgreementFulfilled),
    Kind("agreement-terminated", 1, AgreementTerminated),
)
"""Every event that can be stored, under the name and schema by which it is stored."""

_BY_CLASS = {kind.event: kind for kind in KINDS}


def kind_of(event: Event) -> Kind:
    """The row of the table that an event is stored by."""
    return _BY_CLASS[type(event)]


def name_of(event: Event) -> str:
    """The stored name of an event, without its schema: ``phase-completed``."""
    return kind_of(event).name


# A shape's fields are in order already; the keys of plain values are put in order.
_encode = msgspec.json.Encoder(order="deterministic").encode


class Stored(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An event with the part of its envelope that is not a column of its own."""

    clock_at: dt.datetime | None = None
    command_id: str
    event: Any  # in its shape
    recorded_at: dt.datetime


ENCRYPTED = b"\x01"
"""What an encrypted state begins with; a text begins with a brace. See `encryption`."""

_NO_KEY = "encrypted, and no key was given (--key-file or --key-fd; in Python, Register.open(…, key=…))"


def is_encrypted(state: object) -> bool:
    """Whether a stored state says that it is encrypted."""
    return isinstance(state, bytes) and state.startswith(ENCRYPTED)


def place(agreement_id: str, version: int, topic: str, position: int) -> str:
    """Where a stored event stands, as messages say it; a *position* of 0 is not known."""
    at = f"position {position}, " if position else ""
    return f"{at}{shown(agreement_id)} version {version}, {shown(topic)}"


class Wire:
    """Encodes and decodes by a table of kinds; applications use the module's `WIRE`.

    >>> from reciprocity.domain import AgreementFulfilled
    >>> at = dt.datetime(2025, 5, 25, 16, tzinfo=dt.UTC)
    >>> topic, state = WIRE.encode(Recorded("swap", 7, at, "c-1", AgreementFulfilled()))
    >>> topic, state
    ('agreement-fulfilled/1', b'{"command_id":"c-1","event":{},"recorded_at":"2025-05-25T16:00:00Z"}')
    >>> WIRE.decode("swap", 7, topic, state).event
    AgreementFulfilled(sources=(), notes=(), fulfilled_on=None)
    """

    def __init__(self, kinds: tuple[Kind, ...], upcasts: dict[str, Upcast]) -> None:
        self._topics = {kind.event: kind.topic for kind in kinds}
        self._readers = {kind.topic: (kind.event, _decoder(kind.event)) for kind in kinds}
        self._schemas = {kind.name: kind for kind in kinds}
        self._upcasts = upcasts

    def topic_of(self, event: type[Event]) -> str | None:
        """The topic under which events of a class are stored; ``None`` if they are not in the table."""
        return self._topics.get(event)

    def encode(self, recorded: Recorded) -> tuple[str, bytes]:
        """The topic and the bytes under which an event is stored."""
        state = Stored(
            clock_at=recorded.clock_at,
            command_id=recorded.command_id,
            event=shapes.stored(recorded.event),
            recorded_at=recorded.recorded_at,
        )
        return self._topics[type(recorded.event)], _encode(state)

    def decode(
        self, agreement_id: str, version: int, topic: str, state: bytes, position: int = 0
    ) -> Recorded:
        """The event that was stored.

        Raises:
            Unreadable: naming the agreement, the version and the reason.
        """
        try:
            if (reader := self._readers.get(topic)) is None:
                stored, event = self._of_an_older_schema(topic, state)
            else:
                kind, decode = reader
                stored = decode(state)
                _check_text(stored, state)
                event = shapes.restored(stored.event, kind)
            return Recorded(
                agreement_id, version, stored.recorded_at, stored.command_id, event, position, stored.clock_at
            )
        except (msgspec.MsgspecError, ValueError, TypeError, Unreadable, RecursionError) as error:
            where = place(agreement_id, version, topic, position)
            if is_encrypted(state):
                raise NeedsKey(f"{where}: {_NO_KEY}") from error
            raise Unreadable(f"{where}: {error}") from error

    @property
    def plain(self) -> Wire:
        """The wire that reads the texts of `opened` rows."""
        return self

    def opened(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Stored rows, each with its text in the place of its state: as they are, if nothing is encrypted."""
        return rows

    def check_beside(self, rows: Sequence[Row]) -> None:
        """Refuse to write beside stored rows that are encrypted.

        Raises:
            NeedsKey: naming the first of them.
        """
        for position, agreement_id, version, topic, state in rows:
            if is_encrypted(state):
                raise NeedsKey(f"{place(agreement_id, version, topic, position)}: {_NO_KEY}")

    def up_to_date(self, name: str, schema: int, fact: dict[str, Any]) -> tuple[type[Event], dict[str, Any]]:
        """The class of an event of that name and schema, and its *fact*, as the present schema has it.

        A fact is told with every field, as in a file of events.

        Raises:
            Unreadable: the name or the schema is not in the table.
        """
        kind = self._kind(name, schema)
        if schema == kind.schema:
            return kind.event, fact
        event = self._upcast(kind, schema, shapes.compact(fact))
        return kind.event, msgspec.json.decode(msgspec.json.encode(event), type=dict)

    def _of_an_older_schema(self, topic: str, state: bytes) -> tuple[Stored, Event]:
        name, _, schema = topic.partition("/")
        if not schema.isdecimal() or topic != f"{name}/{int(schema)}":
            raise Unreadable("no event of that name is known")
        kind = self._kind(name, int(schema))
        stored = _decode_any(state)
        _check_text(stored, state)
        return stored, self._upcast(kind, int(schema), stored.event)

    def _kind(self, name: str, schema: int) -> Kind:
        if (kind := self._schemas.get(name)) is None:
            raise Unreadable("no event of that name is known")
        if schema > kind.schema:
            raise Unreadable(f"schema {schema} is newer than this release reads ({kind.schema}); upgrade")
        return kind

    def _upcast(self, kind: Kind, schema: int, fact: dict[str, Any]) -> Event:
        """The event of an older schema, through one upcast after the other."""
        for older in range(schema, kind.schema):
            if (upcast := self._upcasts.get(f"{kind.name}/{older}")) is None:
                raise Unreadable(f"schema {older} was never written")
            fact = upcast(fact)
        return shapes.restored(msgspec.convert(fact, shapes.shape_of(kind.event)), kind.event)


def _decoder(event: type[Event]) -> Callable[[bytes], Stored]:
    """Reads the text of one kind of event: strictly, into its shape."""
    kind = msgspec.defstruct(
        "Stored",
        [("event", shapes.shape_of(event))],
        bases=(Stored,),
        frozen=True,
        kw_only=True,
        omit_defaults=True,
        forbid_unknown_fields=True,
    )
    return cast("Callable[[bytes], Stored]", msgspec.json.Decoder(kind).decode)


class _StoredOnce(Stored, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """An event of an older schema, as plain values."""

    event: dict[str, Any]


_decode_any = msgspec.json.Decoder(_StoredOnce).decode


def _check_text(stored: Stored, state: bytes) -> None:
    """A key twice, a needless blank, another order of keys: none of these is what we write."""
    if _encode(stored) != state:
        raise Unreadable("the text is not what its facts are written as")


WIRE = Wire(KINDS, UPCASTS)
