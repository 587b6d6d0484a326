"""Leaf lists: every leaf of a seal by its hash. The one rule: it is believed if its root is the seal's.

A checkpoint says that something differs, a list says what. Its first line names the format, its second the
size; then there is a line for each event: the leaf's hash, the version, the topic, the agreement.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING

import attrs

from reciprocity.domain import Malformed
from reciprocity.replay.keys import base64_text
from reciprocity.replay.sealing import read_file
from reciprocity.replay.verify_alone import hash_in, number_in
from reciprocity.store import Unreadable
from reciprocity.store.merkle import root_of
from reciprocity.store.seals import Seal, batches, leaf_hashes

if TYPE_CHECKING:
    from pathlib import Path

    from reciprocity.store.reading import Stored

FORMAT = "reciprocity/leaves/1"


@attrs.frozen
class Listed:
    """A leaf, and what the list says that it is; the hash alone is sealed."""

    hash: bytes
    agreement: str
    version: int
    topic: str

    def __str__(self) -> str:
        return f"{self.agreement} version {self.version}, {self.topic}"


@attrs.frozen
class LeafList:
    """The leaves of a seal, in order: the one at position 1 first."""

    leaves: list[Listed]

    def seal(self) -> Seal:
        """The seal that these leaves have."""
        return Seal(len(self.leaves), root_of(one.hash for one in self.leaves))


def write(recorder: Stored, up_to: int, file: IO[bytes]) -> None:
    """Write the list of a log, up to a position.

    Raises:
        Unreadable: a row cannot be read, or its names cannot stand in a line.
    """
    file.write(f"{FORMAT}\nsize {up_to}\n".encode())
    for rows in batches(recorder, up_to=up_to):
        for (position, agreement, version, topic, _), found in zip(rows, leaf_hashes(rows), strict=True):
            if any(not name.isprintable() or " " in name for name in (agreement, topic)):
                raise Unreadable(f"position {position}: {agreement!r}, {topic!r} cannot stand in a list")
            file.write(f"{base64_text(found)} {version} {topic} {agreement}\n".encode())


def read(path: Path) -> LeafList:
    """The list in a file.

    Raises:
        Malformed: it holds none.
    """
    return read_file(path, _parsed)


def _parsed(text: str) -> LeafList:
    kind, _, rest = text.partition("\n")
    told, *lines = rest.split("\n")
    if kind != FORMAT or not told.startswith("size ") or not lines or lines.pop():
        raise Malformed("not a list of leaves, or its last line is cut off")
    leaves = [_leaf(line) for line in lines]
    if len(leaves) != number_in(told.removeprefix("size ")):
        raise Malformed(f"{told}, but there are {len(leaves):,} leaves in the list")
    return LeafList(leaves)


def _leaf(line: str) -> Listed:
    parts = line.split(" ")
    if len(parts) != 4 or not line.isprintable():
        raise Malformed(f"{line[:80]!r} is not a leaf, HASH VERSION NAME/SCHEMA AGREEMENT")
    found, version, topic, agreement = parts
    return Listed(hash_in(found), agreement, number_in(version), topic)
