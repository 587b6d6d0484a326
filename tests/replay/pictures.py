"""Pictures: what stands in a specification or a document, for tests that look into them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from typing import Any

from reciprocity.domain import Recorded
from reciprocity.replay.charts import Drawing, balance, progress, years
from reciprocity.replay.options import Clocks

KINDS: dict[str, Callable[[list[Recorded], Clocks], Drawing]] = {
    "progress": progress,
    "balance": balance,
    "years": years,
}
"""Each kind of chart, by its name."""


def leaves(part: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Each value of a specification, with the keys and places that lead to it."""
    if isinstance(part, dict):
        for key, value in part.items():
            yield from leaves(value, (*path, key))
    elif isinstance(part, list):
        for number, value in enumerate(part):
            yield from leaves(value, (*path, number))
    else:
        yield path, part


def layers(part: Any) -> Iterator[dict[str, Any]]:
    """Each layer or panel of a specification that has data."""
    if isinstance(part, dict):
        if "data" in part:
            yield part
        for value in part.values():
            yield from layers(value)
    elif isinstance(part, list):
        for value in part:
            yield from layers(value)


class Elements(HTMLParser):
    """The elements of a document, with their attributes, and its words."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data
