"""Histories of the kit: lawful ones end as they are asked to, and an unlawful step breaks its rule alone."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reciprocity.domain import (
    RULES,
    Agreement,
    ClaimRecorded,
    PhaseCorrected,
    PhaseVoided,
    Refused,
    Terms,
    decide,
    fold,
    sign,
)
from reciprocity.testing import (
    Unlawful,
    histories,
    lawful_terms,
    unlawful_histories,
)
from reciprocity.testing.breaches import BREACHES
from reciprocity.testing.lawful import Ending
from reciprocity.testing.plain import plain
from reciprocity.testing.plain_rules import expected

EMPTY = Agreement("told")
FEW = settings(max_examples=max(2, settings().max_examples // 4))


def test_there_is_a_way_to_break_each_rule() -> None:
    assert list(BREACHES) == [rule.__name__ for rule in RULES]


@pytest.mark.parametrize("rule", BREACHES)
def test_a_breach_breaks_its_rule_and_no_other(rule: str) -> None:
    lengths = set()

    @FEW
    @given(unlawful_histories(rule))
    def test(history: Unlawful) -> None:
        agreement = EMPTY
        for request in history.requests:
            decided = decide(agreement, request)
            assert decided
            agreement = fold(agreement, decided)
        with pytest.raises(Refused) as refused:
            decide(agreement, history.step)
        assert refused.value.rules == (history.rule,) == (rule,)
        assert expected(plain(history.recorded()), history.step).broken == {rule}
        lengths.add(len(history.requests))

    test()
    assert len(lengths) > 1 or rule == "is_agreed_between_two_or_more_parties"


def test_a_rule_that_there_is_not_is_refused_at_once() -> None:
    with pytest.raises(ValueError, match="keeps_the_peace: no rule; those are follows_the_life_cycle, "):
        unlawful_histories("keeps_the_peace")


@FEW
@given(st.data(), st.sampled_from([PhaseCorrected, PhaseVoided, ClaimRecorded]))
def test_a_history_ends_as_it_is_asked_to(data: st.DataObject, ending: Ending) -> None:
    history = data.draw(histories(ending=ending, longest=4))
    assert type(history.requests[-1]) is ending
    assert history.recorded()


@FEW
@given(lawful_terms())
def test_lawful_terms_can_be_signed(terms: Terms) -> None:
    assert sign(EMPTY, terms)
