"""The single file: its Ed25519 is RFC 8032's, it needs nothing but Python, and it can say no."""

from __future__ import annotations

import io
import sqlite3
import subprocess
import sys
from contextlib import chdir, closing, redirect_stderr, redirect_stdout
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from reciprocity.replay import keys, proving, sealing, verify_alone
from reciprocity.store import Register
from tests.documents import ROOT
from tests.replay.registers import given_out, logs
from tests.store.sealed import SEALED_AT, told
from tests.store.tampering import KINDS, settled, victim

ALONE = ROOT / "replay" / "verify_alone.py"
ORDER = 2**252 + 27742317777372353535851937790883648493

# https://www.rfc-editor.org/rfc/rfc8032#section-7.1: public key, message, signature
RFC_8032 = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), RFC_8032)
def test_the_vectors_of_rfc_8032(key: str, message: str, signature: str) -> None:
    said = [bytes.fromhex(part) for part in (key, message, signature)]
    assert verify_alone.is_signed(*said)
    key_bytes, message_bytes, signature_bytes = said
    assert not verify_alone.is_signed(key_bytes, message_bytes + b"\x00", signature_bytes)
    # S + L solves the same equation: a second signature that nobody made.
    s = int.from_bytes(signature_bytes[32:], "little")
    again = signature_bytes[:32] + (s + ORDER).to_bytes(32, "little")
    assert not verify_alone.is_signed(key_bytes, message_bytes, again)


@settings(max_examples=15)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100), st.data())
def test_another_implementation_says_the_same(seed: bytes, message: bytes, data: st.DataObject) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key = private.public_key().public_bytes_raw()
    made = key + private.sign(message)
    assert verify_alone.is_signed(key, message, made[32:])
    bit = data.draw(st.integers(0, 8 * len(made) - 1))
    changed = (int.from_bytes(made, "big") ^ (1 << bit)).to_bytes(len(made), "big")
    try:
        Ed25519PublicKey.from_public_bytes(changed[:32]).verify(changed[32:], message)
        theirs = True
    except (InvalidSignature, ValueError):
        theirs = False
    assert verify_alone.is_signed(changed[:32], message, changed[32:]) is theirs is False


def test_keys_and_commitments_that_sign_anything_are_refused() -> None:
    identity, zero = (1).to_bytes(32, "little"), (0).to_bytes(32, "little")
    # With the neutral point as key, R = B·0 and S = 0 solve the equation for every message.
    assert not verify_alone.is_signed(identity, b"anything", identity + zero)
    not_canonical = (2**255 - 19 + 1).to_bytes(32, "little")
    assert not verify_alone.is_signed(not_canonical, b"anything", identity + zero)
    assert not verify_alone.is_signed(b"short", b"anything", identity + zero)
    assert not verify_alone.is_signed((2).to_bytes(32, "little"), b"anything", identity + zero)  # no point


class Kept:
    """A store in a file, sealed twice and signed, with proofs."""

    def __init__(self, folder: Path) -> None:
        self.url = f"sqlite:///{folder / 'swaps.db'}"
        self.store = folder / "swaps.db"
        self.key = keys.PrivateKey("office.example", bytes(32))
        (folder / "key.pub").write_text(keys.public_text(self.key.public()), "utf-8")
        with Register.open(self.url, create=True) as register:
            for name, so_far in (("old", 4), ("new", 10)):
                register.take_over(told()[:so_far])
                text = sealing.checkpoint_text(sealing.sealed(register), "a-log", SEALED_AT, self.key)
                (folder / name).write_text(text, "utf-8")
            old, new = (sealing.read_checkpoint(folder / name) for name in ("old", "new"))
            (folder / "included").write_text(proving.inclusion_text(register, 3, old), "utf-8")
            (folder / "continued").write_text(proving.consistency_text(register, old, new), "utf-8")
            (folder / "log.jsonl").write_bytes(given_out(register.log(), "jsonl"))
        settled(self.url)
        self.folder = folder

    def run(self, *arguments: str, key: str | None = "key.pub") -> tuple[int, str]:
        """Its exit code, and what it says."""
        said = io.StringIO()
        with chdir(self.folder), redirect_stdout(said), redirect_stderr(said):
            try:
                code = verify_alone.main(_with(key, *arguments))
            except SystemExit as ended:  # argparse's way
                code = int(str(ended.code))
        return code, said.getvalue()

    def run_alone(self, *arguments: str, key: str | None = "key.pub") -> tuple[int, str]:
        """The same, in a Python that has nothing else."""
        command = [sys.executable, "-I", "-S", str(ALONE), *_with(key, *arguments)]
        done = subprocess.run(command, cwd=self.folder, check=False, capture_output=True)
        return done.returncode, (done.stdout + done.stderr).decode()


