"""How thoroughly properties are tried, by the profile in ``HYPOTHESIS_PROFILE``; and on which stores."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from reciprocity.testing import servers
from tests import stores

# Under python -O a plain assert is not run; pytest keeps those of the tests, and those that it is told of.
ASSERTING = (
    "tests.browser.conftest",
    "tests.projections.compiled",
    "tests.projections.data_sets",
    "tests.projections.view_stores",
    "tests.reliability.concurrent",
    "tests.reliability.server",
    "tests.replay.befallen",
    "tests.replay.report_page",
    "tests.store.kept_views",
    "tests.store_files",
)
pytest.register_assert_rewrite(*ASSERTING)

# A history is built step by step, so its inputs are large and take their time; that is no fault.
_SLOW = [HealthCheck.too_slow, HealthCheck.data_too_large]

# Each run tries other examples, so what the default leaves out comes with the next run.
settings.register_profile(
    "default", max_examples=50, deadline=None, print_blob=True, suppress_health_check=_SLOW
)
settings.register_profile("thorough", settings.get_profile("default"), max_examples=1_000)
settings.register_profile("quick", settings.get_profile("default"), max_examples=25, phases=[Phase.generate])
# The same examples each time, as it must be when two runs are compared.
settings.register_profile(
    "fixed",
    settings.get_profile("quick"),
    phases=[Phase.explicit, Phase.generate],
    derandomize=True,
    database=None,
)
os.environ.pop("RECIPROCITY_LANG", None)  # tests read English, unless they say otherwise
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_sessionfinish() -> None:
    servers.stop()


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store can be made; one in memory is another for each who opens it."""
    with stores.place(request.param, tmp_path) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def kept_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a store can be made that several can open, and that outlives them."""
    with stores.place(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine's own time is fourteen hours ahead, and known without a data base of zones."""
    with monkeypatch.context() as at:
        at.setenv("TZ", "LINT-14")  # the Line Islands: the next day from ten in the morning, UTC
        time.tzset()
        yield
    time.tzset()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """The Chromium of the system, started once; it looks for no update, no list, no other network."""
    pytest.importorskip("playwright", reason="pip install playwright")
    if CHROMIUM is None:
        pytest.skip("a browser is needed: apt-get install chromium")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only where a page is opened

    with (
        sync_playwright() as playwright,
        playwright.chromium.launch(executable_path=CHROMIUM, args=_QUIET) as started,
    ):
        yield started


@pytest.fixture
def server_url() -> Iterator[str]:
    """Where a store can be made on a PostgreSQL server."""
    with servers.server().empty_database() as url:
        yield url
