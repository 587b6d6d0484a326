"""What docs/encryption.md shows in Python runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from reciprocity.store import Key, Register
from reciprocity.store.encryption_keys import write_key_file
from tests.documents import ROOT, fences


def test_its_snippet_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    key = Key.new()
    write_key_file("exchange.key", key)
    Register.open("sqlite:///exchange.db", create=True, key=key).close()
    [snippet] = fences((ROOT / "docs/encryption.md").read_text("utf-8"), "python")
    exec(compile(snippet, "encryption.md", "exec"), {})  # noqa: S102  # the project's own document
    assert capsys.readouterr().out == "0\n"
