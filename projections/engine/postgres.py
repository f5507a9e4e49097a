"""PostgreSQL: a schema of read models on a server, and how rows are written to it, many in one statement, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    JSON,
    Connection,
    Engine,
    NullPool,
    String,
    Table,
    Update,
    bindparam,
    cast,
    column,
    create_engine,
    event,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles

from projections.engine.expressions import InList, Unindexed, as_json
from projections.engine.tables import STILL_KNOWN, Ending, Row, on_conflict

CATCHING_UP = (741852, 2)
"""The advisory lock that a process holds, while it writes to the tables, until its transaction ends."""
T = TypeVar("T")
ROWS_AT_ONCE = 5_000
"""Rows in one statement."""


def open_server(connect: Callable[[], Any]) -> Engine:
    """The read models on PostgreSQL. ``connect`` gives a psycopg connection, outside of a transaction, each time.

    It sets the ``search_path`` to their schema, and how long to wait for a lock. Transactions with the option ``writing``
    wait for each other (``CATCHING_UP``). All others see one state (REPEATABLE READ) and cannot write.
    """
    engine = create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool, **_DISCREET)
    event.listen(engine, "begin", _begin_on_server)
    return engine


_DISCREET: dict[str, Any] = {"use_native_hstore": False, "hide_parameters": True}  # an error shows no value


def _begin_on_server(connection: Connection) -> None:
    """Sets the properties of the transaction; psycopg begins it with the first statement.

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


def write_rows(connection: Connection, table: Table, rows: Sequence[Row], replace: bool) -> None:
    """Inserts rows, many in one statement."""
    for chunk in _chunks(rows):
        connection.execute(_insert(table, replace), {"given": as_json(chunk)})


@cache
def _insert(table: Table, replace: bool) -> postgresql.Insert:
    statement = postgresql.insert(table).from_select(table.c.keys(), select(_given(table, table.c.keys())))
    return statement.on_conflict_do_update(**on_conflict(table, statement.excluded)) if replace else statement


def end_rows(connection: Connection, table: Table, key: tuple[str, ...], endings: Sequence[Ending]) -> None:
    """Ends open rows, many in one statement, in which each can be ended once only."""
    names = (*key, "known_to")
    first = {ending[:-1]: ending for ending in reversed(endings)}
    for chunk in _chunks(list(first.values())):
        parameter = as_json([dict(zip(names, ending, strict=True)) for ending in chunk])
        connection.execute(_end(table, key), {"given": parameter, "among": as_json([ending[0] for ending in chunk])})


@cache
def _end(table: Table, key: tuple[str, ...]) -> Update:
    parameter = _given(table, (*key, "known_to"))
    same_key = [table.c[name] == parameter.c[name] for name in key]
    is_open = (InList(table.c[key[0]], bindparam("among")), table.c.known_to == STILL_KNOWN)
    return update(table).where(*same_key, *is_open).values(known_to=parameter.c.known_to)


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + ROWS_AT_ONCE] for start in range(0, len(rows), ROWS_AT_ONCE))


def _given(table: Table, names: Sequence[str]) -> Any:
    """The rows that a statement is given, with these columns of the table."""
    rows = func.json_to_recordset(cast(bindparam("given", type_=String), JSON))
    columns = (column(name, table.c[name].type) for name in names)
    return rows.table_valued(*columns).render_derived(name="given", with_types=True)


@compiles(InList, "postgresql")
def _in_array(element: InList, compiler: Any, **options: Any) -> str:
    """As an array, for which an index is used whatever is known of the table; a subquery is taken for a hundred rows."""
    tested, words = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{tested} = ANY (ARRAY(SELECT json_array_elements_text(CAST({words} AS JSON))))"


@compiles(Unindexed, "postgresql")
def _plain(element: Unindexed, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))
