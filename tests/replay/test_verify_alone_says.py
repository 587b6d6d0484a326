"""The single file on the command line: all that it prints, where, and its exit codes."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from reciprocity.replay import keys, proving, sealing, verify_alone
from reciprocity.replay.sealing import recorder_of
from reciprocity.store import Key, Register
from tests.replay.befallen import log
from tests.replay.registers import given_out
from tests.store.sealed import SEALED_AT, checkpoint_of
from tests.store.tampering import settled

Run = Callable[..., tuple[int, str, str]]

KEY = keys.PrivateKey("office", bytes(32))
STATE = (
    '{"command_id":"c-3","event":{"phase":1,"released":[["UKR","RUS","civilian",1,true],'
    '["RUS","UKR","civilian",1,true]]},"recorded_at":"2025-05-16T18:40:00Z"}'
)
UNCHECKED = "signatures are not checked: no --public-key\n"
SIGNED_5, SIGNED_8 = (f"yes: checkpoint of {size} signed by office\n" for size in (5, 8))
THIRD = f"position 3, swap version 2, phase-completed/1: '{STATE}'\n"


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files: a store and its export, sealed after five events and after eight; proofs; a key."""
    folder = tmp_path_factory.mktemp("original")
    url = f"sqlite:///{folder / 'swaps.db'}"
    with Register.open(url, create=True) as register:
        for name, size in (("old", 5), ("new", 8)):
            register.take_over(log()[:size])
            text = sealing.checkpoint_text(sealing.sealed(register), "a-log", SEALED_AT, KEY)
            (folder / name).write_text(text, "utf-8")
        old, new = (sealing.read_checkpoint(folder / name) for name in ("old", "new"))
        (folder / "included").write_text(proving.inclusion_text(register, 3, old), "utf-8")
        (folder / "continued").write_text(proving.consistency_text(register, old, new), "utf-8")
        (folder / "log.jsonl").write_bytes(given_out(register.log(), "jsonl"))
    settled(url)
    (folder / "key.pub").write_text(keys.public_text(KEY.public()) + "\n", "utf-8")
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.fixture
def run(
    original: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs it beside these files: the exit code, and what it printed."""
    for name, content in original.items():
        (tmp_path / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.argv", ["verify_alone.py"])
    monkeypatch.setenv("COLUMNS", "100")

    def run(*arguments: str, key: str | None = "key.pub") -> tuple[int, str, str]:
        capsys.readouterr()
        try:
            code = verify_alone.main([*arguments, *(["--public-key", key] if key else [])])
        except SystemExit as ended:  # argparse's way
            code = int(str(ended.code))
        return code, *capsys.readouterr()

    return run


def test_what_holds(run: Run) -> None:
    assert run("checkpoint", "old") == (0, SIGNED_5, "")
    assert run("checkpoint", "old", key=keys.public_text(KEY.public())) == (0, SIGNED_5, "")
    assert run("checkpoint", "old", key=None) == (0, UNCHECKED, "")
    for file in ("swaps.db", "log.jsonl"):
        said = f"{SIGNED_5}{SIGNED_8}yes: log as sealed at 5\nyes: log as sealed at 8\n"
        assert run("log", file, "old", "new") == (0, said, "")
        assert run("log", file, "new", key=None) == (0, f"{UNCHECKED}yes: log as sealed at 8\n", "")
    said = f"{THIRD}{SIGNED_5}yes: in the log as sealed at 5\n"
    assert run("included", "included", "old") == (0, said, "")
    said = f"{SIGNED_5}{SIGNED_8}yes: 8 events begin with the 5\n"
    assert run("continued", "continued", "old", "new") == (0, said, "")


def test_what_does_not_hold(run: Run) -> None:
    other = keys.public_text(keys.PrivateKey("office", bytes([1]) * 32).public())
    assert run("checkpoint", "old", key=other) == (1, "NO: checkpoint of 5 signed by office\n", "")
    Path("touched").write_text(Path("new").read_text("utf-8").replace("\n8\n", "\n9\n"), "utf-8")
    said = (
        f"{SIGNED_5}NO: checkpoint of 9 signed by office\nyes: log as sealed at 5\nNO: log as sealed at 9\n"
    )
    assert run("log", "swaps.db", "old", "touched") == (1, said, "")
    Path("log.jsonl").write_bytes(Path("log.jsonl").read_bytes().replace(b"T18:20", b"T18:21"))
    said = f"{UNCHECKED}NO: log as sealed at 5\nNO: log as sealed at 8\n"
    assert run("log", "log.jsonl", "old", "new", key=None) == (1, said, "")
    said = f"{THIRD}{SIGNED_8}NO: in the log as sealed at 8\n"
    assert run("included", "included", "new") == (1, said, "")
    said = f"{SIGNED_8}{SIGNED_5}NO: 8 events begin with the 5\n"
    assert run("continued", "continued", "new", "old") == (1, said, "")


def test_what_is_asked_wrongly(run: Run) -> None:
    usage = (
        "usage: verify_alone.py [-h] [--public-key KEY] {checkpoint,log,included,continued} FILE [FILE ...] "
        "verify_alone.py: error:"
    )

    def refused(*arguments: str) -> str:
        code, out, error = run(*arguments)
        assert (code, out) == (2, "")
        return " ".join(error.split())  # where lines end is argparse's affair

    for what, given in (
        ("checkpoint", ["old", "new"]),
        ("included", ["included"]),
        ("included", ["included", "old", "new"]),
        ("continued", ["continued", "old"]),
        ("continued", ["continued", "old", "new", "new"]),
    ):
        assert refused(what, *given) == f"{usage} {what} takes another number of files"
    said = f"{usage} log takes a store or an export, and one checkpoint or more"
    assert refused("log", "swaps.db") == said
    assert refused("checkpoint") == f"{usage} the following arguments are required: FILE"
    assert "invalid choice: 'another'" in refused("another", "old")
    code, said, _ = run("--help")
    assert code == 0
    assert verify_alone.__doc__
    assert f"FILE [FILE ...]\n\n{verify_alone.__doc__.strip()}" in said
    assert "--public-key KEY" in said


def test_a_file_of_another_kind_is_malformed(run: Run) -> None:
    Path("binary").write_bytes(b"\xff")
    for asked, said in (
        (("checkpoint", "included"), "not a checkpoint: no blank line after its text"),
        (("included", "old", "old"), "not a proof, or its last line is cut off"),
        (("included", "continued", "old"), "continued: not a proof of that kind"),
        (("continued", "included", "old", "new"), "included: not a proof of that kind"),
        (("log", "included", "old"), "Expecting value: line 1 column 1 (char 0)"),
        (("checkpoint", "binary"), "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
    ):
        code, _, error = run(*asked)
        assert (code, error) == (4, f"malformed: {said}\n")
    assert run("checkpoint", "old", key="no\x1bkey") == (
        4,
        "",
        'malformed: not a public key, "name+id+key" with an Ed25519 key\n',
    )
    assert run("checkpoint", "nowhere\x1b") == (
        3,
        "",
        "cannot be read: [Errno 2] No such file or directory: 'nowhere\\x1b'\n",
    )


def test_a_store_is_read_only_from_its_own_table(run: Run) -> None:
    wal = Path("swaps.db-wal")
    wal.touch()
    assert run("log", "swaps.db", "new", key=None)[0] == 0
    wal.write_bytes(b"x")
    said = "swaps.db-wal is not empty: the store is in use; verify a copy made by a backup"
    assert run("log", "swaps.db", "new", key=None) == (4, UNCHECKED, f"malformed: {said}\n")
    wal.unlink()
    with closing(sqlite3.connect("swaps.db")) as file, file:
        file.execute("PRAGMA journal_mode=DELETE")
        file.execute("ALTER TABLE stored_events RENAME TO others")
        file.execute("CREATE VIEW stored_events AS SELECT rowid, * FROM others")
    said = "malformed: stored_events is not a table\n"
    assert run("log", "swaps.db", "new", key=None) == (4, UNCHECKED, said)
    Path("swaps.db").write_bytes(b"SQLite format 3\x00 and no more")
    code, _, said = run("log", "swaps.db", "new", key=None)
    assert (code, said.partition(": ")[0]) == (3, "cannot be read")


def test_the_rows_of_an_export_are_those_of_the_store(run: Run) -> None:
    assert run("checkpoint", "old")[0] == 0
    with Register.open("memory:") as register:
        register.take_over(log())
        rows = recorder_of(register).select_rows(after=0, up_to=8, limit=8)
    assert list(verify_alone.rows(Path("swaps.db"))) == list(verify_alone.rows(Path("log.jsonl"))) == rows


def test_an_encrypted_event_is_shown_as_bytes(run: Run) -> None:
    with Register.open("memory:", key=Key(bytes(range(32)))) as register:
        register.take_over(log())
        Path("seal").write_text(f"{(sealed := checkpoint_of(register)).text}\n", "utf-8")
        Path("secret").write_text(proving.inclusion_text(register, 3, sealed), "utf-8")
        [(*_, state)] = recorder_of(register).select_rows(after=2, up_to=3, limit=1)
    code, said, _ = run("included", "secret", "seal", key=None)
    shown = state.decode(errors="backslashreplace")
    assert code == 0
    place = "position 3, swap version 2, phase-completed/1"
    assert said == f"{UNCHECKED}{place}: {shown!r}\nyes: in the log as sealed at 8\n"


def test_what_a_stranger_wrote_is_shown_plainly() -> None:
    assert verify_alone._plain("Київ 'a' \x1b[2J\n\u202e\u00a0") == "Київ 'a' \\x1b[2J\\n\\u202e\\xa0"
    assert verify_alone._plain(ValueError("a\tb")) == "a\\tb"
