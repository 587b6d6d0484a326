"""``reciprocity shrink``: journals, stores and event lines; what cannot be shrunk, and why."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner, Result

from reciprocity.replay.cli import main
from reciprocity.store import Register
from tests.documents import ROOT
from tests.examples import back, may, out, swap

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in a folder of its own, with a store in it."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, code: int = 0) -> Result:
        ran = CliRunner().invoke(main, arguments)
        assert ran.exit_code == code, ran.output
        return ran

    with Register.open("sqlite:///exchange.db", create=True) as register:
        register.sign("swap", swap(10, 10))
        register.sign("other", swap(3, 3))
        for number in (1, 2, 3):
            register.complete_phase("swap", number, [out(2), back(2)], place="Kyiv", completed_on=may(20))
        register.correct_phase("swap", 2, [out(1), back(1)], reason="a misprint")
        register.void_phase("swap", 3, reason="it was called off")
    return run


def written() -> list[str]:
    return [event["event"] for event in tomllib.loads(Path("out.toml").read_text("utf-8"))["event"]]


def test_a_store_is_shrunk_to_a_journal_and_stays_as_it_was(run: Run) -> None:
    before = Path("exchange.db").read_bytes()
    ran = run("shrink", "exchange.db", "swap", "--check", "! grep -q phase-corrected", "-o", "out.toml")
    assert written() == ["phase-completed", "phase-corrected"]
    assert Path("exchange.db").read_bytes() == before
    assert ran.output.startswith("out.toml: events: 3 of 6; tries: ")
    run("check", "out.toml")
    run("record", "out.toml", "--store", "another.db")


def test_event_lines_are_shrunk_too(run: Run) -> None:
    run("export", "exchange.db", "swap", "--format", "jsonl", "-o", "swap.jsonl")
    run("shrink", "swap.jsonl", "--check", "! grep -q phase-voided {} # as it is", "-o", "out.toml")
    assert written() == ["phase-completed", "phase-voided"]


def test_a_journal_that_breaks_a_rule_is_shrunk(run: Run) -> None:
    rule = "stays_within_the_agreed_total"
    run("shrink", str(ROOT / f"seeds/broken/{rule}.toml"), "--rule", rule, "-o", "out.toml")
    assert f"{rule} is violated" in run("check", "out.toml", code=1).output


def test_what_is_undecidable_is_shrunk_where_nothing_is_broken(run: Run) -> None:
    rule = "stays_within_the_agreed_total"
    run("shrink", "ua-ru-2025-06-02", "--rule", rule, "-o", "out.toml")
    assert f"{rule} is undecidable" in run("check", "out.toml", "--undecidable").output


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["swap"], 2, "what fails is said by --check COMMAND or by --rule NAME, one of them"),
        (["swap", "--check", "false", "--rule", "numbers_phases_in_order"], 2, "one of them"),
        (["--check", "false"], 2, "exchange.db: name one of its agreements: swap, other"),
        (["none", "--check", "false"], 2, "exchange.db: name one of its agreements: "),
        (["swap", "--check", "true"], 1, "the record does not fail as it is: nothing to shrink"),
        (["swap", "--rule", "numbers_phases_in_order"], 1, "numbers_phases_in_order holds throughout"),
        (
            ["swap", "--check", "./no-such-program"],
            2,
            "./no-such-program: cannot be run (the shell says 127)",
        ),
        (["swap", "--check", "sleep 60 #", "--timeout", "0.2"], 2, "did not end within 0.2 seconds"),
        (["swap", "--check", "false", "--tries", "0"], 2, "--tries"),
    ],
)
def test_what_cannot_be_shrunk_is_said(run: Run, arguments: list[str], code: int, said: str) -> None:
    ran = run("shrink", "exchange.db", *arguments, "-o", "out.toml", code=code)
    assert said in ran.output
    assert not Path("out.toml").exists()


def test_a_try_that_does_not_end_does_not_fail(run: Run) -> None:
    hangs = "grep -q phase-voided {} || sleep 60; exit 1"
    run("shrink", "exchange.db", "swap", "--check", hangs, "-o", "out.toml", "--timeout", "1", "--tries", "4")
    assert "phase-voided" in written()


def test_a_file_that_exists_is_left_before_anything_is_tried(run: Run) -> None:
    Path("out.toml").write_text("mine", "utf-8")
    check = "touch tried; false"
    ran = run("shrink", "exchange.db", "swap", "--check", check, "-o", "out.toml", code=1)
    assert "exists already (--force overwrites it)" in ran.output
    assert Path("out.toml").read_text("utf-8") == "mine"
    assert not Path("tried").exists()
    run("shrink", "exchange.db", "swap", "--check", "false", "-o", "out.toml", "--force")
    assert Path("out.toml").read_text("utf-8").startswith("[agreement]")


def test_too_few_tries_are_said(run: Run) -> None:
    ran = run("shrink", "exchange.db", "swap", "--check", "false", "-o", "out.toml", "--tries", "1")
    assert ran.stderr == "There may be a smaller one: the search ended early\n"
    assert len(written()) == 5


def test_what_a_journal_cannot_tell_is_refused(run: Run) -> None:
    with Register.open("sqlite:///exchange.db") as register:
        later = attrs.evolve(swap(3, 3), signed_on=may(17))
        register.amend("other", later, reason="the day was another")
    ran = run("shrink", "exchange.db", "other", "--check", "false", "-o", "out.toml", code=1)
    assert "exchange.db: a journal cannot tell the history of other: " in ran.output
