"""Sealed: what a page says of the seal of its record. The one rule: it says no more than `verify` would.

A store has a root, and may have checkpoints that somebody keeps; a journal has only its digest.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import attrs

from reciprocity.replay.keys import base64_text
from reciprocity.replay.language import spoken
from reciprocity.replay.sealing import default_origin, read_checkpoint, recorder_of, sealed
from reciprocity.replay.verifying import verify

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jinja2 import Environment

    from reciprocity.replay.findings import Found
    from reciprocity.store import Register


class Sealed(Protocol):
    """What shows that a record is as it was; *found* is whatever is not."""

    @property
    def found(self) -> tuple[Found, ...]:
        """All that is not as it was sealed."""
        ...

    def html(self, environment: Environment, source: str) -> str:
        """What the page says of it."""
        ...


@attrs.frozen
class Journal:
    """A journal, by the digest of its file."""

    digest: str
    found: tuple[Found, ...] = ()

    @classmethod
    def of(cls, path: Path) -> Journal:
        """The digest of a journal's file."""
        return cls(hashlib.sha256(path.read_bytes()).hexdigest())

    def html(self, environment: Environment, source: str) -> str:
        """How to compare it."""
        return _template(environment, checkpoints=[], root="", digest=self.digest, source=source)


@attrs.frozen
class Checkpoint:
    """A checkpoint by the name of its file, its text, and whether the log is as it says."""

    name: str
    text: str
    holds: bool


@attrs.frozen
class Store:
    """A store: its root and size as computed now, and the checkpoints that it was compared with."""

    size: int
    root: bytes
    origin: str
    checkpoints: tuple[Checkpoint, ...] = ()
    found: tuple[Found, ...] = ()
    only: str | None = None

    @classmethod
    def of(cls, register: Register, paths: Iterable[Path], *, only: str | None) -> Store:
        """The seal of a register, which is read whole, even if the page shows *only* one agreement.

        Raises:
            Unreadable, Malformed: a row of the log, or a checkpoint, cannot be read.
            NothingToSeal: the log is empty.
        """
        seal = sealed(register)
        told = {path: read_checkpoint(path) for path in paths}
        report = verify(register, {path.name: one for path, one in told.items()}) if told else None
        held = report.holds if report else ()
        return cls(
            seal.size,
            seal.root,
            default_origin(recorder_of(register)),
            tuple(
                Checkpoint(
                    path.name,
                    path.read_text("utf-8"),
                    any(line.startswith(f"{path.name}: ") for line in held),
                )
                for path in told
            ),
            report.found if report else (),
            only,
        )

    def html(self, environment: Environment, source: str) -> str:
        """The seal, and how to verify it."""
        return _template(
            environment,
            checkpoints=self.checkpoints,
            found=self.found,
            size=self.size,
            root=base64_text(self.root),
            origin=self.origin,
            source=source,
            only=f" {self.only}" if self.only else "",
        )


def _template(environment: Environment, **values: object) -> str:
    pieces = environment.get_template("pieces.html").module
    return environment.get_template("seal.html").render(
        language=spoken().code,
        tag=pieces.tag,  # type: ignore[attr-defined]  # a macro
        **values,
    )
