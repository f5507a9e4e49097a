"""The audit of suppression: feasibility intervals of the suppressed cells, from tables that a reader cannot rule out."""

from __future__ import annotations

from collections.abc import Container, Sequence
from random import Random
from typing import TYPE_CHECKING

from campaign.disclosure.alternative_tables import NEARLY, Moves
from campaign.disclosure.constraints import Constraints
from campaign.disclosure.local_moves import LocalMoves, Reach, neighbourhood

if TYPE_CHECKING:
    from campaign.disclosure.alternative_tables import Numbers

_FEW = 4
"""Up to so many unprotected cells are moved one by one."""

_POOR_ROUNDS = 3
_WORTH_IT = 5
"""The fewest cells that a round has to protect not to count as poor."""

_SEED = 6
_NEIGHBOURS = Reach(300, 12)
"""The free cells around one that are moved to widen its interval."""


class Intervals:
    """The moves found so far, and the interval of changes of each cell in them, which includes 0, the truth."""

    def __init__(self, size: int) -> None:
        self.lowest = [0] * size
        self.highest = [0] * size
        self.moves: list[dict[int, int]] = []

    def take(self, constraints: Constraints, cells: Sequence[int], move: Numbers) -> None:
        """Adds a move of these cells, unless it violates a row: solvers err."""
        changes = {cell: int(change) for cell, change in zip(cells, move.tolist(), strict=True) if change}
        if constraints.permits(changes):
            self.add(changes)

    def add(self, move: dict[int, int]) -> None:
        """Adds a move, by cell."""
        self.moves.append(move)
        for cell, change in move.items():
            self.lowest[cell] = min(self.lowest[cell], change)
            self.highest[cell] = max(self.highest[cell], change)

    def without(self, cell: int) -> Intervals:
        """The intervals from the moves that leave this cell unchanged."""
        intervals = Intervals(len(self.lowest))
        for move in self.moves:
            if cell not in move:
                intervals.add(move)
        return intervals

    def ends(self, cell: int, below: int, lowest: float) -> list[int]:
        """The changes that would make its interval wide enough: up, and down where that is possible."""
        up, down = self.lowest[cell] + below, self.highest[cell] - below
        return [up, down] if down >= lowest else [up]

    def width(self, cell: int) -> int:
        """The width of the interval of a cell."""
        return self.highest[cell] - self.lowest[cell]


def components(constraints: Constraints, free: set[int]) -> list[list[int]]:
    """The free cells in groups without a common row, each in order."""
    remaining = dict.fromkeys(sorted(free))
    groups = []
    while remaining:
        group = [remaining.popitem()[0]]
        for cell in group:
            for neighbour in constraints.neighbours(cell):
                if neighbour in remaining:
                    del remaining[neighbour]
                    group.append(neighbour)
        groups.append(sorted(group))
    return groups[::-1]


def unprotected(constraints: Constraints, cells: Sequence[int], intervals: Intervals, below: int) -> list[int]:
    """The cells of a component whose intervals stay narrower than ``below`` after moves of many cells at once.

    One move cannot widen all, since a sum that is shown lets few of its parts grow: in each round every cell goes up or
    down at random, until a round gains little. ``intervals`` takes the moves.
    """
    narrow = [cell for cell in cells if intervals.width(cell) < below]
    moves = Moves(constraints, cells) if len(narrow) > _FEW else None
    chance, poor = Random(_SEED), 0  # noqa: S311 - it decides which way a cell is tried
    while moves and len(narrow) > _FEW and poor < _POOR_ROUNDS:
        before = len(narrow)
        signs = {cell: _sign(constraints, cell, intervals, below, chance) for cell in narrow}
        ends = {c: intervals.lowest[c] + below if s > 0 else intervals.highest[c] - below for c, s in signs.items()}
        if (move := moves.furthest(signs, ends)) is not None:
            intervals.take(constraints, cells, move)
        narrow = [cell for cell in narrow if intervals.width(cell) < below]
        poor += before - len(narrow) < _WORTH_IT
    return narrow


def _sign(constraints: Constraints, cell: int, intervals: Intervals, below: int, chance: Random) -> float:
    """Up; or down at random where that is possible."""
    can_fall = constraints.lowest(cell) <= intervals.highest[cell] - below
    return -1.0 if can_fall and chance.random() < 0.5 else 1.0


def is_protected(constraints: Constraints, cell: int, free: Container[int], intervals: Intervals, below: int) -> bool:
    """Whether the interval of the cell is wide enough, also after moving it with as few free cells nearby as possible."""
    if intervals.width(cell) < below:
        cells = neighbourhood(constraints, cell, free, {}, _NEIGHBOURS)
        ways = LocalMoves(constraints, cells, cell)
        for end in intervals.ends(cell, below, constraints.lowest(cell)):
            if intervals.width(cell) < below:
                widen(ways, end, intervals)
    if intervals.width(cell) < below:
        widen(LocalMoves(constraints, cells, cell, copies=2), below, intervals)
    return intervals.width(cell) >= below


def widen(ways: LocalMoves, end: int, intervals: Intervals) -> None:
    """Takes the shortest move to that end, or any integral one if the shortest is fractional."""
    import numpy

    prices = numpy.ones(len(ways.cells))
    moves = ways.cheapest(prices, end)
    if moves is not None and abs(moves - numpy.rint(moves)).max() > NEARLY:
        moves = ways.cheapest(0 * prices, end, integral=True)
    if moves is not None:
        for move in numpy.rint(moves):
            intervals.take(ways.relations, ways.cells, move)
