"""Which rules does the record break, and where can that not be known? The one rule: it reports them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
from rpds import HashTrieMap, List

from reciprocity.domain import Agreement, Finding, Recorded, evolve, judge

if TYPE_CHECKING:
    from collections.abc import Iterator


@attrs.frozen
class VerdictRow:
    """A finding, and the event that it is about."""

    agreement: str
    version: int
    position: int
    finding: Finding


@attrs.frozen
class Judged:
    """The agreements so far, and what was found in their histories, the latest first."""

    agreements: HashTrieMap[str, Agreement] = HashTrieMap()
    findings: List[VerdictRow] = List()


class Verdicts:
    """Everything that does not hold in a log, or cannot be known to hold, in the order of the log."""

    def initial(self) -> Judged:
        """Nothing was found."""
        return Judged()

    def apply(self, state: Judged, recorded: Recorded) -> Judged:
        """What was found after one more event."""
        before = state.agreements.get(recorded.agreement_id) or Agreement(recorded.agreement_id)
        after = evolve(before, recorded.event)
        findings = state.findings
        for finding in judge(before, recorded.event, after):
            row = VerdictRow(recorded.agreement_id, recorded.version, recorded.position, finding)
            findings = findings.push_front(row)
        return Judged(state.agreements.insert(recorded.agreement_id, after), findings)

    def rows(self, state: Judged) -> Iterator[VerdictRow]:
        """In the order of the log."""
        return reversed(list(state.findings))
