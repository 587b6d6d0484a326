"""Seals: what stands in a log, in one hash. The one rule: a leaf covers all of a row, and nothing else.

The leaves of the tree (see `merkle`) are the rows of the log in the order of their positions, each written
as follows; numbers are big-endian, texts are UTF-8::

    position 8 bytes, version 8, length of the agreement's id 4, of the topic 4, of the stored text 8,
    the agreement's id, the topic (name/schema), the stored text

Positions begin with 1 and have no gaps in a store of ours, so the event at position n is the leaf with
index n - 1, and a seal of n events is one of the positions up to n.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import chain
from struct import Struct
from struct import error as StructError  # noqa: N812  # the library's name for it says nothing
from typing import TYPE_CHECKING, TypeAlias

import attrs

from reciprocity.store.errors import Unreadable
from reciprocity.store.log import unreadable
from reciprocity.store.merkle import EMPTY, Tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reciprocity.store.log import Row, Rows

_HEAD = Struct(">QQIIQ")
_pack = _HEAD.pack
_pack_behind_zero = Struct(">xQQIIQ").pack  # with the 0x00 that a leaf is hashed behind
_AT_ONCE = 4_096  # rows: a power of two, so that a batch is a whole subtree
_NO_LEAF = b"\x02"  # in front of what is no row: unlike 0x00 and 0x01, it begins no leaf and no node

Hashes: TypeAlias = "list[bytes]"


@attrs.frozen
class Seal:
    """How many events a log holds, and the root of the tree over them."""

    size: int
    root: bytes


def leaf(row: Row) -> bytes:
    """What is hashed of a row.

    Raises:
        Unreadable: a column is not of its kind.

    >>> leaf((1, "swap", 2, "a/1", b"{}")).hex()
    '000000000000000100000000000000020000000400000003000000000000000273776170612f317b7d'
    """
    try:
        position, agreement_id, version, topic, state = row
        agreement, name = agreement_id.encode(), topic.encode()
        head = _pack(position, version, len(agreement), len(name), len(state))
        return b"".join((head, agreement, name, state))
    except (StructError, AttributeError, TypeError, UnicodeError) as error:
        raise unreadable(row, f"a column is not of its kind ({error})") from error


def leaf_hashes(rows: Sequence[Row]) -> Hashes:
    """The hashes of rows as leaves.

    Raises:
        Unreadable: a column is not of its kind.
    """
    pack, hash_of = _pack_behind_zero, sha256
    try:
        # One concatenation and one hash for each row: this is what sealing a log costs.
        return [
            hash_of(
                pack(position, version, len(a := of.encode()), len(t := topic.encode()), len(state))
                + a
                + t
                + state
            ).digest()
            for position, of, version, topic, state in rows
        ]
    except (StructError, AttributeError, TypeError, UnicodeError):
        return [sha256(b"\x00" + leaf(row)).digest() for row in rows]  # which says where it stands


def hash_of_any(row: Row) -> bytes:
    """The hash of a row as a leaf; or, if it cannot be one, a hash that no leaf has."""
    try:
        return leaf_hashes([row])[0]
    except Unreadable:
        return sha256(_NO_LEAF + repr(row).encode(errors="backslashreplace")).digest()


def batches(source: Rows, *, up_to: int) -> Iterator[list[Row]]:
    """The rows of a log in order, as they are, some thousands at once."""
    after = 0
    while rows := source.select_rows(after=after, up_to=up_to, limit=_AT_ONCE):
        yield rows
        after = rows[-1][0]


def hashes(source: Rows, *, up_to: int) -> Iterable[bytes]:
    """The hashes of a log's rows as leaves, up to a position.

    Raises:
        Unreadable: while reading.
    """
    return chain.from_iterable(map(leaf_hashes, batches(source, up_to=up_to)))


def seal(source: Rows, *, up_to: int) -> Seal:
    """The seal of a log, up to a position; memory does not grow with it.

    Raises:
        Unreadable: a row cannot be read, or one is missing.
    """
    tree = Tree()
    for rows in batches(source, up_to=up_to):
        if rows[-1][0] != tree.size + len(rows):
            raise Unreadable(f"position {_first_gap(rows, tree.size)} is missing: the log has a gap")
        tree.extend(leaf_hashes(rows))
    return Seal(tree.size, tree.root() if tree.size else EMPTY)


def _first_gap(rows: Sequence[Row], before: int) -> int:
    return next(due for due, row in enumerate(rows, start=before + 1) if row[0] != due)
