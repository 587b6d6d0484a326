"""Engines: who computes. The one rule: an engine reads the stretches that were there when it was opened.

DuckDB runs in this process. Apache Spark runs where its master is: on a cluster, a data set must lie where
every worker can read it, under the same path.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import ibis

from reciprocity.domain.errors import ExtraMissing
from reciprocity.projections.bulk import java
from reciprocity.projections.bulk.relations import DataSet, Table
from reciprocity.projections.entries import RELATIONS
from reciprocity.projections.stretches import NotADataSet, file_of, stretches
from reciprocity.store import Unreadable

ENGINES = ("duckdb", "spark")
"""The engines that `opened` knows; the first is the one that needs nothing further."""


class _Engine(NamedTuple):
    """How an engine reads Parquet files, and what it raises for one that is damaged."""

    read: Callable[[list[str]], Table]
    damaged: tuple[type[Exception], ...]


@contextmanager
def opened(path: Path, engine: str = "duckdb", *, master: str | None = None) -> Iterator[DataSet]:
    """The relations of the data set at *path*, as tables of an engine; *master* is the URL of Spark's.

    What is added meanwhile is not in them. If there is a session of Spark's already, it is used.

    Raises:
        ValueError: it is none of `ENGINES`.
        NotADataSet: nothing is there, or something else, or no event yet.
        Unreadable: a part of it is missing or damaged; also later, when an answer is computed.
        ExtraMissing: the engine is not installed, or there is no Java for it.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine: {engine!r} is none of {', '.join(ENGINES)}")
    there = stretches(path)
    if not there:
        raise NotADataSet(f"{path}: holds no event yet")
    with _spark(master) if engine == "spark" else _duckdb() as (read, damaged):
        try:
            yield DataSet(
                **{
                    name: read([str(file_of(path, stretch, name).absolute()) for stretch in there])
                    for name in RELATIONS
                }
            )
        except damaged as error:
            raise Unreadable(f"{path}: {error}") from error


@contextmanager
def _duckdb() -> Iterator[_Engine]:
    try:
        import duckdb  # noqa: PLC0415  # only who asks for it pays for it
    except ImportError as error:
        raise ExtraMissing("DuckDB is not installed: pip install 'reciprocity[bulk]'") from error
    with tempfile.TemporaryDirectory(prefix="reciprocity-duckdb-") as folder:
        connection = ibis.duckdb.connect(temp_directory=folder)
        try:
            yield _Engine(connection.read_parquet, (duckdb.IOException, duckdb.InvalidInputException))
        finally:
            connection.disconnect()


@contextmanager
def _spark(master: str | None) -> Iterator[_Engine]:
    try:
        from py4j.protocol import Py4JJavaError  # noqa: PLC0415
        from pyspark.errors import PySparkException  # noqa: PLC0415
        from pyspark.sql import SparkSession  # noqa: PLC0415
    except ImportError as error:
        raise ExtraMissing("Apache Spark is not installed: pip install 'reciprocity[spark]'") from error
    own = SparkSession.getActiveSession() is None
    builder = SparkSession.builder.appName("reciprocity").config("spark.ui.showConsoleProgress", "false")
    with java.provided():
        session = (builder.master(master) if master and own else builder).getOrCreate()
    if own:
        session.sparkContext.setLogLevel("ERROR")
    connection = ibis.pyspark.connect(session)

    def read(files: list[str]) -> Table:
        name = ibis.util.gen_name("reciprocity")
        session.read.parquet(*files).createOrReplaceTempView(name)
        return connection.table(name)

    try:
        yield _Engine(read, (PySparkException, Py4JJavaError))
    finally:
        if own:
            session.stop()
