"""Keys that encrypt stored facts. The one rule: a key is never shown, nor read where others can read it.

A key is 32 bytes. It is kept as one line of text, in base64 or in hexadecimal, in a file that nobody else may
read, or handed over by an open descriptor. No environment variable and no argument of a command holds it:
other processes can see those.
"""

from __future__ import annotations

import base64
import binascii
import os
import stat
from pathlib import Path

import attrs

from reciprocity.store.errors import KeyUnusable

_BYTES = 32
_LONGEST = 1_024  # bytes read of what should be a key
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


@attrs.frozen
class Key:
    """A secret of 32 bytes.

    Raises:
        KeyUnusable: it has another length, or all bytes are the same.

    >>> Key(bytes(range(32)))
    Key()
    """

    secret: bytes = attrs.field(repr=False)

    @secret.validator
    def _is_one(self, _: attrs.Attribute[bytes], secret: bytes) -> None:
        if not isinstance(secret, bytes) or len(secret) != _BYTES:
            raise KeyUnusable(f"a key is {_BYTES} bytes")
        if len(set(secret)) == 1:
            raise KeyUnusable("32 bytes that are all the same are no key")

    @classmethod
    def new(cls) -> Key:
        """A key that nobody has yet, from the system's source of randomness."""
        return cls(os.urandom(_BYTES))


def key_from_file(path: Path | str) -> Key:
    """The key that a file holds.

    The file, or what a link of that name leads to, must be a regular one that belongs to whoever runs this or
    to root, and that neither its group nor others may read, write or run (mode 0600 or 0400).

    Raises:
        KeyUnusable: it is none of these, or holds no key; it says which, never what it holds.
        OSError: it cannot be opened.
    """
    # What is looked at is what is read, even if the name is given to another file meanwhile. A pipe of that
    # name must not keep us waiting.
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        _check_file(os.fstat(descriptor), path)
        return _key(_read(descriptor), str(path))
    finally:
        os.close(descriptor)


def key_from_descriptor(descriptor: int) -> Key:
    """The key that an open descriptor gives, read to its end; it is left open.

    Raises:
        KeyUnusable: it is not open for reading, is a terminal, or gives no key.
    """
    named = f"descriptor {descriptor}"
    try:
        if os.isatty(descriptor):
            raise KeyUnusable(f"{named} is a terminal, which would show the key")
        return _key(_read(descriptor), named)
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no such descriptor"
        raise KeyUnusable(f"{named} cannot be read: {reason}") from error


def write_key_file(path: Path | str, key: Key) -> None:
    """Keep a key in a new file of mode 0600, as a line of base64.

    Raises:
        FileExistsError: something of that name exists; it is left as it was.
        OSError: the file cannot be made.
    """
    write_private_file(path, base64.b64encode(key.secret) + b"\n")


def write_private_file(path: Path | str, content: bytes) -> None:
    """Make a file that only its owner may read, durably.

    Raises:
        FileExistsError: something of that name exists; it is left as it was.
        OSError: the file cannot be made.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123  # no path is opened
        file.write(content)
        file.flush()
        os.fsync(descriptor)


def _check_file(found: os.stat_result, path: Path | str) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise KeyUnusable(f"{path} is not a regular file")
    if found.st_uid not in {os.geteuid(), 0}:
        raise KeyUnusable(f"{path} belongs to another user, who could have put any key there")
    if found.st_mode & _OTHERS:
        mode = stat.S_IMODE(found.st_mode)
        raise KeyUnusable(f"{path} has mode {mode:04o}: others may use it; chmod 600 makes it yours alone")


def _read(descriptor: int) -> bytes:
    """What there is to read, up to a little more than a key can be."""
    text = b""
    while len(text) <= _LONGEST and (more := os.read(descriptor, _LONGEST)):
        text += more
    return text


def _key(text: bytes, named: str) -> Key:
    """The key that a line of text stands for."""
    line = text.removesuffix(b"\n").removesuffix(b"\r")
    try:
        secret = bytes.fromhex(line.decode("ascii")) if len(line) == 2 * _BYTES else _from_base64(line)
    except ValueError:
        secret = b""
    if len(secret) != _BYTES:
        raise KeyUnusable(f"{named} holds no key: one line, of 44 characters of base64 or 64 of hexadecimal")
    try:
        return Key(secret)
    except KeyUnusable as error:
        raise KeyUnusable(f"{named}: {error}") from error


def _from_base64(line: bytes) -> bytes:
    try:
        secret = base64.b64decode(line, validate=True)
    except binascii.Error:
        return b""
    # Only what it is written as: a character that was cut off or changed must not give another key.
    return secret if base64.b64encode(secret) == line else b""
