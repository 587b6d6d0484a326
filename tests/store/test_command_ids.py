"""Each command id stands once in the table of commands, with the version at which its events begin."""

from __future__ import annotations

import pytest
from eventsourcing.persistence import StoredEvent

from reciprocity.store import WIRE, Register
from reciprocity.store.command_ids import new_rows
from tests.examples import swap


def events(*places: tuple[str, int]) -> list[StoredEvent]:
    return [StoredEvent(of, version, "agreement-fulfilled/1", b"{}") for of, version in places]


def test_a_command_has_one_row_for_the_first_of_its_events_in_each_agreement() -> None:
    told = events(("a", 1), ("a", 2), ("b", 1), ("a", 3), ("b", 2))
    assert new_rows(told, ["c-1", "c-1", "c-2", "c-3", "c-1"]) == [
        ("c-1", "a", 1),
        ("c-2", "b", 1),
        ("c-3", "a", 3),
        ("c-1", "b", 2),
    ]
    assert new_rows(told[:2], ["c-1", "c-2"], continued={"c-1"}) == [("c-2", "a", 2)]
    assert new_rows([], []) == []


@pytest.mark.parametrize("ids", [[], ["c-1"], ["c-1", "c-2", "c-3"]])
def test_events_and_ids_that_are_not_as_many_are_not_recorded(ids: list[str]) -> None:
    with Register.open("memory:") as register:
        [signed] = register.sign("swap", swap())
        topic, state = WIRE.encode(signed)
        two = [StoredEvent(of, 1, topic, state) for of in ("a", "b")]
        with pytest.raises(ValueError, match=r"zip\(\)"):
            register._recorder.insert_events(two, command_ids=ids)
        assert list(register.log()) == [signed]
