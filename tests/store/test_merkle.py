"""The tree is that of RFC 9162: by vectors, by another's implementation, by definition."""

from __future__ import annotations

from collections import Counter
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
    with pytest.raises(ValueError, match="only 8"):
        inclusion_proof(LEAVES, 0, 9)


def test_a_proof_that_is_empty_shows_nothing() -> None:
    root = root_of(LEAVES)
    for verifier in (is_continued, verify_alone.is_continued):
        assert not verifier(6, root, 8, root, [])
        assert not verifier(4, root, 8, root, [])
        assert verifier(8, root, 8, root, [])
        assert not verifier(8, root, 8, root, [root])
        assert not verifier(9, root, 8, root, [])


@pytest.mark.parametrize("seed", range(4))
def test_no_forgery_is_accepted(seed: int) -> None:
    tried = list(islice(forgeries(seed), 500))
    assert [forgery for forgery in tried if forgery.is_accepted()] == []
    assert len(Counter(forgery.how for forgery in tried)) == 9  # "proof" is one way for both kinds
