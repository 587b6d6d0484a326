"""What sealing writes, to the letter: checkpoints, keys, lists of leaves and proofs; others read them."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import io
import stat
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from reciprocity.domain import Malformed
from reciprocity.replay import keys, leaf_lists, proving, sealing, verify_alone
from reciprocity.replay.sealing import NothingToSeal, recorder_of
from reciprocity.store import Register, Unreadable
from reciprocity.store.merkle import consistency_proof, inclusion_proof, root_of
from reciprocity.store.seals import Seal, leaf_hashes
from tests.replay.befallen import log
from tests.store.sealed import checkpoint_of
from tests.store.tampering import victim_of

SEAL = Seal(3, bytes(range(32)))
ROOT = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHERWISE = "the log is not what was sealed, so nothing can be proved; reciprocity verify says more"
ED25519 = b"\x01"
KEY = keys.PrivateKey("office", bytes(32))
# https://www.rfc-editor.org/rfc/rfc8032 has no vector of this seed; libsodium and OpenSSL give this key.
PUBLIC = bytes.fromhex("3b6a27bcceb6a42d62a3a8d02a6f0d73653215771de243a63ac048a18b59da29")


def b64(value: bytes) -> str:
    return base64.b64encode(value).decode()


# Checkpoints


def test_a_checkpoint_has_four_lines_and_a_blank_one(monkeypatch: pytest.MonkeyPatch) -> None:
    kyiv = dt.timezone(dt.timedelta(hours=3))
    at = dt.datetime(2025, 5, 26, 2, 30, 59, 987_654, tzinfo=kyiv)
    told = f"a log\n3\n{ROOT}\ntime 2025-05-25T23:30:59Z\n"
    for zone in ("UTC", "Asia/Tokyo"):
        with monkeypatch.context() as patched:
            patched.setenv("TZ", zone)
            time.tzset()
            assert sealing.checkpoint_text(SEAL, "a log", at) == f"{told}\n"
            signed = sealing.checkpoint_text(SEAL, "a log", at, KEY)
        time.tzset()
    note, _, signature = signed.partition("\n\n")
    assert f"{note}\n" == told
    name, encoded = signature.removeprefix("— ").removesuffix("\n").split(" ")
    assert (name, base64.b64decode(encoded)[:4]) == ("office", KEY.public().id)
    assert verify_alone.is_signed(PUBLIC, told.encode(), base64.b64decode(encoded)[4:])


@pytest.mark.parametrize("origin", ["", " ", "\u00a0", "a\nb", "a\x1b", "a\u00a0b"])
def test_an_origin_is_one_printable_line(origin: str) -> None:
    with pytest.raises(Malformed, match=r"is no origin: it is one printable line$"):
        sealing.checkpoint_text(SEAL, origin, dt.datetime.now(dt.UTC))


def test_what_is_recorded_while_a_log_is_sealed_is_not_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    with Register.open("memory:") as register:
        register.take_over(log()[:5])
        before = sealing.sealed(register)
        monkeypatch.setattr(type(register), "last_position", lambda _: 5)
        register.take_over(log())
        assert sealing.sealed(register) == before
        assert before.size == 5


def test_a_log_is_named_after_its_first_event() -> None:
    with Register.open("memory:") as register:
        with pytest.raises(NothingToSeal, match=r"^the log is empty: name it with --origin to seal it$"):
            sealing.default_origin(recorder_of(register))
        names = set()
        for size in (1, 2, 8):
            register.take_over(log()[:size])
            names.add(sealing.default_origin(recorder_of(register)))
        [first, *_] = leaf_hashes(recorder_of(register).select_rows(after=0, up_to=8, limit=8))
        assert names == {f"reciprocity/{first.hex()[:16]}"}


def test_a_file_that_holds_none_is_named(tmp_path: Path) -> None:
    for name, content in (("none", b"a-log\n"), ("no text", b"\xff")):
        (tmp_path / name).write_bytes(content)
        for read in (sealing.read_checkpoint, proving.read_proof, leaf_lists.read):
            with pytest.raises(Malformed, match=rf"{name}: "):
                read(tmp_path / name)


# Keys


def test_a_key_is_written_as_signed_notes_have_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    identity = hashlib.sha256(b"office\n\x01" + PUBLIC).hexdigest()[:8]
    public = verify_alone.PublicKey("office", PUBLIC)
    assert KEY.public() == public
    assert KEY.text() == f"PRIVATE+KEY+office+{identity}+{b64(ED25519 + bytes(32))}\n"
    assert keys.public_text(public) == f"office+{identity}+{b64(ED25519 + PUBLIC)}"
    Path("key.pub").write_text(f" {keys.public_text(public)}\n", "utf-8")
    assert keys.read_public(keys.public_text(public)) == keys.read_public("key.pub") == public
    with pytest.raises(Malformed, match=r"^'office\+no\+key': "):
        keys.read_public("office+no+key")
    Path("key.pub").write_bytes(b"\xff")
    with pytest.raises(Malformed, match=r"^'key\.pub': "):
        keys.read_public("key.pub")


@pytest.mark.parametrize("number", [0, 1, 0xBE, 0xEF, 0xFB, 0xFF])
def test_a_private_key_is_read_back_whatever_its_letters(number: int, tmp_path: Path) -> None:
    key = keys.PrivateKey("бюро", bytes([number]) * 32)
    assert keys.PrivateKey.read(f"\n {key.text()} ") == key
    keys.write_private(tmp_path / "key", key)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600
    assert keys.read_private(tmp_path / "key") == key
    with pytest.raises(FileExistsError):
        keys.write_private(tmp_path / "key", KEY)


@pytest.mark.parametrize("mode", [0o640, 0o620, 0o610, 0o604, 0o602, 0o601, 0o777])
def test_a_private_key_that_others_may_use_is_not_read(mode: int, tmp_path: Path) -> None:
    keys.write_private(path := tmp_path / "key", KEY)
    path.chmod(mode)
    with pytest.raises(Malformed, match="others may read this private key; chmod 600 it"):
        keys.read_private(path)
    path.chmod(0o700)
    assert keys.read_private(path) == KEY


@pytest.mark.parametrize("name", ["", " ", "two words", "a+b", "+", "a\x1bb", "a\tb", "a\u00a0b"])
def test_a_name_that_cannot_stand_in_a_line_is_none(name: str) -> None:
    with pytest.raises(Malformed, match="is no name for a key: it has no blanks and no plus signs"):
        keys.PrivateKey.new(name)


def test_a_new_key_is_another_each_time() -> None:
    one, other = keys.PrivateKey.new("office.example/бюро"), keys.PrivateKey.new("office.example/бюро")
    assert one.name == other.name == "office.example/бюро"
    assert len(one.seed) == len(other.seed) == 32
    assert one.seed != other.seed
    assert str(one) == repr(one) == "PrivateKey(name='office.example/бюро')"
    assert keys.PrivateKey.read(one.text()) == one


def test_what_signs_is_named_if_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    with pytest.raises(keys.NoSigner, match=r'^signing needs pip install "reciprocity\[seals\]"$'):
        KEY.signed("text")


# Lists of leaves


def leaves_of(size: int) -> tuple[str, list[bytes]]:
    """The list of a log's leaves, up to a position, as it is to be written; and their hashes."""
    with Register.open("memory:") as register:
        register.take_over(log())
        rows = recorder_of(register).select_rows(after=0, up_to=size, limit=99)
        found = leaf_hashes(rows)
        lines = [f"{b64(one)} {row[2]} {row[3]} {row[1]}\n" for one, row in zip(found, rows, strict=True)]
        file = io.BytesIO()
        leaf_lists.write(recorder_of(register), size, file)
        assert file.getvalue().decode() == f"reciprocity/leaves/1\nsize {size}\n{''.join(lines)}"
        return file.getvalue().decode(), found


