"""Rows that nobody recorded, and damaged files: refused where they stand, or read; never a riddle."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reciprocity.domain import ReciprocityError
from reciprocity.store import Register, Unreadable, sqlite_connections
from tests.examples import swap
from tests.store_files import make, url

NAMES = ("originator_id", "originator_version", "topic", "state")
NOT_UTF8 = "CAST(x'ff' AS TEXT)"

POISON = {
    "originator_id=x'73776170'": "originator_id is bytes, not a text",
    f"originator_id={NOT_UTF8}": "originator_id: not a text in UTF-8",
    "originator_version=1.5": "originator_version is a fraction, not a whole number",
    "originator_version='one'": "originator_version is a text, not a whole number",
    "topic=x'00'": "topic is bytes, not a text",
    f"topic={NOT_UTF8}": "topic: not a text in UTF-8",
    "topic='agreement-signed/2'": "schema 2 is newer",
    "topic='agreement-burnt/1'": "no event of that name is known",
    "state=CAST(state AS TEXT)": "state is a text, not bytes",
    "state=1": "state is a whole number, not bytes",
    "state=x'ff'": "agreement-signed/1",
    "state=zeroblob(200000)": "state: .*too big",
}


@pytest.mark.parametrize("reading", [True, False])
@pytest.mark.parametrize("poison", POISON)
def test_a_poisoned_row_is_refused_with_its_position(
    poison: str, reading: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sqlite_connections._LIMITS, sqlite3.SQLITE_LIMIT_LENGTH, 100_000)
    path = tmp_path / "swaps.db"
    make(path, "one", "two", "three")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(f"UPDATE stored_events SET {poison} WHERE rowid=2")  # noqa: S608  # a constant
    with Register.open(url(path), reading=reading) as register:
        with pytest.raises(Unreadable, match=f"position 2.*{POISON[poison]}"):
            list(register.log())
        assert [one.agreement_id for one in register.history("three")] == ["three"]


@pytest.mark.parametrize("poison", [r"CAST(x'ff' AS TEXT)", "x'00'", "'a b'", "'\x1b[2J'", "'a' || char(0)"])
def test_an_id_that_is_none_is_refused_with_its_position(poison: str, tmp_path: Path) -> None:
    path = tmp_path / "swaps.db"
    make(path, "one", "two")
    with closing(sqlite3.connect(path)) as file, file:
        file.execute(f"UPDATE stored_events SET originator_id={poison} WHERE rowid=2")  # noqa: S608
    with Register.open(url(path)) as register:
        with pytest.raises(Unreadable, match="position 2") as refused:
            register.agreement_ids()
        assert str(refused.value).isprintable()


@cache
def whole() -> bytes:
    """The bytes of a store as it should be."""
    with TemporaryDirectory() as folder:
        make(Path(folder, "swaps.db"), "one", "two")
        return Path(folder, "swaps.db").read_bytes()


def asks(register: Register) -> list[Callable[[], Any]]:
    """All that a register is asked for."""
    return [
        lambda: list(register.log()),
        lambda: list(register.log().counts()),
        lambda: list(register.history("one")),
        lambda: register.agreement("one"),
        register.agreement_ids,
        register.last_position,
        register._recorder.damage,
        lambda: list(register._recorder.commands()),
        lambda: register.sign("one", swap()),
        lambda: register.command("one", lambda _: (), command_id="c"),
    ]


values = st.one_of(
    st.none(), st.integers(-(2**63), 2**63 - 1), st.floats(), st.text(max_size=5), st.binary(max_size=5)
)


@settings(max_examples=min(30, settings().max_examples))
@given(
    st.sampled_from(NAMES), values, st.sampled_from(["command_id", "originator_id", "first_version"]), values
)
@example("originator_version", 0, "first_version", "x")
def test_any_value_anywhere_is_read_or_refused(column: str, value: object, of: str, other: object) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "swaps.db")
        path.write_bytes(whole())
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("PRAGMA synchronous=OFF")
            ignoring = "UPDATE OR IGNORE"
            file.execute(f"{ignoring} commands SET command_id='c' WHERE originator_id='one'")
            file.execute(f"{ignoring} stored_events SET {column}=? WHERE rowid=1", [value])
            file.execute(f"{ignoring} commands SET {of}=? WHERE command_id='c'", [other])
        told = 0
        with Register.open(url(path)) as register:
            for ask in asks(register):
                with suppress(ReciprocityError):
                    ask()
                    told += 1
        assert told  # the last position, at least


@settings(max_examples=min(30, settings().max_examples))
@given(st.data())
def test_a_file_with_other_bytes_or_fewer_is_read_or_refused(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder, "swaps.db")
        content = bytearray(whole())
        for _ in range(data.draw(st.integers(1, 4))):
            content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
        kept = data.draw(st.one_of(st.just(len(content)), st.integers(0, len(content))))
        path.write_bytes(content[:kept])
        for reading in (True, False):
            with suppress(ReciprocityError), Register.open(url(path), reading=reading) as register:
                for ask in asks(register)[:7]:
                    with suppress(ReciprocityError):
                        ask()
