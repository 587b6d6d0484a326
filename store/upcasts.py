"""Upcasts: how a stored text of an older schema becomes one of the next. The one rule: never edit one.

When the stored shape of an event changes, its schema number in `wire.KINDS` goes up by one, and a function
is added here under the name and schema that it reads. It takes the event as plain JSON values and returns
it as the next schema has it. What is stored is never rewritten.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

Upcast: TypeAlias = Callable[[dict[str, Any]], dict[str, Any]]

UPCASTS: dict[str, Upcast] = {}
"""By topic: ``{"phase-completed/1": …}`` makes a ``phase-completed/2`` of it. No schema has changed yet."""
