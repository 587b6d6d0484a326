"""Apache Spark answers what the folds answer, by the expressions that DuckDB runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from reciprocity.domain import Recorded
from reciprocity.projections import bulk
from reciprocity.projections.stretches import file_of, stretches
from reciprocity.store import Unreadable
from tests.projections.data_sets import CHECKS, Check, crowded_logs, of_the_seeds, written
from tests.spark.conftest import MASTER, QUICK

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"  # PySpark leaves its sockets to be collected
)

FEW = settings(max_examples=2, derandomize=True, deadline=None, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("check", CHECKS)
def test_fold_and_relation_agree_on_the_seeds(check: Check, tmp_path: Path) -> None:
    path, log = of_the_seeds(tmp_path)
    with bulk.opened(path, "spark") as tables:
        check(tables, log)


@pytest.mark.parametrize("check", CHECKS)
@given(crowded_logs(fewest=6))
@FEW
def test_fold_and_relation_agree(check: Check, log: tuple[Recorded, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = written(Path(folder, "told"), log, [len(log) // 2], positions=20)
        with bulk.opened(path, "spark") as tables:
            check(tables, log)
            middle = log[len(log) // 2]
            check(
                tables.known_at(middle.recorded_at), [o for o in log if o.recorded_at <= middle.recorded_at]
            )


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path, _ = of_the_seeds(tmp_path)
    damaged = file_of(path, stretches(path)[0], "entries")
    damaged.write_bytes(damaged.read_bytes()[:-100])
    with pytest.raises(Unreadable, match=r"entries\.parquet"), bulk.opened(path, "spark") as tables:
        list(bulk.fact_rows(bulk.facts(tables)))


@pytest.mark.parametrize("with_java", [True, False])
def test_the_command_prints_what_it_prints_with_duckdb(tmp_path: Path, with_java: bool) -> None:
    path, _ = of_the_seeds(tmp_path)
    quick = " ".join(f"--conf {name}={value}" for name, value in QUICK.items())
    environment = {**os.environ, "PYSPARK_SUBMIT_ARGS": f"{quick} pyspark-shell"}
    if not with_java:
        environment["PATH"] = str(_without_java(tmp_path / "bin"))
        environment.pop("JAVA_HOME", None)
    program = str(Path(sys.executable).parent / "reciprocity")
    asked = [program, "bulk", "standing", str(path), "--json"]
    engines: tuple[list[str], ...] = ([], ["--engine", "spark", "--master", MASTER])
    printed = [
        subprocess.run([*asked, *engine], env=environment, check=True, stdout=subprocess.PIPE).stdout
        for engine in engines
    ]
    assert printed[0] == printed[1]
    assert json.loads(printed[0].splitlines()[0])["agreement"]


def _without_java(folder: Path) -> Path:
    """A folder with all that is on the PATH but Java."""
    folder.mkdir()
    for place in os.environ["PATH"].split(os.pathsep):
        for one in Path(place).glob("*"):
            if one.name != "java" and not (folder / one.name).exists():
                (folder / one.name).symlink_to(one)
    return folder
