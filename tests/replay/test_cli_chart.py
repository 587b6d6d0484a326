"""The command chart: which picture, of what, into which file; and nothing is harmed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from reciprocity.replay import charts
from tests.documents import ROOT, fences
from tests.replay.test_cli import FOUNDING
from tests.replay.test_export import run


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stores") / "here.db"
    assert run("record", FOUNDING, "ua-ru-2026-02-geneva", "--store", path).exit_code == 0
    return path


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is drawn is written as its title and subtitle: rendering is tried elsewhere, and takes long."""
    for form in charts.FORMS:
        words = lambda drawing: f"{drawing.title}; {drawing.subtitle}".encode()  # noqa: E731
        monkeypatch.setitem(charts.FORMS, form, words)


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "Exchanges from 2025 to 2026; Persons released, by all sides together"),
        ((FOUNDING,), "1,000 for 1,000; Progress toward the agreed total"),
        ((FOUNDING, "--kind", "balance"), "1,000 for 1,000; The balance between the sides"),
        (
            (FOUNDING, "--kind", "years"),
            "Exchanges from 2025 to 2025; Persons released, by all sides",
        ),
    ],
)
def test_what_is_drawn_follows_from_what_is_given(
    store: Path, tmp_path: Path, words: tuple[str, ...], expected: str
) -> None:
    file = tmp_path / "picture.SVG"
    result = run("chart", store, *words, "-o", file)
    assert (result.exit_code, result.output) == (0, "")
    assert file.read_text("utf-8").startswith(expected)


@pytest.mark.usefixtures("told")
def test_of_a_journal_with_one_agreement_it_is_progress(tmp_path: Path) -> None:
    assert run("chart", FOUNDING, "-o", tmp_path / "x.html").exit_code == 0
    assert "Progress" in (tmp_path / "x.html").read_text("utf-8")


def test_a_page_says_in_which_language_it_is(tmp_path: Path) -> None:
    assert run("chart", FOUNDING, "--lang", "uk", "-o", tmp_path / "x.html").exit_code == 0
    page = (tmp_path / "x.html").read_text("utf-8")
    assert '<html lang="uk">' in page
    assert "<h2>Джерела</h2>" in page


@pytest.fixture
def folder(store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with a file and a store in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there.svg").write_bytes(b"there")
    (tmp_path / "store.svg").write_bytes(store.read_bytes())
    return tmp_path


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("words", "code", "reason"),
    [
        (("-o", "x.jpeg"), 2, "x.jpeg ends in none of .svg, .png, .html"),
        (
            ("--kind", "balance", "-o", "x.svg"),
            2,
            "balance is drawn of one agreement: name one (there are: ua-ru-",
        ),
        (("nobody", "-o", "x.svg"), 2, "no agreement nobody"),
        (("--as-of", "2020-01-01", "-o", "x.svg"), 1, "no phase is on record in which persons were released"),
        ((FOUNDING, "--as-of", "2020-01-01", "-o", "x.svg"), 1, "nothing had happened, or nothing was known"),
        (("-o", "none/x.svg"), 2, "No such file or directory"),
        (("-o", "there.svg"), 1, "exists already (--force overwrites it)"),
        (("-o", "store.svg", "--force"), 1, "a store, or another database, which is never overwritten"),
    ],
)
def test_what_cannot_be_drawn_is_refused_by_name_and_leaves_all_as_it_was(
    folder: Path, words: tuple[str, ...], code: int, reason: str
) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    result = run("chart", "store.svg", *words)
    assert result.exit_code == code
    assert reason in " ".join(result.output.split())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_without_the_extra_it_says_how_to_install_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    result = run("chart", FOUNDING, "-o", tmp_path / "x.svg")
    assert result.exit_code == 2
    assert result.output == "Error: charts need vl-convert: pip install 'reciprocity[charts]'\n"
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("told")
def test_the_commands_of_its_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    commands = "".join(fences((ROOT / "docs/charts.md").read_text("utf-8"), "sh")).splitlines()
    assert len(commands) > 3
    for command in commands:
        name, *words = command.split()
        assert name == "reciprocity"
        assert run(*words).exit_code == 0, command
    assert {path.suffix for path in tmp_path.iterdir()} >= {".svg", ".png", ".html"}


def test_its_snippet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run("record", FOUNDING, "--store", "exchange.db").exit_code == 0
    [snippet] = fences((ROOT / "docs/charts.md").read_text("utf-8"), "python")
    exec(compile(snippet, "charts.md", "exec"), {})  # noqa: S102  # the project's own document
    assert (tmp_path / "progress.svg").read_bytes().startswith(b"<svg")
