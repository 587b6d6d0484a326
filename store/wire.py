"""Wire: between an event and its stored bytes. The one rule: a closed table, and nothing is read past it.

A stored event is a name with a schema number (``phase-completed/1``) and a JSON text. Reading is strict:
a name or schema that is not in the table, a field too many, a field twice, a number that is a boolean:
each is refused. A text is accepted only if writing what was read gives the same bytes again. Texts of an
older schema are brought up to the present one by `upcasts` first.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Generic, TypeVar

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
from reciprocity.store.errors import Unreadable
from reciprocity.store.upcasts import UPCASTS, Upcast

E = TypeVar("E")


@attrs.frozen
class Stored(Generic[E]):
    """The envelope as stored: what is not a column of its own."""

    recorded_at: dt.datetime
    command_id: str
    event: E


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


# Sorted keys are what the encoder promises; the order of fields it does not.
_ENCODER = msgspec.json.Encoder(order="sorted")


class Wire:
    """Encodes and decodes by a table of kinds; applications use the module's `WIRE`.

    >>> from reciprocity.domain import AgreementFulfilled
    >>> at = dt.datetime(2025, 5, 25, 16, tzinfo=dt.UTC)
    >>> topic, state = WIRE.encode(Recorded("swap", 7, at, "c-1", AgreementFulfilled()))
    >>> topic
    'agreement-fulfilled/1'
    >>> WIRE.decode("swap", 7, topic, state).event
    AgreementFulfilled(sources=(), notes=(), fulfilled_on=None)
    """

    def __init__(self, kinds: tuple[Kind, ...], upcasts: dict[str, Upcast]) -> None:
        self._topics = {kind.event: kind.topic for kind in kinds}
        self._decoders = {kind.topic: msgspec.json.Decoder(Stored[kind.event]) for kind in kinds}  # type: ignore[name-defined]  # a class made at run time
        self._schemas = {kind.name: kind for kind in kinds}
        self._upcasts = upcasts
        self._encode = _ENCODER.encode

    def encode(self, recorded: Recorded) -> tuple[str, bytes]:
        """The topic and the bytes under which an event is stored."""
        stored = Stored(recorded.recorded_at, recorded.command_id, recorded.event)
        return self._topics[type(recorded.event)], self._encode(stored)

    def decode(
        self, agreement_id: str, version: int, topic: str, state: bytes, position: int = 0
    ) -> Recorded:
        """The event that was stored.

        Raises:
            Unreadable: naming the agreement, the version and the reason.
        """
        try:
            decoder = self._decoders.get(topic)
            if decoder is None:
                decoder, state = self._brought_up_to_date(topic, state)
            stored = decoder.decode(state)
            self._check_text(stored, state)
            return Recorded(
                agreement_id, version, stored.recorded_at, stored.command_id, stored.event, position
            )
        except (msgspec.MsgspecError, ValueError, TypeError, Unreadable, RecursionError) as error:
            where = f"position {position}, " if position else ""
            raise Unreadable(f"{where}{agreement_id} version {version}, {topic}: {error}") from error

    def up_to_date(self, name: str, schema: int, fact: dict[str, Any]) -> tuple[type[Event], dict[str, Any]]:
        """The class of an event of that name and schema, and its *fact*, as the present schema has it.

        Raises:
            Unreadable: the name or the schema is not in the table.
        """
        if (kind := self._schemas.get(name)) is None:
            raise Unreadable("no event of that name is known")
        if schema > kind.schema:
            raise Unreadable(f"schema {schema} is newer than this release reads ({kind.schema}); upgrade")
        for older in range(schema, kind.schema):
            if (upcast := self._upcasts.get(f"{name}/{older}")) is None:
                raise Unreadable(f"schema {older} was never written")
            fact = upcast(fact)
        return kind.event, fact

    def _check_text(self, stored: Stored[Any], state: bytes) -> None:
        if self._encode(stored) != state:
            raise Unreadable("the text is not what its facts are written as")

    def _brought_up_to_date(self, topic: str, state: bytes) -> tuple[msgspec.json.Decoder[Any], bytes]:
        name, _, schema = topic.partition("/")
        if not schema.isdecimal() or topic != f"{name}/{int(schema)}":
            raise Unreadable("no event of that name is known")
        content = _as_written(state)
        event, content["event"] = self.up_to_date(name, int(schema), content["event"])
        # Written anew in the order of the fields, so that the check on the bytes holds for it too.
        decoder = self._decoders[self._topics[event]]
        upcast_text = _ENCODER.encode(content)
        return decoder, self._encode_checked(decoder, upcast_text)

    def _encode_checked(self, decoder: msgspec.json.Decoder[Any], text: bytes) -> bytes:
        encoded = self._encode(decoder.decode(text))
        if msgspec.json.decode(encoded) != msgspec.json.decode(text):
            raise Unreadable("the upcast text holds more than its facts")
        return encoded


def _as_written(state: bytes) -> dict[str, Any]:
    """An older text as plain values; it too must be just what its values are written as."""
    content = msgspec.json.decode(state)
    if _ENCODER.encode(content) != state:
        raise Unreadable("the text is not what its facts are written as")
    if not isinstance(content, dict) or not isinstance(content.get("event"), dict):
        raise Unreadable("the text holds no event")
    return content


WIRE = Wire(KINDS, UPCASTS)
