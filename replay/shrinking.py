"""Shrinking: a record that makes something fail becomes the smallest journal that still does.

The one rule: every journal that is tried is well formed, and breaks no rule that the record does not break.

It is delta debugging (Zeller and Hildebrandt, 2002): parts are left out in halves, in quarters, at last each
by itself, first of the events, then of what they tell; then numbers are lowered, together where they are the
same. Reducers of bytes (Shrink Ray, C-Reduce) would try a thousand texts that are no journals for each that
is one. The same record and the same check give the same journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

import attrs

from reciprocity.domain import ReciprocityError, Verdict
from reciprocity.replay import smaller
from reciprocity.replay.check import check
from reciprocity.replay.journal import Journal, parse_journal
from reciprocity.replay.journal_text import journal_text
from reciprocity.replay.problems import MalformedFile

if TYPE_CHECKING:
    from reciprocity.replay.smaller import Parts, Tables
    from reciprocity.replay.toml_lines import Path

Fails: TypeAlias = Callable[[Journal, str], bool]
"""Whether a journal still makes it fail, by what it tells and by its text."""

MOST_TRIES = 1_000
_MOST_TOGETHER = 40  # parts of which each two are tried


class NothingToShrink(ReciprocityError):
    """The record does not fail as it is."""


class _Came(Enum):
    """What a smaller journal came to."""

    SMALLER = "it still fails"
    PASSES = "it does not fail"
    UNLAWFUL = "it breaks a rule that the record keeps"
    MALFORMED = "it is no journal"


class _OutOfTries(Exception):
    """As many journals were tried as may be."""


@attrs.frozen
class Shrunk:
    """The smallest journal that was found, in how many tries; whether nothing smaller was left to try."""

    text: str
    journal: Journal
    tries: int
    is_smallest: bool


def shrink(tables: Tables, fails: Fails, *, tries: int = MOST_TRIES) -> Shrunk:
    """The smallest journal that still fails, starting from one that does. *fails* is asked so often at most.

    Smallest is: nothing of it can be left out, and no number lowered, by itself. Of a failure that needs
    several things changed at once a smaller journal may exist.

    Raises:
        MalformedFile: the tables are no journal.
        NothingToShrink: the journal of these tables does not fail.

    >>> tables = {
    ...     "agreement": {
    ...         "id": "aaa-bbb-2001",
    ...         "title": "10 for 10",
    ...         "parties": {"AAA": "First State", "BBB": "Second State"},
    ...         "obligations": [
    ...             {"releasing": "AAA", "receiving": "BBB", "total": 10},
    ...             {"releasing": "BBB", "receiving": "AAA", "total": 10},
    ...         ],
    ...     },
    ... }
    >>> print(shrink(tables, lambda journal, _: journal.terms.obligations[0].total >= 7).text, end="")
    [agreement]
    id = "aaa-bbb-2001"
    title = "x"
    parties = { AAA = "AAA", BBB = "BBB" }
    obligations = [
      { releasing = "AAA", receiving = "BBB", total = 7 },
    ]
    """
    search = _Search(tables, fails, tries)
    is_smallest = search.run()
    return Shrunk(search.text, search.journal, search.tries, is_smallest)


class _Search:
    """The smallest journal so far, and what was tried."""

    def __init__(self, tables: Tables, fails: Fails, most: int) -> None:
        self.now = tables
        self.text = journal_text(tables)
        self.journal = parse_journal(self.text.encode(), "journal")
        self.tries = 0
        self._fails = fails
        self._most = most
        self._allowed = _broken(self.journal)
        self._tried: dict[str, _Came] = {}
        # Where phases are numbered as they should be, they are after one was left out.
        self._renumbers = journal_text(smaller.renumbered(tables)) == self.text

    def run(self) -> bool:
        """Search, until nothing smaller is found; whether it came so far."""
        if self._came(self.text) is not _Came.SMALLER:
            raise NothingToShrink("the record does not fail as it is: nothing to shrink")
        try:
            before = ""
            while before != self.text:
                before = self.text
                self._leave_out(smaller.happenings)
                self._leave_out(smaller.events)
                self._leave_out_twos(smaller.happenings)
                self._leave_out(smaller.each_key)
                self._leave_out(smaller.each_place)
                self._leave_out_twos(smaller.each_place)
                self._know_exactly()
                self._lower()
                self._shorten()
        except (_OutOfTries, KeyboardInterrupt):  # who ends it early has what was found by then
            return False
        return True

    def _attempt(self, tables: Tables) -> _Came:
        """What these tables come to. If they still fail, the search goes on from them."""
        if self._renumbers:
            tables = smaller.renumbered(tables)
        text = journal_text(tables)
        if text not in self._tried:
            self._tried[text] = self._came(text)
            if self._tried[text] is _Came.SMALLER:
                self.now, self.text = tables, text
                return _Came.SMALLER
        # What failed before is no smaller than what is there now.
        return _Came.PASSES if self._tried[text] is _Came.SMALLER else self._tried[text]

    def _came(self, text: str) -> _Came:
        try:
            journal = parse_journal(text.encode(), "journal")
        except MalformedFile:
            return _Came.MALFORMED
        if not _broken(journal) <= self._allowed:
            return _Came.UNLAWFUL
        if self.tries >= self._most:
            raise _OutOfTries
        self.tries += 1
        if not self._fails(journal, text):
            return _Came.PASSES
        self.journal = journal
        return _Came.SMALLER

    def _is_smaller(self, tables: Tables) -> bool:
        return self._attempt(tables) is _Came.SMALLER

    def _leave_out(self, parts: Parts) -> None:
        """As many parts as can be: half of them at once, then a quarter, down to each by itself."""
        size = len(parts(self.now))
        while size:
            start = 0
            while start < len(found := parts(self.now)):
                if not self._is_smaller(self._without(found[start : start + size])):
                    start += size
            size //= 2

    def _leave_out_twos(self, parts: Parts) -> None:
        """Two parts of which neither can go alone, since a rule binds them: what each side gave."""
        while self._leaves_out_two(parts):
            pass

    def _leaves_out_two(self, parts: Parts) -> bool:
        bound = [part for part in parts(self.now) if self._attempt(self._without([part])) is _Came.UNLAWFUL]
        return any(self._is_smaller(self._without(two)) for two in combinations(bound[:_MOST_TOGETHER], 2))

    def _without(self, parts: Iterable[tuple[Path, ...]]) -> Tables:
        return smaller.without(self.now, [path for part in parts for path in part])

    def _know_exactly(self) -> None:
        """Numbers in the place of ranges."""
        for path, number in list(smaller.ranges(self.now)):
            self._attempt(smaller.put(self.now, {path: number}))

    def _lower(self) -> None:
        """Each number, wherever it stands; if that cannot be, in one place; then two numbers by as much."""
        for number, paths in sorted(smaller.numbers(self.now).items(), reverse=True):
            if not self._lower_by_most(((number, paths),)) and len(paths) > 1:
                for path in paths:
                    self._lower_by_most(((number, [path]),))
        for two in combinations(sorted(smaller.numbers(self.now).items())[:_MOST_TOGETHER], 2):
            known = smaller.numbers(self.now)
            if all(known.get(number) == paths for number, paths in two):
                self._lower_by_most(two)

    def _lower_by_most(self, together: tuple[tuple[int, list[Path]], ...]) -> bool:
        """Lower numbers by as much as can be; whether they were lowered at all."""

        def lowered(by: int) -> bool:
            values = {path: number - by for number, paths in together for path in paths}
            return self._is_smaller(smaller.put(self.now, values))

        most = min(number for number, _ in together)
        for by in (most, most - 1):
            if by > 0 and lowered(by):
                return True
        low, high = 0, most - 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if lowered(middle) else (low, middle)
        return low > 0

    def _shorten(self) -> None:
        """Texts that say nothing; of parties, no more than their codes."""
        if not self._is_smaller(smaller.put(self.now, smaller.texts(self.now))):
            for path, text in smaller.texts(self.now).items():
                self._attempt(smaller.put(self.now, {path: text}))


def breaks(rule: str, verdict: Verdict) -> Fails:
    """A check that fails where a rule has this verdict on something in a journal."""
    return lambda journal, _: any(
        (one.finding.rule, one.finding.verdict) == (rule, verdict) for one in check(journal)
    )


def _broken(journal: Journal) -> set[str]:
    """The rules that a journal breaks."""
    return {one.finding.rule for one in check(journal) if one.finding.verdict is Verdict.VIOLATED}
