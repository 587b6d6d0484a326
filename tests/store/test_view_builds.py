"""Builds of views: what is written is read back, and whoever was overtaken writes and reads nothing."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from reciprocity.store import Register
from reciprocity.store.view_builds import Build, Overtaken, Told, digest_of
from reciprocity.store.view_tables import Column, Dialect, Holds, Stage, View
from reciprocity.store.views import Views
from tests.store.kept_views import EVERY, FULL, NOTHING, SHORT, are_told_as, begun, built, seen

# What is written.


def test_what_is_told_is_read_back(views: Views, kept_url: str) -> None:
    assert views.builds(EVERY) == {}
    assert seen(views) is None
    build = views.begin(EVERY, position=4, through="", seen=None)
    assert build == Build(EVERY, Stage.NEXT, 4, None, EVERY.definition, build.build, 0, "")
    assert build.unreadable == {}
    are_told_as(views, build)
    told = [Told("b", (FULL, NOTHING), 3, b"of b"), Told("a", (NOTHING,), 2, b"of a"), Told("c")]
    build = views.write(build, told, position=5, through="c")
    assert (build.position, build.steps, build.through, build.digest) == (5, 1, "c", None)
    are_told_as(views, build)
    assert seen(views) is None, "it has not taken the place of a current one yet"
    assert views.kept(build, ["a", "b", "c", "d"]) == {"a": (2, b"of a"), "b": (3, b"of b")}
    assert views.kept(build, ["b"]) == {"b": (3, b"of b")}
    lines = [("a", *NOTHING), ("b", *FULL), ("b", *NOTHING)]
    digest = views.digest(build)
    assert digest.lines == 3
    build = views.take_the_place(build, digest)
    assert (build.stage, build.digest, build.steps) == (Stage.CURRENT, digest, 2)
    are_told_as(views, build)
    with views.rows(EVERY) as found:
        assert found is not None
        assert found[0] == build
        assert list(found[1]) == lines
    with Register.open(kept_url, reading=True) as register:
        assert seen(register.views()) == lines
        are_told_as(register.views(), build)


@pytest.mark.parametrize("stage", Stage)
def test_what_is_told_anew_takes_the_place_of_what_was(views: Views, stage: Stage) -> None:
    short = [Told("a", (("one", 1), ("two", 2), ("three", None)), 1, b"1"), Told("b", (("b", 2**63 - 1),))]
    build = views.write(begun(views, SHORT), short, position=5)
    if stage is Stage.CURRENT:
        build = views.take_the_place(build, views.digest(build))
    again = views.write(build, [Told("a", (("one", 7), ("other", 2)), 2, b"2")], position=6)
    assert (again.stage, again.position, again.digest, again.through) == (stage, 6, None, None)
    are_told_as(views, again)
    digest = views.digest(again)
    assert digest == digest_of([("a", "one", 7), ("a", "other", 2), ("b", "b", 2**63 - 1)])
    if stage is Stage.NEXT:
        views.take_the_place(again, digest)
    assert seen(views, SHORT) == [("a", "one", 7), ("a", "other", 2), ("b", "b", 2**63 - 1)]


def test_what_is_kept_of_an_agreement_is_the_newest(views: Views) -> None:
    build = views.write(begun(views), [Told("a", (), 1, b"first"), Told("b", (), 1, b"b")], position=4)
    build = views.write(build, [Told("a", (), 3, b"second"), Told("b")], position=5)
    assert views.kept(build, ["b", "a"]) == {"a": (3, b"second"), "b": (1, b"b")}


def test_two_views_do_not_touch_one_another(views: Views) -> None:
    every = built(views, Told("a", (FULL,), 1, b"{}"), Told("x", unreadable="why"))
    short = built(views, Told("b", (("one", 1),)), Told("y", unreadable="because"), view=SHORT)
    next_one = begun(views, SHORT)
    next_one = views.write(next_one, [Told("b"), Told("z", unreadable="who knows")], position=9)
    are_told_as(views, every)
    are_told_as(views, short, next_one)
    assert seen(views) == [("a", *FULL)]
    assert seen(views, SHORT) == [("b", "one", 1)]


def test_a_build_is_begun_in_the_place_of_one_that_was_left(views: Views) -> None:
    left = views.write(begun(views), [Told("a", (FULL,), 1, b"{}"), Told("b", unreadable="why")], position=4)
    anew = begun(views, position=7, seen=left)
    assert anew.build != left.build
    assert (anew.position, anew.steps, anew.unreadable) == (7, 0, {})
    are_told_as(views, anew)
    assert views.digest(anew) == digest_of([])
    assert views.kept(anew, ["a"]) == {}


# What cannot be read.


def test_an_agreement_that_cannot_be_read_is_marked_until_it_can(views: Views) -> None:
    build = views.write(
        begun(views), [Told("a", unreadable="this"), Told("b", unreadable="that"), Told("c")], position=4
    )
    assert build.unreadable == {"a": "this", "b": "that"}
    are_told_as(views, build)
    build = views.write(build, [Told("a", unreadable="another reason"), Told("d")], position=4)
    assert build.unreadable == {"a": "another reason", "b": "that"}
    are_told_as(views, build)
    build = views.write(build, [Told("b", (NOTHING,), 1, b"{}")], position=4)
    assert build.unreadable == {"a": "another reason"}
    are_told_as(views, build)
    current = views.take_the_place(build, views.digest(build))
    assert current.unreadable == {"a": "another reason"}
    are_told_as(views, current)
    after = begun(views)
    are_told_as(views, current, after)
    after = views.write(after, [Told("c", unreadable="third")], position=5)
    are_told_as(views, current, after)
    after = views.take_the_place(after, views.digest(after))
    assert after.unreadable == {"c": "third"}
    are_told_as(views, after)


def test_what_a_mark_says_is_no_part_of_which_build_it_is(views: Views) -> None:
    build = begun(views)
    assert attrs.evolve(build, unreadable={"a": "why"}) == build
    assert len({build, attrs.evolve(build, unreadable={"a": "why"})}) == 1


# Who comes second.


def test_who_was_overtaken_writes_and_reads_nothing(views: Views) -> None:
    before = begun(views)
    build = views.write(before, [Told("a", (FULL,), 1, b"{}")], position=5)
    digest = views.digest(build)
    other = attrs.evolve(build, build="another")
    for late in (before, other, attrs.evolve(build, stage=Stage.CURRENT)):
        for act in (
            lambda late: views.write(late, [Told("a")], position=6),
            lambda late: views.take_the_place(late, digest),
            views.digest,
            lambda late: views.kept(late, ["a"]),
        ):
            with pytest.raises(Overtaken, match="another projector was first"):
                act(late)
        views.stamp(late, digest)
        are_told_as(views, build)
    for late_or_none in (None, before, other):
        with pytest.raises(Overtaken):
            begun(views, seen=late_or_none)
    are_told_as(views, build)
    assert views.digest(build) == digest
    assert views.kept(build, ["a"]) == {"a": (1, b"{}")}
    views.take_the_place(build, digest)
    assert seen(views) == [("a", *FULL)]


def test_a_digest_is_noted_with_the_build_that_it_is_of(views: Views) -> None:
    build = built(views, Told("a", (FULL,), 1, b"{}"))
    build = views.write(build, [Told("a", (NOTHING,), 2, b"{}")], position=5)
    assert build.digest is None
    are_told_as(views, build)
    noted = views.digest(build)
    views.stamp(build, noted)
    are_told_as(views, attrs.evolve(build, digest=noted))
    assert noted == digest_of([("a", *NOTHING)])


def test_only_one_that_is_not_behind_takes_the_place_of_the_current(views: Views) -> None:
    current = built(views, Told("a", (FULL,), 1, b"{}"), position=5)
    level = built(views, Told("b", (FULL,), 1, b"{}"), position=5)
    assert seen(views) == [("b", *FULL)]
    assert level.build != current.build
    behind = begun(views, position=4)
    digest = digest_of([])
    for of in (None, current, attrs.evolve(level, steps=level.steps - 1)):
        with pytest.raises(Overtaken):
            views.take_the_place(behind, digest, of=of)
        are_told_as(views, level, behind)
    assert seen(views) == [("b", *FULL)]
    behind = views.take_the_place(behind, digest, of=level)
    are_told_as(views, behind)
    assert seen(views) == []


def test_a_view_of_another_release_is_told_only_when_it_was_built_anew(views: Views) -> None:
    built(views, Told("a", (("one", 1),)), view=SHORT)
    other = View("short", (Column("figure", Holds.WHOLE),), edition=2)
    assert not views.builds(other)[Stage.CURRENT].is_of_this_release
    assert seen(views, other) is None
    built(views, Told("a", ((7,),)), view=other)
    assert views.builds(other)[Stage.CURRENT].is_of_this_release
    assert seen(views, other) == [("a", 7)]
    assert seen(views, SHORT) is None


class Watched:
    """A dialect; it notes whether the tables that take one another's place are alike."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.alike = list[object]()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._dialect, name)

    def take_the_place(self, cursor: Any, view: View, *, alike: bool) -> None:
        """As the dialect does it."""
        self.alike.append(alike)
        self._dialect.take_the_place(cursor, view, alike=alike)


def test_tables_are_alike_only_if_they_are_of_one_definition(views: Views) -> None:
    """So that those who may read a table, and views that others made of it, outlive the next build."""
    views._dialect = watched = Watched(views._dialect)
    other = attrs.evolve(SHORT, edition=2)
    for view in (SHORT, SHORT, other, other, SHORT):
        built(views, Told("a", (("one", 1),)), view=view)
    assert watched.alike == [False, True, False, True, False]
