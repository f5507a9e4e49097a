"""Hit rates per visit and per call, with every count they rest on, in total or by a dimension."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce

from sqlalchemy import (
    CTE,
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    String,
    case,
    cast,
    distinct,
    func,
    literal,
    select,
)

from domain.outcomes import Status
from projections.engine.expressions import Expression, Query, Unindexed
from projections.facts.calls import calls, invitations
from projections.facts.campaigns import enrolments
from projections.facts.companies import companies
from projections.facts.visits import visits
from projections.facts.yields import yields
from projections.filters import Scope
from projections.measures import COUNTS, PROVISIONAL_DAYS, UNKNOWN, Row, with_rates
from projections.periods import PERIODS, Period

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
    return [_row(scope, by, words, groups[words]) for words in sorted(groups, key=lambda words: sort_key(by, words))]


def amounts(connection: Connection, scope: Scope, by: Dimensions) -> dict[Words, Row]:
    """``yields``, ``positions`` and ``positions_from_visits`` by groups of contacts, of yields (``OF_YIELD``), or both.

    A group is its words, one for each dimension. A kind has its own, without what is below it in the tree.
    """
    groups: dict[Words, Row] = {}
    _gather(connection, _yields(scope, by), by, groups)
    return groups


def _gather(connection: Connection, part: Query, by: Dimensions, groups: dict[Words, Row]) -> None:
    for row in connection.execute(part).mappings():
        groups.setdefault(group_words(row["word"], by), {}).update({k: v for k, v in row.items() if k != "word"})


def total_of(connection: Connection, scope: Scope, rows: Sequence[Row]) -> Row:
    """The row for all, from the rows of any one dimension: their sums, and each company counted once.

    Equal to ``hit_rates`` without a dimension, and several times as fast on a long history.
    """
    counts: Row = {name: sum(row[name] for row in rows) for name in COUNTS}
    for part in (_calls_in_all(scope), _mailed(scope, ())):
        counts.update(connection.execute(part).mappings().one())
    return _row(scope, (), (), counts)


def sort_key(by: Dimensions, words: Words) -> list[tuple[int, str]]:
    """What groups are put in order by: words in their own order, sizes by number (2-4 before 10-19), unknown last."""
    return [_place(*pair) for pair in zip(by, words, strict=True)]


def _place(by: str, word: str) -> tuple[int, str]:
    number = word.partition("-")[0].rstrip("+") if by == "size" else ""
    return (10**9 if word == UNKNOWN else int(number) if number.isdigit() else 0), word


def _row(scope: Scope, by: Dimensions, words: Words, counts: Row) -> Row:
    row = with_rates({name: int(counts.get(name) or 0) for name in COUNTS})  # a sum of sums is a Decimal on PostgreSQL
    group = dict(zip(by, words, strict=True))
    return group | row | {"maturing": is_provisional(group, scope)}


def _named_groups(connection: Connection, scope: Scope, by: Dimensions) -> Iterator[Words]:
    """Groups that have a row although nothing was logged there: the total, and enrolled offices."""
    if not by:
        yield ()
    if by in (("office",), ("region",)):
        offices = enrolments.c
        query = select(offices[by[0]]).where(*scope.known_at(enrolments))
        query = query.where(offices.campaign == scope.campaign) if scope.campaign else query
        query = query.where(offices.office.in_(scope.offices)) if scope.offices else query
        query = query.where(offices.region.in_(scope.regions)) if scope.regions else query
        yield from ((word,) for word in connection.execute(query.distinct()).scalars())


def _calls(scope: Scope, by: Dimensions) -> Query:
    """Calls and the companies called. In all, they are gathered by company first, which an index has in order."""
    c = calls.c
    if not by:
        return _calls_in_all(scope)
    columns = select(
        group_column(calls, by),
        func.count().label("calls"),
        count_if(c.reached, "calls_reached"),
        count_if(c.accepted, "calls_accepted"),
        func.count(distinct(c.cvr)).label("companies_called"),
        func.count(distinct(case((c.reached, c.cvr)))).label("companies_reached"),
        func.count(distinct(case((c.accepted, c.cvr)))).label("companies_accepted"),
    )
    return by_group(columns, calls, scope, by).where(*scope.facts_at(calls))


def _calls_in_all(scope: Scope) -> Query:
    c = calls.c
    conditions = [*scope.facts_at(calls), *scope.contacts_in(calls)]
    per_company = select(
        c.cvr, func.count().label("calls"), count_if(c.reached, "reached"), count_if(c.accepted, "accepted")
    )
    company = per_company.where(*conditions).group_by(_in_order(scope)).subquery().c
    return select(
        literal("").label("word"),
        func.sum(company.calls).label("calls"),
        func.sum(company.reached).label("calls_reached"),
        func.sum(company.accepted).label("calls_accepted"),
        func.count().label("companies_called"),
        count_if(company.reached > 0, "companies_reached"),
        count_if(company.accepted > 0, "companies_accepted"),
    )


def _in_order(scope: Scope) -> ColumnElement[str]:
    """The company, taken from the index where that says all; SQLite leaves an index alone for what has a plus.

    To look up every row in the order of companies takes ten times as long as to read all and sort.
    """
    looked_up = scope.offices or scope.regions or scope.consultants or scope.known is not None
    return Unindexed(calls.c.cvr) if looked_up else calls.c.cvr


def _calls_that_led(scope: Scope, by: Dimensions) -> Query:
    """A query of its own: there are few such calls, and an index finds each of them."""
    columns = select(group_column(calls, by), func.count().label("calls_with_yield"))
    return by_group(columns, calls, scope, by).where(
        calls.c.call.in_(contacts_with_yield("call", scope)), *scope.facts_at(calls)
    )


def _visits(scope: Scope, by: Dimensions) -> Query:
    c = visits.c
    is_held = c.status == Status.HELD.value
    columns = select(
        group_column(visits, by),
        func.count().label("visits_booked"),
        count_if(is_held, "visits_held"),
        count_if(c.status == Status.NO_SHOW.value, "visits_no_show"),
        count_if(c.status == Status.CANCELLED.value, "visits_cancelled"),
        count_if(c.status == Status.PLANNED.value, "visits_planned"),
        count_if((c.status == Status.PLANNED.value) & (c.day < str(scope.day)), "visits_overdue"),
    )
    return by_group(columns, visits, scope, by).where(*scope.valid_at(visits))


def _yields(scope: Scope, by: Dimensions) -> Query:
    yield_rows = _from_visits(scope, by).union_all(_from_calls(scope, by)).subquery()
    return select(
        yield_rows.c.word,
        func.sum(yield_rows.c.yields).label("yields"),
        func.sum(yield_rows.c.positions).label("positions"),
        func.sum(yield_rows.c.positions_from_visits).label("positions_from_visits"),
        func.sum(yield_rows.c.visits_with_yield).label("visits_with_yield"),
    ).group_by(yield_rows.c.word)


def _from_visits(scope: Scope, by: Dimensions) -> Query:
    y, is_held = yields.c, visits.c.status == Status.HELD.value
    columns = select(
        group_column(visits, by),
        func.count().label("yields"),
        func.sum(y.positions).label("positions"),
        func.sum(y.positions).label("positions_from_visits"),
        func.count(distinct(y.visit)).label("visits_with_yield"),
    )
    joined = by_group(columns, visits.join(yields, y.visit == visits.c.visit), scope, by, visits)
    return joined.where(is_held, *scope.valid_at(visits), *scope.facts_at(yields), *scope.kinds_in(yields))


def _from_calls(scope: Scope, by: Dimensions) -> Query:
    y = yields.c
    columns = select(
        group_column(calls, by),
        func.count().label("yields"),
        func.sum(y.positions).label("positions"),
        literal(0).label("positions_from_visits"),
        literal(0).label("visits_with_yield"),
    )
    joined = by_group(columns, calls.join(yields, y.call == calls.c.call), scope, by, calls)
    return joined.where(*scope.facts_at(calls), *scope.facts_at(yields), *scope.kinds_in(yields))


def _mailed(scope: Scope, by: Dimensions) -> Query:
    columns = select(group_column(invitations, by), func.count(distinct(invitations.c.cvr)).label("companies_mailed"))
    return by_group(columns, invitations, scope, by).where(*scope.facts_at(invitations))


def contacts_with_yield(contact: str, scope: Scope) -> Query:
    """The calls, or the held visits, that led to a yield."""
    origins = _origins(scope)
    return select(origins.c[contact]).where(origins.c[contact].is_not(None))


def _origins(scope: Scope) -> CTE:
    """For every yield the visit it came from, if it was held, and the call that led to it: ``visit``, ``call``."""
    v, y = visits.c, yields.c
    is_held = [*scope.valid_at(visits), v.status == Status.HELD.value]
    effective = scope.facts_at(yields) + scope.kinds_in(yields)
    by_visit = select(v.visit, v.call).join(yields, y.visit == v.visit).where(*is_held, *effective)
    by_call = select(literal(None, v.visit.type).label("visit"), y.call).where(y.call.is_not(None), *effective)
    return by_visit.union_all(by_call).cte("origins")


def by_group(
    columns: Query, source: FromClause, scope: Scope, by: Dimensions, contact: FromClause | None = None
) -> Query:
    """What was counted of these contacts, narrowed to the scope, by the groups of ``word_of``."""
    contact = source if contact is None else contact
    if not _OF_COMPANY.keys().isdisjoint(by):
        source = source.outerjoin(companies, scope.company_of(contact))
    narrowed = columns.select_from(source).where(*scope.contacts_in(contact))
    return narrowed.group_by("word") if by else narrowed


_OF_COMPANY = {"industry": companies.c.division, "size": companies.c.size_band}
OF_YIELD = {name: yields.c[name] for name in ("kind", "support_class", "sector", "target_group")}
"""Dimensions of what a contact brought; contacts themselves have none of them."""


def group_column(contact: FromClause, by: Dimensions) -> ColumnElement[str]:
    """The column ``word``: of which group a contact is; ``words_in`` takes it apart."""
    words = [_of(contact, dimension) for dimension in by] or [literal("")]
    return reduce(lambda so_far, word: so_far.concat(_BETWEEN).concat(word), words).label("word")


def _of(contact: FromClause, by: str) -> ColumnElement[str]:
    if by == "quarter":
        return _quarter(contact.c.month)
    if by in _OF_COMPANY | OF_YIELD:
        return func.coalesce(func.nullif((_OF_COMPANY | OF_YIELD)[by], ""), UNKNOWN)
    return contact.c[by]


def _quarter(month: ColumnElement[str]) -> ColumnElement[str]:
    """Of ``2013-04`` it is ``2013-Q2``."""
    number = (cast(func.substr(month, 6, 2), Integer) + 2) // 3
    return func.substr(month, 1, 4).concat("-Q").concat(cast(number, String))


def group_words(word: str, by: Dimensions) -> Words:
    """The words of a group in the column ``word``, one for each dimension."""
    return tuple(word.split(_BETWEEN)) if by else ()


def count_if(condition: ColumnElement[bool], name: str) -> Expression:
    """The column of that name: of how many rows it is so."""
    return func.sum(case((condition, 1), else_=0)).label(name)


def is_provisional(group: Row, scope: Scope) -> bool:
    """Whether the period of a group, or of the report, ends less than 28 days before the day the report speaks of."""
    ends = [Period.named(group[period]).last for period in PERIODS if period in group]
    ends += [scope.last] if scope.last else []
    return bool(ends) and (scope.not_after_today.day - min(ends)).days < PROVISIONAL_DAYS
