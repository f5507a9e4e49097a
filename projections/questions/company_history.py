"""Company history: the registered facts of companies by day, and which entries are retracted."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from sqlalchemy import Connection, func, select

from projections.engine.expressions import in_list
from projections.engine.retractions import retractions
from projections.engine.tables import ALWAYS, days
from projections.facts.companies import companies
from projections.filters import Scope
from projections.measures import UNKNOWN


class RegisteredFacts(NamedTuple):
    """The registered facts of a company from ``since`` until the day before ``until``, days as text."""

    since: str
    until: str
    division: str
    size_band: str


class RegisteredCompany(NamedTuple):
    """A company as registered: its latest name, which is empty for a sole trader, and its facts by period."""

    name: str
    periods: list[RegisteredFacts]

    def on(self, day: date) -> tuple[str, str]:
        """Division and size band on that day, ``measures.UNKNOWN`` for each that is not registered."""
        facts = next((p for p in self.periods if p.since <= day.isoformat() < p.until), None)
        return (facts and facts.division) or UNKNOWN, (facts and facts.size_band) or UNKNOWN


NOT_REGISTERED = RegisteredCompany("", [])


def registered_companies(connection: Connection, scope: Scope, cvrs: Iterable[str]) -> dict[str, RegisteredCompany]:
    """The known facts of these companies, by CVR number; companies of no register are left out."""
    c, companies_by_cvr = companies.c, dict[str, RegisteredCompany]()
    query = select(c.cvr, c.name, c.valid_from, c.valid_to, c.division, c.size_band)
    for cvr, name, *period in connection.execute(query.where(in_list(c.cvr, cvrs), *scope.known_at(companies))):
        company = companies_by_cvr.setdefault(cvr, RegisteredCompany("", []))
        company.periods.append(RegisteredFacts(*period))
        if period[1] == ALWAYS:
            companies_by_cvr[cvr] = company._replace(name=name)
    return companies_by_cvr


def retracted_entries(connection: Connection, until: int) -> dict[str, str]:
    """The entries that are retracted at position ``until``, each with its retraction, as ids."""
    r = retractions.c
    targets: dict[str, str] = {}
    retracted_by: dict[str, str] = {}
    for entry, target in connection.execute(
        select(r.entry, r.target).where(r.position <= until).order_by(r.position, r.entry)
    ):
        targets[entry] = target
        retracted_by[target] = entry
        if target in targets:  # it retracted a retraction, whose target is therefore effective again
            retracted_by.pop(targets[target], None)
    return retracted_by


def recorded_day(connection: Connection, position: int) -> date:
    """The day in Copenhagen on which that position was recorded; the first of all days for an empty log."""
    day = connection.execute(select(func.min(days.c.day)).where(days.c.position >= position)).scalar()
    return date.fromisoformat(day) if day else date.min
