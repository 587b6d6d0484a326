"""The commands in each language: no sentence is missing, no figure torn, and programs read what they did."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

import pytest
from click.testing import Result
from rich.cells import cell_len

from reciprocity import seeds
from reciprocity.replay.language import language
from tests.catalogues import TRANSLATED
from tests.replay.test_language import EACH, FOUNDING, run
from tests.store.tampering import KINDS, victim


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two seeds, its seal and a proof; and the same store, tampered with since."""
    folder = tmp_path_factory.mktemp("languages")
    store = folder / "seeds.db"
    assert run("record", FOUNDING, "ua-ru-2025-06-02", "--store", store).exit_code == 0
    sealed = ("--leaves", folder / "leaves", "-o", folder / "seal", "--origin", "a-log")
    assert run("seal", store, *sealed).exit_code == 0
    event = ("--position", "3", "--checkpoint", folder / "seal", "-o", folder / "proof")
    assert run("prove", store, *event).exit_code == 0
    (folder / "touched.db").write_bytes(store.read_bytes())
    touched = f"sqlite:///{folder / 'touched.db'}"
    for kind, position in (("edit a text", 3), ("delete", 5)):
        KINDS[kind](victim(touched), position)
    return folder


COMMANDS = (
    "replay seeds.db",
    f"replay seeds.db {FOUNDING} --step",
    "status seeds.db",
    f"log seeds.db {FOUNDING}",
    "claims seeds.db --all",
    "watch seeds.db --after 0 --timeout 0",
    "check ua-ru-2025-06-02 --undecidable",
    "check BROKEN --undecidable",
    f"record {FOUNDING} --store new.db --dry-run",
    f"record {FOUNDING} --store seeds.db",
    "diff seeds.db 2025-05-23 2025-05-24",
    "diff seeds.db 3 40",
    f"what-if {FOUNDING} --without 6",
    "rebuild seeds.db standing --from-scratch",
    "rebuild seeds.db standing",
    "rebuild seeds.db standing --check",
    "verify seeds.db",
    "verify seeds.db --checkpoint seal --leaves leaves",
    "verify touched.db --checkpoint seal --leaves leaves",
    "verify --proof proof --checkpoint seal",
    "backup seeds.db copy.db",
    "encryption-key new.key",
)
BULK = (
    f"export {FOUNDING} --format parquet -o data/",
    "bulk cumulative data/",
    "bulk timeline data/",
    "bulk standing data/",
)


@pytest.fixture
def missing(code: str, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Sentences that were asked for, and are not in the catalogue."""
    asked: set[str] = set()

    class Noting(gettext.NullTranslations):
        def gettext(self, message: str) -> str:
            asked.add(message)
            return message

        def ngettext(self, *said: object) -> str:
            return self.gettext(str(said[0]))

    monkeypatch.setattr(language(code)._sentences, "_fallback", Noting())
    return asked


def tell(command: str, *more: str, columns: int = 100) -> Result:
    broken = [str(path) for path in sorted(Path(str(seeds.path(FOUNDING))).parent.glob("broken/*.toml"))]
    words: list[str] = []
    for word in command.split():
        words += broken if word == "BROKEN" else [word]
    ran = run(*words, *more, columns=columns)
    assert ran.exception is None or isinstance(ran.exception, SystemExit), ran.exception
    assert ran.exit_code in {0, 1, 3}, ran.output
    return ran


@EACH
def test_each_command_speaks_it_without_a_missing_sentence(
    code: str, folder: Path, missing: set[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    letters = re.compile("[іїєґ]" if code == "uk" else "[ыэёъ]|[а-я]" if code == "ru" else "[éèàêçû’]")
    for command in (*COMMANDS, *(BULK if code == "uk" else ())):  # they take their time
        ran = tell(command, "--lang", code)
        assert letters.search(ran.stdout), (command, ran.output)
        assert "\\x" not in ran.stdout
        assert "\\u" not in ran.stdout
    assert {sentence for sentence in missing if " or " not in sentence} == set()


def test_what_programs_read_is_the_same_in_every_language(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    readable = ("replay", "status", "log", "claims", "watch", "check", "diff", "what-if", "verify")
    commands = [
        f"{command} --json"
        for command in COMMANDS
        if command.split()[0] in readable and "--step" not in command
    ]
    commands += [f"export seeds.db --format {form}" for form in ("jsonl", "cloudevents", "csv", "hxl")]
    for number, command in enumerate(commands):
        plain = tell(command).stdout
        assert tell(command, "--lang", TRANSLATED[number % len(TRANSLATED)]).stdout == plain != ""


@EACH
@pytest.mark.parametrize("columns", [30, 60, 100])
def test_no_line_is_too_long_and_no_figure_is_torn(
    code: str, columns: int, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder)
    command = f"replay seeds.db {FOUNDING}"
    for said in (command, "status seeds.db", f"log seeds.db {FOUNDING}"):
        shown = tell(said, "--lang", code, columns=columns).stdout
        assert max(map(cell_len, shown.splitlines())) <= columns
        assert "…" not in shown
    whole = tell(command, "--lang", code, columns=200).stdout.count(language(code).number(1000))
    assert (
        tell(command, "--lang", code, columns=columns).stdout.count(language(code).number(1000)) == whole >= 7
    )
