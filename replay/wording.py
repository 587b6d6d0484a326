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
from reciprocity.projections import Gap
from reciprocity.store import name_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from reciprocity.projections import Candidate, Cell, Change, Figure, Statement

_KEPT = {
    Kept.EACH_PHASE: "equal value in each phase",
    Kept.AT_FULFILMENT: "equal value at fulfilment",
    Kept.NOT_REQUIRED: "equality not required",
}
_STANDING = {True: "", False: " outside the agreement", None: " (unclear whether within the agreement)"}


def figure(count: Count) -> str:
    """A count for people.

    >>> figure(1000), figure(Range(200)), figure(Range(0))
    ('1,000', 'at least 200', 'unknown')
    """
    return str(count) if isinstance(count, Range) else f"{count:,}"


def short(count: Count) -> str:
    """A count for a narrow column.

    >>> short(1000), short(Range(200)), short(Range(33, 84)), short(Range(0, 51)), short(Range(0))
    ('1,000', '≥200', '33–84', '≤51', '?')
    """
    if isinstance(count, int):
        return f"{count:,}"
    if count.at_most is None:
        return f"≥{count.at_least:,}" if count.at_least else "?"
    return f"{count.at_least:,}–{count.at_most:,}" if count.at_least else f"≤{count.at_most:,}"


def total(count: Count) -> str:
    """An agreed total for people: an open one is not unknown."""
    return "open" if count == OPEN else figure(count)


def category(name: str) -> str:
    """A category for people: ``prisoner of war``."""
    return name.replace("_", " ")


def transfers(manifest: Iterable[Transfer]) -> str:
    """What went in one direction: ``prisoner of war 270, civilian 120``."""
    parts = [f"{category(t.category)} {figure(t.count)}{_STANDING[t.within_agreement]}" for t in manifest]
    return ", ".join(parts) or "nobody"


def manifest(rows: Manifest) -> str:
    """What went in all directions, one after the other."""
    directions = dict.fromkeys(row.direction for row in rows)
    parts = [f"{d} {transfers(row for row in rows if row.direction == d)}" for d in directions]
    return "; ".join(parts) or "nobody"


def symmetry(of: Symmetry) -> str:
    """How evenly, with the weights that are not 1."""
    weights = ", ".join(f"{category(weight.category)} {weight.value}" for weight in of.weights)
    return _KEPT[of.kept] + (f" (weights: {weights})" if weights else "")


def obligation(of: Obligation) -> str:
    """Who owes what to whom, without how many: ``RUS>UKR mortal remains``."""
    return " ".join([str(of.direction), " + ".join(category(name) for name in of.categories)]).strip()


def obligations(terms: Terms) -> str:
    """What was agreed, obligation by obligation."""
    return "; ".join(f"{obligation(o)} {total(o.total)}" for o in terms.obligations) or "nothing"


def day(date: dt.date | None) -> str:
    """A day, or that it is not known."""
    return date.isoformat() if date else "day unknown"


def event(of: Event) -> str:  # noqa: C901, PLR0911  # one line for each event
    """What an event says, in a line."""
    match of:
        case AgreementSigned():
            return f"{of.terms.title}: {obligations(of.terms)}"
        case TermsAmended():
            return f"{of.reason}: {obligations(of.terms)}"
        case PhaseAnnounced():
            planned = manifest(of.planned) if of.planned else "no figures"
            return f"phase {of.phase} for {day(of.expected_on)}: {planned}"
        case PhasePostponed():
            to = f"to {of.expected_on}" if of.expected_on else "no new day"
            return f"phase {of.phase}, {to}{_because(of.reason)}"
        case PhaseCompleted():
            return f"phase {of.phase}, {day(of.completed_on)}: {manifest(of.released)}"
        case PhaseCorrected():
            was = manifest(of.reverses.released) if of.reverses else "nothing"
            return (
                f"phase {of.phase}, {day(of.completed_on)}: {manifest(of.released)}; was {was}: {of.reason}"
            )
        case PhaseVoided():
            return f"phase {of.phase}{_because(of.reason)}"
        case ClaimRecorded():
            about = f"phase {of.phase}" if of.phase else "to date"
            return f"{claimant(of.claimant, of.office)}, {about}: {_claims(of.claimed)}"
        case AgreementSuspended() | AgreementResumed() | AgreementTerminated():
            return of.reason or "no reason given"
        case AgreementFulfilled():
            return f"every obligation met by {of.fulfilled_on}" if of.fulfilled_on else "every obligation met"


def recorded(one: Recorded) -> str:
    """An event of the log in a line, with its place and the instant at which it was recorded."""
    at = one.recorded_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    said = event(one.event)
    return f"{one.position} {at} {one.agreement_id} version {one.version}, {name_of(one.event)}: {said}"


def claimant(name: str, office: str | None) -> str:
    """Who says it: the party, and who spoke for it."""
    return f"{name} ({office})" if office else name


def cell(of: Cell) -> str:
    """What a cell of claims is about: ``phase 1, RUS>UKR civilian``."""
    about = f"phase {of.phase}" if of.phase else "to date"
    return f"{about}, {of.direction} {category(of.category) if of.category else 'in total'}"


def statement(of: Statement) -> str:
    """What one claimant said, and where that was published: ``UKR (President) 697 [liga-0524]``."""
    keys = ", ".join(source.key for source in of.sources)
    return f"{claimant(of.claimant, of.office)} {claimed(of.count)}{f' [{keys}]' if keys else ''}"


def candidate(of: Candidate) -> str:
    """What is as large as a gap."""
    phase = f" in phase {of.phase}" if of.phase else ""
    return f"{of.what}{phase} of {of.agreement}"


def gap(of: Gap) -> str:
    """How far a record is from a claim.

    >>> gap(Gap(-11, -11)), gap(Gap(None, 1151))
    ('gap -11', 'gap at most +1,151')
    """
    if of.exact is not None:
        return f"gap {of.exact:+,}"
    bounds = [f"at least {of.at_least:+,}"] if of.at_least is not None else []
    bounds += [f"at most {of.at_most:+,}"] if of.at_most is not None else []
    return f"gap {' and '.join(bounds) or 'unknown'}"


def figure_name(of: Figure) -> str:
    """The name of a figure: ``phase 2, RUS>UKR civilian exchanged``."""
    if of.direction is None:
        return of.measure
    when = f"after phase {of.phase}, " if of.phase else "now, "
    what = f" {category(of.category)}" if of.category else ""
    return f"{when}{of.direction}{what} {of.measure}"


def because(change: Change) -> str:
    """The events that changed a figure, and their sources."""
    events = ", ".join(f"{name_of(one.event)} (version {one.version})" for one in change.because)
    keys = ", ".join(source.key for source in change.sources)
    return f"{events}{f'; {keys}' if keys else ''}"


def claimed(count: Count | None) -> str:
    """A claimed figure; silence is silence."""
    return "no figure" if count is None else figure(count)


def _claims(rows: Iterable[Claimed]) -> str:
    parts = [
        f"{row.direction} {category(row.category) if row.category else 'in total'} {claimed(row.count)}"
        for row in rows
    ]
    return "; ".join(parts)


def counted(number: int, thing: str) -> str:
    """``1 violation``, ``2 violations``."""
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else ""
