"""Recording many events: what an import and journals bring, against (a)'s batches of 100.

Agreements of 100 events on both sides. (a) starts from plain values in memory, asks no rule, and records
each agreement in one transaction, as a journal is. An import is one transaction.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import documented, ours
from benchmarks.rounds import Costs, Family, Figure, Turn, faster, timed
from benchmarks.stores import Stores, opened
from benchmarks.workload import Told, Workload
from reciprocity.domain import Recorded
from reciprocity.replay import taking_in
from reciprocity.replay.event_lines import JSONL
from reciprocity.replay.journal import Entry, Journal
from reciprocity.replay.record import record
from reciprocity.store import Register


def _workload(stores: Stores) -> Workload:
    return Workload(stores.sizes.recorded, 100)


def _by_agreement(workload: Workload) -> list[list[Told]]:
    agreements: dict[str, list[Told]] = {}
    for one in workload.told():
        agreements.setdefault(one.agreement, []).append(one)
    return list(agreements.values())


def _ours(name: str, prepared: Callable[[list[Recorded]], Callable[[Register], object]]) -> Turn:
    """A turn that records into a register of its own what was *prepared* of the workload's events."""

    def turn(stores: Stores) -> Costs:
        workload = _workload(stores)
        work = prepared(ours.recorded(workload.told()))
        with (
            TemporaryDirectory(dir=stores.folder) as folder,
            opened(Path(folder, "register.db"), create=True) as register,
        ):
            return {name: timed(lambda: work(register), workload.events)}

    return turn


def _read(recorded: list[Recorded]) -> Callable[[Register], object]:
    told = taking_in.Told("events.jsonl", tuple(recorded), tuple(range(1, len(recorded) + 1)))
    return lambda register: taking_in.take_in(register, told)


def _file(recorded: list[Recorded]) -> Callable[[Register], object]:
    lines = b"".join(JSONL.write(one) + b"\n" for one in recorded)
    now = dt.datetime.now(dt.UTC)

    def work(register: Register) -> None:
        told = taking_in.read_events(io.BytesIO(lines), "events.jsonl", now=now)
        taking_in.take_in(register, told)

    return work


def _journals(recorded: list[Recorded]) -> Callable[[Register], object]:
    entries: dict[str, list[Entry]] = {}
    for one in recorded:
        entries.setdefault(one.agreement_id, []).append(Entry(one.version, one.event, one.recorded_at))
    journals = [Journal(f"{name}.toml", name, tuple(told)) for name, told in entries.items()]
    return lambda register: [record(register, journal) for journal in journals]


def _documented(stores: Stores) -> Costs:
    workload = _workload(stores)
    agreements = _by_agreement(workload)
    with (
        TemporaryDirectory(dir=stores.folder) as folder,
        documented.open_at(Path(folder, "documented.db")) as application,
    ):
        return {"documented": timed(lambda: documented.record(application, agreements), workload.events)}


FAMILY = Family(
    "recording",
    turns=(_ours("import", _read), _documented, _ours("journals", _journals), _ours("file", _file)),
    figures=(
        Figure(
            "record-import",
            "recording what an import holds, once it is read and judged, against (a)'s batches of 100 events",
            "import",
            "documented",
            faster(5),
        ),
        Figure(
            "record-journals",
            "recording journals of 100 events, once they are read: every rule asked of every event",
            "journals",
            "documented",
            faster(5),
        ),
        Figure(
            "record-file",
            "a whole import: a file read, each line checked, every rule asked, and recorded",
            "file",
            "documented",
        ),
    ),
)
