"""Forecasts: each one that was kept, held against what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import Connection, select

from projections.engine.projector import first_logged
from projections.facts.forecasts import forecasts
from projections.filters import Scope
from projections.questions.series import per_day
from projections.statistics import half_width
from projections.working_days import working_days


class ScoredForecast(NamedTuple):
    """A stored forecast and its outcome on ``until``: its ``by_day``, or the day of the report when that is earlier.

    ``forecast``, ``low`` and ``high`` are as it was made, for ``by_day``. ``meant``, ``meant_low`` and ``meant_high``
    are what it meant for ``until``: what it took for the pace, for the working days that have passed. ``came`` is the
    count then; ``inside``: it lies in that interval, None while no working day has passed; ``error``: what came less
    what was meant.
    """

    made_on: date
    measure: str
    office: str | None
    region: str | None
    kind: str | None
    number: int
    by_day: date
    reached: int
    forecast: int
    low: int
    high: int
    entry: str
    until: date
    is_over: bool
    meant: float
    meant_low: float
    meant_high: float
    came: int
    inside: bool | None
    error: float


class ForecastRow(NamedTuple):
    """A row of the table ``forecasts``; days are text, and the region of an office is the one it is in."""

    made_on: str
    measure: str
    office: str | None
    region: str | None
    kind: str | None
    number: int
    by_day: str
    reached: int
    forecast: int
    low: int
    high: int
    days: int
    entry: str


def scored_forecasts(connection: Connection, scope: Scope) -> list[ScoredForecast]:
    """The forecasts that were kept by the day of the report, oldest first, each held against what came."""
    c, scope = forecasts.c, scope.not_after_today
    query = select(*(c[name] for name in ForecastRow._fields)).where(
        c.campaign == scope.campaign, c.made_on <= str(scope.day)
    )
    query = query.where(*scope.known_at(forecasts)).order_by(c.made_on, first_logged(forecasts), c.number_in_entry)
    rows = map(ForecastRow._make, connection.execute(query))
    admitted = [row for row in rows if scope.admits(row.office, row.region, row.kind)]
    return list(_scored(connection, replace(scope, first=None, last=None), admitted))


def _scored(connection: Connection, scope: Scope, rows: Sequence[ForecastRow]) -> Iterator[ScoredForecast]:
    count_by_question: dict[tuple[str | date | None, ...], int] = {}
    for row in rows:
        until = min(scope.day, date.fromisoformat(row.by_day))
        question = row.measure, row.office, row.region, row.kind, until
        if question not in count_by_question:
            count_by_question[question] = sum(per_day(connection, _of(scope, row, until), row.measure).values())
        yield _score(row, until, count_by_question[question])


def _of(scope: Scope, row: ForecastRow, until: date) -> Scope:
    subject_scope = replace(
        scope,
        offices=(row.office,) if row.office else (),
        regions=(row.region,) if row.region and not row.office else (),
        kinds=(row.kind,) if row.kind else (),
    )
    return subject_scope if until == scope.day else replace(subject_scope, as_of=until)


def _score(row: ForecastRow, until: date, count: int) -> ScoredForecast:
    made_on, by_day = date.fromisoformat(row.made_on), date.fromisoformat(row.by_day)
    days_passed = _after(made_on, until)
    middle, low, high = _meant(row, days_passed, _after(made_on, by_day))
    return ScoredForecast(
        made_on=made_on,
        measure=row.measure,
        office=row.office,
        region=None if row.office else row.region,
        kind=row.kind,
        number=row.number,
        by_day=by_day,
        reached=row.reached,
        forecast=row.forecast,
        low=row.low,
        high=row.high,
        entry=row.entry,
        until=until,
        is_over=until == by_day,
        meant=middle,
        meant_low=low,
        meant_high=high,
        came=count,
        inside=low <= count <= high if days_passed else None,
        error=count - middle,
    )


def _meant(row: ForecastRow, days_passed: int, ahead: int) -> tuple[float, float, float]:
    """What the forecast meant for ``days_passed`` of the ``ahead`` working days it spoke of, and both ends of its interval."""
    if days_passed == ahead:
        return row.forecast, row.low, row.high
    narrower = half_width(1.0, row.days, days_passed) / half_width(1.0, row.days, ahead)
    middle = row.reached + (row.forecast - row.reached) * days_passed / ahead
    low, high = middle - (row.forecast - row.low) * narrower, middle + (row.high - row.forecast) * narrower
    return middle, low if row.low > row.reached else row.reached, high


def _after(day: date, last: date) -> int:
    return working_days(day + timedelta(days=1), last)
