"""Reports in a browser: each opened in a page of its own, which must keep quiet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from reciprocity.domain import Recorded
from reciprocity.replay import report
from reciprocity.replay.language import language, speaking
from reciprocity.replay.opening import opened


@attrs.define
class Opened:
    """A report in a browser, and all that it said or asked for."""

    page: Page
    said: list[str]
    asked: list[str]

    def text(self, selector: str) -> str:
        """What stands somewhere."""
        return " ".join(self.page.locator(selector).all_inner_texts())

    def stop(self, clock: str) -> int:
        """Where a slider stands."""
        return int(self.page.locator(f"#{clock}").input_value())


Opener = Callable[..., Opened]


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Opener]:
    """Opens a report of histories in a new page, and looks at the end whether it kept quiet."""
    contexts: list[BrowserContext] = []
    all_opened: list[Opened] = []

    def open_it(histories: dict[str, list[Recorded]], lang: str = "en", **context: object) -> Opened:
        file = tmp_path / f"report-{len(contexts)}.html"
        with speaking(language(lang)):
            file.write_text(report.page(histories, source="record", sealed=report.Journal("0" * 64)), "utf-8")
        contexts.append(browser.new_context(**context))  # type: ignore[arg-type]  # what Playwright takes
        page = contexts[-1].new_page()
        found = Opened(page, [], [])
        page.on("console", lambda message: found.said.append(message.text))
        page.on("pageerror", lambda error: found.said.append(str(error)))
        page.on("dialog", lambda dialog: found.said.append(dialog.message))
        page.on("request", lambda request: found.asked.append(request.url))
        page.goto(file.as_uri())
        all_opened.append(found)
        return found

    yield open_it
    for one in all_opened:
        assert one.said == []
        assert len(one.asked) == 1  # the file itself
    for context in contexts:
        context.close()


def seeds(*names: str) -> dict[str, list[Recorded]]:
    """The histories of seeds, by their ids."""
    found = {}
    for name in names:
        with opened(name) as register:
            found[name] = list(register.history(name))
    return found
