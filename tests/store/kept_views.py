"""Views to keep, and builds of them, without a projection: what is told is given."""

from __future__ import annotations

from typing import Any

from reciprocity.store.view_builds import Build, Told
from reciprocity.store.view_tables import Column, Holds, Stage, View
from reciprocity.store.views import Views

KINDS = tuple(Column(kind.name.lower(), kind, nullable=True) for kind in Holds)
EVERY = View("every_kind", (*KINDS, Column("said", Holds.TEXT)), keeps=True)
SHORT = View("short", (Column("said", Holds.TEXT), Column("figure", Holds.WHOLE, nullable=True)))
FULL = ("so", 7, 0.5, True, "2025-05-24", "2025-05-24T18:00:00Z", '["a"]', b"\x00\xff", "one")
NOTHING = (*(None for _ in Holds), "nothing")


def begun(views: Views, view: View = EVERY, position: int = 4, seen: Build | None = None) -> Build:
    return views.begin(view, position=position, through=None, seen=seen)


def built(views: Views, *told: Told, view: View = EVERY, position: int = 4) -> Build:
    """A build that readers see, of what is told."""
    build = views.write(begun(views, view, seen=views.builds(view).get(Stage.NEXT)), told, position=position)
    return views.take_the_place(build, views.digest(build))


def seen(views: Views, view: View = EVERY) -> list[Any] | None:
    with views.rows(view) as found:
        return found and list(found[1])


def are_told_as(views: Views, *builds: Build) -> None:
    """Check that these are the builds of their view, as whoever opens the store is told."""
    told = views.builds(builds[0].view)
    assert told == {build.stage: build for build in builds}
    assert [told[build.stage].unreadable for build in builds] == [build.unreadable for build in builds]
