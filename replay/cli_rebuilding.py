"""The command ``rebuild``. The one rule: parse, call, print; see `cli`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from rich.progress import BarColumn, Progress, ProgressColumn, TextColumn, TimeRemainingColumn
from rich.text import Text

from reciprocity.projections.runner import Runner
from reciprocity.projections.views import VIEWS
from reciprocity.replay import completing, json_lines, screen
from reciprocity.replay.given_key import given_key
from reciprocity.replay.language import say, say_many, spoken
from reciprocity.replay.opening import store_url
from reciprocity.replay.options import LAST_POSITION, as_json
from reciprocity.replay.visible import echo
from reciprocity.store import Register

if TYPE_CHECKING:
    from rich.progress import Task

    from reciprocity.projections.runner import Outcome
    from reciprocity.projections.runner import Progress as Told
    from reciprocity.store.view_builds import Digest

MOST_PROCESSES = 256
"""Each is a Python of its own, of some 50 MB."""

_DIGITS = 16  # of a digest, where people read it


@click.command()
@click.argument("store", shell_complete=completing.stores)
@click.argument("projection", type=click.Choice(list(VIEWS)), required=False)
@click.option("--check", is_flag=True, help="Only compare what is stored with what the log tells.")
@click.option("--from-scratch", is_flag=True, help="Build anew what could be brought up, too.")
@click.option(
    "--skip-unreadable", is_flag=True, help="Leave out agreements with unreadable events; name them."
)
@click.option(
    "--batch",
    type=click.IntRange(min=1, max=LAST_POSITION),
    metavar="N",
    help="Events of one transaction at the most.",
)
@click.option(
    "--processes",
    type=click.IntRange(min=1, max=MOST_PROCESSES),
    default=1,
    metavar="N",
    help="That read at once.",
)
@as_json
def rebuild(
    store: str,
    projection: str | None,
    *,
    check: bool,
    from_scratch: bool,
    skip_unreadable: bool,
    batch: int | None,
    processes: int,
    as_json: bool,
) -> None:
    """Keep the answers of projections as tables in the store, for programs that read SQL.

    PROJECTION is one of them; without it, all are built or brought up to the end of the log. Readers see
    the rows as they were, or as they are then, never half of both. What is interrupted goes on from its
    last transaction when it is asked for again.

    \b
    Examples:
      reciprocity rebuild exchange.db
      reciprocity rebuild exchange.db cumulative --from-scratch --processes 4
      reciprocity rebuild postgresql://owner@host/exchange --check
    """
    url, findings = store_url(store), 0
    with Register.open(url, reading=check, key=given_key()) as register, _progress() as told_of:
        for view in [projection] if projection else list(VIEWS):
            runner = Runner(
                register,
                view,
                batch=batch,
                processes=processes,
                url=url,
                skip_unreadable=skip_unreadable,
                progress=told_of(view),
            )
            if check:
                findings += _check(runner, view, as_json=as_json)
            else:
                findings += _bring_up(runner, from_scratch=from_scratch, as_json=as_json)
    if findings:
        raise click.exceptions.Exit(1)


def _bring_up(runner: Runner, *, from_scratch: bool, as_json: bool) -> int:
    """Do it, and say what was done; of how many agreements nothing is told."""
    outcome = runner.run(from_scratch=from_scratch)
    digest = outcome.digest or runner.digest()
    if as_json:
        told = {
            "view": outcome.view,
            "done": outcome.done,
            "since": outcome.since,
            "position": outcome.position,
        }
        digested = {"rows": digest.lines, "sha256": digest.sha256, "unreadable": outcome.unreadable}
        echo(json_lines.line({**told, **digested}))
    else:
        echo(f"{outcome.view}: {_came_to(outcome, digest)}")
        for agreement, reason in outcome.unreadable.items():
            left_out = say("nothing is told of {agreement}: {reason}", agreement=agreement, reason=reason)
            echo(f"  {left_out}")
    return len(outcome.unreadable)


def _came_to(outcome: Outcome, digest: Digest) -> str:
    position = spoken().number(outcome.position)
    if outcome.done == "caught up":
        done = say_many(
            "caught up with {n} event, as of position {position}",
            "caught up with {n} events, as of position {position}",
            outcome.position - outcome.since,
            position=position,
        )
    elif outcome.done == "built":
        done = say("built, as of position {position}", position=position)
    else:
        done = say("up to date, as of position {position}", position=position)
    shown = digest.sha256[:_DIGITS]
    rows = say_many("{n} row, sha256 {digest}", "{n} rows, sha256 {digest}", digest.lines, digest=shown)
    return f"{done}: {rows}"


def _check(runner: Runner, view: str, *, as_json: bool) -> int:
    """Compare, and say what was found; how many agreements differ."""
    differing = runner.differing()
    if as_json:
        echo(json_lines.line({"view": view, "differing": differing}))
    else:
        if differing:
            echo(say("{view}: does not say what the log does of:", view=view))
        else:
            echo(say("{view}: says what the log does", view=view))
        for agreement in differing:
            echo(f"  {agreement}")
    return len(differing)


@contextmanager
def _progress() -> Iterator[Callable[[str], Told]]:
    """For each view a line on the screen while it is built: how far, at what rate, and how much longer."""
    errors = screen.console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        _Done(),
        _Rate(),
        TimeRemainingColumn(),
        console=errors,
        transient=True,
        disable=not errors.is_terminal,
    ) as progress:

        def told_of(view: str) -> Told:
            task = progress.add_task(view, total=0)
            return lambda done, of: progress.update(task, completed=done, total=of)

        yield told_of


class _Spoken(ProgressColumn):
    """It is drawn by a thread of its own, to which nobody has said which language is spoken."""

    def __init__(self) -> None:
        super().__init__()
        self._language = spoken()


class _Done(_Spoken):
    """How many events are done, of how many."""

    def render(self, task: Task) -> Text:
        """The two numbers."""
        done, of = self._language.number(int(task.completed)), int(task.total or 0)
        return Text(self._language.say_many("{done} of {n} events", "{done} of {n} events", of, done=done))


class _Rate(_Spoken):
    """How many events a second."""

    def render(self, task: Task) -> Text:
        """The rate, if it is known yet."""
        speed = task.finished_speed or task.speed
        if speed is None:
            return Text("")
        return Text(self._language.say("{n} a second", n=self._language.number(round(speed))))
