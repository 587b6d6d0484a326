"""Every command that reads leaves a store as it was; none makes anything of a wrong name."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reciprocity.replay.cli import main
from tests.store_files import State, copied, crashed, in_use, untouched

JOURNAL = "ua-ru-2025-05-16"
READING = (
    ("replay", "STORE", "--json"),
    ("status", "STORE"),
    ("log", "STORE", "two"),
    ("claims", "STORE"),
    ("diff", "STORE", "1", "2"),
    ("what-if", "STORE", "two"),
    ("export", "STORE", "--format", "jsonl"),
    ("watch", "STORE", "--after", "0", "--timeout", "0"),
    ("rebuild", "STORE", "--check"),
    ("record", JOURNAL, "--store", "STORE", "--dry-run"),
    ("backup", "STORE", "ELSEWHERE"),
)
FINDS_NOTHING_BUILT = ("rebuild",)
WRITING = (
    ("record", JOURNAL, "--store", "STORE", "--no-create"),
    ("rebuild", "STORE"),
    ("import", "/dev/null", "--format", "jsonl", "--store", "STORE", "--no-create"),
)
COPYING = ("record", JOURNAL, "--store", "STORE", "--dry-run")  # of nothing, if there is no store


def run(words: tuple[str, ...], store: Path, elsewhere: Path) -> Result:
    given = {"STORE": str(store), "ELSEWHERE": str(elsewhere)}
    return CliRunner().invoke(main, [given.get(word, word) for word in words])


@pytest.mark.parametrize("state", [in_use, crashed, copied])
def test_a_command_that_reads_changes_nothing(state: State, tmp_path: Path) -> None:
    store = tmp_path / "there" / "swaps.db"
    store.parent.mkdir()
    with state(store):
        before = untouched(store)
        for words in READING:
            done = run(words, store, tmp_path / "copy.db")
            assert done.exit_code == (2 if words[0] in FINDS_NOTHING_BUILT else 0), done.output
            assert untouched(store) == before, words


@pytest.mark.parametrize("words", [*READING, *WRITING])
@pytest.mark.parametrize("name", ["typo.db", "sqlite:///typo.db"])
def test_a_name_of_nothing_is_refused_and_makes_nothing(
    words: tuple[str, ...], name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(words, name, Path("copy.db"))  # type: ignore[arg-type]  # a URL is no path
    assert done.exit_code == (0 if words == COPYING else 2), done.output
    assert list(tmp_path.iterdir()) == []
    if words != COPYING:
        assert "typo.db: no such" in done.stderr
