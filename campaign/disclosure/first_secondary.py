"""The quick choice of secondary suppressions: no sum may have a single suppressed cell or too little room."""

from __future__ import annotations

from campaign.disclosure.constraints import Constraints

_NEW_TROUBLE = 1.0
"""The approximate cost of a cell that is then the only one suppressed in another sum: one more cell there."""

_NOT_ENOUGH = 1.0
"""The approximate cost of a sum that needs yet another cell."""


def quick_secondary(constraints: Constraints, free: set[int], below: int) -> list[int]:
    """Cells that give every sum at least two free cells, and room of ``below`` among them unless its total is free too.

    That is necessary, not sufficient: cells may still be derived across sums. ``free`` grows by the cells chosen.
    """
    chosen: list[int] = []
    waiting = [n for n, row in enumerate(constraints.rows) if row.slack is None]
    while waiting:
        for n in waiting:
            while discloses(constraints, n, free, below) and (best := _best(constraints, n, free, below)) is not None:
                free.add(best)
                chosen.append(best)
        waiting = [n for n in waiting if discloses(constraints, n, free, below) and _choices(constraints, n, free)]
    return chosen


def discloses(constraints: Constraints, n: int, free: set[int], below: int, cell: int | None = None) -> bool:
    """Whether the sum alone discloses a free cell in it; ``cell`` counts as free as well."""
    row = constraints.rows[n]
    if row.slack is not None:
        return False
    entries = [(c, s) for c, s in zip(row.cells, row.signs, strict=True) if c in free or c == cell]
    if len(entries) < 2:
        return len(entries) == 1
    if len({sign for _, sign in entries}) == 2 or any(constraints.values[c] is None for c, _ in entries):
        return False
    return -sum(constraints.lowest(c) for c, _ in entries) < below


def _choices(constraints: Constraints, n: int, free: set[int]) -> list[int]:
    return [cell for cell in constraints.rows[n].cells if cell in constraints.costs and cell not in free]


def _best(constraints: Constraints, n: int, free: set[int], below: int) -> int | None:
    choices = _choices(constraints, n, free)
    return min(choices, key=lambda cell: (_price(constraints, n, free, below, cell), cell), default=None)


def _price(constraints: Constraints, n: int, free: set[int], below: int, cell: int) -> float:
    price = constraints.costs[cell]
    for row in constraints.rows_of[cell]:
        disclosed, still_discloses = (discloses(constraints, row, free, below, added) for added in (None, cell))
        if row == n:
            price += _NOT_ENOUGH * still_discloses
        else:
            price += _NEW_TROUBLE * (still_discloses - disclosed)
    return price
