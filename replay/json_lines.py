"""JSON Lines: answers for programs, one object a line. The one rule: keys are added, never renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import msgspec

from reciprocity.store import name_of

if TYPE_CHECKING:
    from reciprocity.domain import Count, Direction, Finding, Recorded, Transfer
    from reciprocity.projections import Largest, StandingRow, TimelineRow
    from reciprocity.replay.check import Located


def line(answer: dict[str, Any]) -> str:
    """An answer as one line of JSON; counts are numbers, or objects with at_least and at_most."""
    return msgspec.json.encode(answer).decode()


def phase(row: TimelineRow) -> dict[str, Any]:
    """One completed phase, and where the agreement stood after it."""
    return {
        "agreement": row.agreement,
        "phase": row.phase,
        "completed_on": row.completed_on,
        "transfers": [_transfer(transfer) for transfer in row.transfers],
        "cumulative": _by_direction(row.cumulative),
        "remaining": _by_direction(row.remaining),
        "balanced": row.balanced,
        "status": row.after.status.value,
    }


def recorded(one: Recorded) -> dict[str, Any]:
    """One event of the log, in its envelope."""
    return {
        "position": one.position,
        "agreement": one.agreement_id,
        "version": one.version,
        "recorded_at": one.recorded_at,
        "command_id": one.command_id,
        "event": name_of(one.event),
        "fact": one.event,
    }


def standing(row: StandingRow) -> dict[str, Any]:
    """Where one agreement stands."""
    return {
        "agreement": row.agreement,
        "title": row.title,
        "status": row.status,
        "register": row.register,
        "phases": row.phases,
        "persons": row.persons,
        "exchanged": _by_direction({d: row.totals.exchanged.over(d) for d in row.totals.directions()}),
        "remaining": _by_direction(row.totals.remaining()),
        "progress": row.progress,
        "last_completed_on": row.last_completed_on,
        "events": row.events,
        "last_recorded_at": row.last_recorded_at,
    }


def largest(one: Largest) -> dict[str, Any]:
    """The largest exchange."""
    return {"largest": "agreement" if one.phase is None else "phase", **attrs.asdict(one, recurse=False)}


def finding(one: Located) -> dict[str, Any]:
    """What a journal breaks, and where."""
    return {"file": one.file, "line": one.line, **rule(one.finding)}


def rule(one: Finding) -> dict[str, Any]:
    """What a rule found."""
    return {"rule": one.rule, "verdict": one.verdict.value, "seen": one.seen, "allowed": one.allowed}


def _transfer(transfer: Transfer) -> dict[str, Any]:
    return {
        "releasing": transfer.releasing,
        "receiving": transfer.receiving,
        "category": transfer.category,
        "count": transfer.count,
        "within_agreement": transfer.within_agreement,
    }


def _by_direction(figures: dict[Direction, Count] | dict[Direction, dict[str, Count]]) -> dict[str, Any]:
    return {str(direction): value for direction, value in figures.items()}
