"""Tables: the metadata and the columns that all read models share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    TEXT,
    Alias,
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Integer,
    MetaData,
    String,
    Table,
)

metadata = MetaData()
Row = dict[str, Any]
"""Values by the name of their column."""
Columns = list[Column[Any]]
Ending = tuple[str | int, ...]
"""The key of an open row and, last, the position it ends at."""

WORD = String().with_variant(TEXT(collation="C"), "postgresql")
"""Text, which PostgreSQL sorts by its bytes, as SQLite and Python do."""
POSITION = Integer().with_variant(BigInteger(), "postgresql")
"""A position in the log. PostgreSQL's INTEGER ends at 2**31."""

STILL_KNOWN = 2**62
"""``known_to`` of a row that is known now."""
ALWAYS = "9999-12-31"
"""``valid_to`` of a row that is valid until something else happens."""
EVER = "0001-01-01"
"""``valid_from`` of a row that is valid for all days."""
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


def known_columns() -> Columns:
    """The log positions from and to which a row was known."""
    return [
        Column("known_from", POSITION, nullable=False, comment="log position from which this was known"),
        Column("known_to", POSITION, nullable=False, comment=f"position from which no more; {STILL_KNOWN}: still is"),
    ]


def fact_columns() -> Columns:
    """The columns of every table of facts: which entry, and from and to which position it was known."""
    return [Column("entry", WORD, nullable=False, index=True, comment="id of the entry"), *known_columns()]


def version_columns() -> Columns:
    """The columns of every bitemporal table: from and to which day a row is valid, and was known."""
    return [
        Column("valid_from", WORD, nullable=False, comment="first day on which this was so"),
        Column("valid_to", WORD, nullable=False, comment=f"first day on which it was no more; {ALWAYS}: still is"),
        *known_columns(),
    ]


def dimension_columns() -> Columns:
    """The dimensions of a contact; those of its company are in ``companies``, by CVR number and day."""
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


def on_conflict(table: Table, excluded: Any) -> Row:
    """What an insert does, on either database, when a row with its key exists: it replaces all other columns."""
    key = table.primary_key.columns
    return {"index_elements": list(key), "set_": {c.name: excluded[c.name] for c in table.c if c.name not in key}}
