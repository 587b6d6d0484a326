"""Which frame does a notebook read? The one rule: a frame says what the view of that name says.

Needs the extra ``frames`` (pandas, Polars), of which only the one that is asked for is imported. A column
holds what a table of the view holds (see `views`), typed: days as dates, instants in UTC, lists as lists.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from reciprocity.domain.errors import ExtraMissing
from reciprocity.projections.at import at
from reciprocity.projections.columns import columns
from reciprocity.projections.projection import fold_log
from reciprocity.projections.views import VIEWS
from reciprocity.store import Register
from reciprocity.store.view_tables import Column, Holds

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

_AGREEMENT = Column("agreement", Holds.TEXT)

_READ: dict[Holds, Callable[[Any], Any]] = {
    Holds.DAY: dt.date.fromisoformat,
    Holds.INSTANT: dt.datetime.fromisoformat,
    Holds.LIST: msgspec.json.decode,
}
"""How what a line has as a text is read."""

_PANDAS = {
    Holds.TEXT: "str",
    Holds.WHOLE: "Int64",
    Holds.NUMBER: "Float64",
    Holds.YES_OR_NO: "boolean",
    Holds.DAY: "datetime64[us]",
    Holds.INSTANT: "datetime64[us, UTC]",
    Holds.LIST: "object",
}


def pandas_frame(
    register: Register,
    view: str = "facts",
    *,
    as_of: dt.date | None = None,
    known_at: dt.datetime | None = None,
) -> pd.DataFrame:
    """The rows of a view of the whole register, as of a day and as known at an instant, for pandas.

    *view* is ``cumulative``, ``timeline``, ``standing``, ``claims`` or ``facts``. The store stays as it is.

    Raises:
        KeyError: there is no such view.
        ExtraMissing: if pandas is not installed.
        Unreadable: an event cannot be read.

    >>> from reciprocity.domain import Terms
    >>> with Register.open("memory:") as register:
    ...     signed = register.sign("swap", Terms.symmetric("UKR", "RUS", total=1000))
    ...     pandas_frame(register, "cumulative")["remaining_at_most"].tolist()
    [1000, 1000]
    """
    told = _told(register, view, as_of, known_at)
    try:
        import pandas as pd  # noqa: PLC0415  # only who asks for it pays for it
    except ImportError as error:
        raise _missing("pandas") from error
    return pd.DataFrame(
        {column.name: pd.Series(values, dtype=_PANDAS[column.holds]) for column, values in told}
    )


def polars_frame(
    register: Register,
    view: str = "facts",
    *,
    as_of: dt.date | None = None,
    known_at: dt.datetime | None = None,
) -> pl.DataFrame:
    """The same as `pandas_frame`, for Polars.

    Raises:
        KeyError: there is no such view.
        ExtraMissing: if Polars is not installed.
        Unreadable: an event cannot be read.

    >>> from reciprocity.domain import Terms
    >>> with Register.open("memory:") as register:
    ...     signed = register.sign("swap", Terms.symmetric("UKR", "RUS", total=1000))
    ...     polars_frame(register, "standing").select("agreement", "status", "phases").row(0)
    ('swap', 'in-force', 0)
    """
    told = _told(register, view, as_of, known_at)
    try:
        import polars as pl  # noqa: PLC0415
    except ImportError as error:
        raise _missing("Polars") from error
    types = {
        Holds.TEXT: pl.String(),
        Holds.WHOLE: pl.Int64(),
        Holds.NUMBER: pl.Float64(),
        Holds.YES_OR_NO: pl.Boolean(),
        Holds.DAY: pl.Date(),
        Holds.INSTANT: pl.Datetime("us", "UTC"),
        Holds.LIST: pl.List(pl.String()),
    }
    return pl.DataFrame([pl.Series(column.name, values, types[column.holds]) for column, values in told])


def _told(
    register: Register, view: str, as_of: dt.date | None, known_at: dt.datetime | None
) -> list[tuple[Column, list[Any]]]:
    """The columns of a view, each with its values from the first row to the last."""
    materialised = VIEWS[view]
    history = (
        register.log()
        if as_of is None and known_at is None
        else at(register.log(), as_of=as_of, known_at=known_at)
    )
    state = fold_log(materialised.projection, history)
    lines = [(agreement, *told) for agreement, rows in materialised.lines(state).items() for told in rows]
    named = (_AGREEMENT, *columns(materialised.row))
    return [(column, [_value(column, told[place]) for told in lines]) for place, column in enumerate(named)]


def _value(column: Column, told: Any) -> Any:
    return told if told is None or column.holds not in _READ else _READ[column.holds](told)


def _missing(library: str) -> ExtraMissing:
    return ExtraMissing(f"frames of {library} need it installed: pip install 'reciprocity[frames]'")
