"""What a golden store is compared by: its rows, its export, and how many it says were exchanged."""

from __future__ import annotations

import hashlib
import io
import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import TypedDict

from reciprocity.domain import Recorded
from reciprocity.projections import Facts, ask
from reciprocity.replay.giving_out import FORMATS


class Expected(TypedDict):
    """What stands in a golden store's ``expected.json``."""

    store_format: int
    topics: list[str]
    events: int
    content_sha256: str
    merkle_root: str
    exchanged: dict[str, dict[str, list[int | None]]]
    statuses: dict[str, str]


def expected(folder: Path) -> Expected:
    """What the store in *folder* is to come to."""
    read: Expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return read


def exported(log: Iterable[Recorded]) -> bytes:
    """The log as JSON Lines."""
    file = io.BytesIO()
    FORMATS["jsonl"](log, file)
    return file.getvalue()


def content_sha256(store: Path) -> str:
    """The SHA-256 of the stored rows, read by SQL: position, agreement, version, topic, text; a line each."""
    total = hashlib.sha256()
    query = "SELECT rowid, originator_id, originator_version, topic, state FROM stored_events ORDER BY rowid"
    with closing(sqlite3.connect(f"file:{store}?mode=ro&immutable=1", uri=True)) as database:
        for *place, text in database.execute(query):
            total.update(json.dumps(place).encode() + b" " + text + b"\n")
    return total.hexdigest()


def exchanged(log: Iterable[Recorded]) -> dict[str, dict[str, list[int | None]]]:
    """How many were released within each agreement, by direction: at least, and at most if that is known."""
    sums: dict[str, dict[str, list[int | None]]] = {}
    for fact in ask(Facts(), log):
        if fact.within_agreement is not True:
            continue
        of = sums.setdefault(fact.agreement, {}).setdefault(f"{fact.releasing}>{fact.receiving}", [0, 0])
        for place, end in enumerate((fact.at_least, fact.at_most)):
            before = of[place]
            of[place] = None if before is None or end is None else before + end
    return sums
