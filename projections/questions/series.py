"""Series: what a count counted, day by day and week by week, adding up to the figure."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, literal, select

from projections.engine.expressions import Query
from projections.facts.visits import visits
from projections.filters import Scope
from projections.periods import week_name
from projections.questions.entries import counted_entries

Amounts = dict[date, int]


def per_day(connection: Connection, scope: Scope, count: str) -> Amounts:
    """What a ``count`` counted of each day of a contact; in sum the figure.

    Of ``companies_...`` it is the first day on which the company was counted.
    """
    c = counted_entries(scope, count).subquery("counted").c
    return _groups(connection, _daily(c, count, None, c.day)).get("", {})


def per_day_achieved(connection: Connection, scope: Scope, count: str, by: str | None) -> dict[str, Amounts]:
    """The same by the day on which it came, for each group ``by`` office or region of which anything was counted.

    A visit that is booked came on the day it was agreed, and so did a yield; everything else on its contact's day.
    """
    c = (_agreed(scope) if count == "visits_booked" else counted_entries(scope, count)).subquery("counted").c
    return _groups(connection, _daily(c, count, by, c.recorded_on if count in _AGREED_LATER else c.day))


_AGREED_LATER = ("yields", "positions", "positions_from_visits")


def _groups(connection: Connection, daily: Query) -> dict[str, Amounts]:
    groups: dict[str, Amounts] = {}
    for word, day, amount in connection.execute(daily):
        groups.setdefault(word, {})[date.fromisoformat(day)] = int(amount)
    return groups


def per_week(connection: Connection, scope: Scope, count: str) -> list[tuple[str, int]]:
    """What was counted of each ISO week in which anything was, in their order: pairs of ``2013-W07`` and a number."""
    weeks: Counter[str] = Counter()
    for day, amount in per_day(connection, scope, count).items():
        weeks[week_name(day)] += amount
    return sorted(weeks.items())


def _daily(c: Any, count: str, by: str | None, day: ColumnElement[str]) -> Query:
    word: ColumnElement[str] = c[by] if by else literal("")
    if count.startswith("companies_"):  # by one key instead of two, which SQLite sorts in half the time
        first = select(func.min(word).label("word"), func.min(day).label("day")).group_by(word + c.cvr).subquery().c
        return select(first.word, first.day, func.count()).group_by(first.word, first.day)
    amount = func.sum(c.positions) if count.startswith("positions") else func.count()
    return select(word.label("word"), day, amount).group_by("word", day)


def _agreed(scope: Scope) -> Query:
    v = visits.c
    return counted_entries(scope, "visits_booked").with_only_columns(
        v.booked_on.label("day"), v.office, v.region, v.cvr
    )
