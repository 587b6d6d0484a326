"""A cipher byte for byte: what a former release encrypted is read, and what is refused is told why."""

from __future__ import annotations

import datetime as dt
import sys
from typing import Any

import pytest

from reciprocity.domain import AgreementFulfilled, PhaseCompleted, Recorded
from reciprocity.store import KINDS, WIRE, Key, KeyUnusable, Unreadable
from reciprocity.store.encryption import Cipher, EncryptedWire, wire_with
from reciprocity.store.log import Row

pytest.importorskip("cryptography", reason='needs pip install "reciprocity[encryption]"')

KEY, OTHER = Key(bytes(range(32))), Key(bytes(range(32, 64)))
CIPHER, AT = Cipher(KEY), dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
NONCE = bytes(range(100, 112))
STATE = bytes.fromhex("016465666768696a6b6c6d6e6f0931c5b5e8dae2afc055481b2b7d0531ee0f")
"""What the first release with encryption made of the text ``{}`` of version 7 of swap, with this nonce."""


def test_what_a_former_release_encrypted_is_read() -> None:
    assert CIPHER.decrypt(STATE, "swap", 7, "agreement-fulfilled/1") == b"{}"


def test_a_state_is_a_mark_a_nonce_from_the_system_and_the_text_bound_to_its_row(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("os.urandom", lambda size: NONCE[:size])
    assert CIPHER.encrypt(b"{}", "swap", 7, "agreement-fulfilled/1") == STATE
    assert STATE[:13] == b"\x01" + NONCE
    assert len(STATE) == 1 + 12 + 2 + 16


@pytest.mark.parametrize("text", [b"1", b"{}", b"x" * 1_000])
def test_every_text_that_is_cut_short_is_refused(text: bytes) -> None:
    state = CIPHER.encrypt(text, "swap", 1, "t/1")
    assert CIPHER.decrypt(state, "swap", 1, "t/1") == text
    for size in range(1, 30):
        with pytest.raises(Unreadable, match=r"^cut short: it is too small for an encrypted fact$"):
            CIPHER.decrypt(state[:size], "swap", 1, "t/1")
    with pytest.raises(Unreadable, match=r"^does not decrypt: another key, or it was edited or moved here$"):
        CIPHER.decrypt(state[:-1] + bytes([state[-1] ^ 1]), "swap", 1, "t/1")
    with pytest.raises(Unreadable, match=r"^cut short"):
        CIPHER.decrypt(CIPHER.encrypt(b"", "swap", 1, "t/1"), "swap", 1, "t/1")


def test_without_the_package_the_message_ends_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(KeyUnusable) as refused:
        Cipher(KEY)
    assert str(refused.value).endswith(': encryption needs pip install "reciprocity[encryption]"')


def test_without_the_algorithm_the_message_says_what_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  # only if it is installed

    def unsupported(_: bytes) -> None:
        raise UnsupportedAlgorithm("no AES-GCM-SIV here")

    monkeypatch.setattr("cryptography.hazmat.primitives.ciphers.aead.AESGCMSIV", unsupported)
    said = r"^no AES-GCM-SIV here: encryption needs OpenSSL 3\.2 or newer$"
    with pytest.raises(KeyUnusable, match=said):
        Cipher(KEY)


# The wire.


def row(wire: Any, position: int, agreement_id: str = "swap") -> Row:
    recorded = Recorded(agreement_id, position, AT, "c", AgreementFulfilled())
    return (position, agreement_id, position, *wire.encode(recorded))


def test_the_wire_of_a_key_reads_what_it_wrote_with_the_key_and_in_the_row() -> None:
    wire = wire_with(KEY)
    position, agreement_id, version, topic, state = row(wire, 7)
    assert (position, agreement_id, version) == (7, "swap", 7)
    read = EncryptedWire(CIPHER).decode(agreement_id, version, topic, state, position)
    assert read == wire.decode(agreement_id, version, topic, state, position)
    assert (read.agreement_id, read.version, read.position) == ("swap", 7, 7)
    assert wire.decode(agreement_id, version, topic, state).position == 0
    assert wire.topic_of(PhaseCompleted) == WIRE.topic_of(PhaseCompleted) == "phase-completed/1"
    assert wire.plain is not wire
    [opened] = wire.opened(iter([(position, agreement_id, version, topic, state)]))
    assert WIRE.decode(*opened[1:], opened[0]) == read


def test_an_event_that_is_not_in_the_table_has_no_topic() -> None:
    assert EncryptedWire(CIPHER, KINDS[:1], {}).topic_of(AgreementFulfilled) is None


@pytest.mark.parametrize("position", [0, 3])
def test_what_cannot_be_read_is_named_with_its_place(position: int) -> None:
    wire = wire_with(OTHER)
    _, agreement_id, version, topic, state = row(wire_with(KEY), 7)
    named = (
        f"{f'position {position}, ' * (position > 0)}swap version 7, agreement-fulfilled/1: does not decrypt"
    )
    with pytest.raises(Unreadable, match=f"^{named}"):
        wire.decode(agreement_id, version, topic, state, position)
    with pytest.raises(Unreadable, match=f"^{named}"):
        list(wire.opened(iter([(position, agreement_id, version, topic, state)])))


@pytest.mark.parametrize(
    ("keys", "named"),
    [
        ([], None),
        ([KEY], None),
        ([KEY, KEY], None),
        ([KEY, OTHER], None),
        ([OTHER, KEY], None),
        ([OTHER], 1),
        ([OTHER, OTHER], 1),
        ([None, OTHER], 1),
        ([None], 1),
    ],
)
def test_one_row_of_a_key_is_enough_to_write_beside(keys: list[Key | None], named: int | None) -> None:
    rows = [row(wire_with(key) if key else WIRE, position) for position, key in enumerate(keys, start=1)]
    if named is None:
        wire_with(KEY).check_beside(rows)
    else:
        with pytest.raises(Unreadable, match=f"^position {named}, swap version {named}, "):
            wire_with(KEY).check_beside(rows)
