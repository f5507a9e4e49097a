"""Many rows at once: SQLite is given them one by one, PostgreSQL in one statement, as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

import msgspec
from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    String,
    Table,
    Update,
    bindparam,
    cast,
    column,
    func,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from projections.engine.tables import STILL_KNOWN

AT_ONCE = 5_000
"""Rows in one statement for a server."""

Row = dict[str, Any]
T = TypeVar("T")


def is_postgres(connection: Connection) -> bool:
    """Whether the tables lie on PostgreSQL."""
    return connection.dialect.name == "postgresql"


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows that name every column."""
    _write(connection, table, rows, False)


def replace_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Inserts rows that name every column, each in the place of the one that is there under its key, if any."""
    _write(connection, table, rows, True)


def _write(connection: Connection, table: Table, rows: Sequence[Row], anew: bool) -> None:
    """On SQLite with the driver's own parameters: the general way takes twice as long a row."""
    if not is_postgres(connection):
        connection.exec_driver_sql(_insert_one(table, anew), list(map(_values(table), rows)))
        return
    for some in _chunks(rows):
        connection.execute(_insert_many(table, anew), {"given": _json(some)})


@cache
def _values(table: Table) -> Callable[[Row], tuple[Any, ...]]:
    return itemgetter(*table.c.keys())


@cache
def _insert_one(table: Table, anew: bool) -> str:
    statement = sqlite.insert(table)
    if anew:
        statement = statement.on_conflict_do_update(**_conflict(table, statement.excluded))
    return str(statement.compile(dialect=sqlite.dialect(paramstyle="qmark")))


@cache
def _insert_many(table: Table, anew: bool) -> Any:
    from sqlalchemy.dialects import postgresql

    statement = postgresql.insert(table).from_select(table.c.keys(), select(_given(table, table.c.keys())))
    return statement.on_conflict_do_update(**_conflict(table, statement.excluded)) if anew else statement


def _conflict(table: Table, excluded: Any) -> dict[str, Any]:
    key = table.primary_key.columns
    return {"index_elements": list(key), "set_": {c.name: excluded[c.name] for c in table.c if c.name not in key}}


def end_rows(connection: Connection, table: Table, key: tuple[str, ...], ended: Sequence[tuple[Any, ...]]) -> None:
    """Ends open rows, each said by what it has in the columns of ``key`` and, last, the position it ends at.

    Of two that end the same row, the first does.
    """
    names = (*key, "known_to")
    if not is_postgres(connection):
        connection.execute(_end_one(table, key), [dict(zip(map(_of, names), one, strict=True)) for one in ended])
        return
    first = {one[:-1]: one for one in reversed(ended)}
    for some in _chunks(list(first.values())):
        given = _json([dict(zip(names, one, strict=True)) for one in some])
        connection.execute(_end_many(table, key), {"given": given, "among": _json([one[0] for one in some])})


@cache
def _end_one(table: Table, key: tuple[str, ...]) -> Update:
    same = [table.c[name] == bindparam(_of(name)) for name in key]
    still = table.c.known_to == STILL_KNOWN
    return update(table).where(*same, still).values(known_to=bindparam(_of("known_to")))


def _of(name: str) -> str:
    """The parameter for a column; an update keeps the column's own name for itself."""
    return f"of_{name}"


@cache
def _end_many(table: Table, key: tuple[str, ...]) -> Update:
    given = _given(table, (*key, "known_to"))
    same = [table.c[name] == given.c[name] for name in key]
    still = (_InList(table.c[key[0]], bindparam("among")), table.c.known_to == STILL_KNOWN)
    return update(table).where(*same, *still).values(known_to=given.c.known_to)


def _chunks(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    return (rows[start : start + AT_ONCE] for start in range(0, len(rows), AT_ONCE))


def _json(said: Any) -> str:
    """For a statement's parameter. The driver takes ten times as long to write an array."""
    return msgspec.json.encode(said).decode()


def _given(table: Table, names: Sequence[str]) -> Any:
    """The rows that a statement is given, with these columns of the table."""
    rows = func.json_to_recordset(cast(bindparam("given", type_=String), JSON))
    columns = (column(name, table.c[name].type) for name in names)
    return rows.table_valued(*columns).render_derived(name="given", with_types=True)


def in_list(what: ColumnElement[str], words: Iterable[str]) -> ColumnElement[bool]:
    """Whether it is one of these words, however many: SQL allows only so many parameters."""
    return _InList(what, _json(list(words)))


class _InList(FunctionElement[bool]):
    """Whether the first is an element of the second, a JSON array.

    It has no type: a Boolean is compared with 1 on SQLite, which then looks up nothing in an index.
    """

    inherit_cache = True


@compiles(_InList)
def _in_subquery(element: _InList, compiler: Any, **how: Any) -> str:
    what, words = element.clauses
    return str(compiler.process(what.in_(select(func.json_each(words).table_valued("value").c.value)), **how))


@compiles(_InList, "postgresql")
def _in_array(element: _InList, compiler: Any, **how: Any) -> str:
    """As an array, for which an index is used whatever is known of the table; a subquery is taken for a hundred rows."""
    what, words = (compiler.process(clause, **how) for clause in element.clauses)
    return f"{what} = ANY (ARRAY(SELECT json_array_elements_text(CAST({words} AS JSON))))"
