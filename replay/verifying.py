"""Verifying: a store against what others have kept of it. The one rule: no more is said than is known.

A checkpoint alone shows whether the log up to its size is as it was, and several show between which two of
them the first difference lies. With a list of the leaves each difference is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

from reciprocity.replay.findings import Found
from reciprocity.replay.sealing import recorder_of
from reciprocity.replay.verify_alone import Checkpoint, Inclusion
from reciprocity.replay.walking import UNREADABLE, Walk, place_of
from reciprocity.store.seals import Seal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reciprocity.replay.leaf_lists import LeafList, Listed
    from reciprocity.replay.verify_alone import Consistency, PublicKey
    from reciprocity.store import Register
    from reciprocity.store.reading import Stored

    Checkpoints: TypeAlias = Mapping[str, Checkpoint]

UNSEALED = (
    "No checkpoint was given. A tail that was cut off, or a log that was replaced as a whole, cannot be seen "
    "from the store alone."
)


@attrs.frozen
class Report:
    """What verifying a store found: how many events it holds, their root, what holds and what does not."""

    size: int
    root: bytes
    holds: tuple[str, ...]
    found: tuple[Found, ...]


def verify(
    register: Register,
    checkpoints: Checkpoints,
    lists: Mapping[str, LeafList] | None = None,
) -> Report:
    """All that is wrong with a store, by itself and against *checkpoints* and *lists*, by their names."""
    recorder = recorder_of(register)
    believed, doubted = _believed(checkpoints, lists or {})
    leaves = believed.leaves if believed else []
    walk = Walk(
        recorder,
        register.wire,
        sizes=[one.size for one in checkpoints.values()],
        listed=[one.hash for one in leaves],
    )
    walk.go()
    holds, differing = _against(walk, checkpoints)
    touched = _touched(recorder, walk, leaves)
    found = (*walk.found, *doubted, *differing, *touched)
    return Report(walk.size, walk.root, tuple(holds), found)


def check_signatures(checkpoints: Checkpoints, keys: Sequence[PublicKey]) -> Iterator[Found]:
    """Each checkpoint that is not signed by every one of these keys."""
    for name, one in checkpoints.items():
        for key in keys:
            if not one.is_signed_by(key):
                yield Found("signature", f"{name} is not signed by {key.name} ({key.id.hex()})")


def check_proof(name: str, proof: Inclusion | Consistency, checkpoints: Checkpoints) -> Iterator[Found]:
    """Why a proof does not hold for any of these checkpoints, if it does not."""
    sealed = list(checkpoints.values())
    if isinstance(proof, Inclusion):
        if not any(proof.holds(one) for one in sealed):
            sizes = f"a checkpoint of {proof.size:,} events"
            yield Found("proof", f"{name} does not hold for {_given(sealed, {proof.size}, sizes)}")
    elif not any(proof.holds(old, new) for old in sealed for new in sealed):
        sizes = f"checkpoints of {proof.old:,} and {proof.new:,} events"
        yield Found("proof", f"{name} does not hold for {_given(sealed, {proof.old, proof.new}, sizes)}")


def _given(sealed: Iterable[Checkpoint], sizes: set[int], wanted: str) -> str:
    if sizes <= {one.size for one in sealed}:
        return "the checkpoints that were given"
    return f"any that was given: it needs {wanted}"


def _believed(checkpoints: Checkpoints, lists: Mapping[str, LeafList]) -> tuple[LeafList | None, list[Found]]:
    """The longest list that is of one of the checkpoints, and the lists that are not."""
    sealed = {Seal(one.size, one.root) for one in checkpoints.values()}
    good = {name: one for name, one in lists.items() if one.seal() in sealed}
    doubted = [
        Found("list", f"{name} is not the list of any checkpoint that was given, and was not believed")
        for name in lists
        if name not in good
    ]
    return max(good.values(), key=lambda one: len(one.leaves), default=None), doubted


def _against(walk: Walk, checkpoints: Checkpoints) -> tuple[list[str], list[Found]]:
    """Which seals hold, and what is to be said of those that do not."""
    holds: list[str] = []
    found: list[Found] = []
    in_order = sorted(checkpoints.items(), key=lambda item: item[1].size)
    if len(origins := sorted({one.origin for one in checkpoints.values()})) > 1:
        found.append(Found("seal", f"the checkpoints are of different logs: {', '.join(origins)}"))
    as_sealed = {name: one for name, one in in_order if walk.roots[one.size] == (one.size, one.root)}
    intact = max((one.size for one in as_sealed.values()), default=0)
    first = True
    for name, one in in_order:
        if name in as_sealed:
            holds.append(f"{name}: the first {one.size:,} events are as sealed{_time(one)}")
        elif one.size <= intact:
            by = next(other for other, sealed in as_sealed.items() if sealed.size >= one.size)
            found.append(_contradicted(name, by))
        else:
            found.append(_difference(walk, name, one, intact, first=first))
            first = False
    return holds, found


def _contradicted(name: str, by: str) -> Found:
    reason = f"{name} is not of this log: {by} is, and seals all that it seals"
    return Found("seal", f"{reason}. One of them was not made of this log")


def _difference(walk: Walk, name: str, one: Checkpoint, intact: int, *, first: bool) -> Found:
    rows, _ = walk.roots[one.size]
    where = f"positions {intact + 1:,} to {one.size:,}" if one.size > intact + 1 else f"position {one.size:,}"
    said = f"{name}: the log is not as sealed{_time(one)}"
    if rows < one.size:
        said += f"; {one.size:,} events were sealed, {rows:,} of these positions are here"
        if walk.last < one.size:
            said += f": the log ends at position {walk.last:,}"
    if not first:
        return Found("seal", f"{said}. It seals the positions of the seal before it, too")
    return Found("seal", f"{said}. The first difference is within {where}")


def _time(one: Checkpoint) -> str:
    return next((f" at {line.removeprefix('time ')}" for line in one.more if line.startswith("time ")), "")


def _touched(recorder: Stored, walk: Walk, leaves: Sequence[Listed]) -> Iterator[Found]:
    """What was done to each position that is not as listed."""
    listed = {(one.agreement, one.version): place for place, one in enumerate(leaves, start=1)}
    for position in sorted({*walk.otherwise, *walk.unlisted}):
        was = leaves[position - 1]
        if position in walk.otherwise:
            row, says = walk.otherwise[position]
            if row[1:3] == (was.agreement, was.version):
                yield Found("edited", f"since it was sealed. It says now: {says}", position, *row[1:3])
                continue
            came_from = listed.get(row[1:3])
            kind = "moved" if came_from else "inserted"
            whence = f"sealed at position {came_from}" if came_from else "not in what was sealed"
            yield Found(kind, f"{whence}; sealed here was {was}. It says now: {says}", position, *row[1:3])
        now = place_of(recorder, was.agreement, was.version)
        if now is None:
            yield Found("deleted", f"sealed here was {was}", position, was.agreement, was.version)
        elif now != UNREADABLE:  # which is a finding already
            yield Found("moved", f"it is at position {now} now", position, was.agreement, was.version)
