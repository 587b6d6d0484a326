"""Every command that opens a store takes its key from a file or a descriptor, and from nowhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from reciprocity.replay.cli import main

FOUNDING, OTHER = "ua-ru-2025-05-16", "ua-ru-2026-02-geneva"
WITHOUT_A_STORE = {"bulk", "check", "completion", "encryption-key"}


def run(*arguments: str | Path, env: dict[str, str] | None = None) -> Result:
    environment = {"COLUMNS": "100", "NO_COLOR": "1", **(env or {})}
    return CliRunner().invoke(main, [str(argument) for argument in arguments], env=environment)


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "exchange.key"
    assert run("encryption-key", path).exit_code == 0
    return path


@pytest.fixture
def store(tmp_path: Path, key: Path) -> Path:
    path = tmp_path / "exchange.db"
    assert run("record", FOUNDING, "--store", path, "--key-file", key).exit_code == 0
    return path


def test_every_command_that_opens_a_store_takes_a_key() -> None:
    for name, command in main.commands.items():
        options = {text for option in command.params for text in option.opts}
        assert ({"--key-file", "--key-fd"} <= options) == (name not in WITHOUT_A_STORE), name


ASKED = [
    ("replay", FOUNDING, "--json"),
    ("status", "--json"),
    ("log", "--json"),
    ("claims", FOUNDING, "--json"),
    ("diff", "2025-05-23", "2025-05-24", "--json"),
    ("what-if", FOUNDING, "--without", "6", "--json"),
    ("export", "--format", "csv"),
    ("watch", "--after", "0", "--timeout", "0", "--json"),
]


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: asked[0])
def test_a_command_says_with_the_key_what_it_says_of_a_plain_store(
    asked: tuple[str, ...], store: Path, key: Path, tmp_path: Path
) -> None:
    given_out, plain = tmp_path / "exchange.jsonl", tmp_path / "plain.db"
    assert run("export", store, "--format", "jsonl", "-o", given_out, "--key-file", key).exit_code == 0
    assert run("import", given_out, "--store", plain).exit_code == 0
    command, *rest = asked
    expected = run(command, plain, *rest)
    assert expected.exit_code == 0, expected.output
    assert run(command, store, *rest, "--key-file", key).stdout == expected.stdout != ""
    with key.open("rb") as file:
        assert run(command, store, *rest, "--key-fd", str(file.fileno())).stdout == expected.stdout
    refused = run(command, store, *rest)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert refused.stderr.startswith(
        "Error: position 1, ua-ru-2025-05-16 version 1, agreement-signed/1: encry"
    )


def test_what_is_taken_in_is_encrypted(store: Path, key: Path, tmp_path: Path) -> None:
    given_out, there = tmp_path / "exchange.jsonl", tmp_path / "there.db"
    assert run("export", store, "--format", "jsonl", "-o", given_out, "--key-file", key).exit_code == 0
    assert run("import", given_out, "--store", there, "--key-file", key).exit_code == 0
    assert run("status", there).exit_code == 2
    assert run("status", there, "--key-file", key).stdout == run("status", store, "--key-file", key).stdout


def test_a_rehearsal_reads_with_the_key(store: Path, key: Path) -> None:
    asked = ("record", OTHER, "--store", store, "--dry-run")
    assert run(*asked).exit_code == 2
    assert "Would record 10 events. Nothing was written." in run(*asked, "--key-file", key).stdout


def test_nothing_is_recorded_with_another_key(store: Path, tmp_path: Path) -> None:
    another, before = tmp_path / "another.key", store.read_bytes()
    assert run("encryption-key", another).exit_code == 0
    refused = run("record", OTHER, "--store", store, "--key-file", another)
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "does not decrypt: another key" in refused.stderr
    assert run("record", OTHER, "--store", store).exit_code == 2
    assert store.read_bytes() == before


def test_no_view_is_built(store: Path, key: Path) -> None:
    before = store.read_bytes()
    refused = run("rebuild", store, "--key-file", key)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr == (
        "Error: an encrypted register keeps no views: they would tell in plain what it hides\n"
    )
    assert run("rebuild", store, "--skip-unreadable").exit_code == 2
    assert store.read_bytes() == before


def test_a_key_that_cannot_be_used_is_a_mistake_in_the_call(store: Path, key: Path, tmp_path: Path) -> None:
    key.chmod(0o644)
    refused = run("status", store, "--key-file", key)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert f"{key} has mode 0644: others may use it" in refused.stderr
    assert run("status", store, "--key-file", tmp_path / "nothing.key").exit_code == 2
    assert run("status", store, "--key-fd", "9999").stderr == (
        "Error: descriptor 9999 cannot be read: Bad file descriptor\n"
    )
    assert run("status", store, "--key-fd", "-1").exit_code == 2


def test_there_is_one_key(store: Path, key: Path) -> None:
    descriptor = os.open(key, os.O_RDONLY)
    both = run("status", store, "--key-file", key, "--key-fd", str(descriptor))
    os.close(descriptor)
    assert (both.exit_code, both.stdout) == (2, "")
    assert "there is one key, not two" in both.stderr


def test_the_environment_gives_no_key(store: Path, key: Path) -> None:
    names = ("KEY", "KEY_FILE", "STATUS_KEY_FILE", "RECIPROCITY_KEY_FILE", "RECIPROCITY_STATUS_KEY_FILE")
    assert run("status", store, env=dict.fromkeys(names, str(key))).exit_code == 2


def test_a_journal_needs_no_key(key: Path) -> None:
    assert run("status", FOUNDING, "--key-file", key).stdout == run("status", FOUNDING).stdout != ""


def test_a_key_is_made_once_and_not_printed(key: Path) -> None:
    before = key.read_bytes()
    again = run("encryption-key", key)
    assert (again.exit_code, again.stdout) == (2, "")
    assert key.read_bytes() == before
    made = run("encryption-key", key.with_name("another.key"))
    assert key.with_name("another.key").read_text().strip() not in made.output
