"""A table of totals: groups by dimensions, their margins, and figures some of which are suppressed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Row = dict[str, Any]
Words = tuple[str, ...]
"""The words of a group, one for each dimension of its table."""
Group = frozenset[tuple[str, str]]
"""The words of a group by their dimensions, whatever table it is in; a dimension it is of all words of is left out."""
Place = tuple[Group, str]
"""A figure of a group, whatever table it is in."""

SUPPRESSED = "hidden"
"""The value of a suppressed figure among the figures of a file, and its note in one."""
ALL = ""
"""The word of a dimension in a row that is of all its words."""


@dataclass(frozen=True)
class Table:
    """Rows of one question, with those of all margins: of ``office, month`` also by office, by month, and of all.

    A row is as ``hit_rates`` gives it: the words of its group under the names of the dimensions it is not of all of,
    its ``counts`` (whole numbers), its ``rates`` (shares 0..1, each with ``_low`` and ``_high``) and ``ratios``, None
    where there is nothing to be a share of. A suppressed figure is None as well, and named in the row's list ``hidden``.
    Rows are in the order of ``groups``: what is not all first, each dimension in the order of its own words.
    """

    name: str
    dimensions: tuple[str, ...]
    counts: tuple[str, ...]
    rates: tuple[str, ...]
    ratios: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def figures(self) -> tuple[str, ...]:
        """Every figure of a row, in the order of a file: counts, each rate with its interval, ratios."""
        rates = (f"{rate}{end}" for rate in self.rates for end in ("", "_low", "_high"))
        return (*self.counts, *rates, *self.ratios)

    def only(self, counts: tuple[str, ...], rates: tuple[str, ...] = ()) -> Table:
        """The table with these counts and rates alone."""
        table = replace(self, counts=counts, rates=rates, ratios=())
        names = {*self.dimensions, *table.figures, "maturing", "hidden"}
        rows = tuple({name: value for name, value in row.items() if name in names} for row in self.rows)
        return replace(table, rows=rows)

    def words(self, row: Row) -> Words:
        """The words of a row, one for each dimension; ``ALL`` where it is of all."""
        return tuple(row.get(by, ALL) for by in self.dimensions)

    def group(self, row: Row) -> Group:
        """The group of a row."""
        return frozenset((by, row[by]) for by in self.dimensions if by in row)

    def figures_of(self, row: Row) -> Iterator[tuple[str, Any, str]]:
        """Each figure of a row: its name, its value, and a note: ``hidden``, ``no base``, or nothing."""
        suppressed = frozenset(row["hidden"])
        for name in self.figures:
            note = SUPPRESSED if name in suppressed else "no base" if row[name] is None else ""
            yield name, row[name], note
