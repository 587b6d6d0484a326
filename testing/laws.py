"""Laws: what holds of every projection, whatever it answers. The one rule: a law asks only for rows.

A projection is a pure fold of recorded events. From that follows all that is asked here, so a projection
that breaks a law gives another answer live than in a rebuild, or today than tomorrow.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reciprocity.domain import AgreementSigned, Recorded
from reciprocity.projections import CountsOnly, Projection, at, fold_log
from reciprocity.store import Register
from reciprocity.testing.recorded import logs
from reciprocity.testing.renaming import renamed

Log: TypeAlias = tuple[Recorded, ...]

_NEVER_YET, _FOR_EVER = dt.date(1, 1, 1), dt.date(9000, 1, 1)


class ProjectionLaws:
    """Subclass it in a test with a *projection*, and pytest tries every law on histories that are made up.

    *logs* is where they come from, `recorded.logs` if nothing else is said; *max_examples* is how many each
    law tries, as many as Hypothesis' settings say if nothing else is said. A
    law that cannot hold of a projection is taken out by its name: one that answers for one party only has
    ``test_no_party_is_favoured = None``.

    >>> from reciprocity.projections import Cumulative
    >>> class TestCumulative(ProjectionLaws):
    ...     projection = Cumulative()
    >>> TestCumulative().test_the_rest_after_a_part_is_the_whole()
    """

    projection: ClassVar[Projection[Any, Any]]
    logs: ClassVar[st.SearchStrategy[Log]] = logs(longest=5)
    max_examples: ClassVar[int | None] = None

    def __init_subclass__(cls, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        for name, law in _LAWS.items():
            if name not in vars(cls):
                setattr(cls, name, _tried(name, law, cls.logs, cls.max_examples))

    def test_the_rest_after_a_part_is_the_whole(self) -> None:
        """A log folded in two parts gives the rows of the whole: nothing is lost between them."""

    def test_the_state_before_stays_as_it_was(self) -> None:
        """Going on from a state leaves that state: its rows are afterwards what they were before."""

    def test_the_same_events_give_the_same_rows(self) -> None:
        """The rows do not depend on when they are asked for, nor on how often."""

    def test_no_party_is_favoured(self) -> None:
        """With the names of two parties exchanged in the log, the rows are the same, but for these names."""

    def test_what_was_known_is_a_part_of_the_log(self) -> None:
        """Known at an instant is the answer to what was recorded by then, and to no more."""

    def test_as_of_the_last_day_is_the_whole(self) -> None:
        """As of a day after all there is, nothing is left out; before all there is, nothing is left."""

    def test_the_earlier_of_two_days_counts(self) -> None:
        """As of one day, and of that as of another, is as of the earlier."""

    def test_what_is_stored_gives_the_same_rows(self) -> None:
        """Out of a register come the rows of the events that went in, also where they are only counted."""

    def rows(self, log: Iterable[Recorded]) -> list[Any]:
        """The answer of *log*, event by event."""
        state = self.projection.initial()
        for recorded in log:
            state = self.projection.apply(state, recorded)
        return list(self.projection.rows(state))

    def renamed_row(self, row: Any, names: Mapping[str, str]) -> Any:
        """A row with parties called by other names. For rows that `renamed` does not know: say how."""
        return renamed(row, names)


Law: TypeAlias = Callable[[ProjectionLaws, Log, st.DataObject], None]


def _tried(
    name: str, law: Law, on: st.SearchStrategy[Log], examples: int | None
) -> Callable[[ProjectionLaws], None]:
    """The law as a test of its own: each subclass has its own, and its own examples kept."""

    def test(self: ProjectionLaws, log: Log, data: st.DataObject) -> None:
        law(self, log, data)

    test.__name__, test.__doc__ = name, getattr(ProjectionLaws, name).__doc__
    test.__qualname__ = f"{ProjectionLaws.__name__}.{name}"
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]  # histories are built step by step
    known = settings(
        max_examples=examples or settings().max_examples,
        deadline=None,
        suppress_health_check=[*settings().suppress_health_check, *slow],
    )
    return known(given(on, st.data())(test))


def _the_rest_after_a_part_is_the_whole(laws: ProjectionLaws, log: Log, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, len(log)), label="events in the first part")
    state = laws.projection.initial()
    for recorded in log[:part]:
        state = laws.projection.apply(state, recorded)
    list(laws.projection.rows(state))
    for recorded in log[part:]:
        state = laws.projection.apply(state, recorded)
    _same(list(laws.projection.rows(state)), laws.rows(log), "in two parts", "as a whole")


def _the_state_before_stays_as_it_was(laws: ProjectionLaws, log: Log, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, len(log)), label="events before")
    state = laws.projection.initial()
    for recorded in log[:part]:
        state = laws.projection.apply(state, recorded)
    before, later = list(laws.projection.rows(state)), state
    for recorded in log[part:]:
        later = laws.projection.apply(later, recorded)
    _same(list(laws.projection.rows(state)), before, "of a state after going on from it", "of it before")


def _the_same_events_give_the_same_rows(laws: ProjectionLaws, log: Log, _: st.DataObject) -> None:
    state = laws.projection.initial()
    for recorded in log:
        state = laws.projection.apply(state, recorded)
    once = list(laws.projection.rows(state))
    _same(list(laws.projection.rows(state)), once, "asked for again", "asked for once")
    _same(laws.rows(log), once, "of the log folded again", "of the log folded once")


def _no_party_is_favoured(laws: ProjectionLaws, log: Log, data: st.DataObject) -> None:
    signed = [one.event.terms for one in log if isinstance(one.event, AgreementSigned)]
    if not signed:
        return
    codes = data.draw(st.permutations(sorted({party.code for terms in signed for party in terms.parties})))
    names = {codes[0]: codes[1], codes[1]: codes[0]}
    mirrored = [laws.renamed_row(row, names) for row in laws.rows(log)]
    found = laws.rows(renamed(log, names))
    left = list(mirrored)
    for row in found:
        if row in left:
            left.remove(row)
    if left or len(found) != len(mirrored):
        between = f"of the log with {codes[0]} and {codes[1]} exchanged"
        _same(found, mirrored, between, "with the names exchanged in them")


def _what_was_known_is_a_part_of_the_log(laws: ProjectionLaws, log: Log, data: st.DataObject) -> None:
    instant = data.draw(st.sampled_from([one.recorded_at for one in log]), label="known at")
    known = at(iter(log), known_at=instant)
    part = [one for one in log if one.recorded_at <= instant]
    _same(laws.rows(known), laws.rows(part), f"as known at {instant}", "of what was recorded by then")


def _as_of_the_last_day_is_the_whole(laws: ProjectionLaws, log: Log, _: st.DataObject) -> None:
    _same(laws.rows(at(log, as_of=_FOR_EVER)), laws.rows(log), "as of a day after all", "of the whole log")
    _same(laws.rows(at(log, as_of=_NEVER_YET)), laws.rows(()), "as of a day before all", "of no log")


def _the_earlier_of_two_days_counts(laws: ProjectionLaws, log: Log, data: st.DataObject) -> None:
    days = [one.recorded_at.date() for one in log]
    one, other = (data.draw(st.sampled_from(days), label="as of") for _ in range(2))
    twice = at(list(at(log, as_of=one)), as_of=other)
    once = at(log, as_of=min(one, other))
    _same(laws.rows(twice), laws.rows(once), f"as of {one} and then of {other}", f"as of {min(one, other)}")


def _what_is_stored_gives_the_same_rows(laws: ProjectionLaws, log: Log, _: st.DataObject) -> None:
    with Register.open("memory:") as register:
        register.take_over(log)
        stored = register.log()
        _same(laws.rows(stored), laws.rows(log), "of the events as stored", "of the events as given")
        if isinstance(laws.projection, CountsOnly):
            counted = list(laws.projection.rows(fold_log(laws.projection, stored)))
            _same(counted, laws.rows(log), "of what is only counted", "of the events")


_LAWS: Mapping[str, Law] = {
    "test_the_rest_after_a_part_is_the_whole": _the_rest_after_a_part_is_the_whole,
    "test_the_state_before_stays_as_it_was": _the_state_before_stays_as_it_was,
    "test_the_same_events_give_the_same_rows": _the_same_events_give_the_same_rows,
    "test_no_party_is_favoured": _no_party_is_favoured,
    "test_what_was_known_is_a_part_of_the_log": _what_was_known_is_a_part_of_the_log,
    "test_as_of_the_last_day_is_the_whole": _as_of_the_last_day_is_the_whole,
    "test_the_earlier_of_two_days_counts": _the_earlier_of_two_days_counts,
    "test_what_is_stored_gives_the_same_rows": _what_is_stored_gives_the_same_rows,
}


def _same(found: Sequence[Any], due: Sequence[Any], which: str, others: str) -> None:
    if list(found) == list(due):
        return
    apart = next(
        (f"row {n}: {a!r} and {b!r}" for n, (a, b) in enumerate(zip(found, due, strict=False), 1) if a != b),
        f"{len(found)} rows and {len(due)}",
    )
    raise AssertionError(f"the rows {which} are not the rows {others}: {apart}")
