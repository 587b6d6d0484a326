"""Whatever TOML can write, each of its values is found on the line where it stands."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reciprocity.replay.toml_lines import Path, line_of, locate

SEEDS = FilePath(__file__).parents[2] / "seeds"

# Few keys, so that tables meet; and some that must be quoted, or read like something else.
BARE = ["a", "b", "event", "true", "1979-05-27", "_", "-"]
KEYS = st.sampled_from(
    [*BARE, "", "two words", "a.b", "#", "[x]", 'say "a"', "it's", "back\\slash", "ключ", "\t"]
)
SCALARS = st.sampled_from(
    [
        *("1", "-3.5e2", "true", "0xff", "1979-05-27", "1979-05-27 07:32:00Z", "07:32:00", "inf"),
        *(
            '"text"',
            '""',
            "''",
            "'li\\teral'",
            "'C:\\'",
            '"# no comment"',
            '"a = 1"',
            '"]"',
            '"esc \\" \\\\"',
            '"=}"',
        ),
        *('"""one line"""', '"""\nthree\nlines"""', "'''\nraw \\\n'''", '""""quoted""""', "''''x'''''"),
        *('"""a \\""" b\n"""', '"""fold \\\n   ed"""', '"""\\\\"""', "''''''", '""""""', '"""\r\n"""'),
    ]
)
COMMENTS = st.sampled_from(["", "", " # why", ' # "not a string', " # [a]"])
GAPS = st.sampled_from(["", "", "\n", "# a = 1\n", "\r\n", "\t\n\n"])
SPACES = st.sampled_from(["", " ", "\t "])


@st.composite
def written_keys(draw: st.DrawFn, keys: list[str]) -> str:
    """A dotted key, each part bare, literal or escaped as it may be."""
    parts = []
    for key in keys:
        ways = [json.dumps(key), json.dumps(key, ensure_ascii=False).replace("a", "\\u0061")]
        ways += [key] if key in BARE else []
        ways += [f"'{key}'"] if "'" not in key else []
        parts.append(draw(SPACES) + draw(st.sampled_from(ways)) + draw(SPACES))
    return ".".join(parts)


def values() -> st.SearchStrategy[str]:
    return st.recursive(SCALARS, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=8)


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    members = [draw(GAPS) + draw(inner) + draw(GAPS) for _ in range(draw(st.integers(0, 3)))]
    comma = draw(st.sampled_from(["", ","])) if members else ""
    return "[" + draw(GAPS) + ",".join(members) + comma + draw(GAPS) + "]"


@st.composite
def inline_tables(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    keys = draw(st.lists(st.lists(KEYS, min_size=1, max_size=2), max_size=3, unique_by=lambda keys: keys[0]))
    pairs = [f"{draw(written_keys(key))}={draw(SPACES)}{draw(inner)}" for key in keys]
    return "{ " + ", ".join(pairs) + " }"


@st.composite
def documents(draw: st.DrawFn) -> str:
    """Statements one after the other, each of which is kept if TOML still allows it there."""
    text = draw(GAPS)
    for _ in range(draw(st.integers(1, 10))):
        key = draw(written_keys(draw(st.lists(KEYS, min_size=1, max_size=3))))
        kind = draw(st.sampled_from(["[{}]", "[[{}]]", "[[{}]]", "{} = ", "{} = ", "{} = "]))
        line = draw(SPACES) + kind.format(key) + (draw(values()) if "=" in kind else "")
        longer = text + line + draw(COMMENTS) + draw(st.sampled_from(["\n", "\r\n"])) + draw(GAPS)
        try:
            tomllib.loads(longer)
        except tomllib.TOMLDecodeError:
            continue
        text = longer
    return text


def paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """The path of everything in what ``tomllib`` read."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from paths(inner, (*path, key))


def keys_on(line: str) -> str:
    """A line with the escapes that keys are written with in these tests undone."""
    for written, meant in (("\\u0061", "a"), ('\\"', '"'), ("\\\\", "\\"), ("\\t", "\t")):
        line = line.replace(written, meant)
    return line.replace("\\u043a\\u043b\\u044e\\u0447", "ключ")


def assert_located(text: str) -> None:
    lines = locate(text)
    written = text.split("\n")
    found = list(paths(tomllib.loads(text)))
    assert set(lines) == set(found)
    for path in found:
        if isinstance(path[-1], str):
            assert path[-1] in keys_on(written[lines[path] - 1]), path


@given(documents())
def test_every_path_of_a_document_is_located_on_a_line_that_has_its_key(text: str) -> None:
    assert_located(text)


@given(st.lists(values(), max_size=4), GAPS)
def test_an_element_of_an_array_is_located_where_it_begins(members: list[str], gap: str) -> None:
    text, begins = f"x = [{gap}", []
    for member in members:
        begins.append(text.count("\n") + 1)
        text += f"{member},{gap}"
    lines = locate(text + "]")
    assert [lines["x", number] for number in range(len(members))] == begins


@pytest.mark.parametrize("path", sorted(SEEDS.rglob("*.toml")), ids=lambda path: path.stem)
def test_every_key_of_a_seed_is_located(path: FilePath) -> None:
    assert_located(path.read_text(encoding="utf-8"))


def test_a_table_that_is_opened_after_its_inner_one_is_located_at_its_own_header() -> None:
    assert locate("[a.b]\nx = 1\n[a]\ny = 2\n") == {
        ("a",): 3,
        ("a", "b"): 1,
        ("a", "b", "x"): 2,
        ("a", "y"): 4,
    }


def test_tables_in_arrays_of_tables_belong_to_the_last_element() -> None:
    text = "[[a]]\n[[a.b]]\n[[a.b]]\nx = 1\n[a.c]\n[[a]]\n[[a.b]]\nx = 2\n"
    assert locate(text) == {
        ("a",): 1,
        ("a", 0): 1,
        ("a", 0, "b"): 2,
        ("a", 0, "b", 0): 2,
        ("a", 0, "b", 1): 3,
        ("a", 0, "b", 1, "x"): 4,
        ("a", 0, "c"): 5,
        ("a", 1): 6,
        ("a", 1, "b"): 7,
        ("a", 1, "b", 0): 7,
        ("a", 1, "b", 0, "x"): 8,
    }


def test_what_has_no_line_is_given_that_of_what_is_around_it() -> None:
    lines = locate("\n[a]\nx = { y = 1 }\n")
    assert line_of(lines, ("a", "x", "z", 3)) == 3
    assert line_of(lines, ("a", "missing")) == 2
    assert line_of(lines, ("nowhere",)) == 1
    assert line_of(lines, ()) == 1


def test_an_empty_text_has_nothing_to_locate() -> None:
    assert locate("") == locate("\n# nothing") == {}


def test_keys_of_several_parts_are_located_with_each_part() -> None:
    text = """'a b'.c = 1\n"d\\u0065".f.'g' = { h.i = 2 }\n[ 'j.k' . l ]\nm = 3\n"""
    assert locate(text) == {
        ("a b",): 1,
        ("a b", "c"): 1,
        ("de",): 2,
        ("de", "f"): 2,
        ("de", "f", "g"): 2,
        ("de", "f", "g", "h"): 2,
        ("de", "f", "g", "h", "i"): 2,
        ("j.k",): 3,
        ("j.k", "l"): 3,
        ("j.k", "l", "m"): 4,
    }


EVERY_FORM = r"""# a = 1

 top = 1 # [x]
'two words' . "say \"a\"" = QQQ
a ] } # no comment, "quoted" ""
QQQ
literal	=	'''it's ]

