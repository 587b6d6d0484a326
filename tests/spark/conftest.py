"""Tests of Apache Spark, ``make spark``: collected only where it is installed, for each takes its time."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

MASTER = "local[2]"

QUICK = {
    "spark.sql.shuffle.partitions": "2",  # as small as the data
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    # What is run once is not worth compiling, nor planning again after each stage.
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
}

collect_ignore_glob = [] if find_spec("pyspark") else ["test_*.py"]


@pytest.fixture(scope="session", autouse=True)
def session() -> Iterator[object]:
    """One session for all tests, which `bulk.opened` finds."""
    from pyspark.sql import SparkSession  # noqa: PLC0415  # only where it is installed

    from reciprocity.projections.bulk import java  # noqa: PLC0415

    builder = SparkSession.builder.master(MASTER).appName("tests")
    for name, value in QUICK.items():
        builder = builder.config(name, value)
    with java.provided():
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
