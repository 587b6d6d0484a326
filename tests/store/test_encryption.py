"""An encrypted fact is read with its key in its row, and nowhere else; a register mixes no keys."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from itertools import combinations, permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import AgreementSuspended, Event, Recorded
from reciprocity.projections import Cumulative, Runner, fold_log
from reciprocity.projections.parallel import fold_in_parallel
from reciprocity.replay.journal import read_journal
from reciprocity.replay.record import record
from reciprocity.seeds import path as seed
from reciprocity.store import (
    KINDS,
    WIRE,
    Key,
    KeyUnusable,
    Kind,
    Log,
    NeedsKey,
    NotAllowed,
    Register,
    Unreadable,
    Wire,
)
from reciprocity.store.encryption import Cipher, EncryptedWire, wire_with
from reciprocity.store.log import Row
from reciprocity.testing.strategies import any_event, plain_texts, unicode_texts
from tests import stores
from tests.examples import swap
from tests.projections.recorded_histories import SOME
from tests.projections.test_narrow_reading import Held, logs, narrow, whole

KEY, OTHER = Key(bytes(range(32))), Key(bytes(range(32, 64)))
CIPHER, AT = Cipher(KEY), dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
ENCRYPTED, WITH_ANOTHER = EncryptedWire(CIPHER), wire_with(OTHER)
SEEDS = ("ua-ru-2025-05-16", "ua-ru-2026-02-geneva")
MOVED = "does not decrypt: another key, or it was edited or moved here"
PLAIN = "not encrypted, in a register that is"
UP = "UPDATE stored_events SET state = ? WHERE originator_id = ? AND originator_version = ?"


def rows(log: tuple[Recorded, ...], wire: Wire = ENCRYPTED) -> list[Row]:
    return [
        (position, one.agreement_id, one.version, *wire.encode(one)) for position, one in enumerate(log, 1)
    ]


def founding(wire: Wire = ENCRYPTED) -> list[Row]:
    """The rows of an agreement of 14 events."""
    with Register.open("memory:") as register:
        fill(register, SEEDS[:1])
        return rows(tuple(register.log()), wire)


def fill(register: Register, names: tuple[str, ...] = SEEDS) -> None:
    for name in names:
        journal = seed(name)
        assert journal is not None
        record(register, read_journal(journal))


def refused(row: Row, reason: str, wire: Wire = ENCRYPTED) -> None:
    """It is, by whoever reads it whole and by who only counts."""
    position, agreement_id, version, topic, state = row
    with pytest.raises(Unreadable, match=reason):
        wire.decode(agreement_id, version, topic, state, position)
    for read in (list, lambda log: list(log.counts())):
        with pytest.raises(Unreadable, match=reason):
            read(Log(Held((row,)), wire, position - 1, position))


# One fact.


@given(any_event(texts=unicode_texts, most=10_000_000), unicode_texts, st.integers(1, 2**63 - 1))
def test_what_is_encrypted_is_read_back(event: Event, command_id: str, version: int) -> None:
    recorded = Recorded("swap", version, AT, command_id, event)
    topic, state = ENCRYPTED.encode(recorded)
    plain_topic, text = WIRE.encode(recorded)
    assert topic == plain_topic
    assert len(state) == len(text) + 29
    assert state[0] == 1 != text[0]
    assert ENCRYPTED.decode("swap", version, topic, state, 3) == recorded
    assert ENCRYPTED.encode(recorded)[1] != state, "a nonce is used once"
    opened = list(ENCRYPTED.opened(iter([(3, "swap", version, topic, state)])))
    assert opened == [(3, "swap", version, topic, text)]


places = st.tuples(plain_texts, st.integers(-(2**63), 2**63 - 1), plain_texts)


@given(st.binary(min_size=1), places, places)
def test_a_text_is_bound_to_its_place(
    text: bytes, here: tuple[str, int, str], there: tuple[str, int, str]
) -> None:
    state = CIPHER.encrypt(text, *here)
    assert CIPHER.decrypt(state, *here) == text
    if there != here:
        with pytest.raises(Unreadable, match=MOVED):
            CIPHER.decrypt(state, *there)


@pytest.mark.parametrize(
    "there",
    [("swa", 1, "p/1"), ("swap", 11, "/1"), ("swap1", 1, "/1"), ("swap", 1, "1/1"), ("", 1, "swap/1")],
)
def test_no_two_places_are_written_alike(there: tuple[str, int, str]) -> None:
    state = CIPHER.encrypt(b"{}", "swap", 1, "/1")
    with pytest.raises(Unreadable, match=MOVED):
        CIPHER.decrypt(state, *there)


def test_no_byte_can_be_edited_left_out_or_added() -> None:
    position, agreement_id, version, topic, state = founding()[2]
    for place in range(len(state)):
        edited = state[:place] + bytes([state[place] ^ (1 << place % 8)]) + state[place + 1 :]
        shorter = state[:place]
        for changed in (edited, shorter, state[:place] + state[place + 1 :]):
            with pytest.raises(Unreadable, match=f"^position {position}, {agreement_id} version {version}, "):
                ENCRYPTED.decode(agreement_id, version, topic, changed, position)
    refused((position, agreement_id, version, topic, state + b"\0"), MOVED)


def test_a_text_of_another_key_is_refused() -> None:
    for row in founding(WITH_ANOTHER)[:1]:
        refused(row, f"^position 1, {SEEDS[0]} version 1, agreement-signed/1: {MOVED}")


def test_an_encrypted_text_without_a_key_is_refused_and_the_message_says_how_one_is_given() -> None:
    row = founding()[0]
    refused(row, r"^position 1, .* version 1, agreement-signed/1: encrypted, and no key was given", WIRE)
    with pytest.raises(NeedsKey, match=r"--key-file or --key-fd; in Python, Register.open\(…, key=…\)"):
        WIRE.decode(*row[1:])
    with pytest.raises(NeedsKey):
        WIRE.decode("swap", 1, "phase-held/7", row[4])


def test_a_plain_text_in_an_encrypted_register_is_refused() -> None:
    for row in founding(WIRE):
        _, agreement_id, version, topic, state = row
        with pytest.raises(Unreadable, match=PLAIN):
            ENCRYPTED.decode(agreement_id, version, topic, state)
    refused(founding(WIRE)[0], PLAIN)
    completed = next(row for row in founding(WIRE) if row[3] == "phase-completed/1")
    refused((1, "swap", 1, *completed[3:]), PLAIN)


@pytest.mark.parametrize(
    "state", [None, 7, "text", "\x01text", b"", b"\x01", b"\x01" * 29, memoryview(b"{}")]
)
def test_what_is_no_state_at_all_is_refused(state: bytes) -> None:
    with pytest.raises(Unreadable, match=r"^swap version 1, agreement-signed/1: "):
        ENCRYPTED.decode("swap", 1, "agreement-signed/1", state)


def test_a_text_of_an_older_schema_is_brought_up() -> None:
    """Suppose that schema 1 had had no reason."""
    kinds = tuple(Kind(k.name, 2, k.event) if k.name == "agreement-suspended" else k for k in KINDS)
    wire = EncryptedWire(CIPHER, kinds, {"agreement-suspended/1": lambda fact: {**fact, "reason": "unknown"}})
    text = b'{"command_id":"c","event":{},"recorded_at":"2030-01-01T00:00:00Z"}'
    state = CIPHER.encrypt(text, "swap", 2, "agreement-suspended/1")
    read = wire.decode("swap", 2, "agreement-suspended/1", state)
    assert read.event == AgreementSuspended(reason="unknown")
    with pytest.raises(Unreadable, match=MOVED):
        wire.decode("swap", 2, "agreement-suspended/2", state)


# A log.


def test_no_two_rows_can_be_swapped() -> None:
    """In none of the columns that say what a row is, and in no set of them."""
    stored = founding()
    for one, other in permutations(stored, 2):
        for size in (1, 2, 3):
            for columns in combinations((1, 2, 3), size):
                agreement_id, version, topic = (
                    str(other[1] if 1 in columns else one[1]),
                    int(other[2] if 2 in columns else one[2]),
                    str(other[3] if 3 in columns else one[3]),
                )
                if (agreement_id, version, topic) != one[1:4]:
                    with pytest.raises(Unreadable, match=MOVED):
                        ENCRYPTED.decode(agreement_id, version, topic, one[4])


@SOME
@given(logs(), st.data())
def test_what_is_counted_is_what_whole_events_say(log: tuple[Recorded, ...], data: st.DataObject) -> None:
    stored = rows(log)
    assert narrow(stored, ENCRYPTED) == whole(stored, ENCRYPTED) == whole(rows(log, WIRE), WIRE)
    position = data.draw(st.integers(1, len(stored)))
    plain = stored[position - 1] = (*stored[position - 1][:4], WIRE.encode(log[position - 1])[1])
    for read in (narrow, whole):
        with pytest.raises(
            Unreadable, match=f"^position {position}, {plain[1]} version {plain[2]}, .*{PLAIN}"
        ):
            read(stored, ENCRYPTED)


# A register.


def test_an_encrypted_register_says_what_a_plain_one_does(any_url: str) -> None:
    clock = lambda: dt.datetime(2026, 6, 1, tzinfo=dt.UTC)  # noqa: E731
    with Register.open("memory:", clock=clock) as plain:
        fill(plain)
        told = list(plain.log())
        with Register.open(any_url, create=True, clock=clock, key=KEY) as register:
            register.take_over(told)
            assert list(register.log()) == told
            assert fold_log(Cumulative(), register.log()) == fold_log(Cumulative(), plain.log())
            for name in SEEDS:
                assert register.agreement(name) == plain.agreement(name)
            with register.follow(timeout=0) as events:
                assert list(events) == told
            assert {row[4][:1] for row in register.log().rows()} == {b"\x01"}


def test_a_retry_is_answered_with_what_was_recorded(any_url: str) -> None:
    with Register.open(any_url, create=True, key=KEY) as register:
        first = register.once("c-1").sign("swap", swap())
        assert register.once("c-1").sign("swap", swap()) == first
        assert len(list(register.log())) == 1


def test_a_file_has_nothing_of_a_fact_in_plain(tmp_path: Path) -> None:
    words = (b"prisoner_of_war", b"released", b"recorded_at", b"Istanbul", b"sources")
    for name, key in (("plain", None), ("encrypted", KEY)):
        with Register.open(f"sqlite:///{tmp_path / name}.db", create=True, key=key) as register:
            fill(register)
        content = b"".join(file.read_bytes() for file in tmp_path.glob(f"{name}.db*"))
        assert [word in content for word in words] == [key is None] * len(words)
        assert all(seed_name.encode() in content for seed_name in SEEDS), "as the documentation says"


@pytest.mark.parametrize("given_key", [None, OTHER], ids=["no key", "another key"])
def test_nothing_is_written_beside_what_another_key_encrypted(kept_url: str, given_key: Key | None) -> None:
    with Register.open(kept_url, create=True, key=KEY) as register:
        fill(register, SEEDS[:1])
    before = stores.content(kept_url)
    with Register.open(kept_url, key=given_key) as register:
        with pytest.raises(Unreadable, match=f"^position 1, {SEEDS[0]} version 1, agreement-signed/1: "):
            register.sign("swap", swap())
        with pytest.raises(Unreadable, match=r"^position 1, "):
            register.agreement(SEEDS[0])
    assert stores.content(kept_url) == before


def test_nothing_is_encrypted_beside_what_is_plain(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        fill(register, SEEDS[:1])
    before = stores.content(kept_url)
    with Register.open(kept_url, key=KEY) as register, pytest.raises(Unreadable, match=PLAIN):
        register.sign("swap", swap())
    assert stores.content(kept_url) == before


def test_a_key_that_came_too_late_is_refused_at_the_second_command(kept_url: str) -> None:
    """A register that was opened while there was nothing looks again."""
    with Register.open(kept_url, create=True, key=KEY) as one, Register.open(kept_url) as other:
        other.views()  # for which it looks, too
        one.sign("swap", swap())
        with pytest.raises(NeedsKey, match=r"^position 1, swap version 1"):
            other.sign("another", swap())
        assert one.agreement_ids() == ["swap"]


def test_a_damaged_end_does_not_keep_its_owner_from_writing(kept_url: str) -> None:
    with Register.open(kept_url, create=True, key=KEY) as register:
        fill(register, SEEDS[:1])
    stores.execute(kept_url, UP, (b"\x01damaged", SEEDS[0], 14))
    with Register.open(kept_url, key=KEY) as register:
        assert [one.version for one in register.sign("swap", swap())] == [1]


def test_rows_swapped_in_a_store_are_refused(kept_url: str) -> None:
    with Register.open(kept_url, create=True, key=KEY) as register:
        fill(register)
        states = {row[1:3]: row[4] for row in register.log().rows()}
    one, other = (SEEDS[0], 3), (SEEDS[1], 2)
    stores.execute(kept_url, UP, (states[one], *other))
    stores.execute(kept_url, UP, (states[other], *one))
    with Register.open(kept_url, key=KEY) as register:
        for agreement_id, version in (one, other):
            with pytest.raises(Unreadable, match=f"{agreement_id} version {version}, .*: {MOVED}"):
                list(register.history(agreement_id))


@pytest.mark.parametrize(("given_key", "error"), [(KEY, NotAllowed), (None, NeedsKey)], ids=["key", "no key"])
def test_no_view_is_kept(kept_url: str, given_key: Key | None, error: type[Exception]) -> None:
    with Register.open(kept_url, create=True, key=KEY) as register:
        fill(register)
    before = stores.content(kept_url)
    with Register.open(kept_url, key=given_key) as register:
        for skip_unreadable in (False, True):
            with pytest.raises(error):
                Runner(register, "cumulative", skip_unreadable=skip_unreadable)
    assert stores.content(kept_url) == before


def test_several_processes_read_with_the_key(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'swaps.db'}"
    with Register.open(url, create=True, key=KEY) as register:
        fill(register)
        expected = fold_log(Cumulative(), register.log())
    assert fold_in_parallel(Cumulative(), url, processes=2, key=KEY) == expected


# What it needs.


def test_without_the_package_the_message_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.exceptions", None)
    with pytest.raises(KeyUnusable, match=r'pip install "reciprocity\[encryption\]"'):
        Register.open(f"sqlite:///{tmp_path / 'swaps.db'}", create=True, key=KEY)
    assert not list(tmp_path.iterdir())


def test_who_gives_no_key_does_not_import_the_package() -> None:
    asked = "import sys, reciprocity.replay.cli; sys.exit('cryptography' in sys.modules)"
    subprocess.run([sys.executable, "-c", asked], check=True)
