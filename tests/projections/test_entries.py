"""What events enter into the books: a ledger, whose sums are the totals."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import AgreementSigned, Obligation, PhaseVoided, Range, Recorded, Terms
from reciprocity.projections.entries import (
    RELATIONS,
    Entry,
    ObligationRow,
    PartyRow,
    entries,
    obligations,
    parties,
    weights,
)
from reciprocity.testing.plain import Lane, Pair, plain
from reciprocity.testing.recorded import recordings
from tests.envelopes import enveloped
from tests.examples import back, may, out, phase, swap
from tests.projections.recorded_histories import corrected, told_in_may


def entered(log: Iterable[Recorded]) -> list[Entry]:
    return [entry for one in log for entry in entries(one)]


def summed(rows: Iterable[Entry]) -> dict[Lane, Pair]:
    """The sums over the entries of each lane, in plain integers."""
    low: dict[Lane, int] = {}
    high: dict[Lane, int] = {}
    endless: dict[Lane, int] = {}
    for row in rows:
        if row.within_agreement is not False:
            lane = (row.releasing, row.receiving, row.category)
            low[lane] = low.get(lane, 0) + row.sign * (row.at_least if row.within_agreement else 0)
            high[lane] = high.get(lane, 0) + row.sign * (row.at_most or 0)
            endless[lane] = endless.get(lane, 0) + row.sign * (row.at_most is None)
    return {lane: (low[lane], None if endless[lane] else high[lane]) for lane in low}


@given(recordings(), st.data())
def test_the_sums_over_the_entries_up_to_a_position_are_the_totals_there(
    log: tuple[Recorded, ...], data: st.DataObject
) -> None:
    end = data.draw(st.integers(1, len(log)))
    told = plain(one.event for one in log[:end]).totals()
    found = summed(entry for entry in entered(log) if entry.position <= end)
    assert {lane: found.get(lane, (0, 0)) for lane in {*found, *told}} == {
        lane: told.get(lane, (0, 0)) for lane in {*found, *told}
    }


@given(recordings(), st.data())
def test_what_an_event_enters_depends_on_it_alone(log: tuple[Recorded, ...], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(log)))
    for relation in RELATIONS.values():
        assert relation.entered(log) == relation.entered(log[:cut]) + relation.entered(log[cut:])


def test_a_correction_takes_out_what_was_on_record_and_puts_in_what_is_known_now() -> None:
    log = told_in_may(
        (16, AgreementSigned(terms=swap())),
        (23, phase(1, out(3), back(3), day=23)),
        (24, corrected(1, out(2), back(2), day=22)),
        (25, PhaseVoided(phase=1, reason="it never was")),
    )
    assert [
        (row.position, row.sign, row.nth, row.completed_on, row.releasing, row.at_least)
        for row in entered(log)
    ] == [
        (2, 1, 1, may(23), "UKR", 3),
        (2, 1, 2, may(23), "RUS", 3),
        (3, -1, 1, may(23), "UKR", 3),
        (3, -1, 2, may(23), "RUS", 3),
        (3, 1, 1, may(22), "UKR", 2),
        (3, 1, 2, may(22), "RUS", 2),
        (4, -1, 1, may(22), "UKR", 2),
        (4, -1, 2, may(22), "RUS", 2),
    ]


def test_a_direction_without_a_total_has_one_that_is_implied() -> None:
    terms = attrs.evolve(
        swap(),
        obligations=(
            Obligation("UKR", "RUS", 5, ("civilian",)),
            Obligation("RUS", "UKR", 9),
            Obligation("UKR", "RUS", Range(7), ("hostage", "detainee")),
            Obligation("RUS", "UKR", 4, ("civilian",)),
        ),
    )
    assert owed(terms) == [
        (1, "UKR", (), 12, None, True),
        (1, "UKR", ("civilian",), 5, 5, False),
        (2, "RUS", (), 9, 9, False),
        (3, "UKR", ("detainee", "hostage"), 7, None, False),
        (4, "RUS", ("civilian",), 4, 4, False),
    ]


def owed(terms: Terms) -> list[tuple[object, ...]]:
    [signed] = enveloped([AgreementSigned(terms=terms)])
    rows: list[ObligationRow] = list(obligations(signed))
    return [(r.nth, r.releasing, r.categories, r.at_least, r.at_most, r.implied) for r in rows]


@given(recordings(longest=2))
def test_terms_are_entered_with_their_parties_and_weights(log: tuple[Recorded, ...]) -> None:
    for one in log:
        if isinstance(one.event, AgreementSigned):
            terms = one.event.terms
            found: list[PartyRow] = list(parties(one))
            assert {(row.party, row.code) for row in found} == {
                (party.code, code) for party in terms.parties for code in party.codes
            }
            assert {(row.category, row.weight) for row in weights(one)} == {
                (weight.category, weight.value) for weight in terms.symmetry.weights
            }
