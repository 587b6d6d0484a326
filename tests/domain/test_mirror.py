"""No party is favoured: with two parties' names exchanged everywhere, everything comes out exchanged."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from reciprocity.domain import Agreement, AgreementSigned, Lane, Refused, decide, fold
from reciprocity.testing.renaming import renamed
from tests.free_steps import History, histories


@given(histories())
def test_exchanging_two_parties_exchanges_the_outcome(history: History) -> None:
    first = history.requests[0]
    assert isinstance(first, AgreementSigned)
    a, b = first.terms.parties[0].code, first.terms.parties[1].code
    names = {a: b, b: a}
    agreement, mirrored = Agreement("one"), Agreement("one")
    for request in history.requests:
        decided = decide(agreement, request)
        assert decide(mirrored, renamed(request, names)) == renamed(decided, names)
        agreement, mirrored = fold(agreement, decided), fold(mirrored, renamed(decided, names))
    assert mirrored.exchanged.sums == {
        Lane(names.get(lane[0], lane[0]), names.get(lane[1], lane[1]), lane[2]): total
        for lane, total in agreement.exchanged.sums.items()
    }
    assert mirrored.balance() == renamed(agreement.balance(), names)
    assert mirrored.status is agreement.status
    assert _answer(mirrored, renamed(history.free, names)) == renamed(_answer(agreement, history.free), names)


def _answer(agreement: Agreement, event: Any) -> tuple[Any, ...]:
    try:
        return decide(agreement, event)
    except Refused as refused:
        return refused.rules
