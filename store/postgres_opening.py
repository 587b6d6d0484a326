"""Opening on PostgreSQL: which database is meant, and is it a store? The one rule: only the URL has a say.

What libpq would take from the environment is overruled, so that a URL means the same everywhere; only a
password may stand elsewhere, in the user's password file. No message tells a password.
"""

from __future__ import annotations

import os
import pwd
import warnings
from contextlib import contextmanager
from importlib.resources import files
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs
import psycopg
from psycopg import errors, pq
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from reciprocity.store.errors import DurabilityWarning, NoSuchStore, NotAStore

if TYPE_CHECKING:
    from collections.abc import Iterator

Connection: TypeAlias = psycopg.Connection[tuple[Any, ...]]

STORE_FORMAT = 1
"""The tables in ``postgres_tables.sql``; kept in the one row of ``reciprocity.store``."""

_OLDEST = 140_000  # PostgreSQL 14
_CREATING = 0x52435052  # the lock of whoever looks whether the tables are there, and makes them

_FORM = "postgresql://user@host:port/database"
_USUAL = {
    "application_name": "reciprocity",
    "connect_timeout": "10",  # seconds
    "keepalives_idle": "30",  # seconds; a network that is gone is noticed, not waited for
    "tcp_user_timeout": "30000",  # milliseconds
}
_NOT_EMPTY = {"sslcertmode": "allow", "min_protocol_version": "3.0", "max_protocol_version": "3.0"}


@attrs.frozen
class Database:
    """One database of one server: how to connect to it, and what messages call it."""

    place: str
    conninfo: str = attrs.field(repr=False)

    @classmethod
    def of(cls, url: str) -> Database:
        """The database that *url* names, as libpq reads a URL.

        Raises:
            NotAStore: if it cannot be read, or names no database.

        >>> Database.of("postgresql://clerk:secret@db.example.org/exchange").place
        'postgresql://clerk@db.example.org/exchange'
        """
        try:
            given = {key: str(value) for key, value in conninfo_to_dict(url).items()}
        except psycopg.Error:
            # What libpq says of a URL quotes it, with the password in it.
            raise NotAStore(f"not a PostgreSQL URL ({_FORM})") from None
        if _has_a_torn_password(given):
            raise NotAStore(f"not a PostgreSQL URL ({_FORM}; in a password, @ is %40 and / is %2F)")
        if not given.get("dbname"):
            raise NotAStore(f"the URL names no database ({_FORM})")
        given.setdefault("user", pwd.getpwuid(os.geteuid()).pw_name)  # as libpq does
        options = {**_environment_overruled(), **_USUAL, **given, "client_encoding": "utf8"}
        return cls(_place(given), make_conninfo(**options))

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """A connection of its own, in auto-commit mode.

        Raises:
            NotAStore: whatever goes wrong, before or after it was made.
        """
        try:
            with psycopg.connect(self.conninfo, autocommit=True) as connection:
                yield connection
        except psycopg.Error as error:
            raise self.refused(one_line(error)) from error

    def refused(self, reason: str) -> NotAStore:
        """What is raised if this is no store of ours."""
        return NotAStore(f"{self.place}: {reason}")


def check(database: Database, *, create: bool) -> None:
    """Refuse what is not a store of ours, and change nothing; with *create*, make one where nothing is.

    Raises:
        NotAStore: if the database cannot be reached, has no store, or something else in its place.
    """
    with database.connected() as connection:
        _check_server(database, connection)
        if create:
            _create(connection)
        _check_store(database, connection)
        lacking = _switched_off(connection)
    if lacking:
        risk = "a crash or a failing disk may lose what is recorded"
        said = f"{database.place}: {', '.join(lacking)} off: {risk}"
        warnings.warn(said, DurabilityWarning, stacklevel=6)  # where the register is opened


def one_line(error: psycopg.Error) -> str:
    """What the server or libpq said, in one line."""
    said = error.diag.message_primary or str(error)
    return "; ".join(line.strip() for line in said.splitlines())


def _has_a_torn_password(given: dict[str, str]) -> bool:
    """Whether a part that is not the password holds what was meant to be of it."""
    ports = given.get("port", "0").replace(",", "")  # one for each host of several
    return "@" in given.get("host", "") + given.get("dbname", "") or not ports.isdecimal()


def _place(given: dict[str, str]) -> str:
    host, port = given.get("host", ""), given.get("port", "")
    at = f"{given['user']}@"
    if host.startswith("/"):  # the directory of a socket
        return f"postgresql://{at}/{given['dbname']}?host={host}" + (f"&port={port}" if port else "")
    return f"postgresql://{at}{host}" + (f":{port}" if port else "") + f"/{given['dbname']}"


def _environment_overruled() -> dict[str, str]:
    """Their own defaults, for the options that the environment sets."""
    overruled = {}
    for option in pq.Conninfo.get_defaults():
        keyword, variable = option.keyword.decode(), (option.envvar or b"").decode()
        # PGSERVICE can set any option; a service of its own cannot be unset.
        if keyword != "service" and variable and (variable in os.environ or "PGSERVICE" in os.environ):
            default = _NOT_EMPTY.get(keyword, "") if option.compiled is None else option.compiled.decode()
            overruled[keyword] = default
    return overruled


def _check_server(database: Database, connection: Connection) -> None:
    if connection.info.server_version < _OLDEST:
        raise database.refused("the server is older than PostgreSQL 14")
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise database.refused(f"the database is encoded in {encoding}; a store needs UTF8")


def _create(connection: Connection) -> None:
    connection.isolation_level = psycopg.IsolationLevel.READ_COMMITTED
    with connection.transaction():
        # Of two processes the second waits here, and then finds the tables.
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [_CREATING])
        if not _has_anything(connection):
            connection.execute(files(__package__).joinpath("postgres_tables.sql").read_bytes())


def _has_anything(connection: Connection) -> bool:
    found = "SELECT FROM pg_class WHERE relnamespace = to_regnamespace('reciprocity')"
    return connection.execute(f"SELECT EXISTS ({found})").fetchall() == [(True,)]


def _check_store(database: Database, connection: Connection) -> None:
    try:
        formats = connection.execute("SELECT format FROM reciprocity.store").fetchall()
        connection.execute("SELECT FROM reciprocity.stored_events, reciprocity.commands LIMIT 0")
    except (errors.InvalidSchemaName, errors.UndefinedTable, errors.UndefinedColumn) as error:
        if _has_anything(connection):
            raise database.refused("the schema reciprocity holds something else, or is not whole") from error
        raise NoSuchStore(f"{database.place}: no such store (create=True makes one)") from error
    if formats != [(STORE_FORMAT,)]:
        found = " and ".join(str(number) for [number] in formats) or "unknown"
        raise database.refused(f"a store of format {found}; this release reads {STORE_FORMAT}")


def _switched_off(connection: Connection) -> list[str]:
    """Which settings that keep what is recorded over a crash are off."""
    names = ["data_checksums", "fsync", "full_page_writes", "synchronous_commit"]
    asked = "SELECT name FROM unnest(%s::text[]) AS name WHERE current_setting(name) = 'off' ORDER BY name"
    return [name for [name] in connection.execute(asked, [names]).fetchall()]
