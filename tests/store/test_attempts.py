"""How often a command is tried; and what is made of a state that was behind, a lost answer, a key."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from eventsourcing.persistence import IntegrityError, StoredEvent

from reciprocity.domain import Agreement, Event, Recorded, Refused, complete_phase
from reciprocity.store import WIRE, CommandTaken, Conflict, NeedsKey, NotAllowed, Register
from reciprocity.store.errors import NoSuchStore
from reciprocity.store.register import ATTEMPTS
from reciprocity.store.wire import ENCRYPTED
from tests.examples import back, out, swap


@pytest.fixture
def register() -> Iterator[Register]:
    with Register.open("memory:") as opened:
        opened.once("c-0").sign("swap", swap())
        yield opened


def asking(phase: int, seen: list[int]) -> Callable[[Agreement], Iterable[Event]]:
    """Decides on a phase; and notes the version of what it was asked of."""

    def decision(agreement: Agreement) -> tuple[Event, ...]:
        seen.append(agreement.version)
        return complete_phase(agreement, phase, [out(1), back(1)])

    return decision


def failing(register: Register, monkeypatch: pytest.MonkeyPatch, *, times: int) -> list[int]:
    """Let so many attempts to record fail, as if another writer had come first; each is noted."""
    insert, calls = register._recorder.insert_events, list[int]()

    def insert_events(*args: Any, **kwargs: Any) -> Any:
        calls.append(len(calls) + 1)
        if len(calls) <= times:
            raise IntegrityError
        return insert(*args, **kwargs)

    monkeypatch.setattr(register._recorder, "insert_events", insert_events)
    return calls


def test_a_command_is_tried_five_times_and_then_reported(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ATTEMPTS == 5
    seen: list[int] = []
    calls = failing(register, monkeypatch, times=5)
    with pytest.raises(Conflict) as conflict:
        register.command("swap", asking(1, seen))
    assert (conflict.value.agreement_id, conflict.value.version, conflict.value.attempts) == ("swap", 2, 5)
    assert str(conflict.value) == "another writer recorded version 2 of swap first, in 5 attempts"
    assert (calls, seen) == ([1, 2, 3, 4, 5], [1] * 5)
    assert len(list(register.log())) == 1
    assert [one.version for one in register.command("swap", asking(1, seen))] == [2]


@pytest.mark.parametrize("times", range(5))
def test_a_command_that_another_attempt_records_is_recorded_once(
    register: Register, monkeypatch: pytest.MonkeyPatch, times: int
) -> None:
    seen: list[int] = []
    calls = failing(register, monkeypatch, times=times)
    [recorded] = register.command("swap", asking(1, seen), command_id="c-1")
    assert (recorded.version, recorded.position, recorded.command_id) == (2, 2, "c-1")
    assert len(calls) == len(seen) == times + 1
    assert list(register.log())[1:] == [recorded]


def test_a_takeover_is_tried_as_often(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    with Register.open("memory:") as other:
        [signed] = other.sign("other", swap())
    calls = failing(register, monkeypatch, times=10)
    with pytest.raises(Conflict) as conflict:
        register.take_over([signed])
    assert (conflict.value.agreement_id, conflict.value.version, conflict.value.attempts) == ("other", 1, 5)
    assert len(calls) == 5
    assert register.take_over([]) == 0
    with pytest.raises(Conflict):
        register.take_over([signed])
    assert len(calls) == 10
    assert register.take_over([signed]) == 1


def left_behind(register: Register) -> None:
    """What is kept of the agreement is as it was before the last phase, which another writer completed."""
    before = register._cached("swap")
    assert before is not None
    register.complete_phase("swap", 1, [out(1), back(1)])
    register._streams.put("swap", before)


def test_what_a_state_that_was_behind_does_not_allow_is_asked_again(register: Register) -> None:
    left_behind(register)
    seen: list[int] = []
    assert [one.version for one in register.command("swap", asking(2, seen))] == [3]
    assert seen == [1, 2]


def test_what_the_present_state_does_not_allow_either_is_refused(register: Register) -> None:
    left_behind(register)
    seen: list[int] = []
    with pytest.raises(Refused):
        register.command("swap", asking(3, seen))
    assert seen == [1, 2]
    with pytest.raises(Refused):
        register.command("swap", asking(3, seen))
    assert seen == [1, 2, 2]
    assert len(list(register.log())) == 2


def test_what_needs_nothing_of_a_state_that_was_behind_is_asked_again(register: Register) -> None:
    left_behind(register)
    seen: list[int] = []

    def the_second(agreement: Agreement) -> tuple[Event, ...]:
        seen.append(agreement.version)
        return complete_phase(agreement, 2, []) if agreement.last_phase == 1 else ()

    assert [one.version for one in register.command("swap", the_second)] == [3]
    assert seen == [1, 2]
    assert register.command("swap", lambda a: seen.append(a.version) or ()) == []  # type: ignore[func-returns-value]  # notes it
    assert seen == [1, 2, 3]


def test_what_one_recorded_itself_is_not_read_again(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as at:
        for name in ("command_starts", "select_history"):
            at.setattr(register._recorder, name, lambda *_, **__: pytest.fail("read again"))
        recorded = [register.command("swap", asking(phase, []), command_id=f"c-{phase}") for phase in (1, 2)]
    assert [[(one.version, one.position, one.command_id) for one in of] for of in recorded] == [
        [(2, 2, "c-1")],
        [(3, 3, "c-2")],
    ]
    assert list(register.history("swap", after=1)) == [one for of in recorded for one in of]


def test_of_what_is_known_only_what_came_since_is_read(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    select, asked = register._recorder.select_history, list[tuple[str, int]]()

    def noted(agreement_id: str, *, after: int) -> Any:
        asked.append((agreement_id, after))
        return select(agreement_id, after=after)

    monkeypatch.setattr(register._recorder, "select_history", noted)
    register.complete_phase("swap", 1, [out(1), back(1)])
    assert asked == []
    assert register.agreement("swap").version == 2
    assert register.agreement("other").version == 0
    register.sign("other", swap())
    assert register.agreement("other").version == 1
    assert asked == [("swap", 2), ("other", 0), ("other", 1)]


def test_what_one_records_itself_is_known_to_the_next_command(register: Register) -> None:
    seen: list[int] = []
    for phase in (1, 2, 3):
        register.command("swap", asking(phase, seen))
    assert seen == [1, 2, 3]


@pytest.mark.parametrize("error", [IntegrityError, RuntimeError])
@pytest.mark.parametrize("command_id", [None, "c-1"])
def test_an_answer_that_was_lost_is_found_whether_or_not_an_id_was_given(
    register: Register,
    monkeypatch: pytest.MonkeyPatch,
    error: type[Exception],
    command_id: str | None,
) -> None:
    insert = register._recorder.insert_events

    def lost(*args: Any, **kwargs: Any) -> Any:
        insert(*args, **kwargs)
        raise error

    monkeypatch.setattr(register._recorder, "insert_events", lost)
    seen: list[int] = []
    found = register.command("swap", asking(1, seen), command_id=command_id)
    assert found == list(register.history("swap", after=1))
    assert [(one.version, one.position) for one in found] == [(2, 2)]
    assert command_id in (None, found[0].command_id)
    assert seen == [1]


def test_an_id_is_taken_by_what_it_recorded_and_the_message_says_what_was_asked(register: Register) -> None:
    with pytest.raises(CommandTaken) as taken:
        register.once("c-0").sign("other", swap())
    assert str(taken.value) == "command c-0, asked for other, has recorded something else"
    assert (taken.value.command_id, taken.value.given) == ("c-0", None)
    [again] = register.once("c-0").complete_phase("swap", 1, [])
    assert (again.version, again.command_id) == (1, "c-0")


def test_a_command_without_an_id_is_given_one_of_its_own(register: Register) -> None:
    ids = {register.command("swap", asking(phase, []))[0].command_id for phase in (1, 2, 3)}
    assert [len(one) for one in ids] == [32] * 3


def stored(kind: str, one: Recorded) -> tuple[str, bytes]:
    topic, state = WIRE.encode(one)
    return topic, ENCRYPTED + b"\0" * 40 if kind == "e" else state


@pytest.mark.parametrize(
    ("kinds", "named"),
    [("e", 1), ("ea", 1), ("eaa", 1), ("ae", 2), ("aae", 3), ("eae", 1), ("aea", None), ("aaa", None)],
)
def test_the_first_and_the_last_row_say_whether_one_may_write_beside_them(
    kinds: str, named: int | None
) -> None:
    with Register.open("memory:") as told, Register.open("memory:") as register:
        [signed] = told.sign("x", swap())
        rows = [
            StoredEvent(f"x-{place}", 1, *stored(kind, signed)) for place, kind in enumerate(kinds, start=1)
        ]
        register._recorder.insert_events(rows, command_ids=[row.originator_id for row in rows])
        if named is None:
            [recorded] = register.sign("swap", swap())
            assert recorded.position == len(kinds) + 1
            return
        for write in (lambda: register.sign("swap", swap()), lambda: register.take_over([signed])):
            with pytest.raises(
                NeedsKey, match=rf"^position {named}, x-{named} version 1, agreement-signed/1: "
            ):
                write()
        assert register.last_position() == len(kinds)


def test_once_something_is_stored_that_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with Register.open("memory:") as register:
        last_position, asked = register._recorder.last_position, list[int]()

        def noted() -> int:
            asked.append(last_position())
            return asked[-1]

        monkeypatch.setattr(register._recorder, "last_position", noted)
        for number in range(4):
            register.sign(f"swap-{number}", swap())
        assert asked == [0, 1]


def test_a_store_is_made_and_read_alone_only_if_that_is_said(tmp_path: Path) -> None:
    file = tmp_path / "swaps.db"
    with pytest.raises(NoSuchStore):
        Register.open(f"sqlite:///{file}")
    assert not file.exists()
    Register.open(f"sqlite:///{file}", create=True).close()
    with Register.open(f"sqlite:///{file}") as one, Register.open(f"sqlite:///{file}", reading=True) as other:
        assert one.sign("swap", swap()) == list(other.log())
        with pytest.raises(NotAllowed):
            other.sign("other", swap())
        assert len(list(tmp_path.iterdir())) > 1, "what lies beside a store in use"
    assert (one.closing.is_set(), other.closing.is_set()) == (True, True)
    assert list(tmp_path.iterdir()) == [file]


def test_a_store_that_is_to_be_made_is_not_for_reading_alone() -> None:
    with pytest.raises(ValueError, match=r"^a store that is to be created is not for reading alone$"):
        Register.open("memory:", create=True, reading=True)
    for create in (True, False):
        with Register.open("memory:", create=create) as register:
            assert register.sign("swap", swap())


def test_a_history_that_lacks_a_version_is_told(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    for phase in (1, 2):
        register.complete_phase("swap", phase, [out(1), back(1)])
    rows = register._recorder.select_history("swap", after=0)
    told: list[Recorded] = list(register.history("swap"))
    for after in range(4):
        assert list(register.history("swap", after=after)) == told[after:]
    monkeypatch.setattr(
        register._recorder, "select_history", lambda _, *, after: [rows[0], rows[2]][after > 0 :]
    )
    for after in (0, 1):
        with pytest.raises(Exception, match=r"^swap: version 2 is missing; version 3 comes next$"):
            list(register.history("swap", after=after))
