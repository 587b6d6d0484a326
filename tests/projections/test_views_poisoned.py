"""Views of a file from a stranger: whatever stands in their tables is read, or refused; never a traceback."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reciprocity.domain import ReciprocityError
from reciprocity.projections.runner import Runner
from reciprocity.store import Register
from tests.projections.view_stores import many, stored

VIEW = "cumulative"


@cache
def whole() -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """The bytes of a store with a view, and the columns of its tables."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "swaps.db")
        with Register.open(f"sqlite:///{path}", create=True) as register:
            register.take_over(many(agreements=2, phases=2))
            Runner(register, VIEW).run()
        with closing(sqlite3.connect(path)) as file:
            columns = file.execute(
                "SELECT m.name, c.name FROM sqlite_schema AS m JOIN pragma_table_info(m.name) AS c"
                " WHERE m.name LIKE 'view_%' AND m.type='table' ORDER BY 1, 2"
            ).fetchall()
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return path.read_bytes(), tuple(columns)


def asks(register: Register) -> list[Callable[[], object]]:
    """All that a view is asked for."""
    return [
        lambda: stored(register, VIEW),
        lambda: Runner(register, VIEW).digest(),
        lambda: Runner(register, VIEW).differing(),
        lambda: register.suspend("swap-000", reason="broken off"),
        lambda: Runner(register, VIEW).run(),
        lambda: Runner(register, VIEW).run(from_scratch=True),
    ]


values = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(),
    st.text(max_size=5),
    st.binary(max_size=5),
    st.sampled_from(["[]", "{}", "next", "current", "[1]", "2025-05-23", "\x1b[2J"]),
)


@settings(max_examples=min(40, settings().max_examples))
@given(st.data(), values)
def test_any_value_anywhere_is_read_or_refused(data: st.DataObject, value: object) -> None:
    content, columns = whole()
    poisoned(content, *data.draw(st.sampled_from(columns)), value)


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("view_builds", "steps", ""),
        ("view_builds", "position", "x"),
        ("view_builds", "position", -(2**62)),  # from where it would take for ever
        ("view_builds", "stage", "other"),
        ("view_builds", "build", b"x"),
        ("view_cumulative", "agreement", b"x"),
        ("view_cumulative_kept", "version", b"x"),
        ("view_cumulative_kept", "state", "x"),
        ("view_cumulative_kept", "state", b"[]"),
    ],
)
def test_what_no_view_holds_is_refused(table: str, column: str, value: object) -> None:
    content, _ = whole()
    assert any(
        "holds what no" in said or "cannot be read" in said
        for said in poisoned(content, table, column, value)
    )


def poisoned(content: bytes, table: str, column: str, value: object) -> list[str]:
    """What is said to all that is asked of a store with that value in all of a column."""
    said = []
    with TemporaryDirectory() as folder:
        path = Path(folder, "swaps.db")
        path.write_bytes(content)
        with closing(sqlite3.connect(path)) as file, file:
            file.execute("PRAGMA synchronous=OFF")
            file.execute(f"UPDATE OR IGNORE {table} SET {column}=?", [value])  # noqa: S608  # names of ours
        with Register.open(f"sqlite:///{path}") as register:
            for ask in asks(register):
                try:
                    ask()
                except ReciprocityError as error:
                    said.append(str(error))
    assert all(map(str.isprintable, said))
    return said
