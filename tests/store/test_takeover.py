"""Taking another register's history over: as it is, all of it or nothing, and only ever as a continuation."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import attrs
import pytest
from eventsourcing.persistence import IntegrityError

from reciprocity.domain import Recorded, decide
from reciprocity.store import CommandTaken, Conflict, Differs, OutOfOrder, Register
from reciprocity.store.register import ATTEMPTS
from reciprocity.store.takeover import check_commands
from tests.examples import back, out, swap
from tests.stores import execute

NOON = dt.datetime(2026, 1, 1, 12, tzinfo=dt.UTC)


@pytest.fixture
def told() -> list[Recorded]:
    """Two agreements in turn; the last command of the first recorded two events."""
    with Register.open("memory:", clock=lambda: NOON) as register:
        register.sign("a", swap(2, 2))
        register.sign("b", swap(2, 2))
        register.complete_phase("a", 1, [out(1), back(1)])
        register.complete_phase("b", 1, [out(1), back(1)])
        register.complete_phase("a", 2, [out(1), back(1)])
        return list(register.log())


@pytest.fixture
def url(kept_url: str) -> str:
    Register.open(kept_url, create=True).close()
    return kept_url


@pytest.fixture
def register(url: str) -> Iterator[Register]:
    with Register.open(url, clock=lambda: NOON) as opened:
        yield opened


def places(log: list[Recorded]) -> list[tuple[int, Recorded]]:
    return [(one.position, one) for one in log]


def test_what_was_taken_over_is_the_same_in_every_respect(register: Register, told: list[Recorded]) -> None:
    assert register.take_over(told) == 6
    assert places(list(register.log())) == places(told)
    assert register.agreement_ids() == ["a", "b"]
    again = register.command("a", lambda _: [], command_id=told[-1].command_id)
    assert again == told[-2:]


@pytest.mark.parametrize("first", range(7))
def test_what_is_held_already_is_not_taken_over_again(
    register: Register, told: list[Recorded], first: int
) -> None:
    assert register.take_over(told[:first]) == first
    assert register.take_over(told) == 6 - first
    assert register.take_over(told) == 0
    assert places(list(register.log())) == places(told)
    for one in told:
        history = register.command(one.agreement_id, lambda _: [], command_id=one.command_id)
        assert history == [other for other in told if other.command_id == one.command_id]


def test_what_was_taken_over_is_gone_on_with(register: Register, told: list[Recorded]) -> None:
    register.take_over(told[:4])
    assert register.agreement("a").last_phase == 1
    register.take_over(told)
    assert register.agreement("a").last_phase == 2
    [one] = register.record_claim("a", "UKR", [], phase=1)
    assert (one.version, one.position) == (5, 7)


@pytest.mark.parametrize(
    "change",
    [
        lambda one: attrs.evolve(one, recorded_at=NOON - dt.timedelta(1)),
        lambda one: attrs.evolve(one, command_id="c"),
        lambda one: attrs.evolve(one, event=attrs.evolve(one.event, notes=("otherwise",))),
    ],
)
def test_what_contradicts_is_refused_naming_the_first_event_that_differs(
    register: Register, told: list[Recorded], change: Callable[[Recorded], Recorded]
) -> None:
    register.take_over(told[:3])
    other = change(told[1])
    with pytest.raises(Differs, match="version 1 of b is stored otherwise") as differs:
        register.take_over([told[0], other, *told[2:]])
    assert (differs.value.stored, differs.value.given) == (told[1], other)
    assert list(register.log()) == told[:3]


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (lambda told: told[1:], "version 2 of a stands where version 1 is due"),
        (lambda told: told[:4] + told[5:], "version 4 of a stands where version 3 is due"),
        (lambda told: [*told, told[-1]], "version 4 of a stands where version 5 is due"),
        (
            lambda told: [*told[:2], attrs.evolve(told[2], recorded_at=NOON - dt.timedelta(1))],
            "is before its last event",
        ),
        (
            lambda told: [attrs.evolve(told[0], recorded_at=NOON + dt.timedelta(1))],
            "is ahead of the clock",
        ),
    ],
)
def test_what_is_out_of_order_is_refused(
    register: Register, told: list[Recorded], wrong: Callable[[list[Recorded]], list[Recorded]], reason: str
) -> None:
    with pytest.raises(OutOfOrder, match=reason):
        register.take_over(wrong(told))
    assert list(register.log()) == []


def test_a_command_id_that_recorded_something_else_is_refused(
    register: Register, told: list[Recorded]
) -> None:
    by = told[0].command_id
    register.command("c", lambda a: decide(a, told[0].event), command_id=by)
    with pytest.raises(
        CommandTaken, match=f"command {by}, asked for version 1 of a, has recorded something else"
    ):
        register.take_over(told)
    with pytest.raises(CommandTaken):
        register.take_over([told[1], attrs.evolve(told[3], command_id=by)])
    twice = attrs.evolve(told[2], command_id=told[1].command_id)
    with pytest.raises(CommandTaken):
        register.take_over([attrs.evolve(told[0], command_id="c-1"), told[1], twice])
    assert len(list(register.log())) == 1


def test_which_commands_are_continued_and_which_are_taken(told: list[Recorded]) -> None:
    first, second = told[-2:]
    assert first.command_id == second.command_id
    by, place = first.command_id, (first.agreement_id, first.version - 1)
    assert check_commands(told, {}) == set()
    assert check_commands([first, second], {by: place}) == {by}
    assert check_commands([second], {by: ("a", first.version), "another": ("b", 1)}) == {by, "another"}
    for held in (("b", place[1]), ("a", first.version), ("a", place[1] - 1)):
        with pytest.raises(CommandTaken) as taken:
            check_commands([told[0], first, second], {by: held})
        assert (taken.value.command_id, taken.value.given) == (by, first)
        assert str(taken.value) == f"command {by}, asked for version 3 of a, has recorded something else"
    with pytest.raises(CommandTaken) as taken:
        check_commands([first, attrs.evolve(second, version=second.version + 1)], {})
    assert taken.value.given == attrs.evolve(second, version=5)


FULL = {
    "sqlite": """
        CREATE TRIGGER is_full BEFORE INSERT ON stored_events WHEN NEW.originator_version=4
        BEGIN SELECT RAISE(ABORT, 'full'); END
    """,
    "postgresql": """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN RAISE unique_violation USING MESSAGE = 'full'; END$$;
        CREATE TRIGGER is_full BEFORE INSERT ON stored_events FOR EACH ROW
            WHEN (NEW.originator_version=4) EXECUTE FUNCTION refuse()
    """,
}
EMPTIED = {"sqlite": "DROP TRIGGER is_full", "postgresql": "DROP TRIGGER is_full ON stored_events"}


def test_a_write_that_fails_half_way_leaves_nothing(url: str, told: list[Recorded]) -> None:
    with Register.open(url, clock=lambda: NOON) as register:
        register.take_over(told[:2])
        kind = url.partition(":")[0]
        execute(url, FULL[kind])
        with pytest.raises(Conflict):  # as far as the register can tell
            register.take_over(told)
        assert places(list(register.log())) == places(told[:2])
        assert register._recorder.command_starts([told[2].command_id]) == {}
        assert register.agreement("a").version == 1
        execute(url, EMPTIED[kind])
        assert register.take_over(told) == 4
        assert places(list(register.log())) == places(told)


def test_another_writer_in_between_is_taken_into_account(
    url: str, told: list[Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    with Register.open(url, clock=lambda: NOON) as one, Register.open(url, clock=lambda: NOON) as other:
        insert, calls = one._recorder.insert_events, list[int]()

        def interrupted(*args: object, **kwargs: object) -> object:
            if not calls:
                other.take_over(told[:5])
            calls.append(1)
            return insert(*args, **kwargs)  # type: ignore[arg-type]  # passed on

        monkeypatch.setattr(one._recorder, "insert_events", interrupted)
        assert one.take_over(told) == 1
        assert places(list(one.log())) == places(told)
        assert len(calls) == 2


def test_a_writer_that_is_always_second_is_told_so(
    register: Register, told: list[Recorded], monkeypatch: pytest.MonkeyPatch
) -> None:
    def beaten(*_: object, **__: object) -> None:
        raise IntegrityError

    monkeypatch.setattr(register._recorder, "insert_events", beaten)
    with pytest.raises(Conflict) as conflict:
        register.take_over(told)
    assert conflict.value.attempts == ATTEMPTS
