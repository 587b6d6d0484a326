"""A drawing: a picture's specification with all that is told beside it. The one rule: a chart has words, too.

Title, caption and tables say what the picture shows, for who cannot see it, and what it leaves unknown.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import attrs
from rich.cells import cell_len, chop_cells

from reciprocity.domain import ReciprocityError, Source
from reciprocity.replay.visible import visible

WIDTH = 640
"""Of a picture's panels, in pixels."""

INK, MUTED, KNOWN, THEN = "#1a1a1a", "#555555", "#0072b2", "#d55e00"
"""Colours that stay apart for who sees fewer of them (Okabe and Ito, 2008)."""

_TITLE_CELLS, _CAPTION_CELLS, _MOST_LINES = 76, 122, 4  # what fits in the width
_FONT = "Liberation Sans, Arial, Helvetica, sans-serif"


class NothingToDraw(ReciprocityError):
    """There is no figure to make a picture of."""


@attrs.frozen
class Table:
    """Figures of a picture in rows; every cell is a text."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@attrs.frozen(kw_only=True)
class Drawing:
    """A picture before it is rendered: its words, its figures, and its specification."""

    title: str
    subtitle: str
    summary: str
    caption: tuple[str, ...]
    tables: tuple[Table, ...]
    sources: tuple[Source, ...]
    panels: tuple[dict[str, Any], ...]

    @property
    def specification(self) -> dict[str, Any]:
        """The whole in the grammar of Vega-Lite."""
        return {
            "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
            "description": self.summary,
            "config": deepcopy(_CONFIG),
            "padding": 14,
            "title": {
                "text": wrapped(self.title, _TITLE_CELLS),
                "subtitle": wrapped(self.subtitle, _CAPTION_CELLS),
                "anchor": "start",
                "frame": "bounds",
                "offset": 14,
            },
            "vconcat": [*self.panels, _caption(self.caption)],
            "spacing": 18,
            "resolve": {"legend": dict.fromkeys(_TOLD, "shared"), "scale": dict.fromkeys(_TOLD, "shared")},
        }


_TOLD = ("color", "stroke", "strokeDash", "fill", "shape")

_CONFIG: dict[str, Any] = {
    "font": _FONT,
    "background": "white",
    "view": {"stroke": None},
    "axis": {
        "labelColor": INK,
        "titleColor": INK,
        "labelFontSize": 11,
        "titleFontSize": 11,
        "titleFontWeight": "normal",
        "gridColor": "#e2e2e2",
        "domainColor": "#777777",
        "tickColor": "#777777",
    },
    "legend": {
        "orient": "top",
        "direction": "horizontal",
        "layout": {"top": {"direction": "vertical", "anchor": "start", "margin": 4}},
        "title": None,
        "labelColor": INK,
        "labelFontSize": 11,
        "labelLimit": 0,
        "columns": 3,
        "columnPadding": 18,
        "symbolSize": 110,
        "symbolStrokeWidth": 1.6,
    },
    "title": {
        "color": INK,
        "fontSize": 16,
        "subtitleColor": MUTED,
        "subtitleFontSize": 11,
        "subtitlePadding": 5,
        "lineHeight": 20,
        "subtitleLineHeight": 15,
    },
    "text": {"font": _FONT, "fontSize": 11, "color": INK},
}


def wrapped(text: str, cells: int, most: int = _MOST_LINES) -> list[str]:
    """A text in lines that are so many cells wide at most; of too many lines the last ends in three dots.

    >>> wrapped("one two three", 8)
    ['one two', 'three']
    """
    lines = [""]
    for word in visible(text).split():
        for part in chop_cells(word, cells):
            longer = f"{lines[-1]} {part}".strip()
            if cell_len(longer) <= cells:
                lines[-1] = longer
            else:
                lines.append(part)
    return lines if len(lines) <= most else [*lines[: most - 1], f"{lines[most - 1][:-3]}..."]


def panel(
    title: str, height: int, across: dict[str, Any], up: dict[str, Any], layers: list[dict[str, Any]]
) -> dict[str, Any]:
    """A panel of a picture: its title, its axes, and what is drawn in it, the lowest layer first."""
    return {
        "title": {"text": wrapped(title, 100, 2), "anchor": "start", "fontSize": 12, "frame": "group"},
        "width": WIDTH,
        "height": height,
        "encoding": {"x": across, "y": up},
        "layer": layers,
    }


def words(rows: list[dict[str, Any]], **mark: Any) -> list[dict[str, Any]]:
    """Layers of words, each row's ``label`` at its place, with a white rim that sets them off from lines."""
    rim = {"stroke": "white", "strokeWidth": 3, "strokeOpacity": 0.85, "strokeJoin": "round"}
    return [
        {
            "data": {"values": rows},
            "mark": {"type": "text", "aria": False, **mark, **look},
            "encoding": {
                "x": {"field": "x", "type": "temporal"},
                "y": {"field": "y", "type": "quantitative"},
                "text": {"field": "label", "type": "nominal"},
            },
        }
        for look in (rim, {})
    ]


def _caption(lines: tuple[str, ...]) -> dict[str, Any]:
    told = [part for line in lines for part in wrapped(line, _CAPTION_CELLS)]
    return {
        "width": WIDTH,
        "height": 15 * len(told),
        "data": {"values": [{"line": number, "label": line} for number, line in enumerate(told)]},
        "mark": {"type": "text", "align": "left", "baseline": "top", "color": MUTED, "aria": False},
        "encoding": {
            "x": {"value": 0},
            "y": {
                "field": "line",
                "type": "quantitative",
                "axis": None,
                "scale": {"domain": [0, len(told)], "reverse": True, "nice": False},
            },
            "text": {"field": "label", "type": "nominal"},
        },
    }
