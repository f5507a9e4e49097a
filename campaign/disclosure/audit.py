"""Proof that a reader is left in doubt: for each free cell two tables that he cannot tell apart, and that far apart."""

from __future__ import annotations

from collections.abc import Container, Sequence
from random import Random
from typing import TYPE_CHECKING

from campaign.disclosure.alternative_tables import NEARLY, Moves
from campaign.disclosure.constraints import Relations
from campaign.disclosure.local_moves import Near, Ways, around

if TYPE_CHECKING:
    from campaign.disclosure.alternative_tables import Numbers

_FEW = 4
"""So few cells are left to be moved one by one."""

_POOR_ROUNDS = 3
_WORTH_IT = 5
"""So many cells a round for many has to prove, or it is a poor one."""

_SEED = 6
_WALK = Near(300, 12)
"""So many free cells around one are moved to show that it is wide."""


class Seen:
    """Moves seen so far, and the lowest and highest change of each cell in them; the truth, 0, is one."""

    def __init__(self, size: int) -> None:
        self.lowest = [0] * size
        self.highest = [0] * size
        self.moves: list[dict[int, int]] = []

    def take(self, relations: Relations, cells: Sequence[int], move: Numbers) -> None:
        """Another move, of these cells; left out if it breaks a row, for solvers err."""
        changes = {cell: int(change) for cell, change in zip(cells, move.tolist(), strict=True) if change}
        if relations.allow(changes):
            self.add(changes)

    def add(self, move: dict[int, int]) -> None:
        """Another move, by cell."""
        self.moves.append(move)
        for cell, change in move.items():
            self.lowest[cell] = min(self.lowest[cell], change)
            self.highest[cell] = max(self.highest[cell], change)

    def without(self, cell: int) -> Seen:
        """What was seen in which this cell stands still."""
        found = Seen(len(self.lowest))
        for move in self.moves:
            if cell not in move:
                found.add(move)
        return found

    def ends(self, cell: int, below: int, lowest: float) -> list[int]:
        """Where it would have to go to be wide: up, and down where it can go down so far."""
        up, down = self.lowest[cell] + below, self.highest[cell] - below
        return [up, down] if down >= lowest else [up]

    def width(self, cell: int) -> int:
        """How far apart two values are that a reader cannot rule out."""
        return self.highest[cell] - self.lowest[cell]


def components(relations: Relations, free: set[int]) -> list[list[int]]:
    """Free cells in groups that no row links with each other, each in order."""
    left = dict.fromkeys(sorted(free))
    found = []
    while left:
        group = [left.popitem()[0]]
        for cell in group:
            for other in relations.beside(cell):
                if other in left:
                    del left[other]
                    group.append(other)
        found.append(sorted(group))
    return found[::-1]


def unproven(relations: Relations, cells: Sequence[int], seen: Seen, below: int) -> list[int]:
    """The cells of a component that moves of many at once do not show to be ``below`` wide; ``seen`` takes the moves.

    One move cannot make all wide, since a sum that is shown lets few of its parts grow: there are rounds, and a cell
    goes up or down as chance has it, until rounds bring little.
    """
    left = [cell for cell in cells if seen.width(cell) < below]
    moves = Moves(relations, cells) if len(left) > _FEW else None
    chance, poor = Random(_SEED), 0  # noqa: S311 - it decides which way a cell is tried
    while moves and len(left) > _FEW and poor < _POOR_ROUNDS:
        before = len(left)
        signs = {cell: _sign(relations, cell, seen, below, chance) for cell in left}
        ends = {c: seen.lowest[c] + below if s > 0 else seen.highest[c] - below for c, s in signs.items()}
        if (move := moves.furthest(signs, ends)) is not None:
            seen.take(relations, cells, move)
        left = [cell for cell in left if seen.width(cell) < below]
        poor += before - len(left) < _WORTH_IT
    return left


def _sign(relations: Relations, cell: int, seen: Seen, below: int, chance: Random) -> float:
    """Up, unless down would do and chance says so."""
    can_fall = relations.lowest(cell) <= seen.highest[cell] - below
    return -1.0 if can_fall and chance.random() < 0.5 else 1.0


def walked(relations: Relations, cell: int, free: Container[int], seen: Seen, below: int) -> bool:
    """Whether the cell is wide, or becomes so by moving it together with as few free cells nearby as will do."""
    if seen.width(cell) < below:
        cells = around(relations, cell, free, {}, _WALK)
        ways = Ways(relations, cells, cell)
        for end in seen.ends(cell, below, relations.lowest(cell)):
            if seen.width(cell) < below:
                walk(ways, end, seen)
    if seen.width(cell) < below:
        walk(Ways(relations, cells, cell, copies=2), below, seen)
    return seen.width(cell) >= below


def walk(ways: Ways, end: int, seen: Seen) -> None:
    """Takes the shortest move to that end, or any in whole numbers if those of the shortest are broken."""
    import numpy

    prices = numpy.ones(len(ways.cells))
    moves = ways.cheapest(prices, end)
    if moves is not None and abs(moves - numpy.rint(moves)).max() > NEARLY:
        moves = ways.cheapest(0 * prices, end, whole=True)
    if moves is not None:
        for move in numpy.rint(moves):
            seen.take(ways.relations, ways.cells, move)