def _with(key: str | None, *arguments: str) -> list[str]:
    return [*arguments, *(["--public-key", key] if key else [])]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path)


def test_it_verifies_a_store_an_export_and_proofs(kept: Kept) -> None:
    before = {path.name: path.read_bytes() for path in kept.folder.iterdir()}
    for asked in (
        ("checkpoint", "new"),
        ("log", "swaps.db", "old", "new"),
        ("log", "log.jsonl", "old", "new"),
        ("included", "included", "old"),
        ("continued", "continued", "old", "new"),
    ):
        said = kept.run(*asked)
        assert said == kept.run_alone(*asked)
        assert said[0] == 0, said
        assert "NO" not in said[1]
        assert "yes: " in said[1]
    assert {path.name: path.read_bytes() for path in kept.folder.iterdir()} == before


def test_it_says_no(kept: Kept) -> None:
    text = (kept.folder / "new").read_text("utf-8")
    (kept.folder / "touched").write_text(text.replace("\n10\n", "\n11\n"), "utf-8")
    (kept.folder / "edited").write_text(
        (kept.folder / "included").read_text("utf-8").replace(",1,true]", ",2,true]"), "utf-8"
    )
    KINDS["edit a text"](victim(kept.url), 3)
    settled(kept.url)
    (kept.folder / "gone.jsonl").write_bytes(
        b"".join((kept.folder / "log.jsonl").read_bytes().splitlines(keepends=True)[:-1])
    )
    for said in (
        kept.run("checkpoint", "touched"),
        kept.run("log", "swaps.db", "new"),
        kept.run("log", "gone.jsonl", "new"),
        kept.run("included", "edited", "old"),
        kept.run("included", "included", "new"),
        kept.run("continued", "continued", "new", "old"),
    ):
        assert said[0] == 1, said
        assert "NO: " in said[1]


def test_what_is_malformed_is_said_to_be(kept: Kept) -> None:
    text = (kept.folder / "new").read_text("utf-8")
    origin, size, root, *_ = text.split("\n")
    for number, bad in enumerate(
        (
            "",
            "a-log\n10\n",
            text.replace("\n\n", "\n"),
            text.replace(f"\n{size}\n", "\n010\n"),
            text.replace(f"\n{size}\n", "\n-1\n"),
            text.replace(f"\n{size}\n", "\n" + 5_000 * "1" + "\n"),
            text.replace(root, root[:-1]),
            text.replace(root, "AAAA"),
            text.replace("— ", "- "),
            text.replace(origin, "a\x1blog"),
            text[:-1],
        )
    ):
        (kept.folder / "bad").write_text(bad, "utf-8")
        code, said = kept.run("checkpoint", "bad", key=None)
        assert code == 4, number
        assert said.splitlines()[-1].startswith("malformed: ")
    assert kept.run("included", "old", "old")[0] == 4
    assert kept.run("continued", "included", "old", "new")[0] == 4
    assert kept.run("checkpoint", "new", key="office.example+00000000+AAAA")[0] == 4
    assert kept.run("checkpoint", "nowhere")[0] == 3
    assert kept.run("log", "swaps.db")[0] == 2
    assert kept.run("included", "included")[0] == 2
    bad_name = kept.run(
        "checkpoint", "new", key="two words+00000000+" + keys.base64_text(b"\x01" + bytes(32))
    )
    assert "not a public key" in bad_name[1]
    other_id = keys.public_text(kept.key.public()).replace(kept.key.public().id.hex(), "00000000")
    assert "the id of the public key does not belong to it" in kept.run("checkpoint", "new", key=other_id)[1]
    text = (kept.folder / "included").read_text("utf-8")
    (kept.folder / "bad").write_text(text.replace("\nsize ", "\nlength "), "utf-8")
    assert "its lines begin with size, position" in kept.run("included", "bad", "old")[1]


def test_base64_is_read_in_its_one_form_only(kept: Kept) -> None:
    root = (kept.folder / "new").read_text("utf-8").split("\n")[2]
    last = root[-2]  # of 44 characters; its last two bits mean nothing, and are 0
    for other, said in ((chr(ord(last) + 1) + "=", "not the base64 of anything"), (last, "not base64")):
        text = (kept.folder / "new").read_text("utf-8").replace(root, root[:-2] + other)
        (kept.folder / "bad").write_text(text, "utf-8")
        assert said in kept.run("checkpoint", "bad")[1]


