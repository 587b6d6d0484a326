"""Each campaign at a small size; and that the scorecard says so if one falls short."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest
from click.testing import CliRunner

from reciprocity.domain import Recorded
from reciprocity.replay.verifying import verify
from reciprocity.store import Register
from tests.documents import ROOT
from tests.reliability import __main__ as command
from tests.reliability import memory, scorecard, workload
from tests.reliability.campaigns import CAMPAIGNS
from tests.reliability.remembered import remembering
from tests.reliability.scorecard import Campaign, Findings, NotMeasured, Row
from tests.store.sealed import checkpoint_of
from tests.store.sealed import told as small
from tests.store.tampering import KINDS, victim_of

SHORT = [one for one in CAMPAIGNS if one.short]


@pytest.mark.parametrize("campaign", SHORT, ids=lambda one: one.name)
def test_it_comes_to_what_is_wanted(campaign: Campaign) -> None:
    row = campaign.measured(campaign.short, seed=1)
    if row.findings is None:
        pytest.skip(row.reason)
    assert row.is_reached, "\n".join(row.findings.places)


# One that is stuck.

STUCK = """
import time
from tests.reliability import memory
memory._PATIENCE_WITH_ONE = 1
findings = memory.Findings({})
memory._one(findings, "--seed 7, call 3", lambda attempt: time.sleep(60))
"""


def test_a_step_that_is_stuck_is_ended_and_told() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK], cwd=ROOT, capture_output=True, text=True, check=False, timeout=50
    )
    assert done.returncode
    told = memory._ended(done.returncode, done.stderr)
    assert told.startswith(f"--seed 7, call 3: exit {-signal.SIGALRM}: ")
    assert "in _one" in told


# What the campaigns judge a log by.


def without(number: int) -> Callable[[list[Recorded]], list[Recorded]]:
    return lambda log: [one for one in log if one.command_id != workload.name_of(number)]


@pytest.mark.parametrize(
    ("change", "lost", "doubled", "is_prefix"),
    [
        (lambda log: log, 0, 0, True),
        (lambda log: log[:-1], 1, 0, True),
        (without(3), 1, 0, False),
        (lambda log: [*log, log[-1]], 0, 1, False),
        (lambda log: [*log[:-1], attrs.evolve(log[-1], version=9)], 0, 0, False),
    ],
)
def test_a_log_is_judged_by_what_was_acknowledged(
    change: Callable[[list[Recorded]], list[Recorded]], lost: int, doubled: int, is_prefix: bool
) -> None:
    log = change(list(workload.told(8)))
    judged = workload.compare(log, workload.root(len(log)), range(8))
    assert judged == workload.Judged(lost, doubled, is_prefix, has_its_root=True)


@pytest.mark.parametrize("commands", [0, 1, 7, 8])
def test_a_store_is_judged_by_its_root_too(commands: int) -> None:
    with workload.opened("memory:") as (register, clock):
        for number in range(commands):
            workload.command(register, clock, number)
        assert workload.judge(register, range(commands)) == workload.Judged(0, 0, True, True)
        log = list(register.log())
    judged = workload.compare(log, workload.root(commands + 1), range(commands))
    assert judged == workload.Judged(0, 0, is_prefix=True, has_its_root=False)


def test_a_phase_that_is_counted_twice_changes_all_that_follow() -> None:
    with workload.opened("memory:") as (register, clock):
        for number in (0, 1, 2, 3):
            workload.command(register, clock, number)
        register.command("swap-0", workload._next)
        workload.command(register, clock, 4)
        judged = workload.judge(register, range(5))
        assert (judged.is_prefix, judged.has_its_root) == (False, False)


# The scorecard.


def campaign(*faults: str, is_control: bool = False, cases: int = 3) -> Campaign:
    def run(size: int, seed: int) -> Findings:
        findings = Findings({"lost": 0}, cases)
        for fault in faults:
            findings.fault("lost", f"--seed {seed}, {fault}", size)
        return findings

    return Campaign("trial", "{size} trials", run, 1_000, 2, is_control)


def not_here(size: int, seed: int) -> Findings:
    raise NotMeasured(f"no server for {size} with seed {seed}")


@pytest.mark.parametrize(
    ("one", "is_reached"),
    [
        (campaign(), True),
        (campaign("here"), False),
        (campaign(is_control=True), False),
        (campaign("here", is_control=True), True),
        (campaign(cases=0), False),
        (Campaign("trial", "", not_here, 1, 1), False),
    ],
)
def test_what_is_reached(one: Campaign, is_reached: bool) -> None:
    assert one.measured(2, seed=1).is_reached is is_reached


@pytest.mark.parametrize("kind", KINDS)
def test_a_verification_that_remembers_finds_what_another_does(kind: str) -> None:
    with Register.open("memory:") as register:
        register.take_over(small(5))
        checkpoints = {"seal": checkpoint_of(register)}
        with remembering(register, lambda: verify(register, checkpoints)):
            KINDS[kind](victim_of(register), 5)
            remembered = verify(register, checkpoints)
        assert remembered == verify(register, checkpoints)
        assert remembered.found


def test_the_parts_of_a_campaign_are_added_up() -> None:
    findings = Findings({"lost": 1}, 3, {"refused": 2}, ["lost: here"])
    findings.add(Findings({"lost": 2}, 4, {"refused": 1, "overcome": 5}, ["lost: there"]))
    assert findings == Findings({"lost": 3}, 7, {"refused": 3, "overcome": 5}, ["lost: here", "lost: there"])


def asked(monkeypatch: pytest.MonkeyPatch, one: Campaign, *options: str) -> tuple[int, str]:
    monkeypatch.setattr(command, "CAMPAIGNS", (one,))
    done = CliRunner().invoke(command.main, options)
    return done.exit_code, done.output


def test_it_fails_if_one_falls_short_and_says_how_to_see_it_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(monkeypatch, campaign())[0] == 0
    code, said = asked(monkeypatch, campaign("step 5"), "--seed", "7")
    assert code == 1
    assert "--only trial --size 1000 lost: --seed 7, step 5" in said
    assert "not reached: trial" in said


def test_what_cannot_be_measured_is_not_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = asked(monkeypatch, Campaign("trial", "", not_here, 4, 1))
    assert code == 1
    assert "not measured: no server for 4 with seed 1" in said


@pytest.mark.parametrize("options", [["--write", "--short"], ["--size", "4"]])
def test_it_takes_no_figure_for_another(options: list[str]) -> None:
    assert CliRunner().invoke(command.main, options).exit_code == 2


def test_the_scorecard_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    document = tmp_path / "reliability.md"
    document.write_text(scorecard.DOCUMENT.read_text("utf-8"), "utf-8")
    row = Row(campaign(), 1_000, Findings({"lost": 0}, 1_234, {"refused": 5}), 6.5)
    for _ in range(2):
        scorecard.write([row], 3, document=document)
    text = document.read_text("utf-8")
    assert text.count("| trial | 1,000 trials | lost 0 | lost 0, of 1,234 (refused 5) | 6 | yes |") == 1
    assert text.count("seed 3") == 1
    scorecard.write([Row(attrs.evolve(campaign(), name="other"), 5, None, 0, "why")], 4, document=document)
    text = document.read_text("utf-8")
    assert text.count("| trial | 1,000 trials |") == 1
    assert text.count("| other | 5 trials | all faults 0 | not measured: why | 0 | no |") == 1
    with pytest.raises(ValueError, match="no place"):
        scorecard.write([row], 3, document=ROOT / "README.md")


def test_every_campaign_is_documented() -> None:
    text = scorecard.DOCUMENT.read_text("utf-8")
    for one in CAMPAIGNS:
        assert f"`{one.name}`" in text, one.name
