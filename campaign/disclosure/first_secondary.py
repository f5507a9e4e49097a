"""The first, quick choice of further cells to hide: in no sum may a hidden cell stand alone or among too little."""

from __future__ import annotations

from campaign.disclosure.constraints import Relations

_NEW_TROUBLE = 1.0
"""About what it costs that a partner stands alone in another sum: one more cell there."""

_NOT_ENOUGH = 1.0
"""About what it costs that a sum needs yet another partner."""


def partners(relations: Relations, free: set[int], below: int) -> list[int]:
    """Cells that bring every sum two free cells at least, and room of ``below`` among them unless the whole is free too.

    That is needed, not enough: cells may still tell each other across sums. ``free`` grows by what is chosen.
    """
    chosen: list[int] = []
    waiting = [n for n, row in enumerate(relations.rows) if row.slack is None]
    while waiting:
        for n in waiting:
            while tells(relations, n, free, below) and (best := _best(relations, n, free, below)) is not None:
                free.add(best)
                chosen.append(best)
        waiting = [n for n in waiting if tells(relations, n, free, below) and _choices(relations, n, free)]
    return chosen


def tells(relations: Relations, n: int, free: set[int], below: int, cell: int | None = None) -> bool:
    """Whether the sum tells too much of a free cell in it; ``cell`` is taken for free as well."""
    row = relations.rows[n]
    if row.slack is not None:
        return False
    there = [(c, s) for c, s in zip(row.cells, row.signs, strict=True) if c in free or c == cell]
    if len(there) < 2:
        return len(there) == 1
    if len({sign for _, sign in there}) == 2 or any(relations.values[c] is None for c, _ in there):
        return False
    return -sum(relations.lowest(c) for c, _ in there) < below


def _choices(relations: Relations, n: int, free: set[int]) -> list[int]:
    return [cell for cell in relations.rows[n].cells if cell in relations.costs and cell not in free]


def _best(relations: Relations, n: int, free: set[int], below: int) -> int | None:
    choices = _choices(relations, n, free)
    return min(choices, key=lambda cell: (_price(relations, n, free, below, cell), cell), default=None)


def _price(relations: Relations, n: int, free: set[int], below: int, cell: int) -> float:
    price = relations.costs[cell]
    for other in relations.rows_of[cell]:
        before, after = (tells(relations, other, free, below, which) for which in (None, cell))
        if other == n:
            price += _NOT_ENOUGH * after
        else:
            price += _NEW_TROUBLE * (after - before)
    return price
