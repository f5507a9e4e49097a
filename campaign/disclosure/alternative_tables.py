"""Alternative tables: changes of the free cells that keep every constraint, so that a reader cannot rule them out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf
from typing import TYPE_CHECKING

from campaign.disclosure.constraints import Constraints
from campaign.disclosure.solver import linear_program, quiet_solver, solved

if TYPE_CHECKING:
    from numpy import bool_, float64
    from numpy.typing import NDArray

    Numbers = NDArray[float64]

NEARLY = 1e-6
"""The tolerance for whole numbers: ten times that of the solver."""

_AT_ONCE = 150
"""A fractional move of up to so many cells is solved again as integral; of more cells only its fractional part."""


class Moves:
    """Integral changes of free cells that keep every row and every lower limit."""

    def __init__(self, constraints: Constraints, cells: Sequence[int]) -> None:
        import numpy

        self.cells = list(cells)
        self._place = {cell: place for place, cell in enumerate(self.cells)}
        self._low = numpy.array([constraints.lowest(cell) for cell in self.cells], dtype=float)
        self._high = numpy.full(len(self.cells), inf)
        self._everyone = numpy.arange(len(self.cells), dtype=numpy.int32)
        self._read(constraints)
        self._solver = quiet_solver()
        self._solver.passModel(
            linear_program((self._low, self._high), (self._starts, self._places, self._signs), self._sides)
        )

    def _read(self, constraints: Constraints) -> None:
        """Reads the rows; one with a single free cell bounds that cell instead."""
        import numpy

        starts, places, signs, slacks = [0], [], [], []
        for n in sorted({n for cell in self.cells for n in constraints.rows_of[cell]}):
            row = constraints.rows[n]
            entries = [(self._place[c], s) for c, s in zip(row.cells, row.signs, strict=True) if c in self._place]
            if len(entries) == 1:
                self._bound(*entries[0], row.slack)
                continue
            places += [place for place, _ in entries]
            signs += [sign for _, sign in entries]
            starts.append(len(places))
            slacks.append(row.slack)
        self._starts, self._places = numpy.array(starts, dtype=numpy.int32), numpy.array(places, dtype=numpy.int32)
        self._signs = numpy.array(signs, dtype=float)
        self._sides = (
            numpy.array([0.0 if slack is None else -slack for slack in slacks]),
            numpy.array([0.0 if slack is None else inf for slack in slacks]),
        )

    def _bound(self, place: int, sign: int, slack: int | None) -> None:
        if slack is None:
            self._low[place] = self._high[place] = 0
        elif sign > 0:
            self._low[place] = max(self._low[place], -slack)
        else:
            self._high[place] = min(self._high[place], slack)

    def furthest(self, weights: Mapping[int, float], ends: Mapping[int, int]) -> Numbers | None:
        """The move with about the greatest weighted sum in which no cell of ``weights`` passes its end.

        In the order of ``cells``. None when it is fractional and no integral one was found.
        """
        import numpy

        costs = numpy.zeros(len(self.cells))
        low, high = self._low.copy(), self._high.copy()
        for cell, weight in weights.items():
            place = self._place[cell]
            costs[place] = -weight
            if weight > 0:
                high[place] = min(high[place], ends[cell])
            else:
                low[place] = max(low[place], ends[cell])
        self._solver.changeColsCost(len(costs), self._everyone, costs)
        self._solver.changeColsBounds(len(low), self._everyone, low, high)
        move = solved(self._solver)
        return None if move is None else self._whole(move, costs, low, high)

    def _whole(self, move: Numbers, costs: Numbers, low: Numbers, high: Numbers) -> Numbers | None:
        import numpy

        rounded = numpy.rint(move)
        broken = abs(move - rounded) > NEARLY
        if broken.any():
            small = len(move) <= _AT_ONCE
            return self._mended(rounded, numpy.ones_like(broken) if small else broken, costs, low, high)
        return rounded

    def _mended(
        self, move: Numbers, broken: NDArray[bool_], costs: Numbers, low: Numbers, high: Numbers
    ) -> Numbers | None:
        """The move with whole numbers in place of the fractional ones, the others unchanged."""
        import numpy

        is_broken = broken[self._places]
        fixed = numpy.add.reduceat(self._signs * numpy.where(broken, 0.0, move)[self._places], self._starts[:-1])
        sizes = numpy.add.reduceat(is_broken.astype(numpy.int64), self._starts[:-1])
        has_broken = sizes > 0
        starts = numpy.concatenate(([0], numpy.cumsum(sizes[has_broken]))).astype(numpy.int32)
        places = (numpy.cumsum(broken) - 1)[self._places[is_broken]].astype(numpy.int32)
        sides = (self._sides[0] - fixed)[has_broken], (self._sides[1] - fixed)[has_broken]
        solver = quiet_solver()
        program = linear_program(
            (low[broken], high[broken]), (starts, places, self._signs[is_broken]), sides, costs[broken]
        )
        repaired = solved(solver, program, integral=True)
        if repaired is None:
            return None
        move[broken] = numpy.rint(repaired)
        return move
