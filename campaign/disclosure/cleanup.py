"""Cleanup: removing redundant suppressions, the most expensive first."""

from __future__ import annotations

from collections.abc import Sequence

from campaign.disclosure.audit import Intervals, components, is_protected
from campaign.disclosure.constraints import Constraints
from campaign.disclosure.first_secondary import discloses

_MOST = 300
"""Larger components are left as they are: the time grows with the square of their size."""


def without_redundant(
    constraints: Constraints, free: set[int], chosen: Sequence[int], intervals: Intervals, below: int
) -> list[int]:
    """The cells of ``chosen`` that stay necessary when each, in that order, is shown if possible; ``free`` shrinks."""
    among = {cell: group for group in components(constraints, free) if len(group) <= _MOST for cell in group}
    needed = []
    for cell in chosen:
        if cell in among and (reduced := _intervals_without(constraints, free, cell, among[cell], intervals, below)):
            intervals = reduced
        else:
            needed.append(cell)
    return needed


def _intervals_without(
    constraints: Constraints, free: set[int], cell: int, group: Sequence[int], intervals: Intervals, below: int
) -> Intervals | None:
    """The intervals that protect all other cells with this one shown, which is then no longer free; None if none do."""
    free.discard(cell)
    if not any(discloses(constraints, n, free, below) for n in constraints.rows_of[cell]):
        reduced = intervals.without(cell)
        if all(is_protected(constraints, neighbour, free, reduced, below) for neighbour in group if neighbour in free):
            return reduced
    free.add(cell)
    return None
