"""What docs/postgresql.md shows in Python runs."""

from __future__ import annotations

import re

import pytest

from reciprocity.domain import Terms
from reciprocity.store import Register
from tests.documents import ROOT, fences


def test_its_snippet_runs(server_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Register.open(server_url, create=True) as register:
        register.sign("swap", Terms.symmetric("UKR", "RUS", total=1))
    [snippet] = fences((ROOT / "docs/postgresql.md").read_text("utf-8"), "python")
    here = re.sub(r'"postgresql://[^"]*"', repr(server_url), snippet)
    exec(compile(here, "postgresql.md", "exec"), {})  # noqa: S102  # the project's own document
    assert capsys.readouterr().out == "['swap']\n"
