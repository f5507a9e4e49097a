"""A reader of finished totals, who reckons what hidden figures can be from what he knows of campaigns by himself."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import linprog

Cell = tuple[tuple[str | None, ...], str]
Terms = list[tuple[int, Cell]]

NEVER_MORE = (
    ("calls", "calls_reached", "calls_accepted"),
    ("calls", "calls_with_yield"),
    ("calls", "companies_called", "companies_reached", "companies_accepted"),
    ("calls_reached", "companies_reached"),
    ("calls_accepted", "companies_accepted"),
    ("visits_held", "visits_with_yield"),
    ("positions", "yields", "visits_with_yield"),
    ("positions", "positions_from_visits", "visits_with_yield"),
    ("visits_booked", "visits_planned", "visits_overdue"),
)
"""Each is at least what follows it."""
OF_VISITS = ("visits_held", "visits_no_show", "visits_cancelled", "visits_planned")
COMPANIES = ("companies_called", "companies_reached", "companies_accepted")
CALLS = ("calls", "calls_reached", "calls_accepted")


class FileAttacker:
    """Has the rows of a file, as JSON has them, and nothing else. A hidden count is no 0: that would be shown."""

    def __init__(self, rows: Sequence[dict[str, Any]], by: Sequence[str], counts: Sequence[str]) -> None:
        self.rows = {tuple(row.get(each) for each in by): row for row in rows}
        self.counts = [*counts]
        hidden = [(group, name) for group, row in self.rows.items() for name in counts if name in row["hidden"]]
        self.places = {cell: number for number, cell in enumerate(hidden)}
        self.equal, self.at_least = [], []
        for terms in self._sums():
            self._learn(self.equal, terms)
        for terms in self._inequalities():
            self._learn(self.at_least, terms)

    def interval(self, cell: Cell) -> tuple[float, float]:
        """The least and the most that a hidden count can be."""
        goal = np.zeros(len(self.places))
        goal[self.places[cell]] = 1
        return self._least(goal), -self._least(-goal)

    def _learn(self, known: list[tuple[np.ndarray, int]], terms: Terms) -> None:
        row, shown = np.zeros(len(self.places)), 0
        for sign, (group, name) in terms:
            if (group, name) in self.places:
                row[self.places[group, name]] += sign
            else:
                shown += sign * self.rows[group][name]
        if row.any():
            known.append((row, -shown))

    def _least(self, goal: np.ndarray) -> float:
        equal, most = ([np.array(side) for side in zip(*known, strict=True)] for known in (self.equal, self.at_least))
        found = linprog(
            goal,
            A_ub=-most[0] if most else None,
            b_ub=-most[1] if most else None,
            A_eq=equal[0] if equal else None,
            b_eq=equal[1] if equal else None,
            bounds=(1, None),
        )
        if found.status == 3:
            return -np.inf
        assert found.status == 0, found.message
        return float(found.fun)

    # What he knows

    def _wholes(self) -> Iterator[tuple[int, tuple[str | None, ...], list[tuple[str | None, ...]]]]:
        """By which dimension, a group of all its words, and the groups of each word."""
        for group in self.rows:
            for at, word in enumerate(group):
                if word is None:
                    yield at, group, [g for g in self.rows if g[at] and (*g[:at], None, *g[at + 1 :]) == group]

    def _sums(self) -> Iterator[Terms]:
        for _, whole, parts in self._wholes():
            for name in self.counts:
                if not name.startswith("companies_"):
                    yield [(1, (whole, name)), *((-1, (part, name)) for part in parts)]
        for group in self.rows:
            yield [(1, (group, "visits_booked")), *((-1, (group, name)) for name in OF_VISITS)]

    def _inequalities(self) -> Iterator[Terms]:
        for group in self.rows:
            for names in NEVER_MORE:
                yield from ([(1, (group, more)), (-1, (group, less))] for more, less in pairwise(names))
            for (calls, companies), (fewer, of_fewer) in pairwise(zip(CALLS, COMPANIES, strict=True)):
                yield [(1, (group, calls)), (-1, (group, fewer)), (-1, (group, companies)), (1, (group, of_fewer))]
        for at, whole, parts in self._wholes():
            for name in COMPANIES:
                yield self._twice(whole, parts, name)
                yield from ([(1, (whole, name)), (-1, (part, name))] for part in parts)
            for more, fewer in pairwise(COMPANIES):
                yield [*self._twice(whole, parts, more), *negative(self._twice(whole, parts, fewer))]
            for other, outer, outer_parts in self._wholes():
                if (
                    other == at
                    and len([1 for a, b in zip(outer, whole, strict=True) if a != b]) == 1
                    and self._holds(outer, whole)
                ):
                    for name in COMPANIES:
                        yield [*self._twice(outer, outer_parts, name), *negative(self._twice(whole, parts, name))]

    @staticmethod
    def _holds(outer: tuple[str | None, ...], inner: tuple[str | None, ...]) -> bool:
        return all(a is None or a == b for a, b in zip(outer, inner, strict=True))

    @staticmethod
    def _twice(whole: tuple[str | None, ...], parts: Sequence[tuple[str | None, ...]], name: str) -> Terms:
        """How many times more companies are counted in the parts than in the whole."""
        return [*((1, (part, name)) for part in parts), (-1, (whole, name))]


def negative(terms: Terms) -> Terms:
    """The same with the other sign."""
    return [(-sign, cell) for sign, cell in terms]
