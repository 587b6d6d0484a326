"""A question about one agreement as of a day, asked of a small log and of a large one."""

from __future__ import annotations

import datetime as dt
from statistics import median

from benchmarks.rounds import MILLISECONDS, Costs, Family, Figure, cost, timed
from benchmarks.stores import Stores
from benchmarks.workload import name_of
from reciprocity.projections import Cumulative, ask, at
from reciprocity.store import Register

_MOST_ASKED = 50  # agreements in a round, each asked about once


def _asked(register: Register, agreement: str, day: dt.date) -> float:
    return timed(lambda: ask(Cumulative(), at(register.history(agreement), as_of=day)))


def _in_turns(stores: Stores) -> Costs:
    small, large = stores.sizes.as_of
    day = small.day(small.versions // 2)
    agreements = [name_of(number) for number in range(min(small.agreements, _MOST_ASKED))]
    with stores.register(small) as few, stores.register(large) as many:
        costs = [(_asked(few, agreement, day), _asked(many, agreement, day)) for agreement in agreements]
    return {"small": median(cost for cost, _ in costs), "large": median(cost for _, cost in costs)}


FAMILY = Family(
    "questions",
    turns=(_in_turns,),
    figures=(
        Figure(
            "as-of",
            "as-of question on one agreement in a log of {as_of[1].events:,} events, "
            "against the same in one of {as_of[0].events:,}",
            "large",
            "small",
            cost(1.5),
            MILLISECONDS,
        ),
    ),
)
