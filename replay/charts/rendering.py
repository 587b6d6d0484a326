"""Rendering: a drawing as SVG, PNG or HTML. The one rule: nothing is fetched, and nothing runs in a reader.

`vl-convert` (extra ``charts``) lays the picture out on this machine. The HTML holds the picture as it is and
its figures as tables: no script, and a policy by which a browser runs and loads nothing.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Sequence
from hashlib import sha256
from html import escape
from typing import IO, TYPE_CHECKING, Any

from reciprocity.domain.errors import ExtraMissing
from reciprocity.replay.language import say, spoken
from reciprocity.replay.visible import visible

if TYPE_CHECKING:
    from reciprocity.domain import Source
    from reciprocity.replay.charts.drawing import Drawing, Table

_GRAMMAR = "6.4"  # of Vega-Lite
_PIXELS = 2.0  # of a PNG, for each of the picture

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem;  color: #1a1a1a; background: #fff; overflow-wrap: break-word; }
figure, .wide { margin: 0; overflow-x: auto; }
svg { max-width: 100%; height: auto; }
table { border-collapse: collapse; margin: 2rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: start; font-weight: bold; padding: .3rem 0; }
th, td { text-align: start; vertical-align: top; padding: .2rem .8rem .2rem 0;
  border-bottom: 1px solid #bbb; }
"""


def renderer(form: str) -> Callable[[Drawing, IO[bytes]], None]:
    """How to write a drawing as a file of a form, one of `FORMS`.

    Raises:
        ExtraMissing: vl-convert is not installed.
    """
    _vl_convert()
    made = FORMS[form]

    def write(drawing: Drawing, file: IO[bytes]) -> None:
        file.write(made(drawing))

    return write


def _vl_convert() -> Any:
    try:
        import vl_convert  # noqa: PLC0415  # only who asks for it pays for it
    except ImportError as error:
        raise ExtraMissing("charts need vl-convert: pip install 'reciprocity[charts]'") from error
    return vl_convert


def _svg_text(drawing: Drawing) -> str:
    """The picture, with its title and description where readers of SVG look for them."""
    picture: str = _vl_convert().vegalite_to_svg(
        drawing.specification, vl_version=_GRAMMAR, allowed_base_urls=[]
    )
    opening, rest = picture.split(">", 1)
    words = " ".join([drawing.subtitle, drawing.summary, *drawing.caption])
    return (
        f'{opening} role="img" aria-labelledby="title description">'
        f'<title id="title">{_text(drawing.title)}</title>'
        f'<desc id="description">{_text(words)}</desc>'
        f"{rest}"
    )


def _svg(drawing: Drawing) -> bytes:
    return (_svg_text(drawing) + "\n").encode()


def _png(drawing: Drawing) -> bytes:
    made: bytes = _vl_convert().vegalite_to_png(
        drawing.specification, vl_version=_GRAMMAR, scale=_PIXELS, allowed_base_urls=[]
    )
    return made


def _html(drawing: Drawing) -> bytes:
    style = b64encode(sha256(_STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{style}'; base-uri 'none'; form-action 'none'"
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{spoken().code}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{_text(drawing.title)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1><bdi>{_text(drawing.title)}</bdi></h1><p>{_text(drawing.summary)}</p>",
        f"<figure>{_svg_text(drawing)}</figure>",
        *map(_table, drawing.tables),
        *_sources(drawing.sources),
        "</main></body></html>",
    ]
    return ("\n".join(parts) + "\n").encode()


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_text(header)}</th>' for header in table.headers)
    rows = "".join(f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in row)}</tr>\n" for row in table.rows)
    return (
        f'<div class="wide" role="group" aria-label="{_text(table.caption)}" tabindex="0">'
        f"<table><caption>{_text(table.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n"
        f"<tbody>\n{rows}</tbody></table></div>"
    )


def _sources(sources: Sequence[Source]) -> list[str]:
    return [f"<h2>{_text(say('Sources'))}</h2><ul>", *map(_source, sources), "</ul>"] if sources else []


def _source(source: Source) -> str:
    told = [source.publisher, source.date.isoformat() if source.date else "", source.note or ""]
    words = f"<bdi>{_text(', '.join(part for part in told if part))}</bdi>"
    where = f' <a href="{_text(source.url)}" rel="noreferrer">{_text(source.url)}</a>' if source.url else ""
    return f"<li>{_text(source.key)}: {words}{where}</li>"


def _text(text: str) -> str:
    return escape(visible(text))


FORMS: dict[str, Callable[[Drawing], bytes]] = {".svg": _svg, ".png": _png, ".html": _html}
"""How a drawing is made a file, by the ending of the file's name."""
