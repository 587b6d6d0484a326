"""Errors, split by whose they are. The one rule: an error names the place and the reason.

``Refused`` is the asker's (a command broke rules); ``Malformed`` is the writer's (a value or a file
has not the form it must have). The store adds its own: see ``reciprocity.store.errors``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reciprocity.domain.rules import Finding


class ReciprocityError(Exception):
    """Whatever this library raises on purpose."""


class Malformed(ReciprocityError, ValueError):
    """A value has not the form it must have: a negative count, a code in lower case, a blank title."""


class Refused(ReciprocityError):
    """A command was refused: it would break rules. Nothing was recorded.

    ``violations`` holds every one of them, not just the first; each names its rule and says what was
    seen against what is allowed.
    """

    def __init__(self, agreement_id: str, version: int, violations: Sequence[Finding]) -> None:
        self.agreement_id = agreement_id
        self.version = version
        self.violations = tuple(violations)
        lines = "".join(f"\n  {violation}" for violation in self.violations)
        super().__init__(f"refused by {agreement_id} at version {version}:{lines}")

    @property
    def rules(self) -> tuple[str, ...]:
        """The names of the broken rules, in the order in which they are asked."""
        return tuple(dict.fromkeys(violation.rule for violation in self.violations))
