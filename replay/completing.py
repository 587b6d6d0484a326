"""Completing: what a shell offers while one types. The one rule: it only reads, and fails in silence.

Nobody is asked for a key, and no server is connected to: what is offered lies in files of this machine.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from click.shell_completion import CompletionItem

from reciprocity import seeds
from reciprocity.domain import ReciprocityError
from reciprocity.replay.opening import opened

if TYPE_CHECKING:
    import click


def sources(context: click.Context, parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    """The names of seeds that begin so, and files."""
    named = [CompletionItem(name) for name in seeds.names() if name.startswith(begun)]
    return named + stores(context, parameter, begun)


def stores(_: click.Context, __: click.Parameter, begun: str) -> list[CompletionItem]:
    """Files."""
    return [CompletionItem(begun, type="file")]


def agreements(context: click.Context, _: click.Parameter, begun: str) -> list[CompletionItem]:
    """The ids that begin so, of the agreements in the journal or store that was named before."""
    source = context.params.get("source")
    if not isinstance(source, str) or "://" in source:
        return []
    with suppress(ReciprocityError, OSError), opened(source) as register:
        # Whatever is not an id in its form, and might be more to a shell, is refused by the store.
        return [CompletionItem(name) for name in register.agreement_ids() if name.startswith(begun)]
    return []
