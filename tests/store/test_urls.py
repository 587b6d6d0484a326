"""A URL says which store is meant, whole; what is none is refused, and no password is shown."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from reciprocity.store import NoSuchStore, NotAStore
from reciprocity.store.sqlite_reading import ReadingDatastore
from reciprocity.store.urls import open_url

KNOWN = "postgresql://user@host/database, sqlite:///path/to/file.db or memory:"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("", ""),
        ("memory", "memory"),
        ("MEMORY:", "MEMORY:"),
        ("memory:?mode=x", "memory:"),
        ("sqlite:///", "sqlite:///"),
        ("sqlite://swaps.db", "sqlite://swaps.db"),
        ("SQLITE:///swaps.db", "SQLITE:///swaps.db"),
        ("/path/to/swaps.db", "/path/to/swaps.db"),
        ("mysql://host/database", "mysql://host/database"),
        ("mysql://user:secret@host/database", "mysql://…@host/database"),
        ("mysql://user:se@cr/et@host/database", "mysql://…@host/database"),
        ("mysql://host/database?password=secret&a=?", "mysql://host/database"),
        ("POSTGRESQL://user:secret@host/database", "POSTGRESQL://…@host/database"),
        ("POSTGRES://host/database", "POSTGRES://host/database"),
    ],
)
def test_what_is_no_url_of_a_store_is_refused_and_no_password_shown(url: str, shown: str) -> None:
    for create in (False, True):
        with pytest.raises(NotAStore) as refused:
            open_url(url, create=create)
        assert str(refused.value) == f"{shown}: not a store's URL ({KNOWN})"


def test_a_file_is_made_only_where_that_is_asked_and_opened_as_it_is_asked(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'sqlite:'}/swaps.db"
    (tmp_path / "sqlite:").mkdir()
    for reading in (False, True):
        with pytest.raises(NoSuchStore):
            open_url(url, create=False, reading=reading)
    assert list((tmp_path / "sqlite:").iterdir()) == []
    open_url(url, create=True).close()
    assert [file.name for file in (tmp_path / "sqlite:").iterdir()] == ["swaps.db"]
    for asked in (None, False, True):
        factory = open_url(url, create=False, **({} if asked is None else {"reading": asked}))
        recorder: Any = factory.application_recorder()
        assert isinstance(recorder.datastore, ReadingDatastore) is bool(asked)
        factory.close()


def test_a_name_may_be_one_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(NoSuchStore, match=r"^a: "):
        open_url("sqlite:///a", create=False)


@pytest.mark.parametrize("scheme", ["postgresql", "postgres"], ids=["whole", "short"])
@pytest.mark.parametrize("create", [True, False])
@pytest.mark.parametrize("reading", [True, False])
def test_a_server_is_asked_for_as_it_is_named(
    scheme: str, create: bool, reading: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("psycopg", reason='needs pip install "reciprocity[postgres]"')
    asked: list[Any] = []
    monkeypatch.setattr(
        "reciprocity.store.postgres.open_server",
        lambda url, *, create, reading: asked.append((url, create, reading)),
    )
    url = f"{scheme}://user:secret@host/database?sslmode=require"
    open_url(url, create=create, reading=reading)
    assert asked == [(url, create, reading)]


def test_without_the_driver_the_message_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("reciprocity.store.postgres", raising=False)
    monkeypatch.setitem(sys.modules, "reciprocity.store.postgres", None)
    with pytest.raises(NotAStore, match=r'PostgreSQL needs pip install "reciprocity\[postgres\]"$'):
        open_url("postgresql://host/database", create=False)
