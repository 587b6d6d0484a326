"""The command ``reciprocity``. The one rule: parse, call, print; what is asked is answered elsewhere.

The exit codes are told by `main`.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import click

from reciprocity.domain import Malformed, ReciprocityError
from reciprocity.domain.errors import ExtraMissing
from reciprocity.projections.runner import NotBuilt
from reciprocity.projections.stretches import NotADataSet
from reciprocity.replay import (
    cli_backup,
    cli_bulk,
    cli_charts,
    cli_comparing,
    cli_completion,
    cli_encryption,
    cli_exchange,
    cli_reading,
    cli_rebuilding,
    cli_recording,
    cli_report,
    cli_sealing,
    cli_shrinking,
    cli_watching,
)
from reciprocity.replay.given_key import takes_a_key
from reciprocity.replay.language import speaking, spoken
from reciprocity.replay.opening import NotFound
from reciprocity.replay.options import takes_a_language
from reciprocity.replay.visible import echo, visible_lines
from reciprocity.store import (
    Busy,
    Conflict,
    ConnectionLost,
    DurabilityWarning,
    KeyUnusable,
    NeedsKey,
    NotAStore,
    Unreadable,
)

_EXIT_CODES: tuple[tuple[type[ReciprocityError], int], ...] = (
    (Malformed, 4),
    (Conflict, 5),
    (Busy, 5),
    (ConnectionLost, 5),
    (ExtraMissing, 2),
    (NeedsKey, 2),  # which is Unreadable, but not damaged
    (KeyUnusable, 2),
    (Unreadable, 3),
    (NotAStore, 2),
    (NotADataSet, 2),
    (NotBuilt, 2),
    (NotFound, 2),
    (cli_shrinking.NotRun, 2),
)


class _Commands(click.Group):
    def invoke(self, ctx: click.Context) -> Any:
        for stream in (sys.stdout, sys.stderr):
            if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
                reconfigure(errors="backslashreplace")  # a name that the terminal cannot show is still shown
        try:
            with warnings.catch_warnings(), speaking(spoken()):
                warnings.showwarning = partial(_show, warnings.showwarning)
                return super().invoke(ctx)
        except ReciprocityError as error:
            code = next((code for kind, code in _EXIT_CODES if isinstance(error, kind)), 1)
            echo(f"Error: {error}", err=True)
            raise click.exceptions.Exit(code) from error
        except click.UsageError as error:
            # It quotes what was typed, or the name of a file.
            if (shown := visible_lines(error.format_message())) == error.format_message():
                raise
            raise click.UsageError(shown, error.ctx) from error
        except BrokenPipeError:
            raise
        except OSError as error:
            echo(f"Error: {error.filename or ''}: {error.strerror}", err=True)
            raise click.exceptions.Exit(2) from error


def _show(otherwise: Callable[..., None], message: Warning | str, *where: Any, **rest: Any) -> None:
    """Say in one line what a store warns of; the line of our code where it did so helps nobody."""
    if isinstance(message, DurabilityWarning):
        echo(f"Warning: {message}", err=True)
    else:
        otherwise(message, *where, **rest)


@click.group(
    cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(package_name="reciprocity")
def main() -> None:
    """Replay the record of phased, reciprocal exchange agreements.

    A JOURNAL is a TOML file, or the name of one that comes with the library. A STORE is a file made by
    "reciprocity record", or a URL: sqlite:///exchange.db, postgresql://user@host/database.

    Exit codes: 0 fine; 1 findings, or a refusal; 2 usage; 3 a damaged store; 4 malformed input; 5 a conflict
    with another writer, or a connection that was lost.

    \b
    Examples:
      reciprocity replay ua-ru-2025-05-16
      reciprocity record seeds/*.toml --store exchange.db
      reciprocity status exchange.db
    """


_OPEN_NO_STORE = {
    cli_recording.check,
    cli_bulk.bulk,
    cli_encryption.encryption_key,
    cli_completion.completion,
}

for command in (
    cli_reading.replay,
    cli_reading.status,
    cli_reading.log,
    cli_reading.claims,
    cli_watching.watch,
    cli_recording.record,
    cli_recording.check,
    cli_comparing.diff_command,
    cli_comparing.what_if,
    cli_report.report,
    cli_exchange.export,
    cli_exchange.import_,
    cli_charts.chart,
    cli_rebuilding.rebuild,
    cli_backup.backup,
    cli_bulk.bulk,
    cli_sealing.seal,
    cli_sealing.prove,
    cli_sealing.verify,
    cli_encryption.encryption_key,
    cli_completion.completion,
    cli_shrinking.shrink_command,
):
    opens_no_store = command in _OPEN_NO_STORE
    main.add_command(takes_a_language(command if opens_no_store else takes_a_key(command)))
