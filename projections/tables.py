"""What all read models share: the metadata, the columns of a fact row, and the database they lie in."""

from __future__ import annotations

import sqlite3
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Column, Connection, Engine, Integer, MetaData, String, Table, create_engine, event
from sqlalchemy.schema import CreateIndex, CreateTable

metadata = MetaData()

STILL_KNOWN = 2**62
"""``known_to`` of a row that holds by what is known now."""
ALWAYS = "9999-12-31"
"""``valid_to`` of a row that holds until something else happens."""
EVER = "0001-01-01"
"""``valid_from`` of a row that holds for all days."""

progress = Table(
    "progress",
    metadata,
    Column("only", Integer, primary_key=True, comment="always 1: there is one row"),
    Column("position", Integer, nullable=False, comment="position of the last event these tables have seen"),
    Column("recorded_at", String, nullable=False, comment="when that event was recorded, UTC"),
    Column("head", String, nullable=False, comment="hash of that event's row in the log, hexadecimal"),
)
days = Table(
    "days",
    metadata,
    Column("day", String, primary_key=True, comment="a day in Copenhagen on which something was recorded"),
    Column("position", Integer, nullable=False, comment="the last position recorded that day"),
)


def known_columns() -> list[Column[Any]]:
    """The log positions from and to which a row was known."""
    return [
        Column("known_from", Integer, nullable=False, comment="log position from which this was known"),
        Column("known_to", Integer, nullable=False, comment=f"position from which no more; {STILL_KNOWN}: still is"),
    ]


def fact_columns() -> list[Column[Any]]:
    """The columns of every table of facts: which entry, and from and to which position it was known."""
    return [Column("entry", String, nullable=False, index=True, comment="id of the entry"), *known_columns()]


def version_columns() -> list[Column[Any]]:
    """The columns of every table of things that change: from and to which day it was so, and was known."""
    return [
        Column("valid_from", String, nullable=False, comment="first day on which this was so"),
        Column("valid_to", String, nullable=False, comment=f"first day on which it was no more; {ALWAYS}: still is"),
        *known_columns(),
    ]


def dimension_columns() -> list[Column[Any]]:
    """What reports group contacts by; the company's own facts lie in ``companies``, by CVR number and day."""
    return [
        Column("campaign", String, nullable=False, comment="slug of the campaign"),
        Column("cvr", String, nullable=False, comment="CVR number of the company"),
        Column("office", String, nullable=False, comment="code of the office, as on the event"),
        Column("region", String, nullable=False, comment="region of that office on that day"),
        Column("consultant", String, nullable=False),
        Column("day", String, nullable=False, comment="day of the contact, YYYY-MM-DD"),
        Column("week", String, nullable=False, comment="ISO week of that day with its ISO year, YYYY-Www"),
        Column("month", String, nullable=False, comment="month of that day, YYYY-MM"),
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
    for setting in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-32000", "temp_store=MEMORY"):
        connection.execute(f"PRAGMA {setting}")


def _prepare_draft(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None
    for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-32000"):
        connection.execute(f"PRAGMA {setting}")


def _begin(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def definitions() -> list[str]:
    """The statements that make every table and index, in an order that can be run."""
    statements = [str(CreateTable(table)).strip() for table in metadata.sorted_tables]
    indexes = sorted((i for t in metadata.tables.values() for i in t.indexes), key=lambda i: str(i.name))
    return statements + [str(CreateIndex(index)).strip() for index in indexes]


def fingerprint(reference: str) -> str:
    """What the tables are made by: the code that fills them and the reference data. Another one: build them anew.

    All of the domain is in it: an event that this version has come to know is to be brought in.
    """
    here = Path(__file__).parent
    filling = [*sorted(here.glob("*.py")), *sorted((here.parent / "domain").glob("*.py"))]
    return sha256(b"\n".join([*(path.read_bytes() for path in filling), reference.encode()])).hexdigest()
