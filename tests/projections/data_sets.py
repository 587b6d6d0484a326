"""Data sets of lawful histories, and what the folds say of the same."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import attrs
from hypothesis import strategies as st

from reciprocity import seeds
from reciprocity.domain import AgreementSigned, Recorded, TermsAmended
from reciprocity.projections import (
    Cumulative,
    Facts,
    Standing,
    StandingRow,
    Timeline,
    TimelineRow,
    ask,
    bulk,
    fold_log,
    largest_agreement,
    largest_phase,
)
from reciprocity.replay import data_set
from reciprocity.replay.journal import read_journal
from reciprocity.replay.record import record
from reciprocity.store import Register
from reciprocity.testing.recorded import positioned, recordings
from tests.projections.compiled import Part, Question


@attrs.frozen
class Told:
    """A log in memory."""

    events: Sequence[Recorded]

    def log(self, *, after: int = 0, up_to: int | None = None) -> Iterable[Recorded]:
        return iter(self.events[after:up_to])


@st.composite
def crowded_logs(draw: st.DrawFn, fewest: int = 1) -> tuple[Recorded, ...]:
    """Several agreements in one log, in the order of their recording; some of them are series."""
    told = list[Recorded]()
    for number in range(draw(st.integers(fewest, 8))):
        series = draw(st.integers(0, 3)) == 0
        told += [_as_series(one) if series else one for one in draw(recordings(f"a-{number}"))]
    return positioned(sorted(told, key=lambda one: one.recorded_at))


def _as_series(one: Recorded) -> Recorded:
    event = one.event
    if isinstance(event, AgreementSigned | TermsAmended):
        event = attrs.evolve(event, terms=attrs.evolve(event.terms, series=True))
    return attrs.evolve(one, event=event)


def written(path: Path, log: Sequence[Recorded], ends: Iterable[int] = (), *, positions: int = 100) -> Path:
    """A data set of the log, added to at each of these ends and at the last."""
    for end in (*sorted(ends), len(log)):
        data_set.add(Told(log[:end]), path, positions=positions)
    return path


def of_the_seeds(folder: Path) -> tuple[Path, list[Recorded]]:
    """A data set of all seeds, in several stretches, and the log of which it is."""
    log = list(_log_of_the_seeds())
    return written(folder / "seeds", log, positions=50), log


@cache
def _log_of_the_seeds() -> tuple[Recorded, ...]:
    with Register.open("memory:") as register:
        for name in seeds.names():
            record(register, read_journal(seeds.path(name) or Path()))
        return tuple(register.log())


Data: TypeAlias = bulk.DataSet | Part
"""What a question can be asked of."""


def _asked(question: Question, data: Data) -> Any:
    return data.answer(question) if isinstance(data, Part) else question(data)


def check_cumulative(data: Data, log: Sequence[Recorded]) -> None:
    assert list(bulk.cumulative_rows(_asked(bulk.cumulative, data))) == ask(Cumulative(), log)


def check_timeline(data: Data, log: Sequence[Recorded]) -> None:
    told = [_answer(row) for row in ask(Timeline(), log)]
    answers = list(bulk.phase_answers(_asked(bulk.timeline, data)))
    assert answers == told
    for one, other in zip(answers, told, strict=True):
        assert _in_order(one) == _in_order(other)


def check_standing(data: Data, log: Sequence[Recorded]) -> None:
    state = fold_log(Standing(), log)
    told = [_stands(row) for row in Standing().rows(state)]
    answers = list(bulk.standing_answers(_asked(bulk.standing, data)))
    assert answers == told
    for one, other in zip(answers, told, strict=True):
        assert [*one.exchanged, *one.remaining] == [*other.exchanged, *other.remaining]
    assert bulk.largest(_asked(bulk.largest_phase, data)) == largest_phase(state)
    assert bulk.largest(_asked(bulk.largest_agreement, data)) == largest_agreement(state)


def check_facts(data: Data, log: Sequence[Recorded]) -> None:
    assert list(bulk.fact_rows(_asked(bulk.facts, data))) == ask(Facts(), log)


Check = Callable[[Data, Sequence[Recorded]], None]
CHECKS: tuple[Check, ...] = (check_cumulative, check_timeline, check_standing, check_facts)


def _answer(row: TimelineRow) -> bulk.PhaseAnswer:
    return bulk.PhaseAnswer(
        row.agreement,
        row.phase,
        row.completed_on,
        row.place,
        row.transfers,
        row.cumulative,
        row.remaining,
        row.balanced,
        row.after.status.value,
        row.version,
        row.position,
    )


def _in_order(row: bulk.PhaseAnswer) -> list[object]:
    return [*row.remaining, *((way, *figures) for way, figures in row.cumulative.items())]


def _stands(row: StandingRow) -> bulk.StandingAnswer:
    assert row.last_recorded_at is not None
    return bulk.StandingAnswer(
        row.agreement,
        row.title,
        row.status,
        row.series,
        row.phases,
        row.persons,
        {way: row.totals.over(way) for way in row.totals.directions()},
        row.totals.remaining(),
        row.progress,
        row.last_completed_on,
        row.events,
        row.last_recorded_at,
    )
