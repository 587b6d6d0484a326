"""The key that a command is given. The one rule: it comes from a file or a descriptor, never as a text.

The arguments and the environment of a process can be seen by others, and are kept in histories and logs.
Every command that opens a store takes the same two options; the key is read once, and is that of each store
that the command opens.
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING, cast

import click

from reciprocity.store import Key, key_from_descriptor, key_from_file

if TYPE_CHECKING:
    from collections.abc import Callable

_KEPT_AS = "reciprocity.key"


def given_key() -> Key | None:
    """The key that the present command was given, if it was given one."""
    context = click.get_current_context(silent=True)
    return None if context is None else cast("Key | None", context.meta.get(_KEPT_AS))


def takes_a_key(command: click.Command) -> click.Command:
    """The command, taking ``--key-file`` and ``--key-fd`` too; the one that was given stays as it was."""
    taking = copy(command)
    taking.params = [
        *command.params,
        click.Option(
            ["--key-file"],
            metavar="FILE",
            expose_value=False,
            callback=_reads(key_from_file),
            help="The key of an encrypted store, in a file that is yours alone.",
        ),
        click.Option(
            ["--key-fd"],
            metavar="N",
            type=click.IntRange(min=0),
            expose_value=False,
            callback=_reads(key_from_descriptor),
            help="The same, from an open file descriptor.",
        ),
    ]
    return taking


def _reads(read: Callable[..., Key]) -> Callable[[click.Context, click.Parameter, str | int | None], None]:
    def callback(context: click.Context, _: click.Parameter, place: str | int | None) -> None:
        if place is None:
            return
        if _KEPT_AS in context.meta:
            raise click.UsageError("--key-file and --key-fd: there is one key, not two")
        context.meta[_KEPT_AS] = read(place)

    return callback
