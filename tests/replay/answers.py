"""Answers: what the tool says of a file, at what cost.

``python -m tests.replay.answers FOLDER`` asks it of every file in a folder, in a process of its own.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from reciprocity.replay import facts_csv
from reciprocity.replay.cli import main
from reciprocity.replay.problems import MalformedFile

STEERS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029\ufffe]")
"""What no output may hold."""


SLOW, TIMES = 0.25, 5
"""What takes longer than so many seconds is asked so often; its shortest time counts, as other work runs."""


def asked(path: Path) -> dict[str, object]:
    """What the tool says of a file: its exit code, its words, and the seconds of work that it took."""
    answer = _asked(path)
    again = TIMES - 1 if answer["seconds"] > SLOW else 0
    return {**answer, "seconds": min([answer["seconds"], *(_asked(path)["seconds"] for _ in range(again))])}


def _asked(path: Path) -> dict[str, Any]:
    start = time.process_time()
    if path.suffix == ".csv":
        code, said = 0, ""
        try:
            with path.open("rb") as file:
                facts_csv.read(file, path.name)
        except MalformedFile as error:
            code, said = 4, str(error)
    else:
        arguments = (
            ["check", str(path)] if path.suffix == ".toml" else ["import", str(path), "--store", "x.db"]
        )
        result = CliRunner().invoke(main, arguments)
        code, said = result.exit_code, result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            said = f"Traceback: {result.exception!r}"
    return {"code": code, "said": said, "seconds": time.process_time() - start}


if __name__ == "__main__":
    answers = {path.name: asked(path) for path in sorted(Path(sys.argv[1]).iterdir())}
    peak = re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text("utf-8"))
    print(json.dumps({"answers": answers, "peak": int(peak[1]) if peak else 0}))  # noqa: T201  # it is asked in a shell
