r"""Visible: what of a text may be shown. The one rule: no text that is shown steers a terminal.

What a file, a row of a store, a name on the command line or another library's error says may hold escapes,
controls, halves of characters, or signs that turn the direction of reading. They are shown as Python writes
them, ``\x1b``. What the domain takes for text is shown as it is.
"""

from __future__ import annotations

import click

from reciprocity.domain.forms import is_hidden


def visible(text: str) -> str:
    r"""The text in one line, with every sign that steers written out.

    >>> visible("Київ \x1b[31m"), visible("one\ntwo")
    ('Київ \\x1b[31m', 'one\\ntwo')
    """
    if text.isprintable():
        return text
    return "".join(ascii(sign)[1:-1] if is_hidden(sign) else sign for sign in text)


def visible_lines(text: str) -> str:
    r"""The same of a text of several lines.

    >>> visible_lines("one\ntwo\x07")
    'one\ntwo\\x07'
    """
    return "\n".join(map(visible, text.split("\n")))


def shortened(text: str, longest: int) -> str:
    """The text, visible, with its middle left out if it has more characters than that.

    >>> shortened("abcdefghijkl", 9)
    'abcd...kl'
    """
    if len(text) > longest:
        end = longest // 4
        text = f"{text[: longest - 3 - end]}...{text[-end:]}"
    return visible(text)


def echo(text: str, *, err: bool = False) -> None:
    """Print a text of one or more lines: to the standard output, or as an error."""
    click.echo(visible_lines(text), err=err)
