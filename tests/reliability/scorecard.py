"""The scorecard: what each campaign found, beside what is wanted. The one rule: no figure by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

import attrs
from rich.table import Table

from benchmarks.table import put

DOCUMENT = Path(__file__).parent.parent.parent / "docs" / "reliability.md"
HEADINGS = ("campaign", "what", "wanted", "measured", "seconds", "reached")
COMMAND = "make campaign"


class NotMeasured(Exception):
    """What a campaign needs is not here; the text says what."""


@attrs.define
class Findings:
    """What a campaign found: how many of each fault, out of how many cases; where to find each again."""

    faults: dict[str, int]
    """How many of each kind; a kind that is wanted stands here from the beginning."""

    cases: int = 0
    aside: dict[str, int] = attrs.field(factory=dict)
    """What is counted, but is no fault."""

    places: list[str] = attrs.field(factory=list)
    """For each fault: how to reproduce it."""

    def fault(self, kind: str, place: str, times: int = 1) -> None:
        """Note a fault; none if it is so many *times* as never."""
        if times:
            self.faults[kind] += times
            self.places.append(f"{kind}: {place}")

    def note(self, kind: str) -> None:
        """Count what is no fault."""
        self.aside[kind] = self.aside.get(kind, 0) + 1

    def add(self, other: Findings) -> None:
        """What another part of the campaign found, of the same kinds of fault."""
        for kind, times in other.faults.items():
            self.faults[kind] += times
        for kind, times in other.aside.items():
            self.aside[kind] = self.aside.get(kind, 0) + times
        self.cases += other.cases
        self.places += other.places


Run: TypeAlias = Callable[[int, int], Findings]
"""A campaign: how large, and with which seed."""


@attrs.frozen
class Campaign:
    """One line of the scorecard: what is done, how often, and what it must come to.

    Every kind of fault is wanted 0 times. Of a control it is the other way round: it shows that the campaign
    would see the fault, so at least one must be found. *full* and *short* are sizes.
    """

    name: str
    what: str
    run: Run
    full: int
    short: int
    is_control: bool = False

    def measured(self, size: int, seed: int) -> Row:
        """What it comes to now, at that size."""
        started = time.monotonic()
        try:
            findings, reason = self.run(size, seed), ""
        except NotMeasured as not_measured:
            findings, reason = None, str(not_measured)
        return Row(self, size, findings, time.monotonic() - started, reason)


@attrs.frozen
class Row:
    """What one campaign came to; without *findings* it was not measured, for the *reason* given."""

    campaign: Campaign
    size: int
    findings: Findings | None
    seconds: float
    reason: str = ""

    @property
    def is_reached(self) -> bool:
        """Whether it is as wanted. What was not measured is not."""
        if self.findings is None or not self.findings.cases:
            return False
        return bool(sum(self.findings.faults.values())) == self.campaign.is_control

    @property
    def wanted(self) -> str:
        """What must come out."""
        if self.campaign.is_control:
            return "must be found out"
        return _list(dict.fromkeys(self.findings.faults, 0)) if self.findings else "all faults 0"

    @property
    def came_to(self) -> str:
        """What came out."""
        if self.findings is None:
            return f"not measured: {self.reason}"
        aside = f" ({_list(self.findings.aside)})" if self.findings.aside else ""
        return f"{_list(self.findings.faults)}, of {self.findings.cases:,}{aside}"

    def cells(self) -> tuple[str, ...]:
        """A line of the table, a text for each heading."""
        what = self.campaign.what.format(size=f"{self.size:,}")
        reached = "yes" if self.is_reached else "no"
        return (self.campaign.name, what, self.wanted, self.came_to, f"{self.seconds:,.0f}", reached)


def _list(figures: Mapping[str, int]) -> str:
    return ", ".join(f"{kind} {number:,}" for kind, number in figures.items())


def screen(rows: Iterable[Row]) -> Table:
    """The table for a terminal."""
    table = Table(*HEADINGS)
    for row in rows:
        table.add_row(*row.cells())
    return table


def markdown(rows: Iterable[Row], before: str = "") -> str:
    """The table in Markdown; of campaigns that are not among the *rows*, the lines of the table *before*."""
    lines = {line.split("|")[1].strip(): line for line in before.splitlines() if line.startswith("|")}
    new = [HEADINGS, ("---",) * len(HEADINGS), *(row.cells() for row in rows)]
    lines |= {cells[0]: f"| {' | '.join(cells)} |" for cells in new}
    return "".join(f"{line}\n" for line in lines.values())


def write(rows: Iterable[Row], seed: int, *, document: Path = DOCUMENT) -> None:
    """Put the table, and how it came about, into the document, in the place of the last one."""
    put(document, COMMAND, "the campaigns", lambda last: markdown(rows, last), with_what=f", seed {seed}")
