"""Charts of hostile texts: whatever a record says stands as a text where texts stand, and does nothing."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest

from reciprocity.domain import AgreementSigned, Claimed, ClaimRecorded, Kept, Party, Recorded, Source
from reciprocity.replay.charts import FORMS
from reciprocity.replay.options import Clocks
from tests.examples import out, phase, swap
from tests.projections.recorded_histories import corrected, told_in_may
from tests.replay.pictures import KINDS, Elements, leaves

TERMS = swap(kept=Kept.NOT_REQUIRED)
HOSTILE = "</desc></title></script><img/src=x/onerror=alert(1)>{{datum.x}}\"'`${1}&lt;]]><!--"


def hostile_history() -> list[Recorded]:
    """Every text that people write is hostile."""
    source = Source("key", HOSTILE, url="https://example.org/'onclick='alert(1)", note=HOSTILE)
    terms = attrs.evolve(
        TERMS,
        title=HOSTILE,
        parties=(Party("UKR", HOSTILE), Party("RUS", HOSTILE[::-1])),
        mediators=(HOSTILE,),
    )
    claimed = (Claimed("UKR", "RUS", "civilian", 9),)
    cited: Any = {"sources": (source,), "notes": (HOSTILE,)}
    fixed = attrs.evolve(corrected(1, out(3), day=20), reason=HOSTILE, **cited)
    return told_in_may(
        (17, AgreementSigned(terms=terms, **cited)),
        (20, attrs.evolve(phase(1, out(4), day=20), place=HOSTILE, **cited)),
        (20, ClaimRecorded(claimant=HOSTILE, office=HOSTILE, phase=1, claimed=claimed, **cited)),
        (20, ClaimRecorded(claimant="UKR", phase=1, claimed=(Claimed("UKR", "RUS", "civilian", 4),))),
        (22, fixed),
    )


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_text_of_a_record_stands_only_where_texts_stand(kind: str) -> None:
    sign = HOSTILE[:20]
    specification = KINDS[kind](hostile_history(), Clocks()).specification
    places = {
        next(key for key in reversed(path) if isinstance(key, str))
        for path, value in leaves(specification)
        if isinstance(value, str) and sign in value
    }
    assert places
    assert places <= {"text", "subtitle", "description", "label"}


DRAWN = {"svg", "g", "path", "rect", "line", "text", "tspan", "title", "desc"}
WRITTEN = {"html", "head", "meta", "style", "body", "main", "h1", "h2", "p", "figure", "div"} | {
    "table", "caption", "thead", "tbody", "tr", "th", "td", "ul", "li", "bdi", "a"
}  # fmt: skip


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_hostile_text_is_shown_and_does_nothing(kind: str) -> None:
    picture = KINDS[kind](hostile_history(), Clocks())
    svg, html = (FORMS[form](picture).decode() for form in (".svg", ".html"))
    tree = ET.fromstring(svg)  # noqa: S314  # our own
    assert {element.tag.partition("}")[2] for element in tree.iter()} <= DRAWN
    assert (tree[0].text, tree[1].tag.partition("}")[2]) == (picture.title, "desc")
    assert HOSTILE in str(tree[1].text)
    document = Elements(html)
    assert {tag for tag, _ in document.found} <= DRAWN | WRITTEN
    for tag, given_ in document.found:
        assert not [name for name in given_ if name.startswith("on")]
        assert not given_.keys() & {"src", "xlink:href", "formaction"}
        assert tag == "a" or "href" not in given_
    [policy] = [given_["content"] for tag, given_ in document.found if "http-equiv" in given_]
    assert str(policy).startswith("default-src 'none'; style-src 'sha256-")
    assert HOSTILE in document.words
