"""The roles on a server: an appender records and no more, a reader reads and no more; the rest do nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import as_file, files

import pytest

from reciprocity.store import NotAllowed, NotAStore, Register
from reciprocity.testing.servers import server
from tests.examples import back, out, swap
from tests.stores import content, execute

ROLES = files("reciprocity.store").joinpath("postgres_roles.sql")
LOGINS = {"holder": "reciprocity_owner", "clerk": "reciprocity_appender", "analyst": "reciprocity_reader"}


def url_of(login: str, url: str) -> str:
    return url.replace("postgres@", f"{login}@", 1)


def set_up(url: str) -> None:
    """As an administrator does it, with the driver."""
    execute(url, ROLES.read_text())


@pytest.fixture
def url(server_url: str) -> Iterator[str]:
    """A store of one event, on a server with a login for each role and one for nobody."""
    with Register.open(server_url, create=True) as register:
        register.sign("swap", swap())
    set_up(server_url)
    with logins(server_url):
        yield server_url


@contextmanager
def logins(url: str) -> Iterator[None]:
    execute(url, "CREATE ROLE passer_by LOGIN")
    for login, role in LOGINS.items():
        execute(url, f"CREATE ROLE {login} LOGIN; GRANT {role} TO {login}")
    yield
    execute(url, f"DROP OWNED BY {', '.join(LOGINS)}; DROP ROLE passer_by, {', '.join(LOGINS)}")
    forget_roles(url)


def forget_roles(url: str) -> None:
    for role in LOGINS.values():
        execute(url, f"REASSIGN OWNED BY {role} TO postgres; DROP OWNED BY {role}")
    execute(url, f"DROP ROLE {', '.join(LOGINS.values())}")


FORBIDDEN = (
    "UPDATE reciprocity.stored_events SET state = ''",
    "UPDATE reciprocity.stored_events SET notification_id = notification_id + 1",
    "UPDATE reciprocity.commands SET first_version = 2",
    "UPDATE reciprocity.store SET last_position = 0",
    "DELETE FROM reciprocity.stored_events",
    "DELETE FROM reciprocity.commands",
    "DELETE FROM reciprocity.store",
    "TRUNCATE reciprocity.stored_events",
    "TRUNCATE reciprocity.commands",
    "TRUNCATE reciprocity.store",
    "INSERT INTO reciprocity.stored_events VALUES (7, 'swap', 2, 'phase-completed/1', '')",
    "INSERT INTO reciprocity.commands VALUES ('c-1', 'swap', 2) ON CONFLICT DO NOTHING",
    "MERGE INTO reciprocity.stored_events USING reciprocity.commands ON true WHEN MATCHED THEN DELETE",
    "SELECT * FROM reciprocity.stored_events FOR UPDATE",
    "LOCK TABLE reciprocity.store IN ROW EXCLUSIVE MODE",
    "DROP TABLE reciprocity.stored_events",
    "DROP FUNCTION reciprocity.append",
    "DROP SCHEMA reciprocity CASCADE",
    "ALTER TABLE reciprocity.stored_events ADD COLUMN more text",
    "ALTER TABLE reciprocity.stored_events DISABLE TRIGGER ALL",
    "ALTER FUNCTION reciprocity.append SECURITY INVOKER",
    "ALTER SCHEMA reciprocity RENAME TO gone",
    "CREATE TABLE reciprocity.more (one text)",
    "CREATE INDEX more ON reciprocity.stored_events (topic)",
    "CREATE RULE more AS ON INSERT TO reciprocity.stored_events DO INSTEAD NOTHING",
    "CREATE FUNCTION reciprocity.more() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
    "SET ROLE reciprocity_owner",
)
APPEND = "SELECT reciprocity.append('{swap}', '{2}', '{a/1}', ARRAY[''::bytea], '{c-1}', '{swap}', '{2}')"


def attempt(url: str, statement: str) -> None:
    """Do it and take it back; raises if it is refused."""
    import psycopg  # noqa: PLC0415  # not everybody has it

    with psycopg.connect(url) as connection, connection.transaction(force_rollback=True):
        connection.execute(statement)


def test_an_appender_records_by_the_register(url: str) -> None:
    with Register.open(url_of("clerk", url)) as register:
        register.complete_phase("swap", 1, [out(1), back(1)], completed_on=None)
        assert register.take_over(register.log()) == 0
        assert [recorded.position for recorded in register.log()] == [1, 2]
        assert register._recorder.wait(1, timeout=0)
        assert not register._recorder.wait(2, timeout=0)


@pytest.mark.parametrize("login", ["clerk", "analyst", "passer_by"])
def test_nothing_but_recording_is_open_to_anyone(url: str, login: str) -> None:
    from psycopg.errors import InsufficientPrivilege  # noqa: PLC0415  # not everybody has it

    before = content(url)
    for statement in (*FORBIDDEN, APPEND):
        if (login, statement) == ("clerk", APPEND):
            continue
        with pytest.raises(InsufficientPrivilege):
            attempt(url_of(login, url), statement)
    assert content(url) == before


def test_it_is_the_rights_that_forbid_it_not_how_it_is_written(url: str) -> None:
    for statement in (*FORBIDDEN, APPEND):
        attempt(url_of("holder", url), statement)
    attempt(url_of("clerk", url), APPEND)


def test_a_reader_reads_and_is_told_that_he_may_not_record(url: str) -> None:
    with Register.open(url_of("analyst", url)) as register:
        assert register.agreement_ids() == ["swap"]
        assert len(list(register.log())) == 1
        assert not register._recorder.wait(1, timeout=0)
        with pytest.raises(NotAllowed, match="permission denied for function append"):
            register.complete_phase("swap", 1, [out(1), back(1)])
        assert len(list(register.log())) == 1


def test_nobody_else_opens_it_or_makes_one(url: str) -> None:
    for create in (False, True):
        with pytest.raises(NotAStore, match="permission denied for schema reciprocity"):
            Register.open(url_of("passer_by", url), create=create)


def test_whoever_may_not_make_a_store_is_told_so(server_url: str) -> None:
    execute(server_url, "CREATE ROLE passer_by LOGIN")
    try:
        with pytest.raises(NotAStore, match="permission denied for database"):
            Register.open(url_of("passer_by", server_url), create=True)
    finally:
        execute(server_url, "DROP ROLE passer_by")


def rights(url: str) -> object:
    """Whose everything in the schema is, and who may do what with it."""
    return [
        execute(url, "SELECT nspowner, nspacl FROM pg_namespace WHERE nspname = 'reciprocity'"),
        execute(url, "SELECT proowner, proacl FROM pg_proc WHERE pronamespace = 'reciprocity'::regnamespace"),
        execute(
            url,
            "SELECT relname, relowner, relacl, attname, attacl FROM pg_class"
            " JOIN pg_attribute ON attrelid = pg_class.oid"
            " WHERE relnamespace = 'reciprocity'::regnamespace ORDER BY relname, attnum",
        ),
    ]


def test_running_the_script_again_puts_every_right_back(url: str) -> None:
    before = rights(url)
    set_up(url)
    assert rights(url) == before
    execute(
        url,
        "GRANT ALL ON SCHEMA reciprocity TO PUBLIC; GRANT ALL ON stored_events TO reciprocity_appender;"
        "GRANT UPDATE (topic) ON stored_events TO reciprocity_reader; GRANT ALL ON FUNCTION append TO PUBLIC",
    )
    assert rights(url) != before
    set_up(url)
    assert rights(url) == before


def test_the_script_runs_in_psql_too(url: str) -> None:
    before = rights(url)
    with as_file(ROLES) as script:
        ran = subprocess.run(
            [server().psql, "--single-transaction", "--set=ON_ERROR_STOP=1", "-q", f"--file={script}", url],
            capture_output=True,
            text=True,
            check=False,
        )
    assert ran.returncode == 0, ran.stderr
    assert rights(url) == before


def test_the_owner_of_a_database_who_is_no_superuser_may_run_it(server_url: str) -> None:
    execute(server_url, "CREATE ROLE admin LOGIN CREATEROLE")
    execute(server_url, "CREATE DATABASE hosted OWNER admin")
    hosted = server().url("hosted", user="admin")
    try:
        Register.open(hosted, create=True).close()
        set_up(hosted)
        set_up(hosted)
        with logins(server_url):
            with Register.open(server().url("hosted", user="clerk")) as register:
                register.sign("swap", swap())
            execute(server_url, "DROP DATABASE hosted WITH (FORCE)")
    finally:
        execute(server_url, "DROP DATABASE IF EXISTS hosted WITH (FORCE)")
        execute(server_url, "DROP ROLE admin")
