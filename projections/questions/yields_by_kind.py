"""Yields by kind: what calls and visits brought, as a tree with its totals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, CompoundSelect, Connection, Table, func, select

from domain.outcomes import Status
from domain.yield_kinds import KINDS, SUPPORT_CLASSES, Kind, children
from projections.engine.expressions import Query
from projections.facts.calls import calls
from projections.facts.visits import visits
from projections.facts.yields import yields
from projections.filters import Scope


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
    columns = counted_yields(scope, basis).subquery().c
    query = select(columns.kind, func.count(), func.sum(columns.positions)).group_by(columns.kind)
    own_amounts = {kind: Amount(*amount) for kind, *amount in connection.execute(query)}
    by_class = {
        word: _sum(a for kind, a in own_amounts.items() if KINDS[kind].support_class == word)
        for word in SUPPORT_CLASSES
    }
    return YieldTree(list(_tree(own_amounts, None, 0)), _sum(own_amounts.values()), by_class)


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
    conditions = (*scope.facts_at(yields), *scope.kinds_in(yields), *also)
    visit_conditions = (visits.c.status == Status.HELD.value, *scope.valid_at(visits), *scope.contacts_in(visits))
    called = (*scope.facts_at(calls), *scope.contacts_in(calls))
    by_visit = (
        _with_contact(visits).join(visits, visits.c.visit == yields.c.visit).where(*visit_conditions, *conditions)
    )
    by_call = _with_contact(calls).join(calls, calls.c.call == yields.c.call).where(*called, *conditions)
    return by_visit.union_all(by_call)


def _with_contact(contact: Table) -> Query:
    c = contact.c
    columns = [column for column in yields.c if column.name not in ("campaign", "cvr")]
    return select(*columns, c.campaign, c.cvr, c.office, c.region, c.consultant, c.day).select_from(yields)


def _tree(own_amounts: dict[str, Amount], parent: str | None, depth: int) -> Iterator[KindRow]:
    for kind in children(parent):
        amount, alone = _sum(_below(own_amounts, kind)), own_amounts.get(kind.name, Amount())
        if amount.yields:
            names = (kind.name, kind.name_en, kind.name_da, parent, depth, kind.support_class)
            yield KindRow(*names, *amount, *alone)
            yield from _tree(own_amounts, kind.name, depth + 1)


def _below(own_amounts: dict[str, Amount], kind: Kind) -> Iterator[Amount]:
    yield own_amounts.get(kind.name, Amount())
    for child in children(kind.name):
        yield from _below(own_amounts, child)


def _sum(amounts: Iterable[Amount]) -> Amount:
    amount_list = list(amounts)
    return Amount(sum(a.yields for a in amount_list), sum(a.positions for a in amount_list))
