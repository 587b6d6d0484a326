"""The site: what Sphinx makes of the Markdown pages of `docs`. The one rule: a page reads well without it.

So the pages hold no directives. What only a site can show (what comes after what, and the public names out of
their docstrings) is added here, when a page is read. Nothing that is built asks anything of the network.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from enum import Enum
from importlib import import_module
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.pycode import ModuleAnalyzer

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "reciprocity"
author = "The reciprocity maintainers"
release = version_of("reciprocity")
version = release
html_title = f"{project} {release}"
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
nitpicky = False  # docstrings name things as a reader of the code knows them, without their modules

myst_heading_anchors = 3

default_role = "code"  # a docstring's `name` is code
autodoc_member_order = "groupwise"

html_theme = "furo"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False

CHAPTERS = {
    "Begin": ("tutorial", "howto", "words"),
    "For analysts": ("commands", "journal", "charts", "report", "languages", "rules", "seals", "formats"),
    "For engineers": ("embedding", "api", "testing", "views", "bulk", "postgresql", "versioning"),
    "What is promised": (
        "reliability",
        "opening",
        "encryption",
        "hostile-input",
        "performance",
        "assurance",
        "mutants",
        "site/security",
        "site/changelog",
    ),
}
"""The pages in the order in which they are to be read, by what they are for; any other comes after them."""

FOLDER = Path(__file__).parents[1]
"""Where the pages are."""

PUBLIC = (
    "reciprocity.domain",
    "reciprocity.store",
    "reciprocity.projections",
    "reciprocity.projections.frames",
    "reciprocity.projections.bulk",
    "reciprocity.testing",
    "reciprocity.seeds",
)
"""The modules whose names are the public interface."""

OTHERS = "Application, BaseException, Enum, Exception, Generic, Protocol, date, int, object, str, tuple"
"""The classes whose methods are not shown among those of the classes that inherit them."""

INNER = frozenset({"construct_env", "construct_factory", "construct_mapper"})
"""What has no underscore only because the library below asks for it by that name."""


def contents() -> str:
    """The chapters, as the site's navigation has them."""
    named = {"index", *(page for pages in CHAPTERS.values() for page in pages)}
    others = sorted(page.stem for page in FOLDER.glob("*.md") if page.stem not in named)
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{chr(10).join(pages)}\n```\n"
        for caption, pages in (*CHAPTERS.items(), ("More", others))
        if pages
    )


def interface() -> str:
    """Every public name with its docstring, module by module."""
    return "".join(
        f"\n## `{module}`\n\n```{{eval-rst}}\n.. automodule:: {module}\n"
        f"   :members:\n   :inherited-members: {OTHERS}\n```\n{constants(module)}"
        for module in PUBLIC
    )


def constants(module: str) -> str:
    """The public names of a module that are neither classes nor functions, with what they are."""
    there = import_module(module)
    found = {name: getattr(there, name) for name in getattr(there, "__all__", ())}
    names = [name for name in found if not _has_a_docstring_of_its_own(found[name])]
    rows = "".join(f"| `{name}` | {_told(module, name, found[name])} |\n" for name in names)
    return f"\n| constant or type | what it is |\n| --- | --- |\n{rows}" if rows else ""


def _has_a_docstring_of_its_own(value: Any) -> bool:
    return inspect.isclass(value) or inspect.isroutine(value)


def _told(module: str, name: str, value: Any) -> str:
    """The docstring below a constant, wherever in the package it is set; or else its value."""
    told = next(_docstrings(module, name), None)
    return told or f"`{value!r}`"


def _docstrings(package: str, name: str) -> Iterator[str]:
    for module in sorted(sys.modules):
        if module.startswith(f"{package}.") and hasattr(sys.modules[module], name):
            lines = ModuleAnalyzer.for_module(module).find_attr_docs().get(("", name), ())
            if told := " ".join(lines).strip():
                yield told


ADDED = {"index": contents, "api": interface}
"""What is added at the end of a page when it is read."""

ELSEWHERE = {"](../CHANGELOG.md": "](site/changelog.md", "](../SECURITY.md": "](site/security.md"}
"""Links to documents that a repository keeps at its root, and where they lead on the site."""


def add(_: Sphinx, page: str, source: list[str]) -> None:
    """Add to a page what only the site can show, and let its links lead to pages of the site."""
    for link, there in ELSEWHERE.items():
        source[0] = source[0].replace(link, there)
    if page in ADDED:
        source[0] += ADDED[page]()


def skip(_: Sphinx, __: str, name: str, shown: Any, *___: Any) -> bool | None:
    """Whether a member is left out; ``None`` leaves it to Sphinx, which leaves out what has no docstring."""
    if name in INNER:
        return True
    return False if isinstance(shown, Enum) else None  # a member of an enumeration says what it is


MENDED = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="All pages">',
    '<aside class="toc-drawer': '<aside aria-label="This page" class="toc-drawer',
    # What is scrolled must be reached by the keyboard.
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper ': '<div tabindex="0" class="table-wrapper ',
    '<div id="search-results">': '<h1>Search</h1><div id="search-results">',
}
"""What the theme leaves out of a page that a screen reader or a keyboard needs, by what axe found."""


def mend(app: Sphinx, error: Exception | None) -> None:
    """Put into every page what the theme leaves out."""
    for page in Path(app.outdir).rglob("*.html") if error is None else ():
        text = page.read_text("utf-8")
        for found, better in MENDED.items():
            text = text.replace(found, better)
        page.write_text(text, "utf-8")


def setup(app: Sphinx) -> None:
    """Have Sphinx ask for what is added, for what is left out, and at the end for what is mended."""
    app.connect("build-finished", mend)
    app.connect("source-read", add)
    app.connect("autodoc-skip-member", skip)
