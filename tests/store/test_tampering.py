"""Whatever is done to a store shows: every kind, at every position; and an honest one is fine."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from reciprocity.domain import Recorded
from reciprocity.replay.verifying import verify
from reciprocity.store import Register
from tests import stores
from tests.replay.registers import logs
from tests.store.sealed import Keeper, checkpoint_of, list_of, recorded_and_sealed, told
from tests.store.tampering import KINDS, copies, settled, victim, victim_of

NAMED = {
    "edit a byte": {"edited"},
    "edit a text": {"edited"},
    "edit the agreement": {"inserted"},
    "edit the version": {"inserted"},
    "edit the name": {"edited"},
    "edit the schema": {"edited"},
    "insert": {"inserted"},
    "delete": {"deleted"},
    "delete and close the gap": {"deleted"},
    "swap": {"moved"},
    "cut the tail": {"deleted"},
    "replace the log": {"inserted"},
    "edit the position": {"moved"},
    "reorder": {"moved"},
    "double": {"edited", "inserted", "moved"},
    "renumber": {"moved", "deleted"},
    "edit the command's id": {"edited"},
}
"""What each kind that touches the log is called, at the position where it was done."""

LATER = {"double": 1}
"""How far behind that position it is seen."""


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Keeper]:
    path = tmp_path_factory.mktemp("original") / "swaps.db"
    with Register.open(f"sqlite:///{path}", create=True) as register:
        register.take_over(told())
        keeper = Keeper.of(register)
    settled(f"sqlite:///{path}")
    return path, keeper


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_tampering_is_seen_at_every_position(
    kind: str, original: tuple[Path, Keeper], tmp_path: Path
) -> None:
    path, keeper = original
    url = copies(path, tmp_path)
    for position in range(1, len(told()) + 1):
        KINDS[kind](victim(there := next(url)), position)
        report = keeper.verify(there)
        found = {one.kind for one in report.found}
        if kind not in NAMED:
            assert found == {"command"}
            continue
        assert report.found
        place = position + LATER.get(kind, 0)
        if place > len(told()):  # what is recorded since is no matter of the seal
            continue
        assert "seal" in found
        assert not report.holds
        assert NAMED[kind] & {one.kind for one in report.found if one.position == place}
        alone = Keeper(keeper.checkpoints).verify(there)
        assert "seal" in {one.kind for one in alone.found}


def test_the_original_is_fine(original: tuple[Path, Keeper]) -> None:
    path, keeper = original
    report = keeper.verify(f"sqlite:///{path}")
    assert report.found == ()
    assert len(report.holds) == 1


@settings(max_examples=10)
@given(logs)
def test_no_honest_store_is_called_tampered_with(log: list[Recorded]) -> None:
    with Register.open("memory:") as register:
        checkpoints = recorded_and_sealed(register, log)
        report = verify(register, checkpoints, {"leaves": list_of(register)})
        assert report.found == ()
        assert len(report.holds) == len(checkpoints)


@pytest.mark.parametrize("kind", KINDS)
def test_a_store_in_memory_is_verified_as_one_in_a_file(kind: str) -> None:
    with Register.open("memory:") as register:
        register.take_over(told())
        keeper = Keeper.of(register)
        KINDS[kind](victim_of(register), 5)
        found = {one.kind for one in verify(register, keeper.checkpoints, keeper.lists).found}
    assert NAMED.get(kind, {"command"}) & found


def test_a_store_on_a_server_is_verified_as_one_in_a_file(tmp_path: Path) -> None:
    for kind in ("edit a text", "insert", "delete", "swap", "insert a command"):
        with stores.place("postgresql", tmp_path) as url:
            with Register.open(url, create=True) as register:
                register.take_over(told())
                keeper = Keeper.of(register)
            assert keeper.verify(url).found == (), kind
            KINDS[kind](victim(url), 5)
            assert NAMED.get(kind, {"command"}) & {one.kind for one in keeper.verify(url).found}, kind


def test_several_seals_narrow_down_where_the_log_differs(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'swaps.db'}"
    checkpoints = {}
    with Register.open(url, create=True) as register:
        for so_far in (3, 6, 9, 10):
            register.take_over(told()[:so_far])
            checkpoints[f"seal of {register.last_position()}"] = checkpoint_of(register)
    KINDS["edit a text"](victim(url), 5)
    report = Keeper(checkpoints).verify(url)
    assert [one.partition(":")[0] for one in report.holds] == ["seal of 3"]
    said = [one.reason for one in report.found if one.kind == "seal"]
    assert [one.partition(":")[0] for one in said] == ["seal of 6", "seal of 9", "seal of 10"]
    assert said[0].endswith("The first difference is within positions 4 to 6")


def test_what_is_cut_off_is_counted(original: tuple[Path, Keeper], tmp_path: Path) -> None:
    path, keeper = original
    url = next(copies(path, tmp_path))
    KINDS["cut the tail"](victim(url), 7)
    with Register.open(url) as register:
        assert verify(register, {}).found == ()  # nothing in the store alone shows it
    [said] = [one.reason for one in keeper.verify(url).found if one.kind == "seal"]
    assert "10 events were sealed, 6 of these positions are here: the log ends at position 6" in said


def test_a_cut_tail_shows_by_the_count_of_positions_if_that_was_left(
    original: tuple[Path, Keeper], tmp_path: Path
) -> None:
    url = next(copies(original[0], tmp_path))
    victim(url)("DELETE FROM stored_events WHERE POSITION>8")
    with Register.open(url) as register:
        assert {one.kind for one in verify(register, {}).found} == {"cut-off", "command"}


def test_what_was_recorded_since_is_no_finding(original: tuple[Path, Keeper], tmp_path: Path) -> None:
    path, keeper = original
    url = next(copies(path, tmp_path))
    with Register.open(url) as register:
        register.suspend("swap", reason="broken off")
    assert keeper.verify(url).found == ()


def test_a_list_that_is_of_no_seal_is_not_believed(original: tuple[Path, Keeper]) -> None:
    path, keeper = original
    with Register.open("memory:") as register:
        register.take_over(told(3))
        of_another = {"forged": list_of(register)}
    found = Keeper(keeper.checkpoints, of_another).verify(f"sqlite:///{path}").found
    assert [one.kind for one in found] == ["list"]
