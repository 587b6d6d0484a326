"""A key is taken only from where nobody else can have read it, and only if it is one; it is never shown."""

from __future__ import annotations

import base64
import os
import pickle
import pty
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.store import Key, KeyUnusable, key_from_descriptor, key_from_file
from reciprocity.store.encryption_keys import write_key_file

SECRET = bytes(range(200, 232))
BASE64, HEX = base64.b64encode(SECRET), SECRET.hex().encode()
secrets = st.binary(min_size=32, max_size=32).filter(lambda secret: len(set(secret)) > 1)

TEXTS = [BASE64, HEX, HEX.upper(), BASE64 + b"\n", BASE64 + b"\r\n", HEX + b"\n"]

NO_KEYS = {
    "nothing": b"",
    "a blank line": b"\n",
    "the bytes themselves": SECRET,
    "cut short": BASE64[:-4] + b"\n",
    "without padding": BASE64.rstrip(b"=") + b"\n",
    "a bit that says nothing": BASE64[:-2] + bytes([BASE64[-2] + 1]) + b"=",
    "too long": base64.b64encode(SECRET + b"\0"),
    "half of it": base64.b64encode(SECRET[:16]),
    "two lines": BASE64 + b"\n" + BASE64 + b"\n",
    "two ends of line": BASE64 + b"\n\n",
    "a blank before": b" " + BASE64,
    "a blank after": BASE64 + b" \n",
    "a byte-order mark": b"\xef\xbb\xbf" + BASE64,
    "the other alphabet": BASE64.translate(bytes.maketrans(b"+/", b"-_")),
    "blanks in hexadecimal": (HEX[:30] + b"  " + HEX[30:])[:64],
    "not ASCII": HEX[:-2] + "é".encode(),
    "hexadecimal with an error": HEX[:-1] + b"g",
    "a password": b"correct horse battery staple\n",
    "a private key": b"-----BEGIN PRIVATE KEY-----\n" + BASE64 + b"\n-----END PRIVATE KEY-----\n",
    "very long": BASE64 * 100_000,
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "exchange.key"
    write_key_file(path, Key(SECRET))
    return path


def through_a_pipe(text: bytes) -> Key:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    try:
        os.write(writing, text)
        os.close(writing)
        return key_from_descriptor(reading)
    finally:
        os.close(reading)


def test_a_new_key_is_in_a_file_that_nobody_else_may_read(file: Path) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_bytes() == BASE64 + b"\n"
    with pytest.raises(FileExistsError):
        write_key_file(file, Key.new())
    assert key_from_file(file) == Key(SECRET)
    assert Key.new() != Key.new()


def test_a_new_key_file_is_whole_and_on_the_disk_when_it_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced, fsync = list[bytes](), os.fsync

    def sync(descriptor: int) -> None:
        synced.append((tmp_path / "new.key").read_bytes())
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    before = os.umask(0)
    try:
        write_key_file(tmp_path / "new.key", Key(SECRET))
    finally:
        os.umask(before)
    assert synced == [BASE64 + b"\n"]
    assert stat.S_IMODE((tmp_path / "new.key").stat().st_mode) == 0o600


@pytest.mark.parametrize("at_once", [1, 7, 31, 1_024])
def test_a_key_may_come_in_pieces(at_once: int, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, most: read(descriptor, min(most, at_once)))
    for text in TEXTS:
        file.write_bytes(text)
        assert key_from_file(file) == through_a_pipe(text) == Key(SECRET)
    file.write_bytes(b"#" * 1_024 + BASE64)
    with pytest.raises(KeyUnusable):
        key_from_file(file)


def test_no_more_is_read_of_a_file_than_a_key_may_be(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    got, read = list[int](), os.read

    def counted(descriptor: int, most: int) -> bytes:
        text = read(descriptor, most)
        got.append(len(text))
        return text

    monkeypatch.setattr(os, "read", counted)
    file.write_bytes(BASE64 * 100_000)
    with pytest.raises(KeyUnusable):
        key_from_file(file)
    assert got == [1_024, 1_024]


def test_no_descriptor_is_left_open(file: Path) -> None:
    open_ones = Path("/proc/self/fd")
    if not open_ones.exists():
        pytest.skip("needs /proc")
    before = len(list(open_ones.iterdir()))
    key_from_file(file)
    file.chmod(0o640)
    with pytest.raises(KeyUnusable):
        key_from_file(file)
    assert len(list(open_ones.iterdir())) == before


@given(secrets)
def test_a_key_is_read_as_it_was_written(secret: bytes) -> None:
    for text in (base64.b64encode(secret) + b"\n", secret.hex().encode()):
        assert through_a_pipe(text).secret == secret


@pytest.mark.parametrize("text", TEXTS)
def test_a_line_of_base64_or_hexadecimal_is_a_key(file: Path, text: bytes) -> None:
    file.write_bytes(text)
    assert key_from_file(file) == through_a_pipe(text) == Key(SECRET)


@pytest.mark.parametrize("name", NO_KEYS)
def test_what_is_no_key_is_refused_and_not_shown(file: Path, name: str) -> None:
    text = NO_KEYS[name]
    file.write_bytes(text)
    with pytest.raises(KeyUnusable) as error:
        key_from_file(file)
    shown = f"{file} holds no key: one line, of 44 characters of base64 or 64 of hexadecimal"
    assert str(error.value) == shown
    if len(text) < 60_000:  # what a pipe holds
        with pytest.raises(KeyUnusable, match=r"^descriptor \d+ holds no key"):
            through_a_pipe(text)


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(32), b"\xff" * 32, bytes(range(33)), "a" * 32])
def test_32_bytes_that_differ_are_a_key(secret: bytes) -> None:
    assert len(Key.new().secret) == len(Key(bytes(31) + b"x").secret) == 32
    with pytest.raises(KeyUnusable, match="32 bytes"):
        Key(secret)


