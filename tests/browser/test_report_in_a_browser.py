"""The report in a browser: its sliders, by mouse and keys; whom it serves; and that it asks for nothing."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from reciprocity.domain import (
    AgreementSigned,
    Claimed,
    ClaimRecorded,
    Party,
    PhaseCompleted,
    Recorded,
    Source,
    Terms,
    Transfer,
)
from reciprocity.replay.language import LANGUAGES, language, say, speaking, spoken
from tests.browser.conftest import Opener, seeds
from tests.envelopes import enveloped

FOUNDING = "ua-ru-2025-05-16"
CARDS = "[data-part='0-cards'] .figure"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """What axe finds, WCAG 2.2 AA and good practice, each with where."""
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG}}).response["violations"]
    return [f"{one['id']}: {[node['html'][:120] for node in one['nodes'][:3]]}" for one in found]


def fits(page: Page) -> bool:
    """Whether nothing goes over the edge of the page."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_a_newcomer_moves_the_slider_to_24_may_and_reads_697_of_1000_each_way(open_report: Opener) -> None:
    opened = open_report(seeds(FOUNDING))
    page = opened.page
    assert opened.text(CARDS) == "1,000 of 1,000 1,000 of 1,000"
    box = page.locator("#as-of").bounding_box()
    assert box is not None
    # Four stops, the third of which is 24 May; the thumb keeps half its width from both ends.
    page.mouse.click(box["x"] + 8 + (box["width"] - 16) * 2 / 3, box["y"] + box["height"] / 2)
    assert opened.text("#point") == "As of 2025-05-24, as known at 2025-05-25 18:00 UTC"
    assert opened.text(CARDS) == "697 of 1,000 697 of 1,000"
    assert "Ukraine (President): 697 to date" in opened.text("[data-part='0-cards']")
    assert page.locator("[data-part='0-phases'] tbody").count() == 2
    assert page.locator("[data-part='0-phases'] a[href^='https://']").count() >= 6
    page.locator("#now").click()
    assert opened.text(CARDS) == "1,000 of 1,000 1,000 of 1,000"


def test_everything_can_be_done_with_keys_and_is_heard(open_report: Opener) -> None:
    opened = open_report(seeds(FOUNDING))
    page = opened.page

    def focused() -> str:
        return str(page.evaluate("document.activeElement.id || document.activeElement.ariaLabel"))

    for expected in ("As of: one step back", "as-of"):
        page.keyboard.press("Tab")
        assert focused() == expected
    page.keyboard.press("ArrowLeft")
    assert page.locator("#as-of").get_attribute("aria-valuetext") == "2025-05-24"
    assert opened.text(CARDS) == "697 of 1,000 697 of 1,000"
    page.keyboard.press("Home")
    assert opened.text(CARDS) == "0 of 1,000 0 of 1,000"
    for expected in ("As of: one step forward", "Known at: one step back"):
        page.keyboard.press("Tab")
        assert focused() == expected
    page.keyboard.press("Enter")
    assert opened.stop("known-at") == 2
    expect(page.locator("#spoken")).to_contain_text("Russian Federation → Ukraine: 0 of 1,000")
    assert page.locator("#spoken").get_attribute("role") == "status"


def test_what_is_different_from_a_mark_is_shown_with_the_events_that_did_it(open_report: Opener) -> None:
    opened = open_report(seeds(FOUNDING))
    page = opened.page
    for _ in range(2):
        page.get_by_label("As of: one step back").click()
    page.locator("#mark").click()
    assert opened.text("[data-same]") == "Nothing is different."
    page.get_by_label("As of: one step forward").click()
    rows = page.locator("[data-changes] tr").all_inner_texts()
    there, left = (
        "now, Russian Federation → Ukraine: exchanged",
        "now, Ukraine → Russian Federation: remaining",
    )
    assert f"{there}\t390\t697" in rows
    assert f"{left}\t610\t303" in rows
    assert page.locator("[data-gained] li strong").all_inner_texts()[0] == "Phase completed"
    assert not page.locator("[data-lost] > li").count()


def test_the_charts_follow_the_sliders(open_report: Opener) -> None:
    opened = open_report(seeds(FOUNDING))
    marks = opened.page.locator("[data-part='0-chart-0'] .mark")
    assert marks.count() == 3
    opened.page.get_by_label("As of: one step back").click()
    assert marks.count() == 2
    assert not str(opened.page.locator("[data-cursor='0-chart-0']").get_attribute("d")).startswith("M632")


@pytest.mark.parametrize(("lang", "scheme"), [("en", "light"), ("uk", "dark")])
def test_axe_finds_nothing(open_report: Opener, lang: str, scheme: str) -> None:
    opened = open_report(seeds(FOUNDING), lang, color_scheme=scheme)
    opened.page.locator("#as-of").press("ArrowLeft")
    assert violations(opened.page) == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_it_speaks_the_language_of_its_reader(open_report: Opener, lang: str) -> None:
    opened = open_report(seeds(FOUNDING), lang)
    assert opened.page.locator("html").get_attribute("lang") == lang
    said = "".join(opened.page.locator("h2, h3, label, button, .point").all_inner_texts())
    assert ("Who says what" in said) == (lang == "en")
    opened.page.locator("#as-of").press("ArrowLeft")
    with speaking(language(lang)):
        of_1000 = say("{done} of {total}", done="697", total=spoken().number(1000))
        assert opened.text(CARDS) == f"{of_1000} {of_1000}"
        assert spoken().day(dt.date(2025, 5, 24)) in opened.text("#point")


