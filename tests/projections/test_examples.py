"""Projections on small histories that a reader can add up."""

from __future__ import annotations

import datetime as dt

from reciprocity.domain import (
    AgreementSigned,
    Claimed,
    ClaimRecorded,
    Event,
    PhaseCompleted,
    Range,
    Terms,
    Transfer,
    Verdict,
)
from reciprocity.projections import (
    Agrees,
    Claims,
    Cumulative,
    Standing,
    Timeline,
    Verdicts,
    ask,
    fold_log,
    largest_agreement,
    largest_phase,
)
from tests.envelopes import enveloped

TERMS = Terms.symmetric("UKR", "RUS", total=1000)


def _both(number: int, category: str = "prisoner_of_war") -> tuple[Transfer, ...]:
    return (Transfer("UKR", "RUS", category, number), Transfer("RUS", "UKR", category, number))


def _phase(number: int, *transfers: Transfer) -> PhaseCompleted:
    return PhaseCompleted(phase=number, completed_on=dt.date(2025, 5, 22 + number), released=transfers)


def test_cumulative_of_the_first_phase() -> None:
    log = enveloped(
        [AgreementSigned(terms=TERMS), _phase(1, *_both(270), *_both(120, "civilian"))],
    )
    rows = {(row.releasing, row.categories): row for row in ask(Cumulative(), log)}
    for party in ("UKR", "RUS"):
        total = rows[party, ()]
        assert (total.exchanged, total.agreed, total.remaining, str(total.percentage)) == (
            390,
            1000,
            610,
            "39.0 %",
        )
        assert rows[party, ("civilian",)].exchanged == 120
        assert rows[party, ("prisoner_of_war",)].exchanged == 270


def test_the_balance_is_unknown_where_a_count_is() -> None:
    log = enveloped(
        [
            AgreementSigned(terms=TERMS),
            _phase(1, Transfer("UKR", "RUS", "civilian", 5), Transfer("RUS", "UKR", "civilian", Range(0))),
        ]
    )
    [row] = ask(Timeline(), log)
    assert row.balanced is None


def test_the_dead_are_not_counted_with_the_living() -> None:
    log = enveloped(
        [AgreementSigned(terms=TERMS), _phase(1, *_both(500, "mortal_remains")), _phase(2, *_both(3))]
    )
    state = fold_log(Standing(), log)
    phase = largest_phase(state)
    assert phase is not None
    assert (phase.phase, phase.persons) == (2, 6)


def test_a_register_is_not_the_largest_agreement_but_may_have_the_largest_phase() -> None:
    register = Terms(title="register", parties=TERMS.parties, obligations=TERMS.obligations, series=True)
    log = [
        *enveloped([AgreementSigned(terms=register), _phase(1, *_both(400))], "register"),
        *enveloped([AgreementSigned(terms=TERMS), _phase(1, *_both(300))], "swap"),
    ]
    state = fold_log(Standing(), log)
    phase, agreement = largest_phase(state), largest_agreement(state)
    assert phase is not None
    assert agreement is not None
    assert (phase.agreement, phase.persons) == ("register", 800)
    assert (agreement.agreement, agreement.persons) == ("swap", 600)


def test_what_nobody_is_known_to_have_been_released_in_is_not_the_largest() -> None:
    log = enveloped([AgreementSigned(terms=TERMS), _phase(1, Transfer("UKR", "RUS", "civilian", Range(0)))])
    state = fold_log(Standing(), log)
    assert largest_phase(state) is None
    assert largest_agreement(state) is None


def _claim(number: int | None, *, phase: int | None = 1) -> Event:
    row = Claimed("UKR", "RUS", "prisoner_of_war", number)
    return ClaimRecorded(claimant="UKR", phase=phase, claimed=(row,))


def test_a_claim_is_the_same_different_or_silent_and_silence_is_not_zero() -> None:
    agrees = []
    for number in (270, 269, 0, None):
        log = enveloped([AgreementSigned(terms=TERMS), _phase(1, *_both(270)), _claim(number)])
        [statement] = [one for cell in ask(Claims(), log) for one in cell.said]
        agrees.append(statement.agrees)
    assert agrees == [Agrees.SAME, Agrees.DIFFERENT, Agrees.DIFFERENT, Agrees.SILENT]


def test_a_total_to_date_is_compared_with_the_record_of_that_moment() -> None:
    log = enveloped(
        [
            AgreementSigned(terms=TERMS),
            _phase(1, *_both(270)),
            _claim(270, phase=None),
            _phase(2, *_both(100)),
        ]
    )
    [cell] = [cell for cell in ask(Claims(), log) if cell.phase is None]
    assert (cell.after, cell.recorded, cell.said[0].agrees) == (1, 270, Agrees.SAME)


def test_verdicts_find_what_a_log_should_never_have_held() -> None:
    log = enveloped([AgreementSigned(terms=TERMS), _phase(1, *_both(1001))])
    rows = ask(Verdicts(), log)
    assert {row.finding.rule for row in rows} == {"stays_within_the_agreed_total"}
    assert all((row.version, row.finding.verdict) == (2, Verdict.VIOLATED) for row in rows)
