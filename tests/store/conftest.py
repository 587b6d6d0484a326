"""What several of these tests are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reciprocity.store import Register
from reciprocity.store.views import Views
from tests.store_files import make


@pytest.fixture
def views(kept_url: str) -> Iterator[Views]:
    """What keeps the views of a new store."""
    with Register.open(kept_url, create=True) as register:
        yield register.views()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store of two agreements, in a folder where nothing else is."""
    (tmp_path / "folder").mkdir()
    make(tmp_path / "folder" / "swaps.db", "one", "two")
    return tmp_path / "folder" / "swaps.db"
