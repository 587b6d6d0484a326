"""What changed from one history to another: every figure, and because of which events."""

from __future__ import annotations

from collections.abc import Iterable

import attrs
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import (
    AgreementSigned,
    AgreementSuspended,
    Claimed,
    ClaimRecorded,
    Direction,
    Kept,
    Party,
    PhaseAnnounced,
    Recorded,
    Source,
    TermsAmended,
    Transfer,
)
from reciprocity.projections import Change, Figure, at, diff, figures
from reciprocity.testing.recorded import days_around, instants_around, logs, recordings
from tests.examples import back, may, out, phase, swap
from tests.projections.recorded_histories import MORE, SOME, corrected, noon, told_in_may

Log = tuple[Recorded, ...]
FROM_UKR, FROM_RUS = Direction("UKR", "RUS"), Direction("RUS", "UKR")


@st.composite
def two_views(draw: st.DrawFn) -> tuple[Log, Log]:
    """Two prefixes, two views by either clock, or two histories that have nothing to do with each other."""
    log = draw(logs(longest=5))
    match draw(st.sampled_from(["prefixes", "views", "views", "unrelated"])):
        case "prefixes":
            first, second = draw(st.integers(0, len(log))), draw(st.integers(0, len(log)))
            return log[:first], log[:second]
        case "views":
            return draw(_views(log)), draw(_views(log))
        case _:
            return log, draw(recordings(draw(st.sampled_from(["a", "c"])), longest=5))


@st.composite
def _views(draw: st.DrawFn, log: Log) -> Log:
    as_of = draw(st.none() | st.sampled_from(days_around(log)))
    known_at = draw(st.none() | st.sampled_from(instants_around(log)))
    return tuple(at(log, as_of=as_of, known_at=known_at))


@MORE
@given(two_views())
def test_the_changes_applied_to_the_figures_before_give_those_after(two: tuple[Log, Log]) -> None:
    before, after = two
    old = figures(before)
    for change in diff(before, after):
        assert old.pop(change.figure, None) == change.before
        if change.after is not None:
            old[change.figure] = change.after
    assert old == figures(after)


@SOME
@given(two_views())
def test_only_what_differs_is_a_change_and_backwards_it_is_the_reverse(two: tuple[Log, Log]) -> None:
    before, after = two
    there, back_again = diff(before, after), diff(after, before)
    assert all(change.before != change.after for change in there)
    assert [(one.figure, one.before, one.after) for one in back_again] == [
        (one.figure, one.after, one.before) for one in there
    ]
    assert [set(one.because) for one in back_again] == [set(one.because) for one in there]
    assert diff(before, before) == []
    assert diff(after, [*after]) == []


@MORE
@given(two_views())
def test_every_change_has_a_cause_which_one_history_has_and_the_other_has_not(two: tuple[Log, Log]) -> None:
    before, after = two
    for change in diff(before, after):
        told = [{one.event for one in log if one.agreement_id == change.figure.agreement} for log in two]
        assert change.because, f"nothing is said to have changed {change.figure}"
        for one in change.because:
            assert one.agreement_id == change.figure.agreement
            assert (one.event in told[0]) != (one.event in told[1]) or (one in before) != (one in after)
            assert change.figure.measure == "status" or not isinstance(one.event, ClaimRecorded)
        assert len(set(change.because)) == len(change.because)


# By example

GUR, MOD, PACT = Source("gur", "GUR"), Source("mod", "Ministry of Defence"), Source("pact", "the pact")
SIGNED = AgreementSigned(terms=attrs.evolve(swap(1000, 1000), sources=(PACT,)))
STATUS = Figure("swap", None, None, None, "status")
SUSPENDED = AgreementSuspended(reason="fire", suspended_on=may(31))
LOG = told_in_may(
    (17, SIGNED),
    (23, attrs.evolve(phase(1, out(390), back(390), day=23), sources=(GUR,))),
    (24, phase(2, out(307), back(307), day=24)),
    (25, phase(3, out(303), back(303), day=25)),
    (28, attrs.evolve(corrected(2, out(300), back(300), day=24), sources=(MOD,))),
)


def _why(changes: Iterable[Change]) -> dict[Figure, list[int]]:
    return {change.figure: [one.version for one in change.because] for change in changes}


def _exchanged(number: int | None, way: Direction, category: str | None = None) -> Figure:
    return Figure("swap", number, way, category, "exchanged")


def test_a_correction_changes_its_phase_every_later_one_and_what_remains() -> None:
    changes = {change.figure: change for change in diff(LOG[:5], LOG)}
    exchanged = {
        figure.phase: (change.before, change.after)
        for figure, change in changes.items()
        if figure.measure == "exchanged"
    }
    assert exchanged == {2: (697, 690), 3: (1000, 993), None: (1000, 993)}
    remains = changes[Figure("swap", None, FROM_UKR, None, "remaining")]
    assert (remains.before, remains.after) == (0, 7)
    assert not any(figure.phase == 1 for figure in changes)


def test_a_figure_has_no_cause_in_what_came_after_it() -> None:
    """Between the second phase and the end, a third was recorded; it did not change what was so after two."""
    why = _why(diff(LOG[:3], LOG))
    assert why[_exchanged(2, FROM_UKR)] == [6]
    assert why[_exchanged(2, FROM_RUS, "civilian")] == [6]
    assert why[_exchanged(3, FROM_UKR)] == [4, 6]
    assert why[_exchanged(None, FROM_UKR)] == [4, 6]


