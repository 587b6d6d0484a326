"""Stepping: a walk through the log, event by event. The one rule: lines in, lines out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import click

from reciprocity.domain import Direction, PhaseCompleted, Recorded
from reciprocity.projections import Cumulative, added_up, contributions, fold_log
from reciprocity.projections.at import day_of
from reciprocity.replay import laying_out, screen, vocabulary, wording
from reciprocity.replay.language import say, spoken, to_say
from reciprocity.replay.visible import echo
from reciprocity.store import name_of

if TYPE_CHECKING:
    from collections.abc import Callable

HELP = to_say(
    "n or Enter: next   b: back   p 2: to phase 2   d 2025-05-24: to that day   @ 12: to that position\n"
    "w RUS>UKR [civilian]: why is this number what it is   h: this help   q: quit"
)


def step_through(history: list[Recorded]) -> None:
    """Walk through *history*, reading commands line by line until ``q`` or the end of input."""
    if not history:
        echo(say("Nothing to walk through."))
        return
    echo(say(HELP))
    place = 0
    _show(history, place)
    while True:
        try:
            typed = click.prompt("", prompt_suffix="> ", default="n", show_default=False)
        except (click.Abort, EOFError):
            return
        word, _, rest = typed.strip().partition(" ")
        if word == "q":
            return
        if word == "h":
            echo(say(HELP))
        elif word == "w":
            _explain(history[: place + 1], rest)
        elif (target := _target(history, place, word, rest.strip())) is None:
            echo(say("There is no such event. (h: help)"))
        else:
            place = target
            _show(history, place)


def _target(history: list[Recorded], place: int, word: str, rest: str) -> int | None:
    """Where a command leads; ``None`` where there is nothing."""
    if word in ("n", "b"):
        target = place + (1 if word == "n" else -1)
        return target if 0 <= target < len(history) else None
    try:
        wanted: Callable[[Recorded], bool] | None = {
            "p": lambda one: isinstance(one.event, PhaseCompleted) and one.event.phase == int(rest),
            "d": lambda one: day_of(one) >= dt.date.fromisoformat(rest),
            "@": lambda one: one.position == int(rest),
        }.get(word)
        if wanted is None:
            return None
        return next((number for number, one in enumerate(history) if wanted(one)), None)
    except ValueError:
        return None


def _show(history: list[Recorded], place: int) -> None:
    one = history[place]
    totals = fold_log(Cumulative(), history[: place + 1])[one.agreement_id]
    screen.show(
        screen.console(),
        say(
            "[{place} of {events}] position {position}, {instant} UTC, {agreement} version {version}",
            place=str(place + 1),
            events=str(len(history)),
            position=str(one.position),
            instant=spoken().instant(one.recorded_at),
            agreement=one.agreement_id,
            version=str(one.version),
        ),
        say("{what}: {said}", what=vocabulary.event(name_of(one.event)), said=wording.event(one.event)),
        laying_out.totals(totals),
    )


def _explain(history: list[Recorded], rest: str) -> None:
    way, _, category = rest.strip().partition(" ")
    releasing, _, receiving = way.partition(">")
    parts = contributions(
        history,
        history[-1].agreement_id,
        Direction(releasing, receiving),
        (category.strip(),) if category.strip() else (),
    )
    for part in parts:
        keys = ", ".join(source.key for source in part.sources) or say("no source")
        counted = say(
            "{count} {category}: phase {phase}, position {position}, version {version} ({sources})",
            count=wording.figure(part.count),
            category=wording.category(part.category),
            phase=str(part.phase),
            position=str(part.position),
            version=str(part.version),
            sources=keys,
        )
        echo(f"  {'+' if part.sign > 0 else '-'} {counted}")
    echo(f"  = {wording.figure(added_up(parts))}")
