"""What docs/report.md shows in Python runs."""

from __future__ import annotations

from tests.documents import ROOT, fences
from tests.replay.report_page import ReportPage


def test_its_snippet_makes_a_report() -> None:
    [snippet] = fences((ROOT / "docs/report.md").read_text("utf-8"), "python")
    names: dict[str, str] = {}
    exec(compile(snippet, "report.md", "exec"), names)  # noqa: S102  # the project's own document
    assert ReportPage.read(names["html"]).texts("cards", 0, 0)[0].startswith("UKR → RUS 0 of 1,000")
