"""What became of each mutant, kept in a file. The one rule: what was found out is on the disk at once.

A campaign that is broken off goes on from there. An outcome holds for one mutated source, to the byte, so it
is forgotten when the file changes; not when tests are added, so what survived is tried again on demand.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import attrs

from tests.mutation.mutants import Mutant
from tests.mutation.trying import Outcome


@attrs.frozen
class Found:
    """What became of a mutant: also what killed it, and whether the module was imported with it."""

    outcome: Outcome
    by: str
    is_imported: bool

    @property
    def is_killed(self) -> bool:
        """Whether the tests tell it from the original; what never ends is told, too."""
        return self.outcome in {Outcome.KILLED, Outcome.TIMED_OUT}


class Outcomes:
    """The outcomes in a file, one JSON object on a line, the last of a mutant being the one that holds."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._known: dict[str, Found] = {}
        self.read()

    def read(self) -> None:
        """Read what other processes have added."""
        lines = self._file.read_text("utf-8").splitlines() if self._file.exists() else []
        for one in map(json.loads, lines):
            self._known[one["digest"]] = Found(Outcome(one["outcome"]), one["by"], one["imported"])

    def of(self, mutant: Mutant) -> Found | None:
        """What became of it; ``None`` where it was not tried."""
        return self._known.get(_digest(mutant))

    def killers(self) -> set[str]:
        """The tests that killed any."""
        return {found.by for found in self._known.values() if found.outcome is Outcome.KILLED}

    def add(self, mutant: Mutant, found: Found) -> None:
        """Keep what became of it."""
        digest = _digest(mutant)
        self._known[digest] = found
        file, where, before, after = mutant.key
        line = {
            "digest": digest,
            "outcome": found.outcome.value,
            "by": found.by,
            "imported": found.is_imported,
            "at": f"{file}:{mutant.line} {where}",
            "change": f"{before} -> {after}",
        }
        with self._file.open("a", encoding="utf-8") as file_of_outcomes:
            file_of_outcomes.write(json.dumps(line, ensure_ascii=False) + "\n")


def _digest(mutant: Mutant) -> str:
    return hashlib.sha256(f"{mutant.file}\n{mutant.source}".encode()).hexdigest()[:20]