@pytest.mark.parametrize("size", [0, 1, 5, 8])
def test_a_list_has_a_line_for_each_leaf(size: int, tmp_path: Path) -> None:
    text, found = leaves_of(size)
    (tmp_path / "leaves").write_text(text, "utf-8")
    read = leaf_lists.read(tmp_path / "leaves")
    assert [one.hash for one in read.leaves] == found
    assert [(one.agreement, one.version, one.topic) for one in read.leaves][2:3] == [
        ("swap", 2, "phase-completed/1")
    ][: max(size - 2, 0)]
    assert read.seal() == Seal(size, root_of(found))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (" 1 ", "  1 "),
        ("leaves/1\n", "leaves/1\n\n"),
        ("size 5", "SIZE 5"),
        ("size 5", "size size 5"),
        ("size 5", "5size "),
        ("leaves/1\nsize 5\n", "leaves/1\nsize 0\n"),
    ],
)
def test_a_line_of_a_list_has_one_form(old: str, new: str, tmp_path: Path) -> None:
    text, _ = leaves_of(5)
    assert old in text
    (tmp_path / "leaves").write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(Malformed, match="leaves: "):
        leaf_lists.read(tmp_path / "leaves")


@pytest.mark.parametrize(("column", "said"), [("originator_id", "'a b'"), ("topic", "'a b'")])
@pytest.mark.parametrize("name", ["a b", "a\u2028b", "a\x1bb"])
def test_a_name_that_would_break_a_line_is_not_listed(column: str, said: str, name: str) -> None:
    with Register.open("memory:") as register:
        register.take_over(log())
        victim_of(register)(f"UPDATE stored_events SET {column}=? WHERE POSITION=4", name)  # noqa: S608  # a constant
        with pytest.raises(Unreadable, match=rf"^position 4: .*{said if name == 'a b' else ''}.* in a list$"):
            leaf_lists.write(recorder_of(register), 8, io.BytesIO())