def test_without_a_key_it_says_what_was_not_checked(kept: Kept) -> None:
    code, said = kept.run("checkpoint", "new", key=None)
    assert (code, said) == (0, "signatures are not checked: no --public-key\n")


def test_a_store_in_use_or_of_another_kind_is_not_read(kept: Kept) -> None:
    wal = kept.folder / "swaps.db-wal"
    wal.write_bytes(b"x")
    code, said = kept.run("log", "swaps.db", "new")
    assert (code, "the store is in use" in said) == (4, True)
    wal.write_bytes(b"")
    assert kept.run("log", "swaps.db", "new")[0] == 0
    wal.unlink()
    with closing(sqlite3.connect(kept.store)) as file, file:
        file.execute("ALTER TABLE stored_events RENAME TO others")
        file.execute("CREATE VIEW stored_events AS SELECT rowid, * FROM others")
    settled_file(kept.store)
    code, said = kept.run("log", "swaps.db", "new")
    assert (code, "stored_events is not a table" in said) == (4, True)
    (kept.folder / "swaps.db").write_bytes(b"SQLite format 3\x00 and no more")
    assert kept.run("log", "swaps.db", "new")[0] == 3


def test_a_line_that_can_be_no_row_is_no_leaf(kept: Kept) -> None:
    lines = (kept.folder / "log.jsonl").read_text("utf-8").splitlines(keepends=True)
    for was, now in (('"swap"', "7"), ('"version":2', '"version":-2'), ('"swap"', '"\\ud800"')):
        assert was in lines[2]
        changed = [*lines[:2], lines[2].replace(was, now), *lines[3:]]
        (kept.folder / "bad.jsonl").write_text("".join(changed), "utf-8")
        code, said = kept.run("log", "bad.jsonl", "new")
        assert (code, "NO: log as sealed at 10" in said) == (1, True)


def test_nothing_that_a_stranger_wrote_steers_the_terminal(kept: Kept) -> None:
    text = (kept.folder / "included").read_text("utf-8")
    for was in ("\nagreement swap", "\nevent phase-completed/1"):
        (kept.folder / "bad").write_text(text.replace(was, was + "\x1b[2J"), "utf-8")
        code, said = kept.run("included", "bad", "old")
        assert (code, "\\x1b[2J" in said) == (1, True)
        assert "\x1b" not in said
    with closing(sqlite3.connect(kept.store)) as file, file:
        file.execute("PRAGMA writable_schema=ON")
        file.execute("UPDATE sqlite_schema SET sql='CREATE \x1b[2J' WHERE name='stored_events'")
    settled_file(kept.store)
    code, said = kept.run("log", "swaps.db", "new")
    assert code == 3
    assert "\x1b" not in said


def settled_file(path: Path) -> None:
    """Put all of a file into itself, whatever it holds."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA writable_schema=ON")
        file.execute("PRAGMA journal_mode=DELETE")


def test_nothing_of_a_file_steers_the_terminal(kept: Kept) -> None:
    proof = (kept.folder / "included").read_text("utf-8")
    (kept.folder / "hostile").write_text(proof.replace("\nevent ", "\nevent \x1b[2J"), "utf-8")
    code, said = kept.run("included", "hostile", "old")
    assert code == 1
    assert r"\x1b[2J" in said
    store = kept.folder / "swaps.db"
    store.write_bytes(
        store.read_bytes().replace(b"CREATE TABLE stored_events", b"CREATE 'BLE \x1b[2J_events")
    )
    code, more = kept.run("log", "swaps.db", "new")
    assert code in {3, 4}
    assert "\x1b" not in said + more


@settings(max_examples=15)
@given(logs)
def test_an_export_is_the_same_log_as_the_store(tmp_path_factory: pytest.TempPathFactory, log: list) -> None:  # type: ignore[type-arg]
    path = tmp_path_factory.mktemp("export") / "log.jsonl"
    with Register.open("memory:") as register:
        register.take_over(log)
        known = sealing.sealed(register)
        path.write_bytes(given_out(register.log(), "jsonl"))
    hashes = map(verify_alone._leaf_hash, verify_alone.rows(path))
    assert verify_alone.roots(hashes, {known.size})[known.size] == known.root
