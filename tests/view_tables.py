"""The tables of the views as docs/views.md shows them.

``python -m tests.view_tables`` writes them into the document.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from reciprocity.projections.views import VIEWS
from reciprocity.store.view_postgres import PostgresViews
from reciprocity.store.view_sqlite import SQLiteViews
from reciprocity.store.view_tables import BUILDS, UNREADABLE, Table

DOCUMENT = Path(__file__).parent.parent / "docs" / "views.md"
BEGIN = "<!-- tables: python -m tests.view_tables -->\n"


def tables() -> str:
    """What is to stand at the end of the document."""
    every = [table for one in VIEWS.values() for table in one.view.tables()]
    return "\n".join(part for table in [*every, BUILDS, UNREADABLE] for part in _shown(table)) + "\n"


def _shown(table: Table) -> Iterator[str]:
    yield f"### {table.name}\n"
    yield "| column | in a file | on a server | note |"
    yield "| --- | --- | --- | --- |"
    for place, column in enumerate(table.columns):
        note = "key" if place < table.key else "may be null" if column.nullable else ""
        in_file, on_server = SQLiteViews.types[column.holds], PostgresViews.types[column.holds]
        on_server = on_server.removesuffix(' COLLATE "C"')
        yield f"| `{column.name}` | {in_file} | {on_server} | {note} |"
    yield ""


if __name__ == "__main__":
    before, _, _ = DOCUMENT.read_text("utf-8").partition(BEGIN)
    DOCUMENT.write_text(before + BEGIN + "\n" + tables(), "utf-8")
