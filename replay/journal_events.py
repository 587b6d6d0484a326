"""From a journal's entries to events. The one rule: what an entry leaves out is unknown, never made up."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import attrs
from msgspec import UNSET

from reciprocity.domain import (
    OPEN,
    UNKNOWN,
    AgreementSigned,
    Claimed,
    ClaimRecorded,
    Count,
    Event,
    Handover,
    Kept,
    Malformed,
    Obligation,
    Party,
    Source,
    Symmetry,
    Terms,
    TermsAmended,
    Transfer,
    Weight,
    Window,
)
from reciprocity.domain.forms import is_agreement_id
from reciprocity.domain.values import count
from reciprocity.replay import journal_shape as shape
from reciprocity.store import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reciprocity.replay.problems import Problems
    from reciprocity.replay.toml_lines import Path

T = TypeVar("T")

_CLASSES = {kind.name: kind.event for kind in KINDS}
_RANGE = re.compile(r"(\d{0,20})\.\.(\d{0,20})", re.ASCII)


def parse_count(written: int | str) -> Count:
    """A count as a journal writes it: ``270``, ``"200.."``, ``"33..84"``, ``"..500"`` or ``"?"``.

    >>> parse_count("200.."), parse_count("?")
    (Range(at_least=200, at_most=None), Range(at_least=0, at_most=None))
    """
    if isinstance(written, int):
        return written
    if written == "?":
        return UNKNOWN
    found = _RANGE.fullmatch(written)
    if found is None or not (found[1] or found[2]):
        raise Malformed(f'{written!r} is not a count (a number, "200..", "33..84", "..500" or "?")')
    return count(int(found[1] or 0), int(found[2]) if found[2] else None)


class EventMaker:
    """Makes events of entries, noting as problems what the domain refuses as malformed.

    It remembers the terms in force, because an amendment names only what changes.
    """

    def __init__(
        self, problems: Problems, sources: dict[str, shape.SourceTable], terms: Terms | None = None
    ) -> None:
        self._problems = problems
        self._sources = {
            key: self._made(("sources", key), partial(_source, key, source))
            for key, source in sources.items()
        }
        self._terms = terms

    def signed(self, fields: dict[str, Any], mark: int) -> Event | None:
        """The signing that the fields of a journal's ``[agreement]`` tell.

        *mark* is how many problems there were before those fields were read; ``None`` if there are more now.
        """
        path: Path = ("agreement",)
        if "id" in fields and not is_agreement_id(fields["id"]):
            reason = f"{fields['id']!r} is not an agreement id (lower-case letters, digits, single hyphens)"
            self._problems.add((*path, "id"), reason)
        terms = self._parts(fields, path)
        terms |= {
            name: fields[name] for name in ("signed_on", "signed_at", "parent", "series") if name in fields
        }
        terms["sources"] = self._cited(fields.get("sources", []), path)
        notes = _all_sound(fields.get("notes", []))
        self._terms = self._built(Terms, terms, path, mark)
        signed = {"terms": self._terms or _ANY_TERMS, "notes": notes}
        return self._built(AgreementSigned, signed, path, mark)

    def event(self, kind: str, fields: dict[str, Any], path: Path, mark: int) -> Event | None:
        """The event that the fields of an ``[[event]]`` tell; *mark* and ``None`` as in `signed`."""
        cls = _CLASSES[kind]
        fields["notes"] = _all_sound(fields.get("notes", []))
        fields["sources"] = self._cited(fields.get("sources", []), path)
        if cls is TermsAmended:
            self._amend(fields, path, mark)
        if cls is ClaimRecorded:
            fields["claimed"] = self._claimed(fields.pop("released", []), (*path, "released"))
        if told := fields.get("reverses"):
            fields["reverses"] = self._handover(told, (*path, "reverses"))
        for name in {"released", "planned"} & fields.keys():
            fields[name] = self._manifest(fields[name], (*path, name))
        return self._built(cls, fields, path, mark)

    def _amend(self, fields: dict[str, Any], path: Path, mark: int) -> None:
        """Put the whole of the new terms in the place of those parts that an amendment names."""
        changes = self._parts(fields, path)
        for name in shape.NEW_TERMS & fields.keys():
            del fields[name]
        if not changes and self._problems.count == mark:
            named = ", ".join(sorted(shape.NEW_TERMS))
            self._problems.add(path, f"changes nothing; it can change {named}")
        before = self._terms or _ANY_TERMS
        self._terms = self._made(path, lambda: attrs.evolve(before, **changes)) or before
        fields["terms"] = self._terms

    def _built(self, cls: type[T], fields: dict[str, Any], path: Path, mark: int) -> T | None:
        """The object with these fields, each checked by itself first, so that no error hides another."""
        for field in attrs.fields(cls):  # type: ignore[arg-type]  # every class here is one of attrs
            if field.name in fields and field.validator is not None:
                check = partial(field.validator, None, field, fields[field.name])
                self._made((*path, shape.KEYS.get(field.name, field.name)), check, field.name)
        return self._made(path, lambda: cls(**fields)) if self._problems.count == mark else None

    def _parts(self, fields: dict[str, Any], path: Path) -> dict[str, Any]:
        """Those parts of the terms that are told, as the domain has them."""
        told = {name: fields[name] for name in shape.NEW_TERMS & fields.keys() if fields[name] is not UNSET}
        made = {name: self._part(name, value, (*path, name)) for name, value in told.items()}
        return {name: value for name, value in made.items() if value is not None}

    def _part(self, name: str, value: Any, path: Path) -> Any:
        match name:
            case "parties":
                return self._all(
                    ((*path, code), partial(_party, code, party)) for code, party in value.items()
                )
            case "obligations":
                return self._all(((*path, n), partial(_obligation, row)) for n, row in _sound(value))
            case "symmetry":
                return self._made(path, partial(_symmetry, value))
            case "window":
                return self._made(path, partial(Window, value.starts_on, value.ends_on))
            case _:
                return _all_sound(value) if isinstance(value, list) else value

    def _handover(self, told: shape.HandoverTable, path: Path) -> Handover | None:
        released = self._manifest(list(told.released), (*path, "released"))
        return self._made(path, partial(Handover, told.completed_on, told.place, released))

    def _manifest(self, rows: list[shape.ReleasedRow], path: Path) -> tuple[Transfer, ...]:
        for number, row in _sound(rows):
            if not row.counts:
                self._problems.add((*path, number, "counts"), 'is empty; of unknown numbers say "?"')
        return self._all(
            ((*path, number, "counts", category), partial(_transfer, row, category, written))
            for number, row in _sound(rows)
            for category, written in row.counts.items()
        )

    def _claimed(self, rows: list[shape.ClaimedRow], path: Path) -> tuple[Claimed, ...]:
        said: list[tuple[Path, Callable[[], Claimed]]] = []
        for number, row in _sound(rows):
            if row.total is not UNSET:
                said.append(((*path, number, "total"), partial(_claim, row, None, row.total)))
            elif not row.counts:
                self._problems.add((*path, number), "neither counts nor total")
            said += [
                ((*path, number, "counts", category), partial(_claim, row, category, written))
                for category, written in row.counts.items()
            ]
        return self._all(said)

    def _cited(self, keys: list[str], path: Path) -> tuple[Source, ...]:
        cited = []
        for number, key in _sound(keys):
            if key not in self._sources:
                self._problems.add((*path, "sources", number), f"{key!r} is not among the [sources]")
            elif (source := self._sources[key]) is not None:
                cited.append(source)
        return tuple(cited)

    def _all(self, makers: Iterable[tuple[Path, Callable[[], Any]]]) -> tuple[Any, ...]:
        made = [self._made(path, maker) for path, maker in makers]
        return tuple(one for one in made if one is not None)

    def _made(self, path: Path, maker: Callable[[], T], name: str | None = None) -> T | None:
        """What *maker* makes; else a problem at *path*. *name* is how the domain's error calls it."""
        try:
            return maker()
        except Malformed as error:
            field, colon, reason = str(error).partition(": ")
            if colon and (*path, field) in self._problems.lines:
                self._problems.add((*path, field), reason)  # a part of it, which stands on a line of its own
            else:
                self._problems.add(path, str(error).removeprefix(f"{name or path[-1]}: "))
            return None


