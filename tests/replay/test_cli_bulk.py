"""The command bulk, and export to a folder: the answers of a data set are those of the store it is of."""

from __future__ import annotations

import io
import json
import re
import sys
from contextlib import redirect_stdout
from pathlib import Path

import click
import pytest

from reciprocity import projections, seeds
from reciprocity.projections.bulk import ENGINES
from reciprocity.projections.entries import RELATIONS
from reciprocity.projections.stretches import MARK, file_of, stretches
from reciprocity.replay.cli_bulk import bulk
from reciprocity.replay.parquet_tables import schema_of
from tests.documents import ROOT, fences
from tests.replay.test_cli import FOUNDING
from tests.replay.test_export import run
from tests.stores import place


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("stores") / "here.db"
    assert run("record", *seeds.names(), "--store", path).exit_code == 0
    return path


@pytest.fixture(scope="module")
def given(store: Path) -> Path:
    assert run("export", store, "--format", "parquet", "-o", f"{store.parent}/given/").exit_code == 0
    return store.parent / "given"


def _words(printed: str) -> list[list[str]]:
    """What is printed, line by line, without the bars that only ``status`` draws."""
    return [line.split() for line in printed.splitlines() if not re.search("[█░·─]", line)]


@pytest.mark.parametrize("clock", [[], ["--known-at", "2025-06-10"]])
def test_it_prints_of_every_agreement_what_replay_prints(store: Path, given: Path, clock: list[str]) -> None:
    lines = run("bulk", "timeline", given, "--json", *clock).stdout.splitlines()
    assert len(lines) > 10
    for name in seeds.names():
        own = [line for line in lines if json.loads(line)["agreement"] == name]
        assert own == run("replay", store, name, "--json", *clock).stdout.splitlines()
    assert run("bulk", "timeline", given, FOUNDING, "--json", *clock).stdout.splitlines() == [
        line for line in lines if json.loads(line)["agreement"] == FOUNDING
    ]


@pytest.mark.parametrize("form", [[], ["--json"], ["--known-at", "2025-06-10"]])
def test_it_prints_of_the_whole_what_status_prints(store: Path, given: Path, form: list[str]) -> None:
    result = run("bulk", "standing", given, *form)
    assert result.exit_code == 0
    assert _words(result.stdout) == _words(run("status", store, *form).stdout)


def test_cumulative_has_an_object_for_each_figure(given: Path) -> None:
    lines = run("bulk", "cumulative", given, FOUNDING, "--json").stdout.splitlines()
    assert [json.loads(line) for line in lines][:2] == [
        {
            "agreement": FOUNDING,
            "releasing": "RUS",
            "receiving": "UKR",
            "categories": [],
            "exchanged": 1000,
            "agreed": 1000,
            "remaining": 0,
            "percentage": {"at_least": 100.0, "at_most": 100.0},
        },
        {
            "agreement": FOUNDING,
            "releasing": "RUS",
            "receiving": "UKR",
            "categories": ["civilian"],
            "exchanged": 120,
            "agreed": None,
            "remaining": None,
            "percentage": None,
        },
    ]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_data_set_of_any_store_is_added_to(kind: str, tmp_path: Path) -> None:
    folder = f"{tmp_path}/given/"
    with place(kind, tmp_path) as url:
        for name, added, held in ((FOUNDING, 14, 14), ("ua-ru-2026-02-geneva", 10, 24)):
            assert run("record", name, "--store", url).exit_code == 0
            result = run("export", url, "--format", "parquet", "-o", folder)
            assert result.output == f"{folder}: {added} events added, {held} in the data set\n"
        without_slash = run("export", url, "--format", "parquet", "-o", folder[:-1])
        assert without_slash.output == f"{folder[:-1]}: 0 events added, 24 in the data set\n"
        asked = run("bulk", "standing", folder).stdout
        assert _words(asked) == _words(run("status", url).stdout)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format", "csv", "-o", "x/"], "x/ is a folder"),
        (["--format", "csv", "-o", "."], ". is a folder"),
        (["--format", "parquet", "-o", "x/", "--force"], "--force"),
        (["--format", "parquet", "-o", "x/", "--as-of", "2025-05-24"], "--as-of"),
        (["--format", "parquet", "-o", "x/", "--known-at", "2025-05-24"], "--known-at"),
        ([FOUNDING, "--format", "parquet", "-o", "x/"], "AGREEMENT"),
        (["--format", "parquet", "-o", "no/such/"], "No such file or directory"),
        (["--format", "parquet", "-o", "other"], "no data set"),
    ],
)
def test_what_a_data_set_cannot_be_made_of(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "file").write_text("mine", "utf-8")
    monkeypatch.chdir(tmp_path)
    result = run("export", FOUNDING, *arguments)
    assert (result.exit_code, said in result.stderr) == (2, True), result.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["other"]


