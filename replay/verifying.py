"""Verifying: a store against what others have kept of it. The one rule: no more is said than is known.

A checkpoint alone shows whether the log up to its size is as it was, and several show between which two of
them the first difference lies. With a list of the leaves each difference is named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import attrs

from reciprocity.replay.findings import Found
from reciprocity.replay.language import say, say_many, spoken, to_say
from reciprocity.replay.sealing import recorder_of
from reciprocity.replay.verify_alone import Checkpoint, Inclusion
from reciprocity.replay.walking import UNREADABLE, Walk, place_of
from reciprocity.store.seals import Seal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reciprocity.replay.leaf_lists import LeafList, Listed
    from reciprocity.replay.verify_alone import Consistency, PublicKey
    from reciprocity.store import Register
    from reciprocity.store.reading import Stored

    Checkpoints: TypeAlias = Mapping[str, Checkpoint]

UNSEALED = to_say(
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
                reason = say(
                    "{checkpoint} is not signed by {key} ({id})",
                    checkpoint=name,
                    key=key.name,
                    id=key.id.hex(),
                )
                yield Found("signature", reason)


def check_proof(name: str, proof: Inclusion | Consistency, checkpoints: Checkpoints) -> Iterator[Found]:
    """Why a proof does not hold for any of these checkpoints, if it does not."""
    sealed = list(checkpoints.values())
    if isinstance(proof, Inclusion):
        holds = any(proof.holds(one) for one in sealed)
        sizes = {proof.size}
    else:
        holds = any(proof.holds(old, new) for old in sealed for new in sealed)
        sizes = {proof.old, proof.new}
    if not holds:
        yield Found("proof", _unproven(name, sorted(sizes), given=sizes <= {one.size for one in sealed}))


def _unproven(name: str, sizes: Sequence[int], *, given: bool) -> str:
    if given:
        return say("{proof} does not hold for the checkpoints that were given", proof=name)
    if len(sizes) == 1:
        return say_many(
            "{proof} does not hold for any that was given: it needs a checkpoint of {n} events",
            "{proof} does not hold for any that was given: it needs a checkpoint of {n} events",
            sizes[0],
            proof=name,
        )
    return say_many(
        "{proof} does not hold for any that was given: it needs checkpoints of {old} and {n} events",
        "{proof} does not hold for any that was given: it needs checkpoints of {old} and {n} events",
        sizes[1],
        proof=name,
        old=spoken().number(sizes[0]),
    )


def _believed(checkpoints: Checkpoints, lists: Mapping[str, LeafList]) -> tuple[LeafList | None, list[Found]]:
    """The longest list that is of one of the checkpoints, and the lists that are not."""
    sealed = {Seal(one.size, one.root) for one in checkpoints.values()}
    good = {name: one for name, one in lists.items() if one.seal() in sealed}
    doubted = [
        Found(
            "list",
            say("{list} is not the list of any checkpoint that was given, and was not believed", list=name),
        )
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
        told = say("the checkpoints are of different logs: {origins}", origins=", ".join(origins))
        found.append(Found("seal", told))
    as_sealed = {name: one for name, one in in_order if walk.roots[one.size] == (one.size, one.root)}
    intact = max((one.size for one in as_sealed.values()), default=0)
    first = True
    for name, one in in_order:
        if name in as_sealed:
            holds.append(
                say_many(
                    "{checkpoint}: the first {n} events are as sealed{at}",
                    "{checkpoint}: the first {n} events are as sealed{at}",
                    one.size,
                    checkpoint=name,
                    at=_time(one),
                )
            )
        elif one.size <= intact:
            by = next(other for other, sealed in as_sealed.items() if sealed.size >= one.size)
            found.append(_contradicted(name, by))
        else:
            found.append(_difference(walk, name, one, intact, first=first))
            first = False
    return holds, found


def _contradicted(name: str, by: str) -> Found:
    reason = say(
        "{checkpoint} is not of this log: {other} is, and seals all that it seals. One of them was not made "
        "of this log",
        checkpoint=name,
        other=by,
    )
    return Found("seal", reason)


def _difference(walk: Walk, name: str, one: Checkpoint, intact: int, *, first: bool) -> Found:
    rows, _ = walk.roots[one.size]
    said = say("{checkpoint}: the log is not as sealed{at}", checkpoint=name, at=_time(one))
    if rows < one.size:
        said += say(
            "; {sealed} events were sealed, {here} of these positions are here",
            sealed=spoken().number(one.size),
            here=spoken().number(rows),
        )
        if walk.last < one.size:
            said += say(": the log ends at position {position}", position=spoken().number(walk.last))
    if not first:
        return Found("seal", say("{said}. It seals the positions of the seal before it, too", said=said))
    where = _within(intact + 1, one.size)
    return Found("seal", say("{said}. The first difference is within {where}", said=said, where=where))


def _within(first: int, last: int) -> str:
    if last > first:
        return say("positions {first} to {last}", first=spoken().number(first), last=spoken().number(last))
    return say("position {position}", position=spoken().number(last))


def _time(one: Checkpoint) -> str:
    instant = next((line for line in one.more if line.startswith("time ")), None)
    return say(" at {instant}", instant=instant.removeprefix("time ")) if instant else ""


def _touched(recorder: Stored, walk: Walk, leaves: Sequence[Listed]) -> Iterator[Found]:
    """What was done to each position that is not as listed."""
    listed = {(one.agreement, one.version): place for place, one in enumerate(leaves, start=1)}
    for position in sorted({*walk.otherwise, *walk.unlisted}):
        was = leaves[position - 1]
        if position in walk.otherwise:
            row, says = walk.otherwise[position]
            if row[1:3] == (was.agreement, was.version):
                edited = say("since it was sealed. It says now: {says}", says=says)
                yield Found("edited", edited, position, *row[1:3])
                continue
            came_from = listed.get(row[1:3])
            if came_from:
                told = to_say("sealed at position {place}; sealed here was {event}. It says now: {says}")
                kind, place = "moved", str(came_from)
            else:
                told = to_say("not in what was sealed; sealed here was {event}. It says now: {says}")
                kind, place = "inserted", ""
            reason = say(told, place=place, event=str(was), says=says)
            yield Found(kind, reason, position, *row[1:3])
        now = place_of(recorder, was.agreement, was.version)
        sealed_here = say("sealed here was {event}", event=str(was))
        if now is None:
            yield Found("deleted", sealed_here, position, was.agreement, was.version)
        elif now != UNREADABLE:  # which is a finding already
            reason = say("it is at position {position} now", position=str(now))
            yield Found("moved", reason, position, was.agreement, was.version)
