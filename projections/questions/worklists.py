"""Worklists: what is planned for a day, and what is overdue, until an entry settles it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    Integer,
    ScalarSelect,
    Table,
    and_,
    case,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)

from domain.outcomes import Outcome, Status
from projections.engine.expressions import Expression, Query
from projections.facts.calls import calls
from projections.facts.companies import companies
from projections.facts.follow_ups import follow_ups
from projections.facts.permissions import bases, refusals
from projections.facts.starts import starts
from projections.facts.visits import visits
from projections.filters import Scope
from projections.questions.yields_by_kind import counted_yields

VISIT, CALL_BACK, FOLLOW_UP, ACCEPTED, START = ITEM_KINDS = (
    *("visit", "call-back", "follow-up", "accepted-not-booked", "start"),
)
"""The kinds of items."""
CALL_LISTS = (CALL_BACK, FOLLOW_UP, ACCEPTED)
"""The kinds that ask for a call: these never list a company that must not be contacted."""


class Item(NamedTuple):
    """One thing to do or to record. ``what`` is one of ``ITEM_KINDS``.

    ``day`` is the day it was to happen, ``days_late`` how many days ago that is. ``said`` is the status of a visit, the
    outcome of a call or the kind of a yield; ``positions`` are a yield's alone. ``entry`` is the visit, the day to
    call again, the call or the yield.
    """

    what: str
    day: str
    days_late: int
    campaign: str
    cvr: str
    company: str | None
    office: str
    region: str
    consultant: str
    said: str
    positions: int | None
    entry: str


class Worklist(NamedTuple):
    """Items by day, office and company. ``left_out``: how many companies no call list names, by reason.

    Reasons are ``asked`` (not to be contacted) and ``protected`` (from advertising, and there is no basis).
    """

    items: list[Item]
    left_out: dict[str, int]


_NO_POSITIONS: Expression = literal(None, Integer())
When = Callable[[ColumnElement[str]], ColumnElement[bool]]


def overdue(connection: Connection, scope: Scope) -> Worklist:
    """What was planned before the day of the report and is not settled.

    The filters select who has to do it; the period is that of the planned day.
    """
    late = _late(scope)
    return _listed(
        connection, scope, [_visits(scope, late), _follow_ups(scope, late), _accepted(scope), _starts(scope, late)]
    )


def due_on(connection: Connection, scope: Scope) -> Worklist:
    """What is planned for the day of the report and is not settled."""

    def that_day(day: ColumnElement[str]) -> ColumnElement[bool]:
        return day == str(scope.day)

    return _listed(
        connection, scope, [_visits(scope, that_day), _follow_ups(scope, that_day), _starts(scope, that_day)]
    )


def overdue_counts(connection: Connection, scope: Scope) -> dict[str, int]:
    """How many items ``overdue`` has of each of ``ITEM_KINDS``."""
    return counts_by_kind(overdue(connection, scope).items)


def counts_by_kind(items: Iterable[Item]) -> dict[str, int]:
    """How many there are of each of ``ITEM_KINDS``."""
    numbers = Counter(item.what for item in items)
    return {item_kind: numbers[item_kind] for item_kind in ITEM_KINDS}


def _late(scope: Scope) -> When:
    return lambda day: day < str(scope.day)


def _listed(connection: Connection, scope: Scope, parts: list[Query]) -> Worklist:
    listed = union_all(*parts).subquery("listed")
    query = select(listed, companies.c.name, _barred(listed, scope)).select_from(
        listed.outerjoin(companies, scope.company_of(listed))
    )
    order = (listed.c[name] for name in ("day", "office", "cvr", "what", "entry"))
    rows = connection.execute(query.order_by(*order)).all()
    barred = {row.cvr: row.barred for row in rows if row.barred}
    return Worklist([_item(row, scope.day) for row in rows if not row.barred], dict(Counter(barred.values())))


def _item(row: Any, today: date) -> Item:
    late = (today - date.fromisoformat(row.day)).days
    dimensions = (row.campaign, row.cvr, row.name, row.office, row.region, row.consultant)
    return Item(row.what, row.day, late, *dimensions, row.said, row.positions, row.entry)


def _barred(listed: FromClause, scope: Scope) -> Expression:
    """Why a company is in no call list: in any campaign it asked for that, or it is protected and no basis is known."""
    c, r, b, day = companies.c, refusals.c, bases.c, str(scope.day)
    refused = select(r.cvr).where(*scope.known_at(refusals), r.day <= day)
    of_that_day = (*scope.known_at(companies), c.valid_from <= day, c.valid_to > day)
    protected = select(c.cvr).where(c.advertising_protected, *of_that_day)
    allowed = select(b.campaign, b.cvr).where(*scope.known_at(bases), b.day <= day)
    called = listed.c.what.in_(CALL_LISTS)
    without = tuple_(listed.c.campaign, listed.c.cvr).not_in(allowed)
    return case(
        (called & listed.c.cvr.in_(refused), "asked"), (called & listed.c.cvr.in_(protected) & without, "protected")
    ).label("barred")


# What is to be done


def _visits(scope: Scope, on_day: When) -> Query:
    v = visits.c
    planned = (*scope.valid_at(visits), v.status == Status.PLANNED.value, on_day(v.day))
    return _row(visits, literal(VISIT), v.day, v.status, _NO_POSITIONS, v.visit).where(
        *planned, *scope.contacts_in(visits)
    )


def _follow_ups(scope: Scope, on_day: When) -> Query:
    """The call in which a day was agreed says what it is: a call-back, or another day to call again."""
    f, c = follow_ups.c, calls.c
    item_kind = case((c.outcome == Outcome.CALL_BACK.value, CALL_BACK), else_=FOLLOW_UP)
    settled = _met(scope, on_day)
    listed = _row(follow_ups, item_kind, f.due, c.outcome, _NO_POSITIONS, f.entry).select_from(
        follow_ups.join(calls, c.call == f.call).outerjoin(settled, settled.c.call == f.call)
    )
    still = (~_called_since(scope, follow_ups), ~_agreed_anew(scope), settled.c.call.is_(None))
    conditions = (*scope.facts_at(follow_ups), *scope.facts_at(calls), on_day(f.due))
    return listed.where(*conditions, *_whose(scope, follow_ups, f.due), *still)


def _accepted(scope: Scope) -> Query:
    """Those without a visit are found first, and made distinct so that SQLite looks up later calls of these few alone."""
    c, last_met, booked = calls.c, _last_met(scope), _named(scope)
    of_company = (last_met.c.campaign == c.campaign) & (last_met.c.cvr == c.cvr)
    listed = _row(calls, literal(ACCEPTED), c.day, c.outcome, _NO_POSITIONS, c.entry).add_columns(c.call)
    listed = listed.select_from(calls.outerjoin(last_met, of_company).outerjoin(booked, booked.c.call == c.call))
    without = (booked.c.call.is_(None), or_(last_met.c.day.is_(None), last_met.c.day < c.day))
    conditions = (*scope.facts_at(calls), c.accepted, c.day < str(scope.day), *scope.contacts_in(calls))
    open_ = listed.where(*conditions, *without).distinct().subquery("without")
    columns = [column for column in open_.c if column.name != "call"]
    return select(*columns).where(~_called_since(scope, open_, reached=True))


def _starts(scope: Scope, on_day: When) -> Query:
    """Starts of yields that count, for whoever had the contact to settle."""
    y = counted_yields(replace(scope, first=None, last=None)).subquery("agreed")
    settled = select(starts.c.recorded.label("id")).where(*scope.facts_at(starts)).subquery("said")
    source = y.outerjoin(settled, settled.c.id == y.c.entry)
    listed = _row(y, literal(START), y.c.starts_on, y.c.kind, y.c.positions, y.c.entry).select_from(source)
    return listed.where(settled.c.id.is_(None), on_day(y.c.starts_on), *_within(scope, y.c.starts_on))


def _row(
    contact: FromClause,
    item_kind: Expression,
    day: Expression,
    detail: Expression,
    positions: Expression,
    entry: Expression,
) -> Query:
    c = contact.c
    dimensions = (item_kind.label("what"), day.label("day"), c.campaign, c.cvr, c.office, c.region, c.consultant)
    return select(*dimensions, detail.label("said"), positions.label("positions"), entry.label("entry"))


def _whose(scope: Scope, contact: Table, day: ColumnElement[str]) -> list[ColumnElement[bool]]:
    """The filters of a contact, and the period of the item's own day."""
    return [*replace(scope, first=None, last=None).contacts_in(contact), *_within(scope, day)]