def test_another_record_is_refused_with_1(store: Path, given: Path) -> None:
    refused = run("export", "ua-ru-2026-02-geneva", "--format", "parquet", "-o", given)
    assert refused.exit_code == 1
    assert "holds another record" in refused.stderr or "more than the record" in refused.stderr
    assert _words(run("bulk", "standing", given).stdout) == _words(run("status", store).stdout)


def test_it_offers_every_engine_that_there_is() -> None:
    [option] = [one for one in bulk.params if one.name == "engine"]
    assert isinstance(option.type, click.Choice)
    assert (tuple(option.type.choices), option.default) == (ENGINES, ENGINES[0])


def test_usage_errors_exit_with_2(given: Path, tmp_path: Path) -> None:
    refused: tuple[tuple[list[str | Path], str], ...] = (
        (["standing", tmp_path], "not a data set"),
        (["standing", tmp_path / "nowhere"], "no such data set"),
        (["standing", given, "no-such-agreement"], "no agreement no-such-agreement"),
        (["standing", given, "--master", "local[2]"], "--engine spark"),
        (["largest", given], "'largest' is not one of"),
    )
    for arguments, said in refused:
        result = run("bulk", *arguments)
        assert (result.exit_code, said in result.stderr) == (2, True), result.stderr


def test_a_data_set_without_an_event_has_no_answer(tmp_path: Path) -> None:
    (tmp_path / MARK).write_text('{"data_set":1}', "utf-8")
    result = run("bulk", "standing", tmp_path)
    assert (result.exit_code, result.stderr) == (2, f"Error: {tmp_path}: holds no event yet\n")


@pytest.mark.parametrize("kept", [0, 4, -100])
def test_a_damaged_data_set_exits_with_3(store: Path, tmp_path: Path, kept: int) -> None:
    run("export", store, "--format", "parquet", "-o", f"{tmp_path}/given/")
    file = file_of(tmp_path / "given", stretches(tmp_path / "given")[0], "entries")
    file.write_bytes(file.read_bytes()[:kept])
    result = run("bulk", "cumulative", tmp_path / "given")
    assert result.exit_code == 3
    assert "entries.parquet" in result.stderr


@pytest.mark.parametrize(
    ("module", "extra", "engine"), [("ibis", "bulk", "duckdb"), ("pyspark", "spark", "spark")]
)
def test_without_an_extra_it_says_how_to_install_it(
    given: Path, monkeypatch: pytest.MonkeyPatch, module: str, extra: str, engine: str
) -> None:
    if module == "ibis":
        monkeypatch.delattr(projections, "bulk", raising=False)
        monkeypatch.delitem(sys.modules, "reciprocity.projections.bulk", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    result = run("bulk", "standing", given, "--engine", engine)
    assert result.exit_code == 2
    assert f"pip install 'reciprocity[{extra}]'" in result.stderr
    assert "Traceback" not in result.stderr


def test_the_snippet_prints_what_it_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (ROOT / "docs/bulk.md").read_text("utf-8")
    [snippet], [expected] = fences(text, "python"), fences(text, "text")
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with redirect_stdout(printed):
        exec(compile(snippet, "docs/bulk.md", "exec"), {})  # noqa: S102  # the project's own document
    assert printed.getvalue() == expected


def test_every_column_is_documented_with_its_type() -> None:
    text = (ROOT / "docs/bulk.md").read_text("utf-8")
    written = {
        name: re.findall(r"^\| `(\w+)` \| ([^|]*) \|", table, re.MULTILINE)
        for name, table in re.findall(r"^\*\*`(\w+)`\*\*.*?\n\n(.*?)\n\n", text, re.MULTILINE | re.DOTALL)
    }
    assert written == {
        name: [(one.name, _type(one)) for one in schema_of(relation.row)]
        for name, relation in RELATIONS.items()
    }


def _type(column: object) -> str:
    shown = str(getattr(column, "type", ""))
    shown = {
        "date32[day]": "date32",
        "timestamp[us, tz=UTC]": "timestamp[us, UTC]",
        "list<element: string>": "list of string",
        "list<item: string>": "list of string",
    }.get(shown, shown)
    if getattr(column, "name", "") == "urls":
        return "list of string, null for none"
    return f"{shown} ∅" if getattr(column, "nullable", False) else shown
