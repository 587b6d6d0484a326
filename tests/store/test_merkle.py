"""The tree is that of RFC 9162: by vectors, by another's implementation, by definition."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from itertools import islice

import pymerkle
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.replay import verify_alone
from reciprocity.store.merkle import (
    EMPTY,
    Tree,
    consistency_proof,
    inclusion_proof,
    is_continued,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)
from tests.store.forgeries import forgeries

# https://github.com/google/certificate-transparency/blob/master/cpp/merkletree/merkle_tree_test.cc
LEAVES = [
    leaf_hash(bytes.fromhex(leaf))
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
PATH_OF_THE_FIRST = [
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
]
FROM_SIX_TO_EIGHT = [
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
]

sizes = st.integers(1, 200)


def numbered(size: int) -> list[bytes]:
    return [leaf_hash(number.to_bytes(4, "big")) for number in range(size)]


def by_definition(hashes: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1."""
    if len(hashes) < 2:
        return hashes[0] if hashes else EMPTY
    split = 1
    while 2 * split < len(hashes):
        split *= 2
    return node_hash(by_definition(hashes[:split]), by_definition(hashes[split:]))


def test_the_vectors_of_certificate_transparency() -> None:
    assert [root_of(LEAVES[:size]).hex() for size in range(9)] == ROOTS
    assert [one.hex() for one in inclusion_proof(LEAVES, 0, 8)] == PATH_OF_THE_FIRST
    assert [one.hex() for one in consistency_proof(LEAVES, 6, 8)] == FROM_SIX_TO_EIGHT


@given(sizes, st.lists(st.integers(1, 70), max_size=20))
def test_a_tree_grows_by_any_batches_to_the_root_by_definition(size: int, batches: list[int]) -> None:
    hashes, tree, done = numbered(size), Tree(), 0
    for batch in [*batches, size]:
        tree.extend(hashes[done : done + batch])
        done = min(done + batch, size)
        assert tree.size == done
        assert tree.root() == by_definition(hashes[:done])
    assert verify_alone.roots(hashes, set(range(size + 1)))[size] == tree.root()


@given(sizes, st.data())
def test_proofs_hold_here_alone_and_by_another_implementation(size: int, data: st.DataObject) -> None:
    hashes = numbered(size)
    theirs = pymerkle.InmemoryTree(algorithm="sha256")
    for number in range(size):
        theirs.append_entry(number.to_bytes(4, "big"))
    index, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root, old_root = root_of(hashes), root_of(hashes[:old])
    assert (root, old_root) == (theirs.get_root(size), theirs.get_root(old))

    path = inclusion_proof(iter(hashes), index, size)
    assert path == theirs.prove_inclusion(index + 1, size).path[1:]  # which begins with the leaf
    assert is_included(hashes[index], index, size, path, root)
    assert verify_alone.is_included(hashes[index], index, size, path, root)

    path = consistency_proof(iter(hashes), old, size)
    assert is_continued(old, old_root, size, root, path)
    assert verify_alone.is_continued(old, old_root, size, root, path)
    # Theirs has other nodes in it, but it leads to the same roots.
    pymerkle.verify_consistency(old_root, root, theirs.prove_consistency(old, size))


def test_there_is_no_proof_of_what_is_not_there() -> None:
    for index, size in ((-1, 8), (8, 8), (0, 0)):
        with pytest.raises(ValueError, match="no leaf"):
            inclusion_proof(LEAVES, index, size)
    for old, new in ((0, 8), (9, 8)):
        with pytest.raises(ValueError, match="does not continue"):
            consistency_proof(LEAVES, old, new)
    for size in range(2, 9):
        for prove, place in ((inclusion_proof, 0), (consistency_proof, 1)):
            with pytest.raises(ValueError, match=f"^there are only {size - 1} leaves$"):
                prove(iter(LEAVES[: size - 1]), place, size)


def test_a_proof_that_is_empty_shows_nothing() -> None:
    root = root_of(LEAVES)
    for verifier in (is_continued, verify_alone.is_continued):
        assert not verifier(6, root, 8, root, [])
        assert not verifier(4, root, 8, root, [])
        assert verifier(8, root, 8, root, [])
        assert not verifier(8, root, 8, root, [root])
        assert not verifier(9, root, 8, root, [])


# A proof is any list of hashes; what it leads to is defined by the tree's own definition.
LEAF, *HASHES = numbered(70)
FALSE = leaf_hash(b"another")


def sizes_and_places() -> Iterator[tuple[int, int]]:
    """All of the smallest trees, and some of any size, most of them at the right border."""
    yield from ((size, place) for size in range(1, 10) for place in range(size))
    rng = random.Random(1)  # noqa: S311  # the same every time
    for bits in (4, 5, 6, 7, 8, 15, 30, 58, 59, 60, 61):
        for before_the_end in (0, 1, rng.randint(2, 7), rng.getrandbits(bits)):
            size = rng.getrandbits(bits) + 1
            yield size, max(0, size - 1 - before_the_end)