def test_32_equal_bytes_in_a_file_are_none(file: Path) -> None:
    file.write_bytes(base64.b64encode(bytes(32)))
    with pytest.raises(KeyUnusable, match=r"exchange\.key: 32 bytes that are all the same are no key"):
        key_from_file(file)


def test_a_key_shows_nothing_of_itself() -> None:
    key = Key(SECRET)
    assert repr(key) == str(key) == f"{key}" == "Key()"
    assert pickle.loads(pickle.dumps(key)) == key  # noqa: S301  # as it goes to another process


@pytest.mark.parametrize("mode", range(0o100))
def test_a_file_that_others_may_use_is_refused(file: Path, mode: int) -> None:
    file.chmod(0o600 | mode)
    if mode == 0:
        assert key_from_file(file) == Key(SECRET)
    else:
        with pytest.raises(KeyUnusable, match=f"exchange.key has mode 06{mode:02o}: others may use it"):
            key_from_file(file)


def test_a_file_of_another_user_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: file.stat().st_uid + 1)
    if file.stat().st_uid == 0:  # the tests run as root, whose files anybody may take keys from
        assert key_from_file(file) == Key(SECRET)
        os.chown(file, 1, -1)
        monkeypatch.setattr(os, "geteuid", lambda: 0)
    with pytest.raises(KeyUnusable, match=r"exchange.key belongs to another user"):
        key_from_file(file)


def test_a_link_leads_to_the_file(file: Path) -> None:
    link = file.with_name("link.key")
    link.symlink_to(file)
    assert key_from_file(link) == Key(SECRET)
    file.chmod(0o640)
    with pytest.raises(KeyUnusable, match=r"link\.key has mode 0640"):
        key_from_file(link)


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    for path in (tmp_path, tmp_path / "pipe", Path(os.devnull)):
        with pytest.raises(KeyUnusable, match="is not a regular file"):
            key_from_file(path)
    with pytest.raises(FileNotFoundError):
        key_from_file(tmp_path / "nothing")


def test_a_descriptor_that_cannot_be_read_is_refused(file: Path) -> None:
    with file.open("ab") as writing, pytest.raises(KeyUnusable, match="cannot be read: Bad file"):
        key_from_descriptor(writing.fileno())
    for descriptor, reason in (
        (-1, "Bad file descriptor"),
        (9_999, "Bad file descriptor"),
        (2**40, "no such descriptor"),
    ):
        with pytest.raises(KeyUnusable, match=f"^descriptor {descriptor} cannot be read: {reason}$"):
            key_from_descriptor(descriptor)


def test_a_terminal_is_refused() -> None:
    leading, following = pty.openpty()
    try:
        with pytest.raises(KeyUnusable, match="is a terminal, which would show the key"):
            key_from_descriptor(following)
    finally:
        os.close(leading)
        os.close(following)


def test_a_descriptor_is_left_open(file: Path) -> None:
    with file.open("rb") as reading:
        assert key_from_descriptor(reading.fileno()) == Key(SECRET)
        assert reading.seek(0) == 0
        assert key_from_descriptor(reading.fileno()) == Key(SECRET)
