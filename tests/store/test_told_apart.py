"""What is told of a row that stands elsewhere, and of seals that are not of one log."""

from __future__ import annotations

from reciprocity.replay.findings import Found
from reciprocity.replay.verifying import verify
from reciprocity.store import Register
from tests.store.sealed import Keeper, checkpoint_of, told
from tests.store.tampering import victim_of


def test_two_rows_that_changed_places_are_told_with_both() -> None:
    with Register.open("memory:") as register:
        register.take_over(told())
        keeper = Keeper.of(register)
        victim = victim_of(register)
        for before, after in ((3, 33), (6, 3), (33, 6)):
            victim("UPDATE stored_events SET POSITION=? WHERE POSITION=?", after, before)
        found = verify(register, keeper.checkpoints, keeper.lists).found
    moved = {(one.position, one.reason.partition(",")[0]) for one in found if one.kind == "moved"}
    assert moved == {
        (3, "sealed at position 6; sealed here was swap version 2"),
        (3, "it is at position 6 now"),
        (6, "sealed at position 3; sealed here was other version 3"),
        (6, "it is at position 3 now"),
    }


def test_seals_of_two_logs_are_told() -> None:
    with Register.open("memory:") as register:
        register.take_over(told())
        one = checkpoint_of(register)
        other = one._replace(origin="another")
        report = verify(register, {"a": one, "b": other})
    assert Found("seal", "the checkpoints are of different logs: a-log, another") in report.found
