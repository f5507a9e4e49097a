"""SQL expressions that SQLite and PostgreSQL write differently."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

import msgspec
from sqlalchemy import ColumnElement, Select
from sqlalchemy.sql.functions import FunctionElement

Query: TypeAlias = Select[*tuple[Any, ...]]
"""A SELECT, whose rows the question that builds it reads by name or unpacks."""


Expression: TypeAlias = ColumnElement[Any]
"""An SQL expression of any type."""


def in_list(column: ColumnElement[str], words: Iterable[str]) -> ColumnElement[bool]:
    """Whether the column is one of these words, however many: they are one parameter, of which SQL allows only so many."""
    return InList(column, as_json(list(words)))


def as_json(rows: object) -> str:
    """JSON for a parameter. The drivers take ten times as long to write an array."""
    return msgspec.json.encode(rows).decode()


class InList(FunctionElement[bool]):
    """Whether the first is an element of the second, a JSON array.

    It has no type: a Boolean is compared with 1 on SQLite, which then looks up nothing in an index.
    """

    inherit_cache = True


class Unindexed(FunctionElement[str]):
    """A column, for which SQLite is to use no index."""

    inherit_cache = True
