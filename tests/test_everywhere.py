"""Nothing that is given out depends on hash seeds, the time zone, the locale or ``python -O``."""

from __future__ import annotations

from tests.everywhere import ENVIRONMENTS, digests

FAR_APART = ("optimised, seed 0, UTC, C", "seed 1, Kyiv, UTF-8")
"""Two that differ in everything; ``make everywhere`` tries them all."""


def test_what_is_given_out_is_the_same_far_apart() -> None:
    one, other = digests({name: ENVIRONMENTS[name] for name in FAR_APART}).values()
    assert len(one) == 21
    assert one == other
