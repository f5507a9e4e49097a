"""Filters: which contacts a report counts, in which period and as known when, as conditions on tables."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, exists, func, select

from domain.yield_kinds import with_children
from projections.engine.expressions import in_list
from projections.engine.tables import ALWAYS, STILL_KNOWN, days, happened_column
from projections.facts.companies import companies
from projections.measures import UNKNOWN
from projections.periods import PERIODS, Period


@dataclass(frozen=True)
class Scope:
    """Which contacts count. An empty filter admits all; several words of one filter are alternatives.

    ``industries`` and ``sizes`` may name the group ``measures.UNKNOWN``; a word of ``kinds`` may be a support class.
    ``first`` and ``last``: the period, days of the contact, both included. ``as_of``: only what had happened by the
    end of that day. ``known``: only what was logged up to that position. ``today``: the day of the report.
    ``left_out``: how many entries of each unknown kind the report does not count. ``cvrs``: only these companies.
    """

    today: date
    campaign: str | None = None
    offices: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    consultants: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    sizes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    first: date | None = None
    last: date | None = None
    as_of: date | None = None
    known: int | None = None
    left_out: tuple[tuple[str, int], ...] = ()
    cvrs: frozenset[str] | None = None

    @property
    def day(self) -> date:
        """The day of the report: ``as_of``, or today."""
        return self.as_of or self.today

    @property
    def not_after_today(self) -> Scope:
        """The same with ``as_of`` no later than ``today``: what is known on a day cannot have happened after it.

        Questions about elapsed time (a pace, whether a week is provisional) use this one.
        """
        return replace(self, as_of=min(self.as_of, self.today)) if self.as_of else self

    def within(self, by: str, word: str) -> Scope:
        """The same narrowed to the group ``word`` of the dimension ``by``, as a report by ``by`` counts it.

        A period is clipped to that of the scope; of kinds and support classes those remain that both let through.
        Raises ``KeyError`` for a dimension that no report can be narrowed by.
        """
        if by in PERIODS:
            first, last = Period.named(word).clipped(self.first, self.last)
            return replace(self, first=first, last=last)
        if by in ("kind", "support_class"):
            kinds = with_children(word)
            return replace(self, kinds=tuple(sorted(kinds & self._kinds if self.kinds else kinds)))
        if by == "campaign":
            return replace(self, campaign=word)
        narrowed: dict[str, Any] = {_FILTERS[by]: (word,)}
        return replace(self, **narrowed)

    def admits(self, office: str | None, region: str | None, kind: str | None) -> bool:
        """Whether the filters admit a target or a forecast of this office, region and kind.

        The region of an office is the one it is in; a kind is admitted with the kinds below it.
        """
        filters = ((office, self.offices), (region, self.regions), (kind, self._kinds))
        return all(word in words for word, words in filters if words)

    @property
    def _kinds(self) -> frozenset[str]:
        return frozenset[str]().union(*map(with_children, self.kinds))

    def facts_at(self, table: FromClause) -> list[ColumnElement[bool]]:
        """Conditions on a table of facts: known at ``known``, and happened by ``as_of``."""
        happened = [happened_column(table) <= str(self.as_of)] if self.as_of else []
        return [*self.known_at(table), *self.companies_in(table), *happened]

    def companies_in(self, table: FromClause) -> list[ColumnElement[bool]]:
        """Conditions on a table with companies: those of ``cvrs``."""
        return [] if self.cvrs is None else [in_list(table.c.cvr, self.cvrs)]

    def known_at(self, table: FromClause) -> list[ColumnElement[bool]]:
        """Conditions on any table: known at ``known``, or now."""
        if self.known is None:
            return [table.c.known_to == STILL_KNOWN]
        return [table.c.known_from <= self.known, table.c.known_to > self.known]

    def valid_at(self, table: FromClause) -> list[ColumnElement[bool]]:
        """Conditions on a bitemporal table: valid on ``as_of``, or last, and known at ``known``."""
        conditions = [*self.known_at(table), *self.companies_in(table)]
        if self.as_of is None:
            return [*conditions, table.c.valid_to == ALWAYS]
        day = str(self.as_of)
        return [*conditions, table.c.valid_from <= day, table.c.valid_to > day]

    def contacts_in(self, table: FromClause) -> list[ColumnElement[bool]]:
        """Conditions on a table with the dimensions of a contact: the filters and the period."""
        c = table.c
        chosen = [(c.office, self.offices), (c.region, self.regions), (c.consultant, self.consultants)]
        conditions: list[ColumnElement[bool]] = [column.in_(words) for column, words in chosen if words]
        conditions += [c.campaign == self.campaign] if self.campaign else []
        conditions += [c.day >= str(self.first)] if self.first else []
        conditions += [c.day <= str(self.last)] if self.last else []
        return conditions + self._of_company(table)

    def _of_company(self, table: FromClause) -> list[ColumnElement[bool]]:
        filters = ((companies.c.division, self.industries), (companies.c.size_band, self.sizes))
        return [self._in_groups(table, fact, words) for fact, words in filters if words]

    def _in_groups(self, table: FromClause, fact: ColumnElement[str], words: tuple[str, ...]) -> ColumnElement[bool]:
        """Whether the company is in one of these groups; it is in the unknown one when it is in no other."""
        if UNKNOWN in words:
            return ~exists().where(self.company_of(table), fact.not_in(["", *words])).correlate(table)
        return exists().where(self.company_of(table), fact.in_(words)).correlate(table)

    def company_of(self, table: FromClause) -> ColumnElement[bool]:
        """Joins a contact to the facts of its company on the day of the contact."""
        c = companies.c
        on = (c.cvr == table.c.cvr) & (c.valid_from <= table.c.day) & (c.valid_to > table.c.day)
        for condition in self.known_at(companies):
            on &= condition
        return on

    def kinds_in(self, yields: FromClause) -> list[ColumnElement[bool]]:
        """Conditions on yields: the kinds of the filter, each with the kinds below it."""
        return [yields.c.kind.in_(sorted(self._kinds))] if self.kinds else []


_FILTERS = {
    "office": "offices",
    "region": "regions",
    "consultant": "consultants",
    "industry": "industries",
    "size": "sizes",
}
"""Dimensions, and the filter that narrows a report to one of their groups."""


def position_on(connection: Connection, day: date) -> int:
    """The last position recorded by the end of that day in Copenhagen; 0 when nothing was."""
    return connection.execute(select(func.max(days.c.position)).where(days.c.day <= str(day))).scalar() or 0


def last_recorded_day(connection: Connection) -> date | None:
    """The last day, in Copenhagen, on which anything was recorded; None when nothing was."""
    day = connection.execute(select(func.max(days.c.day))).scalar()
    return date.fromisoformat(day) if day else None
