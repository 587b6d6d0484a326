"""The command ``encryption-key``. The one rule: parse, call, print; see `cli`."""

from __future__ import annotations

import click

from reciprocity.replay.language import say
from reciprocity.replay.visible import echo
from reciprocity.store import Key
from reciprocity.store.encryption_keys import write_key_file


@click.command("encryption-key")
@click.argument("file", type=click.Path())
def encryption_key(file: str) -> None:
    """Make a key to encrypt a store with, in a new file that only you may read.

    The key is not printed. Whoever has it can read the store; if it is lost, nobody can.

    \b
    Examples:
      reciprocity encryption-key exchange.key
      reciprocity record ua-ru-2025-05-16 --store exchange.db --key-file exchange.key
    """
    write_key_file(file, Key.new())
    echo(
        say("{file}: a new key. Keep a copy elsewhere: what it encrypts cannot be read without it", file=file)
    )
