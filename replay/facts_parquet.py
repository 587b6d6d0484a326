"""Facts as Parquet, for bulk engines. The one rule: every column has the type of what it holds.

Needs the extra ``bulk`` (pyarrow), which is imported only when it is asked for.
"""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import attrs

from reciprocity.domain import ReciprocityError
from reciprocity.projections import FactRow

if TYPE_CHECKING:
    from collections.abc import Iterable

_BATCH = 100_000  # rows of a row group


class ExtraMissing(ReciprocityError):
    """What was asked for needs a package that is not installed; the message says how to install it."""


def write(rows: Iterable[FactRow], file: IO[bytes]) -> None:
    """Write the rows to *file*, a row group at a time.

    Raises:
        ExtraMissing: if pyarrow is not installed.
    """
    pa, parquet = _pyarrow()
    schema = _schema(pa)
    with parquet.ParquetWriter(file, schema, compression="zstd") as writer:
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(attrs.asdict(row, recurse=False))
            if len(batch) == _BATCH:
                writer.write_table(pa.Table.from_pylist(batch, schema=schema))
                batch = []
        writer.write_table(pa.Table.from_pylist(batch, schema=schema))


def read(file: IO[bytes]) -> list[FactRow]:
    """The rows of a file that `write` wrote.

    Raises:
        ExtraMissing: if pyarrow is not installed.
    """
    _, parquet = _pyarrow()
    return [
        FactRow(**{**row, "sources": tuple(row["sources"]), "urls": tuple(row["urls"])})
        for row in parquet.read_table(file).to_pylist()
    ]


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa  # noqa: PLC0415  # only who asks for it pays for it
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise ExtraMissing("Parquet needs pyarrow: pip install 'reciprocity[bulk]'") from error
    return pa, parquet


def _schema(pa: Any) -> Any:
    def column(name: str, kind: Any, *, known: bool = True) -> Any:
        return pa.field(name, kind, nullable=not known)

    number, text = pa.int64(), pa.string()
    return pa.schema(
        [
            column("agreement", text),
            column("phase", number),
            column("completed_on", pa.date32(), known=False),
            column("place", text, known=False),
            column("releasing", text),
            column("receiving", text),
            column("category", text),
            column("at_least", number),
            column("at_most", number, known=False),
            column("within_agreement", pa.bool_(), known=False),
            column("version", number),
            column("position", number),
            column("recorded_at", pa.timestamp("us", tz="UTC")),
            column("sources", pa.list_(text)),
            column("urls", pa.list_(text)),
        ]
    )
