"""Parquet tables: rows of a class as columns. The one rule: every column has the type of what it holds.

Needs the extra ``bulk`` (pyarrow), which is imported only when it is asked for.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from typing import TYPE_CHECKING, Any

from reciprocity.domain.errors import ExtraMissing

if TYPE_CHECKING:
    from collections.abc import Sequence


def pyarrow() -> tuple[Any, Any]:
    """The modules ``pyarrow`` and ``pyarrow.parquet``.

    Raises:
        ExtraMissing: if pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  # only who asks for it pays for it
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise ExtraMissing("Parquet needs pyarrow: pip install 'reciprocity[bulk]'") from error
    return pa, parquet


def schema_of(row: type) -> Any:
    """The columns of rows of a class: its fields in order; what may be ``None`` may be null."""
    pa, _ = pyarrow()
    plain = {
        int: pa.int64(),
        str: pa.string(),
        bool: pa.bool_(),
        dt.date: pa.date32(),
        dt.datetime: pa.timestamp("us", tz="UTC"),
    }

    def column(name: str, hint: Any) -> Any:
        if typing.get_origin(hint) is tuple:
            return pa.field(name, pa.list_(pa.string()), nullable=False)
        options = typing.get_args(hint) if isinstance(hint, types.UnionType) else (hint,)
        [kind] = (option for option in options if option is not types.NoneType)
        return pa.field(name, plain[kind], nullable=types.NoneType in options)

    return pa.schema([column(name, hint) for name, hint in typing.get_type_hints(row).items()])


def table_of(rows: Sequence[tuple[Any, ...]], schema: Any) -> Any:
    """The rows, whose members are in the order of the schema's columns, as a table."""
    pa, _ = pyarrow()
    if not rows:
        return schema.empty_table()
    columns = zip(*rows, strict=True)
    arrays = [pa.array(values, kind.type) for values, kind in zip(columns, schema, strict=True)]
    return pa.Table.from_arrays(arrays, schema=schema)
