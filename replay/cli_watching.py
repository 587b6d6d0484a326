"""The command ``watch``. The one rule: parse, call, print; see `cli`."""

from __future__ import annotations

import signal
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import click

from reciprocity.replay import completing, json_lines, screen, wording
from reciprocity.replay.opening import opened_store
from reciprocity.replay.options import LAST_POSITION, Seconds, as_json
from reciprocity.replay.visible import echo
from reciprocity.replay.watch import keep_on_screen

if TYPE_CHECKING:
    from collections.abc import Iterator


@click.command()
@click.argument("store", shell_complete=completing.stores)
@click.option(
    "--after",
    type=click.IntRange(min=0, max=LAST_POSITION),
    metavar="POSITION",
    help="List every event after it, not only those recorded from now on.",
)
@click.option(
    "--timeout",
    type=Seconds(),
    metavar="SECONDS",
    help="End when nothing was recorded for so long; 0 shows what is there.",
)
@as_json
def watch(store: str, *, after: int | None, timeout: float | None, as_json: bool) -> None:
    """Keep the status of a store on the screen, while anybody records.

    Where there is no screen, or with --json, each event is a line, printed when it is recorded.
    Ctrl-C ends it.

    \b
    Examples:
      reciprocity watch exchange.db
      reciprocity watch postgresql://reader@host/exchange
      reciprocity watch exchange.db --json >> events.jsonl
    """
    on = screen.console()
    with _until_interrupted(), opened_store(store) as register:
        if on.is_interactive and not as_json:
            keep_on_screen(register, on, listed_after=after or 0, timeout=timeout)
            return
        start = register.last_position() if after is None else after
        with register.follow(after=start, timeout=timeout) as events:
            for one in events:
                echo(json_lines.line(json_lines.recorded(one)) if as_json else wording.recorded(one))


@contextmanager
def _until_interrupted() -> Iterator[None]:
    """To be interrupted, or told to terminate, is how it ends: it leaves the terminal as it was."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            yield
    finally:
        signal.signal(signal.SIGTERM, before)
