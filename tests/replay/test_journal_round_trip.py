"""Whatever events there are, a journal can tell them, and is read as those events."""

from __future__ import annotations

import datetime as dt
import tomllib

import attrs
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.domain import AgreementSigned, Event, Source, TermsAmended
from reciprocity.replay.journal import parse_journal
from reciprocity.replay.journal_text import PARTS, journal_tables, journal_text
from reciprocity.testing.strategies import any_event, any_terms, unicode_texts
from reciprocity.testing.strategies import sources as any_sources

Told = list[tuple[Event, dt.datetime | None]]
ZONES = (dt.UTC, dt.timezone(dt.timedelta(hours=3)), dt.timezone(dt.timedelta(hours=-9, minutes=-30)))


@st.composite
def journals(draw: st.DrawFn) -> tuple[Told, tuple[Source, ...]]:
    """Events of which the first is a signing, and the sources that they cite."""
    sources = draw(any_sources(unicode_texts))
    some = st.lists(st.sampled_from(sources), unique=True).map(tuple) if sources else st.just(())
    terms = attrs.evolve(draw(any_terms(texts=unicode_texts)), sources=draw(some), series=draw(st.booleans()))
    events: list[Event] = [
        AgreementSigned(terms=terms, notes=tuple(draw(st.lists(unicode_texts, max_size=2))))
    ]
    for event in draw(st.lists(any_event(texts=unicode_texts), max_size=8)):
        if isinstance(event, AgreementSigned):
            continue
        if isinstance(event, TermsAmended):
            parts = draw(st.lists(st.sampled_from(PARTS), min_size=1, unique=True))
            changed = attrs.evolve(terms, **{part: getattr(event.terms, part) for part in parts})
            if changed == terms:
                continue
            terms = changed
            events.append(attrs.evolve(event, terms=terms, sources=draw(some)))
        else:
            events.append(attrs.evolve(event, sources=draw(some)))
    return [
        (event, instant) for event, instant in zip(events, draw(_instants(len(events))), strict=True)
    ], sources


@st.composite
def _instants(draw: st.DrawFn, number: int) -> list[dt.datetime | None]:
    """Instants that never run backwards, after every day of the strategies, some of them not told."""
    minutes = sorted(draw(st.lists(st.integers(0, 10_000), min_size=number, max_size=number)))
    first = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return [
        (first + dt.timedelta(minutes=minute)).astimezone(draw(st.sampled_from(ZONES)))
        if draw(st.booleans())
        else None
        for minute in minutes
    ]


@given(journals())
def test_a_journal_is_read_as_the_events_it_was_written_from(
    written: tuple[Told, tuple[Source, ...]],
) -> None:
    told, _ = written
    text = journal_text(journal_tables("some-agreement", told))
    read = parse_journal(text.encode(), "journal.toml")
    assert [entry.event for entry in read.entries] == [event for event, _ in told]
    filled = [entry.recorded_at for entry in read.entries]
    assert all(given in (None, at) for (_, given), at in zip(told, filled, strict=True))
    known = [at for at in filled if at]
    assert known == sorted(known)
    assert filled == [*known, *[None] * (len(filled) - len(known))], "what is recorded now comes last"
    assert read.agreement_id == "some-agreement"
    lines = text.split("\n")
    assert all(lines[entry.line - 1] == "[[event]]" for entry in read.entries[1:])
    assert journal_text(tomllib.loads(text)) == text
