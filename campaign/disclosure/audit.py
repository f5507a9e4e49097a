"""Proof that a reader is left in doubt: for each free cell two tables that he cannot tell apart, and that far apart."""

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
"""So few cells are left to be moved one by one."""

_POOR_ROUNDS = 3
_WORTH_IT = 5
"""So many cells a round for many has to prove, or it is a poor one."""

_SEED = 6
_NEIGHBOURS = Reach(300, 12)
"""So many free cells around one are moved to show that it is wide."""


class Intervals:
    """Moves seen so far, and the lowest and highest change of each cell in them; the truth, 0, is one."""

    def __init__(self, size: int) -> None:
        self.lowest = [0] * size
        self.highest = [0] * size
        self.moves: list[dict[int, int]] = []

    def take(self, constraints: Constraints, cells: Sequence[int], move: Numbers) -> None:
        """Another move, of these cells; left out if it breaks a row, for solvers err."""
        changes = {cell: int(change) for cell, change in zip(cells, move.tolist(), strict=True) if change}
        if constraints.permits(changes):
            self.add(changes)

    def add(self, move: dict[int, int]) -> None:
        """Another move, by cell."""
        self.moves.append(move)
        for cell, change in move.items():
            self.lowest[cell] = min(self.lowest[cell], change)
            self.highest[cell] = max(self.highest[cell], change)

    def without(self, cell: int) -> Intervals:
        """What was seen in which this cell stands still."""
        intervals = Intervals(len(self.lowest))
        for move in self.moves:
            if cell not in move:
                intervals.add(move)
        return intervals

    def ends(self, cell: int, below: int, lowest: float) -> list[int]:
        """Where it would have to go to be wide: up, and down where it can go down so far."""
        up, down = self.lowest[cell] + below, self.highest[cell] - below
        return [up, down] if down >= lowest else [up]

    def width(self, cell: int) -> int:
        """How far apart two values are that a reader cannot rule out."""
        return self.highest[cell] - self.lowest[cell]


def components(constraints: Constraints, free: set[int]) -> list[list[int]]:
    """Free cells in groups that no row links with each other, each in order."""
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
    """The cells of a component that moves of many at once do not show to be ``below`` wide; ``intervals`` takes the moves.

    One move cannot make all wide, since a sum that is shown lets few of its parts grow: there are rounds, and a cell
    goes up or down as chance has it, until rounds bring little.
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
    """Up, unless down would do and chance says so."""
    can_fall = constraints.lowest(cell) <= intervals.highest[cell] - below
    return -1.0 if can_fall and chance.random() < 0.5 else 1.0


def is_protected(constraints: Constraints, cell: int, free: Container[int], intervals: Intervals, below: int) -> bool:
    """Whether the cell is wide, or becomes so by moving it together with as few free cells nearby as will do."""
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
    """Takes the shortest move to that end, or any in whole numbers if those of the shortest are broken."""
    import numpy

    prices = numpy.ones(len(ways.cells))
    moves = ways.cheapest(prices, end)
    if moves is not None and abs(moves - numpy.rint(moves)).max() > NEARLY:
        moves = ways.cheapest(0 * prices, end, integral=True)
    if moves is not None:
        for move in numpy.rint(moves):
            intervals.take(ways.relations, ways.cells, move)
