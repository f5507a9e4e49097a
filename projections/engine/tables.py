"""What all read models share: the metadata, the columns of a fact row, and the database they lie in."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from time import sleep
from typing import Any

from sqlalchemy import (
    TEXT,
    URL,
    Alias,
    BigInteger,
    Column,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    Integer,
    MetaData,
    NullPool,
    String,
    Table,
    create_engine,
    event,
)

metadata = MetaData()

WORD = String().with_variant(TEXT(collation="C"), "postgresql")
"""Text. PostgreSQL is to sort it by its bytes, as SQLite does and Python."""
POSITION = Integer().with_variant(BigInteger(), "postgresql")
"""A place in the log. PostgreSQL's INTEGER ends at 2**31."""

STILL_KNOWN = 2**62
"""``known_to`` of a row that holds by what is known now."""
ALWAYS = "9999-12-31"
"""``valid_to`` of a row that holds until something else happens."""
EVER = "0001-01-01"
"""``valid_from`` of a row that holds for all days."""
CATCHING_UP = (741852, 2)
"""The advisory lock on a server that whoever feeds the tables holds until the transaction ends."""

progress = Table(
    "progress",
    metadata,
    Column("only", Integer, primary_key=True, autoincrement=False, comment="always 1: there is one row"),
    Column("position", POSITION, nullable=False, comment="position of the last event these tables have seen"),
    Column("recorded_at", WORD, nullable=False, comment="when that event was recorded, UTC"),
    Column("head", WORD, nullable=False, comment="hash of that event's row in the log, hexadecimal"),
    comment="How far these tables have followed the log: one row.",
)
days = Table(
    "days",
    metadata,
    Column("day", WORD, primary_key=True, comment="a day in Copenhagen on which something was recorded"),
    Column("position", POSITION, nullable=False, comment="the last position recorded that day"),
    comment="The last position of the log on each day, so that figures can be asked for as they were known then.",
)


HAPPENED = "happened"
"""``table.info[HAPPENED]``: the name of the column with the day on which a fact of the table happened."""


def happened_column(table: FromClause) -> ColumnElement[str]:
    """The column with the day on which a fact happened, of a table or of an alias of one."""
    origin = table.element if isinstance(table, Alias) else table
    assert isinstance(origin, Table)
    return table.c[origin.info[HAPPENED]]


def known_columns() -> list[Column[Any]]:
    """The log positions from and to which a row was known."""
    return [
        Column("known_from", POSITION, nullable=False, comment="log position from which this was known"),
        Column("known_to", POSITION, nullable=False, comment=f"position from which no more; {STILL_KNOWN}: still is"),
    ]


def fact_columns() -> list[Column[Any]]:
    """The columns of every table of facts: which entry, and from and to which position it was known."""
    return [Column("entry", WORD, nullable=False, index=True, comment="id of the entry"), *known_columns()]


def version_columns() -> list[Column[Any]]:
    """The columns of every table of things that change: from and to which day it was so, and was known."""
    return [
        Column("valid_from", WORD, nullable=False, comment="first day on which this was so"),
        Column("valid_to", WORD, nullable=False, comment=f"first day on which it was no more; {ALWAYS}: still is"),
        *known_columns(),
    ]


def dimension_columns() -> list[Column[Any]]:
    """What reports group contacts by; the company's own facts lie in ``companies``, by CVR number and day."""
    return [
        Column("campaign", WORD, nullable=False, comment="slug of the campaign"),
        Column("cvr", WORD, nullable=False, comment="CVR number of the company"),
        Column("office", WORD, nullable=False, comment="code of the office, as on the event"),
        Column("region", WORD, nullable=False, comment="region of that office on that day"),
        Column("consultant", WORD, nullable=False, comment="who did it, by the name it was logged under"),
        Column("day", WORD, nullable=False, comment="day of the contact, YYYY-MM-DD"),
        Column("week", WORD, nullable=False, comment="ISO week of that day with its ISO year, YYYY-Www"),
        Column("month", WORD, nullable=False, comment="month of that day, YYYY-MM"),
    ]


def open_database(path: Path | str, lasting: bool = True) -> Engine:
    """The database of read models at ``path``. Writers say ``writing`` and take their lock at once (BEGIN IMMEDIATE).

    Its commits need not be durable: all of it can be made again from the log. ``lasting=False``: the file is of no
    use unless it gets finished, and no one else reads it.
    """
    engine = create_engine(URL.create("sqlite", database=str(path)), connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare if lasting else _prepare_draft)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    _switch_to_wal(connection)
    for setting in ("synchronous=NORMAL", "cache_size=-32000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {setting}")


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    """SQLite refuses one of two connections that switch a new file at the same time, whatever its timeout."""
    for pause in (0.01, 0.05, 0.2, 1.0):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
            sleep(pause)
    connection.execute("PRAGMA journal_mode=WAL")


def _prepare_draft(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-32000"):
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def open_server(connect: Callable[[], Any]) -> Engine:
    """The read models on PostgreSQL. ``connect`` gives a psycopg connection, outside of a transaction, each time.

    Its ``search_path`` says in which schema they lie; how long to wait for a lock is for it to say too. Writers say
    ``writing`` and wait for each other (``CATCHING_UP``). All that a reader asks in one transaction, it asks of one
    state (REPEATABLE READ), and it cannot write.
    """
    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool, **_DISCREET)
    event.listen(engine, "begin", _begin_on_server)
    return engine


_DISCREET: dict[str, Any] = {"use_native_hstore": False, "hide_parameters": True}  # a fault repeats no value


def _begin_on_server(connection: Connection) -> None:
    """Says what the transaction is to be; psycopg begins it with the first statement.

    Until a server has analysed a table, it takes every condition for one that leaves a row or none, and loops over
    whole tables inside each other: a report of 60,000 entries took 38 s. With hash joins it takes as long as after.
    """
    writing = bool(connection.get_execution_options().get("writing"))
    driver, dialect = connection.connection.dbapi_connection, connection.dialect
    assert driver is not None
    dialect.set_isolation_level(driver, "READ COMMITTED" if writing else "REPEATABLE READ")
    driver.read_only = not writing
    if writing:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s, %s)", CATCHING_UP)
    else:
        connection.exec_driver_sql("SET LOCAL enable_nestloop = off")
