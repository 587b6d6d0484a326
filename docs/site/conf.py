"""The site: what Sphinx makes of the Markdown pages of `docs`. The one rule: a page reads well without it.

So the pages hold no directives. What only a site can show (what comes after what, and the public names out of
their docstrings) is added here, when a page is read. Nothing that is built asks anything of the network.
"""

from __future__ import annotations

from importlib.metadata import version as version_of
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sphinx.application import Sphinx

project = "reciprocity"
author = "The reciprocity maintainers"
release = version_of("reciprocity")
version = release
html_title = f"{project} {release}"
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["site"]
nitpicky = False  # docstrings name things as a reader of the code knows them, without their modules

myst_heading_anchors = 3
myst_links_external_new_tab = False

default_role = "code"  # a docstring's `name` is code
autodoc_member_order = "groupwise"
autodoc_typehints = "signature"
autodoc_preserve_defaults = True
napoleon_use_rtype = False

html_theme = "furo"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_theme_options = {"footer_icons": []}

CHAPTERS = {
    "Begin": ("tutorial", "howto"),
    "For analysts": ("commands", "journal", "rules", "seals", "formats"),
    "For engineers": ("embedding", "api", "views", "bulk", "postgresql", "versioning"),
    "What is promised": (
        "reliability",
        "opening",
        "encryption",
        "hostile-input",
        "performance",
        "assurance",
    ),
}
"""The pages in the order in which they are to be read, by what they are for."""

PUBLIC = ("reciprocity.domain", "reciprocity.store", "reciprocity.projections", "reciprocity.seeds")
"""The packages whose names are the public interface."""


def contents() -> str:
    """The chapters, as the site's navigation has them."""
    return "".join(
        f"\n```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{chr(10).join(pages)}\n```\n"
        for caption, pages in CHAPTERS.items()
    )


def interface() -> str:
    """Every public name with its docstring, package by package."""
    return "".join(
        f"\n## `{package}`\n\n```{{eval-rst}}\n.. automodule:: {package}\n   :members:\n```\n"
        for package in PUBLIC
    )


ADDED = {"index": contents, "api": interface}
"""What is added at the end of a page when it is read."""


def add(_: Sphinx, page: str, source: list[str]) -> None:
    """Add to a page what only the site can show."""
    if page in ADDED:
        source[0] += ADDED[page]()


def setup(app: Sphinx) -> None:
    """Have Sphinx ask for what is added."""
    app.connect("source-read", add)
