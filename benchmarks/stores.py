"""Stores: the logs that are measured. The one rule: each is made once in a run, when it is asked for."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import attrs

from benchmarks import documented, ours
from benchmarks.workload import Told, Workload
from reciprocity.replay import data_set
from reciprocity.store import Register


@attrs.frozen
class Sizes:
    """How much is measured."""

    log: Workload
    """The log that is replayed."""

    fresh: Workload
    """The same with a fresh page cited in every event."""

    long: tuple[Workload, Workload]
    """An agreement of many events, and one of ten times as many."""

    as_of: tuple[Workload, Workload]
    """A small log and a large one, of agreements of the same length."""

    memory: tuple[Workload, Workload]
    """A small log and a large one, of the same agreements."""

    tracked: int = 2_000
    """Events that (a) projects in a round: it commits for each."""

    resumed: int = 100
    """Events that are new when a view is resumed."""

    recorded: int = 50
    """Agreements of 100 events that are recorded in a round."""

    commands: int = 200
    """Commands in a round, and as many raw commits between them."""

    rounds: int = 5

    are_full: bool = False


_AGREEMENTS = 2_000

SHORT = Sizes(
    log=Workload(_AGREEMENTS, 100),
    fresh=Workload(_AGREEMENTS, 25, fresh_urls=True),
    long=(Workload(1, 10_000), Workload(1, 100_000)),
    as_of=(Workload(200, 100), Workload(_AGREEMENTS, 100)),
    memory=(Workload(_AGREEMENTS, 10), Workload(_AGREEMENTS, 100)),
)
"""200,000 events; where more are meant, as many stand in."""

FULL = attrs.evolve(
    SHORT,
    log=Workload(_AGREEMENTS, 1_000),
    as_of=(Workload(200, 100), Workload(20_000, 100)),
    memory=(Workload(_AGREEMENTS, 100), Workload(_AGREEMENTS, 5_000)),
    are_full=True,
)
"""2 million events, and 10 million for memory."""

TINY = Sizes(
    log=Workload(8, 12),
    fresh=Workload(8, 4, fresh_urls=True),
    long=(Workload(1, 30), Workload(1, 300)),
    as_of=(Workload(4, 12), Workload(12, 12)),
    memory=(Workload(8, 3), Workload(8, 12)),
    tracked=20,
    resumed=4,
    recorded=2,
    commands=4,
    rounds=1,
)
"""Shows that everything runs; its figures mean nothing."""


@attrs.frozen
class Stores:
    """The logs of a run, in a folder."""

    folder: Path
    sizes: Sizes

    def ours(self, workload: Workload) -> Path:
        """A register with that log."""
        return self._made("ours", workload, ours.build)

    def documented(self, workload: Workload) -> Path:
        """The same log as (a) has it."""
        return self._made("documented", workload, documented.build)

    def tiny(self) -> Stores:
        """Others, of the tiny logs."""
        folder = self.folder / "tiny"
        folder.mkdir(exist_ok=True)
        return Stores(folder, TINY)

    def to_grow(self, workload: Workload) -> Path:
        """A copy of the register with that log, to which views and events may be added."""
        path = self.folder / f"growing-{self.ours(workload).name}"
        if not path.exists():
            shutil.copyfile(self.ours(workload), path)
        return path

    def data_set(self, workload: Workload) -> Path:
        """The same log as Parquet."""
        path = self.folder / f"parquet-{workload.agreements}-by-{workload.versions}"
        if not path.exists():
            with self.register(workload) as register:
                data_set.add(register, path)
        return path

    def register(self, workload: Workload) -> Register:
        """The register with that log, opened anew."""
        return opened(self.ours(workload))

    def _made(self, side: str, workload: Workload, build: Callable[[Path, Iterable[Told]], None]) -> Path:
        cited = "-fresh" if workload.fresh_urls else ""
        path = self.folder / f"{side}-{workload.agreements}-by-{workload.versions}{cited}.db"
        if not path.exists():
            build(path, workload.told())
        return path


def opened(path: Path, *, create: bool = False) -> Register:
    """The register at *path*."""
    return Register.open(f"sqlite:///{path}", create=create)