def _within(scope: Scope, day: ColumnElement[str]) -> list[ColumnElement[bool]]:
    first = [day >= str(scope.first)] if scope.first else []
    return [*first, *([day <= str(scope.last)] if scope.last else [])]


# What takes it off the list


def _called_since(scope: Scope, contact: FromClause, reached: bool = False) -> ColumnElement[bool]:
    """Whether the company was called again; ``reached``: and somebody was reached, so that this call is the latest answer.

    Of one day the call that was logged first is the earlier one, however often either was corrected.
    """
    later, since = calls.alias("later"), contact.c
    same_day = and_(later.c.day == since.day, _first_logged(later.c.call) > _first_logged(since.call))
    conditions = (later.c.cvr == since.cvr, later.c.campaign == since.campaign)
    spoken = [later.c.reached] if reached else []
    is_later = (later.c.day >= since.day, or_(later.c.day > since.day, same_day))
    return exists().where(*conditions, *is_later, *spoken, *scope.facts_at(later)).correlate(contact)


def _first_logged(call: ColumnElement[str]) -> ScalarSelect[int]:
    logged = calls.alias()
    return select(func.min(logged.c.known_from)).where(logged.c.call == call).scalar_subquery().correlate_except(logged)


def _agreed_anew(scope: Scope) -> ColumnElement[bool]:
    """Whether the day agreed in a call was later replaced by another."""
    anew = follow_ups.alias("anew")
    later = (anew.c.call == follow_ups.c.call, anew.c.known_from > follow_ups.c.known_from)
    return exists().where(*later, *scope.facts_at(anew)).correlate(follow_ups)


