"""Encryption of stored facts. The one rule: what is read is what was written in that very row, with that key.

A stored state is then one byte that says so (`ENCRYPTED`; a plain one begins with a brace), a random nonce of
12 bytes, and what AES-256-GCM-SIV (RFC 8452) makes of the text, which is 16 bytes longer than the text. The
row's agreement, version and topic are bound to it: in another row it does not decrypt. A plain row is refused
where a key is given, or else anyone could put facts in the place of encrypted ones.

Needs the package ``cryptography`` (extra ``encryption``), which is imported only for who gives a key.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import msgspec

from reciprocity.store.errors import KeyUnusable, Unreadable
from reciprocity.store.upcasts import UPCASTS, Upcast
from reciprocity.store.wire import ENCRYPTED, KINDS, Kind, Wire, is_encrypted, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reciprocity.domain import Recorded
    from reciprocity.store.encryption_keys import Key
    from reciprocity.store.log import Row

_PURPOSE = "reciprocity stored fact 1"
_NONCE = 12  # bytes
_TAG = 16  # bytes
_INSTALL = 'encryption needs pip install "reciprocity[encryption]"'


class Cipher:
    """Encrypts the text of an event, bound to its row.

    Two nonces of one key are the same with a probability below one in a million up to 2^38 events; it would
    show whether two events of one row had the same text, and nothing else.

    Raises:
        KeyUnusable: what it needs is not installed.
    """

    def __init__(self, key: Key) -> None:
        try:
            from cryptography.exceptions import (  # noqa: PLC0415  # only who gives a key needs it
                InvalidTag,
                UnsupportedAlgorithm,
            )
            from cryptography.hazmat.primitives.ciphers.aead import AESGCMSIV  # noqa: PLC0415
        except ImportError as error:
            raise KeyUnusable(f"{error}: {_INSTALL}") from error
        try:
            self._aead = AESGCMSIV(key.secret)
        except UnsupportedAlgorithm as error:
            raise KeyUnusable(f"{error}: encryption needs OpenSSL 3.2 or newer") from error
        self._not_of_this_key_and_row = InvalidTag

    def encrypt(self, text: bytes, agreement_id: str, version: int, topic: str) -> bytes:
        """The state to store; another one each time."""
        nonce = os.urandom(_NONCE)
        return ENCRYPTED + nonce + self._aead.encrypt(nonce, text, _row(agreement_id, version, topic))

    def decrypt(self, state: bytes, agreement_id: str, version: int, topic: str) -> bytes:
        """The text in a stored state.

        Raises:
            Unreadable: it is plain, or does not decrypt with this key in this row.
        """
        if not is_encrypted(state):
            raise Unreadable("not encrypted, in a register that is: it was not recorded with a key")
        begin = len(ENCRYPTED) + _NONCE
        if len(state) <= begin + _TAG:
            raise Unreadable("cut short: it is too small for an encrypted fact")
        try:
            nonce = state[len(ENCRYPTED) : begin]
            return self._aead.decrypt(nonce, state[begin:], _row(agreement_id, version, topic))
        except self._not_of_this_key_and_row as error:
            raise Unreadable("does not decrypt: another key, or it was edited or moved here") from error


class EncryptedWire(Wire):
    """A wire whose states are encrypted.

    >>> import datetime as dt
    >>> from reciprocity.domain import AgreementFulfilled, Recorded
    >>> from reciprocity.store.encryption_keys import Key
    >>> wire, at = EncryptedWire(Cipher(Key.new())), dt.datetime(2025, 5, 25, 16, tzinfo=dt.UTC)
    >>> topic, state = wire.encode(Recorded("swap", 7, at, "c-1", AgreementFulfilled()))
    >>> wire.decode("swap", 7, topic, state).event
    AgreementFulfilled(sources=(), notes=(), fulfilled_on=None)
    >>> wire.decode("swap", 8, topic, state)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    reciprocity.store.errors.Unreadable: swap version 8, agreement-fulfilled/1: does not decrypt: ...
    """

    def __init__(
        self, cipher: Cipher, kinds: tuple[Kind, ...] = KINDS, upcasts: dict[str, Upcast] = UPCASTS
    ) -> None:
        super().__init__(kinds, upcasts)
        self._plain = Wire(kinds, upcasts)
        self._cipher = cipher

    @property
    def plain(self) -> Wire:
        """The wire of the texts that are encrypted."""
        return self._plain

    def encode(self, recorded: Recorded) -> tuple[str, bytes]:
        """The topic and the bytes under which an event is stored."""
        topic, text = self._plain.encode(recorded)
        return topic, self._cipher.encrypt(text, recorded.agreement_id, recorded.version, topic)

    def decode(
        self, agreement_id: str, version: int, topic: str, state: bytes, position: int = 0
    ) -> Recorded:
        """The event that was stored.

        Raises:
            Unreadable: naming the agreement, the version and the reason.
        """
        text = self._text(agreement_id, version, topic, state, position)
        return self._plain.decode(agreement_id, version, topic, text, position)

    def opened(self, rows: Iterator[Row]) -> Iterator[Row]:
        """Stored rows, each with its text in the place of its state.

        Raises:
            Unreadable: while reading, as `decode`.
        """
        for position, agreement_id, version, topic, state in rows:
            text = self._text(agreement_id, version, topic, state, position)
            yield position, agreement_id, version, topic, text

    def check_beside(self, rows: Sequence[Row]) -> None:
        """Refuse to write beside stored rows of which none was written with this key.

        Raises:
            Unreadable: naming the first of them.
        """
        refused: list[Unreadable] = []
        for position, agreement_id, version, topic, state in rows:
            try:
                self._text(agreement_id, version, topic, state, position)
            except Unreadable as error:
                refused.append(error)
        if rows and len(refused) == len(rows):
            raise refused[0]

    def _text(self, agreement_id: str, version: int, topic: str, state: bytes, position: int) -> bytes:
        try:
            return self._cipher.decrypt(state, agreement_id, version, topic)
        except Unreadable as error:
            raise Unreadable(f"{place(agreement_id, version, topic, position)}: {error}") from error


def wire_with(key: Key) -> Wire:
    """The wire of a register that is encrypted with *key*.

    Raises:
        KeyUnusable: what it needs is not installed.
    """
    return EncryptedWire(Cipher(key))


def _row(agreement_id: str, version: int, topic: str) -> bytes:
    """What a text is bound to; no two rows have the same."""
    return msgspec.json.encode((_PURPOSE, agreement_id, version, topic))
