"""Cohorts: how many contacts of a week or month led to a visit or a yield, and after how many weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from statistics import quantiles
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Connection, Table, func, select

from domain.outcomes import Status
from projections.engine.expressions import Query
from projections.facts.calls import calls
from projections.facts.visits import visits
from projections.facts.yields import yields
from projections.filters import Scope
from projections.measures import share
from projections.periods import Period, day_names
from projections.statistics import wilson

HORIZONS = (1, 2, 4, 8)
"""After how many weeks the outcomes of contacts are counted."""


class Cell(NamedTuple):
    """Of ``base`` contacts, the ``reached`` that led to something at most 7 times ``weeks`` days after their own.

    ``share`` lies in 0..1, and so does its 95 % interval (Wilson); all three are None where the base is 0.
    ``maturing`` (provisional): not all of these contacts are that old yet, so the share may still grow.
    """

    weeks: int
    reached: int
    base: int
    share: float | None
    low: float | None
    high: float | None
    maturing: bool


class Cohort(NamedTuple):
    """The contacts of one ISO week (2013-W07) or month (2013-02): how many, and a cell for each of ``HORIZONS``."""

    period: str
    base: int
    cells: list[Cell]


class Times(NamedTuple):
    """Days from a contact to the first thing it led to: of how many contacts, and the quartiles.

    Quartiles as ``statistics.quantiles(n=4, method="inclusive")`` has them: between two days they are interpolated. All three are the same for one contact, and None for none.
    """

    number: int
    lower: float | None
    median: float | None
    upper: float | None


class Triangle(NamedTuple):
    """The cohorts in order of time, the cells of all together, and the days it took."""

    of: str
    by: str
    rows: list[Cohort]
    total: list[Cell]
    times: Times


class _Day(NamedTuple):
    """The contacts of one day, and how many of them led to something after how many days."""

    day: date
    base: int
    delays: Counter[int]


def cohorts(connection: Connection, scope: Scope, contacts: str = "calls", by: str = "week") -> Triangle:
    """How soon the contacts of each week or month (``by``) led to something.

    ``contacts`` calls: to a held visit that names the call as the one that booked it; the day is that of the first of them.
    ``contacts`` visits: held ones, to a yield (of the kinds asked for) that came from it; the day is that on which the
    first of them was agreed. Filters and period narrow the contacts and not what these led to; both clocks narrow both.

    A cell of a cohort has all its contacts as base; one of the total those alone that are so many weeks old on the
    day the report speaks of. A period without a contact has no row.
    """
    days = _days(connection, scope, contacts)
    rows = [
        _cohort(word, list(run), scope) for word, run in groupby(days, lambda day_cohort: _period(day_cohort.day, by))
    ]
    return Triangle(contacts, by, rows, _total(days, scope), _times(days))


def _cohort(word: str, days: Sequence[_Day], scope: Scope) -> Cohort:
    end = min(Period.named(word).last, scope.last or date.max)
    cells = [_cell(weeks, days, not _is_old(end, weeks, scope)) for weeks in HORIZONS]
    return Cohort(word, sum(day_cohort.base for day_cohort in days), cells)


def _total(days: Sequence[_Day], scope: Scope) -> list[Cell]:
    old = {weeks: [day_cohort for day_cohort in days if _is_old(day_cohort.day, weeks, scope)] for weeks in HORIZONS}
    return [_cell(weeks, old[weeks], False) for weeks in HORIZONS]


def _is_old(day: date, weeks: int, scope: Scope) -> bool:
    """Whether a contact of that day is so many weeks old on the day the report speaks of."""
    return (scope.not_after_today.day - day).days >= 7 * weeks


def _cell(weeks: int, days: Iterable[_Day], maturing: bool) -> Cell:
    base = reached = 0
    for day_cohort in days:
        base += day_cohort.base
        reached += sum(count for days_after, count in day_cohort.delays.items() if days_after <= 7 * weeks)
    low, high = wilson(reached, base) or (None, None)
    return Cell(weeks, reached, base, share(reached, base), low, high, maturing)


def _times(days: Iterable[_Day]) -> Times:
    took = sorted(sum((day_cohort.delays for day_cohort in days), Counter[int]()).elements())
    if len(took) < 2:
        alone = float(took[0]) if took else None
        return Times(len(took), alone, alone, alone)
    return Times(len(took), *quantiles(took, n=4, method="inclusive"))


def _period(day: date, by: str) -> str:
    _, week, month = day_names(day)
    return {"week": week, "month": month}[by]


def _days(connection: Connection, scope: Scope, contacts: str) -> list[_Day]:
    """The days with contacts, in their order."""
    delays: dict[str, Counter[int]] = {}
    for day, first, count in connection.execute(_led(scope, contacts)):
        delays.setdefault(day, Counter())[(date.fromisoformat(first) - date.fromisoformat(day)).days] = count
    rows = connection.execute(_contacts(scope, contacts))
    return [_Day(date.fromisoformat(day), base, delays.get(day, Counter())) for day, base in rows]


def _contacts(scope: Scope, contacts: str) -> Query:
    """How many contacts there are on each day."""
    contact, _ = _CONTACTS[contacts]
    query = select(contact.c.day, func.count()).where(*_standing(scope, contacts), *scope.contacts_in(contact))
    return query.group_by(contact.c.day).order_by(contact.c.day)


def _led(scope: Scope, contacts: str) -> Query:
    """Each day of contacts with the first day of what they led to, and how many contacts that is true of.

    It goes from what came of contacts to these, which an index finds: few contacts led to anything.
    """
    contact, name = _CONTACTS[contacts]
    outcomes = (_first_visits(scope) if contacts == "calls" else _first_yields(scope)).subquery("came")
    query = select(contact.c.day, outcomes.c.first, func.count()).select_from(
        outcomes.join(contact, name == outcomes.c.origin)
    )
    query = query.where(*_standing(scope, contacts), *scope.contacts_in(contact))
    return query.group_by(contact.c.day, outcomes.c.first)


_CONTACTS: dict[str, tuple[Table, Column[str]]] = {"calls": (calls, calls.c.call), "visits": (visits, visits.c.visit)}
"""The table of the contacts, and the column of it that names them."""


def _standing(scope: Scope, contacts: str) -> list[ColumnElement[bool]]:
    if contacts == "calls":
        return scope.facts_at(calls)
    return [visits.c.status == Status.HELD.value, *scope.valid_at(visits)]


def _first_visits(scope: Scope) -> Query:
    v = visits.c
    query = select(v.call.label("origin"), func.min(v.day).label("first")).where(v.call.is_not(None))
    return query.where(*_standing(scope, "visits")).group_by(v.call)


def _first_yields(scope: Scope) -> Query:
    y = yields.c
    query = select(y.visit.label("origin"), func.min(y.recorded_on).label("first")).where(y.visit.is_not(None))
    return query.where(*scope.facts_at(yields), *scope.kinds_in(yields)).group_by(y.visit)
