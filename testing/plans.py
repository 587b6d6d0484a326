"""Plans: what an agreement is to come to, in plain integers. The one rule: no more is told than was planned.

A plan is a number of *rounds*: chains of releases that are worth the same and end where they began. Each
phase hands over some units of each round, never more than are left, so that no total can be exceeded and
every party is even. Nothing is tried out and thrown away, and no rule is asked.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from functools import lru_cache

import attrs
from hypothesis import strategies as st

from reciprocity.domain import (
    CIVILIAN,
    MORTAL_REMAINS,
    OPEN,
    PRISONER_OF_WAR,
    AgreementSigned,
    Count,
    Event,
    Kept,
    Manifest,
    Obligation,
    Party,
    Range,
    Symmetry,
    Terms,
    Transfer,
    Weight,
)
from reciprocity.testing.plain import Plain
from reciprocity.testing.strategies import CATEGORIES, CODES, FIRST_DAY, STRANGER, plain_texts

# A strategy is made once, and drawn from many times: to make one takes longer than to draw.
_SHAPES = st.sampled_from(["two", "two", "two", "three", "group"])
_WEIGHTS = {
    PRISONER_OF_WAR: st.sampled_from([1, 1, 1, 2, 30]),
    CIVILIAN: st.sampled_from([1, 1, 3]),
    MORTAL_REMAINS: st.sampled_from([0, 0, 1]),
}
_KEPT = st.sampled_from(Kept)
_SIGNED_ON = st.none() | st.dates(FIRST_DAY, FIRST_DAY + dt.timedelta(days=30))
_UNITS = st.sampled_from([1, 2, 3, 4, 100])
_STYLES = st.sampled_from(["exactly", "exactly", "exactly", "at least", "between", "all for all"])
_SPARE = st.sampled_from([0, 0, 0, 2])
_COVERAGES = st.sampled_from(["overall", "overall", "quotas", "by category", "together"])
_EXTRA: st.SearchStrategy[Count] = st.sampled_from((0, 1, 500, Range(3), Range(3, 5)))
Coverage = tuple[str, str, tuple[str, ...]]  # releasing, receiving, the categories it is for


@dataclass(frozen=True)
class Leg:
    """One link of a round: so many persons are released for each unit of it."""

    releasing: str
    receiving: str
    category: str
    each: int


@dataclass
class Plan:
    """What is to be done in all, and how many units of each leg are left to do."""

    kept: Kept
    weights: dict[str, int]
    parties: tuple[Party, ...]
    rounds: list[tuple[Leg, ...]] = field(default_factory=list)
    units: list[int] = field(default_factory=list)
    done: dict[int, dict[tuple[int, int], int]] = field(default_factory=dict)  # by phase, by leg
    styles: dict[Coverage, tuple[str, int, int]] = field(default_factory=dict)
    signed_on: dt.date | None = None

    @property
    def codes(self) -> list[str]:
        """Every code that stands for a party or a member of one."""
        return [code for party in self.parties for code in party.codes]

    def left(self, nth: int, leg: int) -> int:
        """How many units of a leg of a round are not done yet."""
        return self.units[nth] - sum(done.get((nth, leg), 0) for done in self.done.values())

    def planned(self, coverage: Coverage) -> int:
        """How many persons the whole plan releases, of those that an obligation is for."""
        releasing, receiving, categories = coverage
        standing_for = {party.code: party.codes for party in self.parties}
        givers, takers = standing_for.get(releasing, (releasing,)), standing_for.get(receiving, (receiving,))
        return sum(
            leg.each * units
            for legs, units in zip(self.rounds, self.units, strict=True)
            for leg in legs
            if leg.releasing in givers
            and leg.receiving in takers
            and (not categories or leg.category in categories)
        )

    def terms(self, title: str) -> Terms:
        """Terms under which the whole plan may be carried out."""
        return Terms(
            title=title,
            parties=self.parties,
            obligations=tuple(
                Obligation(*coverage[:2], _total(style, self.planned(coverage)), coverage[2])
                for coverage, style in self.styles.items()
            ),
            symmetry=Symmetry(self.kept, tuple(Weight(*weight) for weight in self.weights.items())),
            signed_on=self.signed_on,
        )


def _total(style: tuple[str, int, int], planned: int) -> Count:
    kind, below, over = style
    least = max(0, planned - below)
    match kind:
        case "at least":
            return Range(least)
        case "between":
            return Range(least, planned + over + 1)
        case "all for all":
            return OPEN
        case _:
            return planned + over


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Whom an agreement is between, what one of each category is worth, and what is to be exchanged."""
    shape = draw(_SHAPES)
    codes = CODES
    parties = [Party(code, code) for code in codes[: 3 if shape == "three" else 2]]
    if shape == "group":
        members = (Party(codes[3], codes[3]), Party(codes[4], codes[4]))
        parties[0] = Party(codes[0], codes[0], members)
    weights = {category: draw(weight) for category, weight in _WEIGHTS.items()}
    plan = Plan(draw(_KEPT), weights, tuple(parties))
    plan.signed_on = draw(_SIGNED_ON)
    for _ in range(draw(st.integers(1, 3))):
        plan.rounds.append(draw(_round(plan)))
        plan.units.append(draw(_UNITS))
    for coverage in draw(_coverage(plan)):
        style, spare = draw(_STYLES), draw(_SPARE)
        plan.styles[coverage] = (style, draw(st.integers(0, 2)), spare)
    return plan


