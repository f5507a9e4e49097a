"""Entries: exactly the calls, visits, yields or letters that a count of a report counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Table, func, literal, null, select, true

from domain.outcomes import Status
from projections.engine.expressions import Expression, Query
from projections.facts.calls import calls, invitations
from projections.facts.companies import companies
from projections.facts.visits import visits
from projections.filters import Scope
from projections.questions.hit_rates import contacts_with_yield
from projections.questions.yields_by_kind import counted_yields


class Entry(NamedTuple):
    """One entry. ``said`` is the outcome of a call, the status of a visit or the kind of a yield.

    ``day`` and the group are those of the contact; ``recorded_on`` and ``positions`` are a yield's alone.
    ``origin`` is the id of the call or visit a yield came from, or of the call that booked a visit.
    """

    entry: str
    what: str
    day: str
    campaign: str
    cvr: str
    company: str | None
    office: str
    region: str
    consultant: str
    said: str | None
    positions: int | None
    recorded_on: str | None
    origin: str | None


def entries(connection: Connection, scope: Scope, count: str, basis: str = "contact") -> list[Entry]:
    """The entries that a ``count`` (a name of ``measures.COUNTS``) counted, by day of the contact.

    As many as the figure says; of ``companies_...`` as many different companies; of ``positions`` as many in sum.
    ``basis``: what the period means for yields, one of ``measures.BASES``; contacts have a day of their own only.
    """
    listed = counted_entries(scope, count, basis).subquery("listed")
    columns = [companies.c.name if name == "company" else listed.c[name] for name in Entry._fields]
    query = select(*columns).select_from(listed.outerjoin(companies, scope.company_of(listed)))
    return [
        Entry(*row) for row in connection.execute(query.order_by(*(listed.c[n] for n in ("day", "office", "entry"))))
    ]


def counted_entries(scope: Scope, count: str, basis: str = "contact") -> Query:
    """The rows a ``count`` counted, with the columns of ``Entry`` but the company's name, and ``thing``.

    ``thing`` is the call's id, the same however often the call was corrected; of all others, the entry.
    ``companies_...`` are as many as there are different ``cvr``; ``positions...`` the sum of ``positions``; all
    others as many as there are rows.
    """
    if count == "companies_mailed":
        letter = (invitations.c.entry, literal("letter"), null(), null(), null(), null())
        return _contacts(scope, invitations, *letter).where(*scope.facts_at(invitations))
    if count in _CALLS:
        call = (calls.c.entry, literal("call"), calls.c.outcome, null(), null(), null())
        return _contacts(scope, calls, *call, thing=calls.c.call).where(*scope.facts_at(calls), _CALLS[count](scope))
    if count in _VISITS:
        visit = (visits.c.visit, literal("visit"), visits.c.status, null(), null(), visits.c.call)
        return _contacts(scope, visits, *visit).where(*scope.valid_at(visits), _VISITS[count](scope))
    return _yields(scope, count, basis)


Condition = Callable[[Scope], ColumnElement[bool]]


def _every(_: Scope) -> ColumnElement[bool]:
    return true()


def _status(status: Status) -> Condition:
    return lambda _: visits.c.status == status.value


_CALLS: dict[str, Condition] = {
    "calls": _every,
    "companies_called": _every,
    "calls_reached": lambda _: calls.c.reached,
    "companies_reached": lambda _: calls.c.reached,
    "calls_accepted": lambda _: calls.c.accepted,
    "companies_accepted": lambda _: calls.c.accepted,
    "calls_with_yield": lambda scope: calls.c.call.in_(contacts_with_yield("call", scope)),
}
_VISITS: dict[str, Condition] = {
    "visits_booked": _every,
    "visits_held": _status(Status.HELD),
    "visits_no_show": _status(Status.NO_SHOW),
    "visits_cancelled": _status(Status.CANCELLED),
    "visits_planned": _status(Status.PLANNED),
    "visits_overdue": lambda scope: (visits.c.status == Status.PLANNED.value) & (visits.c.day < str(scope.day)),
    "visits_with_yield": lambda scope: (
        (visits.c.status == Status.HELD.value) & visits.c.visit.in_(contacts_with_yield("visit", scope))
    ),
}


def _contacts(scope: Scope, contact: Table, *columns: Expression, thing: Expression | None = None) -> Query:
    return _row(contact, *columns, thing=thing).where(*scope.contacts_in(contact))


def _yields(scope: Scope, count: str, basis: str) -> Query:
    y = counted_yields(scope, basis).subquery("counted").c
    origin = func.coalesce(y.visit, y.call)
    listed = _row(y.entry.table, y.entry, literal("yield"), y.kind, y.positions, y.recorded_on, origin)
    return listed.where(y.visit.is_not(None)) if count == "positions_from_visits" else listed


def _row(
    contact: FromClause,
    entry: Expression,
    entry_type: Expression,
    detail: Expression,
    *more_columns: Expression,
    thing: Expression | None = None,
) -> Query:
    c = contact.c
    labels = ("positions", "recorded_on", "origin")
    labelled = (column.label(name) for column, name in zip(more_columns, labels, strict=True))
    dimensions = (c.day, c.campaign, c.cvr, c.office, c.region, c.consultant)
    thing_column = (entry if thing is None else thing).label("thing")
    return select(
        entry.label("entry"), thing_column, entry_type.label("what"), *dimensions, detail.label("said"), *labelled
    )