'''
empty=[ # one
  # two
]
many = [ [ 1 , 2 ],

  { x = 1.5, y.z = [3] } , '],' ,
  "}]", # "
  2001-03-01 07:32:00Z,
]
none={}
[ table . "a.b" ]
x = true
[[list]]
[list.inner]
x = 1
[[list.inner.deep]]
[[list.inner.deep]] # again
x = { y = "=" , z = [] }
[[list]]
[list.inner.more]
x = "\\"
[other] # the end
last = 1""".replace("QQQ", '"' * 3)


def test_every_form_that_toml_has_is_gone_through() -> None:
    assert locate(EVERY_FORM) == {
        ("top",): 3,
        ("two words",): 4,
        ("two words", 'say "a"'): 4,
        ("literal",): 7,
        ("empty",): 10,
        ("many",): 13,
        ("many", 0): 13,
        ("many", 0, 0): 13,
        ("many", 0, 1): 13,
        ("many", 1): 15,
        ("many", 1, "x"): 15,
        ("many", 1, "y"): 15,
        ("many", 1, "y", "z"): 15,
        ("many", 1, "y", "z", 0): 15,
        ("many", 2): 15,
        ("many", 3): 16,
        ("many", 4): 17,
        ("none",): 19,
        ("table",): 20,
        ("table", "a.b"): 20,
        ("table", "a.b", "x"): 21,
        ("list",): 22,
        ("list", 0): 22,
        ("list", 0, "inner"): 23,
        ("list", 0, "inner", "x"): 24,
        ("list", 0, "inner", "deep"): 25,
        ("list", 0, "inner", "deep", 0): 25,
        ("list", 0, "inner", "deep", 1): 26,
        ("list", 0, "inner", "deep", 1, "x"): 27,
        ("list", 0, "inner", "deep", 1, "x", "y"): 27,
        ("list", 0, "inner", "deep", 1, "x", "z"): 27,
        ("list", 1): 28,
        ("list", 1, "inner"): 29,
        ("list", 1, "inner", "more"): 29,
        ("list", 1, "inner", "more", "x"): 30,
        ("other",): 31,
        ("other", "last"): 32,
    }
    assert_located(EVERY_FORM)
