"""Runner: keeps a view up with the log. The one rule: whatever interrupts it, readers see a whole answer.

A view that is there is brought up in place, a batch of the log in each transaction. One that is not there,
or of another release, or far behind, is built beside it and then takes its place: by batches of the log if
it keeps what it knew, or else by agreements, each from its history. What was interrupted goes on from its
last transaction; two runners of one view do its work once.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing, contextmanager
from itertools import chain, groupby
from operator import itemgetter
from typing import TypeAlias

import attrs

from reciprocity.domain import ReciprocityError
from reciprocity.projections.telling import from_batch, from_histories
from reciprocity.projections.telling_in_parallel import tell_in_parallel
from reciprocity.projections.views import VIEWS
from reciprocity.store import Register, Unreadable
from reciprocity.store.view_builds import Build, Digest, Overtaken, Told, digest_of
from reciprocity.store.view_tables import Line, Stage
from reciprocity.store.views import Batch

Progress: TypeAlias = Callable[[int, int], None]
"""Is told of how many events a view tells, and of how many it is to tell."""

_BATCH, _AGREEMENTS = 10_000, 500
"""How many events, and how many agreements, are told of in one transaction at the most."""

_BATCH_KEPT, _AGREEMENTS_KEPT = 200_000, 10_000
"""The same where what was known is kept: an agreement costs the same however long its history is."""


class NotBuilt(ReciprocityError):
    """The view has not been built yet."""


@attrs.frozen
class Outcome:
    """What was done to a view: *done* is ``built``, ``caught up`` or ``up to date``.

    *since* is the position that it was brought up from, 0 if it was built. Of agreements that are
    *unreadable* nothing is told.
    """

    view: str
    done: str
    since: int
    position: int
    digest: Digest | None
    unreadable: dict[str, str]


class Runner:
    """Keeps one view of a register up with its log.

    Each transaction holds what follows from *batch* events at the most. With several *processes* a view is
    built by agreements, shared out among them; they open the store at *url*. An event that cannot be read
    stops it; with *skip_unreadable* nothing is told of its agreement, and the view says so.

    >>> from reciprocity.domain import Terms
    >>> with Register.open("memory:") as register:
    ...     signed = register.sign("swap", Terms.symmetric("UKR", "RUS", total=1))
    ...     first, second = Runner(register, "standing").run(), Runner(register, "standing").run()
    >>> (first.done, first.position, second.done)
    ('built', 1, 'up to date')
    """

    def __init__(
        self,
        register: Register,
        view: str,
        *,
        batch: int | None = None,
        processes: int = 1,
        url: str = "memory:",
        skip_unreadable: bool = False,
        progress: Progress = lambda done, of: None,  # noqa: ARG005
    ) -> None:
        self._register = register
        self._materialised = VIEWS[view]
        self._view = self._materialised.view
        self._views = register.views()
        self._batch = batch or (_BATCH_KEPT if self._view.keeps else _BATCH)
        self._agreements = _AGREEMENTS_KEPT if self._view.keeps else _AGREEMENTS
        self._processes = processes
        self._url = url
        self._skip_unreadable = skip_unreadable
        self._progress = progress

    def run(self, *, from_scratch: bool = False) -> Outcome:
        """Bring the view up to the end of the log; *from_scratch*, by building it anew.

        Raises:
            Unreadable: an event cannot be read. What readers see is as it was, or whole as of before.
            Busy: another process keeps the database locked.
        """
        while True:
            end = self._register.last_position()
            try:
                return self._brought_up(self._chosen(end, anew=from_scratch), end)
            except Overtaken:
                from_scratch = False  # go on from what the other wrote

    def digest(self) -> Digest:
        """What the rows of the view come to, as they are stored.

        Raises:
            NotBuilt: there is no view, or only one of another release.
        """
        with self._stored() as (build, lines):
            digest = digest_of(lines)
        if build.digest is None:
            self._views.stamp(build, digest)
        return digest

    def differing(self) -> list[str]:
        """The agreements of which the view does not say what their histories do; nothing is written.

        Raises:
            NotBuilt: there is no view, or only one of another release.
        """
        with self._stored() as (build, lines):
            told = self._told(self._shares(), build.position, skip_unreadable=True)
            with closing(told):
                return list(_differing(chain.from_iterable(told), groupby(lines, key=itemgetter(0))))

    @contextmanager
    def _stored(self) -> Iterator[tuple[Build, Iterator[Line]]]:
        with self._views.rows(self._view) as found:
            if found is None:
                raise NotBuilt(f"{self._view.name}: has not been built yet, or by another release")
            yield found

    def _chosen(self, end: int, *, anew: bool) -> Build:
        """The build to go on with: one that is unfinished, or else the one that readers see, or a new one."""
        builds = self._views.builds(self._view)
        usable = [b for b in builds.values() if b.is_of_this_release and b.position <= end]
        if not anew:
            for build in sorted(usable, key=lambda build: build.stage is Stage.CURRENT):
                if build.stage is Stage.NEXT or self._view.keeps or end - build.position <= self._batch:
                    return build
        by_agreements = not self._view.keeps or self._processes > 1
        return self._views.begin(
            self._view,
            position=end if by_agreements else 0,
            through="" if by_agreements else None,
            seen=builds.get(Stage.NEXT),
        )

    def _brought_up(self, build: Build, end: int) -> Outcome:
        unfinished = build.stage is Stage.NEXT
        since = 0 if unfinished else build.position
        build = self._tried_again(build)
        if build.through is not None:
            build = self._told_by_agreements(build, build.through)
        build = self._caught_up(build, end)
        if unfinished:
            build = self._put_in_place(build)
        done = "built" if unfinished else "caught up" if build.position > since else "up to date"
        return Outcome(self._view.name, done, since, build.position, build.digest, build.unreadable)

    def _put_in_place(self, build: Build) -> Build:
        current = self._views.builds(self._view).get(Stage.CURRENT)
        # Ahead of the log is only a view of a log that was put back to an earlier state since.
        undone = current is not None and current.position > self._register.last_position()
        return self._views.take_the_place(build, self._views.digest(build), of=current if undone else None)

    def _tried_again(self, build: Build) -> Build:
        """The build, after another try at what could not be read before: a later release may."""
        told = self._from_histories(build.unreadable, build.position, skip_unreadable=self._skip_unreadable)
        if any(one.unreadable is None for one in told):
            return self._views.write(build, told, position=build.position, through=build.through)
        return build

    def _told_by_agreements(self, build: Build, through: str) -> Build:
        """The build, after every agreement that follows was told of."""
        shares, position = self._shares(through), build.position
        with closing(self._told(shares, position, skip_unreadable=self._skip_unreadable)) as answers:
            for nth, (share, told) in enumerate(zip(shares, answers, strict=True), start=1):
                reached = share[-1] if nth < len(shares) else None
                build = self._views.write(build, told, position=position, through=reached)
                self._progress(position * nth // len(shares), position)
        return build if shares else self._views.write(build, (), position=position)

    def _shares(self, after: str = "") -> list[list[str]]:
        """The ids of all agreements *after* one, in order: as many together as have a batch of events."""
        ids = sorted(self._register.agreement_ids())
        events_each = max(1, self._register.last_position() // max(1, len(ids)))
        size = max(1, min(self._batch // events_each, _AGREEMENTS))
        left = ids[bisect_right(ids, after) :]
        return [left[first : first + size] for first in range(0, len(left), size)]

    def _told(
        self, shares: list[list[str]], up_to: int, *, skip_unreadable: bool
    ) -> Generator[list[Told], None, None]:
        if self._processes > 1 and len(shares) > 1:
            return tell_in_parallel(
                self._url,
                self._view.name,
                shares,
                up_to=up_to,
                skip_unreadable=skip_unreadable,
                processes=self._processes,
            )
        return (self._from_histories(share, up_to, skip_unreadable=skip_unreadable) for share in shares)

    def _from_histories(self, agreements: Iterable[str], up_to: int, *, skip_unreadable: bool) -> list[Told]:
        told = from_histories(
            self._views, self._materialised, agreements, up_to=up_to, skip_unreadable=skip_unreadable
        )
        return list(told)

    def _caught_up(self, build: Build, end: int) -> Build:
        """The build, after all that was recorded since, up to a position."""
        while build.position < end:
            up_to = min(end, build.position + self._batch)
            batch = self._views.batch(build, up_to=up_to, agreements=self._agreements)
            told = self._told_of(batch)
            build = self._views.write(build, told, position=batch.position)
            self._progress(build.position, end)
        return build

    def _told_of(self, batch: Batch) -> list[Told]:
        try:
            if self._view.keeps:
                return from_batch(self._materialised, batch)
            deque(batch.log.rows(), maxlen=0)
        except Unreadable:
            if not self._skip_unreadable:
                raise
        return self._from_histories(batch.versions, batch.position, skip_unreadable=self._skip_unreadable)


def _differing(told: Iterable[Told], stored: Iterator[tuple[str, Iterator[Line]]]) -> Iterator[str]:
    """Both are in the order of agreements."""
    there = next(stored, None)
    for one in told:
        while there is not None and there[0] < one.agreement:
            yield there[0]
            there = next(stored, None)
        lines: list[Line] = []
        if there is not None and there[0] == one.agreement:
            lines = [line[1:] for line in there[1]]
            there = next(stored, None)
        if lines != list(one.rows):
            yield one.agreement
    while there is not None:
        yield there[0]
        there = next(stored, None)
