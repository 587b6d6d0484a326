"""Logs against what was kept of them: which seals hold, which list is believed, which proof needs what."""

from __future__ import annotations

from typing import Any

import attrs

from reciprocity.replay import proving, verify_alone
from reciprocity.replay.findings import Found
from reciprocity.replay.keys import PrivateKey
from reciprocity.replay.sealing import checkpoint_text, sealed
from reciprocity.replay.verifying import UNSEALED, Report, check_proof, check_signatures, verify
from reciprocity.store import Register
from reciprocity.store.merkle import EMPTY, root_of
from tests.replay.befallen import DIFFERS, after, log, phase
from tests.store.sealed import SEALED_AT, Kept, checkpoint_of, list_of
from tests.store.tampering import KINDS, victim_of


def test_a_report_has_the_size_and_the_root_of_what_is_there() -> None:
    with Register.open("memory:") as register:
        assert verify(register, {}) == Report(0, EMPTY, (), ())
        register.take_over(log())
        leaves = [one.hash for one in list_of(register).leaves]
        assert verify(register, {}) == Report(8, root_of(leaves), (), ())
        victim_of(register)("DELETE FROM stored_events WHERE POSITION=4")
        report = verify(register, {})
        assert (report.size, report.root) == (7, root_of(leaves[:3] + leaves[4:]))


def sealed_by(key: PrivateKey | None = None) -> dict[int, verify_alone.Checkpoint]:
    """The checkpoints after one event, two events, and so on, to all eight."""
    found = {}
    with Register.open("memory:") as register:
        for size in range(9):
            register.take_over(log()[:size])
            text = checkpoint_text(sealed(register), "a-log", SEALED_AT, key)
            found[size] = verify_alone.checkpoint(text)
    return found


def test_each_seal_of_a_log_holds() -> None:
    checkpoints = {f"at-{size}": one for size, one in sealed_by().items()}
    with Register.open("memory:") as register:
        register.take_over(log())
        report = verify(register, dict(reversed(checkpoints.items())))
    assert report.found == ()
    assert list(report.holds) == [
        f"at-{size}: the first {size} events are as sealed at 2025-05-26T00:00:00Z" for size in range(9)
    ]


def test_a_seal_may_have_no_time_or_more_lines_than_that() -> None:
    known = sealed_by()[3]
    with Register.open("memory:") as register:
        register.take_over(log())
        given = {"without": known._replace(more=()), "more": known._replace(more=("by x", "time 2 o'clock"))}
        assert verify(register, given).holds == (
            "without: the first 3 events are as sealed",
            "more: the first 3 events are as sealed at 2 o'clock",
        )


def test_the_longest_list_that_is_of_a_seal_is_believed() -> None:
    with Register.open("memory:") as register:
        lists, checkpoints = {}, {}
        for name, size in (("short", 3), ("long", 8), ("middle", 6)):
            with Register.open("memory:") as other:
                other.take_over(log()[:size])
                lists[name], checkpoints[name] = list_of(other), checkpoint_of(other)
        register.take_over(log())
        checkpoints["forged"] = checkpoints["long"]._replace(root=bytes(32))
        lists["forged"] = attrs.evolve(lists["long"], leaves=[*reversed(lists["long"].leaves)])
        KINDS["edit a text"](victim_of(register), 8)
        report = verify(register, checkpoints, lists)
    assert [one.said() for one in report.found if one.kind in {"list", "edited"}] == [
        "list: forged is not the list of any checkpoint that was given, and was not believed",
        f"edited: position 8, other version 4: since it was sealed. It says now: {phase(3)}",
    ]


def test_what_contradicts_a_seal_that_holds_is_said_with_its_name() -> None:
    known = sealed_by()
    given = {
        "ours": known[6],
        "as long": known[6]._replace(root=bytes(32)),
        "shorter": known[2]._replace(root=bytes(32), origin="b-log"),
        "first": known[1],
        "longer": known[7]._replace(root=bytes(32)),
    }
    with Register.open("memory:") as register:
        register.take_over(log())
        report = verify(register, given)
    of_another = (
        "is not of this log: ours is, and seals all that it seals. One of them was not made of this log"
    )
    assert [one.said() for one in report.found] == [
        "seal: the checkpoints are of different logs: a-log, b-log",
        f"seal: shorter {of_another}",
        f"seal: as long {of_another}",
        f"seal: longer: {DIFFERS}. The first difference is within position 7",
    ]
    assert [one.partition(":")[0] for one in report.holds] == ["first", "ours"]


def test_it_is_said_what_cannot_be_seen_without_a_seal() -> None:
    assert after().found == ()
    assert UNSEALED == (
        "No checkpoint was given. A tail that was cut off, or a log that was replaced as a whole, cannot be "
        "seen from the store alone."
    )


# What was brought along


def test_each_key_that_did_not_sign_is_named() -> None:
    ours, theirs = (PrivateKey("office", bytes([number]) * 32) for number in (1, 2))
    signed, unsigned = sealed_by(ours)[3], sealed_by()[3]
    keys = [ours.public(), theirs.public()]
    assert list(check_signatures({"a": signed, "b": unsigned}, keys)) == [
        Found("signature", f"a is not signed by office ({theirs.public().id.hex()})"),
        Found("signature", f"b is not signed by office ({ours.public().id.hex()})"),
        Found("signature", f"b is not signed by office ({theirs.public().id.hex()})"),
    ]
    assert list(check_signatures({"a": signed}, keys[:1])) == []


def test_a_proof_names_the_seals_that_it_needs() -> None:
    known = sealed_by()
    with Register.open("memory:") as register:
        register.take_over(log())
        first = verify_alone.proof(proving.inclusion_text(register, 1, known[1]))
        fifth = verify_alone.proof(proving.inclusion_text(register, 5, known[7]))
        continued = verify_alone.proof(proving.consistency_text(register, known[1], known[7]))

    def said(proof: Any, *sizes: int, **forged: Any) -> list[str]:
        given: Kept = {f"at-{size}": known[size]._replace(**forged) for size in sizes}
        return [one.said() for one in check_proof("it", proof, given)]

    none = "proof: it does not hold for any that was given: it needs"
    assert said(first, 7) == [f"{none} a checkpoint of 1 events"]
    assert said(fifth, 1, 2) == [f"{none} a checkpoint of 7 events"]
    assert said(continued, 7) == said(continued, 1) == [f"{none} checkpoints of 1 and 7 events"]
    assert said(verify_alone.Consistency(0, 1, []), 1) == [f"{none} checkpoints of 0 and 1 events"]
    no = ["proof: it does not hold for the checkpoints that were given"]
    assert said(first, 1, root=bytes(32)) == said(fifth, 7, 1, root=bytes(32)) == no
    assert said(continued, 7, 1, root=bytes(32)) == no
    assert said(first, 7, 1) == said(fifth, 7, 2) == said(continued, 7, 2, 1) == []
