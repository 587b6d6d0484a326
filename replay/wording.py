"""Wording: figures and events in a line for people. The one rule: what is unknown is said to be unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reciprocity.domain import (
    AgreementFulfilled,
    AgreementResumed,
    AgreementSigned,
    AgreementSuspended,
    AgreementTerminated,
    Claimed,
    ClaimRecorded,
    Count,
    Event,
    Manifest,
    PhaseAnnounced,
    PhaseCompleted,
    PhaseCorrected,
    PhasePostponed,
    PhaseVoided,
    Range,
    Recorded,
    TermsAmended,
    Transfer,
)
from reciprocity.domain.terms import OPEN, Kept, Obligation, Symmetry, Terms
from reciprocity.domain.values import Share
from reciprocity.projections import Gap
from reciprocity.replay import vocabulary
from reciprocity.replay.language import say, spoken, to_say
from reciprocity.store import name_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from reciprocity.projections import Candidate, Cell, Change, Figure, Statement

_KEPT = {
    Kept.EACH_PHASE: to_say("equal value in each phase"),
    Kept.AT_FULFILMENT: to_say("equal value at fulfilment"),
    Kept.NOT_REQUIRED: to_say("equality not required"),
}
_RELEASED = {
    True: to_say("{what} {count}"),
    False: to_say("{what} {count} outside the agreement"),
    None: to_say("{what} {count} (unclear whether within the agreement)"),
}
_OR = "_or_"
_MEASURES = (to_say("exchanged"), to_say("agreed"), to_say("remaining"), to_say("status"))
_EXPLANATIONS = (to_say("a phase"), to_say("extra releases"), to_say("another agreement"))


def figure(count: Count) -> str:
    """A count for people.

    >>> figure(1000), figure(Range(200)), figure(Range(0))
    ('1,000', 'at least 200', 'unknown')
    """
    if not isinstance(count, Range):
        return spoken().number(count)
    least = spoken().number(count.at_least)
    if count.at_most is None:
        return say("at least {n}", n=least) if count.at_least else say("unknown")
    most = spoken().number(count.at_most)
    return say("{least} to {most}", least=least, most=most) if count.at_least else say("at most {n}", n=most)


def short(count: Count) -> str:
    """A count for a narrow column.

    >>> short(1000), short(Range(200)), short(Range(33, 84)), short(Range(0, 51)), short(Range(0))
    ('1,000', '≥200', '33–84', '≤51', '?')
    """
    if not isinstance(count, Range):
        return spoken().number(count)
    least = spoken().number(count.at_least)
    if count.at_most is None:
        return f"≥{least}" if count.at_least else "?"
    most = spoken().number(count.at_most)
    return f"{least}–{most}" if count.at_least else f"≤{most}"


def total(count: Count) -> str:
    """An agreed total for people: an open one is not unknown."""
    return say("open") if count == OPEN else figure(count)


def short_total(count: Count) -> str:
    """The same for a narrow column."""
    return say("open") if count == OPEN else short(count)


def progress(done: str, of: Count, whole: str) -> str:
    """How much of an agreed total is *done*; *whole* is that total for people.

    >>> progress("390", 1000, "1,000"), progress("390", OPEN, "open")
    ('390 of 1,000', '390 of open')
    """
    return (
        say("{done} of open", done=done) if of == OPEN else say("{done} of {total}", done=done, total=whole)
    )


def share(of: Share) -> str:
    """A part in per cent.

    >>> share(Share(39.0, 39.0)), share(Share(20.0, 40.0))
    ('39.0 %', '20.0 to 40.0 %')
    """
    most = spoken().percent(of.at_most)
    if of.at_least == of.at_most:
        return most
    return say("{least} to {most}", least=spoken().tenths(of.at_least), most=most)


def category(name: str) -> str:
    """A category for people.

    >>> category("prisoner_of_war"), category("prisoner_of_war_or_civilian")
    ('prisoner of war', 'prisoner of war or civilian')
    """
    words = name.replace("_", " ")
    if (said := say(words)) != words or _OR not in name:
        return said
    one, _, other = name.partition(_OR)
    return say("{one} or {other}", one=category(one), other=category(other))


def transfers(manifest: Iterable[Transfer]) -> str:
    """What went in one direction: ``prisoner of war 270, civilian 120``."""
    parts = [
        say(_RELEASED[t.within_agreement], what=category(t.category), count=figure(t.count)) for t in manifest
    ]
    return ", ".join(parts) or say("nobody")


def manifest(rows: Manifest) -> str:
    """What went in all directions, one after the other."""
    directions = dict.fromkeys(row.direction for row in rows)
    parts = [f"{d} {transfers(row for row in rows if row.direction == d)}" for d in directions]
    return apart(parts) or say("nobody")


def symmetry(of: Symmetry) -> str:
    """How evenly, with the weights that are not 1."""
    weights = ", ".join(
        say("{what} {count}", what=category(weight.category), count=str(weight.value))
        for weight in of.weights
    )
    kept = say(_KEPT[of.kept])
    return say("{kept} (weights: {weights})", kept=kept, weights=weights) if weights else kept


def obligation(of: Obligation) -> str:
    """Who owes what to whom, without how many: ``RUS>UKR mortal remains``."""
    return " ".join([str(of.direction), " + ".join(category(name) for name in of.categories)]).strip()


def obligations(terms: Terms) -> str:
    """What was agreed, obligation by obligation."""
    parts = [say("{what} {count}", what=obligation(o), count=total(o.total)) for o in terms.obligations]
    return apart(parts) or say("nothing")


def day(date: dt.date | None) -> str:
    """A day, or that it is not known."""
    return spoken().day(date) if date else say("day unknown")


def event(of: Event) -> str:  # noqa: C901, PLR0911  # one line for each event
    """What an event says, in a line."""
    match of:
        case AgreementSigned():
            return _told(of.terms.title, obligations(of.terms))
        case TermsAmended():
            return _told(of.reason, obligations(of.terms))
        case PhaseAnnounced():
            planned = manifest(of.planned) if of.planned else say("no figures")
            return say(
                "phase {phase} for {day}: {what}", phase=str(of.phase), day=day(of.expected_on), what=planned
            )
        case PhasePostponed():
            to = say("to {day}", day=day(of.expected_on)) if of.expected_on else say("no new day")
            return _told(f"{_phase(of.phase)}, {to}", of.reason)
        case PhaseCompleted():
            return _told(f"{_phase(of.phase)}, {day(of.completed_on)}", manifest(of.released))
        case PhaseCorrected():
            was = manifest(of.reverses.released) if of.reverses else say("nothing")
            told = _told(f"{_phase(of.phase)}, {day(of.completed_on)}", manifest(of.released))
            return say("{now}; was {before}: {reason}", now=told, before=was, reason=of.reason)
        case PhaseVoided():
            return _told(_phase(of.phase), of.reason)
        case ClaimRecorded():
            return _told(f"{claimant(of.claimant, of.office)}, {_about(of.phase)}", _claims(of.claimed))
        case AgreementSuspended() | AgreementResumed() | AgreementTerminated():
            return of.reason or say("no reason given")
        case AgreementFulfilled() if of.fulfilled_on:
            return say("every obligation met by {day}", day=day(of.fulfilled_on))
        case AgreementFulfilled():
            return say("every obligation met")


def recorded(one: Recorded) -> str:
    """An event of the log in a line, with its place and the instant at which it was recorded."""
    at = one.recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    return say(
        "{position} {instant} {agreement} version {version}, {event}: {said}",
        position=str(one.position),
        instant=at,
        agreement=one.agreement_id,
        version=str(one.version),
        event=vocabulary.event(name_of(one.event)),
        said=event(one.event),
    )


def claimant(name: str, office: str | None) -> str:
    """Who says it: the party, and who spoke for it."""
    return f"{name} ({office})" if office else name


def cell(of: Cell) -> str:
    """What a cell of claims is about: ``phase 1, RUS>UKR civilian``."""
    return f"{_about(of.phase)}, {of.direction} {category_or_all(of.category)}"


def statement(of: Statement) -> str:
    """What one claimant said, and where that was published: ``UKR (President) 697 [liga-0524]``."""
    keys = ", ".join(source.key for source in of.sources)
    return f"{claimant(of.claimant, of.office)} {claimed(of.count)}{f' [{keys}]' if keys else ''}"


def candidate(of: Candidate) -> str:
    """What is as large as a gap."""
    what = say(of.what)
    if of.phase:
        return say(
            "{what} in phase {phase} of {agreement}", what=what, phase=str(of.phase), agreement=of.agreement
        )
    return say("{what} of {agreement}", what=what, agreement=of.agreement)


def gap(of: Gap) -> str:
    """How far a record is from a claim.

    >>> gap(Gap(-11, -11)), gap(Gap(None, 1151))
    ('gap -11', 'gap at most +1,151')
    """
    if of.exact is not None:
        return say("gap {n}", n=spoken().signed(of.exact))
    if of.at_least is not None and of.at_most is not None:
        least, most = spoken().signed(of.at_least), spoken().signed(of.at_most)
        return say("gap at least {least} and at most {most}", least=least, most=most)
    if of.at_least is not None:
        return say("gap at least {n}", n=spoken().signed(of.at_least))
    if of.at_most is not None:
        return say("gap at most {n}", n=spoken().signed(of.at_most))
    return say("gap unknown")


def figure_name(of: Figure) -> str:
    """The name of a figure: ``phase 2, RUS>UKR civilian exchanged``."""
    if of.direction is None:
        return say(of.measure)
    when = say("after phase {phase}", phase=str(of.phase)) if of.phase else say("now")
    what = f" {category(of.category)}" if of.category else ""
    return f"{when}, {of.direction}{what} {say(of.measure)}"


def because(change: Change) -> str:
    """The events that changed a figure, and their sources."""
    events = ", ".join(
        say(
            "{event} (version {version})",
            event=vocabulary.event(name_of(one.event)),
            version=str(one.version),
        )
        for one in change.because
    )
    keys = ", ".join(source.key for source in change.sources)
    return apart([events, keys] if keys else [events])


def claimed(count: Count | None) -> str:
    """A claimed figure; silence is silence."""
    return say("no figure") if count is None else figure(count)


def _claims(rows: Iterable[Claimed]) -> str:
    parts = [
        say("{what} {count}", what=what, count=claimed(row.count))
        for row in rows
        for what in [f"{row.direction} {category_or_all(row.category)}"]
    ]
    return apart(parts)


def category_or_all(name: str | None) -> str:
    """A category, or all together."""
    return category(name) if name else say("in total")


def _about(phase: int | None) -> str:
    return _phase(phase) if phase else say("to date")


def _phase(number: int) -> str:
    return say("phase {phase}", phase=str(number))


def _told(what: str, said: str | None) -> str:
    return say("{what}: {said}", what=what, said=said) if said else what


def apart(parts: Iterable[str]) -> str:
    """What is listed with semicolons in between."""
    return say("; ").join(parts)