def lengths(leads: Callable[[list[bytes]], object]) -> tuple[list[bytes], list[list[bytes]]]:
    """The proof that is as long as it must be, to lead anywhere; and some that are shorter or longer."""
    fits = next(length for length in range(70) if leads(HASHES[:length]) is not None)
    others = {max(0, fits - 1), fits + 1, fits + 2, 2 * fits} - {fits}
    return HASHES[:fits], [HASHES[:length] for length in sorted(others)]


def leads_to(leaf: bytes, index: int, size: int, proof: list[bytes]) -> bytes | None:
    """The root to which a proof leads from a leaf; ``None`` if it is too long or too short for that place."""
    if size == 1 or not proof:
        return leaf if size == 1 and not proof else None
    split, last = split_of(size), proof[-1]
    if index < split:
        below = leads_to(leaf, index, split, proof[:-1])
        return below and node_hash(below, last)
    below = leads_to(leaf, index - split, size - split, proof[:-1])
    return below and node_hash(last, below)


def parts_around(place: int, size: int) -> Iterator[tuple[int, int]]:
    """The subtrees around a leaf, the largest first: its place in each, and their sizes."""
    while size > 1:
        split = split_of(size)
        place, size = (place, split) if place < split else (place - split, size - split)
        yield place, size


def lead_to(old: int, new: int, proof: list[bytes], old_root: bytes | None) -> tuple[bytes, bytes] | None:
    """The two roots to which a proof leads: SUBPROOF of RFC 9162, 2.1.4.1, read backwards."""
    if old == new and old_root:
        return None if proof else (old_root, old_root)
    if old == new or not proof:
        return (proof[0], proof[0]) if old == new and len(proof) == 1 else None
    split, last = split_of(new), proof[-1]
    if old <= split:
        below = lead_to(old, split, proof[:-1], old_root)
        return below and (below[0], node_hash(below[1], last))
    below = lead_to(old - split, new - split, proof[:-1], None)
    return below and (node_hash(last, below[0]), node_hash(last, below[1]))


def split_of(size: int) -> int:
    return max(1 << power for power in range(64) if 1 << power < size)


@pytest.mark.parametrize("verifier", [is_included, verify_alone.is_included])
def test_a_leaf_is_included_below_the_root_that_its_proof_leads_to(verifier: Callable[..., bool]) -> None:
    for size, place in sizes_and_places():
        proof, others = lengths(partial(leads_to, LEAF, place, size))
        root = leads_to(LEAF, place, size, proof)
        assert verifier(LEAF, place, size, proof, root)
        assert not verifier(LEAF, place, size, proof, FALSE)
        assert not verifier(FALSE, place, size, proof, root)
        for outside in (-1, size, size + 1):
            assert not verifier(LEAF, outside, size, proof, root)
        for other in others:
            assert not verifier(LEAF, place, size, other, root)
            assert not verifier(LEAF, place, size, other, FALSE)
        for less, (inner, leaves) in enumerate(parts_around(place, size), start=1):
            part = proof[: len(proof) - less]
            root = leads_to(LEAF, inner, leaves, part)
            assert not verifier(LEAF, place, size, part, root), "that is the root of a part"
    assert not verifier(EMPTY, 0, 0, [], EMPTY)


@pytest.mark.parametrize("verifier", [is_continued, verify_alone.is_continued])
def test_a_tree_is_continued_by_that_to_which_their_proof_leads(verifier: Callable[..., bool]) -> None:
    for new, place in sizes_and_places():
        old = place + 1
        proof, others = lengths(lambda proof, old=old, new=new: lead_to(old, new, proof, LEAF))  # type: ignore[misc]  # bound early
        old_root, new_root = lead_to(old, new, proof, LEAF) or (EMPTY, EMPTY)
        assert verifier(old, old_root, new, new_root, proof)
        assert not verifier(old, FALSE, new, new_root, proof)
        assert not verifier(old, old_root, new, FALSE, proof)
        for outside in (-1, 0, new + 1):
            assert not verifier(outside, old_root, new, new_root, proof)
        for other in others:
            assert not verifier(old, old_root, new, new_root, other)
            assert not verifier(old, FALSE, new, FALSE, other)
    assert not verifier(0, EMPTY, 0, EMPTY, [])


def test_what_is_not_of_a_hash_s_length_is_no_hash_wherever_it_is_cut() -> None:
    left, right = HASHES[:2]
    root, both = node_hash(left, right), left + right
    for cut in (1, 31, 33, 63):
        assert node_hash(both[:cut], both[cut:]) == root
        assert not is_included(both[:cut], 0, 2, [both[cut:]], root)
        assert not is_included(both[cut:], 1, 2, [both[:cut]], root)
        assert not is_continued(1, both[:cut], 2, root, [both[cut:]])
    for short in (b"", left[:-1], left + b"\0"):
        assert not is_included(short, 0, 1, [], short)
        assert not is_continued(2, short, 2, short, [])


@pytest.mark.parametrize("seed", range(4))
def test_no_forgery_is_accepted(seed: int) -> None:
    tried = list(islice(forgeries(seed), 500))
    assert [forgery for forgery in tried if forgery.is_accepted()] == []
    assert len(Counter(forgery.how for forgery in tried)) == 9  # "proof" is one way for both kinds
