"""The command ``completion``. The one rule: parse, call, print; see `cli`."""

from __future__ import annotations

import click
from click.shell_completion import BashComplete, FishComplete, ZshComplete

_SHELLS = {"bash": BashComplete, "fish": FishComplete, "zsh": ZshComplete}


@click.command()
@click.argument("shell", type=click.Choice(list(_SHELLS)))
@click.pass_context
def completion(context: click.Context, shell: str) -> None:
    """Print what makes a shell complete commands, options, journals and the ids of agreements.

    \b
    Examples:
      eval "$(reciprocity completion bash)"    in ~/.bashrc
      eval "$(reciprocity completion zsh)"     in ~/.zshrc
      reciprocity completion fish > ~/.config/fish/completions/reciprocity.fish
    """
    made = _SHELLS[shell](context.find_root().command, {}, "reciprocity", "_RECIPROCITY_COMPLETE")
    click.echo(made.source())
