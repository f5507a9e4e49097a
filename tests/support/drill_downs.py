"""Figures and the lists behind them: the scope that opens a cell of a report, and what a list adds up to."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

from projections.filters import Scope
from projections.questions.entries import Entry
from projections.questions.hit_rates import hit_rates, total_of


def amount(count: str, listed: list[Entry]) -> int:
    """What a list of entries adds up to."""
    if count.startswith("companies_"):
        return len({entry.cvr for entry in listed})
    if count.startswith("positions"):
        return sum(entry.positions or 0 for entry in listed)
    return len(listed)


def cells(connection: Connection, scope: Scope, by: str) -> Iterator[tuple[dict[str, Any], Scope]]:
    """Every row of the rates by a dimension, each with the scope that opens it; the total last."""
    rows = hit_rates(connection, scope, by)
    yield from ((row, scope.within(by, row[by])) for row in rows)
    yield total_of(connection, scope, rows), scope
