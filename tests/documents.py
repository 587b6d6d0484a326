"""Documents: runs the transcripts and snippets of a Markdown file.

``python -m tests.documents`` writes what the commands of every document print into the documents.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path

from click.testing import CliRunner

from reciprocity.replay.cli import main

ROOT = Path(__file__).parent.parent
WITH_TRANSCRIPTS = (
    "README.md",
    "docs/bulk.md",
    "docs/commands.md",
    "docs/encryption.md",
    "docs/howto.md",
    "docs/languages.md",
    "docs/report.md",
    "docs/seals.md",
    "docs/tutorial.md",
)

# So that a command prints the same wherever it runs.
_SCREEN = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}

# The first line of a file that the reader is asked to write, or to add to.
_FILE = re.compile(r"# ([\w-]+\.(?:toml|csv|py))\b")

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def fences(text: str, language: str) -> list[str]:
    """What stands in the fenced blocks of a language, in order."""
    return [found[2] for found in _FENCE.finditer(text) if found[1] == language]


Way = Callable[[str, str], bytes]
"""A way to run a command in a folder; it gives what is printed."""


def run(text: str, way: Way | None = None) -> str:
    """*text* with the output of its ``console`` blocks as it is now; they share one folder, in order.

    A shell runs the commands, unless another *way* is given. A block whose first line is a comment with the
    name of a file is put at the end of that file.
    """
    with tempfile.TemporaryDirectory() as folder:

        def shown(command: str) -> str:
            lines = [line.rstrip() for line in (way or in_a_shell)(command, folder).decode().splitlines()]
            return "\n".join([f"$ {command}", *lines]) + "\n"

        def ran(found: re.Match[str]) -> str:
            if file := _FILE.match(found[2]):
                with (Path(folder) / file[1]).open("a", encoding="utf-8") as written:
                    written.write(found[2] + "\n")
            if found[1] != "console":
                return found[0]
            commands = [line[2:] for line in found[2].splitlines() if line.startswith("$ ")]
            return "```console\n" + "".join(map(shown, commands)) + "```"

        return _FENCE.sub(ran, text)


def in_a_shell(command: str, folder: str) -> bytes:
    """Run a command as whoever reads the document would."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, **_SCREEN, "PATH": path}
    done = subprocess.run(  # noqa: S602  # the project's own documents
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout


def in_this_process(command: str, folder: str) -> bytes:
    """The same, but without a process for each command that needs no shell: starting one takes longest."""
    name, *arguments = shlex.split(command)
    if name != "reciprocity" or re.search(r"[|<>&;$*?]", command):
        return in_a_shell(command, folder)
    with chdir(folder):
        ran = CliRunner().invoke(main, arguments, prog_name=name, env=_SCREEN)
    if isinstance(ran.exception, Exception):
        raise ran.exception  # SystemExit is none: that is how commands end
    # What a command writes as bytes is not in the output of both streams.
    return ran.output_bytes if ran.stderr_bytes else ran.stdout_bytes


if __name__ == "__main__":
    for name in WITH_TRANSCRIPTS:
        document = ROOT / name
        document.write_text(run(document.read_text("utf-8")), "utf-8")
