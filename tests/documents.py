"""Documents: runs the transcripts and snippets of a Markdown file.

``python -m tests.documents`` writes what the commands of every document print into the documents.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
WITH_TRANSCRIPTS = ("README.md", "docs/commands.md", "docs/bulk.md", "docs/encryption.md")

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def fences(text: str, language: str) -> list[str]:
    """What stands in the fenced blocks of a language, in order."""
    return [found[2] for found in _FENCE.finditer(text) if found[1] == language]


def run(text: str) -> str:
    """*text* with the output of its ``console`` blocks as it is now; they share one folder, in order."""
    with tempfile.TemporaryDirectory() as folder:

        def ran(found: re.Match[str]) -> str:
            if found[1] != "console":
                return found[0]
            commands = [line[2:] for line in found[2].splitlines() if line.startswith("$ ")]
            return "```console\n" + "".join(_ran(command, folder) for command in commands) + "```"

        return _FENCE.sub(ran, text)


def _ran(command: str, folder: str) -> str:
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb", "PATH": path}
    done = subprocess.run(  # noqa: S602  # the project's own documents
        command,
        shell=True,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    lines = [line.rstrip() for line in done.stdout.decode().splitlines()]
    return "\n".join([f"$ {command}", *lines]) + "\n"


if __name__ == "__main__":
    for name in WITH_TRANSCRIPTS:
        document = ROOT / name
        document.write_text(run(document.read_text("utf-8")), "utf-8")
