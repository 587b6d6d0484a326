"""Marks: what stands for what in a picture. The one rule: nothing is told by colour alone.

Every line has a dash of its own and every mark a shape of its own, and the legend names those that are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Any, NamedTuple, TypeAlias, TypeVar

from reciprocity.replay.charts.axes import drawn
from reciprocity.replay.charts.drawing import INK, KNOWN, MUTED, THEN

Row: TypeAlias = dict[str, Any]
K = TypeVar("K")

_SIZE, _MANY = 70, 30  # of a mark, in square pixels; of more marks each is smaller


class _Stroke(NamedTuple):
    colour: str
    dash: list[int]


class _Shape(NamedTuple):
    shape: str
    fill: str


class Line(Enum):
    """What a line stands for."""

    NOW = _Stroke(KNOWN, [1, 0])
    THEN = _Stroke(THEN, [2, 3])
    AGREED = _Stroke(INK, [9, 4])


class SideLine(Enum):
    """The lines of the sides, and of what one had received beyond what it had released."""

    FIRST = _Stroke(KNOWN, [1, 0])
    SECOND = _Stroke(THEN, [7, 5])
    THIRD = _Stroke(INK, [2, 3])
    FOURTH = _Stroke(MUTED, [12, 3, 3, 3])
    BEYOND = _Stroke(INK, [1, 0])


class Mark(Enum):
    """What a mark stands for."""

    PHASE = _Shape("circle", KNOWN)
    UNDATED = _Shape("circle", "#ffffff")
    DISPUTED = _Shape("M-1.4,-1.4L1.4,1.4M1.4,-1.4L-1.4,1.4", INK)
    CORRECTED = _Shape("diamond", THEN)
    AT_LEAST = _Shape("triangle-up", "#ffffff")
    LARGEST = _Shape(
        "M0,-2.08L0.49,-0.68L1.98,-0.64L0.79,0.26L1.22,1.68L0,0.83"
        "L-1.22,1.68L-0.79,0.26L-1.98,-0.64L-0.49,-0.68Z",
        THEN,
    )


class Band(Enum):
    """What a band stands for."""

    KNOWN = KNOWN
    BETWEEN = "#6fb3e0"
    ABOVE = "#d3e9f7"


def lines(rows: list[Row], names: Mapping[Line, str] | Mapping[SideLine, str]) -> Row:
    """A layer of lines: each row's ``what`` names its line, rows of one ``part`` are one line."""
    scale = {"domain": list(names.values())}
    legend = {"symbolType": "stroke", "symbolSize": 500}
    return {
        "data": {"values": rows},
        "mark": {"type": "line", "interpolate": "step-after", "strokeWidth": 2, "aria": False},
        "encoding": {
            "x": {"field": "x", "type": "temporal"},
            "y": {"field": "y", "type": "quantitative"},
            "detail": {"field": "part", "type": "nominal"},
            "stroke": {
                "field": "what",
                "type": "nominal",
                "scale": {**scale, "range": [line.value.colour for line in names]},
                "legend": legend,
            },
            "strokeDash": {
                "field": "what",
                "type": "nominal",
                "scale": {**scale, "range": [line.value.dash for line in names]},
                "legend": legend,
            },
        },
    }


class Stretch(NamedTuple):
    """A part of a line (``low`` and ``high`` are one) or of a band: from ``x`` to ``x2``, at a height."""

    what: str
    x: int
    x2: int
    low: int
    high: int


def joined(stretches: Iterable[Stretch]) -> list[Row]:
    """Stretches as rows: those of one name that follow upon one another make one line, or one band."""
    rows = list[Row]()
    for one in stretches:
        if one.x == one.x2:
            continue
        goes_on = rows and (rows[-1]["what"], rows[-1]["x"]) == (one.what, one.x)
        part = rows.pop()["part"] if goes_on else len(rows)
        at = {"y": drawn(one.low), "y2": drawn(one.high)}
        rows += [{"what": one.what, "x": x, **at, "part": part} for x in (one.x, one.x2)]
    return rows


def bands(rows: list[Row], names: dict[Band, str]) -> Row:
    """A layer of bands from ``y`` to ``y2``: each ``part`` is one, from its first ``x`` to its last."""
    return {
        "data": {"values": rows},
        "mark": {"type": "area", "interpolate": "step-after", "aria": False},
        "encoding": {
            "x": {"field": "x", "type": "temporal"},
            "y": {"field": "y", "type": "quantitative"},
            "y2": {"field": "y2"},
            "detail": {"field": "part", "type": "nominal"},
            "color": {
                "field": "what",
                "type": "nominal",
                "scale": {"domain": list(names.values()), "range": [band.value for band in names]},
                "legend": {"symbolType": "square", "symbolSize": 220},
            },
        },
    }


def columns(rows: list[Row], names: dict[Band, str]) -> Row:
    """A layer of columns, each from ``x`` to ``x2`` and from ``y`` to ``y2``."""
    layer = bands(rows, names)
    encoding = {name: told for name, told in layer["encoding"].items() if name != "detail"}
    return {
        **layer,
        "mark": {"type": "rect", "stroke": INK, "strokeWidth": 0.6, "aria": False},
        "encoding": {**encoding, "x2": {"field": "x2"}},
    }


def marks(rows: list[Row], names: dict[Mark, str]) -> Row:
    """A layer of marks: each row's ``what`` is the name of its mark."""

    def told(what: str) -> Row:
        looks = [getattr(mark.value, what) for mark in names]
        return {
            "field": "what",
            "type": "nominal",
            "scale": {"domain": list(names.values()), "range": looks},
            "legend": {"symbolSize": 60},
        }

    return {
        "data": {"values": rows},
        "mark": {
            "type": "point",
            "filled": True,  # which keeps the rim in the legend
            "size": _SIZE if len(rows) <= _MANY else _SIZE / 2,
            "stroke": INK,
            "strokeWidth": 1.6,
            "opacity": 1,
            "aria": False,
        },
        "encoding": {
            "x": {"field": "x", "type": "temporal"},
            "y": {"field": "y", "type": "quantitative"},
            "shape": told("shape"),
            "fill": told("fill"),
        },
    }


def present(names: Mapping[K, str], rows: Iterable[Row]) -> dict[K, str]:
    """Those names that any row has: the legend names nothing that is not there."""
    there = {row["what"] for row in rows}
    return {what: name for what, name in names.items() if name in there}
