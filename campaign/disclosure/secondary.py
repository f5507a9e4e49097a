"""Secondary suppression: the cheapest cells that protect an unprotected one, those that its cheapest move changes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from campaign.disclosure.audit import Intervals, widen
from campaign.disclosure.cells import CannotBeProtected
from campaign.disclosure.constraints import Constraints
from campaign.disclosure.local_moves import EVERYWHERE, NEARBY, NEARBY_OF_MANY, LocalMoves, Reach, neighbourhood

_PASSES = 4
"""How often prices are divided by the changes, so that few cells move far instead of many a little."""

_HALF = 0.5
_MOVED = 1e-6
_SMALL = 150
"""Tables of up to so many cells are solved as a whole."""

_LARGE = 10_000
"""In larger tables fewer neighbours are considered: less time, some more suppressions."""

_DEAR = 4.0
"""A candidate that costs more, about three cells, is taken only if none is found farther around."""


_STILL_DISCLOSED = (
    "A small figure is disclosed whatever else is suppressed, by the earlier file or by the relations between figures: "
    "publish fewer groups, or a new file that is not protected against the earlier one."
)


class Candidate(NamedTuple):
    """The cost, the cells to suppress, and the programs and the end of the move that protects the cell."""

    cost: float
    cells: list[int]
    ways: LocalMoves
    end: int


def protect(constraints: Constraints, free: set[int], cell: int, intervals: Intervals, below: int) -> list[int]:
    """Suppresses the cheapest cells that protect ``cell`` and returns them; ``free`` and ``intervals`` grow by them.

    The costs of cells approximate fixed charges (Kelly, Golden and Assad, Networks 22 (1992), 397-417, for the programs;
    Candes, Wakin and Boyd, Journal of Fourier Analysis 14 (2008), 877-905, for the weights). First among the cells
    nearby, then among all, then with the last resort. Where no integral move is found, everything above 0 is
    suppressed. Raises ``CannotBeProtected`` when even that does not protect the cell.
    """
    for costs in (constraints.costs, constraints.costs | constraints.last_resort):
        for candidate in _candidates(constraints, free, cell, intervals, below, costs):
            free.update(candidate.cells)
            widen(candidate.ways.among(free), candidate.end, intervals)
            if intervals.width(cell) >= below:
                return candidate.cells
            free.difference_update(candidate.cells)
    return _suppress_everything(constraints, free, cell, intervals, below)


def _candidates(
    constraints: Constraints, free: set[int], cell: int, intervals: Intervals, below: int, costs: Mapping[int, float]
) -> Iterator[Candidate]:
    """The cheapest candidates among the cells nearby, then among more: in one direction, and in both among all."""
    dear: list[Candidate] = []
    for near in _sizes(len(constraints.values)):
        if near is EVERYWHERE:
            yield from sorted(dear, key=lambda candidate: candidate.cost)
        cells = neighbourhood(constraints, cell, free, costs, near)
        prices = {c: costs[c] for c in cells if c not in free}
        if near is not EVERYWHERE:
            ways = LocalMoves(constraints, cells, cell)
            candidates = (_cheapest(ways, end, prices) for end in intervals.ends(cell, below, constraints.lowest(cell)))
            for candidate in (candidate for candidate in candidates if candidate is not None):
                if candidate.cost > _DEAR:
                    dear.append(candidate)
                else:
                    yield candidate
        elif (last := _cheapest(LocalMoves(constraints, cells, cell, copies=2), below, prices)) is not None:
            yield last


def _sizes(cells: int) -> tuple[Reach, ...]:
    if cells <= _SMALL:
        return (EVERYWHERE,)
    return (*(NEARBY if cells <= _LARGE else NEARBY_OF_MANY), EVERYWHERE)


def _suppress_everything(
    constraints: Constraints, free: set[int], cell: int, intervals: Intervals, below: int
) -> list[int]:
    for costs in (constraints.costs, constraints.last_resort):
        chosen = [c for c in costs if c not in free]
        free.update(chosen)
        cells = neighbourhood(constraints, cell, free, {}, EVERYWHERE)
        widen(LocalMoves(constraints, cells, cell, copies=2), below, intervals)
        if intervals.width(cell) >= below:
            return chosen
    raise CannotBeProtected(_STILL_DISCLOSED)


def _cheapest(ways: LocalMoves, end: int, prices: Mapping[int, float]) -> Candidate | None:
    """The cheapest candidate of all passes."""
    import numpy

    costs = numpy.array([prices.get(cell, 0.0) for cell in ways.cells])
    weights, best = numpy.ones(len(costs)), None
    for _ in range(_PASSES):
        move = ways.cheapest(costs * weights, end)
        if move is None:
            return None
        moved = abs(move).max(axis=0)
        support = [c for c, far in zip(ways.cells, moved.tolist(), strict=True) if c in prices and far > _MOVED]
        candidate = Candidate(sum(prices[c] for c in support), support, ways, end)
        best = candidate if best is None or candidate.cost < best.cost else best
        weights = 1 / (moved + _HALF)
    return best
