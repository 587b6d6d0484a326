"""Verify a seal with nothing but Python 3.11. The one rule: this file alone is enough, and it is short.

Copy it anywhere; it imports nothing that does not come with Python, and opens a store without writing to it.

    python verify_alone.py checkpoint CHECKPOINT [--public-key KEY]
    python verify_alone.py log STORE_OR_JSONL CHECKPOINT... [--public-key KEY]
    python verify_alone.py included PROOF CHECKPOINT [--public-key KEY]
    python verify_alone.py continued PROOF OLD_CHECKPOINT NEW_CHECKPOINT [--public-key KEY]

KEY is a text such as "name+1a2b3c4d+Aa…=", or a file that holds it. It exits with 0 if everything is as
sealed, with 1 if something is not, and with 4 if a file is malformed. The formats are in docs/seals.md.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import sqlite3
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple


class Malformed(ValueError):
    """A file is not what it should be."""


# Ed25519, as RFC 8032, section 5.1 has it, in affine integers: slow (some 20 ms), and short.
# Strict: S below the group's order, both points in their only encoding and not of small order, and the
# equation without the cofactor. Whatever this accepts, every usual verifier accepts.

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_Point = tuple[int, int, int, int]
_IDENTITY: _Point = (0, 1, 1, 0)


def _add(a: _Point, b: _Point) -> _Point:
    p, q = (a[1] - a[0]) * (b[1] - b[0]) % _P, (a[1] + a[0]) * (b[1] + b[0]) % _P
    r, s = 2 * a[3] * b[3] * _D % _P, 2 * a[2] * b[2] % _P
    e, f, g, h = q - p, s - r, s + r, q + p
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(number: int, point: _Point) -> _Point:
    result = _IDENTITY
    while number:
        if number & 1:
            result = _add(result, point)
        point, number = _add(point, point), number >> 1
    return result


def _equal(a: _Point, b: _Point) -> bool:
    return (a[0] * b[2] - b[0] * a[2]) % _P == 0 and (a[1] * b[2] - b[1] * a[2]) % _P == 0


def _point(encoded: bytes) -> _Point | None:
    """The point; None if there is none, or if it has another encoding too."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * pow(2, (_P - 1) // 4, _P) % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


_BASE = _point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))


def is_signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether an Ed25519 signature of a message is by the holder of a key."""
    if len(public_key) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public_key), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= _ORDER or _BASE is None:
        return False
    if any(_equal(_times(8, one), _IDENTITY) for one in (key, commitment)):
        return False
    digest = hashlib.sha512(signature[:32] + public_key + message).digest()
    challenge = int.from_bytes(digest, "little") % _ORDER
    return _equal(_times(scalar, _BASE), _add(commitment, _times(challenge, key)))


# Keys and checkpoints: https://c2sp.org/signed-note and https://c2sp.org/tlog-checkpoint


class PublicKey(NamedTuple):
    """A key that checkpoints are signed with, and its name."""

    name: str
    key: bytes

    @property
    def id(self) -> bytes:
        """The four bytes in front of each signature."""
        return hashlib.sha256(self.name.encode() + b"\n\x01" + self.key).digest()[:4]


class Checkpoint(NamedTuple):
    """The seal of a log: whose, how many events, the root; what is signed, and the signatures."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...]
    text: str
    signatures: tuple[tuple[str, bytes], ...]

    def is_signed_by(self, key: PublicKey) -> bool:
        """Whether there is a signature by that key, and it is right."""
        mine = [s for name, s in self.signatures if name == key.name and s[:4] == key.id]
        return bool(mine) and all(is_signed(key.key, self.text.encode(), one[4:]) for one in mine)


def public_key(text: str) -> PublicKey:
    """The key in a text "name+id+key"."""
    name, _, rest = text.strip().partition("+")
    told, _, encoded = rest.partition("+")
    key = _base64(encoded)
    if not _is_name(name) or len(key) != 33 or key[0] != 1:
        raise Malformed('not a public key, "name+id+key" with an Ed25519 key')
    found = PublicKey(name, key[1:])
    if told != found.id.hex():
        raise Malformed("the id of the public key does not belong to it")
    return found


def checkpoint(text: str) -> Checkpoint:
    """The checkpoint in a text."""
    signed, blank, signatures = text.rpartition("\n\n")
    if not blank:
        raise Malformed("not a checkpoint: no blank line after its text")
    lines = signed.split("\n")
    if len(lines) < 3 or not all(lines) or not all(one.isprintable() for one in text.split("\n")):
        raise Malformed("not a checkpoint: it has an origin, a size and a root, each in a line")
    origin, size, root, *more = lines
    return Checkpoint(
        origin, number_in(size), hash_in(root), tuple(more), signed + "\n", tuple(_signatures(signatures))
    )


def _signatures(text: str) -> Iterator[tuple[str, bytes]]:
    if text and not text.endswith("\n"):
        raise Malformed("not a checkpoint: its last line is cut off")
    for line in text.split("\n")[:-1]:
        dash, _, rest = line.partition(" ")
        name, _, encoded = rest.partition(" ")
        signature = _base64(encoded)
        if dash != "—" or not _is_name(name) or len(signature) < 5:
            raise Malformed('not a checkpoint: a signature is "— name base64"')
        yield name, signature


