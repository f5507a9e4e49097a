"""Suppression in tables: the constraints between their figures, and rows without the suppressed ones."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from campaign.disclosure.cells import Earlier, Figures
from campaign.disclosure.suppression import disclosed as disclosed_cells
from campaign.disclosure.suppression import suppressed
from campaign.publishing.totals.table import Group, Place, Row, Table
from domain.yield_kinds import KINDS
from projections.measures import RATES, RATIOS

if TYPE_CHECKING:
    from campaign.disclosure.cells import Earlier, Figures

Sum = tuple[Place, tuple[Place, ...]]

_SETTLED = ("visits_held", "visits_no_show", "visits_cancelled", "visits_planned")
_ORDERS = (
    ("calls_reached", "calls"),
    ("calls_accepted", "calls_reached"),
    ("companies_called", "calls"),
    ("companies_reached", "companies_called"),
    ("companies_reached", "calls_reached"),
    ("companies_accepted", "companies_reached"),
    ("companies_accepted", "calls_accepted"),
    ("calls_with_yield", "calls"),
    ("visits_overdue", "visits_planned"),
    ("visits_with_yield", "visits_held"),
    ("visits_with_yield", "yields"),
    ("visits_with_yield", "positions_from_visits"),
    ("yields", "positions"),
    ("positions_from_visits", "positions"),
    ("yields_own", "positions_own"),
)
"""Pairs of counts of which the first never exceeds the second, by definition (measures.md)."""
_STEPS = (
    ("calls", "companies_called", "calls_reached", "companies_reached"),
    ("calls_reached", "companies_reached", "calls_accepted", "companies_accepted"),
)
"""Calls and companies, each of all and of those with a better outcome: a company without that outcome has at least one call."""
_SUBSETS = (("companies_called", "companies_reached"), ("companies_reached", "companies_accepted"))
"""Pairs of counts of companies of which the second is of a subset: fewer of them are in several groups."""
Bound = tuple[tuple[Place, ...], tuple[Place, ...]]


class Published(NamedTuple):
    """Tables that were published: their true figures, and the figures they suppressed."""

    tables: Sequence[Table]
    suppressed: frozenset[Place]


def suppress(tables: Sequence[Table], below: int, earlier: Published | None = None) -> list[Table]:
    """The tables with every small figure, and the secondary ones, suppressed wherever they occur.

    A figure is small from 1 to ``below`` - 1. ``earlier`` is a published file that readers have as well. A rate is
    suppressed with its base. Raises ``CannotBeProtected``.
    """
    if below < 2:
        return list(tables)

    suppressed_keys = suppressed(figures_of(tables), below, _earlier(earlier) if earlier else None)
    return with_suppressed(tables, cast("frozenset[Place]", suppressed_keys))


def disclosed(
    tables: Sequence[Table], suppressed: frozenset[Place], below: int, earlier: Published | None
) -> list[Place]:
    """The small figures that can be derived from the tables when exactly these figures are suppressed."""
    if below < 2:
        return []

    figures = figures_of(tables)
    disclosed_keys = disclosed_cells(
        figures, suppressed & figures.values.keys(), below, _earlier(earlier) if earlier else None
    )
    return [place for place in cast("dict[Place, int]", figures.values) if place in disclosed_keys]


def _earlier(published: Published) -> Earlier:
    figures = figures_of(published.tables)
    return Earlier(figures, published.suppressed & figures.values.keys())


def with_suppressed(tables: Iterable[Table], suppressed: frozenset[Place]) -> list[Table]:
    """The tables with these figures suppressed, and the rates and ratios based on them."""
    return [replace(table, rows=tuple(_without(table, row, suppressed) for row in table.rows)) for table in tables]


def _without(table: Table, row: Row, suppressed: frozenset[Place]) -> Row:
    counts = {name for name in table.counts if place(table, row, name) in suppressed}
    rates = {name for name in (*table.rates, *table.ratios) if counts & _base(name)}
    suppressed_figures = {f"{rate}{end}" for rate in rates for end in ("", "_low", "_high")} | counts
    return {name: None if name in suppressed_figures else value for name, value in row.items()} | {
        "hidden": [name for name in table.figures if name in suppressed_figures]
    }


def _base(rate: str) -> set[str]:
    numerator, parts = (RATES | RATIOS)[rate]
    return {numerator, *parts}


def place(table: Table, row: Row, count: str) -> Place:
    """The place of a figure."""
    return table.group(row), count


def figures_of(tables: Sequence[Table]) -> Figures:
    """The counts of all these tables, each once, and the constraints between them that every reader knows."""
    values: dict[Place, int] = {
        place(table, row, name): row[name]
        for table in tables
        for row in table.rows
        for name in table.counts
        if row[name] is not None
    }
    sums = [item for table in tables for item in _sums(table) if values.keys() >= {item[0], *item[1]}]
    sums += _sums_of_classes(values)
    orders = [item for table in tables for item in _orders(table) if values.keys() >= set(item)]
    unions = [item for table in tables for item in _over_groups(table, _of_companies(table)) if item[0] in values]
    bounds = [item for table in tables for item in _bounds(table) if values.keys() >= {*item[0], *item[1]}]
    orders += [item for table in tables for item in _all_overdue(table)]
    people = frozenset(item for item in values if any(by == "target_group" for by, _ in item[0]))
    keyed: dict[Hashable, int] = dict(values.items())
    return Figures(keyed, _once(sums), _once(orders), _once(unions), _once(bounds), people)


def _sums_of_classes(values: Mapping[Place, int]) -> Iterator[Sum]:
    """A support class is the sum of its kinds, where one table is by class and another by kind."""
    for group, count in values:
        others = dict(group)
        word = others.pop("support_class", None)
        if word and "kind" not in others and count in ("yields", "positions"):
            kinds = (name for name, kind in KINDS.items() if kind.support_class == word)
            parts = ((frozenset([*others.items(), ("kind", kind)]), f"{count}_own") for kind in kinds)
            if present := tuple(part for part in parts if part in values):
                yield (group, count), present


def _once(items: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return list(dict.fromkeys(items))


def _of_companies(table: Table) -> list[str]:
    """Counts of distinct companies, whose total can be less than the sum of its parts."""
    return [name for name in table.counts if name.startswith("companies_")]


def _sums(table: Table) -> Iterator[Sum]:
    """Sums over the words of a dimension, over kinds and those below them, and over the statuses of visits."""
    companies = _of_companies(table)
    yield from _over_groups(table, [name for name in table.counts if name not in companies])
    for row in table.rows:
        if "visits_booked" in table.counts:
            yield place(table, row, "visits_booked"), tuple(place(table, row, name) for name in _SETTLED)


def _orders(table: Table) -> Iterator[tuple[Place, Place]]:
    for row in table.rows:
        for less, more in _ORDERS:
            if less in table.counts and more in table.counts:
                yield place(table, row, less), place(table, row, more)


def _all_overdue(table: Table) -> Iterator[tuple[Place, Place]]:
    """In a period that is over every planned visit is overdue, and readers know it; so wherever the two are equal."""
    for row in table.rows if "visits_planned" in table.counts else ():
        if row["visits_planned"] == row["visits_overdue"]:
            yield place(table, row, "visits_planned"), place(table, row, "visits_overdue")


def _bounds(table: Table) -> Iterator[Bound]:
    for row in table.rows if "companies_called" in table.counts else ():
        for calls, companies, fewer, of_fewer in _STEPS:
            more, less = (calls, of_fewer), (fewer, companies)
            yield tuple(place(table, row, name) for name in more), tuple(place(table, row, name) for name in less)
    yield from _overlaps(table)


def _overlaps(table: Table) -> Iterator[Bound]:
    """The double counts of companies, the sum of the parts less the total, are fewer of a subset and in a part."""
    for by in table.dimensions:
        parts = {total[0]: total[1] for total in _over_groups(table, _of_companies(table), by)}
        for group, count in parts:
            for more, fewer in _SUBSETS if count == "companies_called" else ():
                yield _overlap(parts, (group, more), (group, fewer))
            for dimension in group:
                if (group - {dimension}, count) in parts:
                    yield _overlap(parts, (group - {dimension}, count), (group, count))


def _overlap(parts: Mapping[Place, tuple[Place, ...]], more: Place, less: Place) -> Bound:
    return (*parts[more], less), (*parts[less], more)


def _over_groups(table: Table, counts: Sequence[str], only: str = "") -> Iterator[Sum]:
    """For every group of all words of a dimension, or of a kind: its count, and the counts of the parts it is made of.

    A kind is made of itself and the kinds below it. Counts of kinds alone are left out: their sums follow from others.
    """
    groups = [table.group(row) for row in table.rows]
    for by in [only] if only else table.dimensions:
        for total, parts in _parts(groups, by).items():
            for count in counts:
                if not (by == "kind" and count.endswith("_own")):
                    yield (total, count), (*_own(total, by, count), *((part, count) for part in parts))


def _parts(groups: Iterable[Group], by: str) -> dict[Group, list[Group]]:
    parts: dict[Group, list[Group]] = {}
    for group in groups:
        word = dict(group).get(by)
        if word:
            parts.setdefault(_total(group, by, word), []).append(group)
        if by == "kind" and word:
            parts.setdefault(group, [])
    return parts


def _total(group: Group, by: str, word: str) -> Group:
    above = KINDS[word].parent if by == "kind" else None
    return group - {(by, word)} | ({(by, above)} if above else set())


def _own(total: Group, by: str, count: str) -> list[Place]:
    return [(total, f"{count}_own")] if by == "kind" and any(name == by for name, _ in total) else []
