"""The relations of a data set as tables of Ibis. The one rule: all that is asked is asked of these."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypeAlias

import attrs
from ibis import _

Table: TypeAlias = Any
"""An `ibis.Table`; Ibis says nothing of its types."""

Value: TypeAlias = Any
"""A column, or what one is computed from."""

WAY = ("releasing", "receiving")
LANE = (*WAY, "category")

COMPLETED, CORRECTED, VOIDED = "phase-completed", "phase-corrected", "phase-voided"


@attrs.frozen
class DataSet:
    """The relations of `reciprocity.projections.entries`, as tables of an engine."""

    entries: Table
    events: Table
    terms: Table
    obligations: Table
    parties: Table
    weights: Table

    def known_at(self, instant: dt.datetime) -> DataSet:
        """What was recorded by an instant."""
        return self._where(_.recorded_at <= instant)

    def up_to(self, position: int) -> DataSet:
        """What was recorded up to a position."""
        return self._where(_.position <= position)

    def of(self, agreement: str) -> DataSet:
        """What was recorded of one agreement."""
        return self._where(_.agreement == agreement)

    def _where(self, condition: Value) -> DataSet:
        # Obligations, parties and weights are asked for by the terms that they belong to.
        return attrs.evolve(
            self,
            entries=self.entries.filter(condition),
            events=self.events.filter(condition),
            terms=self.terms.filter(condition),
        )


def added_up(entries: Table, *by: str) -> Table:
    """What entries come to in each lane, as a `Sum`: the least, the bounded parts, how many are unbounded.

    An entry whose standing is unclear adds anything from nothing on; one outside the agreement is none.
    """
    counted = entries.filter(_.within_agreement.fill_null(True))
    return counted.group_by(*by, *LANE).agg(
        at_least=(_.sign * _.within_agreement.ifelse(_.at_least, 0)).sum(),
        bounded=(_.sign * _.at_most).sum().fill_null(0),
        unbounded=_.sign.sum(where=_.at_most.isnull()).fill_null(0),
    )


def handovers(data: DataSet) -> Table:
    """The phases that took place, as now known: by the last event that says how, day and place.

    *position* and *version* are those of that event; *since* is the position at which the phase was first
    recorded.
    """
    of_phases = data.events.filter(_.event.isin([COMPLETED, CORRECTED, VOIDED]))
    phases = of_phases.group_by("agreement", "phase").agg(
        position=_.position.max(), since=_.position.min(where=_.event == COMPLETED)
    )
    last = of_phases.select("position", "version", "event", "place", completed_on=_.happened_on)
    took_place = phases.join(last, "position").filter(_.event != VOIDED, _.since.notnull())
    return named("handovers", took_place.drop("event"))


def released(data: DataSet, handovers: Table) -> Table:
    """The transfers of phases that took place, as now known."""
    put_in = data.entries.filter(_.sign == 1).drop("completed_on", "place", "version")
    return named("released", put_in.join(handovers.drop("agreement", "phase"), "position"))


def named(name: str, table: Table) -> Table:
    """The table as a step of its own, which an engine works out once, wherever it is used."""
    # Steps of two questions, or of two parts of a data set, may meet in one expression.
    return table.alias(f"{name}_{hash(table.op()) & 0xFFFF_FFFF:08x}")


def with_what_is_known(rows: Table, of: Table, by: Sequence[str]) -> Table:
    """The rows with the columns of another table's row of the same key; null where there is none."""
    return rows.left_join(of, by).drop(*(f"{name}_right" for name in by))