# Proofs


def test_every_proof_is_the_one_of_rfc_9162() -> None:
    with Register.open("memory:") as register:
        sealed = {}
        for size in range(1, 9):
            register.take_over(log()[:size])
            sealed[size] = checkpoint_of(register)
        rows = recorder_of(register).select_rows(after=0, up_to=8, limit=8)
        found = leaf_hashes(rows)
        for size in (1, 2, 5, 7, 8):
            for position in range(1, size + 1):
                _, agreement, version, topic, state = rows[position - 1]
                way = "".join(f"{b64(one)}\n" for one in inclusion_proof(found, position - 1, size))
                assert proving.inclusion_text(register, position, sealed[size]) == (
                    f"reciprocity/inclusion/1\nsize {size}\nposition {position}\nagreement {agreement}\n"
                    f"version {version}\nevent {topic}\nstored {state.decode()}\n{way}"
                )
            for old in range(1, size + 1):
                way = "".join(f"{b64(one)}\n" for one in consistency_proof(found, old, size))
                text = f"reciprocity/consistency/1\nold {old}\nnew {size}\n{way}"
                assert proving.consistency_text(register, sealed[old], sealed[size]) == text
                assert proving.consistency_text(register, sealed[size], sealed[old]) == text


def test_why_nothing_is_proved() -> None:
    with Register.open("memory:") as register:
        register.take_over(log()[:5])
        old = checkpoint_of(register)
        register.take_over(log())
        new = checkpoint_of(register)
        forged = new._replace(root=bytes(32))
        for position in (0, 9):
            with pytest.raises(NothingToSeal, match=f"^position {position} was not in the log yet"):
                proving.inclusion_text(register, position, new)
        asked: list[Callable[[], str]] = [
            lambda: proving.inclusion_text(register, 1, forged),
            lambda: proving.inclusion_text(register, 8, forged),
            lambda: proving.consistency_text(register, old, forged),
        ]
        for refused in asked:
            with pytest.raises(NothingToSeal) as said:
                refused()
            assert str(said.value) == OTHERWISE
        victim = victim_of(register)
        victim("UPDATE stored_events SET originator_version=-2 WHERE POSITION=3")
        with pytest.raises(Unreadable, match=r"position 3.*not of its kind"):
            proving.inclusion_text(register, 3, new)


def test_why_a_log_that_was_cut_proves_nothing() -> None:
    with Register.open("memory:") as register:
        register.take_over(log()[:5])
        old = checkpoint_of(register)
        register.take_over(log())
        new = checkpoint_of(register)
        victim_of(register)("DELETE FROM stored_events WHERE POSITION>6")
        asked: list[Callable[[], str]] = [
            lambda: proving.inclusion_text(register, 1, new),
            lambda: proving.consistency_text(register, old, new),
        ]
        for refused in asked:
            with pytest.raises(NothingToSeal) as said:
                refused()
            assert str(said.value) == f"{OTHERWISE} (8 events were sealed, 6 of them are here)"


def test_what_was_recorded_since_stands_in_for_nothing_that_was_sealed() -> None:
    with Register.open("memory:") as register:
        register.take_over(log()[:5])
        sealed = checkpoint_of(register)
        register.take_over(log())
        victim_of(register)("DELETE FROM stored_events WHERE POSITION=3")
        with pytest.raises(NothingToSeal) as said:
            proving.inclusion_text(register, 1, sealed)
        assert str(said.value) == f"{OTHERWISE} (5 events were sealed, 4 of them are here)"
