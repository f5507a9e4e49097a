"""Yields: what calls and visits brought, by kind, as a tree with its totals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Column, ColumnElement, CompoundSelect, Connection, Integer, Select, Table, func, select

from domain.outreach import Outreach
from domain.visits import Status
from domain.yield_kinds import KINDS, SUPPORT_CLASSES, Kind, children
from projections.engine.projector import ReadModel, when
from projections.engine.tables import WORD, fact_columns, metadata
from projections.facts.calls import calls
from projections.facts.visits import visits

if TYPE_CHECKING:  # a scope is made of conditions on these tables
    from projections.filters import Scope

yields = Table(
    "yields",
    metadata,
    *fact_columns(),
    Column("campaign", WORD, nullable=False, comment="slug of the campaign"),
    Column("cvr", WORD, nullable=False, comment="CVR number of the company"),
    Column("recorded_on", WORD, nullable=False, comment="day the yield was agreed; its contact has a day of its own"),
    Column("visit", WORD, index=True, comment="id of the visit it came from"),
    Column("call", WORD, index=True, comment="id of the call it came from"),
    Column("kind", WORD, nullable=False, comment="what it brought: ordinary-job, internship ..."),
    Column("support_class", WORD, nullable=False, comment="ordinary, supported, unpaid or other"),
    Column("positions", Integer, nullable=False, comment="how many places it brought"),
    Column("hours_per_week", Integer, comment="hours a week agreed"),
    Column("starts_on", WORD, comment="first day agreed; whether it began is another matter"),
    Column("weeks", Integer, comment="how many weeks were agreed"),
    Column("target_group", WORD, nullable=False, comment="whom it is for, where it was said"),
    Column("sector", WORD, nullable=False, comment="public or private, where it was said"),
    comment="What calls and visits brought: one row for each yield. Its contact says who brought it, and when.",
)


class Yields(ReadModel):
    """Rows of yields. Who brought one, and when, is said by its origin's row."""

    fact_table = yields

    @when(Outreach.YieldRecorded)
    def yield_recorded(self, e: Outreach.YieldRecorded) -> None:
        """A yield is a row that names its origin."""
        campaign, cvr = self.batch.subject(e)
        origin = {"visit": e.visit and e.visit.hex, "call": e.call and e.call.hex}
        row = {"entry": e.entry.hex, "campaign": campaign, "cvr": cvr, "recorded_on": e.at.isoformat(), **origin}
        kind = {"kind": e.kind, "support_class": KINDS[e.kind].support_class, "positions": e.positions}
        place = {"hours_per_week": e.place.hours_per_week, "weeks": e.place.weeks}
        starts = e.place.starts_on and e.place.starts_on.isoformat()
        whom = {"starts_on": starts, "target_group": e.place.target_group, "sector": e.place.sector}
        self.batch.add(yields, row | kind | place | whom)


class Amount(NamedTuple):
    """A number of yield entries, and the sum of their positions."""

    yields: int = 0
    positions: int = 0


class KindRow(NamedTuple):
    """One kind. ``yields`` and ``positions`` hold its own and those of the kinds below it, ``_own`` its own alone."""

    kind: str
    name_en: str
    name_da: str
    parent: str | None
    depth: int
    support_class: str
    yields: int
    positions: int
    yields_own: int
    positions_own: int


class YieldTree(NamedTuple):
    """Kinds that yielded something, each followed by those below it ("of which"), and totals of what is their own.

    The totals add up what each kind has of its own, so an acute job is in them once.
    """

    rows: list[KindRow]
    total: Amount
    by_support_class: dict[str, Amount]


def yields_by_kind(connection: Connection, scope: Scope, basis: str = "contact") -> YieldTree:
    """What the contacts of ``scope`` brought, by kind; ``basis`` is one of ``measures.BASES``."""
    counted = counted_yields(scope, basis).subquery().c
    query = select(counted.kind, func.count(), func.sum(counted.positions)).group_by(counted.kind)
    own = {kind: Amount(*amount) for kind, *amount in connection.execute(query)}
    by_class = {
        word: _sum(a for kind, a in own.items() if KINDS[kind].support_class == word) for word in SUPPORT_CLASSES
    }
    return YieldTree(list(_tree(own, None, 0)), _sum(own.values()), by_class)


def counted_yields(scope: Scope, basis: str = "contact") -> CompoundSelect[Any]:
    """The yields that count, each with the dimensions of its contact: the call stands, or the visit stands and was held.

    The group is always that of the contact; the period too, unless ``basis`` is "recorded".
    """
    if basis == "contact":
        return _counted(scope, ())
    first = [yields.c.recorded_on >= str(scope.first)] if scope.first else []
    last = [yields.c.recorded_on <= str(scope.last)] if scope.last else []
    return _counted(replace(scope, first=None, last=None), (*first, *last))


def _counted(scope: Scope, also: tuple[ColumnElement[bool], ...]) -> CompoundSelect[Any]:
    there = (*scope.facts_at(yields), *scope.kinds_in(), *also)
    held = (visits.c.status == Status.HELD.value, *scope.valid_at(visits), *scope.contacts_in(visits))
    called = (*scope.facts_at(calls), *scope.contacts_in(calls))
    by_visit = _with_contact(visits).join(visits, visits.c.visit == yields.c.visit).where(*held, *there)
    by_call = _with_contact(calls).join(calls, calls.c.call == yields.c.call).where(*called, *there)
    return by_visit.union_all(by_call)


def _with_contact(contact: Table) -> Select[Any]:
    c = contact.c
    own = [column for column in yields.c if column.name not in ("campaign", "cvr")]
    return select(*own, c.campaign, c.cvr, c.office, c.region, c.consultant, c.day).select_from(yields)


def _tree(own: dict[str, Amount], parent: str | None, depth: int) -> Iterator[KindRow]:
    for kind in children(parent):
        amount, alone = _sum(_below(own, kind)), own.get(kind.name, Amount())
        if amount.yields:
            names = (kind.name, kind.name_en, kind.name_da, parent, depth, kind.support_class)
            yield KindRow(*names, *amount, *alone)
            yield from _tree(own, kind.name, depth + 1)


def _below(own: dict[str, Amount], kind: Kind) -> Iterator[Amount]:
    yield own.get(kind.name, Amount())
    for child in children(kind.name):
        yield from _below(own, child)


def _sum(amounts: Any) -> Amount:
    counted = list(amounts)
    return Amount(sum(a.yields for a in counted), sum(a.positions for a in counted))
