"""What is well formed, and what is refused however it comes into being."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import attrs
import pytest
from hypothesis import given

from reciprocity.domain import (
    AgreementSuspended,
    Claimed,
    ClaimRecorded,
    Handover,
    Kept,
    Malformed,
    Obligation,
    Party,
    PhaseCompleted,
    Range,
    Recorded,
    Source,
    Symmetry,
    Terms,
    Transfer,
    Weight,
    Window,
)
from reciprocity.domain.forms import LONGEST_TEXT, MOST_MEMBERS
from reciprocity.testing.strategies import unicode_texts
from tests.examples import back, may, out, phase, swap
from tests.tries import MANY

CODES = ["ukr", "Ukr", "", "UKR ", "1UKR", "UKR--1", "_UKR", "УКР", "U\n", "A" * 33, None, 7]
CATEGORIES = ["Civilian", "", "civilian ", "two words", "_pow", "pow_", "цивільний", "total", "a" * 65, None]
TEXTS = [
    "",
    " ",
    " lead",
    "trail ",
    "two\nlines",
    "a\ttab",
    "nul\x00",
    "\x1b[31mred",
    "bidi \u202e drow",
    "isolate \u2067 x",
    "mark\u200f",
    "lone \ud800 surrogate",
    "x" * (LONGEST_TEXT + 1),
    None,
    3,
    b"bytes",
]


@pytest.mark.parametrize("code", CODES)
def test_a_code_is_refused(code: Any) -> None:
    for make in (
        lambda: Party(code, "a name"),
        lambda: Transfer(code, "RUS", "civilian", 1),
        lambda: Transfer("RUS", code, "civilian", 1),
        lambda: Obligation(code, "RUS", 1),
        lambda: Claimed("RUS", code, None, None),
    ):
        with pytest.raises(Malformed):
            make()


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_is_refused(category: Any) -> None:
    for make in (
        lambda: Transfer("UKR", "RUS", category, 1),
        lambda: Obligation("UKR", "RUS", 1, (category,)),
        lambda: Weight(category, 1),
    ):
        with pytest.raises(Malformed):
            make()


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_refused(text: Any) -> None:
    for make in (
        lambda: Party("UKR", text),
        lambda: AgreementSuspended(reason=text),
        lambda: AgreementSuspended(reason="fine", notes=(text,)),
        lambda: Source("gur", text),
        lambda: Recorded("swap", 1, dt.datetime(2025, 5, 25, tzinfo=dt.UTC), text, phase(1)),
    ):
        with pytest.raises(Malformed):
            make()


@pytest.mark.parametrize("text", ["two\u2028lines", "two\u2029paragraphs"])
def test_a_text_is_one_line(text: str) -> None:
    with pytest.raises(Malformed):
        Party("UKR", text)


@MANY
@given(unicode_texts)
def test_a_text_may_be_in_any_script(text: str) -> None:
    assert AgreementSuspended(reason=text).reason == text


@pytest.mark.parametrize("slug", ["", "Swap", "a--b", "-a", "a-", "a b", "a/b", "ä", "x" * 101])
def test_an_agreement_id_is_refused(slug: str) -> None:
    with pytest.raises(Malformed):
        Recorded(slug, 1, dt.datetime(2025, 5, 25, tzinfo=dt.UTC), "c-1", phase(1))


@pytest.mark.parametrize("url", ["", "ftp://x.org", "javascript:alert(1)", "http://a b", "https://x.org/<b>"])
def test_an_address_is_refused(url: str) -> None:
    with pytest.raises(Malformed):
        Source("gur", "HUR", url=url)


@pytest.mark.parametrize("key", ["", "a..b", "-a", "a b", "x" * 65, "ключ"])
def test_a_source_key_is_refused(key: str) -> None:
    with pytest.raises(Malformed):
        Source(key, "HUR")


ALIKE: list[Callable[[], object]] = [
    lambda: Transfer("UKR", "UKR", "civilian", 1),
    lambda: Claimed("UKR", "UKR", None, 1),
    lambda: PhaseCompleted(phase=1, released=(out(1), out(2))),
    lambda: Handover(None, None, (back(1, within=None), back(2, within=None))),
    lambda: ClaimRecorded(
        claimant="TASS", claimed=(Claimed("UKR", "RUS", None, 1), Claimed("UKR", "RUS", None, None))
    ),
    lambda: Symmetry(Kept.EACH_PHASE, (Weight("hostage", 1), Weight("hostage", 2))),
    lambda: Obligation("UKR", "RUS", 1, ("hostage", "hostage")),
    lambda: swap(quotas=[Obligation("UKR", "RUS", 3)]),
    lambda: swap(quotas=[Obligation("UKR", "RUS", 3, cats) for cats in (("a", "b"), ("b", "a"))]),
    lambda: Terms(title="x", parties=(Party("UKR", "a"), Party("UKR", "b")), obligations=()),
    lambda: Party("G", "group", (Party("H", "group", (Party("I", "member"),)),)),
    lambda: AgreementSuspended(reason="x", sources=(Source("gur", "a"), Source("gur", "b"))),
]


@pytest.mark.parametrize("make", ALIKE)
def test_nothing_stands_there_twice(make: Callable[[], object]) -> None:
    with pytest.raises(Malformed):
        make()


ILL_FORMED: list[Callable[..., object]] = [
    lambda: phase(0),
    lambda: phase(-1),
    lambda: phase(True),
    lambda: phase(1_000_001),
    lambda x=1.0: phase(x),
    lambda: Window(may(2), may(1)),
    lambda: Range(-1, 3),
    lambda x="out": PhaseCompleted(phase=1, released=(x,)),
    lambda x="2025-05-01": PhaseCompleted(phase=1, released=(), completed_on=x),
    lambda: PhaseCompleted(phase=1, released=(), completed_on=dt.datetime(2025, 5, 1, tzinfo=dt.UTC)),
    lambda: PhaseCompleted(phase=1, released=tuple(out(1, f"c{n}") for n in range(MOST_MEMBERS + 1))),
    lambda x=["a mediator"]: attrs.evolve(swap(), mediators=x),
    lambda: attrs.evolve(swap(), mediators=("a mediator",) * (MOST_MEMBERS + 1)),
    lambda x=1: Transfer("UKR", "RUS", "civilian", 1, within_agreement=x),
    lambda: Recorded("swap", 0, dt.datetime(2025, 5, 25, tzinfo=dt.UTC), "c-1", phase(1)),
    lambda: Recorded("swap", 1, dt.datetime(2025, 5, 25), "c-1", phase(1)),  # noqa: DTZ001  # that is the point
    lambda: Recorded(
        "swap", 1, dt.datetime(2025, 5, 25, tzinfo=dt.timezone(dt.timedelta(hours=2))), "c-1", phase(1)
    ),
]


@pytest.mark.parametrize("make", ILL_FORMED)
def test_a_value_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(Malformed):
        make()


def test_one_note_may_be_given_as_a_text_and_many_as_any_collection() -> None:
    assert AgreementSuspended(reason="attack", notes="at noon").notes == ("at noon",)
    assert AgreementSuspended(reason="attack", notes=["at", "noon"]).notes == ("at", "noon")


SAID: list[tuple[Callable[..., object], str]] = [
    (lambda: PhaseCompleted(phase=2**300, released=()), "phase: a number of more than 77 digits is not"),
    (lambda x="a" * 78: Party(x, "a"), f"code: '{'a' * 78}' is not a party code"),
    (lambda x="a" * 79: Party(x, "a"), f"code: '{'a' * 76}... is not a party code"),
    (
        lambda: Party("ukr", "a"),
        "code: 'ukr' is not a party code (upper-case letters and digits, such as UKR)",
    ),
    (
        lambda: Terms(title="x", parties=(Party("A", "a"), Party("B", "b"), Party("B", "c")), obligations=()),
        "parties: B stands there twice",
    ),
    (
        lambda: attrs.evolve(swap(), mediators=("UN", "a\tb")),
        r"mediators: 'a\tb' is not a line of plain text (1 to 4,000 visible characters)",
    ),
    (
        lambda: Recorded("A", 1, dt.datetime(2025, 5, 25, tzinfo=dt.UTC), "c-1", phase(1)),
        "agreement_id: 'A' is not an agreement id (lower-case letters, digits, single hyphens)",
    ),
    (
        lambda: Weight("total", 1),
        "category: 'total' is not a category (lower-case words joined by underscores; not 'total')",
    ),
    (
        lambda: Source("a b", "HUR"),
        "key: 'a b' is not a source key (letters, digits, single dots or hyphens)",
    ),
    (lambda: Source("gur", "HUR", url="ftp:"), "url: 'ftp:' is not an http or https address"),
    (
        lambda x=0: Transfer("UKR", "RUS", "civilian", 1, within_agreement=x),
        "within_agreement: 0 is not true, false or none",
    ),
    (
        lambda x="May": PhaseCompleted(phase=1, released=(), completed_on=x),
        "completed_on: 'May' is not a date",
    ),
    (
        lambda x="now": Recorded("swap", 1, x, "c-1", phase(1)),
        "recorded_at: 'now' is not an instant in UTC",
    ),
    (lambda x=("a",): PhaseCompleted(phase=1, released=x), "released: ('a',) is not a tuple of Transfer"),
    (lambda x=["UN"]: attrs.evolve(swap(), mediators=x), "mediators: ['UN'] is not a tuple"),
    (lambda: Party("UKR", "a\tb"), r"name: 'a\tb' is not a line of plain text"),
    (lambda: PhaseCompleted(phase=2**256, released=()), "phase: a number of more than 77 digits is not"),
    (
        lambda: PhaseCompleted(phase=2**256 - 1, released=()),
        f"phase: {2**256 - 1} is not a whole number from 1 to 1,000,000",
    ),
    (
        lambda: attrs.evolve(swap(), mediators=("UN",) * (MOST_MEMBERS + 1)),
        f"mediators: {MOST_MEMBERS + 1:,} in one list, where {MOST_MEMBERS:,} is the most",
    ),
    (
        lambda: ClaimRecorded(claimant="TASS", claimed=(Claimed("UKR", "RUS", None, 1),) * 2),
        "claimed: UKR>RUS, in total stands there twice",
    ),
]


@pytest.mark.parametrize(("make", "said"), SAID)
def test_a_refusal_says_of_what_and_what_was_wanted(make: Callable[[], object], said: str) -> None:
    with pytest.raises(Malformed) as malformed:
        make()
    assert str(malformed.value).startswith(said)


def test_the_common_case_is_signed_on_its_day() -> None:
    assert Terms.symmetric("UKR", "RUS", total=1, signed_on=may(16)).signed_on == may(16)
