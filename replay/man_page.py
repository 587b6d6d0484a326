"""The manual page, as a text for `man`. The one rule: it says what ``--help`` says, of every command.

``python -m reciprocity.replay.man_page`` prints it.
"""

from __future__ import annotations

import datetime as dt
import inspect
import os
import sys
import textwrap
import time
from collections.abc import Iterator
from importlib.metadata import version

import click

from reciprocity.replay.cli import main

_NAME = "reciprocity"
_WIDTH = 78
_AS_IT_IS = "\b"
"""A paragraph that begins with this line is not to be wrapped; see click's documentation."""


def manual(on: dt.date) -> str:
    """The manual page, of a day.

    >>> print(manual(dt.date(2025, 5, 25)).splitlines()[0])
    .TH RECIPROCITY 1 2025-05-25 "reciprocity 0.1.0" "User Commands"
    """
    context = click.Context(main, info_name=_NAME, **main.context_settings)
    described = main.get_short_help_str(limit=1_000).removesuffix(".")
    lines = [
        f'.TH RECIPROCITY 1 {on.isoformat()} "{_NAME} {version(_NAME)}" "User Commands"',
        ".SH NAME",
        f"{_NAME} \\- {_escaped(described)}",
        ".SH SYNOPSIS",
        f".B {_NAME}",
        *_wrapped(" ".join(main.collect_usage_pieces(context))),
        ".SH DESCRIPTION",
        *_help(main),
        ".SH OPTIONS",
        *_options(main, context),
        ".SH COMMANDS",
    ]
    for name in main.list_commands(context):
        command = main.commands[name]
        within = click.Context(command, info_name=name, parent=context)
        lines += [
            f".SS {_escaped(name)}",
            f".B {_NAME} {_escaped(name)}",
            *_wrapped(" ".join(command.collect_usage_pieces(within))),
            ".PP",
            *_help(command),
            *_options(command, within),
        ]
    return "\n".join(lines) + "\n"


def _help(command: click.Command) -> Iterator[str]:
    """What a command says of itself, paragraph by paragraph."""
    paragraphs = inspect.cleandoc(command.help or "").split("\n\n")
    for number, paragraph in enumerate(paragraphs):
        if number:
            yield ".PP"
        lines = paragraph.split("\n")
        if lines[0] == _AS_IT_IS:
            yield from (".nf", *map(_escaped, lines[1:]), ".fi")
        else:
            yield from _wrapped(" ".join(lines))


def _options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        option, described = parameter.get_help_record(context) or ("", "")
        # An argument stands in the synopsis already; what --help does is said once, for all commands.
        if described and (command is main or "--help" not in option):
            yield from (".TP", f".B {_escaped(option)}", *_wrapped(described))


def _wrapped(text: str) -> list[str]:
    lines = textwrap.wrap(text, _WIDTH, break_on_hyphens=False, break_long_words=False)
    return list(map(_escaped, lines))


def _escaped(line: str) -> str:
    r"""A line of text in which nothing is a request or an escape of roff.

    >>> print(_escaped(".bib -f"), _escaped("a\\b"))
    \&.bib \-f a\eb
    """
    line = line.replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{line}" if line.startswith((".", "'")) else line


if __name__ == "__main__":
    # So that what is made of one source can be the same whenever it is made: reproducible-builds.org
    made = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
    sys.stdout.write(manual(dt.datetime.fromtimestamp(made, dt.UTC).date()))
