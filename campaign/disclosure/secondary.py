"""The cheapest further cells to hide so that a narrow one becomes wide: those that the cheapest move of it passes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from campaign.disclosure.audit import Seen, walk
from campaign.disclosure.cells import CannotBeHidden
from campaign.disclosure.constraints import Relations
from campaign.disclosure.local_moves import EVERYWHERE, NEARBY, NEARBY_OF_MANY, Near, Ways, around

_PASSES = 4
"""How often the price of a cell is divided by how far it moved, so that few cells move instead of little."""

_HALF = 0.5
_MOVED = 1e-6
_SMALL = 150
"""Tables of so many cells are looked at as a whole."""

_LARGE = 10_000
"""In tables of more cells fewer are looked at around the narrow one: it takes less time, and hides some more."""

_DEAR = 4.0
"""A repair that costs more, about three cells, is taken only if none is found farther around."""


_TOLD = (
    "A small figure could be computed whatever else is hidden, as the earlier file or the relations between figures "
    "tell it: publish fewer groups, or a whole new file without the earlier one."
)


class Repair(NamedTuple):
    """What it costs, in the costs of cells; which cells are to be hidden; and by which programs the narrow one moves where."""

    cost: float
    cells: list[int]
    ways: Ways
    end: int


def repair(relations: Relations, free: set[int], cell: int, seen: Seen, below: int) -> list[int]:
    """Hides the cheapest cells that leave ``cell`` wide, and gives them back; ``free`` and ``seen`` grow by them.

    Costs of cells stand for fixed charges (Kelly, Golden and Assad, Networks 22 (1992), 397-417, for the programs;
    Candes, Wakin and Boyd, Journal of Fourier Analysis 14 (2008), 877-905, for the weights). First among the cells
    nearby, then among all, then with those that are hidden as a last resort. Where whole numbers do not come of it,
    all that is not 0 is hidden. Raises ``CannotBeHidden`` when even so the cell cannot be wide.
    """
    for costs in (relations.costs, relations.costs | relations.last_resort):
        for found in _found(relations, free, cell, seen, below, costs):
            free.update(found.cells)
            walk(found.ways.among(free), found.end, seen)
            if seen.width(cell) >= below:
                return found.cells
            free.difference_update(found.cells)
    return _everything(relations, free, cell, seen, below)


def _found(
    relations: Relations, free: set[int], cell: int, seen: Seen, below: int, costs: Mapping[int, float]
) -> Iterator[Repair]:
    """The cheapest repairs among the cells nearby, then among more: one way first, both ways when all are looked at."""
    dear: list[Repair] = []
    for near in _sizes(len(relations.values)):
        if near is EVERYWHERE:
            yield from sorted(dear, key=lambda one: one.cost)
        cells = around(relations, cell, free, costs, near)
        prices = {c: costs[c] for c in cells if c not in free}
        if near is not EVERYWHERE:
            ways = Ways(relations, cells, cell)
            found = (_support(ways, end, prices) for end in seen.ends(cell, below, relations.lowest(cell)))
            for one in (one for one in found if one is not None):
                if one.cost > _DEAR:
                    dear.append(one)
                else:
                    yield one
        elif (last := _support(Ways(relations, cells, cell, copies=2), below, prices)) is not None:
            yield last


def _sizes(cells: int) -> tuple[Near, ...]:
    if cells <= _SMALL:
        return (EVERYWHERE,)
    return (*(NEARBY if cells <= _LARGE else NEARBY_OF_MANY), EVERYWHERE)


def _everything(relations: Relations, free: set[int], cell: int, seen: Seen, below: int) -> list[int]:
    for costs in (relations.costs, relations.last_resort):
        chosen = [c for c in costs if c not in free]
        free.update(chosen)
        cells = around(relations, cell, free, {}, EVERYWHERE)
        walk(Ways(relations, cells, cell, copies=2), below, seen)
        if seen.width(cell) >= below:
            return chosen
    raise CannotBeHidden(_TOLD)


def _support(ways: Ways, end: int, prices: Mapping[int, float]) -> Repair | None:
    """The cheapest set of cells found over all passes."""
    import numpy

    costs = numpy.array([prices.get(cell, 0.0) for cell in ways.cells])
    weights, best = numpy.ones(len(costs)), None
    for _ in range(_PASSES):
        move = ways.cheapest(costs * weights, end)
        if move is None:
            return None
        moved = abs(move).max(axis=0)
        support = [c for c, far in zip(ways.cells, moved.tolist(), strict=True) if c in prices and far > _MOVED]
        found = Repair(sum(prices[c] for c in support), support, ways, end)
        best = found if best is None or found.cost < best.cost else best
        weights = 1 / (moved + _HALF)
    return best
