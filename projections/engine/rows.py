"""Rows: written and ended many at a time, as the database of the connection does it best."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import Connection, Table

from projections.engine import sqlite
from projections.engine.tables import Ending, Row


class Dialect(Protocol):
    """What the modules ``sqlite`` and ``postgres`` both do."""

    def write_rows(self, connection: Connection, table: Table, rows: Sequence[Row], replace: bool) -> None:
        """Inserts rows that name every column; ``replace``: each in place of the one with its key, if there is one."""

    def end_rows(self, connection: Connection, table: Table, key: tuple[str, ...], endings: Sequence[Ending]) -> None:
        """As ``end_rows`` below."""


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows that name every column."""
    _dialect(connection).write_rows(connection, table, rows, False)


def replace_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows that name every column, each in place of the one with its key, if there is one."""
    _dialect(connection).write_rows(connection, table, rows, True)


def end_rows(connection: Connection, table: Table, key: tuple[str, ...], endings: Sequence[Ending]) -> None:
    """Ends open rows. An ending is the values of the columns of ``key`` and, last, the position the row ends at.

    Of two that end the same row, the first does.
    """
    _dialect(connection).end_rows(connection, table, key, endings)


def make_indexes(connection: Connection) -> None:
    """Creates every index that does not exist; those of a server were created with its tables."""
    if not is_postgres(connection):
        sqlite.make_indexes(connection)


def is_postgres(connection: Connection) -> bool:
    """Whether the tables are on PostgreSQL."""
    return connection.dialect.name == "postgresql"


def _dialect(connection: Connection) -> Dialect:
    if not is_postgres(connection):
        return sqlite
    from projections.engine import postgres

    return postgres
