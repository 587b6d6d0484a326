"""Takeover: what of another register's history is new to this one. The one rule: it only ever continues.

What is stored already must be told just as it is stored, instants and command ids included.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeAlias

from reciprocity.domain import Recorded
from reciprocity.store.errors import CommandTaken, Differs, OutOfOrder

History: TypeAlias = Callable[[str], Iterator[Recorded]]
Ends: TypeAlias = Mapping[str, tuple[str, int]]


def what_is_new(told: Iterable[Recorded], history: History, now: dt.datetime) -> list[Recorded]:
    """The events in *told* that follow on what is stored, which *history* gives for an agreement's id.

    Raises:
        Differs, OutOfOrder: see `Register.take_over`.
    """
    stored: dict[str, Iterator[Recorded]] = {}
    last: dict[str, Recorded] = {}
    new: list[Recorded] = []
    for one in told:
        agreement_id = one.agreement_id
        if agreement_id not in stored:
            stored[agreement_id] = history(agreement_id)
        _check_order(one, last.get(agreement_id), now)
        last[agreement_id] = one
        held = next(stored[agreement_id], None)
        if held is None:
            new.append(one)
        elif held != one:
            raise Differs(held, one)
    return new


def check_commands(new: Iterable[Recorded], held: Ends) -> set[str]:
    """The ids of commands of which the register holds the beginning, and *new* more.

    *held* has, by command id, the agreement and the last version of what is stored of it.

    Raises:
        CommandTaken: see `Register.take_over`.
    """
    ends = dict(held)
    for one in new:
        by = one.command_id
        if by in ends and ends[by] != (one.agreement_id, one.version - 1):
            raise CommandTaken(one.command_id, f"version {one.version} of {one.agreement_id}", one)
        ends[by] = (one.agreement_id, one.version)
    return set(held)


def _check_order(one: Recorded, before: Recorded | None, now: dt.datetime) -> None:
    of = f"version {one.version} of {one.agreement_id}"
    due = before.version + 1 if before else 1
    if one.version != due:
        raise OutOfOrder(f"{of} stands where version {due} is due")
    if before and one.recorded_at < before.recorded_at:
        raise OutOfOrder(f"{of}: {one.recorded_at} is before its last event, of {before.recorded_at}")
    if one.recorded_at > now:
        raise OutOfOrder(f"{of}: {one.recorded_at} is ahead of the clock, {now}")
