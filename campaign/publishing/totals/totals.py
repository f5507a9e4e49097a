"""Totals: the figures of a campaign by any dimensions, with all their margins, counted from the read models."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from campaign.errors import SettingsFault
from campaign.publishing.totals.dimensions import OF_YIELD
from campaign.publishing.totals.groups import fits
from campaign.publishing.totals.table import Row, Table, Words
from domain.yield_kinds import KINDS, SUPPORT_CLASSES, children
from projections.measures import COUNTS, RATES, RATIOS, with_rates
from projections.periods import PERIODS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from campaign.publishing.totals.request import Request
    from projections.filters import Scope

OF_KIND = ("yields", "positions", "yields_own", "positions_own")
"""Figures by kind: of the kind with those below it, and of the kind itself."""
_OF_OTHERS = ("yields", "positions", "positions_from_visits")
_MOST = 50_000
"""The most rows of one table: ten times those of a year of weeks by office."""


class Source(Protocol):
    """The source of counts: the read models of a log, or contributions of several offices."""

    def contacts(self, by: Words) -> list[Row]:
        """The rows of ``hit_rates`` by these dimensions."""

    def amounts(self, by: Words) -> dict[Words, Row]:
        """The yields of ``amounts`` by these dimensions."""

    def is_provisional(self, group: Row) -> bool:
        """Whether the period of a group is provisional, so that more yields are expected."""


class LogSource(NamedTuple):
    """The read models of a log, within a scope."""

    connection: Connection
    scope: Scope

    def contacts(self, by: Words) -> list[Row]:
        """The rows of ``hit_rates``."""
        from projections.questions.hit_rates import hit_rates

        return hit_rates(self.connection, self.scope, *by)

    def amounts(self, by: Words) -> dict[Words, Row]:
        """The yields by groups."""
        from projections.questions.hit_rates import amounts

        return amounts(self.connection, self.scope, by)

    def is_provisional(self, group: Row) -> bool:
        """Whether it is, on the day of the scope."""
        from projections.questions.hit_rates import is_provisional

        return is_provisional(group, self.scope)


def table_from_log(connection: Connection, scope: Scope, by: Sequence[str], name: str = "totals") -> Table:
    """The table of ``scope`` by these dimensions, with every margin, counted in one transaction and unsuppressed.

    Every possible combination has a row, of zeros where nothing was logged. Raises ``SettingsFault`` for more than
    50,000 rows.
    """
    return table_from(LogSource(connection, scope), by, name)


def table_from(source: Source, by: Sequence[str], name: str = "totals") -> Table:
    """The table of any source."""
    dimensions = tuple(by)
    words = {dimension: _words(source, dimension) for dimension in dimensions}
    _check_size(words)
    rows_of = _of_yields if set(dimensions) & set(OF_YIELD) else _of_contacts
    rows = [row for margin in _margins(dimensions) for row in rows_of(source, margin, words)]
    return replace(empty_table(dimensions, name), rows=tuple(rows))


def empty_table(by: Sequence[str], name: str = "totals") -> Table:
    """The table by these dimensions without rows, which names its figures."""
    dimensions = tuple(by)
    if "kind" in dimensions:
        return Table(name, dimensions, OF_KIND, (), (), ())
    if set(dimensions) & set(OF_YIELD):
        return Table(name, dimensions, _OF_OTHERS, (), (), ())
    return Table(name, dimensions, tuple(COUNTS), tuple(RATES), tuple(RATIOS), ())


OF_WEEKS = ("calls", "calls_reached", "visits_booked", "visits_held", "visits_with_yield", "positions")
"""Counts of the table of weeks in a workbook."""


def weeks_shown(table: Table) -> Table:
    """The part of a table by week that a workbook shows."""
    return table.only(OF_WEEKS, ("visit_hit_rate",))


def has_weeks(request: Request) -> bool:
    """Whether the file has a table of weeks besides the one requested: a workbook has, unless that is by period.

    Figures by week and by month would disclose each other in the weeks that a month shares with the next.
    """
    return request.form == "xlsx" and not set(request.by) & {*OF_YIELD, *PERIODS}


def _margins(dimensions: Words) -> Iterator[Words]:
    """All dimensions, then all but one of them, and so on to the total, which has none."""
    for size in range(len(dimensions), -1, -1):
        yield from combinations(dimensions, size)


def _check_size(words: dict[str, list[str]]) -> None:
    rows = prod(len(group) + 1 for group in words.values())
    if rows > _MOST:
        factors = " x ".join(f"{len(group):,} of {by}" for by, group in words.items())
        raise SettingsFault(f"That is {rows:,} rows ({factors}), more than anybody reads. Leave a dimension out.")


def _words(source: Source, by: str) -> list[str]:
    """The words of a dimension with figures, the participating offices, and all kinds above a kind with figures."""
    from projections.questions.hit_rates import sort_key

    if by not in OF_YIELD:
        return [row[by] for row in source.contacts((by,))]
    present = {words[0] for words in source.amounts((by,))}
    if by == "kind":
        return [kind for kind in _in_tree(None) if present & {kind, *_in_tree(kind)}]
    if by == "support_class":
        return [word for word in SUPPORT_CLASSES if word in present]
    return sorted(present, key=lambda word: sort_key((by,), (word,)))


def _in_tree(kind: str | None) -> Iterator[str]:
    """Every kind below that one, parents first."""
    for child in children(kind):
        yield child.name
        yield from _in_tree(child.name)


def _groups(margin: Words, words: dict[str, list[str]]) -> Iterator[Words]:
    """Every possible combination of words."""
    for group in product(*(words[by] for by in margin)):
        if fits(dict(zip(margin, group, strict=True))):
            yield group


def _of_contacts(source: Source, margin: Words, words: dict[str, list[str]]) -> Iterator[Row]:
    counted = {tuple(row[by] for by in margin): row for row in source.contacts(margin)}
    for group in dict.fromkeys([*_groups(margin, words), *counted]):
        group_words = dict(zip(margin, group, strict=True))
        zeros = group_words | with_rates(dict.fromkeys(COUNTS, 0)) | {"maturing": source.is_provisional(group_words)}
        yield counted.get(group, zeros) | {"hidden": []}


def _of_yields(source: Source, margin: Words, words: dict[str, list[str]]) -> Iterator[Row]:
    amounts = source.amounts(margin)
    for group in dict.fromkeys([*_groups(margin, words), *amounts]):
        group_words = dict(zip(margin, group, strict=True))
        figures = _of_kind(amounts, margin, group) if "kind" in words else _sum([amounts.get(group, {})])
        yield group_words | figures | {"maturing": source.is_provisional(group_words), "hidden": []}


def _of_kind(amounts: dict[Words, Row], margin: Words, group: Words) -> Row:
    """The figures of a kind with those below it, and of itself, which the total of all kinds has not."""
    alone = _sum([amounts.get(group, {})])
    if "kind" not in margin:
        return {"yields": alone["yields"], "positions": alone["positions"], "yields_own": None, "positions_own": None}
    at = margin.index("kind")
    below = [(*group[:at], kind, *group[at + 1 :]) for kind in (group[at], *_in_tree(group[at]))]
    total = _sum([amounts.get(member, {}) for member in below])
    own_alone = {"yields_own": alone["yields"], "positions_own": alone["positions"]}
    return {"yields": total["yields"], "positions": total["positions"], **own_alone}


def _sum(amounts: Sequence[Row]) -> dict[str, Any]:
    return {name: sum(int(row.get(name) or 0) for row in amounts) for name in _OF_OTHERS}


def depth(kind: str) -> int:
    """How far below the top of the tree a kind is: it is then "of which" the one above it."""
    parent = KINDS[kind].parent
    return 1 + depth(parent) if parent else 0
