"""The two clocks by example: agreements whose days and entries are written by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import attrs
import pytest

from reciprocity.domain import (
    OPEN,
    AgreementFulfilled,
    AgreementSigned,
    AgreementTerminated,
    Claimed,
    ClaimRecorded,
    Count,
    Event,
    Manner,
    Obligation,
    Party,
    PhaseAnnounced,
    PhaseVoided,
    Recorded,
    Terms,
    TermsAmended,
)
from reciprocity.projections import Cumulative, ask, at, fold_log
from tests.examples import back, may, out, phase, swap
from tests.projections.recorded_histories import (
    broken,
    corrected,
    names,
    noon,
    told_in_may,
    whole,
)


def _released(log: Iterable[Recorded]) -> Count:
    """How many UKR released."""
    [row] = [row for row in ask(Cumulative(), log) if (row.releasing, row.categories) == ("UKR", ())]
    return row.exchanged


SIGNED = AgreementSigned(terms=swap(1000, 1000))
CORRECTED_LATER = told_in_may(
    (17, SIGNED),
    (23, phase(1, out(390), back(390), day=23)),
    (24, phase(2, out(307), back(307), day=24)),
    (28, corrected(1, out(391), back(391), day=23)),
)


def test_the_three_questions_and_a_correction_recorded_later() -> None:
    before, after = CORRECTED_LATER[:3], CORRECTED_LATER
    now = [_released(at(log)) for log in (before, after)]
    by_then = [_released(at(log, as_of=may(23))) for log in (before, after)]
    known_then = [_released(at(log, as_of=may(23), known_at=noon(25))) for log in (before, after)]
    assert now == [697, 698]
    assert by_then == [390, 391]
    assert known_then == [390, 390]


def test_the_two_clocks_are_not_the_same_question() -> None:
    late = told_in_may((17, SIGNED), (27, phase(1, out(5), back(5), day=20)))
    assert _released(at(late, as_of=may(20))) == 5
    assert _released(at(late, known_at=noon(20))) == 0
    assert _released(at(late, as_of=may(20), known_at=noon(26))) == 0
    assert _released(at(late, as_of=may(19), known_at=noon(27))) == 0


@pytest.mark.parametrize(("as_of", "count"), [(20, 0), (21, 5), (22, 5)])
def test_a_phase_whose_day_is_unknown_had_happened_when_it_was_recorded(as_of: int, count: int) -> None:
    log = told_in_may((17, SIGNED), (21, phase(1, out(5), back(5))))
    assert _released(at(log, as_of=may(as_of))) == count


@pytest.mark.parametrize(("as_of", "count"), [(19, 0), (20, 6), (21, 6)])
def test_a_correction_may_tell_the_day(as_of: int, count: int) -> None:
    log = told_in_may(
        (17, SIGNED), (21, phase(1, out(5), back(5))), (25, corrected(1, out(6), back(6), day=20))
    )
    assert _released(at(log, as_of=may(as_of))) == count


@pytest.mark.parametrize(("as_of", "count"), [(18, 0), (20, 0), (21, 6), (22, 6), (26, 6)])
def test_a_correction_may_withdraw_the_day(as_of: int, count: int) -> None:
    of_the_18th, of_the_22nd = phase(1, out(5), back(5), day=18), corrected(1, out(6), back(6), day=22)
    no_day = corrected(1, out(6), back(6))
    log = told_in_may((17, SIGNED), (21, of_the_18th), (23, of_the_22nd), (26, no_day))
    assert _released(at(log, as_of=may(as_of))) == count


def test_a_correction_may_move_a_phase_to_another_day() -> None:
    log = told_in_may(
        (17, SIGNED),
        (23, phase(1, out(5), back(5), day=20)),
        (26, corrected(1, out(5), back(5), day=24)),
    )
    assert [_released(at(log, as_of=may(day))) for day in (19, 20, 23, 24)] == [0, 0, 0, 5]
    assert [_released(at(log, as_of=may(day), known_at=noon(25))) for day in (19, 20, 23, 24)] == [0, 5, 5, 5]
    earlier = told_in_may(
        (17, SIGNED), (23, phase(1, out(5), back(5), day=22)), (26, corrected(1, out(4), back(4), day=19))
    )
    assert [_released(at(earlier, as_of=may(day))) for day in (18, 19, 22)] == [0, 4, 4]


def test_the_agreement_is_fulfilled_from_the_day_of_the_last_phase() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=swap(10, 10))),
        (20, phase(1, out(4), back(4), day=20)),
        (22, phase(2, out(6), back(6), day=22)),
    )
    assert names(at(log, as_of=may(21))) == ["AgreementSigned", "PhaseCompleted"]
    assert whole(at(log, as_of=may(22))) == whole(log)


def test_what_was_met_by_a_mistake_is_not_fulfilled_by_hindsight() -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=swap(10, 10))),
        (20, phase(1, out(10), back(10), day=20)),
        (25, corrected(1, out(9), back(9), day=20)),
        (27, phase(2, out(1), back(1), day=26)),
    )
    status = [fold_log(Cumulative(), at(log, as_of=may(day)))["swap"].status.value for day in (20, 25, 26)]
    assert status == ["in-force", "in-force", "fulfilled"]
    known = fold_log(Cumulative(), at(log, as_of=may(20), known_at=noon(24)))["swap"]
    assert known.status.value == "fulfilled"


def test_fulfilment_follows_from_what_is_left() -> None:
    """By hindsight the last obligation was met by another phase than the record thought at the time."""
    log = told_in_may(
        (17, AgreementSigned(terms=swap(10, 10))),
        (23, phase(1, out(3), back(3), day=18)),
        (24, phase(2, out(7), back(7), day=19)),
        (25, corrected(1, out(3), back(3), day=22)),
    )
    assert names(at(log, as_of=may(21))) == ["AgreementSigned", "PhaseCompleted"]
    assert whole(at(log, as_of=may(22))) == whole(log)


def test_what_follows_anew_stands_where_the_event_stands_from_which_it_follows() -> None:
    """By hindsight phase 1 came after the amendment to 10, so that the correction is what meets the last."""
    more, fewer = swap(12, 12), swap(10, 10)
    log = told_in_may(
        (17, AgreementSigned(terms=more)),
        (20, phase(1, out(10), back(10), day=20)),
        (22, TermsAmended(terms=fewer, reason="ten will do", amended_on=may(22))),
        (26, TermsAmended(terms=more, reason="two more", amended_on=may(26))),
        (27, phase(2, out(2), back(2), day=27)),
        (29, corrected(1, out(10), back(10), day=24)),
    )
    last = [*at(log, as_of=may(24))][-1]
    assert last == Recorded("swap", 8, noon(29), "c-5", AgreementFulfilled(fulfilled_on=may(24)))
    assert last.position == 8


@pytest.mark.parametrize(
    ("as_of", "status"), [(20, "in-force"), (24, "in-force"), (25, "fulfilled"), (28, "fulfilled")]
)
def test_a_declared_fulfilment_of_an_open_obligation_counts_from_its_day(as_of: int, status: str) -> None:
    log = told_in_may(
        (17, AgreementSigned(terms=swap(OPEN, OPEN))),
        (20, phase(1, out(5), back(5), day=20)),
        (27, AgreementFulfilled(fulfilled_on=may(25))),
    )
    view = [*at(log, as_of=may(as_of))]
    assert fold_log(Cumulative(), view)["swap"].status.value == status
    assert broken(view) == set()


def test_a_declaration_that_what_is_left_contradicts_falls_away() -> None:
    """Declared on the 21st, with nine of nine; by hindsight the ninth came on the 22nd."""
    nine_for_all = Terms(
        title="nine for all",
        parties=(Party("UKR", "Ukraine"), Party("RUS", "Russia")),
        obligations=(Obligation("UKR", "RUS", 9, ("civilian",)), Obligation("RUS", "UKR", OPEN)),
    )
    log = told_in_may(
        (17, AgreementSigned(terms=nine_for_all)),
        (20, phase(1, out(8), back(8), day=20)),
        (21, phase(2, out(1), back(1), day=21)),
        (21, AgreementFulfilled(fulfilled_on=may(21))),
        (24, corrected(2, out(1), back(1), day=22)),
    )
    assert names(at(log, as_of=may(21))) == ["AgreementSigned", "PhaseCompleted"]
    assert names(at(log, as_of=may(21), known_at=noon(23))) == names(log[:4])


def test_a_voided_phase_comes_with_its_voiding() -> None:
    """By hindsight it never took place; that it was on record is no reason to lose its number."""
    log = told_in_may(
        (17, SIGNED),
        (20, phase(1, out(5), back(5), day=20)),
        (21, phase(2, out(7), back(7), day=21)),
        (23, PhaseVoided(phase=1, reason="it was put off", voided_on=may(23))),
    )
    for day in (20, 21, 22, 23, 24):
        assert broken(at(log, as_of=may(day))) == set()
    assert [_released(at(log, as_of=may(day))) for day in (20, 21, 23)] == [0, 7, 7]
    known_then = [_released(at(log, as_of=may(day), known_at=noon(22))) for day in (20, 21, 23)]
    assert known_then == [5, 12, 12]


def test_what_is_said_of_a_phase_is_said_on_its_own_day() -> None:
    """An announcement before the phase takes place; a claim made before the announcement falls away."""
    claim = ClaimRecorded(claimant="TASS", phase=1, claimed=(Claimed("UKR", "RUS", None, 5),))
    log = told_in_may(
        (17, SIGNED),
        (18, PhaseAnnounced(phase=1, expected_on=may(20))),
        (19, attrs.evolve(claim, stated_on=may(17))),
        (20, attrs.evolve(claim, stated_on=may(19))),
        (25, phase(1, out(5), back(5), day=21)),
    )
    assert [len([*at(log, as_of=may(day))]) for day in (16, 17, 18, 19, 20, 21)] == [1, 1, 3, 4, 4, 5]


def test_an_announced_phase_is_called_off_on_the_day_of_the_calling_off() -> None:
    log = told_in_may(
        (17, SIGNED),
        (18, PhaseAnnounced(phase=1, expected_on=may(25))),
        (22, PhaseVoided(phase=1, reason="called off", voided_on=may(21))),
    )
    assert names(at(log, as_of=may(20))) == ["AgreementSigned", "PhaseAnnounced"]
    assert names(at(log, as_of=may(21))) == ["AgreementSigned", "PhaseAnnounced", "PhaseVoided"]
    late = told_in_may(
        (17, SIGNED),
        (22, PhaseAnnounced(phase=1, expected_on=may(25))),
        (22, PhaseVoided(phase=1, reason="called off", voided_on=may(21))),
    )
    assert names(at(late, as_of=may(21))) == ["AgreementSigned"], "nobody knew of it that day"
    assert whole(at(late, as_of=may(22))) == whole(late)


@pytest.mark.parametrize(
    ("entries", "as_of", "rule"),
    [
        (
            [
                (20, phase(1, out(1), back(1), day=20)),
                (21, phase(2, out(1), back(1), day=21)),
                (25, corrected(1, out(1), back(1), day=24)),
            ],
            22,
            "numbers_phases_in_order",
        ),
        (
            [
                (20, TermsAmended(terms=swap(2000, 2000), reason="twice as many", amended_on=may(20))),
                (21, phase(1, out(1500), back(1500), day=19)),
            ],
            19,
            "stays_within_the_agreed_total",
        ),
    ],
)
def test_where_days_do_not_go_with_the_record_what_is_left_may_break_rules(
    entries: list[tuple[int, Event]], as_of: int, rule: str
) -> None:
    """The record is lawful; that by hindsight phase 2 came before phase 1 is a fact, and is shown as one."""
    log = told_in_may((17, SIGNED), *entries)
    assert broken(log) == set()
    assert broken(at(log, as_of=may(as_of))) == {rule}


def test_an_agreement_that_was_ended_was_not_before() -> None:
    ended = AgreementTerminated(manner=Manner.BROKEN_OFF, reason="fire", terminated_on=may(22))
    log = told_in_may((17, SIGNED), (25, ended))
    for day, status in ((21, "in-force"), (22, "terminated")):
        assert fold_log(Cumulative(), at(log, as_of=may(day)))["swap"].status.value == status


def test_a_day_begins_fourteen_hours_before_it_does_in_utc() -> None:
    """On the Line Islands the 21st has begun when the record's clock shows the 20th."""
    log = [
        Recorded("swap", 1, noon(17), "c-1", SIGNED),
        Recorded("swap", 2, noon(20) - dt.timedelta(hours=2), "c-2", phase(1, out(5), back(5), day=21)),
    ]
    assert _released(at(log, as_of=may(20))) == 0
    assert _released(at(log, as_of=may(21), known_at=noon(20))) == 5
