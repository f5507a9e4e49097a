"""Entries: exactly the calls, visits, yields or letters that a count of a report counted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, func, literal, null, select, true

from domain.visits import Status
from projections.calls import calls, invitations
from projections.companies import companies
from projections.hit_rates import led_by
from projections.scope import Scope
from projections.visits import visits
from projections.yields import counted_yields


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


def entries(connection: Connection, scope: Scope, of: str) -> list[Entry]:
    """The entries that the count ``of`` (a name of ``measures.COUNTS``) counted, by day of the contact.

    As many as the figure says; of ``companies_...`` as many different companies; of ``positions`` as many in sum.
    """
    listed = _listed(scope, of)
    return [Entry(*row) for row in connection.execute(listed.order_by("day", "office", "entry"))]


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
    "calls_with_yield": lambda scope: calls.c.call.in_(led_by("call", scope)),
}
_VISITS: dict[str, Condition] = {
    "visits_booked": _every,
    "visits_held": _status(Status.HELD),
    "visits_no_show": _status(Status.NO_SHOW),
    "visits_cancelled": _status(Status.CANCELLED),
    "visits_planned": _status(Status.PLANNED),
    "visits_overdue": lambda scope: (visits.c.status == Status.PLANNED.value) & (visits.c.day < str(scope.day)),
    "visits_with_yield": lambda scope: (
        (visits.c.status == Status.HELD.value) & visits.c.visit.in_(led_by("visit", scope))
    ),
}


def _listed(scope: Scope, of: str) -> Select[Any]:
    if of == "companies_mailed":
        letter = (invitations.c.entry, literal("letter"), null(), null(), null(), null())
        return _contacts(scope, invitations, *letter).where(*scope.of_facts(invitations))
    if of in _CALLS:
        call = (calls.c.entry, literal("call"), calls.c.outcome, null(), null(), null())
        return _contacts(scope, calls, *call).where(*scope.of_facts(calls), _CALLS[of](scope))
    if of in _VISITS:
        visit = (visits.c.visit, literal("visit"), visits.c.status, null(), null(), visits.c.call)
        return _contacts(scope, visits, *visit).where(*scope.of_versions(visits), _VISITS[of](scope))
    return _yields(scope, of)


def _contacts(scope: Scope, contact: Table, *own: Any) -> Select[Any]:
    return _row(scope, contact, *own).where(*scope.of_contacts(contact))


def _yields(scope: Scope, of: str) -> Select[Any]:
    counted = counted_yields(scope).subquery("counted")
    y = counted.c
    origin = func.coalesce(y.visit, y.call)
    listed = _row(scope, counted, y.entry, literal("yield"), y.kind, y.positions, y.recorded_on, origin)
    return listed.where(y.visit.is_not(None)) if of == "positions_from_visits" else listed


def _row(scope: Scope, contact: FromClause, entry: Any, what: Any, said: Any, *rest: Any) -> Select[Any]:
    c = contact.c
    group = (c.office, c.region, c.consultant)
    labels = ("positions", "recorded_on", "origin")
    own = (column.label(name) for column, name in zip(rest, labels, strict=True))
    columns = (entry.label("entry"), what.label("what"), c.day, c.campaign, c.cvr, companies.c.name.label("company"))
    joined = contact.outerjoin(companies, scope.company_of(contact))
    return select(*columns, *group, said.label("said"), *own).select_from(joined)
