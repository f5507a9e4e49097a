"""The figures of a page, read in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import sqrt
from typing import Any, NamedTuple

from sqlalchemy import Connection

from projections.filters import Scope
from projections.questions.campaign_periods import CampaignPeriod, campaign_period
from projections.questions.cohorts import Triangle, cohorts
from projections.questions.comparison import with_marks
from projections.questions.funnel import FunnelStep, funnel_steps
from projections.questions.hit_rates import hit_rates, total_of
from projections.questions.series import per_day_achieved
from projections.questions.targets import NO_PACE, Target, expected_line, targets
from projections.questions.worklists import overdue_counts
from projections.questions.yields_by_kind import YieldTree, yields_by_kind
from projections.working_days import working_days

Row = dict[str, Any]


@dataclass(frozen=True)
class About:
    """Filters and clocks of the figures, the position in the log they were read at, and the version that read them.

    ``position`` and ``head`` (hexadecimal, empty before the first entry) are those of the last event in the figures.
    """

    title: str
    scope: Scope
    known_on: date | None
    position: int
    head: str
    made_at: datetime
    version: str


class Fan(NamedTuple):
    """The forecast for a day and its 95 % prediction interval."""

    day: date
    middle: float
    low: float
    high: float


class Course(NamedTuple):
    """The course of a target: what was reached by each day, what a steady pace would have given, and the forecast.

    ``weekly``: the share of the target in each ISO week, by the number valid then; weeks before the first are absent.
    """

    target: Target
    first: date
    reached: list[tuple[date, int]]
    expected: list[tuple[date, float]]
    fan: list[Fan]
    weekly: dict[str, float]


@dataclass(frozen=True)
class Figures:
    """``total``, ``offices`` (with marks) and ``weeks`` are rows of ``hit_rates``; the rest is as its read model returns it.

    ``targets`` is None under filters that targets do not have, ``course`` when there is none to draw, and
    ``overdue`` for a reader who sees totals only.
    """

    about: About
    total: Row
    offices: list[Row]
    weeks: list[Row]
    funnel: list[FunnelStep]
    yields: YieldTree
    cohorts: tuple[Triangle, ...]
    targets: list[Target] | None
    course: Course | None
    overdue: dict[str, int] | None


def read_figures(connection: Connection, about: About, sees_single: bool = True) -> Figures:
    """The figures of ``about.scope``; the transaction of ``connection`` makes them consistent.

    ``sees_single``: whether the reader may see single companies, which overdue items are counted from.
    """
    scope = about.scope
    offices = hit_rates(connection, scope, "office")
    total = total_of(connection, scope, offices)
    goals = _targets(connection, scope)
    return Figures(
        about=about,
        total=total,
        offices=with_marks(offices, total),
        weeks=hit_rates(connection, scope, "week"),
        funnel=funnel_steps(total),
        yields=yields_by_kind(connection, scope),
        cohorts=tuple(cohorts(connection, scope, base_count, "month") for base_count in _cohort_bases(scope)),
        targets=goals,
        course=_course(connection, scope, goals or []),
        overdue=overdue_counts(connection, scope) if sees_single else None,
    )


def _cohort_bases(scope: Scope) -> tuple[str, ...]:
    """The contacts that cohorts follow. Calls lead to visits, so a filter by kind of yield leaves visits only."""
    return ("visits",) if scope.kinds else ("calls", "visits")


def _targets(connection: Connection, scope: Scope) -> list[Target] | None:
    """The targets; None under filters by period, consultant, industry or size, which targets do not have."""
    if scope.first or scope.last or scope.consultants or scope.industries or scope.sizes:
        return None
    return targets(connection, scope)


def _course(connection: Connection, scope: Scope, goals: Sequence[Target]) -> Course | None:
    """The course of the first target for visits held, else of the first target."""
    chosen = sorted((g for g in goals if g.measure not in NO_PACE), key=lambda goal: goal.measure != "visits_held")
    period = campaign_period(connection, scope)
    if not chosen or not period or not _can_be_drawn(scope.day, chosen[0].by_day, period.first):
        return None
    goal = chosen[0]
    target_scope = replace(
        scope,
        offices=(goal.office,) if goal.office else (),
        regions=(goal.region,) if goal.region and not goal.office else (),
        kinds=(goal.kind,) if goal.kind else (),
    )
    until = min(scope.day, goal.by_day)
    amounts = per_day_achieved(connection, replace(target_scope, as_of=until), goal.measure, None).get("", {})
    first = min([period.first, *amounts])
    so_far = _running_totals(amounts, _days(first, until))
    expected = expected_line(goal, period, _days(period.first, goal.by_day))
    weekly = _weekly(goal, period, until) if goal.measure == "visits_held" and not goal.kind else {}
    return Course(goal, first, so_far, expected, _fan(goal, until), weekly)


def _can_be_drawn(day: date, by_day: date, first: date) -> bool:
    """Whether the campaign has begun and the period is at most ten years: a typing error in a year can make it centuries."""
    return first <= min(day, by_day) and (by_day - first).days <= _LONGEST


_LONGEST = 3_660  # days


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _running_totals(amounts: dict[date, int], days: Sequence[date]) -> list[tuple[date, int]]:
    totals, total = [], 0
    for day in days:
        total += amounts.get(day, 0)
        totals.append((day, total))
    return totals


def _fan(goal: Target, until: date) -> list[Fan]:
    """The forecast for each day: its width grows as the prediction interval of ``projections.statistics`` does."""
    if goal.forecast is None or goal.pace is None or goal.high is None or not goal.left:
        return []
    n, days_left, half_width = goal.pace_days, goal.left, goal.high - goal.reached - goal.pace * goal.left
    points = []
    for day in _days(until, goal.by_day):
        ahead = working_days(until + timedelta(days=1), day)
        middle = goal.reached + goal.pace * ahead
        half = half_width * sqrt((ahead + ahead * ahead / n) / (days_left + days_left * days_left / n))
        points.append(Fan(day, middle, max(goal.reached, middle - half), middle + half))
    return points


def _weekly(goal: Target, campaign: CampaignPeriod, until: date) -> dict[str, float]:
    """The share of each week in the target valid at its end, by working days."""
    shares, first = {}, campaign.first
    for day in _days(first - timedelta(days=first.weekday()), until)[::7]:
        year, week, _ = day.isocalendar()
        sunday = day + timedelta(days=6)
        settings = [setting for setting in goal.history if setting.set_on <= min(sunday, until)]
        if settings:
            by_day = settings[-1].by_day or campaign.last_on(min(sunday, until))
            all_days = working_days(first, by_day)
            days = working_days(max(day, first), min(sunday, by_day))
            shares[f"{year}-W{week:02}"] = settings[-1].number * days / all_days if all_days else 0.0
    return shares
