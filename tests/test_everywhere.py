"""Nothing that is given out depends on hash seeds, the time zone, the locale or ``python -O``."""

from __future__ import annotations

import ast
import importlib

from _pytest.assertion.rewrite import AssertionRewritingHook

from tests.conftest import ASSERTING
from tests.documents import ROOT
from tests.everywhere import ENVIRONMENTS, digests

FAR_APART = ("optimised, seed 0, UTC, C", "seed 1, Kyiv, UTF-8")
"""Two that differ in everything; ``make everywhere`` tries them all."""


def test_what_is_given_out_is_the_same_far_apart() -> None:
    one, other = digests({name: ENVIRONMENTS[name] for name in FAR_APART}).values()
    assert len(one) == 21
    assert one == other


def test_no_assert_of_the_tests_is_lost_under_python_o() -> None:
    helpers = [path for path in ROOT.glob("tests/**/*.py") if not path.name.startswith("test_")]
    asserting = [
        path for path in helpers if any(map(_is_assert, ast.walk(ast.parse(path.read_text("utf-8")))))
    ]
    names = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in asserting}
    assert names == set(ASSERTING)
    for name in ASSERTING:
        assert isinstance(importlib.import_module(name).__loader__, AssertionRewritingHook)


def _is_assert(node: ast.AST) -> bool:
    return isinstance(node, ast.Assert)
