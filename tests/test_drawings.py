"""The drawings and the tables made from the code are what the code says."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from reciprocity.domain import AgreementSuspended
from tests.drawings import DOCUMENT, DRAWINGS, Drawing, svg, told, written

ANEW = "make drawings writes them anew"


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.name)
def test_a_drawing_is_as_the_code_has_it(drawing: Drawing) -> None:
    assert drawing.file.read_text("utf-8") == svg(drawing), ANEW


def test_the_tables_are_as_the_code_has_them() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert written(text) == text, ANEW


@pytest.mark.parametrize("drawing", DRAWINGS, ids=lambda drawing: drawing.name)
def test_a_drawing_shows_each_place_and_each_event_as_often_as_it_may_happen(drawing: Drawing) -> None:
    every = ET.fromstring(svg(drawing)).iter()  # noqa: S314  # our own
    shown = [element.text for element in every if element.tag.endswith("text")]
    expected = [status.value.replace("-", " ") for status in drawing.cycle]
    expected += [told(event) for possible in drawing.cycle.values() for event in possible]
    assert sorted(map(str, shown)) == sorted(expected)


def test_a_table_without_its_marks_is_refused() -> None:
    with pytest.raises(ValueError, match="has no place for rules"):
        written("# The rules\n")


def test_an_event_is_told_by_its_stored_name() -> None:
    assert told(AgreementSuspended) == "agreement suspended"
