"""On a server, too, only a store of ours is opened, and only the URL has a say; no password is ever told."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from click.testing import CliRunner

from reciprocity.domain import sign
from reciprocity.replay.cli import main
from reciprocity.store import (
    Busy,
    ConnectionLost,
    DurabilityWarning,
    NoSuchStore,
    NotAllowed,
    NotAStore,
    Register,
    StoreError,
)
from reciprocity.testing.servers import server, start
from tests.examples import back, out, swap
from tests.stores import execute

SECRET = "open-sesame"  # noqa: S105  # of a server that is gone with the tests


def made(url: str) -> None:
    Register.open(url, create=True).close()


def test_a_store_is_created_closed_and_opened_again(server_url: str) -> None:
    with Register.open(server_url, create=True) as register:
        [signed] = register.sign("swap", swap())
    with Register.open(server_url.replace("postgresql://", "postgres://")) as register:
        assert list(register.history("swap")) == [signed]
    with Register.open(server_url, create=True) as register:  # it is there: it is opened
        assert list(register.log()) == [signed]


@pytest.mark.parametrize("isolation", ["read committed", "serializable"])
def test_many_who_create_a_store_at_once_create_one(server_url: str, isolation: str) -> None:
    database = server_url.partition("@/")[2].partition("?")[0]
    execute(server_url, f"ALTER DATABASE {database} SET default_transaction_isolation = '{isolation}'")
    together = Barrier(4)

    def create(number: int) -> None:
        together.wait()
        with Register.open(server_url, create=True) as register:
            register.sign(f"swap-{number}", swap())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create, range(4)))
    assert execute(server_url, "SELECT format, last_position FROM store") == [(1, 4)]
    execute(server_url, f"ALTER DATABASE {database} RESET ALL")


def empty(url: str) -> None:
    pass


def foreign(url: str) -> None:
    execute(url, "CREATE SCHEMA reciprocity; CREATE TABLE reciprocity.stored_events (originator_id text)")


def foreign_store(url: str) -> None:
    execute(url, "CREATE SCHEMA reciprocity; CREATE TABLE reciprocity.store (street text)")


def without_events(url: str) -> None:
    made(url)
    execute(url, "DROP TABLE stored_events")


def without_commands(url: str) -> None:
    made(url)
    execute(url, "DROP TABLE commands")


def of_another_format(url: str) -> None:
    made(url)
    execute(url, "UPDATE store SET format = 2")


def of_no_format(url: str) -> None:
    made(url)
    execute(url, "DELETE FROM store")


REFUSED: dict[Callable[[str], None], str] = {
    empty: "no such store",
    foreign: "holds something else",
    foreign_store: "holds something else",
    without_events: "not whole",
    without_commands: "not whole",
    of_another_format: "a store of format 2; this release reads 1",
    of_no_format: "a store of format unknown",
}


@pytest.mark.parametrize("create", [False, True])
@pytest.mark.parametrize("make", REFUSED)
def test_what_is_no_store_is_refused_and_left_as_it_was(
    make: Callable[[str], None], create: bool, server_url: str
) -> None:
    make(server_url)
    before = content(server_url)
    if make is empty and create:
        return  # this is how a store is made
    with pytest.raises(NotAStore, match=REFUSED[make]) as refused:
        Register.open(server_url, create=create)
    assert isinstance(refused.value, NoSuchStore) == (make is empty)
    assert content(server_url) == before


def content(url: str) -> object:
    """What is in the schema, and which transaction made it so."""
    tables = "SELECT relname, xmin::text FROM pg_class WHERE relnamespace = to_regnamespace('reciprocity')"
    return (
        execute(url, "SELECT nspname, xmin::text FROM pg_namespace ORDER BY 1"),
        execute(url, f"{tables} ORDER BY 1"),
    )


def test_a_store_is_made_in_a_schema_that_was_made_for_it(server_url: str) -> None:
    execute(server_url, "CREATE SCHEMA reciprocity")
    made(server_url)
    with Register.open(server_url) as register:
        register.sign("swap", swap())


@pytest.fixture
def asking(server_url: str) -> Iterator[str]:
    """The same, on a server that asks one user for a password, and has a database in another encoding."""
    execute(server_url, "CREATE DATABASE latin TEMPLATE template0 ENCODING latin1 LOCALE 'C'")
    execute(server_url, f"CREATE ROLE asked LOGIN PASSWORD '{SECRET}'")
    rules = server().running.pgdata / "pg_hba.conf"
    before = rules.read_text()
    rules.write_text(f"local all asked scram-sha-256\n{before}")
    execute(server_url, "SELECT pg_reload_conf()")
    yield server_url
    rules.write_text(before)
    execute(server_url, "SELECT pg_reload_conf()")
    execute(server_url, "DROP ROLE asked")
    execute(server_url, "DROP DATABASE latin")


def test_whatever_stands_in_the_way_is_said_in_one_line_without_the_password(asking: str) -> None:
    database, _, host = asking.partition("@/")[2].partition("?")
    failing = {
        f"postgresql://postgres:{SECRET}@localhost:1/swaps": "Connection refused",
        f"postgresql://postgres:{SECRET}@/swaps?host=/nowhere": "No such file or directory",
        f"postgresql://postgres:{SECRET}@/not_there?{host}": 'database "not_there" does not exist',
        f"postgresql://asked:not-{SECRET}@/{database}?{host}": "password authentication failed",
        f"postgresql://nobody:{SECRET}@/{database}?{host}": 'role "nobody" does not exist',
        f"postgresql://postgres:{SECRET}@/latin?{host}": "encoded in LATIN1; a store needs UTF8",
        f"postgresql://asked:{SECRET}@/{database}?{host}": "no such store",
        f"postgresql://postgres:{SECRET}@localhost": "names no database",
        f"postgresql://postgres:{SECRET}@localhost/swaps?colour=red": "not a PostgreSQL URL",
        f"postgresql://postgres:50%{SECRET}@localhost/swaps": "not a PostgreSQL URL",
        f"postgresql://postgres:/{SECRET}@localhost/swaps": "not a PostgreSQL URL",
        f"postgresql://postgres:@{SECRET}@localhost/swaps": "not a PostgreSQL URL",
        f"postgresql://postgres:{SECRET}/@localhost/swaps": "not a PostgreSQL URL",
        f"postgresql+psycopg://postgres:{SECRET}@localhost/swaps": "not a store's URL",
        f"mysql://root:{SECRET}@localhost/swaps?password={SECRET}": "not a store's URL",
    }
    for url, reason in failing.items():
        with pytest.raises(NotAStore, match=reason) as refused:
            Register.open(url)
        assert SECRET not in "".join(traceback.format_exception(refused.value))
        assert len(str(refused.value).splitlines()) == 1
        shown = CliRunner().invoke(main, ["status", url])
        assert (shown.exit_code, shown.output) == (2, f"Error: {refused.value}\n")
        assert type(shown.exception) is SystemExit


def test_the_right_password_gets_in(asking: str) -> None:
    made(asking)
    url = asking.replace("postgres@", f"asked:{SECRET}@")
    with pytest.raises(NotAStore, match="permission denied for schema reciprocity"):
        Register.open(url)


def test_the_environment_changes_nothing(server_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from psycopg import pq  # noqa: PLC0415  # not everybody has it

    made(server_url)
    for option in pq.Conninfo.get_defaults():
        if option.envvar and option.keyword != b"service":
            monkeypatch.setenv(option.envvar.decode(), "17")
    monkeypatch.setenv("PGTZ", "Asia/Tokyo")
    monkeypatch.setenv("POSTGRES_DBNAME", "elsewhere")
    monkeypatch.setenv("POSTGRES_ENABLE_DB_FUNCTIONS", "y")
    with Register.open(server_url) as register:
        register.sign("swap", swap())
    monkeypatch.undo()
    assert execute(server_url, "SELECT last_position FROM store") == [(1,)]


def test_the_settings_of_a_database_change_nothing_of_what_is_stored(server_url: str) -> None:
    settings = {
        "timezone": "'Asia/Tokyo'",
        "datestyle": "'German, DMY'",
        "bytea_output": "'escape'",
        "client_encoding": "'LATIN1'",
        "standard_conforming_strings": "off",
        "default_transaction_isolation": "'serializable'",
        "search_path": "'pg_temp'",
    }
    with Register.open("memory:") as memory:
        memory.command(
            "swap", lambda a: sign(a, swap(), notes=("обмін \\\\x00 'é'",)), command_id="обмін \\\\'1"
        )
        told = list(memory.log())
        stored = memory._recorder.select_rows(after=0, limit=9)
    made(server_url)
    database = server_url.partition("@/")[2].partition("?")[0]
    for name, value in settings.items():
        execute(server_url, f"ALTER DATABASE {database} SET {name} = {value}")
    try:
        with Register.open(server_url) as register:
            register.take_over(told)
            assert register._recorder.select_rows(after=0, limit=9) == stored
            assert list(register.log()) == told
    finally:
        execute(server_url, f"ALTER DATABASE {database} RESET ALL")


def test_texts_compare_byte_by_byte_whatever_the_locale(server_url: str) -> None:
    made(server_url)
    asked = (
        "SELECT DISTINCT collation_name FROM information_schema.columns"
        " WHERE table_schema = 'reciprocity' AND data_type = 'text'"
    )
    assert execute(server_url, asked) == [("C",)]


AT_RISK = "a crash or a failing disk may lose what is recorded"


@pytest.mark.parametrize("setting", ["fsync", "full_page_writes", "synchronous_commit"])
def test_a_setting_that_may_lose_what_is_recorded_is_warned_of(server_url: str, setting: str) -> None:
    made(server_url)  # without a warning, which would be an error here
    execute(server_url, f"ALTER SYSTEM SET {setting} = off")
    try:
        _reload(server_url, setting, "off")
        with pytest.warns(DurabilityWarning, match=f"{setting} off: {AT_RISK}") as warned:
            made(server_url)
        assert warned[0].filename == __file__
    finally:
        execute(server_url, f"ALTER SYSTEM RESET {setting}")
        _reload(server_url, setting, "on")


def _reload(url: str, setting: str, awaited: str) -> None:
    execute(url, "SELECT pg_reload_conf()")
    for _ in range(500):
        if execute(url, f"SHOW {setting}") == [(awaited,)]:
            return
        time.sleep(0.01)
    raise AssertionError(setting)


@pytest.mark.filterwarnings("default")
def test_the_command_line_warns_in_one_line_and_goes_on(server_url: str) -> None:
    database = server_url.partition("@/")[2].partition("?")[0]
    execute(server_url, f"ALTER DATABASE {database} SET synchronous_commit = off")
    try:
        recorded = CliRunner().invoke(main, ["record", "ua-ru-2025-05-16", "--store", server_url])
        assert (recorded.exit_code, recorded.stdout) == (
            0,
            "ua-ru-2025-05-16: 14 events recorded, 14 in the store\n",
        )
        [line] = recorded.stderr.splitlines()
        assert line.startswith("Warning: postgresql://postgres@/")
        assert line.endswith(f": synchronous_commit off: {AT_RISK}")
    finally:
        execute(server_url, f"ALTER DATABASE {database} RESET synchronous_commit")


@pytest.mark.parametrize(("error", "code"), [(Busy, 5), (ConnectionLost, 5), (NotAllowed, 1)])
def test_the_command_line_exits_as_documented(
    error: type[StoreError], code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error("so it is")

    monkeypatch.setattr("reciprocity.store.postgres.open_server", fails)
    shown = CliRunner().invoke(main, ["status", "postgresql://db.example.org/exchange"])
    assert (shown.exit_code, shown.stderr) == (code, "Error: so it is\n")


def test_an_older_server_without_checksums_is_warned_of_and_serves() -> None:
    older = start(version=16)
    with pytest.warns(DurabilityWarning, match=f": data_checksums off: {AT_RISK}$") as warned:
        register = Register.open(older.url("postgres"), create=True)
    with register:
        register.sign("swap", swap())
        register.complete_phase("swap", 1, [out(1), back(1)])
        assert [recorded.position for recorded in register.log()] == [1, 2]
        assert register._recorder.wait(1, timeout=1)
    assert len(warned) == 1
    older.running.cleanup()
