"""Comparing: the figures of every history, so that a page can lay any two of them side by side.

The one rule: the figures are those that `diff` compares, and the page only looks where they differ.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs

from reciprocity.replay import vocabulary, wording
from reciprocity.replay.report import words
from reciprocity.replay.report.parts import Distinct, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from reciprocity.domain import Count, Terms
    from reciprocity.projections import Figure
    from reciprocity.replay.report.answers import Answers


@attrs.frozen
class Figures:
    """Figures by their names and values, both each once.

    A *group* holds the figures after one phase, or of now, as numbers of names and values in turn; a history
    has a list of groups. *now* says of each name whether its figure is one of now.
    """

    names: Part
    values: Part
    groups: Distinct[tuple[int, ...]]
    now: tuple[bool, ...]
    by_history: tuple[tuple[int, ...], ...]

    @classmethod
    def of(cls, told: Sequence[Answers], terms: Terms, render: Any) -> Figures:
        """The figures of these answers; *terms* have the names of the parties."""
        names, values, groups = Part("names"), Part("values"), Distinct[tuple[int, ...]]()
        known = sorted({figure for one in told for figure in one.figures}, key=_order)
        for figure in known:
            names.piece(figure, render.figure_name, figure_name(terms, figure))

        def group(of: Answers, phase: int | None) -> tuple[int, ...]:
            mine = sorted((f for f in of.figures if f.phase == phase), key=_order)
            return tuple(n for figure in mine for n in (names.piece(figure, str), value(figure, of)))

        def value(figure: Figure, of: Answers) -> int:
            said = _value(figure, of.figures[figure])
            return values.piece(said, render.figure_value, said)

        by_history = tuple(
            tuple(
                groups.number(group(one, phase))
                for phase in sorted({f.phase for f in one.figures}, key=lambda phase: phase or 0)
            )
            for one in told
        )
        return cls(names, values, groups, tuple(figure.phase is None for figure in known), by_history)


def figure_name(terms: Terms, of: Figure) -> Markup:
    """The name of a figure: after which phase, in which direction, of which category, what is counted."""
    measure = words.say(of.measure)
    if of.direction is None:
        return measure
    when = words.say("after phase {phase}", phase=of.phase) if of.phase else words.say("now")
    direction = words.direction(terms, of.direction)
    if of.category is None:
        return words.say("{when}, {direction}: {measure}", when=when, direction=direction, measure=measure)
    return words.say(
        "{when}, {direction}: {category}, {measure}",
        when=when,
        direction=direction,
        category=wording.category(of.category),
        measure=measure,
    )


def _value(figure: Figure, value: Count | str) -> str:
    if isinstance(value, str):
        return vocabulary.status(value)
    return wording.figure(value) if figure.measure == "exchanged" else wording.total(value)


def _order(figure: Figure) -> tuple[bool, int, str, str, str]:
    return (
        figure.phase is not None,
        figure.phase or 0,
        str(figure.direction or ""),
        figure.category or "",
        figure.measure,
    )
