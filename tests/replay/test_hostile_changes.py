"""Files that were lawful, changed at random: taken in or refused, never anything else.

``HYPOTHESIS_PROFILE=long`` tries some thousands of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from reciprocity import seeds
from reciprocity.replay.cli import main
from tests.replay.answers import STEERS
from tests.replay.hostile_files import SIGNED

ENDS = {0, 1, 2, 4, 5}
SEED = "ua-ru-2026-02-geneva"
PUT = [
    *(b"", b"-1", b"0", b"1.5", b"true", b"nan", b"1e999", b"9" * 30, b"null", b"{}", b"[]", b"[[", b'""'),
    *(b'"', b"'", b'"""', b"\\", b"\\ud800", b"\0", b"\x1b[2J", b"\xff", b"\xef\xbb\xbf", b"\r", b"\n"),
    *(b"\xe2\x80\xae", b"a.b", b"=", b",", b"#", b'"?"', b'"5.."', b"2001-01-01", b'"ZZZ"', b'"../../x"'),
    *(b"9999-12-31T23:59:59-14:00", b"[event]", b"[[event]]", b"}", b"]"),
]
_WORD = re.compile(rb'"[^"\n]*"|[\w.:-]+|[^\s\w]')

Changes = Callable[[bytes], st.SearchStrategy[bytes]]


def changed_bytes(content: bytes) -> st.SearchStrategy[bytes]:
    """A stretch of it replaced by a few bytes."""
    return st.builds(
        lambda at, left_out, put: content[:at] + put + content[at + left_out :],
        st.integers(0, len(content)),
        st.integers(0, 40),
        st.binary(max_size=4) | st.sampled_from(PUT),
    )


def changed_words(content: bytes) -> st.SearchStrategy[bytes]:
    """Some words of it replaced: by others of its own, or by hostile ones."""
    found = list(_WORD.finditer(content))

    def put(changes: dict[int, bytes]) -> bytes:
        text = content
        for number in sorted(changes, reverse=True):
            text = text[: found[number].start()] + changes[number] + text[found[number].end() :]
        return text

    words = st.sampled_from(PUT) | st.sampled_from([one[0] for one in found])
    return st.dictionaries(st.integers(0, len(found) - 1), words, min_size=1, max_size=3).map(put)


def moved_lines(content: bytes) -> st.SearchStrategy[bytes]:
    """Its lines, some of them doubled elsewhere or left out."""
    lines = content.splitlines(keepends=True)

    def move(taken: list[int], at: int) -> bytes:
        before = [line for number, line in enumerate(lines[:at]) if number not in taken]
        return b"".join([*before, *(lines[number] for number in taken), *lines[at:]])

    numbers = st.integers(0, len(lines) - 1)
    return st.builds(move, st.lists(numbers, min_size=1, max_size=3), st.integers(0, len(lines)))


CHANGES = [changed_bytes, changed_words, moved_lines]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With a store that holds another agreement."""
    (tmp_path / "swap.toml").write_text(SIGNED, "utf-8")
    _begin(tmp_path)
    return tmp_path


def _begin(folder: Path) -> None:
    (folder / "s.db").unlink(missing_ok=True)
    done = CliRunner().invoke(main, ["record", str(folder / "swap.toml"), "--store", str(folder / "s.db")])
    assert done.exit_code == 0


def _told(folder: Path) -> str:
    return CliRunner().invoke(main, ["log", str(folder / "s.db"), "--json"]).output


def _asked(folder: Path, content: bytes, *command: str) -> None:
    """Ask it to take the text in, and see that what must hold does, whatever the text says."""
    name = folder / ("changed.toml" if command == ("record",) else "changed.jsonl")
    name.write_bytes(content)
    before = _told(folder)
    result = CliRunner().invoke(main, [*command, str(name), "--store", str(folder / "s.db")])
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert result.exit_code in ENDS
    assert not STEERS.search(result.output)
    if result.exit_code:
        assert _told(folder) == before
        assert "Error: " in result.output
    else:  # it was lawful still, and is on record now
        _begin(folder)


def _tried(content: bytes, change: Changes, hold: Callable[[bytes], None]) -> None:
    profile = settings()
    few = settings(profile, max_examples=max(8, profile.max_examples // 8))
    few(given(change(content))(hold))()


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_journal_is_recorded_or_refused(folder: Path, change: Changes) -> None:
    path = seeds.path(SEED)
    assert path is not None
    _tried(path.read_bytes(), change, lambda content: _asked(folder, content, "record"))


@pytest.mark.parametrize("form", ["jsonl", "cloudevents"])
@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_of_events_is_taken_in_or_refused(folder: Path, change: Changes, form: str) -> None:
    given_out = CliRunner().invoke(main, ["export", SEED, "--format", form]).stdout_bytes
    _tried(given_out, change, lambda content: _asked(folder, content, "import", "--format", form))
