"""Plain values read into the model's classes: what the files of event lines do not show by themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from reciprocity.domain import Count, Malformed, Party, Range
from reciprocity.replay import plain_values
from reciprocity.replay.plain_values import build, read, read_fields
from reciprocity.replay.problems import MalformedFile, Problems


def reported(problems: Problems) -> list[str]:
    with pytest.raises(MalformedFile) as malformed:
        problems.raise_if_any()
    return [str(problem) for problem in malformed.value.problems]


def test_a_reason_is_text_for_a_terminal_and_no_longer_than_a_few_lines() -> None:
    problems = Problems("file", {})
    problems.add(("a",), "\x1b[2J\u202eé")
    problems.add(("b",), "x" * 1_000)
    problems.add(("\x9b", "c" * 1_000), "is missing")
    assert reported(problems) == [
        f"file:1: \\x9b.{'c' * 85}...{'c' * 30}: is missing",
        "file:1: a: \\x1b[2J\\u202eé",
        f"file:1: b: {'x' * 297}...{'x' * 100}",
    ]


def test_a_count_is_a_number_or_a_range() -> None:
    problems = Problems("file", {})
    assert read(5, Count, (), problems) == 5
    assert read({"at_least": 5, "at_most": None}, Count, (), problems) == Range(5)
    assert problems.count == 0
    assert read({"at_least": 5}, Count, ("count",), problems) is None
    assert reported(problems) == ["file:1: count.at_most: is missing"]


def test_a_field_that_asks_its_neighbours_is_reported_by_its_reason() -> None:
    inner = {"code": "B", "name": "B", "members": [{"code": "C", "name": "C", "members": []}]}
    problems = Problems("file", {})
    assert read({"code": "A", "name": "A", "members": [inner]}, Party, ("party",), problems) is None
    assert reported(problems) == ["file:1: party.members: a member of A has members of its own"]


def _small(_: object, attribute: attrs.Attribute[int], value: int) -> None:
    if value > 9:
        raise Malformed(f"{attribute.name}: {value} is too much")


def _even(_: object, __: attrs.Attribute[int], value: int) -> None:
    if value % 2:
        raise TypeError(f"{value} is odd")


def _as_much_as_left(instance: Any, attribute: attrs.Attribute[int], value: int) -> None:
    if instance.left != value:
        raise Malformed(f"{attribute.name}: not as much as left: {value}")


@attrs.frozen
class Pair:
    """Two numbers, the second as large as the first."""

    left: int = attrs.field(validator=_small)
    right: int = attrs.field(validator=_as_much_as_left)


@attrs.frozen
class Turned:
    """The same, and the one that asks the other comes first."""

    right: int = attrs.field(validator=_as_much_as_left)
    left: int = attrs.field(validator=_small)


@attrs.frozen
class Whole:
    """Whatever a value may be made of."""

    number: int = attrs.field(validator=[_small, _even])
    day: dt.date | None
    pairs: tuple[Pair, ...]
    one: Pair | int
    plain: dict[str, int] | None = None

    def __attrs_post_init__(self) -> None:
        if not self.pairs and self.day:
            raise Malformed("a day: and nobody")


PAIR = {"left": 3, "right": 3}
WHOLE = {"number": 8, "day": "2025-05-23", "pairs": [PAIR, PAIR], "one": 5, "plain": None}


def _read(found: object, kind: Any) -> tuple[Any, list[str]]:
    problems = Problems("file", {})
    value = read(found, kind, ("at",), problems)
    return value, [one.removeprefix("file:1: ") for one in reported(problems)] if problems.count else []


@pytest.mark.parametrize(
    ("found", "kind", "value"),
    [
        (PAIR, Pair, Pair(3, 3)),
        (WHOLE, Whole, Whole(8, dt.date(2025, 5, 23), (Pair(3, 3), Pair(3, 3)), 5)),
        ({**WHOLE, "day": None, "one": PAIR}, Whole, Whole(8, None, (Pair(3, 3), Pair(3, 3)), Pair(3, 3))),
        ([PAIR], tuple[Pair, ...], (Pair(3, 3),)),
        ([], tuple[Pair, ...], ()),
        ([1, 2], tuple[int, ...] | None, (1, 2)),
        (None, Pair | None, None),
        (PAIR, Pair | None, Pair(3, 3)),
        (PAIR, int | Pair, Pair(3, 3)),
        ({"any": [1]}, dict, {"any": [1]}),
        ({"any": [1]}, int | dict, {"any": [1]}),
        ("2025-05-23", dt.date, dt.date(2025, 5, 23)),
        ("text", str | None, "text"),
    ],
)
def test_a_value_is_read_as_its_class(found: object, kind: Any, value: object) -> None:
    assert _read(found, kind) == (value, [])


@pytest.mark.parametrize(
    ("found", "kind", "said"),
    [
        ({**PAIR, "left": 10}, Pair, ["at.left: 10 is too much"]),
        ({**PAIR, "right": 4}, Pair, ["at.right: not as much as left: 4"]),
        ({**PAIR, "right": "4"}, Pair, ["at.right: expected `int`, got `str`"]),
        ({"left": 3}, Pair, ["at.right: is missing"]),
        ({}, Pair, ["at.left: is missing", "at.right: is missing"]),
        ({**PAIR, "third": 1}, Pair, ["at.third: no such field"]),
        ({**PAIR, "drittés": 1}, Pair, ["at.'drittés': no such field"]),
        ({**PAIR, "a b": 1}, Pair, ["at.'a b': no such field"]),
        ({**PAIR, "a" * 50: 1}, Pair, [f"at.{'a' * 40}: no such field"]),
        ({"third": 1}, Pair, ["at.left: is missing", "at.right: is missing", "at.third: no such field"]),
        (
            [PAIR, {"left": 3}, 7],
            tuple[Pair, ...],
            ["at[2].right: is missing", "at[3]: expected `object`, got `int`"],
        ),
        ("x", tuple[int, ...], ["at: expected `array`, got `str`"]),
        ({"a": 1}, tuple[int, ...], ["at: expected `array`, got `object`"]),
        ("5", int, ["at: expected `int`, got `str`"]),
        ("20250523", dt.date, ["at: invalid RFC3339 encoded date"]),
        (
            "2025-05-23T01:00:00.0Z",
            dt.datetime,
            ["at: is written 2025-05-23T01:00:00Z"],
        ),
        ({**WHOLE, "number": 3}, Whole, ["at.number: 3 is odd"]),
        ({**WHOLE, "number": 11}, Whole, ["at.number: 11 is too much"]),
        ({**WHOLE, "pairs": []}, Whole, ["at: a day: and nobody"]),
        ({**WHOLE, "plain": {"a": "b"}}, Whole, ["at.plain: expected `int`, got `str`"]),
        (
            {**WHOLE, "day": "23 May", "one": {**PAIR, "left": 10}, "pairs": [{**PAIR, "right": None}]},
            Whole,
            [
                "at.day: invalid RFC3339 encoded date",
                "at.one.left: 10 is too much",
                "at.pairs[1].right: expected `int`, got `null`",
            ],
        ),
    ],
)
def test_everything_that_is_wrong_is_reported_by_field(found: object, kind: Any, said: list[str]) -> None:
    assert _read(found, kind)[1] == said


def test_an_earlier_problem_does_not_hide_what_is_sound() -> None:
    problems = Problems("file", {})
    problems.add((), "something else")
    assert read({**WHOLE, "one": PAIR}, Whole, (), problems) is not None
    assert read_fields({"a": 1}, {"a": int}, (), problems) == {"a": 1}
    assert problems.count == 1


def test_the_sound_fields_of_an_object_are_given() -> None:
    problems = Problems("file", {})
    kinds = {"a": int, "b": int, "c": int, "d": Pair}
    found = {"a": 1, "b": "x", "d": {**PAIR, "left": 10}, "e": 5}
    assert read_fields(found, kinds, ("at",), problems, optional=("c",)) == {"a": 1}
    assert read_fields({"a": 1, "b": 2, "d": PAIR}, kinds, (), problems) == {"a": 1, "b": 2, "d": Pair(3, 3)}
    assert read_fields({"c": 3}, {"c": int}, (), problems, optional=("c",)) == {"c": 3}
    assert read_fields({}, {"c": int}, (), problems, optional=("c",)) == {}
    assert read_fields([], kinds, ("at",), problems) is None
    assert reported(problems) == [
        "file:1: at: is not an object with the keys a, b, c, d",
        "file:1: at.b: expected `int`, got `str`",
        "file:1: at.d.left: 10 is too much",
        "file:1: at.e: no such field",
        "file:1: c: is missing",
    ]


@pytest.mark.parametrize(
    ("kind", "values", "names", "said"),
    [
        (Pair, {"left": 10, "right": 10}, None, ["at.left: 10 is too much"]),
        (Pair, {"left": 10, "right": 10}, {"left": "links"}, ["at.links: 10 is too much"]),
        (Pair, {"left": 1, "right": 2}, {"right": "rechts"}, ["at.rechts: not as much as left: 2"]),
        (Pair, {"left": 1, "right": 2}, {"left": "links"}, ["at.right: not as much as left: 2"]),
        (Turned, {"right": 4, "left": 10}, None, ["at.left: 10 is too much"]),
        (Turned, {"right": 4, "left": 3}, None, ["at.right: not as much as left: 4"]),
        (Whole, {"number": 1, "day": 1, "pairs": (), "one": 1}, {}, ["at.number: 1 is odd"]),
        (Whole, {"number": 2, "day": 1, "pairs": (), "one": 1}, {}, ["at: a day: and nobody"]),
    ],
)
def test_what_a_class_refuses_is_reported_by_the_name_that_the_file_has(
    kind: Any, values: dict[str, Any], names: dict[str, str] | None, said: list[str]
) -> None:
    problems = Problems("file", {})
    assert build(kind, values, ("at",), problems, names) is None
    assert reported(problems) == [f"file:1: {one}" for one in said]


def test_a_class_that_refuses_nothing_is_made() -> None:
    problems = Problems("file", {})
    assert build(Pair, {"left": 3, "right": 3}, (), problems) == Pair(3, 3)
    assert build(Pair, {"left": 3}, (), problems) is None
    assert "missing 1 required positional argument" in reported(problems)[0]


def test_what_is_sound_is_read_at_once_and_not_field_by_field(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_values, "read_fields", None)
    assert _read({**WHOLE, "one": PAIR}, Whole)[0].one == Pair(3, 3)
    assert _read([PAIR], tuple[Pair, ...]) == ((Pair(3, 3),), [])
    with pytest.raises(TypeError, match="not callable"):
        _read({**PAIR, "left": 10}, Pair)
