"""Proving: small files about a sealed log. The one rule: a proof that does not hold is never given out.

One kind shows that an event was in the log, the other that the log was only added to since. `verify_alone`
reads both; docs/seals.md has the format.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reciprocity.replay import verify_alone
from reciprocity.replay.keys import base64_text
from reciprocity.replay.sealing import NothingToSeal, read_file, recorder_of
from reciprocity.store import Unreadable
from reciprocity.store.merkle import consistency_proof, inclusion_proof
from reciprocity.store.seals import hashes, leaf
from reciprocity.store.wire import is_encrypted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reciprocity.replay.verify_alone import Checkpoint
    from reciprocity.store import Register
    from reciprocity.store.log import Row
    from reciprocity.store.reading import Stored

_OTHERWISE = "the log is not what was sealed, so nothing can be proved; reciprocity verify says more"


def read_proof(path: Path) -> verify_alone.Inclusion | verify_alone.Consistency:
    """The proof in a file.

    Raises:
        Malformed: it holds none.
    """
    return read_file(path, verify_alone.proof)


def inclusion_text(register: Register, position: int, sealed: Checkpoint) -> str:
    """The proof that the event at a position was in the log when it was sealed.

    Raises:
        NothingToSeal: it was not, or the log is no longer what was sealed.
        Unreadable: a row cannot be read.
    """
    recorder = recorder_of(register)
    row = _row(recorder, position, sealed)
    index = position - 1
    way = inclusion_proof(_as_sealed(recorder, sealed), index, sealed.size)
    _, agreement, version, topic, state = row
    stored = f"encrypted {base64_text(state)}" if is_encrypted(state) else f"stored {state.decode()}"
    text = (
        f"{verify_alone.INCLUSION}\nsize {sealed.size}\nposition {position}\nagreement {agreement}\n"
        f"version {version}\nevent {topic}\n{stored}\n{_lines(way)}"
    )
    shown = verify_alone.proof(text)
    if not isinstance(shown, verify_alone.Inclusion) or not shown.holds(sealed):
        raise NothingToSeal(_OTHERWISE)
    return text


def consistency_text(register: Register, old: Checkpoint, new: Checkpoint) -> str:
    """The proof that nothing was changed between two seals of a log.

    Raises:
        NothingToSeal: something was, or the log is no longer what was sealed.
        Unreadable: a row cannot be read.
    """
    old, new = sorted((old, new), key=lambda one: one.size)
    if not old.size:
        raise NothingToSeal("a seal of no events needs no proof: every log continues it")
    way = consistency_proof(_as_sealed(recorder_of(register), new), old.size, new.size)
    shown = verify_alone.Consistency(old.size, new.size, way)
    if old.origin != new.origin:
        raise NothingToSeal(f"the checkpoints are of two logs: {old.origin}, {new.origin}")
    if not shown.holds(old, new):
        raise NothingToSeal(_OTHERWISE)
    return f"{verify_alone.CONSISTENCY}\nold {old.size}\nnew {new.size}\n{_lines(way)}"


def _as_sealed(recorder: Stored, sealed: Checkpoint) -> Iterator[bytes]:
    found = 0
    for one in hashes(recorder, up_to=sealed.size):
        found += 1
        yield one
    # No proof asks for more than was sealed: whoever comes here found less.
    raise NothingToSeal(f"{_OTHERWISE} ({sealed.size:,} events were sealed, {found:,} of them are here)")


def _row(recorder: Stored, position: int, sealed: Checkpoint) -> Row:
    if not 1 <= position <= sealed.size:
        raise NothingToSeal(f"position {position} was not in the log yet when {sealed.size:,} were sealed")
    rows = recorder.select_rows(after=position - 1, up_to=position, limit=1)
    if not rows:
        raise NothingToSeal(f"position {position} is not in the log")
    leaf(rows[0])
    *_, topic, state = rows[0]
    if (b"\n" in state and not is_encrypted(state)) or "\n" in topic or "\n" in rows[0][1]:
        raise Unreadable(f"position {position}: a line break in what is one line")
    return rows[0]


def _lines(way: list[bytes]) -> str:
    return "".join(f"{base64_text(one)}\n" for one in way)
