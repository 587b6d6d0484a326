"""JSON Lines: answers for programs, one object a line. The one rule: keys are added, never renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import attrs
import msgspec

from reciprocity.domain.forms import is_hidden
from reciprocity.replay.visible import visible
from reciprocity.store import name_of

if TYPE_CHECKING:
    from reciprocity.domain import Count, Direction, Finding, Recorded, Transfer
    from reciprocity.projections import (
        BalanceAssertion,
        Cell,
        Change,
        Largest,
        StandingRow,
        Statement,
        TimelineRow,
        VerdictRow,
    )
    from reciprocity.projections.bulk import PhaseAnswer
    from reciprocity.replay.check import Located
    from reciprocity.replay.findings import Found


def line(answer: dict[str, Any]) -> str:
    """An answer as one line of JSON; counts are numbers, or objects with at_least and at_most."""
    written = msgspec.json.encode(answer).decode()
    if written.isprintable():
        return written
    return "".join(f"\\u{ord(sign):04x}" if is_hidden(sign) else sign for sign in written)


def phase(row: TimelineRow | PhaseAnswer, status: str) -> dict[str, Any]:
    """One completed phase, and where the agreement stood after it: the totals, and its *status*."""
    return {
        "agreement": row.agreement,
        "phase": row.phase,
        "completed_on": row.completed_on,
        "transfers": [transfer(one) for one in row.transfers],
        "cumulative": by_direction(row.cumulative),
        "remaining": by_direction(row.remaining),
        "balanced": row.balanced,
        "status": status,
        "position": row.position,
    }


def found(one: Found) -> dict[str, Any]:
    """One thing that is wrong with a store, a checkpoint or a proof."""
    return {
        "finding": one.kind,
        "position": one.position,
        "agreement": one.agreement,
        "version": one.version,
        "reason": one.reason,
    }


def recorded(one: Recorded) -> dict[str, Any]:
    """One event of the log, in its envelope."""
    return {
        "position": one.position,
        "agreement": one.agreement_id,
        "version": one.version,
        "recorded_at": one.recorded_at,
        "command_id": one.command_id,
        **({"clock_at": one.clock_at} if one.clock_at else {}),
        "event": name_of(one.event),
        "fact": one.event,
    }


def standing(row: StandingRow) -> dict[str, Any]:
    """Where one agreement stands."""
    return {
        "agreement": row.agreement,
        "title": row.title,
        "status": row.status,
        "series": row.series,
        "phases": row.phases,
        "persons": row.persons,
        "exchanged": by_direction({d: row.totals.over(d) for d in row.totals.directions()}),
        "remaining": by_direction(row.totals.remaining()),
        "progress": row.progress,
        "last_completed_on": row.last_completed_on,
        "events": row.events,
        "last_recorded_at": row.last_recorded_at,
    }


def largest(one: Largest) -> dict[str, Any]:
    """The largest exchange."""
    return {"largest": "agreement" if one.phase is None else "phase", **attrs.asdict(one, recurse=False)}


def cell(one: Cell) -> dict[str, Any]:
    """The recorded count of a cell beside what was said of it."""
    return {
        "agreement": one.agreement,
        "phase": one.phase,
        "after": one.after,
        "direction": str(one.direction),
        "category": one.category,
        "recorded": one.recorded,
        "label": one.label.value,
        "apart": one.apart,
        "said": [_statement(statement) for statement in one.said],
    }


def balance(one: BalanceAssertion) -> dict[str, Any]:
    """A total claimed to date, and how far the record is from it."""
    return {
        "balance": one.holds,
        "agreement": one.cell.agreement,
        "after": one.cell.after,
        "direction": str(one.cell.direction),
        "category": one.cell.category,
        "recorded": one.cell.recorded,
        "said": _statement(one.statement),
        "gap": one.gap if one.gap.exact is None else one.gap.exact,
        "candidates": [attrs.asdict(candidate) for candidate in one.candidates],
    }


def change(one: Change) -> dict[str, Any]:
    """A figure that differs, from what to what, with the events and sources that changed it."""
    return {
        "agreement": one.figure.agreement,
        "phase": one.figure.phase,
        "direction": str(one.figure.direction) if one.figure.direction else None,
        "category": one.figure.category,
        "measure": one.figure.measure,
        "from": one.before,
        "to": one.after,
        "because": [
            {"version": r.version, "position": r.position, "event": name_of(r.event)} for r in one.because
        ],
        "sources": one.sources,
    }


def verdict(row: VerdictRow) -> dict[str, Any]:
    """What a rule found of an event."""
    return {"agreement": row.agreement, "version": row.version, **rule(row.finding)}


def finding(one: Located) -> dict[str, Any]:
    """What a journal breaks, and where."""
    return {"file": visible(one.file), "line": one.line, **rule(one.finding)}


def rule(one: Finding) -> dict[str, Any]:
    """What a rule found."""
    return {"rule": one.rule, "verdict": one.verdict.value, "seen": one.seen, "allowed": one.allowed}


def _statement(one: Statement) -> dict[str, Any]:
    return {
        "claimant": one.claimant,
        "office": one.office,
        "count": one.count,
        "agrees": one.agrees.value,
        "stated_on": one.stated_on,
        "version": one.version,
        "position": one.position,
        "sources": one.sources,
    }


def transfer(one: Transfer) -> dict[str, Any]:
    """How many of a category went one way."""
    return {
        "releasing": one.releasing,
        "receiving": one.receiving,
        "category": one.category,
        "count": one.count,
        "within_agreement": one.within_agreement,
    }


def by_direction(figures: dict[Direction, Count] | dict[Direction, dict[str, Count]]) -> dict[str, Any]:
    """Figures under the names of their directions."""
    return {str(direction): value for direction, value in figures.items()}
