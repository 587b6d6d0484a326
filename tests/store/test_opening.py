"""Only a store of ours is opened; nothing else is touched, and nothing but the URL has a say."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reciprocity.store import NotAllowed, NotAStore, Register
from tests.examples import swap


def url(path: Path) -> str:
    return f"sqlite:///{path}"


def test_a_store_is_created_closed_and_opened_again(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    with Register.open(url(path), create=True) as register:
        [signed] = register.sign("swap", swap())
    with Register.open(url(path)) as register:
        assert list(register.history("swap")) == [signed]
    with Register.open(url(path), create=True) as register:  # it is there: it is opened
        assert list(register.log()) == [signed]


@pytest.mark.parametrize(
    "name", ["a b.db", "100%.db", "what?.db", "a#b.db", "обмін.db", "%41.db", "a&mode=ro"]
)
def test_a_file_may_have_any_name(tmp_path: Path, name: str) -> None:
    with Register.open(url(tmp_path / name), create=True) as register:
        register.sign("swap", swap())
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with Register.open(url(tmp_path / name)) as register:
        assert register.agreement_ids() == ["swap"]


def test_a_relative_path_is_relative(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Register.open("sqlite:///here.db", create=True).close()
    assert (tmp_path / "here.db").is_file()


def test_a_store_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    with Register.open(url(path), create=True) as register:
        register.sign("swap", swap())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
    assert set(modes.values()) == {0o600}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def missing(path: Path) -> None:
    pass


def empty(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("phases and releases\n" * 20)


def short_text(path: Path) -> None:
    path.write_text("x")


def directory(path: Path) -> None:
    path.mkdir()


def pipe(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE stored_events (originator_id TEXT)")


def of_another_format(path: Path) -> None:
    Register.open(url(path), create=True).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version=9")


REFUSED: dict[Callable[[Path], None], str] = {
    missing: "no such store",
    empty: "an empty file",
    text: "not a SQLite database",
    short_text: "not a SQLite database",
    directory: "not a file, but a directory",
    pipe: "not a file, but a pipe",
    device: "not a file, but a device",
    link_to_itself: "cannot be read",
    foreign: "another application",
    of_another_format: "a store of format 9; this release reads 2",
}


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("make", REFUSED)
def test_what_is_no_store_is_refused_and_left_as_it_was(
    make: Callable[[Path], None], create: bool, tmp_path: Path
) -> None:
    path = tmp_path / "swaps.db"
    make(path)
    before = {file.name: _content(file) for file in tmp_path.iterdir()}
    if make is missing and create:
        return  # this is how a store is made
    with pytest.raises(NotAStore, match=REFUSED[make]) as refused:
        Register.open(url(path), create=create)
    assert str(path) in str(refused.value)
    with pytest.raises(NotAStore, match=REFUSED[make]):
        Register.open(url(path), reading=True)
    assert {file.name: _content(file) for file in tmp_path.iterdir()} == before


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def test_a_store_is_not_created_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NotAStore, match="cannot be created"):
        Register.open(url(tmp_path / "nowhere" / "swaps.db"), create=True)


def test_a_store_is_not_created_through_a_dangling_link(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(NotAStore):
        Register.open(url(tmp_path / "link.db"), create=True)
    assert not (tmp_path / "elsewhere.db").exists()


@pytest.mark.parametrize(
    "bad", ["", "swaps.db", "sqlite://", "sqlite:///", "mysql://x/y", "memory", "memory:x"]
)
@pytest.mark.parametrize("create", [False, True])
def test_a_url_of_no_known_scheme_is_refused(
    bad: str, create: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NotAStore, match="not a store's URL"):
        Register.open(bad, create=create)
    assert list(tmp_path.iterdir()) == []


AMBIENT = {
    "SQLITE_DBNAME": "{}/ambient.db",
    "REGISTER_SQLITE_DBNAME": "{}/ambient.db",
    "PERSISTENCE_MODULE": "eventsourcing.popo",
    "REGISTER_PERSISTENCE_MODULE": "eventsourcing.popo",
    "COMPRESSOR_TOPIC": "zlib",
    "REGISTER_COMPRESSOR_TOPIC": "zlib",
    "CIPHER_TOPIC": "eventsourcing.cipher:AESCipher",
    "CIPHER_KEY": "MDEyMzQ1Njc4OWFiY2RlZg==",
    "REGISTER_CIPHER_KEY": "MDEyMzQ1Njc4OWFiY2RlZg==",
    "MAPPER_TOPIC": "os:system",
    "AGGREGATE_CACHE_MAXSIZE": "1",
    "CREATE_TABLE": "n",
    "REGISTER_CREATE_TABLE": "n",
    "SQLITE_LOCK_TIMEOUT": "0",
    "TRANSCODER_TOPIC": "os:system",
    "IS_SNAPSHOTTING_ENABLED": "y",
}


def test_the_environment_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stored(path: Path) -> list[tuple[str, bytes]]:
        with Register.open(url(path), create=True) as register:
            register.sign("swap", swap())
            assert len(list(register.history("swap"))) == 1
        with closing(sqlite3.connect(path)) as connection:
            return [
                (topic, state.split(b'"event":')[1].split(b',"recorded_at"')[0])
                for topic, state in connection.execute("SELECT topic, state FROM stored_events")
            ]

    before = stored(tmp_path / "before.db")
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value.format(tmp_path))
    assert stored(tmp_path / "after.db") == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["after.db", "before.db"]
    with Register.open("memory:") as register:
        register.sign("swap", swap())
        assert register.agreement_ids() == ["swap"]
        assert set(register.env).isdisjoint(AMBIENT)


def test_two_stores_in_memory_are_two() -> None:
    with Register.open("memory:") as one, Register.open("memory:") as other:
        one.sign("swap", swap())
        assert other.agreement_ids() == []


def test_nothing_is_recorded_in_what_is_opened_for_reading(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register:
        register.sign("one", swap())
    with Register.open(kept_url, reading=True) as register:
        with pytest.raises(NotAllowed):
            register.sign("two", swap())
        assert register.sign("one", swap()) == []  # it is on record already
        with Register.open(kept_url) as other:
            other.sign("two", swap())
        assert register.agreement_ids() == ["one", "two"]
