"""Strategies: values, terms and events, made up. The one rule: they are well formed, lawful or not.

What is lawful by construction comes from `lawful`, `recorded` and `breaches`.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

from hypothesis import strategies as st

from reciprocity.domain import (
    UNKNOWN,
    AgreementFulfilled,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    Claimed,
    ClaimRecorded,
    Count,
    Event,
    Handover,
    Kept,
    Manifest,
    Manner,
    Obligation,
    Party,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    Range,
    Source,
    Symmetry,
    Terms,
    TermsAmended,
    Transfer,
    Weight,
    Window,
)

CODES = ("UKR", "RUS", "ISR", "HAMAS", "YEM")
STRANGER = "ZZZ"
IMPOSTORS = {
    "U\u041aR": "UKR",
    "\uff35KR": "UKR",
    "RU\u0405": "RUS",
    "\U0001d5e5US": "RUS",
    "isr": "ISR",
    "hamas": "HAMAS",
    "\u0423EM": "YEM",
}
"""Names that look like the code of a party, and are not: in Cyrillic, double width, small or bold letters."""
CATEGORIES = ("prisoner_of_war", "civilian", "mortal_remains")
FIRST_DAY, LAST_DAY = dt.date(2025, 4, 1), dt.date(2025, 7, 31)

days = st.dates(FIRST_DAY, LAST_DAY)
maybe_days = st.none() | days

# Text in any script; whatever is invisible or turns the direction of reading is not text.
_characters = st.characters(
    exclude_categories=["Cc", "Cs", "Cn", "Zl", "Zp"],
    exclude_characters="\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c",
)
unicode_texts = st.text(_characters, min_size=1, max_size=12).map(lambda text: f"«{text}»")
plain_texts = st.sampled_from(["so it was announced", "обмін", "صفقة", "a misprint"])


@lru_cache  # a strategy is made once, and drawn from many times
def counts(most: int) -> st.SearchStrategy[Count]:
    """A number, now and then a range or nothing known."""
    numbers = st.integers(0, most)
    bounded = st.builds(lambda low, more: Range(low, low + more), numbers, st.integers(1, most))
    return st.one_of(numbers, numbers, numbers, bounded, numbers.map(Range), st.just(UNKNOWN))


@lru_cache
def pairs(codes: tuple[str, ...]) -> st.SearchStrategy[tuple[str, str]]:
    """Two different codes."""
    return st.tuples(st.sampled_from(codes), st.sampled_from(codes)).map(
        lambda two: two if two[0] != two[1] else (two[0], next(code for code in codes if code != two[0]))
    )


@lru_cache
def manifests(
    codes: tuple[str, ...] = CODES[:2], categories: tuple[str, ...] = CATEGORIES, most: int = 6
) -> st.SearchStrategy[Manifest]:
    """Up to four rows between these codes, of up to so many persons each; some do not count, or may not."""
    within = st.sampled_from([True, True, True, False, None])
    row = st.builds(
        lambda two, category, count, within: Transfer(two[0], two[1], category, count, within),
        pairs(codes),
        st.sampled_from(categories),
        counts(most),
        within,
    )
    rows = st.lists(
        row, max_size=4, unique_by=lambda t: (t.releasing, t.receiving, t.category, t.within_agreement)
    )
    return rows.map(tuple)


@lru_cache
def claims(codes: tuple[str, ...] = CODES[:2], most: int = 6) -> st.SearchStrategy[tuple[Claimed, ...]]:
    """Up to three figures that somebody may state of these parties; some are silence."""
    row = st.builds(
        lambda two, category, count: Claimed(two[0], two[1], category, count),
        pairs(codes),
        st.none() | st.sampled_from(CATEGORIES),
        st.none() | counts(most),
    )
    return st.lists(row, max_size=3, unique_by=lambda c: (c.releasing, c.receiving, c.category)).map(tuple)


@lru_cache
def sources(texts: st.SearchStrategy[str] = plain_texts) -> st.SearchStrategy[tuple[Source, ...]]:
    """Up to two sources, under different keys."""
    one = st.builds(
        Source,
        key=st.sampled_from(["gur", "mod.1", "TASS-2", "un_3"]),
        publisher=texts,
        date=maybe_days,
        url=st.none() | st.just("https://example.org/news?id=1&lang=uk"),
        note=st.none() | texts,
    )
    return st.lists(one, max_size=2, unique_by=lambda source: source.key).map(tuple)


@lru_cache
def symmetries() -> st.SearchStrategy[Symmetry]:
    """When sides must be even, and what weighs how much."""
    weight = st.builds(Weight, st.sampled_from(CATEGORIES), st.sampled_from([0, 1, 2, 30]))
    weights = st.lists(weight, max_size=2, unique_by=lambda w: w.category).map(tuple)
    return st.builds(Symmetry, st.sampled_from(Kept), weights)


@lru_cache
def obligations(
    codes: tuple[str, ...] = CODES[:2], most: int = 12
) -> st.SearchStrategy[tuple[Obligation, ...]]:
    """Up to three obligations between these codes, in any direction, of up to so many persons."""
    one = st.builds(
        lambda two, total, categories: Obligation(two[0], two[1], total, categories),
        pairs(codes),
        counts(most),
        st.lists(st.sampled_from(CATEGORIES), max_size=2, unique=True).map(tuple),
    )
    return st.lists(
        one, max_size=3, unique_by=lambda o: (o.releasing, o.receiving, *sorted(o.categories))
    ).map(tuple)


@lru_cache
def windows() -> st.SearchStrategy[Window]:
    """No window, or one whose days are in order."""
    ordered = st.tuples(days, days).map(sorted)
    return st.just(Window()) | ordered.map(lambda two: Window(two[0], two[1]))


@st.composite
def any_terms(
    draw: st.DrawFn, codes: tuple[str, ...] = CODES, texts: st.SearchStrategy[str] = plain_texts
) -> Terms:
    """Terms that are well formed, though they may make no sense."""
    named = draw(st.lists(st.sampled_from(codes), max_size=4, unique=True))
    members = tuple(Party(f"{code}-1", f"{draw(texts)} {code}-1") for code in named[2:])
    parties = [Party(code, f"{draw(texts)} {code}") for code in named[:2]]
    if members and parties:
        parties[0] = Party(parties[0].code, parties[0].name, members)
    known = tuple(code for party in parties for code in party.codes)
    return Terms(
        title=draw(texts),
        parties=tuple(parties),
        obligations=draw(obligations(known if len(known) > 1 else codes)),
        symmetry=draw(symmetries()),
        window=draw(windows()),
        signed_on=draw(maybe_days),
        signed_at=draw(st.none() | texts),
        mediators=tuple(draw(st.lists(texts, max_size=2))),
        facilitators=tuple(draw(st.lists(texts, max_size=1))),
        parent=draw(st.sampled_from([None, "parent-2024"])),
        series=draw(st.booleans()),
        sources=draw(sources(texts)),
    )


@lru_cache
def any_event(
    codes: tuple[str, ...] = (*CODES[:2], STRANGER),
    *,
    phases: int = 4,
    most: int = 6,
    texts: st.SearchStrategy[str] = plain_texts,
) -> st.SearchStrategy[Event]:
    """One event of any class: well formed, and as likely as not unlawful."""
    number = st.integers(1, phases)
    rows = manifests(codes, most=most)
    handovers = st.none() | st.builds(Handover, maybe_days, st.none() | texts, rows)
    fact = {
        "sources": st.just(()) | sources(texts),
        "notes": st.lists(texts, max_size=2).map(tuple),
    }
    place, terms = st.none() | texts, any_terms(codes, texts)
    turns = st.one_of(
        st.builds(AgreementSuspended, reason=texts, suspended_on=maybe_days, **fact),
        st.builds(AgreementResumed, reason=st.none() | texts, resumed_on=maybe_days, **fact),
        st.builds(AgreementFulfilled, fulfilled_on=maybe_days, **fact),
        st.builds(
            AgreementTerminated,
            manner=st.sampled_from(Manner),
            reason=texts,
            terminated_on=maybe_days,
            **fact,
        ),
    )
    plans = st.one_of(
        st.builds(PhaseAnnounced, phase=number, expected_on=maybe_days, planned=rows, **fact),
        st.builds(PhasePostponed, phase=number, expected_on=maybe_days, reason=place, **fact),
    )
    deeds = st.one_of(
        st.builds(PhaseCompleted, phase=number, completed_on=maybe_days, place=place, released=rows, **fact),
        st.builds(
            PhaseCorrected,
            phase=number,
            completed_on=maybe_days,
            place=place,
            released=rows,
            reason=texts,
            reverses=handovers,
            **fact,
        ),
        st.builds(PhaseVoided, phase=number, reason=texts, voided_on=maybe_days, reverses=handovers, **fact),
    )
    words = st.one_of(
        st.builds(AgreementSigned, terms=terms, **fact),
        st.builds(TermsAmended, terms=terms, reason=texts, amended_on=maybe_days, **fact),
        st.builds(
            ClaimRecorded,
            claimant=st.sampled_from(codes) | st.sampled_from(list(IMPOSTORS)) | texts,
            office=st.none() | texts,
            phase=st.none() | number,
            stated_on=maybe_days,
            claimed=claims(codes, most),
            **fact,
        ),
    )
    return st.one_of(deeds, deeds, plans, words, turns)
