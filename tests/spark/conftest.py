"""Tests of Apache Spark, ``make spark``: collected only where it is installed, for each takes its time."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec

import pytest

MASTER = "local[2]"

collect_ignore_glob = [] if find_spec("pyspark") else ["test_*.py"]


@pytest.fixture(scope="session", autouse=True)
def session() -> Iterator[object]:
    """One session for all tests, which `bulk.opened` finds; its partitions are as small as its data."""
    from pyspark.sql import SparkSession  # noqa: PLC0415  # see above

    from reciprocity.projections.bulk import java  # noqa: PLC0415

    builder = SparkSession.builder.master(MASTER).appName("tests")
    builder = builder.config("spark.sql.shuffle.partitions", "2").config("spark.ui.enabled", "false")
    builder = builder.config("spark.ui.showConsoleProgress", "false")
    with java.provided():
        session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    yield session
    session.stop()
