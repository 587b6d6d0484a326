"""The command ``backup``. The one rule: parse, call, print; see `cli`."""

from __future__ import annotations

from pathlib import Path

import click

from reciprocity.replay import completing, json_lines
from reciprocity.replay.keys import base64_text
from reciprocity.replay.language import say_many, spoken
from reciprocity.replay.opening import opened_store
from reciprocity.replay.options import as_json
from reciprocity.replay.visible import echo


@click.command()
@click.argument("store", shell_complete=completing.stores)
@click.argument("file", type=click.Path(path_type=Path))
@as_json
def backup(store: str, file: Path, *, as_json: bool) -> None:
    """Copy a store into a new file, while others record. FILE must not exist; nothing is overwritten.

    The copy is a store of its own, with the same positions, versions, instants and command ids. It gets its
    name once it has been read again and compared. Of a store on a server it is a file, too. Views are not
    copied: "reciprocity rebuild" makes them anew.

    \b
    Examples:
      reciprocity backup exchange.db /media/stick/exchange-2025-05-25.db
      reciprocity backup postgresql://reader@host/exchange exchange.db
    """
    with opened_store(store) as register:
        copied = register.back_up(file)
    if as_json:
        told = {"file": str(file), "events": copied.events, "position": copied.position}
        click.echo(json_lines.line({**told, "root": base64_text(copied.root)}))
        return
    echo(
        say_many(
            "{file}: {n} event, up to position {position}: root {root}",
            "{file}: {n} events, up to position {position}: root {root}",
            copied.events,
            file=str(file),
            position=spoken().number(copied.position),
            root=base64_text(copied.root),
        )
    )
