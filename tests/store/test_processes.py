"""Several processes on one store: nothing is lost, nothing exceeds what was agreed, no reader misses any."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from reciprocity.domain import OPEN, Recorded
from reciprocity.store import Register
from tests.examples import swap
from tests.stores import execute

WRITERS = 4

# Releases one person each way, phase after phase, until the agreed total is reached or it has done *most*;
# prints how many phases it has recorded.
WRITER = """
import sys
from reciprocity.domain import Refused, Transfer, complete_phase
from reciprocity.store import Conflict, Register

url, agreement, name, most = sys.argv[1:]
each_way = [Transfer("UKR", "RUS", "civilian", 1), Transfer("RUS", "UKR", "civilian", 1)]
done = 0
with Register.open(url) as register:
    while done < int(most):
        try:
            register.command(
                agreement,
                lambda a: complete_phase(a, a.last_phase + 1, each_way),
                command_id=f"{name}-{done}",
            )
        except Conflict:
            continue
        except Refused:
            break
        done += 1
print(done)
"""


@contextmanager
def writers(url: str, agreements: list[str], most: int) -> Iterator[list[subprocess.Popen[str]]]:
    """One process for each agreement named."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, agreement, f"writer-{number}", str(most)],
            stdout=subprocess.PIPE,
            text=True,
        )
        for number, agreement in enumerate(agreements)
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()


def told(processes: list[subprocess.Popen[str]]) -> int:
    """How many phases they say they have recorded."""
    printed = [process.communicate(timeout=120)[0] for process in processes]
    assert all(process.returncode == 0 for process in processes)
    return sum(int(line) for line in printed)


def test_writers_on_one_agreement_lose_nothing_and_stay_within_it(kept_url: str) -> None:
    total = 60
    with Register.open(kept_url, create=True) as register:
        register.sign("swap", swap(total, total))
        with writers(kept_url, ["swap"] * WRITERS, most=10 * total) as started:
            assert told(started) == total
        agreement = register.agreement("swap")
        assert agreement.last_phase == total
        assert [balance.released for balance in agreement.balance()] == [total, total]
        log = list(register.log())
    assert len({recorded.command_id for recorded in log}) == total + 1
    assert [recorded.version for recorded in log] == [recorded.position for recorded in log]
    assert len(log) == 1 + total + 1  # signed, the phases, fulfilled


# A commit that comes a moment after the position was given lets another's come first, if anything does.
DAWDLE = """
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM pg_sleep(random() * 0.005); RETURN NEW; END$$;
    CREATE TRIGGER dawdle BEFORE INSERT ON stored_events FOR EACH ROW EXECUTE FUNCTION dawdle()
"""


def test_a_reader_beside_the_writers_misses_nothing_and_sees_nothing_twice(kept_url: str) -> None:
    most = 40
    agreements = [f"swap-{number}" for number in range(WRITERS)]
    seen: list[Recorded] = []
    with Register.open(kept_url, create=True) as register:
        for agreement in agreements:
            register.sign(agreement, swap(OPEN, OPEN))
        if kept_url.startswith("postgresql:"):
            execute(kept_url, DAWDLE)
        with writers(kept_url, agreements, most) as started:
            writing = True
            while writing:
                writing = any(process.poll() is None for process in started)
                seen += register.log(after=seen[-1].position if seen else 0)
            assert told(started) == WRITERS * most
        assert seen == list(register.log())
    assert [recorded.position for recorded in seen] == list(range(1, len(seen) + 1))
