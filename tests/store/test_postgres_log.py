"""The log on a server: positions without gaps, waiting for what is new, and what a lost connection means."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from reciprocity.domain import OPEN, Agreement, Event, complete_phase
from reciprocity.store import Busy, ConnectionLost, Register, StoreError, Unreadable
from reciprocity.testing.servers import server
from tests.examples import back, out, swap
from tests.stores import execute


def next_phase(agreement: Agreement) -> tuple[Event, ...]:
    return complete_phase(agreement, agreement.last_phase + 1, [out(1), back(1)])


@pytest.fixture
def url(server_url: str) -> str:
    with Register.open(server_url, create=True) as register:
        register.sign("swap", swap(OPEN, OPEN))
    return server_url


@pytest.fixture
def register(url: str) -> Iterator[Register]:
    with Register.open(url) as opened:
        yield opened


def test_a_position_of_what_failed_is_given_to_the_next(register: Register, url: str) -> None:
    with Register.open(url) as other:
        other.command("swap", next_phase)
        calls: list[int] = []

        def overtaken(agreement: Agreement) -> tuple[Event, ...]:
            if len(calls) < 3:
                other.command("swap", next_phase)
            calls.append(1)
            return next_phase(agreement)

        register.command("swap", overtaken)
    assert [recorded.position for recorded in register.log()] == [1, 2, 3, 4, 5, 6]


def test_arrays_out_of_step_record_nothing(url: str) -> None:
    from psycopg.errors import NotNullViolation  # noqa: PLC0415  # not everybody has it

    for given in (
        "'{swap,swap}', '{2,3}', '{a/1,b/1}', ARRAY[''::bytea]",
        "'{swap}', '{2}', '{a/1}', ARRAY[''::bytea, '']",
        "'{swap}', '{2}', '{}', ARRAY[''::bytea]",
        "'{swap}', '{2}', '{a/1}', NULL",
    ):
        with pytest.raises(NotNullViolation):
            execute(url, f"SELECT append({given}, '{{c-1}}', '{{swap}}', '{{2}}')")
    assert execute(url, "SELECT last_position FROM store") == [(1,)]


def test_a_command_id_may_be_as_long_as_any_text(register: Register) -> None:
    from random import Random  # noqa: PLC0415

    letters = Random(17)  # noqa: S311  # of which no compression makes a short text
    command_id = "".join(chr(letters.randrange(0x4E00, 0x9FA5)) for _ in range(4_000))
    [recorded] = register.command("swap", next_phase, command_id=command_id)
    assert register.command("swap", next_phase, command_id=command_id) == [recorded]
    assert register.command("swap", next_phase, command_id=command_id[:-1]) != [recorded]


def test_the_library_reads_what_we_recorded(register: Register) -> None:
    register.command("swap", next_phase)
    recorder = register.recorder
    assert recorder.max_notification_id() == register._recorder.last_position() == 2
    assert [one.id for one in recorder.select_notifications(1, 10)] == [1, 2]
    assert [one.originator_version for one in recorder.select_events("swap")] == [1, 2]
    with recorder.subscribe(gt=1) as subscription:
        assert next(subscription).id == 2


def test_waiting_ends_with_what_another_records(register: Register, url: str) -> None:
    wait = register._recorder.wait
    assert wait(0, timeout=60)  # something is there already
    started = time.monotonic()
    assert not wait(1, timeout=0.2)
    assert 0.2 <= time.monotonic() - started < 5
    with Register.open(url) as other, ThreadPoolExecutor(2) as pool:
        waiting = [pool.submit(wait, 1, timeout=60) for _ in range(2)]
        time.sleep(0.1)
        assert not any(future.done() for future in waiting)
        other.command("swap", next_phase)
        assert [future.result(timeout=20) for future in waiting] == [True, True]  # not only at the end
        assert not wait(2, timeout=0)


def test_one_who_waits_misses_nothing_between_looks(register: Register, url: str) -> None:
    phases = 100

    def write() -> None:
        with Register.open(url) as other:
            for _ in range(phases):
                other.command("swap", next_phase)

    seen, started = [1], time.monotonic()
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(write)
        while len(seen) < 1 + phases:
            assert register._recorder.wait(seen[-1], timeout=60)
            seen += [recorded.position for recorded in register.log(after=seen[-1])]
        writing.result()
    assert seen == list(range(1, 2 + phases))
    assert time.monotonic() - started < 50  # or else one who waited was not told


def connections(url: str) -> list[int]:
    asked = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
        " AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    return [pid for [pid] in execute(url, asked)]


def cut(url: str) -> None:
    """End every connection to the database."""
    for pid in connections(url):
        execute(url, f"SELECT pg_terminate_backend({pid}, 5000)")


def test_a_connection_that_was_cut_meanwhile_is_made_anew(register: Register, url: str) -> None:
    register.command("swap", next_phase)
    cut(url)
    register.command("swap", next_phase)
    cut(url)
    assert len(list(register.log())) == 3


def test_one_who_waits_is_told_that_the_connection_was_lost(register: Register, url: str) -> None:
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(register._recorder.wait, 1, timeout=60)
        while not connections(url):
            time.sleep(0.01)
        time.sleep(0.2)
        cut(url)
        with pytest.raises(ConnectionLost, match="the connection was lost: "):
            waiting.result(timeout=60)
    assert not register._recorder.wait(1, timeout=0)  # on a new connection


def test_a_commit_whose_answer_was_lost_counts_once(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = register._recorder
    insert_events = recorder.insert_events

    def lose_the_answer(events: Sequence[Any], **kwargs: Any) -> None:
        insert_events(events, **kwargs)
        raise ConnectionLost("the answer was lost")

    monkeypatch.setattr(recorder, "insert_events", lose_the_answer)
    [first] = register.command("swap", next_phase, command_id="c-1")
    [second] = register.command("swap", next_phase)  # without an id of one's own
    assert (first.version, second.version) == (2, 3)
    monkeypatch.undo()
    assert register.command("swap", next_phase, command_id="c-1") == [first]
    assert len(list(register.log())) == 3


SLOW = """
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN PERFORM pg_sleep(60); RETURN NEW; END$$;
    CREATE TRIGGER slow BEFORE INSERT ON stored_events FOR EACH ROW EXECUTE FUNCTION dawdle()
