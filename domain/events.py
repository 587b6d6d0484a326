"""Events: one frozen class per fact, in the past tense. The one rule: an event holds only the fact.

Who recorded it, when, and under which number is the envelope's business (`Recorded`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from enum import Enum
from operator import attrgetter
from typing import TypeAlias

import attrs
from attrs.validators import instance_of, optional

from reciprocity.domain import forms
from reciprocity.domain.errors import Malformed
from reciprocity.domain.terms import Terms
from reciprocity.domain.values import Claimed, Handover, Manifest, Source, Transfer, is_manifest

LARGEST_PHASE = 1_000_000


class Manner(Enum):
    """How an agreement ended without being fulfilled."""

    BROKEN_OFF = "broken-off"
    LAPSED = "lapsed"
    DECLARED_COMPLETE = "declared-complete"


def _cited(sources: Iterable[Source]) -> tuple[Source, ...]:
    return tuple(sources)


def _lines(lines: Iterable[str]) -> tuple[str, ...]:
    return (lines,) if isinstance(lines, str) else tuple(lines)


def _rows(manifest: Iterable[Transfer]) -> Manifest:
    return tuple(manifest)


def _said(claimed: Iterable[Claimed]) -> tuple[Claimed, ...]:
    return tuple(claimed)


@attrs.frozen(kw_only=True)
class Fact:
    """What every event may carry: its sources, and notes (sub-counts belong there, never in rows)."""

    sources: tuple[Source, ...] = attrs.field(
        default=(),
        converter=_cited,
        validator=[forms.tuple_of(Source), forms.no_two_alike(attrgetter("key"))],
    )
    notes: tuple[str, ...] = attrs.field(default=(), converter=_lines, validator=forms.each(forms.text))


@attrs.frozen(kw_only=True)
class AgreementSigned(Fact):
    """The parties agreed on terms."""

    terms: Terms = attrs.field(validator=instance_of(Terms))


@attrs.frozen(kw_only=True)
class TermsAmended(Fact):
    """The parties put new terms in the place of the old ones; *terms* are the new ones, whole."""

    terms: Terms = attrs.field(validator=instance_of(Terms))
    reason: str = attrs.field(validator=forms.text)
    amended_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))


@attrs.frozen(kw_only=True)
class PhaseAnnounced(Fact):
    """A phase was planned: for a day, with a manifest, as far as they were said. Nobody was released yet."""

    phase: int = attrs.field(validator=forms.number(1, LARGEST_PHASE))
    expected_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))
    planned: Manifest = attrs.field(default=(), converter=_rows, validator=is_manifest)


@attrs.frozen(kw_only=True)
class PhasePostponed(Fact):
    """An announced phase was put off: to another day, or with no day named."""

    phase: int = attrs.field(validator=forms.number(1, LARGEST_PHASE))
    expected_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))
    reason: str | None = attrs.field(default=None, validator=optional(forms.text))


@attrs.frozen(kw_only=True)
class PhaseCompleted(Fact):
    """A phase took place: these transfers, on this day, at this place; what is unknown is ``None``."""

    phase: int = attrs.field(validator=forms.number(1, LARGEST_PHASE))
    completed_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))
    place: str | None = attrs.field(default=None, validator=optional(forms.text))
    released: Manifest = attrs.field(converter=_rows, validator=is_manifest)

    @property
    def handover(self) -> Handover:
        """What took place."""
        return Handover(self.completed_on, self.place, self.released)


@attrs.frozen(kw_only=True)
class PhaseCorrected(Fact):
    """The record of a phase was wrong; this is the whole of it as now known, and *reverses* as it stood.

    Like a reversing entry in a ledger it says what it takes out, so that a running total can be put
    right without going back. `commands.decide` fills it in.
    """

    phase: int = attrs.field(validator=forms.number(1, LARGEST_PHASE))
    completed_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))
    place: str | None = attrs.field(default=None, validator=optional(forms.text))
    released: Manifest = attrs.field(converter=_rows, validator=is_manifest)
    reason: str = attrs.field(validator=forms.text)
    reverses: Handover | None = attrs.field(default=None, validator=optional(instance_of(Handover)))

    @property
    def handover(self) -> Handover:
        """What took place, as now known."""
        return Handover(self.completed_on, self.place, self.released)


@attrs.frozen(kw_only=True)
class PhaseVoided(Fact):
    """A phase did not take place: it was cancelled, or had been recorded in error (*reverses* says what)."""

    phase: int = attrs.field(validator=forms.number(1, LARGEST_PHASE))
    reason: str = attrs.field(validator=forms.text)
    voided_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))
    reverses: Handover | None = attrs.field(default=None, validator=optional(instance_of(Handover)))


@attrs.frozen(kw_only=True)
class ClaimRecorded(Fact):
    """A party, a mediator or a medium stated counts: for a phase, or (*phase* is ``None``) to date.

    *claimant* is a party's code or a name; *office* is who spoke for it. A claim changes no total.
    """

    claimant: str = attrs.field(validator=forms.text)
    office: str | None = attrs.field(default=None, validator=optional(forms.text))
    phase: int | None = attrs.field(default=None, validator=optional(forms.number(1, LARGEST_PHASE)))
    stated_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))
    claimed: tuple[Claimed, ...] = attrs.field(
        converter=_said,
        validator=[
            forms.tuple_of(Claimed),
            forms.no_two_alike(lambda c: (f"{c.releasing}>{c.receiving}", c.category or "in total")),
        ],
    )


@attrs.frozen(kw_only=True)
class AgreementSuspended(Fact):
    """Carrying out stopped for the time being."""

    reason: str = attrs.field(validator=forms.text)
    suspended_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))


@attrs.frozen(kw_only=True)
class AgreementResumed(Fact):
    """Carrying out went on."""

    reason: str | None = attrs.field(default=None, validator=optional(forms.text))
    resumed_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))


@attrs.frozen(kw_only=True)
class AgreementFulfilled(Fact):
    """Every obligation was met. Emitted with the event that meets the last one."""

    fulfilled_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))


@attrs.frozen(kw_only=True)
class AgreementTerminated(Fact):
    """The agreement ended without being fulfilled: broken off, lapsed, or declared complete."""

    manner: Manner = attrs.field(validator=instance_of(Manner))
    reason: str = attrs.field(validator=forms.text)
    terminated_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))


Event: TypeAlias = (
    AgreementSigned
    | TermsAmended
    | PhaseAnnounced
    | PhasePostponed
    | PhaseCompleted
    | PhaseCorrected
    | PhaseVoided
    | ClaimRecorded
    | AgreementSuspended
    | AgreementResumed
    | AgreementFulfilled
    | AgreementTerminated
)
"""Whatever can be recorded: one of these facts, and nothing else."""

_DAYS = {
    TermsAmended: "amended_on",
    PhaseCompleted: "completed_on",
    PhaseCorrected: "completed_on",
    PhaseVoided: "voided_on",
    ClaimRecorded: "stated_on",
    AgreementSuspended: "suspended_on",
    AgreementResumed: "resumed_on",
    AgreementFulfilled: "fulfilled_on",
    AgreementTerminated: "terminated_on",
}


def happened_on(event: Event) -> dt.date | None:
    """The day on which a fact came about in the world; ``None`` where that is not known."""
    if isinstance(event, AgreementSigned):
        return event.terms.signed_on
    name = _DAYS.get(type(event))
    return getattr(event, name) if name else None


def moved(event: Event) -> tuple[Manifest, Manifest]:
    """What an event takes out of the totals, and what it puts in. A correction says both by itself."""
    match event:
        case PhaseCompleted():
            return (), event.released
        case PhaseCorrected():
            return event.reverses.released if event.reverses else (), event.released
        case PhaseVoided():
            return event.reverses.released if event.reverses else (), ()
        case _:
            return (), ()


_FIRST_TO_HAVE_A_DAY = dt.timedelta(hours=14)  # the Line Islands: a day begins there 14 hours before UTC
_LAST_INSTANT = dt.datetime.max.replace(tzinfo=dt.UTC) - _FIRST_TO_HAVE_A_DAY


def _instant(instance: object, attribute: attrs.Attribute[dt.datetime], value: dt.datetime) -> None:
    forms.instant(instance, attribute, value)
    if value > _LAST_INSTANT:
        raise Malformed(f"{attribute.name}: {value} is the end of time")


@attrs.frozen
class Recorded:
    """The envelope: which agreement, its how-manieth event, and when and by which command it was recorded.

    *version* counts from 1 without gaps within an agreement; *recorded_at* is an instant in UTC;
    *position* is the place in a store's log, 0 where there is none, and no part of what was recorded.
    *clock_at* is what the clock said where it ran behind the record: *recorded_at*, which never runs
    backwards, is then the instant of the event before. ``None`` where the clock was right.
    """

    agreement_id: str = attrs.field(validator=forms.agreement_id)
    version: int = attrs.field(validator=forms.number(1, None))
    recorded_at: dt.datetime = attrs.field(validator=_instant)
    command_id: str = attrs.field(validator=forms.text)
    event: Event
    position: int = attrs.field(default=0, eq=False, validator=forms.number(0, None))
    clock_at: dt.datetime | None = attrs.field(default=None, validator=optional(_instant))

    def __attrs_post_init__(self) -> None:
        if self.clock_at is not None and self.clock_at >= self.recorded_at:
            raise Malformed(f"clock_at: {self.clock_at} is not behind recorded_at, {self.recorded_at}")
        day = happened_on(self.event)
        if day is None or day <= self.recorded_at.date():
            return
        if day > (self.recorded_at + _FIRST_TO_HAVE_A_DAY).date():
            raise Malformed(f"{day} lies after the instant at which it was recorded, {self.recorded_at}")
