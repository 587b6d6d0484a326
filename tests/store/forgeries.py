"""Forged proofs: claims about a tree that are false, or true with a proof that is not theirs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from reciprocity.replay import verify_alone
from reciprocity.store.merkle import (
    consistency_proof,
    inclusion_proof,
    is_continued,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)

LARGEST = 80


class Forgery(NamedTuple):
    """What a forger hands over, and how it was made."""

    how: str
    claim: tuple[object, ...]
    verifiers: Sequence[Callable[..., bool]]

    def is_accepted(self) -> bool:
        """Whether any verifier takes it."""
        return any(verifier(*self.claim) for verifier in self.verifiers)


INCLUDED: Sequence[Callable[..., bool]] = (is_included, verify_alone.is_included)
CONTINUED: Sequence[Callable[..., bool]] = (is_continued, verify_alone.is_continued)


def forgeries(seed: int) -> Iterator[Forgery]:
    """Forgeries without end: the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311  # the same every time
    while True:
        size = rng.randint(1, LARGEST)
        leaves = [leaf_hash(rng.randbytes(8)) for _ in range(size)]
        yield _inclusion(rng, leaves)
        if size > 1:
            yield _consistency(rng, leaves)


def _inclusion(rng: random.Random, leaves: list[bytes]) -> Forgery:
    size, index = len(leaves), rng.randrange(len(leaves))
    root, proof = root_of(leaves), inclusion_proof(leaves, index, size)
    how = rng.choice(["leaf", "node for a leaf", "index", "proof", "size"])
    leaf = leaves[index]
    if how == "leaf":
        leaf = rng.choice([leaf_hash(b"forged"), _flipped(rng, leaf), root, b"", leaf + b"\x00"])
        leaf = leaf if leaf != leaves[index] else leaf_hash(b"forged")
    elif how == "node for a leaf":  # the second preimage that the prefixes are there for
        leaf = node_hash(leaves[index], proof[0]) if proof else node_hash(leaf, leaf)
        proof = proof[1:]
        index //= 2
    elif how == "index":
        index = rng.choice([index + 1, index - 1, size, -1, rng.randrange(4 * size)])
        if index == inclusion_index(leaves, leaf):
            index += 1
    elif how == "size":  # the leaf was recorded later than what is claimed to hold it
        smaller = rng.randint(0, index)
        return Forgery(how, (leaf, index, smaller, proof, root_of(leaves[:smaller])), INCLUDED)
    else:
        proof = _mutated(rng, proof)
    return Forgery(how, (leaf, index, size, proof, root), INCLUDED)


def inclusion_index(leaves: list[bytes], leaf: bytes) -> int:
    """Where a leaf truly is."""
    return leaves.index(leaf)


def _consistency(rng: random.Random, leaves: list[bytes]) -> Forgery:
    new = len(leaves)
    old = rng.randint(1, new - 1)
    old_root, new_root, proof = root_of(leaves[:old]), root_of(leaves), consistency_proof(leaves, old, new)
    how = rng.choice(["edited since", "deleted since", "old size", "root", "proof"])
    if how == "edited since":  # the forger proves what now is true of the new log
        touched = list(leaves)
        touched[rng.randrange(old)] = leaf_hash(b"forged")
        new_root, proof = root_of(touched), consistency_proof(touched, old, new)
    elif how == "deleted since":
        touched = list(leaves)
        del touched[rng.randrange(old)]
        touched.append(leaf_hash(b"forged"))
        new_root, proof = root_of(touched), consistency_proof(touched, old, new)
    elif how == "old size":
        other = rng.choice([n for n in range(-1, new + 2) if n != old])
        if 1 <= other <= new:
            proof = rng.choice([proof, consistency_proof(leaves, other, new)])
        return Forgery(how, (other, old_root, new, new_root, proof), CONTINUED)
    elif how == "root":
        old_root = rng.choice([_flipped(rng, old_root), new_root, root_of(leaves[: old - 1])])
    else:
        proof = _mutated(rng, proof)
    return Forgery(how, (old, old_root, new, new_root, proof), CONTINUED)


def _mutated(rng: random.Random, proof: list[bytes]) -> list[bytes]:
    """Another proof."""
    made = list(proof)
    place = rng.randrange(len(made)) if made else 0
    what = rng.choice(["flip", "drop", "double", "append", "shorten", "reverse"])
    if made and what == "flip":
        made[place] = _flipped(rng, made[place])
    elif made and what == "drop":
        del made[place]
    elif made and what == "double":
        made.insert(place, made[place])
    elif made and what == "shorten":
        made[place] = made[place][:-1]
    elif what == "reverse" and made[::-1] != made:
        made.reverse()
    else:
        made.insert(place, rng.randbytes(32))
    return made


def _flipped(rng: random.Random, value: bytes) -> bytes:
    bit = rng.randrange(8 * len(value))
    return (int.from_bytes(value, "big") ^ (1 << bit)).to_bytes(len(value), "big")
