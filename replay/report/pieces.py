"""Pieces: which rows of the answers each part of a page shows. The one rule: it asks, and counts nothing.

Each function gives the numbers of the pieces that answer one question by one history; a piece is told apart
by the rows it is made of, so that what two histories answer alike is in the page once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

from reciprocity.domain import OPEN, RULES, Direction, Obligation, Status, Terms, Verdict
from reciprocity.domain.terms import all_even
from reciprocity.domain.values import remaining
from reciprocity.projections import Label
from reciprocity.replay import wording
from reciprocity.replay.language import to_say
from reciprocity.replay.report import drawing
from reciprocity.replay.report.claimed import columns, speakers

if TYPE_CHECKING:
    from reciprocity.domain import Count
    from reciprocity.projections import TimelineRow
    from reciprocity.replay.report.answers import Answers
    from reciprocity.replay.report.parts import Part

_EVEN = {True: to_say("even"), False: to_say("uneven"), None: to_say("unknown whether even")}

Owed: TypeAlias = tuple[Direction, tuple[str, ...]]
"""A direction, and the categories that are counted in it; all, if none is named."""

Numbers: TypeAlias = Callable[["Part", "Answers"], list[int]]


@attrs.frozen
class Pieces:
    """Gives each part of an agreement its pieces, by a template's macros; *now* are the terms of now."""

    id: str
    now: Terms
    render: Any

    def kinds(self) -> dict[str, Numbers]:
        """The parts of a page, by their names."""
        return {
            "standing": self.standing,
            "cards": self.cards,
            "terms": self.terms,
            "phases": self.phases,
            "claims": self.claims,
            "rules": self.rules,
            "events": self.events,
            "spoken": self.spoken,
            "overview": self.overview,
        }

    def standing(self, part: Part, of: Answers) -> list[int]:
        """Where it stands, and whether the sides are even."""
        balances = of.agreement.balance()
        even = _EVEN[all_even(balances)]
        key = (of.totals.status, len(of.phases), len(of.history), balances, of.totals.terms.parties)
        return [part.piece(key, self.render.standing, of, balances, even)]

    def cards(self, part: Part, of: Answers) -> list[int]:
        """Each obligation: how much of it was exchanged, what remains, and who said so."""
        return [self._card(part, of, *one) for one in owed(of)]

    def _card(self, part: Part, of: Answers, direction: Direction, categories: tuple[str, ...]) -> int:
        terms, exchanged = of.totals.terms, of.totals.over(direction, categories)
        by_category = tuple(
            (name, of.totals.over(direction, (name,)))
            for name in of.totals.categories(direction)
            if name in (categories or (name,)) and categories != (name,)
        )
        total = agreed(terms, direction, categories)
        said = speakers(terms, of.cells, Obligation(*direction, OPEN, categories))
        key = (direction, categories, exchanged, total, by_category, said, terms.parties)
        left = None if total is None else remaining(total, exchanged)
        bar = None if total is None else drawing.bar(exchanged, total)
        return part.piece(
            key,
            self.render.card,
            terms,
            direction,
            categories,
            exchanged,
            total,
            left,
            bar,
            by_category,
            said,
        )

    def terms(self, part: Part, of: Answers) -> list[int]:
        """What was agreed, as it then stood."""
        facts = [fact for fact in (of.agreement.signed, of.agreement.amended) if fact is not None]
        if not facts:
            return []
        cited = [source for fact in facts for source in (*fact.sources, *fact.terms.sources)]
        sources = tuple(dict.fromkeys(cited))
        notes = tuple(note for fact in facts for note in fact.notes)
        terms, amended = of.totals.terms, of.agreement.amended
        symmetry = wording.symmetry(terms.symmetry)
        key = (terms, amended, sources, notes)
        return [part.piece(key, self.render.terms, terms, symmetry, amended, sources, notes)]

    def phases(self, part: Part, of: Answers) -> list[int]:
        """Each phase that took place, then each that is planned."""
        parties = of.totals.terms.parties
        return [
            *(self._phase(part, of, row) for row in of.phases),
            *(part.piece((one, parties), self.render.planned, of.totals.terms, one) for one in of.planned),
        ]

    def _phase(self, part: Part, of: Answers, row: TimelineRow) -> int:
        after = row.after
        lines = tuple(
            (direction, serves, transfers, serves and after.terms.done(after.exchanged, serves))
            for direction, serves, transfers in row.by_obligation()
        )
        disputed = frozenset(
            cell.direction for cell in of.cells if cell.phase == row.phase and cell.label is Label.DISPUTED
        )
        known = of.agreement.phase(row.phase)
        facts = tuple(fact for fact in (known.completed, known.corrected) if fact is not None)
        key = (row.phase, row.version, lines, row.balanced, disputed, facts, after.terms.parties)
        return part.piece(key, self.render.phase, row, lines, _EVEN[row.balanced], disputed, facts)

    def claims(self, part: Part, of: Answers) -> list[int]:
        """Each recorded figure beside what was said of it."""
        parties = columns(self.now.parties)
        return [part.piece(cell, self.render.claim, self.now, cell, parties) for cell in of.cells]

    def rules(self, part: Part, of: Answers) -> list[int]:
        """Each rule, and what it found."""
        if not of.history:
            return []
        shown: list[int] = []
        for name in (rule.__name__ for rule in RULES):
            mine = [row for row in of.verdicts if row.finding.rule == name]
            violated = tuple(row for row in mine if row.finding.verdict is Verdict.VIOLATED)
            doubts = tuple(row for row in mine if row.finding.verdict is Verdict.UNDECIDABLE)
            shown.append(part.piece((name, violated, doubts), self.render.rule, name, violated, doubts))
        return shown

    def events(self, part: Part, of: Answers) -> list[int]:
        """Each event that is told, with its sources and notes."""
        return [part.piece(one, self.render.event, one) for one in of.history]

    def spoken(self, part: Part, of: Answers) -> list[int]:
        """The figures in a sentence, for those who hear the page."""
        rows, status = _figures(of), of.totals.status
        return [part.piece((rows, status), self.render.spoken, of.totals.terms, rows, status.value)]

    def overview(self, part: Part, of: Answers) -> list[int]:
        """One row of the table of all agreements."""
        terms, status, phases = of.totals.terms, of.totals.status, len(of.phases)
        title = self.now.title if status is Status.UNSIGNED else terms.title
        rows = _figures(of)
        key = (title, status, phases, rows)
        return [part.piece(key, self.render.overview, self.id, title, terms, status.value, phases, rows)]


def owed(of: Answers) -> list[Owed]:
    """Each obligation; where there is none, each direction in which something counted."""
    obligations = of.totals.terms.obligations
    if obligations:
        return [(one.direction, one.categories) for one in obligations]
    return [(direction, ()) for direction in of.totals.directions()]


def agreed(terms: Terms, direction: Direction, categories: tuple[str, ...]) -> Count | None:
    """The total of an obligation; ``None`` where there is none."""
    return next((one.total for one in terms.owed(direction) if one.categories == categories), None)


def _figures(of: Answers) -> tuple[tuple[Direction, tuple[str, ...], Count, Count | None], ...]:
    totals = of.totals
    return tuple((*one, totals.over(*one), agreed(totals.terms, *one)) for one in owed(of))
