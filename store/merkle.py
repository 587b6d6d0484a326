"""Merkle: a tree of hashes over a list, and proofs about it. The one rule: only RFC 9162, and no store.

A leaf is hashed behind 0x00 and a node behind 0x01, so that neither can be taken for the other. A tree of n
leaves is split at the largest power of two below n. The hash is SHA-256.
https://www.rfc-editor.org/rfc/rfc9162#section-2.1 (the tree is that of RFC 6962)
"""

from __future__ import annotations

from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

Stretch: TypeAlias = tuple[int, int]
"""Leaves from the first index on, up to but not including the second."""

HASH_SIZE = 32
EMPTY = sha256(b"").digest()
"""The root of a tree without leaves."""

_AT_ONCE = 4_096  # hashes of a stretch that are added to a tree together


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash of the node above two."""
    return sha256(b"\x01" + left + right).digest()


class Tree:
    r"""The tree over the leaves so far; memory grows with the logarithm of their number.

    >>> tree = Tree()
    >>> tree.extend([leaf_hash(b""), leaf_hash(b"\x00")])
    >>> tree.size, tree.root().hex()[:16]
    (2, 'fac54203e7cc696c')
    """

    def __init__(self) -> None:
        self.size = 0
        """How many leaves there are."""
        self._peaks: list[bytes] = []  # the roots of the full subtrees, one for each bit of the size

    def extend(self, hashes: Sequence[bytes]) -> None:
        """Add leaves, given by their hashes."""
        done = 0
        while done < len(hashes):
            # As many at once as make a full subtree where the tree stands.
            most = len(hashes) - done
            block = 1 << (most.bit_length() - 1)
            if self.size:
                block = min(block, self.size & -self.size)
            self._push(_full(hashes[done : done + block]), block)
            done += block

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        if not self._peaks:
            return EMPTY
        root = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def _push(self, peak: bytes, leaves: int) -> None:
        while self.size & leaves:
            peak = node_hash(self._peaks.pop(), peak)
            self.size -= leaves
            leaves *= 2
        self._peaks.append(peak)
        self.size += leaves


def _full(hashes: Sequence[bytes]) -> bytes:
    """The root over 1, 2, 4, 8 … hashes."""
    hash_of = sha256
    while len(hashes) > 1:
        pairs = iter(hashes)
        hashes = [hash_of(b"\x01" + left + right).digest() for left, right in zip(pairs, pairs, strict=True)]
    return hashes[0]


def root_of(hashes: Iterable[bytes]) -> bytes:
    """The root of the tree over leaves, given by their hashes."""
    [root] = _roots(iter(hashes), [(0, None)])
    return root


def inclusion_proof(hashes: Iterable[bytes], index: int, size: int) -> list[bytes]:
    """The hashes that lead from the leaf at *index*, from 0, to the root of the tree of *size* leaves.

    *hashes* are gone through once, and not kept.

    Raises:
        ValueError: there is no leaf at that index, or there are fewer than *size*.
    """
    if not 0 <= index < size:
        raise ValueError(f"no leaf {index} in a tree of {size}")
    return _proof(hashes, _path(index, 0, size))


def consistency_proof(hashes: Iterable[bytes], old: int, new: int) -> list[bytes]:
    """The hashes that show that the tree of *new* leaves begins with the tree of *old* ones.

    Raises:
        ValueError: if *old* is not between 1 and *new*, or there are fewer leaves than *new*.
    """
    if not 1 <= old <= new:
        raise ValueError(f"a tree of {new} leaves does not continue one of {old}")
    return _proof(hashes, _continued(old, 0, new, is_known=True))


def is_included(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether *proof* leads from a leaf's hash, at *index* of *size*, to *root* (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or any(len(one) != HASH_SIZE for one in (leaf, root, *proof)):
        return False
    place, last, found = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if place % 2 or place == last:
            found = node_hash(one, found)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            found = node_hash(found, one)
        place, last = place // 2, last // 2
    return last == 0 and found == root


def is_continued(old: int, old_root: bytes, new: int, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether *proof* shows that a tree of *new* leaves begins with one of *old* (RFC 9162, 2.1.4.2)."""
    if not 1 <= old <= new or any(len(one) != HASH_SIZE for one in (old_root, new_root, *proof)):
        return False
    if old == new:
        return not proof and old_root == new_root
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    place, last = old - 1, new - 1
    while place % 2:
        place, last = place // 2, last // 2
    old_found = new_found = path[0]
    for one in path[1:]:
        if last == 0:
            return False
        if place % 2 or place == last:
            old_found, new_found = node_hash(one, old_found), node_hash(one, new_found)
            while place and not place % 2:
                place, last = place // 2, last // 2
        else:
            new_found = node_hash(new_found, one)
        place, last = place // 2, last // 2
    return last == 0 and old_found == old_root and new_found == new_root


def _split(size: int) -> int:
    """The largest power of two below *size*."""
    return 1 << ((size - 1).bit_length() - 1)


def _path(index: int, start: int, stop: int) -> list[Stretch]:
    """What lies beside the way from a leaf to the root of a stretch, from the leaf on (2.1.3.1)."""
    if stop - start == 1:
        return []
    middle = start + _split(stop - start)
    if index < middle:
        return [*_path(index, start, middle), (middle, stop)]
    return [*_path(index, middle, stop), (start, middle)]


def _continued(old: int, start: int, stop: int, *, is_known: bool) -> list[Stretch]:
    """SUBPROOF of RFC 9162, 2.1.4.1: *is_known* while the old tree's root is that of the stretch."""
    if old == stop:
        return [] if is_known else [(start, stop)]
    middle = start + _split(stop - start)
    if old <= middle:
        return [*_continued(old, start, middle, is_known=is_known), (middle, stop)]
    return [*_continued(old, middle, stop, is_known=False), (start, middle)]


def _proof(hashes: Iterable[bytes], stretches: list[Stretch]) -> list[bytes]:
    """The roots of stretches that do not overlap, in the order given."""
    in_order = sorted(stretches)
    roots = dict(zip(in_order, _roots(iter(hashes), in_order), strict=True))
    return [roots[stretch] for stretch in stretches]


def _roots(hashes: Iterator[bytes], stretches: Iterable[tuple[int, int | None]]) -> Iterator[bytes]:
    """The root of each stretch; they are in order and do not overlap. ``None`` is the end."""
    place = 0
    for start, stop in stretches:
        for _ in islice(hashes, start - place):
            pass
        tree = Tree()
        place = start
        while some := list(islice(hashes, _AT_ONCE if stop is None else min(_AT_ONCE, stop - place))):
            tree.extend(some)
            place += len(some)
        if stop is not None and place < stop:
            raise ValueError(f"there are only {place} leaves")
        yield tree.root()
