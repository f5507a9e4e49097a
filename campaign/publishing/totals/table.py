"""A table of totals as every format writes it: groups by dimensions, their margins, and figures some of which are hidden."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

Row = dict[str, Any]
Group = tuple[str, ...]

ALL = ""
"""The word of a dimension in a row that is of all its words."""


@dataclass(frozen=True)
class Table:
    """Rows of one question, with those of all margins: of ``office, month`` also by office, by month, and of all.

    A row is as ``hit_rates`` gives it: the words of its group under the names of the dimensions it is not of all of,
    its ``counts`` (whole numbers), its ``rates`` (shares 0..1, each with ``_low`` and ``_high``) and ``ratios``, None
    where there is nothing to be a share of. A hidden figure is None as well, and named in the row's list ``hidden``.
    Rows stand in the order of ``groups``: what is not all first, each dimension in the order of its own words.
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
        """The table with these counts and rates alone: what is not shown is no part of it."""
        there = replace(self, counts=counts, rates=rates, ratios=())
        kept = {*self.dimensions, *there.figures, "maturing", "hidden"}
        rows = tuple({name: value for name, value in row.items() if name in kept} for row in self.rows)
        return replace(there, rows=rows)

    def group(self, row: Row) -> Group:
        """The words of a row, one for each dimension; ``ALL`` where it is of all."""
        return tuple(row.get(by, ALL) for by in self.dimensions)

    def figures_of(self, row: Row) -> Iterator[tuple[str, Any, str]]:
        """Each figure of a row: its name, its value, and a note: ``hidden``, ``no base``, or nothing."""
        hidden = frozenset(row["hidden"])
        for name in self.figures:
            note = "hidden" if name in hidden else "no base" if row[name] is None else ""
            yield name, row[name], note
