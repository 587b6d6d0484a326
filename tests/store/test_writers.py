"""Several writers on one store: whoever comes second starts again from what the first recorded."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from reciprocity.domain import OPEN, Agreement, Event, Recorded, Refused, complete_phase, sign
from reciprocity.store import Conflict, Register
from reciprocity.store.register import ATTEMPTS
from tests.examples import back, out, swap

TERMS = swap(OPEN, OPEN)


@pytest.fixture
def url(kept_url: str) -> str:
    with Register.open(kept_url, create=True) as register:
        register.sign("swap", TERMS)
    return kept_url


def next_phase(agreement: Agreement) -> tuple[Event, ...]:
    return complete_phase(agreement, agreement.last_phase + 1, [out(1), back(1)])


@pytest.fixture
def rivals(url: str) -> Iterator[tuple[Register, Register]]:
    with Register.open(url) as one, Register.open(url) as other:
        yield one, other


def test_another_writer_in_between_is_taken_into_account(rivals: tuple[Register, Register]) -> None:
    one, other = rivals
    seen: list[int] = []

    def interrupted(agreement: Agreement) -> tuple[Event, ...]:
        if not seen:
            other.command("swap", next_phase)
        seen.append(agreement.last_phase)
        return next_phase(agreement)

    [recorded] = one.command("swap", interrupted)
    assert seen == [0, 1]
    assert (recorded.version, recorded.position) == (3, 3)
    assert one.agreement("swap").last_phase == 2
    assert list(one.history("swap")) == list(other.history("swap"))


def test_what_the_other_recorded_is_judged(rivals: tuple[Register, Register]) -> None:
    one, other = rivals
    calls: list[int] = []

    def first_phase(agreement: Agreement) -> tuple[Event, ...]:
        if not calls:
            other.command("swap", next_phase)
        calls.append(1)
        return complete_phase(agreement, 1, [out(5), back(5)])

    with pytest.raises(Refused, match="follows_the_life_cycle_of_the_phase"):
        one.command("swap", first_phase)
    assert len(list(one.history("swap"))) == 2


def test_a_writer_that_is_always_second_is_told_so(rivals: tuple[Register, Register]) -> None:
    one, other = rivals

    def overtaken(agreement: Agreement) -> tuple[Event, ...]:
        other.command("swap", next_phase)
        return next_phase(agreement)

    with pytest.raises(Conflict) as conflict:
        one.command("swap", overtaken, command_id="c-1")
    assert (conflict.value.agreement_id, conflict.value.attempts) == ("swap", ATTEMPTS)
    history = list(one.history("swap"))
    assert len(history) == 1 + ATTEMPTS  # all of them the other's
    assert "c-1" not in {recorded.command_id for recorded in history}
    assert one.command("swap", next_phase, command_id="c-1")[0].version == 2 + ATTEMPTS


def test_the_same_command_from_two_writers_is_recorded_once(rivals: tuple[Register, Register]) -> None:
    one, other = rivals
    outcomes: list[list[Recorded]] = []

    def doubled(agreement: Agreement) -> tuple[Event, ...]:
        if not outcomes:
            outcomes.append(other.command("swap", next_phase, command_id="c-1"))
        return next_phase(agreement)

    assert one.command("swap", doubled, command_id="c-1") == outcomes[0]
    assert len(list(one.history("swap"))) == 2


def test_a_writer_on_another_agreement_is_no_conflict(rivals: tuple[Register, Register]) -> None:
    one, other = rivals
    calls: list[int] = []

    def beside(agreement: Agreement) -> tuple[Event, ...]:
        calls.append(1)
        other.command("beside", lambda a: sign(a, TERMS))
        return next_phase(agreement)

    assert one.command("swap", beside)[0].version == 2
    assert calls == [1]


def test_what_one_cached_is_brought_up_to_date(rivals: tuple[Register, Register]) -> None:
    one, other = rivals
    assert one.agreement("swap").last_phase == 0
    for expected in (1, 2, 3):
        other.command("swap", next_phase)
        assert one.agreement("swap").last_phase == expected


@pytest.mark.parametrize("shared", [True, False], ids=["one register", "a register each"])
def test_four_threads_lose_nothing(url: str, shared: bool) -> None:
    phases, threads = 10, 4
    opened = [Register.open(url) for _ in range(1 if shared else threads)]

    def write(thread: int) -> list[int]:
        register = opened[thread % len(opened)]
        written: list[int] = []
        for _ in range(1_000):
            try:
                [recorded] = register.command("swap", next_phase, command_id=f"t{thread}-{len(written)}")
            except Conflict:
                continue  # told so: asked again
            written.append(recorded.version)
            if len(written) == phases:
                return written
        raise AssertionError("overtaken a thousand times")

    try:
        with ThreadPoolExecutor(threads) as pool:
            versions = list(pool.map(write, range(threads)))
        assert sorted(v for written in versions for v in written) == list(range(2, 2 + phases * threads))
        assert all(written == sorted(written) for written in versions)
        for register in opened:
            agreement = register.agreement("swap")
            assert (agreement.last_phase, agreement.version) == (phases * threads, 1 + phases * threads)
            assert [balance.released for balance in agreement.balance()] == [phases * threads] * 2
            assert [recorded.position for recorded in register.log()] == list(range(1, 2 + phases * threads))
    finally:
        for register in opened:
            register.close()
