"""Hit rates per visit and per call, with every count they rest on, in total or by a dimension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from functools import reduce
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    Table,
    case,
    cast,
    distinct,
    func,
    literal,
    select,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from domain.visits import Status
from projections.facts.calls import calls, invitations
from projections.facts.campaigns import enrolments
from projections.facts.companies import companies
from projections.facts.visits import visits
from projections.facts.yields import yields
from projections.filters import Scope
from projections.measures import COUNTS, MATURING_DAYS, UNKNOWN, with_rates

Row = dict[str, Any]
Dimensions = tuple[str, ...]
Words = tuple[str, ...]

_BETWEEN = "\x1f"
"""Between the words of a group in one column: the separator of units, which no word has in it."""


def hit_rates(connection: Connection, scope: Scope, *dimensions: str | None) -> list[Row]:
    """One row for all, or one for each group by a dimension, or by several of them, in the order of their words.

    A row has every count of ``measures.COUNTS`` (numbers of calls, visits, companies, positions), every rate and
    its interval (shares 0..1, None where there is nothing to be a share of), the group's words under the names of the
    dimensions, and ``maturing``: yields of the period may still come.
    """
    by = tuple(filter(None, dimensions))
    groups: dict[Words, Row] = {words: {} for words in _named_groups(connection, scope, by)}
    for part in (_calls, _calls_that_led, _visits, _yields, _mailed):
        _gather(connection, part(scope, by), by, groups)
    return [_row(scope, by, words, groups[words]) for words in sorted(groups, key=lambda words: places(by, words))]


def amounts(connection: Connection, scope: Scope, by: Dimensions) -> dict[Words, Row]:
    """``yields``, ``positions`` and ``positions_from_visits`` by groups of contacts, of yields (``OF_YIELD``), or both.

    A group is its words, one for each dimension. A kind has its own, without what is below it in the tree.
    """
    groups: dict[Words, Row] = {}
    _gather(connection, _yields(scope, by), by, groups)
    return groups


def _gather(connection: Connection, part: Select[Any], by: Dimensions, groups: dict[Words, Row]) -> None:
    for row in connection.execute(part).mappings():
        groups.setdefault(words_in(row["word"], by), {}).update({k: v for k, v in row.items() if k != "word"})


def total_of(connection: Connection, scope: Scope, rows: Sequence[Row]) -> Row:
    """The row for all, from the rows of any one dimension: their sums, and each company counted once.

    Equal to ``hit_rates`` without a dimension, and several times as fast on a long history.
    """
    counts: Row = {name: sum(row[name] for row in rows) for name in COUNTS}
    for part in (_calls_in_all(scope), _mailed(scope, ())):
        counts.update(connection.execute(part).mappings().one())
    return _row(scope, (), (), counts)


def places(by: Dimensions, words: Words) -> list[tuple[int, str]]:
    """What groups are put in order by: words in their own order, sizes by number (2-4 before 10-19), unknown last."""
    return [_place(*each) for each in zip(by, words, strict=True)]


def _place(by: str, word: str) -> tuple[int, str]:
    number = word.partition("-")[0].rstrip("+") if by == "size" else ""
    return (10**9 if word == UNKNOWN else int(number) if number.isdigit() else 0), word


def _row(scope: Scope, by: Dimensions, words: Words, counts: Row) -> Row:
    row = with_rates({name: int(counts.get(name) or 0) for name in COUNTS})  # a sum of sums is a Decimal on PostgreSQL
    group = dict(zip(by, words, strict=True))
    return group | row | {"maturing": is_maturing(group, scope)}


def _named_groups(connection: Connection, scope: Scope, by: Dimensions) -> Iterator[Words]:
    """Groups to be named although nothing was logged there: the one of all, and offices that take part."""
    if not by:
        yield ()
    if by in (("office",), ("region",)):
        offices = enrolments.c
        query = select(offices[by[0]]).where(*scope.of_knowledge(enrolments))
        query = query.where(offices.campaign == scope.campaign) if scope.campaign else query
        query = query.where(offices.office.in_(scope.offices)) if scope.offices else query
        query = query.where(offices.region.in_(scope.regions)) if scope.regions else query
        yield from ((word,) for word in connection.execute(query.distinct()).scalars())


def _calls(scope: Scope, by: Dimensions) -> Select[Any]:
    """Calls and the companies called. In all, they are gathered by company first, which an index has in order."""
    c = calls.c
    if not by:
        return _calls_in_all(scope)
    counted = select(
        word_of(calls, by),
        func.count().label("calls"),
        number_of(c.reached, "calls_reached"),
        number_of(c.accepted, "calls_accepted"),
        func.count(distinct(c.cvr)).label("companies_called"),
        func.count(distinct(case((c.reached, c.cvr)))).label("companies_reached"),
        func.count(distinct(case((c.accepted, c.cvr)))).label("companies_accepted"),
    )
    return grouped(counted, calls, scope, by).where(*scope.of_facts(calls))


def _calls_in_all(scope: Scope) -> Select[Any]:
    c = calls.c
    conditions = [*scope.of_facts(calls), *scope.of_contacts(calls)]
    each = select(
        c.cvr, func.count().label("calls"), number_of(c.reached, "reached"), number_of(c.accepted, "accepted")
    )
    company = each.where(*conditions).group_by(_in_order(scope)).subquery().c
    return select(
        literal("").label("word"),
        func.sum(company.calls).label("calls"),
        func.sum(company.reached).label("calls_reached"),
        func.sum(company.accepted).label("calls_accepted"),
        func.count().label("companies_called"),
        number_of(company.reached > 0, "companies_reached"),
        number_of(company.accepted > 0, "companies_accepted"),
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


def _calls_that_led(scope: Scope, by: Dimensions) -> Select[Any]:
    """Asked apart: there are few such calls, and an index finds each of them."""
    counted = select(word_of(calls, by), func.count().label("calls_with_yield"))
    return grouped(counted, calls, scope, by).where(calls.c.call.in_(led_by("call", scope)), *scope.of_facts(calls))


def _visits(scope: Scope, by: Dimensions) -> Select[Any]:
    c = visits.c
    held = c.status == Status.HELD.value
    counted = select(
        word_of(visits, by),
        func.count().label("visits_booked"),
        number_of(held, "visits_held"),
        number_of(c.status == Status.NO_SHOW.value, "visits_no_show"),
        number_of(c.status == Status.CANCELLED.value, "visits_cancelled"),
        number_of(c.status == Status.PLANNED.value, "visits_planned"),
        number_of((c.status == Status.PLANNED.value) & (c.day < str(scope.day)), "visits_overdue"),
    )
    return grouped(counted, visits, scope, by).where(*scope.of_versions(visits))


def _yields(scope: Scope, by: Dimensions) -> Select[Any]:
    both = _from_visits(scope, by).union_all(_from_calls(scope, by)).subquery()
    return select(
        both.c.word,
        func.sum(both.c.yields).label("yields"),
        func.sum(both.c.positions).label("positions"),
        func.sum(both.c.positions_from_visits).label("positions_from_visits"),
        func.sum(both.c.visits_with_yield).label("visits_with_yield"),
    ).group_by(both.c.word)


def _from_visits(scope: Scope, by: Dimensions) -> Select[Any]:
    y, held = yields.c, visits.c.status == Status.HELD.value
    counted = select(
        word_of(visits, by),
        func.count().label("yields"),
        func.sum(y.positions).label("positions"),
        func.sum(y.positions).label("positions_from_visits"),
        func.count(distinct(y.visit)).label("visits_with_yield"),
    )
    joined = grouped(counted, visits.join(yields, y.visit == visits.c.visit), scope, by, visits)
    return joined.where(held, *scope.of_versions(visits), *scope.of_facts(yields), *scope.of_kinds())


def _from_calls(scope: Scope, by: Dimensions) -> Select[Any]:
    y = yields.c
    counted = select(
        word_of(calls, by),
        func.count().label("yields"),
        func.sum(y.positions).label("positions"),
        literal(0).label("positions_from_visits"),
        literal(0).label("visits_with_yield"),
    )
    joined = grouped(counted, calls.join(yields, y.call == calls.c.call), scope, by, calls)
    return joined.where(*scope.of_facts(calls), *scope.of_facts(yields), *scope.of_kinds())


def _mailed(scope: Scope, by: Dimensions) -> Select[Any]:
    counted = select(word_of(invitations, by), func.count(distinct(invitations.c.cvr)).label("companies_mailed"))
    return grouped(counted, invitations, scope, by).where(*scope.of_facts(invitations))


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


def grouped(
    counted: Select[*tuple[Any, ...]], source: Any, scope: Scope, by: Dimensions, contact: Table | None = None
) -> Select[Any]:
    """What was counted of these contacts, narrowed to the scope, by the groups of ``word_of``."""
    contact = source if contact is None else contact
    if not _OF_COMPANY.keys().isdisjoint(by):
        source = source.outerjoin(companies, scope.company_of(contact))
    narrowed = counted.select_from(source).where(*scope.of_contacts(contact))
    return narrowed.group_by("word") if by else narrowed


_OF_COMPANY = {"industry": companies.c.division, "size": companies.c.size_band}
OF_YIELD = {name: yields.c[name] for name in ("kind", "support_class", "sector", "target_group")}
"""Dimensions of what a contact brought; contacts themselves have none of them."""


def word_of(contact: Table, by: Dimensions) -> ColumnElement[str]:
    """The column ``word``: of which group a contact is; ``words_in`` takes it apart."""
    words = [_of(contact, each) for each in by] or [literal("")]
    return reduce(lambda so_far, word: so_far.concat(_BETWEEN).concat(word), words).label("word")


def _of(contact: Table, by: str) -> ColumnElement[str]:
    if by == "quarter":
        return _quarter(contact.c.month)
    if by in _OF_COMPANY | OF_YIELD:
        return func.coalesce(func.nullif((_OF_COMPANY | OF_YIELD)[by], ""), UNKNOWN)
    return contact.c[by]


def _quarter(month: ColumnElement[str]) -> ColumnElement[str]:
    """Of ``2013-04`` it is ``2013-Q2``."""
    number = (cast(func.substr(month, 6, 2), Integer) + 2) // 3
    return func.substr(month, 1, 4).concat("-Q").concat(cast(number, String))


def words_in(word: str, by: Dimensions) -> Words:
    """The words of a group in the column ``word``, one for each dimension."""
    return tuple(word.split(_BETWEEN)) if by else ()


def number_of(condition: ColumnElement[bool], name: str) -> Any:
    """The column of that name: of how many rows it is so."""
    return func.sum(case((condition, 1), else_=0)).label(name)


def is_maturing(group: Row, scope: Scope) -> bool:
    """Whether the period of a group, or of the report, ends less than 28 days before the day the report speaks of."""
    ends = [last_day(group[period]) for period in PERIODS if period in group]
    ends += [scope.last] if scope.last else []
    return bool(ends) and (scope.seen.day - min(ends)).days < MATURING_DAYS


PERIODS = ("week", "month", "quarter")


def first_day(period: str) -> date:
    """The first day of ``2013-W07``, of ``2013-02`` or of ``2013-Q1``."""
    if "W" in period:
        return date.fromisocalendar(int(period[:4]), int(period[6:]), 1)
    return date(int(period[:4]), int(period[6:]) * 3 - 2 if "Q" in period else int(period[5:]), 1)


def last_day(period: str) -> date:
    """The last day of ``2013-W07``, of ``2013-02`` or of ``2013-Q1``."""
    if "W" in period:
        return date.fromisocalendar(int(period[:4]), int(period[6:]), 7)
    first, months = first_day(period), 3 if "Q" in period else 1
    year, month = divmod(first.year * 12 + first.month + months - 1, 12)
    return date(year, month + 1, 1) - timedelta(days=1)
