"""Terminal: what happens to a text on its way there. The one rule: no sign steers it, no figure is torn.

It holds whatever is printed, where it has become text and styles, and whoever prints it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.console import Console, ConsoleOptions, ConsoleRenderable, RenderableType, RenderHook
from rich.control import Control
from rich.segment import Segment
from rich.text import Text

from reciprocity.replay.visible import visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_STANDS_IN = {0x00A0: 0x10FFFD, 0x202F: 0x10FFFC}  # the last signs for private use
_STOOD_IN = {sign: space for space, sign in _STANDS_IN.items()}


class UnbreakingConsole(Console):
    """A console that breaks no line at a no-break space: 1 200 must not look like a 1 and a 200.

    Rich takes these spaces for spaces. While a text is wrapped, a sign that nobody uses stands in for them.
    """

    def render_str(self, text: str, **how: Any) -> Text:
        """A text of a table."""
        return super().render_str(text.translate(_STANDS_IN), **how)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Lay something out; texts by the way."""
        if isinstance(renderable, Text):
            renderable = renderable.copy()
            renderable.plain = renderable.plain.translate(_STANDS_IN)
        segments = super().render(renderable, options)
        if isinstance(renderable, str | Text):
            return (Segment(one.text.translate(_STOOD_IN), one.style, one.control) for one in segments)
        return segments


class NothingHidden(RenderHook):
    """Makes what is printed visible, whatever it is, where it has become text and styles."""

    def process_renderables(self, renderables: list[ConsoleRenderable]) -> list[ConsoleRenderable]:
        """The same, each made visible; what controls the terminal is the console's own."""
        return [one if isinstance(one, Control) else Visible(one) for one in renderables]


class Visible:
    """Something to print, with every sign that steers a terminal written out."""

    def __init__(self, renderable: ConsoleRenderable) -> None:
        self._renderable = renderable

    def __rich_console__(self, on: Console, options: ConsoleOptions) -> Iterator[Segment]:
        for text, style, control in on.render(self._renderable, options):
            yield Segment(text if control else visible_lines(text), style, control)


def words(text: str) -> list[str]:
    r"""What a line may not break in two.

    >>> words("at least 1\u00a0200")
    ['at', 'least', '1\xa0200']
    """
    return [word.translate(_STOOD_IN) for word in text.translate(_STANDS_IN).split()]
