"""The tree, the rows and the proofs of the single file, against those of the store."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator

import pytest

from reciprocity.replay import verify_alone as alone
from reciprocity.store import merkle
from reciprocity.store.seals import hash_of_any

ROOT = base64.b64encode(bytes(range(32))).decode()


# The tree


@pytest.mark.parametrize(
    "row",
    [
        (1, "swap", 2, "phase-completed/1", b"{}"),
        (2**64 - 1, "Київ", 2**63, "a/1", bytes(range(256))),
        (0, "", 0, "", b""),
        (1, 7, 2, "a/1", b"{}"),
        (1, "swap", -2, "a/1", b"{}"),
        (1, "swap", 2, None, b"{}"),
        (1, "swap", "two", "a/1", b"{}"),
        (1, "swap", 2, "a/1", "{}"),
        (2**64, "swap", 2, "a/1", b"{}"),
    ],
)
def test_a_leaf_has_the_hash_that_the_store_gives_it(row: tuple[int, str, int, str, bytes]) -> None:
    assert alone._leaf_hash(row) == hash_of_any(row)


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(bytes([number])).digest() for number in range(count)]


def test_the_roots_are_those_of_the_store() -> None:
    hashes = leaves(20)
    expected = {size: merkle.root_of(hashes[:size]) for size in range(21)}
    assert alone.roots(hashes, set(range(99))) == expected
    assert alone.roots(iter(hashes), {7, 20, 33}) == {size: expected[size] for size in (0, 7, 20)}
    assert alone.roots([], {3}) == {0: merkle.EMPTY}


def other_proofs(proof: list[bytes]) -> Iterator[list[bytes]]:
    """The proof, and some that it is not."""
    yield proof
    yield proof[:-1]
    yield proof[1:]
    yield [*proof, bytes(32)]
    yield [bytes(32), *proof]
    yield proof[::-1]


def test_a_row_is_included_if_the_store_says_so() -> None:
    accepted = 0
    for size in range(1, 12):
        hashes = leaves(size)
        root = merkle.root_of(hashes)
        for index in range(size):
            right = merkle.inclusion_proof(hashes, index, size)
            for place in (-1, index - 1, index, index + 1, size, index + size):
                for of in (0, size - 1, size, size + 1, 2 * size):
                    for proof in other_proofs(right):
                        asked = (hashes[index], place, of, proof, root)
                        said = alone.is_included(*asked)
                        assert said is merkle.is_included(*asked), asked
                        accepted += said
            assert not alone.is_included(bytes(32), index, size, right, root)
            assert not alone.is_included(hashes[index], index, size, right, bytes(32))
    assert accepted >= 11 * 12 / 2


def test_a_log_is_continued_if_the_store_says_so() -> None:
    accepted = 0
    for new in range(1, 12):
        hashes = leaves(new)
        roots = [merkle.root_of(hashes[:size]) for size in range(new + 1)]
        for old in range(1, new + 1):
            right = merkle.consistency_proof(hashes, old, new)
            for begun in (0, old - 1, old, old + 1, new):
                for of in (new - 1, new, new + 1, 2 * new):
                    for proof in other_proofs(right):
                        asked = (begun, roots[old], of, roots[new], proof)
                        said = alone.is_continued(*asked)
                        assert said is merkle.is_continued(*asked), asked
                        accepted += said
            assert not alone.is_continued(old, bytes(32), new, roots[new], right)
            assert not alone.is_continued(old, roots[old], new, bytes(32), right)
    assert accepted >= 11 * 12 / 2


# An export


def test_a_line_of_an_export_is_the_row_that_it_was() -> None:
    transfer = {
        "releasing": "UKR",
        "receiving": "RUS",
        "category": "civilian",
        "count": {"at_most": 3, "at_least": 1},
        "within_agreement": True,
    }
    fact = {
        "note": "Київ",
        "released": [transfer, {**transfer, "count": None}],
        "nobody": [],
        "unknown": None,
        "false": False,
        "nought": 0,
        "empty": "",
        "deep": {"b": [1, []], "a": None},
        "count": {"releasing": "UKR"},
    }
    told = {
        "agreement": "swap",
        "version": 3,
        "event": "phase-completed",
        "schema": 2,
        "command_id": "c-1",
        "recorded_at": "2025-05-16T18:00:00Z",
        "position": 99,
        "fact": fact,
    }
    stored = (
        '"command_id":"c-1","event":{"count":{"releasing":"UKR"},"deep":{"b":[1,[]]},"empty":"","false":false,'
        '"note":"Київ","nought":0,"released":[["UKR","RUS","civilian",{"at_least":1,"at_most":3},true],'
        '["UKR","RUS","civilian",null,true]]},"recorded_at":"2025-05-16T18:00:00Z"}'
    )
    row = (7, "swap", 3, "phase-completed/2", f"{{{stored}".encode())
    assert alone._of_line(7, json.dumps(told).encode()) == row
    told["clock_at"] = "2025-05-16T17:00:00Z"
    with_clock = f'{{"clock_at":"2025-05-16T17:00:00Z",{stored}'.encode()
    assert alone._of_line(7, json.dumps(told).encode()) == (*row[:4], with_clock)


# Proofs


@pytest.mark.parametrize("told", ["stored a b", "encrypted AAEC"])
def test_a_proof_is_read_line_by_line(told: str) -> None:
    head = "size 9\nposition 3\nagreement a swap\nversion 2\nevent phase-completed/1"
    state = b"a b" if told == "stored a b" else b"\x00\x01\x02"
    row = (3, "a swap", 2, "phase-completed/1", state)
    hashes = [bytes([number]) * 32 for number in range(3)]
    for count in range(4):
        way = "".join(f"{base64.b64encode(one).decode()}\n" for one in hashes[:count])
        text = f"reciprocity/inclusion/1\n{head}\n{told}\n{way}"
        assert alone.proof(text) == alone.Inclusion(9, row, hashes[:count])
        text = f"reciprocity/consistency/1\nold 4\nnew 9\n{way}"
        assert alone.proof(text) == alone.Consistency(4, 9, hashes[:count])


INCLUSION = (
    "reciprocity/inclusion/1\nsize 9\nposition 3\nagreement swap\nversion 2\nevent a/1\nstored {}\n"
    + ROOT
    + "\n"
)
CONSISTENCY = f"reciprocity/consistency/1\nold 4\nnew 9\n{ROOT}\n"
ITS_LINES = "not a proof: its lines begin with size, position, agreement, version, event, stored"


@pytest.mark.parametrize(
    ("text", "old", "new", "said"),
    [
        (INCLUSION, "/1\n", "/2\n", "not a proof, or its last line is cut off"),
        (INCLUSION, INCLUSION, "reciprocity/inclusion/1", "not a proof, or its last line is cut off"),
        (INCLUSION, f"{ROOT}\n", ROOT, "not a proof, or its last line is cut off"),
        (CONSISTENCY, f"{ROOT}\n", ROOT, "not a proof, or its last line is cut off"),
        (CONSISTENCY, "consistency", "inclusion", ITS_LINES),
        (INCLUSION, INCLUSION, "reciprocity/inclusion/1\n", ITS_LINES),
        (INCLUSION, "\nsize ", "\nlength ", ITS_LINES),
        (INCLUSION, "\nposition ", "\nplace ", ITS_LINES),
        (INCLUSION, "\nagreement ", "\ndeal ", ITS_LINES),
        (INCLUSION, "\nversion ", "\nnumber ", ITS_LINES),
        (INCLUSION, "\nevent ", "\nfact ", ITS_LINES),
        (INCLUSION, "\nstored ", "\nkept ", ITS_LINES),
        (INCLUSION, "\nstored {}", "\nencrypted {}", "not base64: '{}'"),
        (INCLUSION, "size 9", "size 09", "not a whole number: '09'"),
        (INCLUSION, "position 3", "position x", "not a whole number: 'x'"),
        (INCLUSION, "version 2", "version -2", "not a whole number: '-2'"),
        (INCLUSION, ROOT, "AAAA", "not a hash of 32 bytes: 'AAAA'"),
        (CONSISTENCY, "\nold ", "\nOld ", "not a proof: its lines begin with old, new"),
        (CONSISTENCY, "\nnew ", "\nNew ", "not a proof: its lines begin with old, new"),
        (CONSISTENCY, "old 4", "old 4 ", "not a whole number: '4 '"),
        (CONSISTENCY, "new 9", "new nine", "not a whole number: 'nine'"),
        (CONSISTENCY, ROOT, "AAAA", "not a hash of 32 bytes: 'AAAA'"),
    ],
)
def test_what_is_no_proof_is_refused_for_what_is_wrong(text: str, old: str, new: str, said: str) -> None:
    assert old in text
    with pytest.raises(alone.Malformed) as refused:
        alone.proof(text.replace(old, new, 1))
    assert str(refused.value) == said


def test_a_proof_is_of_seals_of_its_sizes_and_of_one_log() -> None:
    rows = [(place, "swap", place, "a/1", b"{}") for place in range(1, 8)]
    hashes = list(map(hash_of_any, rows))

    def seal(size: int, origin: str = "a-log") -> alone.Checkpoint:
        return alone.Checkpoint(origin, size, merkle.root_of(hashes[:size]), (), "", ())

    for place in range(1, 8):
        included = alone.Inclusion(7, rows[place - 1], merkle.inclusion_proof(hashes, place - 1, 7))
        assert included.holds(seal(7))
        assert not included.holds(seal(6))
        assert not included.holds(seal(7)._replace(size=8))
        assert not included.holds(seal(7)._replace(root=bytes(32)))
        assert not included._replace(row=(*rows[place - 1][:4], b"[]")).holds(seal(7))
    continued = alone.Consistency(4, 7, merkle.consistency_proof(hashes, 4, 7))
    assert continued.holds(seal(4), seal(7))
    assert continued.holds(seal(4, "b"), seal(7, "b"))
    assert not continued.holds(seal(4), seal(7, "b-log"))
    assert not continued.holds(seal(7), seal(4))
    assert not continued.holds(seal(4), seal(7)._replace(size=8))
    assert not continued.holds(seal(4)._replace(size=5), seal(7))
    assert not continued.holds(seal(4)._replace(root=bytes(32)), seal(7))
    assert not continued.holds(seal(4), seal(7)._replace(root=bytes(32)))
