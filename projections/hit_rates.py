"""Hit rates per visit and per call, with every count they rest on, in total or by a dimension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Select,
    Table,
    case,
    distinct,
    func,
    literal,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from domain.visits import Status
from projections.calls import calls, invitations
from projections.campaigns import enrolments
from projections.companies import companies
from projections.measures import COUNTS, MATURING_DAYS, UNKNOWN, with_rates
from projections.scope import Scope
from projections.visits import visits
from projections.yields import yields

Row = dict[str, Any]


def hit_rates(connection: Connection, scope: Scope, by: str | None = None) -> list[Row]:
    """One row for all, or one for each group ``by`` a dimension, in the order of its words.

    A row has every count of ``measures.COUNTS`` (numbers of calls, visits, companies, positions), every rate and
    its interval (shares 0..1, None where there is nothing to be a share of), the group's word under the name of the
    dimension, and ``maturing``: yields of the period may still come.
    """
    groups: dict[str, Row] = {word: {} for word in _named_groups(connection, scope, by)}
    for part in (_calls, _calls_that_led, _visits, _yields, _mailed):
        for row in connection.execute(part(scope, by)).mappings():
            groups.setdefault(row["word"], {}).update({k: v for k, v in row.items() if k != "word"})
    return [_row(scope, by, word, groups[word]) for word in sorted(groups, key=lambda word: _place(by, word))]


def total_of(connection: Connection, scope: Scope, rows: Sequence[Row]) -> Row:
    """The row for all, from the rows of any one dimension: their sums, and each company counted once.

    Equal to ``hit_rates`` without a dimension, and several times as fast on a long history.
    """
    counts: Row = {name: sum(row[name] for row in rows) for name in COUNTS}
    for part in (_calls_in_all(scope), _mailed(scope, None)):
        counts.update(connection.execute(part).mappings().one())
    return _row(scope, None, "", counts)


def _place(by: str | None, word: str) -> tuple[int, str]:
    """Words in their own order, sizes by number (2-4 before 10-19), what is unknown last."""
    number = word.partition("-")[0].rstrip("+") if by == "size" else ""
    return (10**9 if word == UNKNOWN else int(number) if number.isdigit() else 0), word


def _row(scope: Scope, by: str | None, word: str, counts: Row) -> Row:
    row = with_rates({name: int(counts.get(name) or 0) for name in COUNTS})  # a sum of sums is a Decimal on PostgreSQL
    group = {by: word} if by else {}
    return group | row | {"maturing": is_maturing(by, word, scope)}


def _named_groups(connection: Connection, scope: Scope, by: str | None) -> Iterator[str]:
    """Groups to be named although nothing was logged there: the one of all, and offices that take part."""
    if by is None:
        yield ""
    if by in ("office", "region"):
        offices = enrolments.c
        query = select(offices[by]).where(*scope.of_knowledge(enrolments))
        query = query.where(offices.campaign == scope.campaign) if scope.campaign else query
        query = query.where(offices.office.in_(scope.offices)) if scope.offices else query
        query = query.where(offices.region.in_(scope.regions)) if scope.regions else query
        yield from connection.execute(query.distinct()).scalars()


def _calls(scope: Scope, by: str | None) -> Select[Any]:
    """Calls and the companies called. In all, they are gathered by company first, which an index has in order."""
    c = calls.c
    if by is None:
        return _calls_in_all(scope)
    counted = select(
        _word(calls, by),
        func.count().label("calls"),
        _sum(c.reached, "calls_reached"),
        _sum(c.accepted, "calls_accepted"),
        func.count(distinct(c.cvr)).label("companies_called"),
        func.count(distinct(case((c.reached, c.cvr)))).label("companies_reached"),
        func.count(distinct(case((c.accepted, c.cvr)))).label("companies_accepted"),
    )
    return _grouped(counted, calls, scope, by).where(*scope.of_facts(calls))


def _calls_in_all(scope: Scope) -> Select[Any]:
    c = calls.c
    conditions = [*scope.of_facts(calls), *scope.of_contacts(calls)]
    each = select(c.cvr, func.count().label("calls"), _sum(c.reached, "reached"), _sum(c.accepted, "accepted"))
    company = each.where(*conditions).group_by(_in_order(scope)).subquery().c
    return select(
        literal("").label("word"),
        func.sum(company.calls).label("calls"),
        func.sum(company.reached).label("calls_reached"),
        func.sum(company.accepted).label("calls_accepted"),
        func.count().label("companies_called"),
        _sum(company.reached > 0, "companies_reached"),
        _sum(company.accepted > 0, "companies_accepted"),
    )


def _in_order(scope: Scope) -> ColumnElement[str]:
    """The company, taken from the index where that says all; SQLite leaves an index alone for what has a plus.

    To look up every row in the order of companies takes ten times as long as to read all and sort.
    """
    looked_up = scope.offices or scope.regions or scope.consultants or scope.known is not None
    return _unindexed(calls.c.cvr) if looked_up else calls.c.cvr


class _unindexed(FunctionElement[str]):  # noqa: N801
    """A column, with a plus on SQLite."""

    inherit_cache = True


@compiles(_unindexed)
def _plain(element: _unindexed, compiler: Any, **how: Any) -> str:
    return str(compiler.process(element.clauses, **how))


@compiles(_unindexed, "sqlite")
def _with_a_plus(element: _unindexed, compiler: Any, **how: Any) -> str:
    return f"+{compiler.process(element.clauses, **how)}"


def _calls_that_led(scope: Scope, by: str | None) -> Select[Any]:
    """Asked apart: there are few such calls, and an index finds each of them."""
    counted = select(_word(calls, by), func.count().label("calls_with_yield"))
    return _grouped(counted, calls, scope, by).where(calls.c.call.in_(led_by("call", scope)), *scope.of_facts(calls))


def _visits(scope: Scope, by: str | None) -> Select[Any]:
    c = visits.c
    held = c.status == Status.HELD.value
    counted = select(
        _word(visits, by),
        func.count().label("visits_booked"),
        _sum(held, "visits_held"),
        _sum(c.status == Status.NO_SHOW.value, "visits_no_show"),
        _sum(c.status == Status.CANCELLED.value, "visits_cancelled"),
        _sum(c.status == Status.PLANNED.value, "visits_planned"),
        _sum((c.status == Status.PLANNED.value) & (c.day < str(scope.day)), "visits_overdue"),
    )
    return _grouped(counted, visits, scope, by).where(*scope.of_versions(visits))


def _yields(scope: Scope, by: str | None) -> Select[Any]:
    both = _from_visits(scope, by).union_all(_from_calls(scope, by)).subquery()
    return select(
        both.c.word,
        func.sum(both.c.yields).label("yields"),
        func.sum(both.c.positions).label("positions"),
        func.sum(both.c.positions_from_visits).label("positions_from_visits"),
        func.sum(both.c.visits_with_yield).label("visits_with_yield"),
    ).group_by(both.c.word)


def _from_visits(scope: Scope, by: str | None) -> Select[Any]:
    y, held = yields.c, visits.c.status == Status.HELD.value
    counted = select(
        _word(visits, by),
        func.count().label("yields"),
        func.sum(y.positions).label("positions"),
        func.sum(y.positions).label("positions_from_visits"),
        func.count(distinct(y.visit)).label("visits_with_yield"),
    )
    joined = _grouped(counted, visits.join(yields, y.visit == visits.c.visit), scope, by, visits)
    return joined.where(held, *scope.of_versions(visits), *scope.of_facts(yields), *scope.of_kinds())


def _from_calls(scope: Scope, by: str | None) -> Select[Any]:
    y = yields.c
    counted = select(
        _word(calls, by),
        func.count().label("yields"),
        func.sum(y.positions).label("positions"),
        literal(0).label("positions_from_visits"),
        literal(0).label("visits_with_yield"),
    )
    joined = _grouped(counted, calls.join(yields, y.call == calls.c.call), scope, by, calls)
    return joined.where(*scope.of_facts(calls), *scope.of_facts(yields), *scope.of_kinds())


def _mailed(scope: Scope, by: str | None) -> Select[Any]:
    counted = select(_word(invitations, by), func.count(distinct(invitations.c.cvr)).label("companies_mailed"))
    return _grouped(counted, invitations, scope, by).where(*scope.of_facts(invitations))


def led_by(contact: str, scope: Scope) -> Select[Any]:
    """The calls, or the held visits, that led to a yield."""
    origins = _origins(scope)
    return select(origins.c[contact]).where(origins.c[contact].is_not(None))


def _origins(scope: Scope) -> CTE:
    """For every yield the visit it came from, if it was held, and the call that led to it: ``visit``, ``call``."""
    v, y = visits.c, yields.c
    held = [*scope.of_versions(visits), v.status == Status.HELD.value]
    there = scope.of_facts(yields) + scope.of_kinds()
    by_visit = select(v.visit, v.call).join(yields, y.visit == v.visit).where(*held, *there)
    by_call = select(literal(None, v.visit.type).label("visit"), y.call).where(y.call.is_not(None), *there)
    return by_visit.union_all(by_call).cte("origins")


def _grouped(
    counted: Select[*tuple[Any, ...]], source: Any, scope: Scope, by: str | None, contact: Table | None = None
) -> Select[Any]:
    contact = source if contact is None else contact
    if by in _OF_COMPANY:
        source = source.outerjoin(companies, scope.company_of(contact))
    narrowed = counted.select_from(source).where(*scope.of_contacts(contact))
    return narrowed.group_by("word") if by else narrowed


_OF_COMPANY = {"industry": companies.c.division, "size": companies.c.size_band}


def _word(contact: Table, by: str | None) -> ColumnElement[str]:
    if by is None:
        return literal("").label("word")
    if by in _OF_COMPANY:
        return func.coalesce(func.nullif(_OF_COMPANY[by], ""), UNKNOWN).label("word")
    return contact.c[by].label("word")


def _sum(condition: ColumnElement[bool], name: str) -> Any:
    return func.sum(case((condition, 1), else_=0)).label(name)


def is_maturing(by: str | None, word: str, scope: Scope) -> bool:
    """Whether the period ends less than 28 days before the day the report speaks of."""
    ends = [last_day(word)] if by in ("week", "month") else []
    ends += [scope.last] if scope.last else []
    return bool(ends) and (scope.seen.day - min(ends)).days < MATURING_DAYS


def first_day(period: str) -> date:
    """The first day of ``2013-W07`` or of ``2013-02``."""
    if "W" in period:
        return date.fromisocalendar(int(period[:4]), int(period[6:]), 1)
    return date(int(period[:4]), int(period[5:]), 1)


def last_day(period: str) -> date:
    """The last day of ``2013-W07`` or of ``2013-02``."""
    if "W" in period:
        return date.fromisocalendar(int(period[:4]), int(period[6:]), 7)
    year, month = divmod(int(period[:4]) * 12 + int(period[5:]), 12)
    return date(year, month + 1, 1) - timedelta(days=1)
