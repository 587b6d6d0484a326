"""Check: which rules a journal breaks. The one rule: it goes on after a violation, so that all are seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from reciprocity.domain import Agreement, Finding, evolve, judge
from reciprocity.domain.commands import consequences, is_on_record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reciprocity.replay.journal import Journal


@attrs.frozen
class Located:
    """A finding, and the line of the entry that it is about."""

    file: str
    line: int
    finding: Finding

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.finding}"


def check(journal: Journal) -> Iterator[Located]:
    """Everything in *journal* that breaks a rule, or of which that cannot be known, in order."""
    agreement = Agreement(journal.agreement_id)
    for entry in journal.entries:
        if is_on_record(agreement, entry.event):
            continue
        for event in consequences(agreement, entry.event):
            after = evolve(agreement, event)
            for finding in judge(agreement, event, after):
                yield Located(journal.name, entry.line, finding)
            agreement = after
