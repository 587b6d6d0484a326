"""The parts of the single file, each against the letter of its format or against another implementation."""

from __future__ import annotations

import base64
import hashlib

import pytest

from reciprocity.replay import verify_alone as alone
from reciprocity.replay.keys import PrivateKey, public_text

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
OF_ORDER_TWO = (0, P - 1, 1, 0)
ROOT = base64.b64encode(bytes(range(32))).decode()
KEY = PrivateKey("office", bytes(32))


# Ed25519


def encoded(point: tuple[int, int, int, int]) -> bytes:
    """A point as RFC 8032 writes it."""
    x, y, z, _ = point
    inverse = pow(z, -1, P)
    return (y * inverse % P | (x * inverse % P & 1) << 255).to_bytes(32, "little")


def base(number: int) -> tuple[int, int, int, int]:
    assert alone._BASE
    return alone._times(number % ORDER, alone._BASE)


def challenge(commitment: bytes, key: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(commitment + key + message).digest(), "little") % ORDER


def signature(commitment: bytes, scalar: int) -> bytes:
    return commitment + (scalar % ORDER).to_bytes(32, "little")


def test_a_signature_whose_equation_holds_but_for_a_sign_is_none() -> None:
    secret, nonce, message = 12345, 67890, b"message"
    key = encoded(base(secret))
    for commitment, sign in (
        (base(nonce), 1),
        (base(nonce), -1),  # another x on the left, the same y
        (alone._add(base(nonce), OF_ORDER_TWO), -1),  # the same x, another y
        (alone._add(base(nonce), OF_ORDER_TWO), 1),  # both others: it holds with the cofactor only
    ):
        of = encoded(commitment)
        made = signature(of, sign * (nonce + challenge(of, key, message) * secret))
        is_right = (commitment, sign) == (base(nonce), 1)
        assert alone.is_signed(key, message, made) is is_right


def test_a_key_of_small_order_signs_nothing() -> None:
    key, nonce = encoded(OF_ORDER_TWO), 67890
    of = encoded(base(nonce))
    message = next(m for m in map(bytes, range(99)) if challenge(of, key, m) % 2 == 0)
    # An even number of times the key is the neutral point, so that the equation holds without it.
    assert not alone.is_signed(key, message, signature(of, nonce))


def test_a_key_and_a_signature_have_their_lengths() -> None:
    key, made = KEY.public().key, base64.b64decode(KEY.signed("text").split(" ")[2])[4:]
    assert alone.is_signed(key, b"text", made)
    for other_key, other in (
        (key, made + b"\x00"),
        (key + b"\x00", made),
        (key, made[:-1]),
        (key[:-1], made),
    ):
        assert not alone.is_signed(other_key, b"text", other)


@pytest.mark.parametrize(
    "number",
    [P, P + 1, 2**255 - 1, 2, 1 | 1 << 255, (P - 1) | 1 << 255, P | 1 << 255, 2 | 1 << 255],
)
def test_what_encodes_no_point_or_one_that_has_another_encoding_is_none(number: int) -> None:
    assert alone._point(number.to_bytes(32, "little")) is None


def test_a_point_is_read_as_it_is_written() -> None:
    for number in range(1, 9):
        for found in (base(number), base(-number)):
            read = alone._point(encoded(found))
            assert read
            assert encoded(read) == encoded(found)
            x, y, z, t = read
            assert (z, t, (y * y - x * x - 1 - alone._D * t * t) % P) == (1, x * y % P, 0)
    for number in (0, 1, P - 1):
        assert alone._point(number.to_bytes(32, "little"))


# Keys


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        ("office", True),
        ("office.example/бюро", True),
        ("", False),
        ("a b", False),
        ("a\u00a0b", False),
        ("a\tb", False),
        ("a\x1bb", False),
    ],
)
def test_a_name_has_no_blanks(name: str, is_one: bool) -> None:  # a table
    text = public_text(alone.PublicKey(name, bytes(32)))
    if is_one:
        assert alone.public_key(f" {text}\n") == alone.PublicKey(name, bytes(32))
    else:
        with pytest.raises(alone.Malformed, match=r"^not a public key"):
            alone.public_key(text)
        with pytest.raises(alone.Malformed):
            alone.checkpoint(f"a-log\n3\n{ROOT}\n\n— {name} AAAAAAA=\n")
    assert not alone._is_name("a+b")
    assert alone._is_name("a-b")


@pytest.mark.parametrize(
    ("key", "said"),
    [
        (b"\x02" + bytes(32), "not a public key"),
        (b"\x01" + bytes(31), "not a public key"),
        (b"\x01" + bytes(33), "not a public key"),
        (b"", "not a public key"),
        (b"\x01" + bytes(31) + b"\x01", "the id of the public key does not belong to it"),
    ],
)
def test_another_key_is_none(key: bytes, said: str) -> None:
    identity = alone.PublicKey("office", bytes(32)).id.hex()
    with pytest.raises(alone.Malformed, match=f"^{said}"):
        alone.public_key(f"office+{identity}+{base64.b64encode(key).decode()}")


