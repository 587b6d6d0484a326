"""Terms: what was agreed. The one rule: terms say what must be released, never what has been.

Whether terms make sense together (two parties, obligations between them) is asked by the rules, so that
a history with senseless terms can still be read and judged.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

import attrs
from attrs.validators import instance_of, optional

from reciprocity.domain import forms
from reciprocity.domain.errors import Malformed
from reciprocity.domain.look_alikes import alike
from reciprocity.domain.values import (
    UNKNOWN,
    Count,
    Direction,
    Party,
    Source,
    count,
    equal,
    exceeds,
    highest,
    in_total,
    is_count,
    lowest,
)

if TYPE_CHECKING:
    from collections.abc import Collection

    from reciprocity.domain.tally import Tally

OPEN = UNKNOWN
"""The total of an open-ended obligation ("all for all"): nothing bounds it, and no number meets it."""


MOST_OBLIGATIONS = 100
"""Of an agreement. Rules ask each released row of each of them."""


class Kept(Enum):
    """When the two sides must have given equal value."""

    EACH_PHASE = "each-phase"
    AT_FULFILMENT = "at-fulfilment"
    NOT_REQUIRED = "not-required"


@attrs.frozen
class Weight:
    """What one person of a category is worth in exchange: a whole number, 1 unless agreed otherwise.

    Zero is allowed: remains may be handed over beside an exchange of the living and weigh nothing in it.
    """

    category: str = attrs.field(validator=forms.category)
    value: int = attrs.field(validator=forms.number(0, 1_000_000))


@attrs.frozen
class Symmetry:
    """Equal weighted value: for every party, what it released is worth what it received.

    With two parties this says that both directions are equal. Weights carry 1:1, "30 detainees for a
    civilian hostage, 50 for a soldier", one for 1,027 (Israel and Hamas, 2011) and the rank tables of the
    Dix-Hill cartel of 22 July 1862 with the same rule.
    """

    kept: Kept = attrs.field(default=Kept.EACH_PHASE, validator=instance_of(Kept))
    weights: tuple[Weight, ...] = attrs.field(
        default=(), validator=[forms.tuple_of(Weight), forms.no_two_alike(lambda w: w.category)]
    )

    def weight(self, category: str) -> int:
        """What one person of *category* weighs."""
        return self._weight_of.get(category, 1)

    @cached_property
    def _weight_of(self) -> dict[str, int]:
        return {weight.category: weight.value for weight in self.weights}


@attrs.frozen
class Obligation:
    """One party is to release so many to another, of these categories, or of any if none is named.

    *total* is a number, a range (``Range(1200)``: at least 1,200) or ``OPEN``. A quota for one category is
    one more obligation beside the overall one.

    >>> Obligation("RUS", "UKR", 1000).is_met_by(1000), Obligation("RUS", "UKR", OPEN).is_met_by(1000)
    (True, None)
    """

    releasing: str = attrs.field(validator=forms.party_code)
    receiving: str = attrs.field(validator=forms.party_code)
    total: Count = attrs.field(validator=is_count)
    categories: tuple[str, ...] = attrs.field(
        default=(), validator=[forms.each(forms.category), forms.no_two_alike()]
    )

    @property
    def direction(self) -> Direction:
        """Who is to release and who is to receive."""
        return Direction(self.releasing, self.receiving)

    def covers(self, category: str) -> bool:
        """Whether a release of *category* counts toward this obligation."""
        return not self.categories or category in self.categories

    def is_met_by(self, exchanged: Count) -> bool | None:
        """Whether so many meet it; ``None`` where that cannot be known. Nothing is known to meet ``OPEN``.

        A range is met from its lower bound on, and goes on to be carried out: see `is_exhausted_by`.
        """
        if self.total == OPEN:
            return None
        due = lowest(self.total)
        if lowest(exchanged) >= due:
            return True
        return False if exceeds(due, exchanged) else None

    def is_exhausted_by(self, exchanged: Count) -> bool:
        """Whether nothing more can be released under it: its upper bound is known to be reached."""
        most = highest(self.total)
        return most is not None and lowest(exchanged) >= most

    def __str__(self) -> str:
        what = f" {' + '.join(self.categories)}" if self.categories else ""
        return f"{self.direction}{what}"


@attrs.frozen
class Window:
    """The days in which the agreement was to be carried out; either may be unknown."""

    starts_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))
    ends_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))

    def __attrs_post_init__(self) -> None:
        if self.starts_on and self.ends_on and self.ends_on < self.starts_on:
            raise Malformed(f"ends_on: {self.ends_on} is before starts_on, {self.starts_on}")


def _parties(parties: Iterable[Party]) -> tuple[Party, ...]:
    return tuple(parties)


def _obligations(obligations: Iterable[Obligation]) -> tuple[Obligation, ...]:
    return tuple(obligations)


@attrs.frozen(kw_only=True)
class Terms:
    """What was agreed: between whom, how many, how evenly, by when, where it was signed and who mediated.

    ``signed_on`` and ``signed_at`` may be unknown. ``parent`` is the id of the agreement that this one
    carries out or extends. A ``series`` is no agreement that anyone signed: it keeps together, under open
    obligations, exchanges that were each agreed by themselves.
    """

    title: str = attrs.field(validator=forms.text)
    parties: tuple[Party, ...] = attrs.field(converter=_parties, validator=forms.tuple_of(Party))
    obligations: tuple[Obligation, ...] = attrs.field(
        converter=_obligations,
        validator=[
            forms.tuple_of(Obligation, MOST_OBLIGATIONS),
            forms.no_two_alike(lambda o: (o.releasing, o.receiving, *sorted(o.categories))),
        ],
    )
    symmetry: Symmetry = attrs.field(factory=Symmetry, validator=instance_of(Symmetry))
    window: Window = attrs.field(factory=Window, validator=instance_of(Window))
    signed_on: dt.date | None = attrs.field(default=None, validator=optional(forms.date))
    signed_at: str | None = attrs.field(default=None, validator=optional(forms.text))
    mediators: tuple[str, ...] = attrs.field(default=(), validator=forms.each(forms.text))
    facilitators: tuple[str, ...] = attrs.field(default=(), validator=forms.each(forms.text))
    parent: str | None = attrs.field(default=None, validator=optional(forms.agreement_id))
    series: bool = attrs.field(default=False, validator=instance_of(bool))
    sources: tuple[Source, ...] = attrs.field(default=(), validator=forms.tuple_of(Source))

    def __attrs_post_init__(self) -> None:
        codes = self.codes()
        if len(set(codes)) != len(codes):
            twice = next(code for code in codes if codes.count(code) > 1)
            raise Malformed(f"parties: {twice} stands there twice")
        if found := alike(self._names()):
            raise Malformed(f"parties: {' and '.join(map(repr, found))} look alike, and are not the same")

    @classmethod
    def symmetric(
        cls,
        a: str,
        b: str,
        *,
        total: Count,
        title: str | None = None,
        kept: Kept = Kept.EACH_PHASE,
        signed_on: dt.date | None = None,
    ) -> Terms:
        """The common case: two parties release the same number to each other.

        >>> terms = Terms.symmetric("UKR", "RUS", total=1000)
        >>> [f"{obligation}: {obligation.total}" for obligation in terms.obligations]
        ['UKR>RUS: 1000', 'RUS>UKR: 1000']
        """
        return cls(
            title=title or f"{total} for {total}",
            parties=(Party(a, a), Party(b, b)),
            obligations=(Obligation(a, b, total), Obligation(b, a, total)),
            symmetry=Symmetry(kept),
            signed_on=signed_on,
        )

    def codes(self) -> tuple[str, ...]:
        """Every code that stands for a party or a member of one."""
        return tuple(code for party in self.parties for code in party.codes)

    def _names(self) -> Iterator[tuple[str, str]]:
        """Every code and name, with the code of the party or member that it stands for."""
        for party in self.parties:
            for one in (party, *party.members):
                yield one.code, one.code
                yield one.name, one.code

    def mistaken_for(self, name: str) -> str | None:
        """The code or name of a party that *name* looks like, and is not."""
        named = list(self._names())
        if any(name == text for text, _ in named):
            return None
        found = alike([*named, (name, "")])
        return found and found[0]

    def party(self, code: str) -> Party | None:
        """The party that *code* stands for, by itself or as one of its members."""
        return self._party_of.get(code)

    @cached_property
    def _party_of(self) -> dict[str, Party]:
        return {code: party for party in self.parties for code in party.codes}

    def directions(self) -> list[Direction]:
        """The directions in which something is owed, in the order of the obligations."""
        return list(dict.fromkeys(obligation.direction for obligation in self.obligations))

    def owed(self, direction: Direction) -> list[Obligation]:
        """The obligations in a direction."""
        by, to = direction
        return [one for one in self.obligations if one.releasing == by and one.receiving == to]

    def agreed(self, direction: Direction) -> Count | None:
        """How many are owed in a direction in all; ``None`` if nothing is.

        The obligation that covers every category says so by itself. Without one, obligations for
        different categories add up; where categories overlap, the total lies between the largest of them
        and their sum.
        """
        owed = self.owed(direction)
        overall = next((obligation.total for obligation in owed if not obligation.categories), None)
        if overall is not None or not owed:
            return overall
        categories = [category for obligation in owed for category in obligation.categories]
        total = in_total(obligation.total for obligation in owed)
        if len(set(categories)) == len(categories):
            return total
        return count(max(lowest(obligation.total) for obligation in owed), highest(total))

    def serves(self, direction: Direction, category: str, obligation: Obligation) -> bool:
        """Whether a release counts toward an obligation; one that names a group is served by its members."""
        return (
            obligation.covers(category)
            and direction.releasing in self._standing_for(obligation.releasing)
            and direction.receiving in self._standing_for(obligation.receiving)
        )

    def exchanged(self, tally: Tally, direction: Direction, categories: Collection[str] = ()) -> Count:
        """How many went in a direction, a group's members included: in these categories, or in all."""
        releasing, receiving = map(self._standing_for, direction)
        return in_total(
            [
                number
                for (by, to, category), number in tally.counts.items()
                if by in releasing and to in receiving and (not categories or category in categories)
            ]
        )

    def by_category(self, tally: Tally, direction: Direction) -> dict[str, Count]:
        """How many went in a direction, a group's members included, of each category that was counted."""
        releasing, receiving = map(self._standing_for, direction)
        found: dict[str, Count] = {}
        for (by, to, category), number in tally.counts.items():
            if by in releasing and to in receiving:
                found[category] = found.get(category, 0) + number
        return found

    def categories(self, tally: Tally, direction: Direction) -> list[str]:
        """The categories counted in a direction, a group's members included, in alphabetical order."""
        return sorted(self.by_category(tally, direction))

    def done(self, tally: Tally, obligation: Obligation) -> Count:
        """How much of an obligation was exchanged."""
        return self.exchanged(tally, obligation.direction, obligation.categories)

    def are_exhausted_by(self, tally: Tally) -> bool:
        """Whether there is something to be done, and nothing more can be done."""
        done = [obligation.is_exhausted_by(self.done(tally, obligation)) for obligation in self.obligations]
        return bool(done) and all(done)

    def _standing_for(self, code: str) -> tuple[str, ...]:
        """The codes that a name in an obligation stands for: a group's own and its members', or itself."""
        return self._codes_of.get(code) or (code,)

    @cached_property
    def _codes_of(self) -> dict[str, tuple[str, ...]]:
        return {party.code: party.codes for party in self.parties}

    def balance(self, tally: Tally) -> tuple[Balance, ...]:
        """For each party, the weighted value of what it released and of what it received.

        A group counts as one: what one of its members released may be paid for to another.
        """
        released: dict[str, Count] = {}
        received: dict[str, Count] = {}
        for (by, to, category), number in tally.counts.items():
            value = number * self.symmetry.weight(category)
            for code, values in ((by, released), (to, received)):
                if party := self.party(code):
                    values[party.code] = values.get(party.code, 0) + value
        return tuple(
            Balance(party.code, released.get(party.code, 0), received.get(party.code, 0))
            for party in self.parties
        )


@attrs.frozen
class Balance:
    """What a party released and what it received, in weighted value."""

    party: str
    released: Count
    received: Count

    @property
    def is_even(self) -> bool | None:
        """Whether both are equal; ``None`` where ranges leave it open."""
        return equal(self.released, self.received)


def all_even(balances: Iterable[Balance]) -> bool | None:
    """Whether every party is even; ``None`` where that cannot be known."""
    even = [balance.is_even for balance in balances]
    return False if False in even else None if None in even else True
