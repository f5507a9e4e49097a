"""Figures and the lists behind them: the scope that opens a cell of a report, and what a list adds up to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection

from projections.filters import Scope
from projections.questions.entries import Entry
from projections.questions.hit_rates import first_day, hit_rates, last_day, total_of

_FILTERS = {
    "office": "offices",
    "region": "regions",
    "consultant": "consultants",
    "industry": "industries",
    "size": "sizes",
}


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
    yield from ((row, _opened(scope, by, row[by])) for row in rows)
    yield total_of(connection, scope, rows), scope


def _opened(scope: Scope, by: str, word: str) -> Scope:
    """The scope of one group of a report, as the options of a command say it."""
    if by == "campaign":
        return replace(scope, campaign=word)
    if by in _FILTERS:
        return replace(scope, **{_FILTERS[by]: (word,)})  # type: ignore[arg-type]
    first, last = max(first_day(word), scope.first or date.min), min(last_day(word), scope.last or date.max)
    return replace(scope, first=first, last=last)
