"""Builds: how far views have come, and what they tell. The one rule: a build is told as of one position."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import attrs
import msgspec
from attrs.validators import ge, instance_of, optional

from reciprocity.store.errors import StoreError
from reciprocity.store.view_tables import Line, Stage, View


@attrs.frozen
class Digest:
    """What a view comes to: how many lines it has, and the SHA-256 of all of them."""

    lines: int = attrs.field(validator=instance_of(int))
    sha256: str = attrs.field(validator=instance_of(str))


@attrs.frozen
class Build:
    """How far a view has come in one stage.

    What is told is told as of *position*: of every agreement or, where *through* is an id, only of those up
    to and including that one (of none yet, where it is empty). Of the agreements that are *unreadable*, for
    the reasons given, nothing is told.

    Raises:
        TypeError, ValueError: a value is not of its kind, or below zero. It may come from a stranger's file.
    """

    view: View
    stage: Stage
    position: int = attrs.field(validator=[instance_of(int), ge(0)])
    digest: Digest | None
    definition: str = attrs.field(validator=instance_of(str))
    build: str = attrs.field(validator=instance_of(str))
    steps: int = attrs.field(validator=[instance_of(int), ge(0)])
    through: str | None = attrs.field(validator=optional(instance_of(str)))
    unreadable: dict[str, str] = attrs.field(factory=dict, eq=False)

    @property
    def is_of_this_release(self) -> bool:
        """Whether its tables hold what this release would tell."""
        return self.definition == self.view.definition


@attrs.frozen
class Told:
    """What a view tells of one agreement: its rows, and what it keeps to go on from after *version*.

    If its history is *unreadable*, for the reason given, nothing is told of it.
    """

    agreement: str
    rows: Sequence[Line] = ()
    version: int = 0
    state: bytes | None = None
    unreadable: str | None = None


class Overtaken(StoreError):
    """Another projector was first, and nothing was written; what it wrote is to go on from."""


def digest_of(lines: Iterable[Line]) -> Digest:
    """What these lines come to, each as a line of JSON.

    >>> digest_of([("swap", 1, None)]).sha256[:16]
    '73dd5f2ff90840a5'
    """
    encode, total, number = msgspec.json.Encoder().encode, hashlib.sha256(), 0
    for line in lines:
        total.update(encode(line) + b"\n")
        number += 1
    return Digest(number, total.hexdigest())