def _is_name(name: str) -> bool:
    return bool(name) and name.isprintable() and not any(c == "+" or c.isspace() for c in name)


def _base64(text: str) -> bytes:
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Malformed(f"not base64: {text[:80]!r}") from error
    if base64.b64encode(found).decode() != text:
        raise Malformed(f"not the base64 of anything: {text[:80]!r}")
    return found


def hash_in(text: str) -> bytes:
    """The hash in a text."""
    if len(found := _base64(text)) != 32:
        raise Malformed(f"not a hash of 32 bytes: {text[:80]!r}")
    return found


def number_in(text: str) -> int:
    """The whole number in a text."""
    if not (text.isascii() and text.isdecimal() and len(text) < 20 and str(int(text)) == text):
        raise Malformed(f"not a whole number: {text[:80]!r}")
    return int(text)


# The tree: RFC 9162, section 2.1


def _leaf_hash(row: tuple[int, str, int, str, bytes]) -> bytes:
    position, agreement, version, topic, state = row
    try:
        a, t = agreement.encode(), topic.encode()
        head = struct.pack(">QQIIQ", position, version, len(a), len(t), len(state))
        return hashlib.sha256(b"\x00" + head + a + t + state).digest()
    except (AttributeError, TypeError, ValueError, struct.error):  # a number where a text should be
        return hashlib.sha256(b"\x02" + repr(row).encode()).digest()  # which is the hash of no leaf


def _node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def roots(hashes: Iterable[bytes], sizes: set[int]) -> dict[int, bytes]:
    """The root of the tree at each of these sizes that it has."""
    found = {0: hashlib.sha256(b"").digest()}
    peaks: list[tuple[int, bytes]] = []  # of full subtrees: how many leaves, and the root
    for size, one in enumerate(hashes, start=1):
        peaks.append((1, one))
        while len(peaks) > 1 and peaks[-1][0] == peaks[-2][0]:
            (leaves, left), (_, right) = peaks[-2:]
            peaks[-2:] = [(2 * leaves, _node_hash(left, right))]
        if size in sizes:
            root = peaks[-1][1]
            for _, left in reversed(peaks[:-1]):
                root = _node_hash(left, root)
            found[size] = root
    return found


def _right(fn: int, sn: int) -> tuple[int, int]:
    while fn and not fn & 1:
        fn, sn = fn >> 1, sn >> 1
    return fn, sn


