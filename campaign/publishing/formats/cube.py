"""A table as a cube: every figure of every combination of words, in the order of a file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from campaign.publishing.totals.table import ALL, SUPPRESSED, Row, Table, Words

Cell = int | float | str | None
Cells = dict[tuple[Words, str], Cell]
"""The value of each figure of each group; ``HIDDEN`` where it is suppressed, None where there is none."""

DECIMALS = 6
"""How many decimals of a share or a ratio are written."""


def cells(table: Table) -> Cells:
    """Every cell, groups in the order of their words with ``ALL`` last, and for each of them every figure.

    Shares and ratios are rounded as they are written. A combination that is no row of the table has no values: a
    region with an office of another one.
    """
    rows = {table.words(row): row for row in table.rows}
    groups = product(*(words(table, by) for by in table.dimensions))
    return {(group, name): cell for group in groups for name, cell in _of(table, rows.get(group))}


def words(table: Table, by: str) -> list[str]:
    """The words of a dimension in the order its own margin has them, and ``ALL`` after them."""
    margin = [row[by] for row in table.rows if [name for name in table.dimensions if name in row] == [by]]
    return [*dict.fromkeys([*margin, *(row[by] for row in table.rows if by in row)]), ALL]


def _of(table: Table, row: Row | None) -> Iterator[tuple[str, Cell]]:
    if row is None:
        yield from dict.fromkeys(table.figures).items()
        return
    for name, value, note in table.figures_of(row):
        yield name, SUPPRESSED if note == SUPPRESSED else round(value, DECIMALS) if isinstance(value, float) else value