def test_a_figure_appears_because_of_its_phase_even_where_nobody_went_that_way() -> None:
    one_way = swap(10, 10, kept=Kept.NOT_REQUIRED)
    first, second = phase(1, out(3), day=20), phase(2, out(2), day=21)
    log = told_in_may((17, AgreementSigned(terms=one_way)), (20, first), (21, second))
    changes = {change.figure: change for change in diff(log[:1], log)}
    for number, version in ((1, 2), (2, 3)):
        change = changes[_exchanged(number, FROM_RUS)]
        assert (change.before, change.after, [one.version for one in change.because]) == (None, 0, [version])
        agreed = changes[Figure("swap", number, FROM_RUS, None, "agreed")]
        assert [one.version for one in agreed.because] == [version]


def test_the_last_phase_stands_under_the_terms_of_now_until_another_is_the_last() -> None:
    log = told_in_may(
        (17, SIGNED),
        (20, phase(1, out(3), back(3), day=20)),
        (21, TermsAmended(terms=swap(900, 900), reason="fewer", amended_on=may(21))),
        (22, phase(2, out(2), back(2), day=22)),
    )
    changes = {change.figure: change for change in diff(log[:3], log)}
    agreed = changes[Figure("swap", 1, FROM_UKR, None, "agreed")]
    assert (agreed.before, agreed.after, [one.version for one in agreed.because]) == (900, 1000, [4])


def test_what_members_release_changes_what_their_group_has_released() -> None:
    group = Party("UKR", "Ukraine", (Party("GUR", "GUR"),))
    terms = attrs.evolve(swap(10, 10), parties=(group, Party("RUS", "Russia")))
    released = phase(1, Transfer("GUR", "RUS", "civilian", 3), back(3), day=20)
    log = told_in_may((17, AgreementSigned(terms=terms)), (20, released), (21, corrected(1, day=20)))
    assert _why(diff(log[:2], log))[_exchanged(None, FROM_UKR)] == [3]
    terms_too = [attrs.evolve(log[0], event=AgreementSigned(terms=terms, notes=("a note",))), *log[1:]]
    assert _why(diff(log[:2], terms_too))[_exchanged(None, FROM_UKR)] == [3]


def test_new_terms_change_what_was_agreed_and_remains_and_nothing_that_was_exchanged() -> None:
    log = told_in_may(
        (17, SIGNED),
        (20, phase(1, out(3), back(3), day=20)),
        (21, TermsAmended(terms=swap(900, 900), reason="fewer", amended_on=may(21))),
    )
    changes = diff(log[:2], log)
    assert {change.figure.measure for change in changes} == {"agreed", "remaining"}
    assert all([one.version for one in change.because] == [3] for change in changes)


def test_who_recorded_it_when_makes_no_difference() -> None:
    told_elsewhere = [
        attrs.evolve(one, recorded_at=noon(30), command_id="theirs", position=one.position + 7) for one in LOG
    ]
    assert diff(LOG, told_elsewhere) == []
    with_one_more = told_in_may(*((30, one.event) for one in LOG[:4]), (30, LOG[5].event), (31, SUSPENDED))
    assert _why(diff(LOG, with_one_more)) == {STATUS: [7]}


def test_the_same_told_in_another_order_is_what_tells_two_histories_apart() -> None:
    first, second = phase(1, out(3), back(3), day=20), phase(2, out(5), back(5), day=20)
    announced = (17, PhaseAnnounced(phase=1))
    log = told_in_may((17, SIGNED), announced, (20, first), (20, second))
    other = told_in_may((17, SIGNED), announced, (20, second), (20, first))
    changes = {change.figure: change for change in diff(log, other)}
    change = changes[_exchanged(1, FROM_UKR)]
    assert (change.before, change.after) == (3, 8)
    assert {one.event for one in change.because} == {first, second}
    assert _exchanged(None, FROM_UKR) not in changes


def test_a_claim_changes_nothing() -> None:
    claim = ClaimRecorded(claimant="UKR", phase=1, claimed=(Claimed("UKR", "RUS", None, 391),))
    log = told_in_may((17, SIGNED), (23, phase(1, out(390), back(390), day=23)), (24, claim), (31, SUSPENDED))
    assert diff(log[:2], log[:3]) == []
    assert _why(diff(log[:2], log)) == {STATUS: [4]}


def test_but_a_claim_may_be_all_that_is_known_of_an_agreement() -> None:
    early = ClaimRecorded(claimant="TASS", stated_on=may(1), claimed=(Claimed("UKR", "RUS", None, 391),))
    claim = told_in_may((17, SIGNED), (18, early))[1:]
    [change] = diff([], claim)
    assert (change.figure, change.before, change.after) == (STATUS, None, "unsigned")
    assert list(change.because) == claim


def test_sources_are_those_of_the_events_that_changed_a_figure() -> None:
    known_at = [*at(LOG, as_of=may(24), known_at=noon(26))]
    by_hindsight = [*at(LOG, as_of=may(24))]
    [change] = [one for one in diff(known_at, by_hindsight) if one.figure == _exchanged(None, FROM_UKR)]
    assert (change.before, change.after, change.sources) == (697, 690, (MOD,))
    from_nothing = {change.figure: change.sources for change in diff([], LOG)}
    assert from_nothing[_exchanged(1, FROM_UKR)] == (GUR,)
    assert PACT in from_nothing[Figure("swap", None, FROM_UKR, None, "agreed")]
    assert from_nothing[Figure("swap", None, FROM_UKR, None, "remaining")] == (PACT, GUR, MOD)


def test_the_status_is_a_figure_and_changes_with_what_happened() -> None:
    log = told_in_may((17, AgreementSigned(terms=swap(5, 5))), (20, phase(1, out(5), back(5), day=20)))
    [status] = [one for one in diff(log[:1], log) if one.figure.measure == "status"]
    assert (status.before, status.after) == ("in-force", "fulfilled")
    assert [one.version for one in status.because] == [2, 3]