def is_included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """Whether a proof leads from a leaf's hash to a root: RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in proof:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = _node_hash(p, r)
            fn, sn = _right(fn, sn)
        else:
            r = _node_hash(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == root


def is_continued(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """Whether a proof shows that one tree begins with another: RFC 9162, 2.1.4.2."""
    if not 1 <= old <= new:
        return False
    if old == new:
        return not proof and old_root == new_root
    path = proof if old & (old - 1) else [old_root, *proof]
    if not path:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = _node_hash(c, fr), _node_hash(c, sr)
            fn, sn = _right(fn, sn)
        else:
            sr = _node_hash(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == new_root


# Proofs


class Inclusion(NamedTuple):
    """A proof that a row was in a log when that held so many events."""

    size: int
    row: tuple[int, str, int, str, bytes]
    proof: list[bytes]

    def holds(self, sealed: Checkpoint) -> bool:
        """Whether the row was in the log that was sealed."""
        if sealed.size != self.size:
            return False
        index = self.row[0] - 1
        return is_included(_leaf_hash(self.row), index, self.size, self.proof, sealed.root)


class Consistency(NamedTuple):
    """A proof that a log of so many events begins with one of so many."""

    old: int
    new: int
    proof: list[bytes]

    def holds(self, old: Checkpoint, new: Checkpoint) -> bool:
        """Whether nothing was changed between two seals."""
        if (old.size, new.size) != (self.old, self.new) or old.origin != new.origin:
            return False
        return is_continued(old.size, old.root, new.size, new.root, self.proof)


INCLUSION, CONSISTENCY = "reciprocity/inclusion/1", "reciprocity/consistency/1"


def proof(text: str) -> Inclusion | Consistency:
    """The proof in a text."""
    kind, *lines = text.split("\n")
    if kind not in {INCLUSION, CONSISTENCY} or not lines or lines.pop():
        raise Malformed("not a proof, or its last line is cut off")
    if kind == CONSISTENCY:
        old, new = (number_in(value) for value in _values(lines, "old", "new"))
        return Consistency(old, new, [hash_in(line) for line in lines[2:]])
    told = "encrypted" if lines[5:6] and lines[5].startswith("encrypted ") else "stored"
    size, position, agreement, version, topic, text_or_bytes = _values(
        lines, "size", "position", "agreement", "version", "event", told
    )
    state = _base64(text_or_bytes) if told == "encrypted" else text_or_bytes.encode()
    row = (number_in(position), agreement, number_in(version), topic, state)
    return Inclusion(number_in(size), row, [hash_in(line) for line in lines[6:]])


def _values(lines: list[str], *names: str) -> list[str]:
    found = [line.partition(" ") for line in lines[: len(names)]]
    if tuple(name for name, _, _ in found) != names:
        raise Malformed(f"not a proof: its lines begin with {', '.join(names)}")
    return [value for _, _, value in found]


# The log


def rows(path: Path) -> Iterator[tuple[int, str, int, str, bytes]]:
    """The rows of a store, or of the file that "reciprocity export --format jsonl" made of a whole one."""
    with path.open("rb") as file:
        is_store = file.read(16) == b"SQLite format 3\x00"
    if is_store:
        yield from _of_store(path)
        return
    with path.open("rb") as file:
        for position, line in enumerate(file, start=1):
            yield _of_line(position, line)


def _of_store(path: Path) -> Iterator[tuple[int, str, int, str, bytes]]:
    wal = path.with_name(path.name + "-wal")
    if wal.exists() and wal.stat().st_size:
        raise Malformed(f"{wal} is not empty: the store is in use; verify a copy made by a backup")
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    connection.execute("PRAGMA trusted_schema=OFF")
    # From the table itself: a view of that name would be refused here.
    [(kind,)] = connection.execute("SELECT type FROM sqlite_schema WHERE name='stored_events'").fetchall()
    if kind != "table":
        raise Malformed("stored_events is not a table")
    yield from connection.execute(
        "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"
    )
    connection.close()


def _of_line(position: int, line: bytes) -> tuple[int, str, int, str, bytes]:
    """A line of the export as the row that it was: a store leaves out what was left open."""
    told = json.loads(line)
    stored = {
        **({"clock_at": told["clock_at"]} if "clock_at" in told else {}),
        "command_id": told["command_id"],
        "event": _compact(told["fact"]),
        "recorded_at": told["recorded_at"],
    }
    state = json.dumps(stored, ensure_ascii=False, separators=(",", ":")).encode()
    topic = f"{told['event']}/{told['schema']}"
    return position, told["agreement"], told["version"], topic, state


_TRANSFER = ("releasing", "receiving", "category", "count", "within_agreement")


def _compact(told: Any) -> Any:
    if isinstance(told, dict):
        if told.keys() == set(_TRANSFER):
            return [_compact(told[place]) for place in _TRANSFER]
        return {key: _compact(told[key]) for key in sorted(told) if told[key] is not None and told[key] != []}
    return [_compact(value) for value in told] if isinstance(told, list) else told


# The command line


def main(arguments: list[str] | None = None) -> int:
    """Verify what the command line names; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", choices=["checkpoint", "log", "included", "continued"])
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--public-key", metavar="KEY")
    asked = parser.parse_args(arguments)
    if len(asked.files) != {"checkpoint": 1, "included": 2, "continued": 3}.get(asked.what, len(asked.files)):
        parser.error(f"{asked.what} takes another number of files")
    if asked.what == "log" and len(asked.files) < 2:
        parser.error("log takes a store or an export, and one checkpoint or more")
    try:
        return _verify(asked.what, asked.files, asked.public_key)
    except (Malformed, LookupError, TypeError, AttributeError, ValueError, RecursionError) as error:
        print(f"malformed: {_plain(error)}", file=sys.stderr)
        return 4
    except (OSError, sqlite3.Error, struct.error) as error:
        print(f"cannot be read: {_plain(error)}", file=sys.stderr)
        return 3


def _verify(what: str, files: list[Path], key_text: str | None) -> int:
    first, *others = files
    sealed = [checkpoint(_text(path)) for path in (files if what == "checkpoint" else others)]
    said: list[tuple[bool, str]] = []
    if key_text is None:
        print("signatures are not checked: no --public-key")
    else:
        key = public_key(_text(Path(key_text)) if Path(key_text).is_file() else key_text)
        said += [(one.is_signed_by(key), f"checkpoint of {one.size} signed by {key.name}") for one in sealed]
    if what == "log":
        found = roots(map(_leaf_hash, rows(first)), {one.size for one in sealed})
        said += [(found.get(one.size) == one.root, f"log as sealed at {one.size}") for one in sealed]
    elif what != "checkpoint":
        shown = proof(_text(first))
        if isinstance(shown, Inclusion) and what == "included":
            position, agreement, version, topic, state = shown.row
            place = f"position {position}, {agreement} version {version}, {topic}"
            print(f"{_plain(place)}: {state.decode(errors='backslashreplace')!r}")
            said.append((shown.holds(sealed[0]), f"in the log as sealed at {sealed[0].size}"))
        elif isinstance(shown, Consistency) and what == "continued":
            said.append((shown.holds(*sealed), f"{shown.new} events begin with the {shown.old}"))
        else:
            raise Malformed(f"{first}: not a proof of that kind")
    for holds, sentence in said:
        print(f"{'yes' if holds else 'NO'}: {sentence}")
    return 0 if all(holds for holds, _ in said) else 1


def _plain(text: object) -> str:
    """A text that a stranger may have chosen, fit for a terminal."""
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in str(text))


def _text(path: Path) -> str:
    return path.read_bytes().decode()


if __name__ == "__main__":
    sys.exit(main())
