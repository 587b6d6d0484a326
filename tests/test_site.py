"""The site: built without a warning, it shows every public name, asks no network, and axe finds no fault."""

from __future__ import annotations

import importlib
import inspect
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.documents import ROOT

pytest.importorskip("sphinx", reason="pip install 'reciprocity[docs]'")
pytest.importorskip("furo", reason="pip install 'reciprocity[docs]'")
pytest.importorskip("myst_parser", reason="pip install 'reciprocity[docs]'")

LOOKED_AT = ("index.html", "howto.html", "rules.html", "search.html")
THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site as ``make docs`` makes it, which ends with an error if there is a warning."""
    folder = tmp_path_factory.mktemp("site")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    options = re.search(r"-m sphinx (.*) docs build/site$", makefile, re.MULTILINE)
    assert options
    assert "--fail-on-warning" in options[1]
    command = [
        sys.executable,
        "-m",
        "sphinx",
        *options[1].split(),
        "-d",
        folder / "kept",
        "docs",
        folder / "site",
    ]
    built = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert (built.returncode, built.stdout.decode()) == (0, "")
    return folder / "site"


@pytest.fixture(scope="module")
def page(browser: Any) -> Iterator[Any]:
    """A page of the browser."""
    pytest.importorskip("axe_playwright_python", reason="pip install axe-playwright-python")
    opened = browser.new_page()
    yield opened
    opened.close()


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_every_document_is_a_page_that_the_navigation_leads_to(site: Path) -> None:
    index = (site / "index.html").read_text("utf-8")
    for document in ROOT.glob("docs/*.md"):
        if document.name != "index.md":
            assert f'class="reference internal" href="{document.stem}.html"' in index, document.name
    assert "0.1.0 (unreleased)" in (site / "site/changelog.html").read_text("utf-8")


def test_every_public_name_is_on_the_page_of_the_interface(site: Path) -> None:
    text = (site / "api.html").read_text("utf-8")
    for package in ("domain", "store", "projections", "projections.bulk"):
        module = importlib.import_module(f"reciprocity.{package}")
        for name in module.__all__:
            value = getattr(module, name)
            described = inspect.isclass(value) or inspect.isroutine(value)
            shown = f'id="{module.__name__}.{name}"' if described else f'<span class="pre">{name}</span>'
            assert shown in text, f"{package}.{name}"
    for name in (
        "store.Register.complete_phase",
        "projections.frames.polars_frame",
        "domain.Status.IN_FORCE",
    ):
        assert f'id="reciprocity.{name}"' in text


def test_pages_ask_nothing_of_the_network(site: Path) -> None:
    """What a browser loads by itself; a link is for who follows it."""
    for found in (*pages(site), *site.rglob("*.css")):
        text = found.read_text("utf-8")
        loaded = re.findall(
            r"<(?:script|img|iframe|source|video|audio|embed)\b[^>]*?\bsrc=\"([^\"]+)\"", text
        )
        loaded += re.findall(
            r"<link\b(?![^>]*rel=\"(?:author|index|search|next|prev)\")[^>]*href=\"([^\"]+)\"", text
        )
        loaded += re.findall(r"(?:url\(|@import )[\"']?([^\"')\s]+)", text)
        assert not [address for address in loaded if re.match(r"(?:https?:)?//", address)], found.name


@pytest.mark.parametrize("scheme", ["light", "dark"] if THOROUGH else ["light"])
def test_axe_finds_nothing_wrong(site: Path, page: Any, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415

    page.emulate_media(color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for found in pages(site) if THOROUGH else [site / name for name in LOOKED_AT]:
        page.goto(found.as_uri())
        # What axe would load beforehand are style sheets, which a browser does not read from files.
        violations = Axe().run(page, options={"preload": False}).response["violations"]
        assert [(one["id"], one["nodes"][0]["target"]) for one in violations] == [], found.name
    assert {url.partition(":")[0] for url in asked} <= {"file", "data"}
