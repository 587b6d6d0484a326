"""What a rule saw: whatever the domain says is recognised, and tells the same in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import Agreement, Event, Finding, Range, evolve, judge
from reciprocity.replay import observations
from reciprocity.replay.language import Language, language, speaking
from reciprocity.replay.observations import said
from tests.catalogues import TRANSLATED
from tests.free_steps import History, histories

languages = st.sampled_from(TRANSLATED).map(language)
# Codes of parties need no words.
CODES = re.compile(r"[A-Z0-9_-]+(, [A-Z0-9_-]+)*")


def findings(history: History) -> Iterator[Finding]:
    """Of every event, and of the free one."""
    agreement = Agreement("told")
    events: tuple[Event, ...] = (*history.recorded(), history.free)
    for event in events:
        after = evolve(agreement, event)
        yield from judge(agreement, event, after)
        agreement = after


def figures(text: str) -> list[int]:
    return sorted(map(int, re.findall(r"\d+", re.sub(r"(?<=\d)[,\u00a0\u202f](?=\d{3})", "", text))))


@given(languages, histories())
def test_whatever_is_found_is_recognised_and_has_the_same_figures(of: Language, history: History) -> None:
    with speaking(of):
        for finding in findings(history):
            for text in (finding.seen, finding.allowed):
                recognised = any(shape.fullmatch(text) for _, shape in observations._shapes())
                assert recognised or CODES.fullmatch(text), text
                assert figures(said(text)) == figures(text)


def test_english_is_what_the_domain_says() -> None:
    for text in ("RUS>UKR 1,001 exchanged", "anything else"):
        assert said(text) == text


@pytest.mark.parametrize(
    ("text", "in_french"),
    [
        (
            "RUS>UKR mortal_remains at least 6,057 exchanged",
            "RUS>UKR dépouilles mortelles, échangés~: au moins 6_057",
        ),
        ("at most 6,000", "au plus 6_000"),
        ("6,057 to 6,060", "6_057 à 6_060"),
        ("unknown", "inconnu"),
        (
            "PhaseCompleted while the agreement is in-force",
            "phase achevée, alors que l’accord est ainsi~: en vigueur",
        ),
        (
            "phase 2 reversed as nobody on an unknown day",
            "phase 2, retirée telle que~: personne, à une date inconnue",
        ),
        (
            "as RUS>UKR civilian 1,200, UKR>RUS hostage unknown on 2025-05-24",
            "telle que~: RUS>UKR civils~: 1_200, UKR>RUS otages~: inconnu, 24/05/2025",
        ),
        ("as not on record", "telle que~: absente du registre"),
        (
            "RUS>UKR civilian + hostage, UKR>RUS",
            "RUS>UKR civils + otages, UKR>RUS",
        ),
        (
            "the claimant 'RU5', which looks like 'RUS'",
            "l’auteur de la déclaration 'RU5', qui ressemble à 'RUS'",
        ),
        ("a sentence of another release", "a sentence of another release"),
    ],
)
def test_what_is_recognised_is_said_in_the_language(text: str, in_french: str) -> None:
    with speaking(language("fr")):
        assert said(text) == in_french.replace("~", "\u00a0").replace("_", "\u202f")


@given(
    st.integers(0, 10**9) | st.builds(lambda a, b: Range(a, a + b), st.integers(0, 10**6), st.integers(1, 9))
)
def test_a_count_is_read_as_the_domain_writes_it(count: int | Range) -> None:
    text = str(count) if isinstance(count, Range) else f"{count:,}"
    assert observations._count(text) == count
