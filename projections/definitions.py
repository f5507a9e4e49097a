"""Definitions: the SQL that makes the tables, and the fingerprint of the code that fills them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Table
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement, SetColumnComment, SetTableComment

import projections.read_models  # noqa: F401 - importing it registers every table
from projections.engine.tables import metadata


def definitions(dialect: str = "sqlite") -> list[str]:
    """The statements that create every table and index, in an order in which they can run.

    Those for ``postgresql`` name no schema, and also comment on every table and column (COMMENT ON).
    """
    tables = metadata.sorted_tables
    if dialect == "sqlite":
        return [str(statement).strip() for statement in _made(tables)]
    return _for_server([*_made(tables), *_comments(tables)])


def _made(tables: Sequence[Table]) -> list[ExecutableDDLElement]:
    indexes = sorted((i for t in tables for i in t.indexes), key=lambda i: str(i.name))
    return [*map(CreateTable, tables), *map(CreateIndex, indexes)]


def _comments(tables: Sequence[Table]) -> Iterator[ExecutableDDLElement]:
    for table in tables:
        if table.comment:
            yield SetTableComment(table)
        yield from (SetColumnComment(column) for column in table.columns if column.comment)


def _for_server(statements: Sequence[ExecutableDDLElement]) -> list[str]:
    from sqlalchemy.dialects import postgresql

    plain = postgresql.dialect(paramstyle="named")  # type: ignore[no-untyped-call]  # others write each % twice
    return [str(statement.compile(dialect=plain)).strip() for statement in statements]


def fingerprint(reference: str) -> str:
    """A hash of the code that fills the tables and of the reference data. When it differs, the tables are rebuilt.

    It covers the domain: an event that only a newer version knows must be projected by it.
    """
    projections = Path(__file__).parent
    filling = [*sorted(projections.rglob("*.py")), *sorted((projections.parent / "domain").glob("*.py"))]
    return sha256(b"\n".join([*(path.read_bytes() for path in filling), reference.encode()])).hexdigest()