def _sound(rows: list[Any]) -> Iterator[tuple[int, Any]]:
    return ((number, row) for number, row in enumerate(rows) if row is not None)


def _all_sound(values: list[Any]) -> tuple[Any, ...]:
    return tuple(value for _, value in _sound(values))


_ANY_TERMS = Terms(title="(unsound)", parties=(), obligations=())


def _source(key: str, table: shape.SourceTable) -> Source:
    return Source(key, table.publisher, table.date, table.url, table.note)


def _symmetry(table: shape.SymmetryTable) -> Symmetry:
    return Symmetry(Kept(table.kept), tuple(Weight(name, value) for name, value in table.weights.items()))


def _party(code: str, party: str | shape.GroupTable) -> Party:
    if isinstance(party, str):
        return Party(code, party)
    return Party(code, party.name, tuple(Party(member, name) for member, name in party.members.items()))


def _obligation(row: shape.ObligationRow) -> Obligation:
    total = OPEN if row.total == "open" else parse_count(row.total)
    return Obligation(row.releasing, row.receiving, total, tuple(row.categories))


def _transfer(row: shape.ReleasedRow, category: str, written: int | str) -> Transfer:
    within = None if row.within_agreement == "unclear" else row.within_agreement
    return Transfer(row.by, row.to, category, parse_count(written), within)


def _claim(row: shape.ClaimedRow, category: str | None, written: int | str) -> Claimed:
    return Claimed(row.by, row.to, category, None if written == "?" else parse_count(written))
