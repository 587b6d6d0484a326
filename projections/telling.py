"""Telling: what a view says of some agreements. The one rule: it depends on the log alone, up to a position.

There are two ways, and both come to the same. What a view says of an agreement follows from its history;
where it keeps what it knew, also from that and from what was recorded since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import msgspec
from rpds import HashTrieMap

from reciprocity.domain import ReciprocityError
from reciprocity.projections.projection import fold_log
from reciprocity.store import Unreadable
from reciprocity.store.view_builds import Told

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reciprocity.projections.views import Materialised
    from reciprocity.store.views import Batch, Views


def from_histories(
    views: Views,
    materialised: Materialised[Any],
    agreements: Iterable[str],
    *,
    up_to: int,
    skip_unreadable: bool = False,
) -> Iterator[Told]:
    """What is told of these agreements by their histories up to a position; nothing of one that has none.

    Raises:
        Unreadable: an event cannot be read. With *skip_unreadable* only that is told of such an agreement.
    """
    for agreement in agreements:
        reading = views.history(agreement, up_to=up_to)
        try:
            state = fold_log(materialised.projection, reading.log)
        except Unreadable as error:
            if not skip_unreadable:
                raise
            yield Told(agreement, unreadable=str(error))
        else:
            yield from _told(materialised, state, reading.versions)


def from_batch(materialised: Materialised[Any], batch: Batch) -> list[Told]:
    """What is told, by what was kept and a batch of the log, of each agreement that there is more of.

    Nothing is told of one that could not be read before: what there is more of does not make it whole.

    Raises:
        Unreadable: an event cannot be read, or one is missing.
    """
    known = cast("HashTrieMap[str, Any]", _Known(materialised, batch))
    state = fold_log(materialised.projection, batch.log, known)
    told = _told(materialised, state, batch.versions)
    return [one for one in told if one.agreement not in batch.unreadable]


def _told(
    materialised: Materialised[Any], state: HashTrieMap[str, Any], versions: dict[str, int]
) -> Iterator[Told]:
    lines, keeping = materialised.lines(state), materialised.keeping
    for agreement, version in versions.items():
        kept = keeping.dump(state[agreement]) if keeping else None
        yield Told(agreement, lines.get(agreement, ()), version, kept)


class _Known:
    """What a view knew of the agreements in a batch, got only when it is asked for.

    To a projection that counts it is the state that it begins with: it asks that for what was known of an
    agreement, and for a new state.
    """

    def __init__(self, materialised: Materialised[Any], batch: Batch) -> None:
        self._keeping = materialised.keeping
        self._batch = batch

    def get(self, agreement: str) -> Any:
        """What was known of an agreement; ``None`` if nothing was."""
        state = self._batch.states.get(agreement)
        if self._keeping is None or state is None:
            return None
        try:
            return self._keeping.load(state)
        except (msgspec.MsgspecError, ReciprocityError, ValueError, TypeError, LookupError) as error:
            raise Unreadable(f"{agreement}: what the view keeps of it cannot be read") from error

    def update(self, known: dict[str, Any]) -> HashTrieMap[str, Any]:
        """What is known now."""
        return HashTrieMap(known)
