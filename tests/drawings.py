"""The life cycles as drawings, and the tables of docs/rules.md: what the code says, for people.

``python -m tests.drawings`` writes ``docs/life-cycle-*.svg``, and the tables into the document. Where a box
stands is chosen here; which boxes and which arrows there are follows from the domain's two tables.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from enum import Enum
from html import escape
from pathlib import Path
from typing import Any, TypeAlias

import attrs

from reciprocity.domain import PHASE_TRANSITIONS, RULES, TRANSITIONS, PhaseStatus, Status
from reciprocity.domain.rules import Rule
from reciprocity.store import KINDS

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "rules.md"

Cycle: TypeAlias = Mapping[Any, Mapping[type[Any], Any]]
"""What may happen, by where one stands, and where one stands then."""

_NAMES = {kind.event: kind.name for kind in KINDS}

_BOX = (170, 40)  # the width of a box, and the height of one with nothing but its name
_LINE = 17  # from one line of text to the next
_LETTER = 6.7  # the width of a letter, roughly
_APART = (26, 70)  # from the middle of two arrows that go both ways: of level ones, of upright ones

# The ground is white in any theme: a picture on a page does not know which one a reader has chosen.
_STYLE = """<style>
text { text-anchor: middle } .name { font-size: 16px; font-weight: bold } .event { font-style: italic }
.box { fill: #eef3f7; stroke: #33475b; stroke-width: 1.5 } .behind { fill: #fff }
.arrow { fill: none; stroke: #33475b; stroke-width: 1.5 }
</style>
<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">
<path d="M0 0L10 5L0 10z"/></marker></defs>"""


@attrs.frozen
class Drawing:
    """A life cycle, and where each box has its middle; an arrow may bend at points."""

    name: str
    title: str
    cycle: Cycle
    size: tuple[int, int]
    places: Mapping[Any, tuple[int, int]]
    bends: Mapping[tuple[Any, Any], tuple[tuple[int, int], ...]] = attrs.field(factory=dict)

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return ROOT / "docs" / f"life-cycle-{self.name}.svg"


DRAWINGS = (
    Drawing(
        "of-an-agreement",
        "The life cycle of an agreement",
        TRANSITIONS,
        (980, 500),
        {
            Status.UNSIGNED: (105, 100),
            Status.IN_FORCE: (490, 100),
            Status.FULFILLED: (875, 100),
            Status.SUSPENDED: (490, 415),
            Status.TERMINATED: (875, 415),
        },
    ),
    Drawing(
        "of-a-phase",
        "The life cycle of a phase",
        PHASE_TRANSITIONS,
        (1040, 530),
        {
            PhaseStatus.UNKNOWN: (105, 260),
            PhaseStatus.ANNOUNCED: (450, 260),
            PhaseStatus.POSTPONED: (795, 260),
            PhaseStatus.COMPLETED: (450, 470),
            PhaseStatus.VOIDED: (450, 50),
        },
        {(PhaseStatus.COMPLETED, PhaseStatus.VOIDED): ((965, 470), (965, 50))},
    ),
)


def told(event: type[Any]) -> str:
    """An event in words: ``phase completed``."""
    return _NAMES[event].replace("-", " ")


def named(status: Enum) -> str:
    """Where one stands, in words: ``in force``."""
    return str(status.value).replace("-", " ")


def staying(cycle: Cycle, status: Any) -> list[str]:
    """What may happen and changes nothing about where one stands."""
    return [told(event) for event, after in cycle[status].items() if after is status]


def moving(cycle: Cycle) -> dict[tuple[Any, Any], list[str]]:
    """What leads from one box to another."""
    arrows: dict[tuple[Any, Any], list[str]] = {}
    for before, possible in cycle.items():
        for event, after in possible.items():
            if after is not before:
                arrows.setdefault((before, after), []).append(told(event))
    return arrows


def svg(drawing: Drawing) -> str:
    """The drawing, as a file of its own that needs nothing."""
    width, height = drawing.size
    arrows = moving(drawing.cycle)
    lines = [_arrow(drawing, ends, both_ways=ends[::-1] in arrows) for ends in arrows]
    words = [
        _label(events, *_middle(drawing, ends, both_ways=ends[::-1] in arrows))
        for ends, events in arrows.items()
    ]
    boxes = [_box(drawing.cycle, status, *drawing.places[status]) for status in drawing.cycle]
    spoken = "; ".join(
        f"from {named(before)} to {named(after)}: {', '.join(events)}"
        for (before, after), events in arrows.items()
    )
    size = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    head = [
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" {size} font-family="sans-serif" font-size="13">',
        f"<title>{escape(drawing.title)}</title>",
        f"<desc>{escape(spoken)}</desc>",
        _STYLE,
        f'<rect width="{width}" height="{height}" fill="#fff"/>',
    ]
    return "\n".join([*head, *lines, *boxes, *words, "</svg>", ""])


def _box(cycle: Cycle, status: Any, x: int, y: int) -> str:
    inside = staying(cycle, status)
    wide, high = _BOX[0], _height(cycle, status)
    top = y - high / 2
    rows = [_text(x, top + 25, named(status), "name")]
    rows += [_text(x, top + 46 + _LINE * nth, event) for nth, event in enumerate(inside)]
    return _rect(x, y, wide, high, "box") + "".join(rows)


def _height(cycle: Cycle, status: Any) -> int:
    inside = staying(cycle, status)
    return _BOX[1] + (_LINE * len(inside) + 4 if inside else 0)


def _ends(drawing: Drawing, ends: tuple[Any, Any], *, both_ways: bool) -> list[tuple[float, float]]:
    """The points of an arrow, from the border of one box to that of the other."""
    (x1, y1), (x2, y2) = (drawing.places[end] for end in ends)
    if bends := drawing.bends.get(ends):
        return [_border(drawing, ends[0], bends[0]), *bends, _border(drawing, ends[1], bends[-1])]
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    aside = _APART[x1 == x2] if both_ways else 0
    dx, dy = -(y2 - y1) / length * aside, (x2 - x1) / length * aside
    start, end = _border(drawing, ends[0], (x2, y2)), _border(drawing, ends[1], (x1, y1))
    return [(start[0] + dx, start[1] + dy), (end[0] + dx, end[1] + dy)]


def _border(drawing: Drawing, status: Any, toward: tuple[float, float]) -> tuple[float, float]:
    """Where the line from the middle of a box toward a point leaves it."""
    x, y = drawing.places[status]
    dx, dy = toward[0] - x, toward[1] - y
    half_width, half_height = _BOX[0] / 2, _height(drawing.cycle, status) / 2
    scale = min(half_width / abs(dx) if dx else 1e9, half_height / abs(dy) if dy else 1e9)
    return x + dx * scale, y + dy * scale


def _arrow(drawing: Drawing, ends: tuple[Any, Any], *, both_ways: bool) -> str:
    points = " ".join(f"{x:.0f},{y:.0f}" for x, y in _ends(drawing, ends, both_ways=both_ways))
    return f'<polyline points="{points}" class="arrow" marker-end="url(#head)"/>'


def _middle(drawing: Drawing, ends: tuple[Any, Any], *, both_ways: bool) -> tuple[float, float]:
    points = _ends(drawing, ends, both_ways=both_ways)
    (x1, y1), (x2, y2) = points[len(points) // 2 - 1 : len(points) // 2 + 1]
    return (x1 + x2) / 2, (y1 + y2) / 2


def _label(events: list[str], x: float, y: float) -> str:
    wide, high = max(map(len, events)) * _LETTER + 6, _LINE * len(events) + 4
    top = y - high / 2 + 14
    rows = [_text(x, top + _LINE * nth, event, "event") for nth, event in enumerate(events)]
    return _rect(x, y, wide, high, "behind") + "".join(rows)


def _rect(x: float, y: float, wide: float, high: float, kind: str) -> str:
    """A rectangle around a middle."""
    place = f'x="{x - wide / 2:.0f}" y="{y - high / 2:.0f}" width="{wide:.0f}" height="{high:.0f}"'
    return f'<rect {place} rx="8" class="{kind}"/>'


def _text(x: float, y: float, words: str, kind: str = "staying") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}">{escape(words)}</text>'


def rule_table() -> str:
    """Every rule: its sentence, and a journal that breaks it alone."""
    rows = ["| rule | in words | broken by |", "| --- | --- | --- |"]
    for rule in RULES:
        name = rule.__name__
        rows.append(f"| `{name}` | {_sentences(rule)} | [{_broken(name)}](../seeds/broken/{name}.toml) |")
    return "\n".join(rows) + "\n"


def _sentences(rule: Rule) -> str:
    text = re.sub(r"\s+", " ", rule.__doc__ or "").strip()
    return re.sub(r": see `agreement\.(\w+)`", r": see `\1`", text)


def _broken(name: str) -> str:
    """How a journal says that it breaks the rule: the first sentence below the comment that names it."""
    lines = (ROOT / "seeds" / "broken" / f"{name}.toml").read_text("utf-8").splitlines()
    comment = " ".join(line.removeprefix("# ") for line in lines[2 : lines.index("")])
    return re.split(r"(?<=\.) ", comment)[0].removesuffix(".")


def transition_table(drawing: Drawing) -> str:
    """The same as the drawing, for those who cannot see it."""
    rows = ["| where it stands | what may happen | where it stands then |", "| --- | --- | --- |"]
    for before, possible in drawing.cycle.items():
        by_outcome: dict[Any, list[str]] = {}
        for event, after in possible.items():
            by_outcome.setdefault(after, []).append(told(event))
        rows += [
            f"| {named(before)} | {', '.join(events)} | {named(after)} |"
            for after, events in by_outcome.items()
        ]
        if not possible:
            rows.append(f"| {named(before)} | nothing more | |")
    return "\n".join(rows) + "\n"


def _parts() -> Iterator[tuple[str, str]]:
    yield "rules", rule_table()
    for drawing in DRAWINGS:
        picture = f"![{drawing.title}; the table below says the same]({drawing.file.name})\n\n"
        yield drawing.name, picture + transition_table(drawing)


def written(text: str) -> str:
    """The document with every part between its marks as the code has it."""
    for name, part in _parts():
        begin, end = f"<!-- {name}: make drawings -->\n", f"<!-- end of {name} -->\n"
        before, _, rest = text.partition(begin)
        _, found, after = rest.partition(end)
        if not found:
            raise ValueError(f"{DOCUMENT.name} has no place for {name}")
        text = f"{before}{begin}\n{part}\n{end}{after}"
    return text


if __name__ == "__main__":
    for one in DRAWINGS:
        one.file.write_text(svg(one), "utf-8")
    DOCUMENT.write_text(written(DOCUMENT.read_text("utf-8")), "utf-8")
