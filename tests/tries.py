"""How often a property is tried, where that is not as often as others."""

from __future__ import annotations

from hypothesis import settings

MANY = settings(max_examples=settings().max_examples * 2)
"""For one that costs next to nothing, or whose breach takes many histories to find."""