def test_several_agreements_fit_a_narrow_screen_and_paper(open_report: Opener) -> None:
    opened = open_report(
        seeds("il-hamas-2023-11", "ua-ru-2026-02-geneva"), viewport={"width": 320, "height": 640}
    )
    page = opened.page
    page.locator("#mark").click()
    page.locator("#as-of").press("Home")
    assert page.locator("article").count() == 2
    assert fits(page)
    assert violations(page) == []
    page.emulate_media(media="print")
    assert not page.locator(".sliders").is_visible()
    assert page.locator("#point").is_visible()


def test_without_its_script_it_shows_the_whole_record(open_report: Opener) -> None:
    opened = open_report(seeds(FOUNDING), java_script_enabled=False)
    assert opened.text(CARDS) == "1,000 of 1,000 1,000 of 1,000"
    assert not opened.page.locator(".sliders").is_visible()
    assert "Without its script" in opened.text("noscript")


def _in_two_directions() -> list[Recorded]:
    source = Source("a", "وكالة الأنباء (A)", dt.date(2025, 1, 2), "https://example.org/خبر")
    terms = Terms.symmetric(
        "AAA", "BBB", total=10, title="صفقة 10 مقابل 10 – עסקה", signed_on=dt.date(2025, 1, 1)
    )
    parties = (Party("AAA", "الطرف الأول (1)"), Party("BBB", "הצד השני (2)"))
    both = (Transfer("AAA", "BBB", "detainee", 3), Transfer("BBB", "AAA", "hostage", 3))
    return enveloped(
        [
            AgreementSigned(terms=Terms(title=terms.title, parties=parties, obligations=terms.obligations)),
            PhaseCompleted(
                phase=1,
                completed_on=dt.date(2025, 1, 2),
                place="معبر رفح 7 – רפיח",
                released=both,
                sources=[source],
            ),
            ClaimRecorded(
                claimant="AAA",
                office="وزارة (3)",
                phase=1,
                claimed=[Claimed("AAA", "BBB", None, 4)],
                sources=[source],
                notes=["قال: 4!"],
            ),
        ],
        "two-directions",
    )


def test_texts_in_two_directions_turn_nothing_around_them(open_report: Opener) -> None:
    opened = open_report({"two-directions": _in_two_directions()})
    assert violations(opened.page) == []
    card = opened.page.locator("[data-part='0-cards'] h3").first
    arabic, hebrew = (card.locator("bdi").nth(n).bounding_box() for n in (0, 1))
    assert arabic is not None
    assert hebrew is not None
    assert arabic["x"] < hebrew["x"]  # the one who releases comes first
    assert opened.page.evaluate("getComputedStyle(document.body).direction") == "ltr"
    assert opened.page.locator("tr.disputed, .tag.disputed").count()


def test_no_text_of_a_record_runs(open_report: Opener) -> None:
    bad = "</script></template><img src=x onerror=alert(1)><script>alert(2)</script>{{ 7*7 }}"
    terms = Terms.symmetric("AAA", "BBB", total=10, title=bad)
    opened = open_report({"bad": enveloped([AgreementSigned(terms=terms, notes=[bad])], "bad")})
    assert opened.text("h1") == bad
    assert not opened.page.locator("img").count()
    opened.page.evaluate("document.getElementById('as-of').dispatchEvent(new Event('input'))")


def test_the_policy_holds_what_is_put_in_later(open_report: Opener) -> None:
    opened = open_report(seeds(FOUNDING))
    opened.page.evaluate(
        """() => { const one = document.createElement("style");
                   one.textContent = "body { display: none }"; document.body.append(one); }"""
    )
    assert opened.page.locator("h1").is_visible()
    refused = opened.page.evaluate(
        """() => { try { document.body.innerHTML = "<b>x</b>"; } catch (error) { return error.name; } }"""
    )
    assert refused == "TypeError"
    assert len(opened.said) >= 1
    opened.said.clear()  # what this test did itself


def test_a_long_record_is_replayed_at_every_stop(open_report: Opener) -> None:
    opened = open_report(seeds("ua-ru-exchanges"))
    page = opened.page
    last = int(str(page.locator("#as-of").get_attribute("max")))
    seconds = page.evaluate(
        """() => { const slider = document.getElementById("as-of"); const begun = performance.now();
                   for (let stop = 0; stop <= +slider.max; stop += 1) {
                     slider.value = stop; slider.dispatchEvent(new Event("input")); }
                   return (performance.now() - begun) / 1000; }"""
    )
    assert seconds / last < 1
    answers = json.loads(str(page.locator("#answers").text_content()))
    assert page.locator("[data-part='0-events'] > li").count() == len(
        seeds("ua-ru-exchanges")["ua-ru-exchanges"]
    )
    assert answers["agreements"][0]["nothing"] > 50
    assert fits(page)
