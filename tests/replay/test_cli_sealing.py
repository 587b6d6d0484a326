"""seal, prove and verify on the command line: what they print, what they refuse, and their exit codes."""

from __future__ import annotations

import json
import sqlite3
import stat
from collections.abc import Callable
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reciprocity.replay import keys
from reciprocity.replay.cli import main
from reciprocity.store import Register
from tests.store.sealed import told
from tests.store.tampering import KINDS, victim

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command beside a store of ten events."""
    monkeypatch.chdir(tmp_path)
    with Register.open("sqlite:///swaps.db", create=True) as register:
        register.take_over(told())

    def run(*arguments: str, code: int = 0) -> Result:
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == code, done.output
        return done

    return run


def tamper(kind: str, position: int) -> None:
    KINDS[kind](victim("sqlite:///swaps.db"), position)


def test_a_seal_is_a_signed_note_with_its_time(run: Run) -> None:
    public = run("seal", "--new-key", "key", "--name", "office.example").output
    assert stat.S_IMODE(Path("key").stat().st_mode) == 0o600
    lines = run("seal", "swaps.db", "--key", "key").output.split("\n")
    assert lines[0].startswith("reciprocity/")
    assert lines[1] == "10"
    assert lines[3].startswith("time 20")
    assert lines[4] == ""
    assert lines[5].startswith("— office.example ")
    assert lines[6:] == [""]
    run("seal", "swaps.db", "--key", "key", "-o", "signed")
    said = run("verify", "swaps.db", "--checkpoint", "signed", "--public-key", public.strip()).output
    assert "Signatures were not checked" not in said


def test_a_copy_has_the_same_origin_and_a_name_can_be_given(run: Run) -> None:
    Path("copy.db").write_bytes(Path("swaps.db").read_bytes())
    first, copied = (run("seal", name).output.split("\n") for name in ("swaps.db", "copy.db"))
    assert first[:3] == copied[:3]
    assert run("seal", "swaps.db", "--origin", "a-log").output.startswith("a-log\n10\n")
    assert "printable" in run("seal", "swaps.db", "--origin", "a\nlog", code=4).output


def test_a_key_is_neither_overwritten_nor_read_by_others(run: Run) -> None:
    run("seal", "--new-key", "key", "--name", "office")
    kept = Path("key").read_bytes()
    run("seal", "--new-key", "key", "--name", "office", code=2)
    assert Path("key").read_bytes() == kept
    Path("key").chmod(0o644)
    assert "chmod 600" in run("seal", "swaps.db", "--key", "key", code=4).output
    Path("key").chmod(0o600)
    Path("key").write_bytes(kept.replace(b"office", b"other"))
    said = run("seal", "swaps.db", "--key", "key", code=4).output
    assert kept.decode().split("+", 4)[4].strip() not in said  # a key may have a plus in it, too
    for name in ("", "two words", "a+b"):
        assert "no name for a key" in run("seal", "--new-key", "other", "--name", name, code=4).output
    assert not Path("other").exists()


def test_what_is_missing_for_signing_is_named(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_spec("cryptography")
    run("seal", "--new-key", "key", "--name", "office")
    monkeypatch.setitem(__import__("sys").modules, "cryptography.hazmat.primitives.asymmetric.ed25519", None)
    assert keys.INSTALL in run("seal", "swaps.db", "--key", "key", code=1).output
    run("seal", "swaps.db", "-o", "unsigned")
    run("verify", "swaps.db", "--checkpoint", "unsigned")


def test_nothing_is_written_over_unless_it_is_forced(run: Run) -> None:
    run("seal", "swaps.db", "-o", "seal", "--leaves", "leaves")
    run("seal", "swaps.db", "-o", "seal", code=1)
    run("seal", "swaps.db", "-o", "seal", "--leaves", "leaves", "--force")


def test_an_auditor_reads_what_was_done_and_where(run: Run) -> None:
    run("seal", "swaps.db", "-o", "seal", "--leaves", "leaves", "--origin", "a-log")
    assert "0 findings" in run("verify", "swaps.db", "--checkpoint", "seal", "--leaves", "leaves").output
    tamper("edit a text", 3)
    said = run("verify", "swaps.db", "--checkpoint", "seal", "--leaves", "leaves", code=1).output
    assert (
        "edited: position 3, swap version 2: since it was sealed. It says now: phase-completed/1: phase 1"
        in said
    )
    assert "seal: seal: the log is not as sealed at 20" in said
    tamper("delete", 5)
    said = run("verify", "swaps.db", "--checkpoint", "seal", "--leaves", "leaves", code=3).output
    assert "missing: position 5: nothing is here" in said
    assert "deleted: position 5, swap version 3: sealed here was swap version 3, phase-completed/1" in said
    lines = run("verify", "swaps.db", "--checkpoint", "seal", "--json", code=3).output.splitlines()
    assert {json.loads(line).get("finding") for line in lines} == {"missing", "command", "seal", None}
    assert json.loads(lines[-1])["findings"] == len(lines) - 1


def test_without_a_checkpoint_it_says_what_cannot_be_seen(run: Run) -> None:
    said = run("verify", "swaps.db").output
    assert said.startswith(
        "swaps.db: 10 events, 0 findings\nNo checkpoint was given. A tail that was cut off"
    )


def test_all_that_cannot_be_read_is_reported_at_once(run: Run) -> None:
    with closing(sqlite3.connect("swaps.db")) as file, file:
        file.execute("UPDATE stored_events SET topic='phase-completed/9' WHERE rowid=3")
        file.execute("UPDATE stored_events SET topic='an-unheard-of-event/1' WHERE rowid=4")
        file.execute("UPDATE stored_events SET state=CAST(state AS TEXT) WHERE rowid=5")
        file.execute("UPDATE stored_events SET topic=CAST(x'ff41' AS TEXT) WHERE rowid=7")
        file.execute("UPDATE stored_events SET originator_id=CAST(x'1b5b324a' AS TEXT) WHERE rowid=8")
        file.execute("UPDATE stored_events SET originator_version='two' WHERE rowid=9")
    said = run("verify", "swaps.db", code=3).output
    unreadable = [line for line in said.splitlines() if line.startswith("unreadable: ")]
    assert [line.split(",")[0].partition("position ")[2].partition(":")[0] for line in unreadable] == list(
        "345789"
    )
    assert "newer than this release" in unreadable[0]
    assert "no event of that name" in unreadable[1]
    assert "\x1b" not in said
    assert "\\x1b[2J" in said


def test_a_broken_rule_is_a_finding(run: Run) -> None:
    with closing(sqlite3.connect("swaps.db")) as file, file:
        [(state,)] = file.execute("SELECT state FROM stored_events WHERE rowid=9").fetchall()
        edited = state.replace(b'"RUS","UKR","civilian",4', b'"RUS","UKR","civilian",5')
        assert edited != state
        file.execute("UPDATE stored_events SET state=? WHERE rowid=9", (edited,))
    said = run("verify", "swaps.db", code=1).output
    assert said.startswith("rule: position 9, swap version 5: keeps_the_agreed_symmetry")


def test_a_damaged_file_is_a_finding(run: Run) -> None:
    with closing(sqlite3.connect("swaps.db")) as file, file:
        file.execute("PRAGMA writable_schema=ON")
        [(page,)] = file.execute("SELECT rootpage FROM sqlite_schema WHERE name='sqlite_sequence'").fetchall()
        file.execute(
            "UPDATE sqlite_schema SET rootpage=? WHERE name='sqlite_autoindex_stored_events_1'", (page,)
        )
    said = run("verify", "swaps.db", code=3).output
    assert said.startswith("file: ")
    assert "swaps.db: 10 events" in said


def test_proofs_are_made_and_verified(run: Run) -> None:
    with Register.open("sqlite:///early.db", create=True) as register:
        register.take_over(told()[:4])
    run("seal", "early.db", "-o", "early")
    run("seal", "swaps.db", "-o", "late")
    run("prove", "swaps.db", "--event", "swap/2", "--checkpoint", "early", "-o", "included")
    assert (
        Path("included").read_text("utf-8")
        == run("prove", "early.db", "--position", "3", "--checkpoint", "early").output
    )
    run("prove", "swaps.db", "--checkpoint", "late", "--checkpoint", "early", "-o", "continued")
    said = run("verify", "--proof", "included", "--checkpoint", "early").output
    assert said.startswith(
        "included: in the log when 4 events were sealed: position 3, swap version 2, phase-"
    )
    said = run("verify", "--proof", "continued", "--checkpoint", "late", "--checkpoint", "early").output
    assert "the log of 10 events begins with that of 4, unchanged" in said
    assert "needs" in run("verify", "--proof", "included", "--checkpoint", "late", code=1).output
    text = Path("included").read_text("utf-8")
    Path("forged").write_text(text.replace('"civilian",1', '"civilian",2'), "utf-8")
    assert "does not hold" in run("verify", "--proof", "forged", "--checkpoint", "early", code=1).output
    Path("cut").write_text(text[:-1], "utf-8")
    run("verify", "--proof", "cut", "--checkpoint", "early", code=4)


def test_what_does_not_hold_is_not_proved(run: Run) -> None:
    run("seal", "swaps.db", "-o", "seal")
    tamper("edit a text", 3)
    assert (
        "not what was sealed"
        in run("prove", "swaps.db", "--position", "5", "--checkpoint", "seal", code=1).output
    )
    run("prove", "swaps.db", "--position", "11", "--checkpoint", "seal", code=1)
    run("prove", "swaps.db", "--event", "nobody/1", "--checkpoint", "seal", code=1)
    run("prove", "swaps.db", "--event", "swap", "--checkpoint", "seal", code=2)
    run("prove", "swaps.db", "--checkpoint", "seal", code=2)
    tamper("cut the tail", 5)
    run("prove", "swaps.db", "--position", "2", "--checkpoint", "seal", code=1)


def test_a_checkpoint_that_others_signed_is_a_finding(run: Run) -> None:
    run("seal", "--new-key", "ours", "--name", "office")
    theirs = run("seal", "--new-key", "theirs", "--name", "office").output.strip()
    run("seal", "swaps.db", "--key", "ours", "-o", "seal")
    said = run("verify", "swaps.db", "--checkpoint", "seal", "--public-key", theirs, code=1).output
    assert "signature: seal is not signed by office" in said
    run("verify", "swaps.db", "--checkpoint", "seal", "--public-key", "nonsense", code=4)
    run("verify", code=2)
    run("verify", "--proof", "seal", code=2)
    run("seal", code=2)


def test_an_empty_log_is_sealed_only_by_name(run: Run) -> None:
    Register.open("sqlite:///empty.db", create=True).close()
    assert "--origin" in run("seal", "empty.db", code=1).output
    run("seal", "empty.db", "--origin", "a-log", "-o", "seal")
    assert "0 findings" in run("verify", "empty.db", "--checkpoint", "seal").output
