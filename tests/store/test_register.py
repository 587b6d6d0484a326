"""The register: nothing is lost, nothing is half done, and asking twice is asking once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given, settings

from reciprocity.domain import (
    Agreement,
    Event,
    Malformed,
    Range,
    Refused,
    Status,
    complete_phase,
    decide,
    sign,
)
from reciprocity.store import Dated, OutOfOrder, Register
from tests.examples import back, out, phase, swap
from tests.free_steps import History, histories
from tests.stores import content, place

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


class Clock:
    """A clock that stands where it was set."""

    def __init__(self, now: dt.datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> dt.datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def register(any_url: str, clock: Clock) -> Iterator[Register]:
    with Register.open(any_url, create=True, clock=clock) as opened:
        yield opened


def one_each(register: Register, number: int) -> None:
    register.complete_phase("swap", number, [out(1), back(1)])


def test_what_is_returned_is_what_is_on_record(register: Register) -> None:
    signed = register.sign("swap", swap(1, 1))
    done = register.complete_phase("swap", 1, [out(1), back(1)])
    assert [recorded.version for recorded in signed + done] == [1, 2, 3]
    assert [recorded.position for recorded in signed + done] == [1, 2, 3]
    assert list(register.history("swap")) == signed + done
    assert [recorded.position for recorded in register.log()] == [1, 2, 3]
    assert len({recorded.command_id for recorded in done}) == 1
    assert signed[0].command_id != done[0].command_id
    assert register.agreement("swap").status is Status.FULFILLED


def test_what_is_on_record_already_adds_nothing(register: Register) -> None:
    register.sign("swap", swap())
    assert register.sign("swap", swap()) == []
    assert len(list(register.log())) == 1


def test_what_is_refused_leaves_the_store_as_it_was(kept_url: str, clock: Clock) -> None:
    with Register.open(kept_url, create=True, clock=clock) as register:
        register.sign("swap", swap())
    before = content(kept_url)
    with Register.open(kept_url, clock=clock) as register:
        for _ in range(3):
            with pytest.raises(Refused):
                register.complete_phase("swap", 1, [out(11), back(11)])
        with pytest.raises(Malformed):
            register.complete_phase("swap", 1, [out(1), back(1)], completed_on=dt.date(2026, 1, 3))
        with pytest.raises(Malformed):
            register.sign("No Slug", swap())
        with pytest.raises(OutOfOrder):
            register.command("swap", lambda _: [Dated(phase(1), NOON + dt.timedelta(days=1))])
        assert register.sign("swap", swap()) == []
        assert list(register.history("other")) == []
    assert content(kept_url) == before


def test_a_decision_that_fails_records_nothing(register: Register) -> None:
    def fails(agreement: Agreement) -> Iterator[Event]:
        yield from sign(agreement, swap())
        raise LookupError

    with pytest.raises(LookupError):
        register.command("swap", fails)
    assert list(register.log()) == []


def test_a_command_is_recorded_whole_or_not_at_all(kept_url: str) -> None:
    with Register.open(kept_url, create=True) as register, Register.open(kept_url) as other:
        register.sign("swap", swap(1, 1))
        done = register.complete_phase("swap", 1, [out(1), back(1)])
        assert [r.version for r in other.history("swap", after=1)] == [r.version for r in done] == [2, 3]


def test_a_retry_returns_the_first_outcome_and_adds_nothing(kept_url: str, clock: Clock) -> None:
    def complete(agreement: Agreement) -> tuple[Event, ...]:
        return complete_phase(agreement, agreement.last_phase + 1, [out(1), back(1)])

    with Register.open(kept_url, create=True, clock=clock) as register:
        register.sign("swap", swap(2, 2))
        first = register.command("swap", complete, command_id="c-1")
        second = register.command("swap", complete, command_id="c-2")
        assert register.command("swap", complete, command_id="c-1") == first
    clock.now += dt.timedelta(days=1)
    with Register.open(kept_url, clock=clock) as register:
        assert register.command("swap", complete, command_id="c-1") == first
        assert register.command("swap", complete, command_id="c-2") == second
        assert [type(recorded.event).__name__ for recorded in second] == [
            "PhaseCompleted",
            "AgreementFulfilled",
        ]
        assert len(list(register.log())) == 4


def test_a_command_id_that_recorded_nothing_may_be_tried_again(register: Register) -> None:
    register.sign("swap", swap())
    with pytest.raises(Refused):
        register.command("swap", lambda a: complete_phase(a, 2, []), command_id="c-1")
    assert register.command("swap", lambda a: complete_phase(a, 1, []), command_id="c-1")


def test_the_record_never_runs_backwards(register: Register, clock: Clock) -> None:
    register.sign("swap", swap())
    clock.now = NOON - dt.timedelta(days=30)
    one_each(register, 1)
    clock.now = NOON + dt.timedelta(seconds=1)
    one_each(register, 2)
    history = list(register.history("swap"))
    assert [recorded.recorded_at for recorded in history] == [NOON, NOON, clock.now]
    assert [recorded.clock_at for recorded in history] == [None, NOON - dt.timedelta(days=30), None]


def test_an_older_record_is_taken_over_without_a_word_of_the_clock(register: Register) -> None:
    register.sign("swap", swap())
    register.command("swap", lambda _: [Dated(phase(1, out(1), back(1)), NOON)])
    assert [recorded.clock_at for recorded in register.history("swap")] == [None, None]


def test_an_instant_is_kept_in_utc_whatever_the_clock_shows(register: Register, clock: Clock) -> None:
    clock.now = NOON.astimezone(dt.timezone(dt.timedelta(hours=3)))
    [signed] = register.sign("swap", swap())
    assert (signed.recorded_at, signed.recorded_at.utcoffset()) == (NOON, dt.timedelta(0))


def test_an_older_record_is_taken_over_with_its_instants(register: Register) -> None:
    then = [dt.datetime(2025, 5, 17, tzinfo=dt.UTC), dt.datetime(2025, 5, 23, tzinfo=dt.UTC)]
    signature = sign(Agreement("swap"), swap())[0]
    register.command("swap", lambda _: [Dated(signature, then[0]), Dated(phase(1), then[1]), phase(2)])
    assert [r.recorded_at for r in register.history("swap")] == [*then, NOON]


@pytest.mark.parametrize("days", [[3, 2], [3, 4, 3], [3, 999]])
def test_instants_out_of_order_record_nothing(register: Register, days: list[int]) -> None:
    signature = sign(Agreement("swap"), swap())[0]
    events = [signature, phase(1), phase(2)]
    start = dt.datetime(2025, 5, 17, tzinfo=dt.UTC)
    dated = [Dated(e, start + dt.timedelta(days=d)) for e, d in zip(events, days, strict=False)]
    with pytest.raises(OutOfOrder, match="swap"):
        register.command("swap", lambda _: dated)
    assert list(register.log()) == []
    register.command("swap", lambda _: [dated[0]])
    with pytest.raises(OutOfOrder, match="before its last event"):
        register.command("swap", lambda _: [Dated(phase(1), start)])
    assert len(list(register.log())) == 1


def test_an_instant_without_a_zone_is_refused(register: Register) -> None:
    naive = dt.datetime(2025, 5, 17)  # noqa: DTZ001  # that is the point
    with pytest.raises((Malformed, OutOfOrder)):
        register.command("swap", lambda a: [Dated(sign(a, swap())[0], naive)])


def test_logs_and_histories_start_after_what_is_known(register: Register) -> None:
    register.sign("b-swap", swap())
    register.sign("swap", swap())
    one_each(register, 1)
    register.sign("a-swap", swap())
    log = list(register.log())
    assert [recorded.agreement_id for recorded in log] == ["b-swap", "swap", "swap", "a-swap"]
    for after in range(6):
        assert list(register.log(after=after)) == log[after:]
    assert list(register.history("swap", after=1)) == log[2:3]
    assert list(register.history("swap", after=2)) == []
    assert list(register.history("nobody")) == []
    assert register.agreement_ids() == ["b-swap", "swap", "a-swap"]


def test_a_log_of_many_batches_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reciprocity.store.log._BATCH", 3)
    with Register.open("memory:") as register:
        for number in range(10):
            register.sign(f"swap-{number}", swap())
        assert [recorded.position for recorded in register.log()] == list(range(1, 11))
        assert [recorded.position for recorded in register.log(after=4)] == list(range(5, 11))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
@settings(max_examples=settings().max_examples * 2 // 5)
@given(histories())
def test_memory_and_what_is_kept_hold_equal_histories(
    tmp_path_factory: pytest.TempPathFactory, kind: str, history: History
) -> None:
    ticks = count()

    def clock() -> dt.datetime:
        return NOON + dt.timedelta(seconds=next(ticks) // 2)

    with place(kind, tmp_path_factory.mktemp("store")) as url:
        with (
            Register.open("memory:", clock=clock) as memory,
            Register.open(url, create=True, clock=clock) as kept,
        ):
            for n, request in enumerate(history.requests):
                ask = [
                    register.command("told", lambda a, r=request: decide(a, r), command_id=f"c-{n}")  # type: ignore[misc]  # bound early
                    for register in (memory, kept)
                ]
                assert ask[0] == ask[1]
            held = list(memory.history("told"))
            assert held == list(kept.history("told")) == list(kept.log())
            stands = memory.agreement("told")
            assert stands == kept.agreement("told")
        with Register.open(url) as again:
            assert list(again.history("told")) == held
            assert again.agreement("told") == stands


def test_ranges_are_kept(register: Register) -> None:
    register.sign("swap", swap(Range(5), Range(5, 9)))
    one_each(register, 1)
    assert register.agreement("swap").terms == swap(Range(5), Range(5, 9))
