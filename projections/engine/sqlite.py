"""SQLite: a file of read models, and how rows are written to it one by one."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from pathlib import Path
from time import sleep
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, Update, bindparam, create_engine, event, func, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.schema import CreateIndex, CreateTable

from projections.engine.expressions import InList, Unindexed
from projections.engine.tables import STILL_KNOWN, Ending, Row, metadata, on_conflict


def open_database(path: Path | str, lasting: bool = True) -> Engine:
    """The database of read models at ``path``. With the option ``writing`` a transaction takes its lock at once (BEGIN IMMEDIATE).

    Commits need not be durable: everything can be rebuilt from the log. ``lasting=False``: a draft, useless until it
    is complete, that no other process reads.
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


def make_tables(engine: Engine, indexes: bool = True) -> None:
    """Creates every table that does not exist; ``indexes=False`` leaves those to ``make_indexes``, after the rows.

    The tables of a server are created once, by its owner, from ``projections.definitions``.
    """
    with engine.connect().execution_options(writing=True) as connection, connection.begin():
        for table in metadata.sorted_tables:
            connection.execute(CreateTable(table, if_not_exists=True))
        if indexes:
            make_indexes(connection)


def make_indexes(connection: Connection) -> None:
    """Creates every index that does not exist."""
    if connection.info.setdefault("indexes", False):
        return
    for index in (index for table in metadata.sorted_tables for index in table.indexes):
        connection.execute(CreateIndex(index, if_not_exists=True))
    connection.info["indexes"] = True


def write_rows(connection: Connection, table: Table, rows: Sequence[Row], replace: bool) -> None:
    """Inserts rows with the driver's own parameters: the general way takes twice as long a row."""
    connection.exec_driver_sql(_insert(table, replace), list(map(_values(table), rows)))


@cache
def _values(table: Table) -> Callable[[Row], tuple[Any, ...]]:
    return itemgetter(*table.c.keys())


@cache
def _insert(table: Table, replace: bool) -> str:
    statement = sqlite.insert(table)
    if replace:
        statement = statement.on_conflict_do_update(**on_conflict(table, statement.excluded))
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))


def end_rows(connection: Connection, table: Table, key: tuple[str, ...], endings: Sequence[Ending]) -> None:
    """Ends open rows, one statement for each."""
    parameters = [_parameter(name) for name in (*key, "known_to")]
    connection.execute(_end(table, key), [dict(zip(parameters, ending, strict=True)) for ending in endings])


@cache
def _end(table: Table, key: tuple[str, ...]) -> Update:
    same_key = [table.c[name] == bindparam(_parameter(name)) for name in key]
    is_open = table.c.known_to == STILL_KNOWN
    return update(table).where(*same_key, is_open).values(known_to=bindparam(_parameter("known_to")))


def _parameter(column: str) -> str:
    """The parameter for a column; an update keeps the column's own name for itself."""
    return f"of_{column}"


@compiles(InList, "sqlite")
def _in_subquery(element: InList, compiler: Any, **options: Any) -> str:
    column, words = element.clauses
    values = select(func.json_each(words).table_valued("value").c.value)
    return str(compiler.process(column.in_(values), **options))


@compiles(Unindexed, "sqlite")
def _with_a_plus(element: Unindexed, compiler: Any, **options: Any) -> str:
    return f"+{compiler.process(element.clauses, **options)}"
