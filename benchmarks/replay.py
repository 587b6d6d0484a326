"""Replay of the whole log, in one process and in two, counts only and whole events, against (a) and (b)."""

from __future__ import annotations

from functools import partial
from typing import TypeAlias

from benchmarks import documented, limit
from benchmarks.rounds import Costs, Family, Figure, Work, by_stretches, faster
from benchmarks.stores import Stores
from reciprocity.domain import Count, PhaseCompleted
from reciprocity.projections import Cumulative, fold_log
from reciprocity.projections.parallel import fold_in_parallel
from reciprocity.store import Register

Totals: TypeAlias = dict[tuple[str, str, str, str], Count]
"""How many, by agreement, releasing and receiving party, and category."""


def add_whole(counted: Totals, register: Register, after: int = 0, up_to: int | None = None) -> None:
    """Read whole, validated events, and add up what was released."""
    for recorded in register.log(after=after, up_to=up_to):
        event = recorded.event
        if isinstance(event, PhaseCompleted):
            for transfer in event.released:
                if transfer.within_agreement:
                    lane = (recorded.agreement_id, transfer.releasing, transfer.receiving, transfer.category)
                    counted[lane] = counted.get(lane, 0) + transfer.count


def _in_turns(stores: Stores) -> Costs:
    log = stores.sizes.log
    path = stores.ours(log)
    with stores.register(log) as register, documented.open_at(stores.documented(log)) as application:
        work: Work = {
            "documented": partial(documented.add, {}, application),
            "whole": partial(add_whole, {}, register),
            "limit": partial(limit.add, {}, path),
            "select": partial(limit.select, path),
        }
        whole = {
            "counts": lambda: fold_log(Cumulative(), register.log()),
            "two": lambda: fold_in_parallel(Cumulative(), f"sqlite:///{path}", processes=2),
        }
        return by_stretches(work, whole, log.events)


def _fresh(stores: Stores) -> Costs:
    log = stores.sizes.fresh
    with stores.register(log) as register, documented.open_at(stores.documented(log)) as application:
        work: Work = {
            "fresh": partial(add_whole, {}, register),
            "documented-fresh": partial(documented.add, {}, application),
        }
        return by_stretches(work, {}, log.events)


FAMILY = Family(
    "replay",
    turns=(_in_turns, _fresh),
    figures=(
        Figure(
            "replay-counts",
            "cumulative replay of {log.events:,} events, counts only, against (a)'s notification log",
            "counts",
            "documented",
            faster(8),
        ),
        Figure(
            "replay-two",
            "the same by two processes, each with its share of the agreements",
            "two",
            "documented",
            faster(14),
        ),
        Figure(
            "replay-whole",
            "replay of whole, validated events, against the same",
            "whole",
            "documented",
            faster(5),
        ),
        Figure(
            "replay-whole-fresh",
            "the same where every event cites pages of its own, {fresh.events:,} events",
            "fresh",
            "documented-fresh",
        ),
        Figure(
            "replay-limit",
            "counts only, against (b): select, narrow decoding and a dict",
            "counts",
            "limit",
            faster(1),
        ),
        Figure("replay-select", "counts only, against (b)'s bare select", "counts", "select"),
    ),
)
