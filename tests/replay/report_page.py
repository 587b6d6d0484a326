"""A report as whoever opens it has it: its elements, its pieces, and what its script would choose."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import attrs

_IN_A_LINE = frozenset({"a", "bdi", "code", "span", "strong"})
_VOID = frozenset({"meta", "input", "br", "path", "rect", "circle"})


@attrs.define
class _Reader(HTMLParser):
    """Gathers what there is to be gathered, and fails where an element is not closed."""

    open: list[str] = attrs.field(factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = attrs.field(factory=list)
    pieces: dict[str, list[str]] = attrs.field(factory=dict)
    held: dict[str, list[str]] = attrs.field(factory=dict)
    shown: dict[str, str] = attrs.field(factory=dict)
    _template: str | None = None
    _depth: int = 0
    _slots: list[tuple[str, int]] = attrs.field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        self.elements.append((tag, given))
        if tag not in _IN_A_LINE and not {"script", "style"} & {tag, *self.open[-1:]}:
            self.handle_data(" ")
        if tag == "template":
            self._template = given["data-pieces"]
            self.pieces[str(self._template)] = []
            self._depth = len(self.open) + 1
        elif self._template is not None and tag == "svg" and len(self.open) == self._depth:
            self._depth += 1  # what holds the parts of a drawing
        elif self._template is not None and len(self.open) == self._depth:
            self.pieces[self._template].append("")
        if (name := given.get("data-part")) is not None:
            self.shown[name] = ""
            self._slots.append((name, len(self.open)))
        if tag in {"script", "style"}:
            self.held.setdefault(tag, []).append("")
        if tag not in _VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
        if tag == "template":
            self._template = None
        if self._slots and self._slots[-1][1] == len(self.open):
            self._slots.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] in self.held:
            self.held[self.open[-1]][-1] += data
        elif self._template is not None and self.pieces[self._template]:
            self.pieces[self._template][-1] += data
        for name, _ in self._slots:
            self.shown[name] += data


@attrs.frozen
class ReportPage:
    """What a report holds: *elements* in order, *pieces* of each part as texts, *answers* for the script."""

    elements: list[tuple[str, dict[str, str | None]]]
    pieces: dict[str, list[str]]
    shown: dict[str, str]
    answers: dict[str, Any]
    style: str
    script: str

    @classmethod
    def read(cls, text: str) -> ReportPage:
        """The report in a text; every element of it is closed where it should be."""
        reader = _Reader()
        reader.feed(text)
        reader.close()
        assert reader.open == []
        answers, script = reader.held["script"]
        [style] = reader.held["style"]
        return cls(reader.elements, reader.pieces, reader.shown, json.loads(answers), style, script)

    def policy(self) -> dict[str, str]:
        """What the page allows itself."""
        [said] = [
            of["content"] for _, of in self.elements if of.get("http-equiv") == "Content-Security-Policy"
        ]
        return dict(part.split(" ", 1) for part in str(said).split("; "))

    def numbers(self, name: str, day: int, instant: int, agreement: int = 0) -> list[int]:
        """Which pieces of a part stand in the page at a stop of each slider."""
        of = self.answers["agreements"][agreement]
        [part] = [one for one in of["parts"] if one["name"] == name]
        place = self._place(of, day, instant)
        if "places" in part:
            number = part["nothing"] if place is None else part["places"][place[0]][place[1]]
        else:
            number = part["histories"][self._history(of, place)]
        return unpacked(part["lists"])[number]

    def texts(self, name: str, day: int, instant: int, agreement: int = 0) -> list[str]:
        """The same as texts."""
        pieces = self.pieces[f"{agreement}-{name}"]
        return [plain(pieces[number]) for number in self.numbers(name, day, instant, agreement)]

    def figures(self, day: int, instant: int) -> dict[int, int]:
        """The figures that are compared: the number of each name, with that of its value."""
        [of] = self.answers["agreements"]
        groups = unpacked(of["figures"]["histories"])[self._history(of, self._place(of, day, instant))]
        flat = [number for group in groups for number in of["figures"]["groups"][group]]
        return dict(zip(flat[::2], flat[1::2], strict=True))

    @staticmethod
    def _place(of: dict[str, Any], day: int, instant: int) -> tuple[int, int] | None:
        place = (of["instants"][instant], of["days"][day])
        return None if None in place else place

    @staticmethod
    def _history(of: dict[str, Any], place: tuple[int, int] | None) -> int:
        return int(of["nothing"] if place is None else of["places"][place[0]][place[1]])


def unpacked(lists: list[list[int]]) -> list[list[int]]:
    """The lists of a part, as the script unpacks them."""
    found: list[list[int]] = []
    before: list[int] = []
    for same, *rest in lists:
        before = [*before[:same], *rest]
        found.append(before)
    return found


def plain(text: str) -> str:
    """A text with single blanks."""
    return re.sub(r"\s+", " ", text).strip()


def allowed(text: str) -> str:
    """What a policy says to allow a style or a script."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
