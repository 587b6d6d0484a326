"""Keys and lists of leaves in files: what is malformed is refused, and a secret is never shown."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from reciprocity.domain import Malformed
from reciprocity.replay import keys, leaf_lists
from reciprocity.store import Register
from tests.store.sealed import list_of, told

SEED = bytes(range(32))
KEY = keys.PrivateKey("office", SEED)
SECRET = base64.b64encode(b"\x01" + SEED).decode()
SHORT = base64.b64encode(b"\x01" + SEED[1:]).decode()
OF_ANOTHER_KIND = base64.b64encode(b"\x02" + SEED).decode()
ID = KEY.public().id.hex()


def test_a_private_key_is_read_as_it_was_written() -> None:
    assert keys.PrivateKey.read(KEY.text()) == KEY
    assert KEY.text() == f"PRIVATE+KEY+office+{ID}+{SECRET}\n"
    assert SECRET not in repr(KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "PRIVATE+KEY",
        f"PRIVATE+KEY+office+{ID}",
        f"PUBLIC+KEY+office+{ID}+{SECRET}",
        f"PRIVATE+PART+office+{ID}+{SECRET}",
        f"PRIVATE+KEY+office+{ID}+{SECRET[:-1]}",
        f"PRIVATE+KEY+office+{ID}+{SECRET}?",
        f"PRIVATE+KEY+office+{ID}+{SHORT}",
        f"PRIVATE+KEY+office+{ID}+{OF_ANOTHER_KIND}",
        f"PRIVATE+KEY+office+00000000+{SECRET}",
        f"PRIVATE+KEY+bureau+{ID}+{SECRET}",
    ],
)
def test_what_is_no_private_key_is_refused_and_not_shown(text: str, tmp_path: Path) -> None:
    with pytest.raises(Malformed) as refused:
        keys.PrivateKey.read(text)
    assert SECRET[:20] not in str(refused.value)
    path = tmp_path / "key"
    path.touch(0o600)
    path.write_text(text, "utf-8")
    with pytest.raises(Malformed, match="key: ") as refused:
        keys.read_private(path)
    assert SECRET[:20] not in str(refused.value)


def test_a_list_of_leaves_is_read_as_it_was_written(tmp_path: Path) -> None:
    text = _list()
    (tmp_path / "leaves").write_text(text, "utf-8")
    read = leaf_lists.read(tmp_path / "leaves")
    assert [str(one) for one in read.leaves][:3] == [
        "swap version 1, agreement-signed/1",
        "other version 1, agreement-signed/1",
        "swap version 2, phase-completed/1",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("reciprocity/leaves/1", "reciprocity/leaves/2"),
        ("\nsize 10\n", "\n10\n"),
        ("\nsize 10\n", "\nsize 9\n"),
        ("\nsize 10\n", "\nsize ten\n"),
        (" agreement-signed/1 swap\n", " swap\n"),
        (" agreement-signed/1 swap\n", " agreement-signed/1 swap too\n"),
        (" agreement-signed/1 swap\n", " agreement-signed/1 \x1b[2J\n"),
        (" 1 agreement-signed/1 swap\n", " one agreement-signed/1 swap\n"),
        ("= 1 agreement", "? 1 agreement"),
    ],
)
def test_what_is_no_list_of_leaves_is_refused(before: str, after: str, tmp_path: Path) -> None:
    text = _list()
    assert before in text
    _is_refused(text.replace(before, after), tmp_path)


def test_a_list_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    for text in ("", _list()[:-1], "reciprocity/leaves/1\nsize 0", b"\xff"):
        _is_refused(text, tmp_path)


def _is_refused(text: str | bytes, folder: Path) -> None:
    (folder / "leaves").write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(Malformed, match="leaves: ") as refused:
        leaf_lists.read(folder / "leaves")
    assert str(refused.value).isprintable()


def _list() -> str:
    """The list of ten leaves."""
    with Register.open("memory:") as register:
        register.take_over(told())
        lines = [
            f"{keys.base64_text(one.hash)} {one.version} {one.topic} {one.agreement}"
            for one in list_of(register).leaves
        ]
    return "\n".join([leaf_lists.FORMAT, f"size {len(lines)}", *lines, ""])
