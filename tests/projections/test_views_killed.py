"""A process that keeps a view is killed, again and again: the next goes on from its last transaction."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reciprocity.projections.runner import Runner
from reciprocity.store import Register
from tests.projections.view_stores import expected, is_whole, many, stored, undisturbed

RUNNER = """
import sys
from reciprocity.projections.runner import Runner
from reciprocity.store import Register

url, view, processes = sys.argv[1:]
if __name__ == "__main__":
    with Register.open(url) as register:
        Runner(
            register, view, batch=16, processes=int(processes), url=url,
            progress=lambda done, of: print(done, flush=True),
        ).run()
    print("done", flush=True)
"""


@pytest.mark.parametrize(
    ("view", "processes"), [("cumulative", 1), ("timeline", 1), ("cumulative", 2), ("facts", 2)]
)
def test_it_is_killed_in_the_middle(view: str, processes: int, kept_url: str) -> None:
    log = many(agreements=12, phases=7)
    reached, kills = 0, 0
    with Register.open(kept_url, create=True) as register:
        register.take_over(log)
        while True:
            with subprocess.Popen(
                [sys.executable, "-c", RUNNER, kept_url, view, str(processes)],
                stdout=subprocess.PIPE,
                text=True,
            ) as running:
                assert running.stdout is not None
                first = running.stdout.readline().strip()
                # On a slow machine it may be done before the signal comes, after one or two kills.
                if kills == 3 or first == "done":
                    assert (first + running.stdout.read()).strip().endswith("done")
                    break
                running.kill()
            kills += 1
            assert int(first) > reached, "it went on from where the one before was killed"
            reached = int(first)
            is_whole(register, view)
        assert kills
        assert stored(register, view) == expected(view, log)
        assert Runner(register, view).digest() == undisturbed(view, log)