@st.composite
def _round(draw: st.DrawFn, plan: Plan) -> tuple[Leg, ...]:
    """Releases that go around: whoever releases receives the same value from the next, or from the last."""
    if plan.weights[MORTAL_REMAINS] == 0 and draw(st.integers(0, 4)) == 0:
        giver, taker, *_ = draw(st.permutations(plan.parties))
        one = draw(st.integers(1, 3))
        return (Leg(_voice(draw, giver), _voice(draw, taker), MORTAL_REMAINS, one),)
    around = draw(st.permutations(plan.parties))[: draw(st.integers(2, len(plan.parties)))]
    weighty = _one(tuple(category for category in CATEGORIES if plan.weights[category]))
    categories = [draw(weighty) for _ in around]
    value = math.lcm(*(plan.weights[category] for category in categories))
    following = [*around[1:], around[0]]
    return tuple(
        Leg(_voice(draw, giver), _voice(draw, taker), category, value // plan.weights[category])
        for giver, taker, category in zip(around, following, categories, strict=True)
    )


def _voice(draw: st.DrawFn, party: Party) -> str:
    """The code under which a party acts: of a group, that of a member as likely as its own."""
    return draw(_one(tuple(party.codes)))


@lru_cache
def _one(texts: tuple[str, ...]) -> st.SearchStrategy[str]:
    return st.sampled_from(texts)


@st.composite
def _coverage(draw: st.DrawFn, plan: Plan) -> list[Coverage]:
    """Obligations for every direction in the plan: overall, with quotas, or category by category."""
    found: list[Coverage] = []
    by_direction: dict[tuple[str, str], list[str]] = {}
    for leg in (leg for legs in plan.rounds for leg in legs):
        used = by_direction.setdefault((leg.releasing, leg.receiving), [])
        used.extend([leg.category] if leg.category not in used else [])
    for (releasing, receiving), categories in by_direction.items():
        match draw(_COVERAGES):
            case "overall":
                found.append((releasing, receiving, ()))
            case "quotas":
                found += [(releasing, receiving, ()), (releasing, receiving, (categories[0],))]
            case "by category":
                found += [(releasing, receiving, (category,)) for category in categories]
            case _:
                found.append((releasing, receiving, tuple(categories)))
    return found


@st.composite
def handed_over(draw: st.DrawFn, plan: Plan, phase: int) -> Manifest:
    """Rows for a phase out of what is left of the plan, which takes note of them."""
    plan.done.pop(phase, None)
    done: dict[tuple[int, int], int] = {}
    all_that_is_left = draw(st.integers(0, 2)) == 0
    for nth, legs in enumerate(plan.rounds):
        even = plan.kept is Kept.EACH_PHASE or draw(st.booleans())
        least = min(plan.left(nth, leg) for leg in range(len(legs)))
        together = least if all_that_is_left else draw(st.integers(0, least))
        for leg in range(len(legs)):
            left = plan.left(nth, leg)
            done[nth, leg] = together if even else left if all_that_is_left else draw(st.integers(0, left))
    plan.done[phase] = done
    sums: dict[tuple[str, str, str], int] = {}
    for (nth, number), units in done.items():
        link = plan.rounds[nth][number]
        lane = (link.releasing, link.receiving, link.category)
        sums[lane] = sums.get(lane, 0) + link.each * units
    exact = plan.kept is Kept.EACH_PHASE
    rows = [Transfer(*lane, n if exact else draw(_known(n))) for lane, n in sums.items()]
    return (*rows, *draw(_beside(plan)))


@lru_cache(1_000)
def _known(number: int) -> st.SearchStrategy[Count]:
    """What may be known of a number: it, or a range that starts no higher."""
    ranges = st.builds(
        lambda low, above: Range(low, number + above),
        st.integers(0, max(0, number - 1)),
        st.integers(1, 3),
    )
    return st.one_of(*[st.just(number)] * 5, ranges, st.integers(0, number).map(Range))


@st.composite
def _beside(draw: st.DrawFn, plan: Plan) -> list[Transfer]:
    """Rows that bind nobody: extra releases outside the agreement, and some of which nobody is sure."""
    two = [plan.parties[0].code, plan.parties[1].code]
    found: list[Transfer] = []
    if draw(st.integers(0, 4)) == 0:
        giver, taker = draw(st.permutations([two[0], STRANGER]))
        extra = draw(_EXTRA)
        found.append(Transfer(giver, taker, "detainee", extra, within_agreement=False))
    if draw(st.integers(0, 4)) == 0:
        giver, taker = draw(st.permutations(two))
        unclear = draw(_EXTRA)
        found.append(Transfer(giver, taker, CIVILIAN, unclear, within_agreement=None))
    return found


@dataclass
class Told:
    """A history so far: the plan behind it, what it comes to, and the requests that made it."""

    plan: Plan
    state: Plain = field(default_factory=Plain)
    requests: list[Event] = field(default_factory=list)

    def tell(self, event: Event) -> None:
        """Add one event, told apart from any before it by a note."""
        event = attrs.evolve(event, notes=(*event.notes, f"entry {len(self.requests) + 1}"))
        self.requests.append(event)
        self.state = self.state.with_one_more(event).settled()


def signed(plan: Plan, title: str) -> AgreementSigned:
    """The signing of an agreement under which the plan can be carried out."""
    return AgreementSigned(terms=plan.terms(title))


@st.composite
def signatures(draw: st.DrawFn) -> Told:
    """An agreement just signed."""
    told = Told(draw(plans()))
    told.tell(signed(told.plan, draw(plain_texts)))
    return told


def lawful_terms() -> st.SearchStrategy[Terms]:
    """Terms that make sense: parties, obligations between them, and something that can be done under them."""
    return st.builds(Plan.terms, plans(), plain_texts)
