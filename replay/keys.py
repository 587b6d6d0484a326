"""Keys: what checkpoints are signed with. The one rule: a private key is read by its owner alone.

A public key is written as in https://c2sp.org/signed-note, a private one as Go's ``sumdb/note`` keeps it.
Signing needs the package ``cryptography``; verifying needs nothing.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, cast

import attrs

from reciprocity.domain import Malformed, ReciprocityError
from reciprocity.replay import verify_alone
from reciprocity.store.encryption_keys import write_private_file

if TYPE_CHECKING:
    from reciprocity.replay.verify_alone import PublicKey

INSTALL = 'signing needs pip install "reciprocity[seals]"'
_PRIVATE = "PRIVATE+KEY"
_ED25519 = b"\x01"


class NoSigner(ReciprocityError):
    """What signs is not installed."""


class _Public(Protocol):
    def public_bytes_raw(self) -> bytes: ...


class _Signer(Protocol):
    def sign(self, data: bytes) -> bytes: ...

    def public_key(self) -> _Public: ...


@attrs.frozen
class PrivateKey:
    """A key to sign checkpoints with, and its name; its text is secret."""

    name: str
    seed: bytes = attrs.field(repr=False)

    @classmethod
    def new(cls, name: str) -> PrivateKey:
        """A new key.

        Raises:
            Malformed: if the name is empty, or has a blank or a plus sign in it.
        """
        if not name or not name.isprintable() or any(sign == "+" or sign.isspace() for sign in name):
            raise Malformed(f"{name!r} is no name for a key: it has no blanks and no plus signs")
        return cls(name, os.urandom(32))

    @classmethod
    def read(cls, text: str) -> PrivateKey:
        """The key in a text.

        Raises:
            Malformed: if it holds none. The message does not show what it holds.
        """
        try:
            private, plus, name, told, encoded = text.strip().split("+", 4)
            seed = base64.b64decode(encoded, validate=True)
            key = cls(name, seed[1:])
            if f"{private}+{plus}" != _PRIVATE or len(seed) != 33 or seed[:1] != _ED25519:
                raise ValueError  # noqa: TRY301  # said below
        except ValueError:
            raise Malformed("not a private key, PRIVATE+KEY+name+id+key") from None
        if key.public().id.hex() != told:
            raise Malformed("the id of the private key does not belong to it")
        return key

    def text(self) -> str:
        """What is kept in a file that nobody else may read."""
        return f"{_PRIVATE}+{self.name}+{self.public().id.hex()}+{base64_text(_ED25519 + self.seed)}\n"

    def public(self) -> PublicKey:
        """The key that others verify with."""
        return verify_alone.PublicKey(self.name, _signer(self.seed).public_key().public_bytes_raw())

    def signed(self, text: str) -> str:
        """The line of the signature under a text."""
        signature = self.public().id + _signer(self.seed).sign(text.encode())
        return f"— {self.name} {base64_text(signature)}\n"


def _signer(seed: bytes) -> _Signer:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415  # only who signs needs it
            Ed25519PrivateKey,
        )
    except ImportError as error:
        raise NoSigner(INSTALL) from error
    return cast("_Signer", Ed25519PrivateKey.from_private_bytes(seed))


def public_text(key: PublicKey) -> str:
    """A public key as it is given to others."""
    return f"{key.name}+{key.id.hex()}+{base64_text(_ED25519 + key.key)}"


def write_private(path: Path, key: PrivateKey) -> None:
    """Make a file of a private key that only its owner may read.

    Raises:
        FileExistsError: if the name is taken; a key is never overwritten.
    """
    write_private_file(path, key.text().encode())


def read_private(path: Path) -> PrivateKey:
    """The private key in a file.

    Raises:
        Malformed: it holds none, or others may read it.
    """
    if path.stat().st_mode & 0o077:
        raise Malformed(f"{path}: others may read this private key; chmod 600 it")
    try:
        return PrivateKey.read(path.read_text("utf-8"))
    except ValueError as error:
        raise Malformed(f"{path}: {error}") from None


def read_public(text: str) -> PublicKey:
    """The public key that a text is, or that the file of that name holds.

    Raises:
        Malformed: neither.
    """
    path = Path(text)
    try:
        return verify_alone.public_key(path.read_bytes().decode() if path.is_file() else text)
    except ValueError as error:
        raise Malformed(f"{text[:80]!r}: {error}") from None


def base64_text(value: bytes) -> str:
    """Bytes as base64."""
    return base64.b64encode(value).decode()
