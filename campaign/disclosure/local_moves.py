"""Moves of a few cells around one, at the lowest price; a change is split into up and down."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from campaign.disclosure.constraints import Constraints
from campaign.disclosure.solver import linear_program, quiet_solver, solved

if TYPE_CHECKING:
    from numpy import float64
    from numpy.typing import NDArray

    Numbers = NDArray[float64]


class Reach(NamedTuple):
    """How many cells around one may move, and how many of a row that are free and that are not, the cheapest."""

    cells: int
    of_a_row: int


NEARBY = (Reach(200, 6), Reach(1_000, 16))
NEARBY_OF_MANY = (Reach(200, 6), Reach(400, 8))
EVERYWHERE = Reach(10**9, 10**9)


def neighbourhood(
    constraints: Constraints, cell: int, free: Container[int], costs: Mapping[int, float], near: Reach
) -> list[int]:
    """The cell and others that may move: first those that must rise with it, then by distance over common rows."""
    order = _rising(constraints, cell, free, costs)
    members = dict.fromkeys(order)
    for member in order:
        for n in constraints.rows_of[member]:
            for neighbour in _of_row(constraints.rows[n].cells, free, costs, near.of_a_row):
                if neighbour not in members:
                    members[neighbour] = None
                    order.append(neighbour)
        if len(order) >= near.cells:
            break
    return order[: near.cells]


def _rising(constraints: Constraints, cell: int, free: Container[int], costs: Mapping[int, float]) -> list[int]:
    """The cell, its totals and cells that are never smaller, their totals and so on: one possible way up."""
    order = [cell]
    for member in order:
        for n, sign in constraints.entries_of(member):
            total = constraints.rows[n].cells[0]
            if (
                sign < 0
                and constraints.rows[n].signs[1] < 0
                and total not in order
                and (total in free or total in costs)
            ):
                order.append(total)
    return order


def _of_row(cells: Sequence[int], free: Container[int], costs: Mapping[int, float], most: int) -> list[int]:
    moving = [cell for cell in cells if cell in free]
    priced = [cell for cell in cells if cell in costs and cell not in free]
    if len(priced) > most:
        priced = sorted(priced, key=costs.__getitem__)[:most]
    return moving[:most] + priced


class LocalMoves:
    """Programs for the cheapest move of ``cells`` that changes ``cell``, one of them, by a given amount.

    With ``copies`` 2, two moves at once, of which the first leaves ``cell`` above the second.
    """

    def __init__(self, constraints: Constraints, cells: Sequence[int], cell: int, copies: int = 1) -> None:
        self.cells = cells
        self.relations, self._cell, self._copies = constraints, cell, copies
        self._solver = quiet_solver()
        self._solver.passModel(self._program())

    def among(self, cells: Container[int]) -> LocalMoves:
        """The same of those that are among ``cells``."""
        return LocalMoves(self.relations, [c for c in self.cells if c in cells], self._cell, self._copies)

    def _program(self) -> Any:
        import numpy

        size, copies = len(self.cells), self._copies
        rows, places, signs, sides = self._entries()
        self._end = len(sides[0]) * copies
        at = self.cells.index(self._cell)
        parts = [(rows, places, signs), (rows, places + size, -signs)]
        entries = [(r + c * len(sides[0]), p + 2 * c * size, s) for c in range(copies) for r, p, s in parts]
        for place, sign in ((at, 1), (at + size, -1), (at + 2 * size, -1), (at + 3 * size, 1))[: 2 * copies]:
            entries.append((numpy.array([self._end]), numpy.array([place]), numpy.array([sign])))
        rows, places, signs = (numpy.concatenate(part) for part in zip(*entries, strict=True))
        order = numpy.argsort(rows, kind="stable")
        starts = numpy.concatenate(([0], numpy.cumsum(numpy.bincount(rows, minlength=self._end + 1))))
        matrix = starts.astype(numpy.int32), places[order].astype(numpy.int32), signs[order].astype(float)
        least, most = (numpy.concatenate([*[side] * copies, [0.0]]) for side in sides)
        highs = numpy.array(([inf] * size + [-self.relations.lowest(cell) for cell in self.cells]) * copies)
        return linear_program((numpy.zeros(len(highs)), highs), matrix, (least, most))

    def _entries(self) -> tuple[Any, Any, Any, tuple[Any, Any]]:
        """Rows, places and signs of one copy, and the sides of the rows."""
        import numpy

        row_numbers: dict[int, int] = {}
        entries = [
            (row_numbers.setdefault(n, len(row_numbers)), place, sign)
            for place, cell in enumerate(self.cells)
            for n, sign in self.relations.entries_of(cell)
        ]
        slacks = [self.relations.rows[n].slack for n in row_numbers]
        sides = [0.0 if slack is None else -slack for slack in slacks], [0.0 if s is None else inf for s in slacks]
        rows, places, signs = numpy.array(entries, dtype=numpy.int64).reshape(-1, 3).T
        return rows, places, signs, (numpy.array(sides[0]), numpy.array(sides[1]))

    def cheapest(self, prices: Numbers, end: int, integral: bool = False) -> Numbers | None:
        """The change of each cell in the order of ``cells``; a row for each copy. None when there is no such move.

        ``prices``: of one step of each cell. ``end``: the change of ``cell``, or its distance between two moves.
        """
        import numpy

        count = 2 * self._copies * len(self.cells)
        everyone = numpy.arange(count, dtype=numpy.int32)
        self._solver.changeColsCost(count, everyone, numpy.tile(prices, 2 * self._copies))
        self._solver.changeRowBounds(self._end, float(end), float(end))
        kinds = numpy.full(count, integral, dtype=numpy.uint8)
        self._solver.changeColsIntegrality(count, everyone, kinds)
        parts = solved(self._solver)
        if parts is None:
            return None
        by_copy = parts.reshape(self._copies, 2, len(self.cells))
        return numpy.array(by_copy[:, 0] - by_copy[:, 1])