def _met(scope: Scope, on_day: When) -> FromClause:
    """Calls with a day to call again since which a visit was held, or agreed otherwise than in that very call.

    Asked for all at once, here and below: visits have no index by company.
    """
    v, f = visits.c, follow_ups.c
    conditions = and_(v.cvr == f.cvr, v.campaign == f.campaign)
    otherwise = and_(v.booked_on >= f.day, or_(v.call.is_(None), v.call != f.call))
    held_since = and_(v.status == Status.HELD.value, v.day >= f.day)
    query = select(f.call).select_from(visits.join(follow_ups, conditions)).where(or_(otherwise, held_since))
    return query.where(*scope.valid_at(visits), *scope.facts_at(follow_ups), on_day(f.due)).subquery("met")


def _last_met(scope: Scope) -> FromClause:
    """For each company in a campaign the last ``day`` on which a visit was agreed or held, or is planned for."""
    v = visits.c
    takes_place = v.status.in_([Status.HELD.value, Status.PLANNED.value])
    day = func.max(case((takes_place & (v.day > v.booked_on), v.day), else_=v.booked_on)).label("day")
    query = select(v.campaign, v.cvr, day).where(*scope.valid_at(visits))
    return query.group_by(v.campaign, v.cvr).subquery("met")


def _named(scope: Scope) -> FromClause:
    """Calls that a visit names as the one that booked it."""
    return select(visits.c.call).where(*scope.valid_at(visits), visits.c.call.is_not(None)).subquery("named")