"""


def test_a_server_killed_in_the_middle_records_nothing_and_a_retry_counts_once(
    register: Register, url: str
) -> None:
    register.command("swap", next_phase)
    execute(url, SLOW)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(register.command, "swap", next_phase, command_id="c-1")
        os.kill(_sleeping(url), signal.SIGKILL)  # upon which the server starts anew, from its log
        with pytest.raises(StoreError) as lost:
            asked.result(timeout=60)
    assert isinstance(lost.value, ConnectionLost | Busy)
    assert len(str(lost.value).splitlines()) == 1
    _when_it_is_back(url, "DROP TRIGGER slow ON stored_events")
    assert len(list(register.log())) == 2
    [retried] = register.command("swap", next_phase, command_id="c-1")
    assert register.command("swap", next_phase, command_id="c-1") == [retried]
    assert (retried.version, retried.position) == (3, 3)
    assert register.agreement("swap").last_phase == 2


def _sleeping(url: str) -> int:
    for _ in range(1_000):
        if found := execute(url, "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'"):
            return int(found[0][0])
        time.sleep(0.01)
    raise AssertionError("nobody sleeps")


def _when_it_is_back(url: str, statement: str) -> None:
    from psycopg import OperationalError  # noqa: PLC0415  # not everybody has it

    for _ in range(200):
        try:
            execute(url, statement)
        except OperationalError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError("the server is not back")


def test_an_appender_who_is_kept_waiting_too_long_is_told_so(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import psycopg  # noqa: PLC0415  # not everybody has it

    monkeypatch.setattr("reciprocity.store.postgres._SESSION", "SET lock_timeout = '50ms'")
    with Register.open(url) as register:
        with psycopg.connect(url) as other:
            other.execute("SELECT * FROM reciprocity.store FOR UPDATE")
            with pytest.raises(Busy, match="lock timeout"):
                register.command("swap", next_phase)
        assert register.command("swap", next_phase)[0].position == 2


def test_a_dump_restored_elsewhere_goes_on_where_it_ended(register: Register, url: str) -> None:
    register.command("swap", next_phase)
    dump = subprocess.run(
        [server().psql.with_name("pg_dump"), "--schema=reciprocity", url], check=True, capture_output=True
    )
    with server().empty_database() as elsewhere:
        subprocess.run([server().psql, "-q", elsewhere], input=dump.stdout, check=True, capture_output=True)
        with Register.open(elsewhere) as restored:
            assert list(restored.log()) == list(register.log())
            assert restored.command("swap", next_phase)[0].position == 3


def test_a_register_that_was_closed_says_so(url: str) -> None:
    with Register.open(url) as register:
        pass
    with pytest.raises(Unreadable, match="the register is closed"):
        list(register.log())


def test_a_table_that_is_gone_is_damage(register: Register, url: str) -> None:
    execute(url, "DROP TABLE stored_events")
    with pytest.raises(Unreadable, match=r"stored_events. does not exist") as damage:
        list(register.log())
    assert len(str(damage.value).splitlines()) == 1


def test_a_setting_of_ours_holds_whatever_the_database_says(url: str) -> None:
    execute(url, "ALTER ROLE postgres SET default_transaction_isolation = 'serializable'")
    try:
        with Register.open(url) as one, Register.open(url) as other, ThreadPoolExecutor(2) as pool:
            list(
                pool.map(
                    lambda each: [each.sign(f"swap-{id(each)}-{n}", swap()) for n in range(30)], (one, other)
                )
            )
            assert [recorded.position for recorded in one.log()] == list(range(1, 62))
    finally:
        execute(url, "ALTER ROLE postgres RESET default_transaction_isolation")