# Checkpoints


def test_a_checkpoint_is_read_with_all_its_lines() -> None:
    lines = f"a log\n1234567890123456789\n{ROOT}\n"
    none = alone.Checkpoint("a log", 1234567890123456789, bytes(range(32)), (), lines, ())
    assert alone.checkpoint(f"{lines}\n") == none
    signed = f"{lines}time x\nmore\n"
    assert alone.checkpoint(f"{signed}\n— a AAAAAAA=\n— b /////////w==\n— a AQIDBAU=\n") == none._replace(
        more=("time x", "more"),
        text=signed,
        signatures=(("a", bytes(5)), ("b", b"\xff" * 7), ("a", bytes(range(1, 6)))),
    )


LINES = f"a-log\n3\n{ROOT}\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no blank line after its text"),
        (LINES, "no blank line after its text"),
        ("a-log\n3\n\n", "an origin, a size and a root"),
        (f"\n3\n{ROOT}\n\n", "an origin, a size and a root"),
        (f"{LINES}\n\n", "an origin, a size and a root"),
        (f"{LINES}\nmore\n\n— a AAAAAAA=\n", "an origin, a size and a root"),
        (f"a\tlog\n3\n{ROOT}\n\n", "an origin, a size and a root"),
        (f"a\u2028log\n3\n{ROOT}\n\n", "an origin, a size and a root"),
        (f"{LINES}\n— a\u00a0 AAAAAAA=\n", "an origin, a size and a root"),
        (f"a-log\nthree\n{ROOT}\n\n", "not a whole number: 'three'"),
        ("a-log\n3\nAAAA\n\n", "not a hash of 32 bytes: 'AAAA'"),
        (f"{LINES}\n— a AAAAAAA=", "its last line is cut off"),
        (f"{LINES}\n- a AAAAAAA=\n", 'a signature is "— name base64"'),
        (f"{LINES}\n—— a AAAAAAA=\n", 'a signature is "— name base64"'),
        (f"{LINES}\n—  AAAAAAA=\n", 'a signature is "— name base64"'),
        (f"{LINES}\n— a AAAA\n", 'a signature is "— name base64"'),
        (f"{LINES}\n— a+b AAAAAAA=\n", 'a signature is "— name base64"'),
        (f"{LINES}\n— a AAAAAAA= AAAA\n", "not base64: 'AAAAAAA= AAAA'"),
        (f"{LINES}\n— a AAAAAAA=\n— a AAA\n", "not base64: 'AAA'"),
    ],
)
def test_what_is_no_checkpoint_is_refused_for_what_is_wrong(text: str, said: str) -> None:
    with pytest.raises(alone.Malformed) as refused:
        alone.checkpoint(text)
    assert said in str(refused.value)


def test_a_checkpoint_is_signed_by_a_key_if_all_that_it_signed_holds() -> None:
    line, namesake = KEY.signed(LINES), PrivateKey("office", bytes([1]) * 32)
    other = PrivateKey("bureau", bytes(32))
    wrong = KEY.signed(f"{LINES}more\n")

    def signers(*lines: str) -> list[PrivateKey]:
        read = alone.checkpoint("\n".join([LINES, "".join(lines)]))
        return [one for one in (KEY, namesake, other) if read.is_signed_by(one.public())]

    assert signers() == []
    assert signers(line) == [KEY]
    assert signers(namesake.signed(LINES), line, other.signed(LINES)) == [KEY, namesake, other]
    assert signers(namesake.signed("else"), line, other.signed("else")) == [KEY]
    assert signers(line, wrong) == signers(wrong, line) == signers(wrong) == []
    assert signers(line.replace("office", "bureau")) == []  # the id is of the name, too


# Numbers, base64, hashes


def test_a_number_has_one_form() -> None:
    for number in (0, 7, 10, 10**18, 10**19 - 1):
        assert alone.number_in(str(number)) == number
    for text in ("", "01", "-1", "+1", "1_0", " 1", "1.", "٣", "²", str(10**19), str(10**20), 5_000 * "1"):
        with pytest.raises(alone.Malformed, match=r"^not a whole number: "):
            alone.number_in(text)


def test_base64_has_one_form() -> None:
    assert alone.hash_in(ROOT) == bytes(range(32))
    for text, said in (
        ("?" + ROOT, "not base64: "),
        (ROOT[:20] + "\t" + ROOT[20:], "not base64: "),
        ("é" + ROOT[1:], "not base64: "),
        (ROOT[:-1], "not base64: "),
        (ROOT[:-2] + "9=", "not the base64 of anything: "),
        (base64.b64encode(bytes(31)).decode(), "not a hash of 32 bytes: "),
        (base64.b64encode(bytes(33)).decode(), "not a hash of 32 bytes: "),
        ("", "not a hash of 32 bytes: "),
    ):
        with pytest.raises(alone.Malformed, match=f"^{said}"):
            alone.hash_in(text)
