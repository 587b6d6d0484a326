"""Facts as Parquet, for bulk engines. The one rule: every column has the type of what it holds.

One file with the transfers as now known. The whole record, in a form that can be added to, is a data set:
see `replay.data_set`. Both need the extra ``bulk`` (pyarrow), imported only when it is asked for.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import attrs

from reciprocity.domain.errors import ExtraMissing
from reciprocity.projections import FactRow
from reciprocity.replay.parquet_tables import pyarrow, schema_of, table_of

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["ExtraMissing", "read", "write"]

_BATCH = 100_000  # rows of a row group


def write(rows: Iterable[FactRow], file: IO[bytes]) -> None:
    """Write the rows to *file*, a row group at a time.

    Raises:
        ExtraMissing: if pyarrow is not installed.
    """
    _, parquet = pyarrow()
    schema = schema_of(FactRow)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        batch: list[tuple[Any, ...]] = []
        for row in rows:
            batch.append(attrs.astuple(row, recurse=False))
            if len(batch) == _BATCH:
                writer.write_table(table_of(batch, schema))
                batch = []
        writer.write_table(table_of(batch, schema))


def read(file: IO[bytes]) -> list[FactRow]:
    """The rows of a file that `write` wrote.

    Raises:
        ExtraMissing: if pyarrow is not installed.
    """
    _, parquet = pyarrow()
    return [
        FactRow(**{**row, "sources": tuple(row["sources"]), "urls": tuple(row["urls"])})
        for row in parquet.read_table(file).to_pylist()
    ]
